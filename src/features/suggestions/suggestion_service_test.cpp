#include "features/suggestions/suggestion_service.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/people_fixture.h"
#include "support/query_plan.h"
#include "support/test_database.h"

namespace picsharz::suggestions {
namespace {

using follows::FollowState;
using photos::Visibility;
using test::PeopleFixture;
using Handles = std::vector<std::string>;

class SuggestionServiceTest : public test::DatabaseSuite {
 protected:
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    people_.emplace(db());
    ada_ = people_->join("ada");
    mei_ = people_->join("mei");
    tom_ = people_->join("tom");
  }
  void TearDown() override {
    people_.reset();
    DatabaseSuite::TearDown();
  }
  PeopleFixture& people() { return *people_; }
  std::vector<Suggestion> suggested(AccountId viewer, int limit = 20) {
    return people_->suggested.suggest(people_->as(viewer), limit);
  }
  Handles handles(AccountId viewer, int limit = 20) {
    Handles found;
    for (const Suggestion& one : suggested(viewer, limit)) found.push_back(one.account.handle);
    return found;
  }

  AccountId ada_, mei_, tom_;

 private:
  std::optional<PeopleFixture> people_;
};
ON_BOTH_ENGINES(SuggestionServiceTest);

TEST_P(SuggestionServiceTest, PeopleFollowedByThoseOneFollowsWithAName) {
  const AccountId eve = people().join("eve", "Eve Lim");
  const AccountId one = people().join("one");
  const AccountId two = people().join("two");
  for (const AccountId friend_ : {mei_, tom_, eve}) {
    people().follow(ada_, friend_);
    people().follow(friend_, two);
  }
  people().follow(mei_, one);
  const auto found = suggested(ada_);
  ASSERT_EQ(handles(ada_), (Handles{"two", "one"}));
  EXPECT_EQ(found[0].reason.kind, ReasonKind::followed_by);
  EXPECT_EQ(found[0].reason.count, 3);
  EXPECT_EQ(found[0].reason.handle, "eve");
  EXPECT_EQ(found[0].reason.name, "Eve Lim");
  EXPECT_EQ(found[1].reason.count, 1);
  EXPECT_EQ(found[1].reason.handle, "mei");
  EXPECT_EQ(handles(ada_, 1), Handles{"two"});
}

TEST_P(SuggestionServiceTest, NeverWhomOneKnowsHidOrCannotFind) {
  const AccountId shy = people().join("shy", "", true);
  const AccountId asked = people().join("asked", "", true);
  const AccountId blocked = people().join("blocked");
  const AccountId blocking = people().join("blocking");
  const AccountId muted = people().join("muted");
  const AccountId gone = people().join("gone");
  people().follow(ada_, mei_);
  people().follow(ada_, tom_);
  // Each of them speaks for itself in every way that there is.
  for (const AccountId one : {ada_, tom_, shy, asked, blocked, blocking, muted, gone}) {
    people().follow(mei_, one);
    const PhotoId photo = people().photo(one, {.labels = {"boat"}});
    ASSERT_TRUE(people().like(ada_, photo) || one == shy || one == asked);
  }
  people().follow(ada_, asked, FollowState::requested);
  people().block(ada_, blocked);
  people().block(blocking, ada_);
  people().mute(ada_, muted);
  people().set_state(gone, accounts::AccountState::suspended);
  const auto found = suggested(ada_);
  ASSERT_EQ(handles(ada_), Handles{"shy"});
  EXPECT_TRUE(found[0].account.is_private) << "marked, so that one knows that it will be asked";
}

TEST_P(SuggestionServiceTest, WhoOnlyAskedFollowsNobody) {
  const AccountId one = people().join("one");
  people().follow(ada_, mei_, FollowState::requested);
  people().follow(mei_, one);
  people().follow(ada_, tom_);
  people().follow(tom_, one, FollowState::requested);
  EXPECT_EQ(handles(ada_), Handles{});
}

TEST_P(SuggestionServiceTest, SomebodySuspendedSpeaksForNobody) {
  const AccountId one = people().join("one");
  people().follow(ada_, mei_);
  people().follow(mei_, one);
  people().set_state(mei_, accounts::AccountState::suspended);
  EXPECT_EQ(handles(ada_), Handles{});
}

TEST_P(SuggestionServiceTest, WhoUploadedWhatOneLikes) {
  const PhotoId first = people().photo(mei_);
  const PhotoId second = people().photo(mei_);
  const PhotoId hidden = people().photo(tom_);
  for (const PhotoId photo : {first, second, hidden}) ASSERT_TRUE(people().like(ada_, photo));
  people().set_visibility(hidden, Visibility::only_me);
  const auto found = suggested(ada_);
  ASSERT_EQ(handles(ada_), Handles{"mei"}) << "what is hidden by now says nothing";
  EXPECT_EQ(found[0].reason.kind, ReasonKind::liked);
  EXPECT_EQ(found[0].reason.count, 2);
}

TEST_P(SuggestionServiceTest, WhoUploadsPhotosOfWhatOneLikes) {
  people().follow(ada_, mei_);
  ASSERT_TRUE(people().like(ada_, people().photo(mei_, {.labels = {"boat"}})));
  people().photo(tom_, {.labels = {"boat", "sea"}});
  people().photo(tom_, {.labels = {"boat"}});
  people().photo(tom_, {.visibility = Visibility::only_me, .labels = {"boat"}});
  const AccountId other = people().join("other");
  people().photo(other, {.labels = {"train"}});
  const auto found = suggested(ada_);
  ASSERT_EQ(handles(ada_), (Handles{"tom", "other"}));
  EXPECT_EQ(found[0].reason.kind, ReasonKind::label);
  EXPECT_EQ(found[0].reason.label, "boat");
  EXPECT_EQ(found[0].reason.count, 2);
  EXPECT_EQ(found[1].reason.kind, ReasonKind::active);
}

TEST_P(SuggestionServiceTest, ANewcomerMeetsThoseWhoUploadedLately) {
  people().photo(mei_);
  people().photo(tom_, {.visibility = Visibility::followers});
  people().photo(people().join("shy", "", true));
  const auto found = suggested(ada_);
  ASSERT_EQ(handles(ada_), Handles{"mei"});
  EXPECT_EQ(found[0].reason.kind, ReasonKind::active);
  EXPECT_EQ(found[0].reason.count, 1);
}

TEST_P(SuggestionServiceTest, LooksAtTheNewestSixtyFourOfEach) {
  const AccountId oldest = people().join("oldest");
  const AccountId newest = people().join("newest");
  people().follow(mei_, oldest);
  people().clock.advance(second);
  for (int i = 0; i < 63; ++i) people().follow(mei_, people().join("m" + std::to_string(i)));
  people().clock.advance(second);
  people().follow(ada_, mei_);
  const auto shows = [&](std::string_view handle) {
    return std::ranges::count(handles(ada_, 100), handle) == 1;
  };
  EXPECT_TRUE(shows("oldest"));
  people().follow(mei_, newest);
  EXPECT_FALSE(shows("oldest"));
  EXPECT_TRUE(shows("newest"));
  people().clock.advance(second);
  for (int i = 0; i < 64; ++i) people().follow(ada_, people().join("a" + std::to_string(i)));
  EXPECT_FALSE(shows("newest")) << "mei is not among the newest by now";
}

TEST(SuggestionPlan, WalksIndicesAndScansNoTable) {
  test::TestDatabase database(db::Engine::sqlite);
  const auto steps =
      test::sqlite_plan(database.path(), SuggestionStore::followed_by_sql.text(db::Engine::sqlite));
  const auto small = {"SCAN f", "SCAN c", "SCAN h"};  // lists that the statement makes
  for (const std::string& step : steps) {
    const bool table = step.starts_with("SCAN") && std::ranges::find(small, step) == small.end();
    EXPECT_FALSE(table) << ::testing::PrintToString(steps);
  }
  EXPECT_TRUE(std::ranges::any_of(steps, [](const std::string& step) {
    return step.contains("SEARCH g USING") && step.contains("follower_id=? AND followee_id=?");
  })) << ::testing::PrintToString(steps);
}

}  // namespace
}  // namespace picsharz::suggestions
