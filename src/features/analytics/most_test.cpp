#include "features/analytics/most.h"

#include <gtest/gtest.h>

#include <map>
#include <span>
#include <string>
#include <vector>

namespace picsharz::analytics {
namespace {

using Counts = std::map<int, std::int64_t>;
using Keys = std::vector<int>;

// As many as there are, each with its number as its count: the largest is the last.
Counts counts_to(int last) {
  Counts counts;
  for (int key = 1; key <= last; ++key) counts[key] = key;
  return counts;
}

TEST(Most, LargestFirstAndEqualOnesInOrder) {
  const Counts counts{{1, 5}, {2, 9}, {3, 5}, {4, 1}};
  EXPECT_EQ(most_of(counts, 3), (Keys{2, 1, 3}));
  EXPECT_EQ(most_of(counts, 9), (Keys{2, 1, 3, 4}));
  EXPECT_EQ(most_of(Counts(), 9), Keys());
}

TEST(Most, WhatIsKeptBackTakesNobodysPlace) {
  constexpr int last = 1700;
  std::vector<std::size_t> asked;
  const auto below = [&](int limit) {
    return [&asked, limit](std::span<const int> keys) {
      asked.push_back(keys.size());
      Keys shown;
      for (const int each : keys) {
        if (each <= limit) shown.push_back(each);
      }
      return shown;
    };
  };
  EXPECT_EQ(most_shown_of(counts_to(last), 3, below(last)), (Keys{1700, 1699, 1698}));
  EXPECT_EQ(asked, (std::vector<std::size_t>{500}));
  asked.clear();
  EXPECT_EQ(most_shown_of(counts_to(last), 3, below(1201)), (Keys{1201, 1200, 1199}));
  EXPECT_EQ(asked, (std::vector<std::size_t>{500, 500}));
  asked.clear();
  EXPECT_EQ(most_shown_of(counts_to(last), 3, below(2)), (Keys{2, 1}));
  EXPECT_EQ(asked, (std::vector<std::size_t>{500, 500, 500, 200}));
}

}  // namespace
}  // namespace picsharz::analytics
