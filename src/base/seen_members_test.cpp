#include "base/seen_members.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <thread>

namespace picsharz {
namespace {

TEST(SeenMembersTest, SomebodyIsNewOnceADay) {
  SeenMembers members;
  members.seen(AccountId{7});
  members.seen(AccountId{7});
  members.seen(AccountId{});  // a visitor
  EXPECT_EQ(members.take(), std::vector{AccountId{7}});
  members.seen(AccountId{7});
  EXPECT_TRUE(members.take().empty());
  members.forget();
  members.seen(AccountId{7});
  EXPECT_EQ(members.take(), std::vector{AccountId{7}});
}

TEST(SeenMembersTest, NobodyIsMissedUnderThreads) {
  constexpr std::int64_t people = 20'000;
  SeenMembers members;
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      for (std::int64_t id = 1; id <= people; ++id) members.seen(AccountId{id});
    });
  }
  threads.clear();
  const auto taken = members.take();
  const std::set<AccountId> different(taken.begin(), taken.end());
  EXPECT_EQ(different.size(), static_cast<std::size_t>(people));
}

TEST(SeenMembersTest, MoreThanItHoldsAreNewAgainAndNeverMissed) {
  constexpr std::int64_t people = 200'000;
  SeenMembers members;
  std::set<AccountId> different;
  for (std::int64_t id = 1; id <= people; ++id) {
    members.seen(AccountId{id});
    if (id % 1'000 != 0) continue;
    for (const AccountId each : members.take()) different.insert(each);
  }
  EXPECT_EQ(different.size(), static_cast<std::size_t>(people));
}

TEST(SeenMembersTest, ThatManyWaitAtMost) {
  SeenMembers members;
  for (std::int64_t id = 1; id <= 70'000; ++id) members.seen(AccountId{id});
  EXPECT_EQ(members.take().size(), 65'536U);
  // Who was not noted is not known either.
  members.seen(AccountId{70'000});
  EXPECT_EQ(members.take(), std::vector{AccountId{70'000}});
}

TEST(SeenMembersTest, WhatCouldNotBeKeptIsNewAgain) {
  SeenMembers members;
  members.seen(AccountId{1});
  members.put_back(members.take());
  members.seen(AccountId{2});
  auto taken = members.take();
  std::ranges::sort(taken);
  EXPECT_EQ(taken, (std::vector{AccountId{1}, AccountId{2}}));
}

}  // namespace
}  // namespace picsharz
