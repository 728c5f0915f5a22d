#include "mail/mailer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "mail/delivery.h"
#include "mail/letter.h"
#include "mail/outbox.h"
#include "support/test_database.h"

namespace picsharz::mail {
namespace {

Mail mail(const std::string& id) {
  return {.to = "ada@example.org",
          .subject = "Grüße " + id,
          .text = "line 1\nline 2",
          .html = "<p>\"" + id + "\"</p>",
          .message_id = id,
          .unsubscribe = "https://example.org/" + id};
}

bool same(const Mail& a, const Mail& b) {
  return a.to == b.to && a.subject == b.subject && a.text == b.text && a.html == b.html &&
         a.message_id == b.message_id && a.unsubscribe == b.unsubscribe;
}

// --- the contract of Mailer, run on every implementation ---

// A mailer and what it sent, oldest first.
class Subject {
 public:
  virtual ~Subject() = default;
  virtual Mailer& mailer() = 0;
  virtual std::vector<Mail> sent() = 0;
};

class FakeSubject final : public Subject {
 public:
  Mailer& mailer() override { return fake_; }
  std::vector<Mail> sent() override { return fake_.sent(); }

 private:
  FakeMailer fake_;
};

class MailboxSubject final : public Subject {
 public:
  explicit MailboxSubject(db::Engine engine) : database_(engine) {}
  Mailer& mailer() override { return mailbox_; }
  std::vector<Mail> sent() override {
    std::vector<Mail> found;
    for (const KeptMail& kept : mailbox_.list({.after = {}, .limit = 100}).items) {
      found.insert(found.begin(), kept.mail);
    }
    return found;
  }

 private:
  FakeClock clock_;
  IdSource ids_{clock_, 1};
  test::TestDatabase database_;
  Mailbox mailbox_{database_, ids_, clock_};
};

class MailerTest : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (GetParam() == "fake") {
      subject_ = std::make_unique<FakeSubject>();
      return;
    }
    const auto engine = GetParam() == "sqlite" ? db::Engine::sqlite : db::Engine::postgres;
    if (const char* reason = test::missing(engine)) GTEST_SKIP() << reason;
    subject_ = std::make_unique<MailboxSubject>(engine);
  }
  std::unique_ptr<Subject> subject_;
};

INSTANTIATE_TEST_SUITE_P(, MailerTest, ::testing::Values("fake", "sqlite", "postgres"),
                         [](const auto& which) { return which.param; });

TEST_P(MailerTest, WhatIsSentArrivesWhole) {
  subject_->mailer().send(mail("a"));
  subject_->mailer().send(mail("b"));
  const auto sent = subject_->sent();
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_TRUE(same(sent[0], mail("a")));
  EXPECT_TRUE(same(sent[1], mail("b")));
}

TEST_P(MailerTest, ASecondSendOfAnIdIsTheSameMail) {
  subject_->mailer().send(mail("a"));
  Mail again = mail("a");
  again.subject = "another";
  subject_->mailer().send(again);
  ASSERT_EQ(subject_->sent().size(), 1u);
  EXPECT_TRUE(same(subject_->sent()[0], mail("a")));
}

TEST_P(MailerTest, ManyThreadsSendOnceEach) {
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) subject_->mailer().send(mail(std::to_string(i)));
    });
  }
  threads.clear();
  EXPECT_EQ(subject_->sent().size(), 20u);
}

// --- what goes into a mail's head, whoever sends it ---

TEST(MailHeadersTest, AMailThatCanBeSwitchedOffSaysHowAndAnotherSaysNothingOfIt) {
  using Headers = std::vector<std::pair<std::string, std::string>>;
  const std::pair<std::string, std::string> automatic{"Auto-Submitted", "auto-generated"};
  EXPECT_EQ(headers_of(mail("a")),
            (Headers{automatic,
                     {"List-Unsubscribe", "<https://example.org/a>"},
                     {"List-Unsubscribe-Post", "List-Unsubscribe=One-Click"}}));
  Mail needed = mail("a");
  needed.unsubscribe = "";
  EXPECT_EQ(headers_of(needed), Headers{automatic});
}

