#include "features/activity/activity_service.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "support/people_fixture.h"
#include "support/test_database.h"

namespace picsharz::activity {
namespace {

using test::PeopleFixture;

class ActivityServiceTest : public test::DatabaseSuite {
 protected:
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    people_.emplace(db());
    ada_ = people_->join("ada");
    mei_ = people_->join("mei");
    shy_ = people_->join("shy", "", true);
  }
  void TearDown() override {
    people_.reset();
    DatabaseSuite::TearDown();
  }
  PeopleFixture& people() { return *people_; }
  std::vector<Activity> take(int most = 100) {
    return db().write([&](db::Tx& tx) { return people_->activity.take(tx, most); });
  }
  std::vector<ActivityKind> kinds() {
    std::vector<ActivityKind> kinds;
    for (const Activity& activity : take()) kinds.push_back(activity.kind);
    return kinds;
  }

  AccountId ada_, mei_, shy_;

 private:
  std::optional<PeopleFixture> people_;
};
ON_BOTH_ENGINES(ActivityServiceTest);

using enum ActivityKind;
using Kinds = std::vector<ActivityKind>;

TEST_P(ActivityServiceTest, IsTakenOnceInItsOrderWithAllItSays) {
  const PhotoId photo{77};
  const CommentId reply_id{78};
  db().write([&](db::Tx& tx) {
    people().activity.record(tx, mention, ada_, mei_, photo, reply_id);
    people().activity.record(tx, follow, mei_, ada_);
    people().activity.record(tx, follow, shy_, ada_);
  });
  const auto first = take(2);
  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(first[0].kind, mention);
  EXPECT_EQ(first[0].actor, ada_);
  EXPECT_EQ(first[0].account, mei_);
  EXPECT_EQ(first[0].photo, photo);
  EXPECT_EQ(first[0].comment, reply_id);
  EXPECT_EQ(first[0].created_at, people().clock.now());
  EXPECT_EQ(first[1].actor, mei_);
  EXPECT_EQ(take().size(), 1u);
  EXPECT_TRUE(take().empty());
}

TEST_P(ActivityServiceTest, NobodyHearsOfHimself) {
  const PhotoId own = people().photo(ada_, {});
  db().write([&](db::Tx& tx) {
    people().activity.record(tx, mention, ada_, ada_);
    people().activity.record(tx, comment, ada_, ada_, own);
    people().activity.record(tx, comment, mei_, ada_, own);
  });
  const auto taken = take();
  ASSERT_EQ(taken.size(), 1u);
  EXPECT_EQ(taken[0].account, ada_);
  EXPECT_EQ(taken[0].actor, mei_);
}

TEST_P(ActivityServiceTest, NothingIsLeftOfATransactionThatFailed) {
  const auto refused = db().write([&](db::Tx& tx) -> Result<void> {
    people().activity.record(tx, follow, ada_, mei_);
    return not_found();
  });
  EXPECT_FALSE(refused);
  EXPECT_TRUE(take().empty());
}

TEST_P(ActivityServiceTest, AFollowAndALikeAreToldOnceEach) {
  const PhotoId photo = people().photo(mei_, {});
  for (int time = 0; time < 2; ++time) {
    ASSERT_TRUE(people().follows.follow(people().as(ada_), "mei"));
    ASSERT_TRUE(people().follows.follow(people().as(ada_), "shy"));
    ASSERT_TRUE(people().like(ada_, photo));
  }
  EXPECT_EQ(kinds(), (Kinds{follow, follow_request, like}));
  ASSERT_TRUE(people().follows.approve(people().as(shy_), "ada"));
  EXPECT_EQ(kinds(), Kinds{follow_approved});
}

}  // namespace
}  // namespace picsharz::activity
