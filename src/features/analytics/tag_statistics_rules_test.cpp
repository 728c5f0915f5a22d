#include "features/analytics/tag_statistics_rules.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace picsharz::analytics {
namespace {

TEST(BondTest, IsOneTogetherZeroByChanceAndLessApart) {
  EXPECT_NEAR(bond_of({.first = 10, .second = 10, .both = 10, .all = 1'000}), 1, 1e-12);
  EXPECT_NEAR(bond_of({.first = 100, .second = 100, .both = 10, .all = 1'000}), 0, 1e-12);
  EXPECT_LT(bond_of({.first = 100, .second = 100, .both = 1, .all = 1'000}), 0);
  EXPECT_EQ(bond_of({.first = 10, .second = 10, .both = 0, .all = 1'000}), -1);
  EXPECT_EQ(bond_of({.first = 5, .second = 5, .both = 5, .all = 5}), 1);
  // ln(0.05 / (0.1 x 0.1)) / -ln(0.05)
  EXPECT_NEAR(bond_of({.first = 100, .second = 100, .both = 50, .all = 1'000}),
              std::log(5.0) / std::log(20.0), 1e-12);
}

TEST(SurpriseTest, GrowsWithTheEvidence) {
  EXPECT_NEAR(surprise_of({.first = 100, .second = 100, .both = 10, .all = 1'000}), 0, 1e-9);
  const double few = surprise_of({.first = 3, .second = 3, .both = 3, .all = 30});
  const double many = surprise_of({.first = 30, .second = 30, .both = 30, .all = 300});
  EXPECT_NEAR(many, 10 * few, 1e-9);  // G2 is extensive
  EXPECT_GT(many, 10.83);
}

TEST(DeviationTest, IsFromTheOwnPast) {
  const std::vector<Week> steady(12, {.count = 10, .all = 100});
  EXPECT_NEAR(deviation_of(steady, {.count = 10, .all = 100}).score, 0, 0.1);
  EXPECT_NEAR(deviation_of(steady, {.count = 10, .all = 100}).expected, 10, 0.1);
  EXPECT_GT(deviation_of(steady, {.count = 30, .all = 100}).score, 3);
  EXPECT_LT(deviation_of(steady, {.count = 1, .all = 100}).score, -2);
}

TEST(DeviationTest, MoreOfEverythingIsNoTrend) {
  const std::vector<Week> steady(12, {.count = 10, .all = 100});
  EXPECT_NEAR(deviation_of(steady, {.count = 30, .all = 300}).score, 0, 0.1);
}

TEST(DeviationTest, AMoodyPastLetsMoreBeExpected) {
  std::vector<Week> moody;
  for (int i = 0; i < 12; ++i) moody.push_back({.count = i % 2 == 0 ? 0 : 20, .all = 100});
  const std::vector<Week> steady(12, {.count = 10, .all = 100});
  const Week last{.count = 25, .all = 100};
  EXPECT_LT(deviation_of(moody, last).score, deviation_of(steady, last).score / 2);
}

TEST(DeviationTest, AFewWhoBeginAreNoWonder) {
  const std::vector<Week> never(12, {.count = 0, .all = 100});
  EXPECT_LT(deviation_of(never, {.count = 3, .all = 100}).score, 3);
  EXPECT_GT(deviation_of(never, {.count = 12, .all = 100}).score, 3);
}

TEST(DeviationTest, WithoutAPastThereIsNone) {
  EXPECT_EQ(deviation_of({}, {.count = 50, .all = 100}).score, 0);
  const std::vector<Week> nobody(12);
  EXPECT_EQ(deviation_of(nobody, {.count = 50, .all = 100}).score, 0);
}

TEST(CommunitiesTest, TwoRingsWithOneBridgeAreTwo) {
  std::vector<Link> links;
  for (const std::size_t start : {std::size_t{0}, std::size_t{5}}) {
    for (std::size_t a = 0; a < 5; ++a) {
      for (std::size_t b = a + 1; b < 5; ++b) links.push_back({start + a, start + b, 1});
    }
  }
  links.push_back({4, 5, 1});
  const auto found = communities(11, links);
  for (std::size_t node = 1; node < 5; ++node) EXPECT_EQ(found[node], found[0]);
  for (std::size_t node = 6; node < 10; ++node) EXPECT_EQ(found[node], found[5]);
  EXPECT_NE(found[0], found[5]);
  EXPECT_NE(found[10], found[0]);  // alone
  EXPECT_NE(found[10], found[5]);
  EXPECT_EQ(communities(11, links), found);
}

// The ring of 30 cliques of five, of the paper on the limit of resolution: with folding the method
// may join neighbours, but never tears a clique apart.
TEST(CommunitiesTest, ARingOfCliquesKeepsThemWhole) {
  std::vector<Link> links;
  for (std::size_t clique = 0; clique < 30; ++clique) {
    for (std::size_t a = 0; a < 5; ++a) {
      for (std::size_t b = a + 1; b < 5; ++b) links.push_back({5 * clique + a, 5 * clique + b, 1});
    }
    links.push_back({5 * clique, (5 * clique + 5) % 150, 1});
  }
  const auto found = communities(150, links);
  for (std::size_t node = 0; node < 150; ++node) EXPECT_EQ(found[node], found[node - node % 5]);
  EXPECT_GE(std::set<std::size_t>(found.begin(), found.end()).size(), 10U);
}

TEST(CommunitiesTest, WithoutLinksEverybodyIsAlone) {
  EXPECT_EQ(communities(3, {}), (std::vector<std::size_t>{0, 1, 2}));
  EXPECT_TRUE(communities(0, {}).empty());
}

}  // namespace
}  // namespace picsharz::analytics
