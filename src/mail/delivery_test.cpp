#include "mail/delivery.h"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string>
#include <vector>

#include "mail/mail_limits.h"
#include "mail/outbox.h"
#include "support/test_database.h"

namespace picsharz::mail {
namespace {

// Counts every try, and does what it is told to.
class Server final : public Mailer {
 public:
  void send(const Mail& mail) override {
    ++tries;
    if (down) throw MailServerDown("connection refused");
    if (later) throw MailError("451 later");
    if (refused.contains(mail.to)) throw MailRefused(MailRefused::What::address, "550 unknown");
    if (unwanted) throw MailRefused(MailRefused::What::mail, "554 no");
    taken.push_back(mail.message_id);
    for (const Picture& each : mail.pictures) shown.push_back(each.jpeg);
  }
  bool down = false, later = false, unwanted = false;
  std::set<std::string> refused;
  int tries = 0;
  std::vector<std::string> taken;
  std::vector<std::string> shown;  // pictures
};

class DeliveryTest : public test::DatabaseSuite {
 protected:
  void post(const std::string& id, const std::string& to = "mei@example.org", bool needed = true) {
    db().write([&](db::Tx& tx) {
      outbox_->post(tx, {.to = to,
                         .subject = "subject " + id,
                         .text = "text",
                         .html = "html",
                         .message_id = id,
                         .unsubscribe = needed ? "" : "https://example.org/stop"});
    });
  }
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    queue_.emplace(db(), ids_, clock_);
    outbox_.emplace(*queue_);
    delivery_.emplace(db(), *queue_, server_, bounces_, clock_);
  }
  // Every job that is due, once, as a worker does it; how many there were.
  int work() {
    constexpr std::array lanes{jobs::Lane::mail};
    std::vector<jobs::Job> due;
    while (const auto job = queue_->claim(lanes, "w", minute)) due.push_back(*job);
    for (const jobs::Job& job : due) run(job);
    return static_cast<int>(due.size());
  }
  void run(const jobs::Job& job) {
    try {
      const auto result = delivery_->deliver(job);
      ASSERT_TRUE(result.has_value());
      if (*result == jobs::Finished::yes) return;
      db().write([&](db::Tx& tx) { EXPECT_TRUE(queue_->finish(tx, job)); });
    } catch (const MailError& failure) {
      EXPECT_EQ(queue_->fail(job, failure.what(), false), jobs::State::waiting);
    }
  }
  // Until the next mail is due; nullopt: none waits.
  std::optional<Micros> next_wait() {
    const auto at = db().read([](db::Tx& tx) {
      return tx.one("SELECT min(run_at) FROM jobs WHERE state = 0",
                    [](const db::Row& row) { return row.maybe_integer(0); });
    });
    if (!at || !*at) return std::nullopt;
    return std::max<Micros>(0, **at - clock_.now());
  }
  std::int64_t waiting() {
    return db().read([&](db::Tx& tx) { return queue_->stats(tx, jobs::Lane::mail).waiting; });
  }
  std::vector<Bounce> bounces() {
    return db().read(
        [&](db::Tx& tx) { return bounces_.list(tx, {.after = {}, .limit = 100}).items; });
  }