TEST(LetterTest, TextAndHtmlSayTheSameAndNothingOfItIsMarkup) {
  using enum Part::Kind;
  const Mail letter = compose({.email = "ada@example.org"}, "One\r\nline",
                              {{.content = "Hello <Ada>,"},
                               {code, "AB12"},
                               {text, ""},
                               {link, "https://example.org/?a=1&b=2", "Open"},
                               {item, "https://example.org/1", "\"Boat\""},
                               {quote, "two\nlines"},
                               {small, "why"},
                               {small_link, "https://example.org/stop", "Stop"}},
                              "id");
  EXPECT_EQ(letter.subject, "One  line");
  EXPECT_EQ(letter.text,
            "Hello <Ada>,\n\n    AB12\n\nOpen:\nhttps://example.org/?a=1&b=2\n\n"
            "- \"Boat\"\n  https://example.org/1\n\n> two\n> lines\n\nwhy\n\n"
            "Stop:\nhttps://example.org/stop\n");
  for (const char* part :
       {"Hello &lt;Ada&gt;,", ">AB12<", "?a=1&amp;b=2\"", ">Open</a>", "&quot;Boat&quot;</a>",
        "two\nlines</blockquote>", ">why<", "https://example.org/stop\"", ">Stop</a>",
        "<meta name=\"color-scheme\" content=\"light dark\">"}) {
    EXPECT_NE(letter.html.find(part), std::string::npos) << part;
  }
}

// What a style says, declaration by declaration, of everything in the HTML that has one.
std::vector<std::string> declarations(std::string_view html) {
  std::vector<std::string> all;
  constexpr std::string_view begin = " style=\"";
  for (auto at = html.find(begin); at != std::string_view::npos; at = html.find(begin, at + 1)) {
    std::string_view style = html.substr(at + begin.size());
    style = style.substr(0, style.find('"'));
    while (!style.empty()) {
      const auto end = std::min(style.find(';'), style.size());
      all.emplace_back(style.substr(0, end));
      style.remove_prefix(std::min(end + 1, style.size()));
    }
  }
  return all;
}

// A mail program that is dark changes what it finds, or leaves it: what has no colour cannot become
// unreadable, and the button's two hold on any ground.
TEST(LetterTest, NothingButTheButtonHasAColourOrABackground) {
  using Kind = Part::Kind;
  const auto of = [](Kind kind) {
    Part part{kind, "https://example.org/x", "Caption"};
    if (kind == Kind::picture) part.picture = {.photo = PhotoId{1}, .reader = AccountId{1}};
    return compose({.email = "ada@example.org"}, "Subject", {part}, "id").html;
  };
  for (const Kind kind : {Kind::text, Kind::code, Kind::link, Kind::item, Kind::quote,
                          Kind::picture, Kind::small, Kind::small_link}) {
    const std::string html = of(kind);
    std::vector<std::string> colours;
    for (const std::string& each : declarations(html)) {
      EXPECT_NE(each.find(':'), std::string::npos) << each;
      const bool text = each.starts_with("color:") && each != "color:inherit";
      if (text || each.starts_with("background")) colours.push_back(each);
    }
    using Colours = std::vector<std::string>;
    const Colours button = {"background:#0E6F66", "color:#FFFFFF"};
    EXPECT_EQ(colours, kind == Kind::link ? button : Colours()) << html;
    for (const char* other : {"<style", "<font", "bgcolor", "<link ", " color=", " class="}) {
      EXPECT_EQ(html.find(other), std::string::npos) << other;
    }
    EXPECT_NE(html.find("<meta name=\"color-scheme\" content=\"light dark\">"), std::string::npos);
  }
}

// --- what only one of them does ---

