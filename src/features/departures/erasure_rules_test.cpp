#include "features/departures/erasure_rules.h"

#include <gtest/gtest.h>

namespace picsharz::departures {
namespace {

constexpr Person mei{.handle = "mei", .email = "mei@example.org", .name = "Mei Lin"};

Letter told(std::string words) {
  return {.recipient = "tom@example.org", .words = std::move(words), .of_people = true};
}

TEST(ErasureRules, WhatIsWrittenToThePersonGoes) {
  EXPECT_TRUE(goes_with({.recipient = "mei@example.org"}, mei));
  EXPECT_TRUE(goes_with({.recipient = "mei@example.org", .waits = true}, mei));
  EXPECT_TRUE(goes_with({.recipient = "mei", .waits = true}, mei)) << "a reset, by its handle";
  EXPECT_FALSE(goes_with({.recipient = "tom@example.org"}, mei));
}

TEST(ErasureRules, WhatSpeaksOfThePersonGoes) {
  for (const char* words :
       {"see @mei", "https://pics.example/@mei", "(@mei)", "@mei: look", "write to mei@example.org",
        "<b>Mei Lin</b> follows you", "Mei Lin关注了你"}) {
    EXPECT_TRUE(goes_with(told(words), mei)) << words;
  }
  for (const char* words : {"mei", "@meissen", "tom@mei.example", "@mei_lin", "Mei Linden",
                            "Amei Lin", "ada-mei@example.orga", "Mei"}) {
    EXPECT_FALSE(goes_with(told(words), mei)) << words;
  }
}

TEST(ErasureRules, ANameIsNoReasonToLoseALetterThatIsOnItsWayOrSpeaksOfNobody) {
  Letter letter = told("Mei Lin follows you");
  letter.waits = true;
  EXPECT_FALSE(goes_with(letter, mei));
  letter.words = "@mei follows you";
  EXPECT_TRUE(goes_with(letter, mei));
  Letter code{
      .recipient = "tom@example.org", .words = "You asked for a code: 123456", .to_member = true};
  const Person you{.handle = "code", .email = "you@example.org", .name = "You"};
  EXPECT_FALSE(goes_with(code, you));
  code.to_member = false;
  EXPECT_TRUE(goes_with(code, you)) << "an address that is nobody's may have been the person's";
  code.waits = true;
  EXPECT_FALSE(goes_with(code, you));
}

// Somebody may be called what every letter has in its form.
TEST(ErasureRules, TheFormOfAJobSaysNothing) {
  const std::string payload =
      R"({"to":"tom@example.org","subject":"Hello","text":"A line","html":"<p>A line</p>",)"
      R"("message_id":"1@com","unsubscribe":"https://pics.example/u/1","pictures":"[]"})";
  Letter letter = letter_of_job(payload);
  letter.waits = true;
  EXPECT_EQ(letter.recipient, "tom@example.org");
  EXPECT_TRUE(letter.of_people);
  for (const std::string handle : {"to", "subject", "text", "html", "message_id", "unsubscribe",
                                   "pictures", "tom", "example", "org", "p", "com"}) {
    EXPECT_FALSE(goes_with(letter, {handle, "x@y.example", handle})) << handle;
  }
  EXPECT_TRUE(goes_with(letter, {"x", "tom@example.org", "Tom"}));
  EXPECT_EQ(letter_of_job(R"({"email":"tom@example.org","binding":"b"})").recipient,
            "tom@example.org");
  EXPECT_EQ(letter_of_job(R"({"login":"tom"})").recipient, "tom");
  EXPECT_EQ(letter_of_job("broken").recipient, "");
}

}  // namespace
}  // namespace picsharz::departures
