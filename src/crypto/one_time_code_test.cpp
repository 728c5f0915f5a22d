#include "crypto/one_time_code.h"

#include <gtest/gtest.h>

namespace picsharz::crypto {
namespace {

constexpr std::string_view secret = "12345678901234567890";

// Appendix B of RFC 6238, the last six of its eight digits.
TEST(OneTimeCode, IsWhatTheStandardSays) {
  const std::pair<std::int64_t, std::string_view> vectors[] = {{59, "287082"},
                                                               {1'111'111'109, "081804"},
                                                               {1'111'111'111, "050471"},
                                                               {1'234'567'890, "005924"},
                                                               {2'000'000'000, "279037"},
                                                               {20'000'000'000, "353130"}};
  for (const auto& [time, code] : vectors) {
    EXPECT_EQ(totp_code(secret, time / totp_seconds), code) << time;
  }
}

TEST(OneTimeCode, OneStepBeforeAndAfterIsGood) {
  constexpr std::int64_t now = 1'000'000;
  for (const std::int64_t off : {-1, 0, 1}) {
    EXPECT_EQ(totp_step_of(secret, totp_code(secret, now + off), now), now + off);
  }
  for (const std::int64_t off : {-2, 2}) {
    EXPECT_EQ(totp_step_of(secret, totp_code(secret, now + off), now), std::nullopt);
  }
  EXPECT_EQ(totp_step_of(secret, "", now), std::nullopt);
  EXPECT_EQ(totp_step_of(secret, totp_code(secret, now).substr(0, 5), now), std::nullopt);
}

// Section 10 of RFC 4648, without the padding.
TEST(Base32, IsWhatTheStandardSays) {
  const std::pair<std::string_view, std::string_view> vectors[] = {{"", ""},
                                                                   {"f", "MY"},
                                                                   {"fo", "MZXQ"},
                                                                   {"foo", "MZXW6"},
                                                                   {"foob", "MZXW6YQ"},
                                                                   {"fooba", "MZXW6YTB"},
                                                                   {"foobar", "MZXW6YTBOI"}};
  for (const auto& [bytes, text] : vectors) EXPECT_EQ(base32(bytes), text);
}

}  // namespace
}  // namespace picsharz::crypto