TEST(FakeMailerTest, FailsAsOftenAsItIsTold) {
  FakeMailer fake;
  fake.fail_next(2);
  EXPECT_THROW(fake.send(mail("a")), MailError);
  EXPECT_THROW(fake.send(mail("a")), MailError);
  fake.send(mail("a"));
  EXPECT_EQ(fake.sent().size(), 1u);
}

class MailboxTest : public test::DatabaseSuite {
 protected:
  FakeClock clock_;
  IdSource ids_{clock_, 1};
};

ON_BOTH_ENGINES(MailboxTest);

TEST_P(MailboxTest, ListsNewestFirstInPages) {
  Mailbox mailbox(db(), ids_, clock_);
  for (int i = 0; i < 5; ++i) {
    mailbox.send(mail(std::to_string(i)));
    clock_.advance(second);
  }
  std::string order;
  PageRequest request{.after = std::nullopt, .limit = 2};
  for (;;) {
    const auto page = mailbox.list(request);
    EXPECT_LE(page.items.size(), 2u);
    for (const KeptMail& kept : page.items) order += kept.mail.message_id;
    if (!page.next) break;
    request.after = page.next;
  }
  EXPECT_EQ(order, "43210");
  EXPECT_EQ(mailbox.list({}).items.at(0).created_at, clock_.now() - second);
}

std::int64_t count(db::Database& database) {
  return database
      .read([](db::Tx& tx) {
        return tx.one("SELECT count(*) FROM mails",
                      [](const db::Row& row) { return row.integer(0); });
      })
      .value();
}

TEST_P(MailboxTest, KeepsTheNewestThousand) {
  Mailbox mailbox(db(), ids_, clock_);
  db().write([&](db::Tx& tx) {
    for (int i = 0; i < 1'010; ++i) {
      tx.exec(
          "INSERT INTO mails (id, message_id, recipient, subject, text, html, created_at)"
          " VALUES ($1, $2, '', '', '', '', $3)",
          ids_.next<MailId>(), "old " + std::to_string(i), clock_.now());
    }
  });
  mailbox.send(mail("new"));
  EXPECT_EQ(count(db()), 1'000);
  EXPECT_EQ(mailbox.list({}).items.at(0).mail.message_id, "new");
}

TEST_P(MailboxTest, KeepsMailsFor30Days) {
  Mailbox mailbox(db(), ids_, clock_);
  mailbox.send(mail("old"));
  clock_.advance(30 * day);
  EXPECT_EQ(mailbox.list({}).items.size(), 1u);
  clock_.advance(1);
  EXPECT_EQ(mailbox.list({}).items.size(), 0u);
  EXPECT_EQ(count(db()), 1);
  mailbox.send(mail("new"));  // the next mail clears it away
  EXPECT_EQ(count(db()), 1);
}

class OutboxTest : public MailboxTest {};
ON_BOTH_ENGINES(OutboxTest);

TEST_P(OutboxTest, AMailLeavesWithItsTransactionAndIsSentOnceInSpiteOfFailures) {
  jobs::Queue queue(db(), ids_, clock_);
  Outbox outbox(queue);
  FakeMailer fake;
  BounceLog bounces(ids_, clock_);
  Delivery delivery(db(), queue, fake, bounces, clock_);
  const auto send = delivery.handler();
  const std::array lanes = {jobs::Lane::mail};
  db().write([&](db::Tx& tx) { outbox.post(tx, mail("a")); });
  fake.fail_next(1);
  auto job = queue.claim(lanes, "w", minute);
  ASSERT_TRUE(job);
  EXPECT_THROW(static_cast<void>(send(*job)), MailError);
  queue.fail(*job, "down", false);
  clock_.advance(minute);
  job = queue.claim(lanes, "w", minute);
  ASSERT_TRUE(job);
  EXPECT_TRUE(send(*job).has_value());
  EXPECT_TRUE(send(*job).has_value());  // killed before it was finished, run again
  ASSERT_EQ(fake.sent().size(), 1u);
  EXPECT_TRUE(same(fake.sent()[0], mail("a")));
}

}  // namespace
}  // namespace picsharz::mail
