#include "features/accounts/account_rules.h"

#include <gtest/gtest.h>

namespace picsharz::accounts {
namespace {

std::string code_of(const Result<void>& result) { return result ? "" : result.error().code; }

TEST(AccountRules, Handles) {
  for (const char* handle : {"mei", "mei_tan", "a1_", "123"}) {
    EXPECT_EQ(code_of(check_handle(handle)), "") << handle;
  }
  for (const std::string& handle : {std::string("ab"), std::string(31, 'a'), std::string("Mei"),
                                    std::string("mei-tan"), std::string("m.e"), std::string()}) {
    EXPECT_EQ(code_of(check_handle(handle)), "invalid_handle") << handle;
  }
  EXPECT_EQ(code_of(check_handle("moderation")), "handle_reserved");
  EXPECT_EQ(normalize_handle("  @MEI\t"), "mei");
}

TEST(AccountRules, Addresses) {
  for (const char* email : {"a@b.co", "first.last+tag@sub.example.org", "ö@münchen.example"}) {
    EXPECT_EQ(code_of(check_email(email)), "") << email;
  }
  for (const std::string& email :
       {std::string("a@b"), std::string("@b.co"), std::string("a@b..co"), std::string("a b@c.de"),
        std::string("a@b.co\nBcc: x"), std::string("<a@b.co>"), std::string(65, 'a') + "@b.co",
        std::string("a@-b.co"), std::string("a@b.co.")}) {
    EXPECT_EQ(code_of(check_email(email)), "invalid_email") << email;
  }
}

TEST(AccountRules, Passwords) {
  EXPECT_EQ(code_of(check_password("four unrelated words", "mei", "mei@b.co")), "");
  EXPECT_EQ(code_of(check_password("猫猫猫猫猫猫猫猫", "mei", "mei@b.co")), "");  // 8 characters
  for (const std::string& password :
       {std::string("seven77"), std::string(129, 'x'), std::string("Password"),
        std::string("MeiMeiMei"), std::string("meimeimei@b.co")}) {
    EXPECT_EQ(code_of(check_password(password, "meimeimei", "meimeimei@b.co")), "weak_password")
        << password;
  }
}

TEST(AccountRules, Countries) {
  for (const char* country : {"SG", "DE", "AD", "ZW"}) {
    EXPECT_EQ(code_of(check_country(country)), "") << country;
  }
  // "DA" stands in the list only across two codes.
  for (const char* country : {"DA", "sg", "S", "SGP", "ZZ", ""}) {
    EXPECT_EQ(code_of(check_country(country)), "invalid_country") << country;
  }
}

TEST(AccountRules, SignUpIsNormalised) {
  const auto person = check_sign_up({.handle = " @Mei ",
                                     .name = "Mei",
                                     .email = " Mei@Example.ORG ",
                                     .password = "four unrelated words",
                                     .country = "sg"});
  ASSERT_TRUE(person);
  EXPECT_EQ(person->handle, "mei");
  EXPECT_EQ(person->email, "mei@example.org");
  EXPECT_EQ(person->country, "SG");
}

}  // namespace
}  // namespace picsharz::accounts
