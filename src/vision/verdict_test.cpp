#include "vision/verdict.h"

#include <gtest/gtest.h>

namespace picsharz::vision {
namespace {

// The rest of the probability is neutral.
Scores scores(double porn, double hentai, double sexy) {
  Scores result;
  result.porn = porn;
  result.hentai = hentai;
  result.sexy = sexy;
  result.neutral = 1 - porn - hentai - sexy;
  return result;
}

struct Case {
  const char* what;
  Scores first;
  std::optional<Scores> second;
  Verdict verdict;
};

TEST(Verdict, FollowsTheTwoStageRule) {
  const Case cases[] = {
      {"plainly harmless", scores(0, 0, 0), {}, Verdict::safe},
      {"below the gate the second is ignored", scores(.1, .05, .04), scores(1, 0, 0),
       Verdict::safe},
      {"both sure", scores(.5, .35, 0), scores(.9, 0, 0), Verdict::explicit_},
      {"first sure, second not", scores(.95, 0, 0), scores(.1, 0, 0), Verdict::safe},
      {"first sure, second half", scores(.95, 0, 0), scores(.7, 0, 0), Verdict::suggestive},
      {"second sure, first not", scores(.3, 0, 0), scores(.95, 0, 0), Verdict::suggestive},
      {"swimwear", scores(0, 0, .3), scores(0, .1, .6), Verdict::suggestive},
      {"swimwear is never explicit", scores(0, 0, .99), scores(0, 0, .99), Verdict::suggestive},
      {"suspicion not confirmed", scores(.1, .1, .2), scores(.1, .1, .2), Verdict::safe},
      {"one model only, sure", scores(.9, 0, 0), {}, Verdict::explicit_},
      {"one model only, swimwear", scores(0, 0, .6), {}, Verdict::suggestive},
      {"one model only, doubt", scores(0, 0, .4), {}, Verdict::safe},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(judge(c.first, c.second, {}), c.verdict) << c.what;
  }
}

TEST(Verdict, ThresholdsBelongToTheUpperSide) {
  const Thresholds halves{.25, .75, .5};  // exact in binary
  EXPECT_FALSE(needs_second_opinion(scores(.125, .0625, 0), halves));
  EXPECT_TRUE(needs_second_opinion(scores(.125, .125, 0), halves));
  EXPECT_EQ(judge(scores(.75, 0, 0), scores(.75, 0, 0), halves), Verdict::explicit_);
  EXPECT_EQ(judge(scores(.5, 0, 0), scores(.25, 0, .25), halves), Verdict::suggestive);
}

TEST(Verdict, ThresholdsAreConfiguration) {
  const Thresholds strict{.01, .05, .02};
  EXPECT_EQ(judge(scores(.06, 0, 0), scores(.06, 0, 0), strict), Verdict::explicit_);
  EXPECT_EQ(judge(scores(0, 0, .03), scores(0, 0, .03), strict), Verdict::suggestive);
}

TEST(Verdict, HasNames) {
  EXPECT_EQ(verdict_name(Verdict::safe), "safe");
  EXPECT_EQ(verdict_name(Verdict::suggestive), "suggestive");
  EXPECT_EQ(verdict_name(Verdict::explicit_), "explicit");
}

}  // namespace
}  // namespace picsharz::vision
