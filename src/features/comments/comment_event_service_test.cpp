// Who has a photo's page open hears of its comments, as long as he may see it.

#include "features/comments/comment_event_service.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "support/event_line.h"
#include "support/people_fixture.h"
#include "support/test_database.h"

namespace picsharz::comments {
namespace {

using test::Heard;
using test::Page;

class CommentEventsTest : public test::DatabaseSuite {
 protected:
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    people_.emplace(db());
    idempotency_.emplace(db(), people_->ids, people_->clock);
    comments_ = std::make_unique<CommentService>(db(), people_->ids, people_->clock,
                                                 people_->activity, *idempotency_);
    line_.emplace(*people_);
    told_.emplace(db(), line_->events);
    line_->events.set_watch_policy(*told_);
    changes_.emplace(db(), people_->clock);
    changes_->add(*told_);
    owner_ = enter("owner");
    mei_ = enter("mei");
    tom_ = enter("tom");
    photo_ = people_->photo(owner_.account);
    changes_->poll();
  }
  void TearDown() override {
    line_.reset();
    changes_.reset();
    comments_.reset();
    idempotency_.reset();
    people_.reset();
    DatabaseSuite::TearDown();
  }
  Viewer enter(std::string_view handle) { return line_->enter(people_->join(handle)); }
  std::shared_ptr<Page> open(const Viewer& viewer, PhotoId watched) {
    return line_->open(viewer, watched);
  }
  std::string comments(int count, bool allowed = true) const {
    return R"(comments {"photo":")" + photo_.str() + R"(","comments":)" + std::to_string(count) +
           R"(,"allowed":)" + (allowed ? "true" : "false") + "}";
  }
  std::string unseen(PhotoId photo) const { return R"(unseen {"photo":")" + photo.str() + R"("})"; }
  CommentId write(const Viewer& author, std::string text) {
    return comments_->write(author, photo_, {.text = std::move(text)}).value().id;
  }
  void poll() { changes_->poll(); }

  std::optional<test::PeopleFixture> people_;
  std::optional<accounts::IdempotencyService> idempotency_;
  std::unique_ptr<CommentService> comments_;
  std::optional<test::EventLine> line_;
  std::optional<CommentEventService> told_;
  std::optional<db::ChangeLog> changes_;
  Viewer owner_, mei_, tom_;
  PhotoId photo_;
};
ON_BOTH_ENGINES(CommentEventsTest);

TEST_P(CommentEventsTest, WhoWatchesHearsOfEveryChange) {
  const PhotoId other = people_->photo(owner_.account);
  poll();
  const auto owners = open(owner_, photo_);
  const auto meis = open(mei_, photo_);
  const auto elsewhere = open(mei_, other);
  const auto nowhere = open(tom_, {});
  const CommentId id = write(tom_, "secret words");
  poll();
  const std::size_t before = meis->heard.size();
  ASSERT_TRUE(comments_->edit(tom_, id, "other words"));
  poll();
  EXPECT_GT(meis->heard.size(), before);
  ASSERT_TRUE(comments_->remove(tom_, id));
  poll();
  const Heard all = {comments(1), comments(0)};
  EXPECT_EQ(distinct(*owners), all);
  EXPECT_EQ(distinct(*meis), all);
  for (const std::string& heard : elsewhere->heard) EXPECT_EQ(heard.find(photo_.str()), heard.npos);
  EXPECT_TRUE(nowhere->heard.empty());
}

TEST_P(CommentEventsTest, TurningCommentsOffIsHeard) {
  const auto page = open(mei_, photo_);
  db().write(
      [&](db::Tx& tx) { photos::PhotoEditStore().edit(tx, photo_, {.comments_allowed = false}); });
  poll();
  EXPECT_EQ(distinct(*page), Heard{comments(0, false)});
}

TEST_P(CommentEventsTest, WhoMayNotSeeThePhotoWatchesNothing) {
  people_->set_visibility(photo_, photos::Visibility::followers);
  const auto hidden = open(mei_, photo_);
  const auto missing = open(mei_, PhotoId{77});
  EXPECT_EQ(hidden->heard, Heard{unseen(photo_)});
  EXPECT_EQ(missing->heard, Heard{unseen(PhotoId{77})});
  write(owner_, "x");
  poll();
  EXPECT_EQ(hidden->heard.size(), 1u);
}

TEST_P(CommentEventsTest, AWatchDiesWithTheRightToSeeThePhoto) {
  const auto page = open(mei_, photo_);
  const auto owners = open(owner_, photo_);
  people_->block(owner_.account, mei_.account);  // no change of the photo tells of it
  line_->events.review();
  EXPECT_EQ(page->heard, Heard{unseen(photo_)});
  EXPECT_FALSE(page->ended);  // his own events still come
  write(owner_, "x");
  poll();
  line_->events.review();
  EXPECT_EQ(page->heard.size(), 1u);
  EXPECT_EQ(distinct(*owners), Heard{comments(1)});
}

TEST_P(CommentEventsTest, BetweenTwoReviewsNothingIsToldEither) {
  const auto page = open(mei_, photo_);
  people_->set_visibility(photo_, photos::Visibility::only_me);
  write(owner_, "x");
  poll();
  EXPECT_EQ(page->heard, Heard{unseen(photo_)});
}

TEST_P(CommentEventsTest, APhotoThatIsGoneIsUnseen) {
  const auto page = open(owner_, photo_);
  write(mei_, "x");
  db().write([&](db::Tx& tx) {
    photos::PhotoEditStore store;
    store.lock(tx, photo_);
    store.erase(tx, photo_);
  });
  poll();
  EXPECT_EQ(page->heard, Heard{unseen(photo_)});
}

}  // namespace
}  // namespace picsharz::comments
