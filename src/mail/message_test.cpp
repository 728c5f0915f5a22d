#include "mail/message.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "mail/pictures.h"

namespace picsharz::mail {
namespace {

constexpr Micros noon = 1'795'867'200 * second;  // 2026-11-28 12:00 UTC

Mail mail() {
  return {.to = "mei@example.org",
          .subject = "Hello",
          .text = "one\ntwo\n",
          .html = "<p>one</p>",
          .message_id = "0a1b"};
}

const Sender sender{"photos@example.org", "Picsharz"};

std::vector<std::string> lines(const std::string& message) {
  std::vector<std::string> found;
  std::istringstream stream(message);
  for (std::string line; std::getline(stream, line);) found.push_back(line);
  return found;
}

// The value of a header, unfolded; "" where there is none, "twice" where there are two.
std::string header(const std::string& message, const std::string& name) {
  std::string value;
  bool inside = false;
  for (std::string line : lines(message)) {
    if (line == "\r") break;
    line.pop_back();
    if (inside && line.starts_with(" ")) {
      value += line;
      continue;
    }
    inside = line.starts_with(name + ": ");
    if (inside && !value.empty()) return "twice";
    if (inside) value = line.substr(name.size() + 2);
  }
  return value;
}

TEST(MessageTest, HasTheHeadAndBothBodies) {
  Mail letter = mail();
  letter.unsubscribe = "https://example.org/stop";
  EXPECT_EQ(write_message(letter, sender, noon),
            "From: \"Picsharz\" <photos@example.org>\r\n"
            "To: mei@example.org\r\n"
            "Subject: Hello\r\n"
            "Date: Sat, 28 Nov 2026 12:00:00 +0000\r\n"
            "Message-ID: <0a1b@example.org>\r\n"
            "Auto-Submitted: auto-generated\r\n"
            "List-Unsubscribe: <https://example.org/stop>\r\n"
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: multipart/alternative;\r\n boundary=\"=_0a1b\"\r\n\r\n"
            "--=_0a1b\r\nContent-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
            "one\r\ntwo\r\n"
            "--=_0a1b\r\nContent-Type: text/html; charset=utf-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
            "<p>one</p>\r\n"
            "--=_0a1b--\r\n");
}

TEST(MessageTest, TheSameEventHasTheSameMessageIdAtAnyTime) {
  EXPECT_EQ(header(write_message(mail(), sender, noon), "Message-ID"),
            header(write_message(mail(), sender, noon + day), "Message-ID"));
}

TEST(MessageTest, NothingThatSomebodyTypedBeginsALineOfTheHead) {
  const std::string attack = "x\r\nBcc: all@example.org\r\n\r\nbody";
  Mail letter = mail();
  letter.subject = attack;
  letter.to = "mei@example.org\r\nBcc: all@example.org";
  letter.message_id = "0a\r\nBcc: all@example.org";
  letter.unsubscribe = "https://example.org/\r\nBcc: all@example.org";
  for (const Sender& from : {Sender{"photos@example.org", attack},
                             Sender{"photos@example.org\r\nBcc: all@example.org", "\"\\\r\n"}}) {
    const std::string message = write_message(letter, from, noon);
    EXPECT_EQ(header(message, "Bcc"), "");
    EXPECT_NE(header(message, "Content-Type"), "") << "the head ended early:\n" << message;
    for (const std::string& line : lines(message)) {
      EXPECT_FALSE(line.starts_with("Bcc")) << message;
      EXPECT_TRUE(line.ends_with('\r')) << line;
      EXPECT_EQ(line.find('\r'), line.size() - 1) << line;
    }
  }
}

TEST(MessageTest, OtherLettersAreEncodedWordsOfWholeCharactersAndShortLines) {
  Mail letter = mail();
  letter.subject = "Grüße = ?";
  EXPECT_EQ(header(write_message(letter, sender, noon), "Subject"),
            "=?UTF-8?Q?Gr=C3=BC=C3=9Fe_=3D_=3F?=");
  letter.subject = "";
  for (int i = 0; i < 30; ++i) letter.subject += "照片";
  const std::string message = write_message(letter, {"a@example.org", "照片分享社区"}, noon);
  for (const std::string& line : lines(message)) {
    EXPECT_LE(line.size(), 77u) << line;
    for (const char c : line) EXPECT_TRUE(static_cast<unsigned char>(c) < 0x80) << line;
  }
  // Each word decodes by itself: 照 is E7 85 A7.
  EXPECT_EQ(header(message, "Subject").find("=E7?="), std::string::npos);
  EXPECT_EQ(header(message, "Subject").find("=E7=85?="), std::string::npos);
}

TEST(MessageTest, WhatLooksEncodedIsEncodedAndQuotesAreQuoted) {
  Mail letter = mail();
  letter.subject = "=?UTF-8?Q?Bank?=";
  EXPECT_EQ(header(write_message(letter, sender, noon), "Subject"),
            "=?UTF-8?Q?=3D=3FUTF-8=3FQ=3FBank=3F=3D?=");
  EXPECT_EQ(header(write_message(letter, {"a@example.org", "The \"best\", of\\all"}, noon), "From"),
            "\"The \\\"best\\\", of\\\\all\" <a@example.org>");
  EXPECT_EQ(header(write_message(letter, {"a@example.org", ""}, noon), "From"), "a@example.org");
}

TEST(MessageTest, LongSubjectsAreFoldedAndReadTheSame) {
  Mail letter = mail();
  for (int i = 0; i < 30; ++i) letter.subject += " word" + std::to_string(i);
  const std::string message = write_message(letter, sender, noon);
  for (const std::string& line : lines(message)) EXPECT_LE(line.size(), 79u) << line;
  EXPECT_EQ(header(message, "Subject"), letter.subject);
}

TEST(MessageTest, BodiesAreShortLinesOfAsciiWithoutDotsInFront) {
  Mail letter = mail();
  letter.text = ".\n..two\nFrom me\nend \n" + std::string(500, 'x') + "\nGrüße\n" +
                std::string(74, 'y') + ".z\n";
  const std::string message = write_message(letter, sender, noon);
  for (const std::string& line : lines(message)) {
    EXPECT_LE(line.size(), 77u) << line;
    EXPECT_FALSE(line.starts_with(".")) << line;
    EXPECT_FALSE(line.starts_with("From me")) << line;
  }
  EXPECT_NE(message.find("=2E\r\n=2E.two\r\n=46rom me\r\nend=20\r\n"), std::string::npos);
  EXPECT_NE(message.find("Gr=C3=BC=C3=9Fe\r\n"), std::string::npos);
}

// The reader's own parser of it is in tests/api/test_mail_pictures.py.
TEST(MessageTest, PicturesStandInTheMailItself) {
  Mail letter = mail();
  letter.html = "<p>one</p>" + picture_place(0, 320) + picture_place(1, 320);
  letter.pictures = {{.photo = PhotoId{11}, .reader = AccountId{7}},
                     {.photo = PhotoId{12},
                      .reader = AccountId{7},
                      .jpeg = std::string(100, '\xff'),
                      .width = 320,
                      .height = 200,
                      .alt = "Boats"}};
  const std::string message = write_message(letter, sender, noon);
  EXPECT_NE(message.find("Content-Type: multipart/related; type=\"text/html\";\r\n"
                         " boundary=\"=.0a1b\"\r\n\r\n--=.0a1b\r\nContent-Type: text/html"),
            message.npos)
      << message;
  EXPECT_NE(message.find("Content-ID: <photo-2.0a1b@example.org>\r\n"), message.npos) << message;
  EXPECT_EQ(message.find("photo-1"), message.npos) << "it is gone:\n" << message;
  EXPECT_TRUE(message.ends_with("--=.0a1b--\r\n--=_0a1b--\r\n")) << message;
  for (const std::string& line : lines(message)) EXPECT_LE(line.size(), 77u) << line;
}

TEST(MessageTest, WithoutPicturesItIsAsIfTheyHadNeverBeen) {
  Mail letter = mail();
  letter.html += picture_place(0, 320);
  letter.pictures = {{.photo = PhotoId{11}, .reader = AccountId{7}}};
  EXPECT_EQ(write_message(letter, sender, noon), write_message(mail(), sender, noon));
}

}  // namespace
}  // namespace picsharz::mail
