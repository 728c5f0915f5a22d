#include "features/uploads/tus_rules.h"

#include <gtest/gtest.h>

namespace picsharz::uploads {
namespace {

TEST(TusRules, NumbersAreDigitsAlone) {
  EXPECT_EQ(parse_upload_number("Upload-Length", "0").value(), 0);
  EXPECT_EQ(parse_upload_number("Upload-Length", "50000000").value(), 50'000'000);
  for (const char* wrong : {"", " 1", "1 ", "+1", "-1", "0x1", "1e3", "1234567890123456789"}) {
    EXPECT_EQ(parse_upload_number("Upload-Length", wrong).error().code, "invalid_upload_length");
    EXPECT_EQ(parse_upload_number("Upload-Offset", wrong).error().code, "invalid_upload_offset");
  }
}

TEST(TusRules, MetadataIsPairsOfAKeyAndBase64) {
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(parse_upload_metadata("").value(), Pairs{});
  EXPECT_EQ(parse_upload_metadata("title aGVsbG8=, alt,tags YSxi").value(),
            (Pairs{{"title", "hello"}, {"alt", ""}, {"tags", "a,b"}}));
  for (const char* wrong : {",", "title aGVsbG8", "title !",
                            "a YQ==,a YQ==", "a  YQ== YQ==", "\x01 YQ==", "title aGVsbG8=,,alt"}) {
    EXPECT_FALSE(parse_upload_metadata(wrong)) << wrong;
  }
}

TEST(TusRules, AChecksumHasTheLengthOfItsAlgorithm) {
  const auto sha1 = parse_upload_checksum("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=");
  ASSERT_TRUE(sha1);
  EXPECT_EQ(sha1->digest.size(), 20U);
  EXPECT_FALSE(parse_upload_checksum("sha256 Kq5sNclPz7QV2+lfQIuc6R7oRu0="));
  EXPECT_FALSE(parse_upload_checksum("md5 Kq5sNclPz7QV2+lfQIuc6Q=="));
  EXPECT_FALSE(parse_upload_checksum("sha1"));
  EXPECT_FALSE(parse_upload_checksum(""));
}

TEST(TusRules, ACreationSaysALengthOrThatItComesLater) {
  EXPECT_EQ(read_creation("5", std::nullopt, "")->length, 5);
  EXPECT_EQ(read_creation(std::nullopt, "1", "")->length, std::nullopt);
  EXPECT_FALSE(read_creation(std::nullopt, std::nullopt, ""));
  EXPECT_FALSE(read_creation("5", "1", ""));
  EXPECT_FALSE(read_creation(std::nullopt, "0", ""));
  const auto upload =
      read_creation("5", std::nullopt, "title aGVsbG8=,filename YS5wbmc=,filetype aQ==");
  ASSERT_TRUE(upload);
  EXPECT_EQ(upload->fields.title, "hello");
  EXPECT_EQ(upload->file_name, "a.png");
  EXPECT_EQ(read_creation("5", std::nullopt, "colour aQ==").error().code, "invalid_request");
}

TEST(TusRules, ExpiryIsADateOfHttp) {
  EXPECT_EQ(http_date(784'111'777 * second), "Sun, 06 Nov 1994 08:49:37 GMT");
}

}  // namespace
}  // namespace picsharz::uploads
