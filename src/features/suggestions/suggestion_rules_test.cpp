#include "features/suggestions/suggestion_rules.h"

#include <gtest/gtest.h>

namespace picsharz::suggestions {
namespace {

constexpr AccountId ada{1}, eve{2}, mei{3}, tom{4};

std::vector<AccountId> accounts_of(const std::vector<Ranked>& ranked) {
  std::vector<AccountId> ids;
  for (const Ranked& one : ranked) ids.push_back(one.account);
  return ids;
}

Hint hint(AccountId account, std::int64_t count, std::string label = "") {
  return {.account = account, .count = count, .by = {}, .label = std::move(label)};
}

TEST(SuggestionRank, AddsUpWhatSpeaksForAnAccountAndNamesItOnce) {
  const Hints hints{.followed_by = {hint(ada, 1), hint(eve, 2)},
                    .liked = {hint(ada, 2)},
                    .label = {hint(tom, 3, "boat"), hint(ada, 1, "boat")},
                    .active = {hint(mei, 50), hint(ada, 1)}};
  const auto ranked = rank(hints, 10);
  ASSERT_EQ(accounts_of(ranked), (std::vector<AccountId>{ada, eve, tom, mei}));
  EXPECT_EQ(ranked[0].points, 2 + 4 + 1);
  EXPECT_EQ(ranked[0].kind, ReasonKind::liked) << "what brought the most";
  EXPECT_EQ(ranked[0].hint.count, 2);
  EXPECT_EQ(ranked[2].hint.label, "boat");
  EXPECT_EQ(ranked[3].kind, ReasonKind::active);
  EXPECT_EQ(ranked[3].points, 0);
}

TEST(SuggestionRank, OfEqualsTakesTheStrongerReasonAndTheNewerAccount) {
  const Hints hints{.followed_by = {hint(ada, 1), hint(eve, 1)},
                    .liked = {hint(ada, 1), hint(mei, 2)},
                    .label = {},
                    .active = {}};
  const auto ranked = rank(hints, 10);
  EXPECT_EQ(accounts_of(ranked), (std::vector<AccountId>{mei, ada, eve}));
  EXPECT_EQ(ranked[1].kind, ReasonKind::followed_by);
}

TEST(SuggestionRank, ALabelCountsOnceHoweverManyPhotosShowIt) {
  const Hints hints{
      .followed_by = {hint(ada, 1)},
      .liked = {hint(eve, 1)},
      .label = {hint(tom, 200, "person"), hint(eve, 200, "person"), hint(tom, 2, "boat")},
      .active = {}};
  const auto ranked = rank(hints, 10);
  EXPECT_EQ(accounts_of(ranked), (std::vector<AccountId>{eve, tom, ada}));
  EXPECT_EQ(ranked[0].kind, ReasonKind::liked) << "which is more than any label";
  EXPECT_EQ(ranked[1].points, 2);
  EXPECT_EQ(ranked[1].hint.count, 200) << "the photos are told as they are";
}

TEST(SuggestionRank, IsAsLongAsWanted) {
  const Hints hints{.followed_by = {hint(ada, 1), hint(eve, 3), hint(mei, 2)},
                    .liked = {},
                    .label = {},
                    .active = {}};
  EXPECT_EQ(accounts_of(rank(hints, 2)), (std::vector<AccountId>{eve, mei}));
  EXPECT_TRUE(rank({}, 2).empty());
}

}  // namespace
}  // namespace picsharz::suggestions
