// Who has a photo's page open sees its likes move, as long as he may see the photo.

#include "features/likes/like_event_service.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "support/event_line.h"
#include "support/people_fixture.h"
#include "support/test_database.h"

namespace picsharz::likes {
namespace {

using test::Heard;

class WhoSeesIt final : public events::WatchPolicy {
 public:
  explicit WhoSeesIt(db::Database& database) : database_(database) {}
  std::vector<bool> allowed(std::span<const events::Watch> watches) override {
    return database_.read([&](db::Tx& tx) {
      std::vector<bool> may;
      for (const events::Watch& watch : watches) {
        may.push_back(LikeStore().is_visible(tx, watch.viewer.account, watch.photo));
      }
      return may;
    });
  }

 private:
  db::Database& database_;
};

class LikeEventsTest : public test::DatabaseSuite {
 protected:
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    people_.emplace(db());
    line_.emplace(*people_);
    policy_.emplace(db());
    line_->events.set_watch_policy(*policy_);
    told_.emplace(db(), line_->events);
    owner_ = line_->enter(people_->join("owner"));
    mei_ = line_->enter(people_->join("mei"));
    photo_ = people_->photo(owner_.account);
  }
  void TearDown() override {
    told_.reset();
    line_.reset();
    policy_.reset();
    people_.reset();
    DatabaseSuite::TearDown();
  }
  std::string likes(int count) const {
    return R"(likes {"photo":")" + photo_.str() + R"(","likes":)" + std::to_string(count) + "}";
  }
  void like(const Viewer& viewer, bool liked = true) {
    ASSERT_TRUE(people_->like(viewer.account, photo_, liked));
  }

  std::optional<test::PeopleFixture> people_;
  std::optional<test::EventLine> line_;
  std::optional<WhoSeesIt> policy_;
  std::optional<LikeEventService> told_;
  Viewer owner_, mei_;
  PhotoId photo_;
};
ON_BOTH_ENGINES(LikeEventsTest);

TEST_P(LikeEventsTest, WhoWatchesHearsTheCountWhenItMoves) {
  const auto watching = line_->open(owner_, photo_);
  const auto elsewhere = line_->open(mei_);
  told_->look();
  EXPECT_EQ(watching->heard, Heard{likes(0)});
  told_->look();
  EXPECT_EQ(watching->heard.size(), 1U) << "nothing moved";
  like(mei_);
  like(owner_);
  told_->look();
  like(mei_, false);
  told_->look();
  EXPECT_EQ(watching->heard, (Heard{likes(0), likes(2), likes(1)}));
  EXPECT_TRUE(elsewhere->heard.empty());
}

TEST_P(LikeEventsTest, IsToldAgainNowAndThen) {
  const auto watching = line_->open(owner_, photo_);
  for (int looks = 0; looks < 21; ++looks) told_->look();
  EXPECT_EQ(watching->heard, (Heard{likes(0), likes(0), likes(0)}));
}

TEST_P(LikeEventsTest, APageThatComesHearsWhatItMayHaveMissed) {
  const auto first = line_->open(owner_, photo_);
  told_->look();
  like(mei_);
  told_->look();
  const auto second = line_->open(mei_, photo_);
  told_->look();
  EXPECT_EQ(second->heard, Heard{likes(1)});
}

TEST_P(LikeEventsTest, WhoMayNotSeeItAnyMoreHearsNothing) {
  const auto meis = line_->open(mei_, photo_);
  told_->look();
  const std::size_t before = meis->heard.size();
  people_->block(owner_.account, mei_.account);
  like(owner_);
  told_->look();
  ASSERT_EQ(meis->heard.size(), before + 1);
  EXPECT_TRUE(meis->heard.back().starts_with("unseen "));
  told_->look();
  EXPECT_EQ(meis->heard.size(), before + 1);
}

}  // namespace
}  // namespace picsharz::likes