  FakeClock clock_;
  IdSource ids_{clock_, 1};
  Server server_;
  BounceLog bounces_{ids_, clock_};
  std::optional<jobs::Queue> queue_;
  std::optional<Outbox> outbox_;
  std::optional<Delivery> delivery_;
};

ON_BOTH_ENGINES(DeliveryTest);

TEST_P(DeliveryTest, ARefusedAddressIsABounceAndNothingIsTriedAgain) {
  server_.refused = {"gone@example.org"};
  post("a", "gone@example.org");
  post("b");
  EXPECT_EQ(work(), 2);
  EXPECT_EQ(server_.taken, std::vector<std::string>{"b"});
  ASSERT_EQ(bounces().size(), 1u);
  const Bounce bounce = bounces().at(0);
  EXPECT_EQ(bounce.to, "gone@example.org");
  EXPECT_EQ(bounce.subject, "subject a");
  EXPECT_EQ(bounce.message_id, "a");
  EXPECT_EQ(bounce.cause, BounceCause::address);
  EXPECT_EQ(bounce.reason, "550 unknown");
  EXPECT_EQ(bounce.refusals, 1);
  clock_.advance(day);
  EXPECT_EQ(work(), 0);
  EXPECT_EQ(waiting(), 0);
  EXPECT_EQ(delivery_->stats().bounced, 1);
  EXPECT_EQ(delivery_->stats().sent, 1);
}

TEST_P(DeliveryTest, ATextThatNobodyWantsSaysNothingOfTheAddress) {
  server_.unwanted = true;
  post("a");
  work();
  ASSERT_EQ(bounces().size(), 1u);
  EXPECT_EQ(bounces().at(0).cause, BounceCause::mail);
  EXPECT_EQ(bounces().at(0).refusals, 0);
}

TEST_P(DeliveryTest, AnAddressThatRefusesGetsOnlyWhatSomebodyAskedForUntilItTakesIt) {
  server_.refused = {"mei@example.org"};
  for (int i = 0; i < limits::refusals_max; ++i) {
    post("news " + std::to_string(i), "mei@example.org", false);
    work();
  }
  EXPECT_EQ(server_.tries, limits::refusals_max);
  EXPECT_EQ(bounces().at(0).refusals, limits::refusals_max);
  post("withheld", "mei@example.org", false);
  EXPECT_EQ(work(), 1);
  EXPECT_EQ(server_.tries, limits::refusals_max);
  EXPECT_EQ(delivery_->stats().withheld, 1);
  EXPECT_EQ(waiting(), 0);
  server_.refused.clear();
  post("code", "mei@example.org", true);
  work();
  post("news again", "mei@example.org", false);
  work();
  EXPECT_EQ(server_.taken, (std::vector<std::string>{"code", "news again"}));
}

TEST_P(DeliveryTest, WaitsAreAtMostFiveMinutesAndScatteredAndEndAfterThreeDays) {
  server_.later = true;
  post("a");
  post("b");
  const Micros begin = clock_.now();
  std::set<Micros> waits;
  int apart = 0;
  while (const auto wait = next_wait()) {
    ASSERT_LE(*wait, picsharz::limits::job_backoff_max);
    waits.insert(*wait);
    clock_.advance(*wait);
    apart += work() == 1 ? 1 : 0;
  }
  EXPECT_GT(waits.size(), 500u);
  EXPECT_GT(apart, 500) << "they come back together";
  EXPECT_GT(server_.tries, 2 * 800);
  EXPECT_GE(clock_.now() - begin, limits::given_up_after);
  EXPECT_LE(clock_.now() - begin, limits::given_up_after + picsharz::limits::job_backoff_max);
  ASSERT_EQ(bounces().size(), 2u);
  EXPECT_EQ(bounces().at(0).cause, BounceCause::time);
  EXPECT_EQ(bounces().at(0).reason, "451 later");
  EXPECT_EQ(bounces().at(0).refusals, 0);
}

TEST_P(DeliveryTest, WhileTheServerIsDownOneMailAPauseTriesAndAllArriveAfterwards) {
  server_.down = true;
  for (int i = 0; i < 30; ++i) post(std::to_string(i));
  EXPECT_EQ(work(), 30);
  EXPECT_EQ(server_.tries, 1);
  EXPECT_EQ(delivery_->trouble(), "connection refused");
  for (int i = 0; i < 600; ++i) {
    clock_.advance(second);
    work();
  }
  EXPECT_LT(server_.tries, 20);  // 1, 2, 4 ... 60 seconds apart
  EXPECT_GT(server_.tries, 8);
  server_.down = false;
  // A pause, and the longest wait of a job.
  for (int i = 0; i < 60 + 300; ++i) {
    clock_.advance(second);
    work();
  }
  EXPECT_EQ(waiting(), 0);
  EXPECT_EQ(std::set(server_.taken.begin(), server_.taken.end()).size(), 30u);
  EXPECT_EQ(server_.taken.size(), 30u);
  EXPECT_EQ(delivery_->trouble(), "");
}

TEST_P(DeliveryTest, AMailThatWasSentBeforeItsEndCouldBeNotedIsNotSentAgain) {
  post("a");
  constexpr std::array lanes{jobs::Lane::mail};
  const auto first = queue_->claim(lanes, "w", minute);
  ASSERT_TRUE(first);
  clock_.advance(2 * minute);  // its lease runs out while the server is slow
  const auto again = queue_->claim(lanes, "w", minute);
  ASSERT_TRUE(again);
  EXPECT_TRUE(delivery_->deliver(*first).has_value());  // too late to end the job
  EXPECT_EQ(waiting(), 1);
  run(*again);
  EXPECT_EQ(server_.tries, 1);
  EXPECT_EQ(waiting(), 0);
}

TEST_P(DeliveryTest, WhereTooManyWaitNewsAreDroppedAndCodesAreNot) {
  Outbox small(*queue_, 3);
  const auto news = Mail{.to = "mei@example.org",
                         .subject = "s",
                         .text = "",
                         .html = "",
                         .message_id = "n",
                         .unsubscribe = "https://example.org/stop"};
  for (int i = 0; i < 1 + limits::waiting_checked_every; ++i) {
    db().write([&](db::Tx& tx) { small.post(tx, news); });
  }
  EXPECT_EQ(waiting(), limits::waiting_checked_every);  // the next look saw that it is full
  EXPECT_EQ(small.dropped(), 1);
  Mail code = news;
  code.unsubscribe = "";
  db().write([&](db::Tx& tx) { small.post(tx, code); });
  EXPECT_EQ(waiting(), limits::waiting_checked_every + 1);
}

TEST_P(DeliveryTest, WhatIsKnownOfAnAddressIsForgottenWithItsOwnerAndAfterAMonth) {
  server_.refused = {"a@example.org", "b@example.org"};
  post("a", "a@example.org");
  post("b", "b@example.org");
  work();
  db().write([&](db::Tx& tx) { bounces_.forget(tx, "a@example.org"); });
  ASSERT_EQ(bounces().size(), 1u);
  EXPECT_EQ(bounces().at(0).to, "b@example.org");
  clock_.advance(limits::bounces_kept_for + second);
  EXPECT_EQ(bounces().size(), 0u);
  post("c", "b@example.org");
  work();
  EXPECT_EQ(bounces().size(), 1u);
  const auto rows = db().read([](db::Tx& tx) {
    return tx.one("SELECT count(*) FROM bounces",
                  [](const db::Row& row) { return row.integer(0); });
  });
  EXPECT_EQ(rows, 1);
}

// Knows one photo, until it is taken away.
class Album final : public PictureSource {
 public:
  void fill(Picture& picture) override {
    ++asked;
    if (there && picture.photo == PhotoId{11} && picture.reader == AccountId{7}) {
      picture.jpeg = "the bytes";
    }
  }
  bool there = true;
  int asked = 0;
};

TEST_P(DeliveryTest, PicturesAreReadWhenAMailIsSentAndNotWhenItIsWritten) {
  Album album;
  delivery_.emplace(db(), *queue_, server_, bounces_, clock_, &album);
  for (const char* id : {"a", "b"}) {
    db().write([&](db::Tx& tx) {
      outbox_->post(tx, {.to = "mei@example.org",
                         .subject = "s",
                         .text = "t",
                         .html = "h",
                         .message_id = id,
                         .pictures = {{.photo = PhotoId{11}, .reader = AccountId{7}}}});
    });
  }
  constexpr std::array lanes{jobs::Lane::mail};
  auto job = queue_->claim(lanes, "w", minute);
  EXPECT_NE(job->payload.find("11:7"), std::string::npos) << job->payload;
  EXPECT_EQ(job->payload.find("bytes"), std::string::npos) << job->payload;
  run(*job);
  album.there = false;
  job = queue_->claim(lanes, "w", minute);
  run(*job);
  EXPECT_EQ(album.asked, 2);
  EXPECT_EQ(server_.shown, (std::vector<std::string>{"the bytes", ""}));
}

TEST_P(DeliveryTest, NoPictureIsMadeForAServerThatIsDown) {
  Album album;
  delivery_.emplace(db(), *queue_, server_, bounces_, clock_, &album);
  server_.down = true;
  post("a");
  work();
  db().write([&](db::Tx& tx) {
    outbox_->post(tx, {.to = "mei@example.org",
                       .subject = "s",
                       .text = "t",
                       .html = "h",
                       .message_id = "b",
                       .pictures = {{.photo = PhotoId{11}, .reader = AccountId{7}}}});
  });
  work();
  EXPECT_EQ(album.asked, 0);
}

}  // namespace
}  // namespace picsharz::mail
