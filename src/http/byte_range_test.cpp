#include "http/byte_range.h"

#include <gtest/gtest.h>

#include "http/test_client.h"
#include "support/temporary_root.h"

namespace picsharz::http {
namespace {

std::string asked(std::string_view header, std::int64_t size) {
  ByteRange range;
  switch (read_range(header, size, range)) {
    case Asked::whole:
      return "whole";
    case Asked::nothing:
      return "nothing";
    case Asked::part:
      return content_range(range, size);
  }
  return "";
}

TEST(ByteRangeTest, ReadsOneRange) {
  const struct {
    const char* header;
    const char* expected;
  } cases[] = {
      {"bytes=0-99", "bytes 0-99/1000"},
      {"bytes=0-0", "bytes 0-0/1000"},
      {"Bytes=900-", "bytes 900-999/1000"},
      {"bytes=900-5000", "bytes 900-999/1000"},
      {"bytes=-1", "bytes 999-999/1000"},
      {"bytes=-5000", "bytes 0-999/1000"},
      {"bytes=0-99999999999999999999", "bytes 0-999/1000"},
      {"bytes=1000-", "nothing"},
      {"bytes=99999999999999999999-", "nothing"},
      {"bytes=-0", "nothing"},
      {"", "whole"},
      {"bytes", "whole"},
      {"bytes=", "whole"},
      {"bytes=-", "whole"},
      {"bytes=9-5", "whole"},
      {"bytes=a-b", "whole"},
      {"bytes=+1-2", "whole"},
      {"bytes=0-9,20-29", "whole"},
      {"items=0-9", "whole"},
  };
  for (const auto& each : cases) EXPECT_EQ(asked(each.header, 1000), each.expected) << each.header;
  EXPECT_EQ(asked("bytes=0-", 0), "nothing");
  EXPECT_EQ(asked("bytes=-5", 0), "nothing");
}

TEST(ByteRangeTest, IfRangeIsComparedStrongly) {
  EXPECT_TRUE(if_range_fits("", "\"a\""));
  EXPECT_TRUE(if_range_fits("\"a\"", "\"a\""));
  EXPECT_FALSE(if_range_fits("\"b\"", "\"a\""));
  EXPECT_FALSE(if_range_fits("W/\"a\"", "W/\"a\""));
  EXPECT_FALSE(if_range_fits("Sun, 22 Nov 2026 00:00:00 GMT", "\"a\""));
}

}  // namespace
}  // namespace picsharz::http
