#include "crypto/crypto.h"

#include <gtest/gtest.h>

#include <set>

#include "crypto/cursor.h"
#include "crypto/password.h"

namespace picsharz::crypto {
namespace {

TEST(Sha256, MatchesTheStandard) {
  const std::string abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  EXPECT_EQ(hex(sha256("abc")), abc);
  Sha256 pieces;
  pieces.update("a");
  pieces.update("");
  pieces.update("bc");
  EXPECT_EQ(hex(pieces.finish()), abc);
}

TEST(Hmac, MatchesRfc4231) {
  EXPECT_EQ(hex(HmacKey(std::string(20, '\x0b')).sign("Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(hex(HmacKey(std::string(131, '\xaa'))
                    .sign("Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Encodings, GoThereAndBack) {
  EXPECT_EQ(base64url("\xff\xfe\xfd"), "__79");
  EXPECT_EQ(base64("a"), "YQ==");
  for (std::size_t length = 0; length < 40; ++length) {
    const std::string bytes = random_bytes(length);
    EXPECT_EQ(from_base64url(base64url(bytes)), bytes);
  }
  for (const char* text : {"a", "YQ==", "Y!", "YR\n"})
    EXPECT_EQ(from_base64url(text), std::nullopt);
}

TEST(Codes, AreReadAsPeopleTypeThem) {
  std::set<std::string> codes;
  for (int i = 0; i < 200; ++i) {
    const std::string code = random_code(8);
    EXPECT_EQ(code.size(), 8U);
    EXPECT_EQ(normalize_code(code), code);
    codes.insert(code);
  }
  EXPECT_EQ(codes.size(), 200U);
  EXPECT_EQ(normalize_code(" abcd-oil1 "), "ABCD0111");
}

TEST(Passwords, VerifyAndGrow) {
  const PasswordCost weak{.memory_bytes = 8 << 20, .passes = 1};
  const std::string hash = hash_password("correct horse", weak);
  EXPECT_TRUE(hash.starts_with("$argon2id$"));
  EXPECT_TRUE(verify_password(hash, "correct horse"));
  EXPECT_FALSE(verify_password(hash, "Correct horse"));
  EXPECT_FALSE(verify_password("nonsense", "correct horse"));
  EXPECT_NE(hash_password("correct horse", weak), hash);
  EXPECT_FALSE(raised_cost(hash, weak));
  const auto cost_of = [&](const PasswordCost& wanted) {
    const auto raised = raised_cost(hash, wanted);
    return raised ? std::pair(raised->memory_bytes >> 20, raised->passes) : std::pair(0UL, 0UL);
  };
  EXPECT_EQ(cost_of({.memory_bytes = 19 << 20, .passes = 2}), std::pair(19UL, 2UL));
  EXPECT_EQ(cost_of({.memory_bytes = 4 << 20, .passes = 2}), std::pair(8UL, 2UL));
  EXPECT_EQ(cost_of({.memory_bytes = 9 << 20, .passes = 1}), std::pair(9UL, 1UL));
  EXPECT_EQ(cost_of({.memory_bytes = 4 << 20, .passes = 1}), std::pair(0UL, 0UL));
  EXPECT_TRUE(raised_cost("nonsense", weak));
}

TEST(Passwords, BreachedOnesAreKnown) {
  for (const char* word : {"password", "PASSWORD", "12345678", "qwertyuiop"}) {
    EXPECT_TRUE(is_breached(word)) << word;
  }
  EXPECT_FALSE(is_breached("correct horse battery"));
  EXPECT_FALSE(is_breached(""));
}

TEST(Cursors, AreSignedAndBelongToTheirList) {
  const HmacKey key("secret");
  const HmacKey other_key("another");
  const CursorCodec codec(key);
  const std::string cursor = codec.encode("photos", {-5, 1LL << 62});
  const auto position = codec.decode("photos", cursor);
  ASSERT_TRUE(position);
  EXPECT_EQ(position->key, -5);
  EXPECT_EQ(position->id, 1LL << 62);
  EXPECT_FALSE(codec.decode("people", cursor));
  EXPECT_FALSE(CursorCodec(other_key).decode("photos", cursor));
  for (std::size_t i = 0; i < cursor.size(); ++i) {
    std::string forged = cursor;
    forged[i] = forged[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(codec.decode("photos", forged)) << i;
  }
  EXPECT_FALSE(codec.decode("photos", ""));
}

}  // namespace
}  // namespace picsharz::crypto
