#include "features/costs/decimal.h"

#include <gtest/gtest.h>

namespace picsharz::costs {
namespace {

Decimal read(std::string_view text) { return Decimal::parse(text).value(); }

TEST(DecimalTest, IsReadAndWrittenAsItStands) {
  for (const char* text :
       {"0.00", "72.00", "0.0004", "3797.26", "0.000001", "999999999999999.00"}) {
    EXPECT_EQ(read(text).text(), text);
  }
  EXPECT_EQ(read("25").text(0), "25");
  EXPECT_EQ(read("1.975000").text(0), "1.975");
  EXPECT_EQ((Decimal(1) - Decimal(3)).text(), "-2.00");
  EXPECT_EQ((read("0.25") - read("0.5")).text(), "-0.25");
}

TEST(DecimalTest, RefusesWhatIsNoAmount) {
  for (const char* text : {"", ".", "1.", ".5", "-1", "+1", "1e3", "1,5", " 1", "0.0000001",
                           "1.2.3", "1000000000000000", "NaN"}) {
    EXPECT_FALSE(Decimal::parse(text)) << text;
  }
}

TEST(DecimalTest, SumsAreExactWhereDoublesAreNot) {
  Decimal sum;
  for (int i = 0; i < 1'000'000; ++i) sum += read("0.1");
  EXPECT_EQ(sum, Decimal(100'000));
}

TEST(DecimalTest, ProductsRoundToTheNearestMillionth) {
  EXPECT_EQ((read("0.36") * read("16.67")).text(), "6.0012");
  EXPECT_EQ((read("0.000001") * read("0.5")).text(), "0.000001");
  EXPECT_EQ((read("0.000001") * read("0.4")).text(), "0.00");
  EXPECT_EQ((Decimal(1) / Decimal(3)).text(), "0.333333");
  EXPECT_EQ((Decimal(-2) / Decimal(3)).text(), "-0.666667");
  EXPECT_EQ((Decimal(72'000'000) * Decimal(400) / Decimal(1'000'000)).text(), "28800.00");
}

TEST(DecimalTest, CentsRoundAHalfAwayFromZero) {
  EXPECT_EQ(read("50.855").cents().text(), "50.86");
  EXPECT_EQ(read("6.7212").cents().text(), "6.72");
  EXPECT_EQ((Decimal(0) - read("0.005")).cents().text(), "-0.01");
}

TEST(DecimalTest, AColumnHoldsMillionths) {
  EXPECT_EQ(read("0.0004").millionths(), 400);
  EXPECT_EQ(Decimal::of_millionths(400), read("0.0004"));
  EXPECT_LT(read("0.09"), read("0.1"));
}

}  // namespace
}  // namespace picsharz::costs
