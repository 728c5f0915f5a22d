#include "http/content_coding.h"

#include <gtest/gtest.h>

namespace picsharz::http {
namespace {

TEST(ContentCoding, WhoTakesGzip) {
  for (const std::string_view yes : {"gzip", "GZIP", "gzip, deflate, br", "br;q=1, gzip ; q=0.5",
                                     "deflate,\tgzip;q=1", "gzip;q=0.001", "gzip;q="}) {
    EXPECT_TRUE(accepts_coding(yes, "gzip")) << yes;
  }
  for (const std::string_view no : {"", "identity", "br", "gzipped", "x-gzip", "gzip;q=0",
                                    "gzip; q=0.000", "br, gzip;q=0.0, deflate", ",;,", "*"}) {
    EXPECT_FALSE(accepts_coding(no, "gzip")) << no;
  }
}

TEST(ContentCoding, WhoTakesBrotli) {
  EXPECT_TRUE(accepts_coding("gzip, deflate, br, zstd", "br"));
  EXPECT_FALSE(accepts_coding("gzip, br;q=0", "br"));
  EXPECT_FALSE(accepts_coding("brotli", "br"));
}

}  // namespace
}  // namespace picsharz::http
