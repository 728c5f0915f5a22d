#include "base/tally.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <thread>

namespace picsharz {
namespace {

using Key = std::pair<Use, std::size_t>;
using Sums = std::map<Key, std::pair<std::int64_t, std::int64_t>>;

void add_to(Sums& sums, const std::vector<Tally::Count>& counts) {
  for (const Tally::Count& each : counts) {
    auto& [count, amount] = sums[{each.use, each.label}];
    count += each.count;
    amount += each.amount;
  }
}

TEST(TallyTest, WhatIsCountedIsDrainedOnce) {
  Tally tally;
  tally.count(Use::like);
  tally.count(Use::like);
  tally.count(Use::upload_bytes, "image/png", 700);
  const std::vector<Tally::Count> wanted = {{Use::upload_bytes, 1, 1, 700}, {Use::like, 0, 2, 0}};
  EXPECT_EQ(tally.drain(), wanted);
  EXPECT_TRUE(tally.drain().empty());
}

TEST(TallyTest, NothingIsLostUnderThreads) {
  constexpr int threads = 8;
  constexpr std::int64_t each = 50'000;
  const auto tally = std::make_unique<Tally>();
  Sums sums;
  std::atomic<int> running{threads};
  std::vector<std::jthread> counting;
  for (int thread = 0; thread < threads; ++thread) {
    counting.emplace_back([&, thread] {
      for (std::int64_t i = 0; i < each; ++i) {
        tally->count(thread % 2 == 0 ? Use::like : Use::view, 0, 3);
      }
      --running;
    });
  }
  while (running > 0) add_to(sums, tally->drain());
  counting.clear();
  add_to(sums, tally->drain());
  const auto wanted = std::pair(threads / 2 * each, threads / 2 * each * 3);
  EXPECT_EQ((sums[{Use::like, 0}]), wanted);
  EXPECT_EQ((sums[{Use::view, 0}]), wanted);
  EXPECT_EQ(sums.size(), 2U);
}

TEST(TallyTest, LabelsAreBoundedAndDifferent) {
  std::size_t slots = 0;
  std::set<std::string> names;
  for (std::size_t use = 0; use < Tally::uses; ++use) {
    std::set<std::string> labels;
    for (std::size_t i = 0; i < labels_of(Use(use)); ++i) labels.insert(label_of(Use(use), i));
    EXPECT_EQ(labels.size(), labels_of(Use(use))) << name_of(Use(use));
    slots += labels.size();
    names.emplace(name_of(Use(use)));
  }
  EXPECT_EQ(slots, Tally::slots);
  EXPECT_EQ(names.size(), Tally::uses);
}

TEST(TallyTest, AnUnknownLabelIsTheLastOne) {
  Tally tally;
  tally.count(Use::upload, "application/x-anything");
  tally.count(Use::upload, std::size_t{1'000});
  const auto counts = tally.drain();
  ASSERT_EQ(counts.size(), 1U);
  EXPECT_EQ(counts[0].count, 2);
  EXPECT_EQ(label_of(Use::upload, counts[0].label), "other");
}

TEST(TallyTest, ARequestCountsItsBytesItsTimeAndItsFailure) {
  Tally tally;
  tally.count_request(RouteClass::feed, 200, 1'000, 2'500, true);
  tally.count_request(RouteClass::feed, 503, 10, 2'501, true);
  tally.count_request(RouteClass::media, 404, 0, 3 * hour, true);
  tally.count_request(RouteClass::other, 200, 5, hour, false);
  std::map<std::string, Tally::Count> counts;
  for (const auto& each : tally.drain()) {
    counts[std::string(name_of(each.use)) + " " + label_of(each.use, each.label)] = each;
  }
  EXPECT_EQ(counts["request feed"].count, 2);
  EXPECT_EQ(counts["request feed"].amount, 1'010);
  EXPECT_EQ(counts["route_time feed/2500"].count, 1);
  EXPECT_EQ(counts["route_time feed/5000"].count, 1);
  EXPECT_EQ(counts["route_time media/60000000"].amount, 3 * hour);
  EXPECT_EQ(counts["request other"].amount, 5);
  EXPECT_EQ(counts["error 4xx"].count, 1);
  EXPECT_EQ(counts["error 5xx"].count, 1);
  EXPECT_EQ(counts.size(), 8U);
}

TEST(TallyTest, WhatIsTakenBackIsOneLessAndTotalsNeverFall) {
  Tally tally;
  const auto sign_ups = [&] { return tally.totals()[0].count; };
  tally.count(Use::sign_up);
  tally.count(Use::sign_up);
  EXPECT_EQ(sign_ups(), 2);
  tally.take_back(Use::sign_up, 0);
  EXPECT_EQ(sign_ups(), 2);
  EXPECT_EQ(tally.drain(), (std::vector<Tally::Count>{{Use::sign_up, 0, 1, 0}}));
  tally.take_back(Use::sign_up, 0);
  EXPECT_EQ(tally.drain(), (std::vector<Tally::Count>{{Use::sign_up, 0, -1, 0}}));
  tally.count(Use::sign_up);
  tally.count(Use::sign_up);
  EXPECT_EQ(sign_ups(), 2);
  tally.count(Use::sign_up);
  EXPECT_EQ(sign_ups(), 3);
}

TEST(TallyTest, WhatCouldNotBeKeptComesAgainAndTotalsStay) {
  Tally tally;
  tally.count(Use::comment);
  tally.count(Use::query, 0, 42);
  const auto first = tally.drain();
  tally.put_back(first);
  tally.count(Use::comment);
  const std::vector<Tally::Count> wanted = {{Use::comment, 0, 2, 0}, {Use::query, 0, 1, 42}};
  EXPECT_EQ(tally.drain(), wanted);
  tally.count(Use::comment);
  std::int64_t comments = 0;
  for (const auto& each : tally.totals()) comments += each.use == Use::comment ? each.count : 0;
  EXPECT_EQ(comments, 3);
  EXPECT_EQ(tally.totals().size(), Tally::slots);
}

}  // namespace
}  // namespace picsharz
