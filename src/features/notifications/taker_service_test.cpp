// What is taken is told exactly once: when transactions fail, when the process dies at any moment,
// and when several take at the same time.
#include "features/notifications/taker_service.h"

#include <atomic>
#include <thread>

#include "features/events/event_service.h"
#include "features/notifications/notification_event_service.h"
#include "features/notifications/notification_rules.h"
#include "features/notifications/notification_world_test.h"
#include "support/mortal_database.h"

namespace picsharz::notifications {
namespace {

using activity::ActivityKind;

// Does everything that a write does and then rolls it back, as often as it is told to.
class FailingDatabase final : public db::Database {
 public:
  FailingDatabase(db::Database& real, int failures) : real_(real), failures_(failures) {}
  db::Engine engine() const override { return real_.engine(); }
  void run_read(FunctionRef<void(db::Tx&)> work) override { real_.run_read(work); }
  void run_write(Work work) override {
    real_.run_write([&](db::Tx& tx) {
      const bool kept = work(tx);
      if (failures_ > 0 && failures_-- > 0) throw db::DatabaseError("failed at its end");
      return kept;
    });
  }
  void run_write_async(AsyncWork, Done) override { std::abort(); }
  db::DatabaseStats stats() const override { return real_.stats(); }

 private:
  db::Database& real_;
  int failures_;
};

class TakerTest : public test::Suite {
 protected:
  // Each of `people` likes each of `photos`: so many activities.
  void likes_of_all(const std::vector<AccountId>& people, const std::vector<PhotoId>& photos) {
    world().database.write([&](db::Tx& tx) {
      for (const PhotoId photo : photos) {
        for (const AccountId each : people) {
          tx.exec("INSERT INTO likes (photo_id, account_id, created_at) VALUES ($1, $2, 1)", photo,
                  each);
          world().activity.record(tx, ActivityKind::like, each, mei_, photo);
        }
      }
    });
  }
  std::vector<PhotoId> some_photos(int count) {
    std::vector<PhotoId> photos;
    for (int i = 0; i < count; ++i) photos.push_back(world().photo(mei_));
    return photos;
  }
  // One notification a photo, with all the people in it, each joined once.
  void expect_told_once(std::size_t photos, std::size_t people) {
    const auto page = world().list(mei_);
    EXPECT_EQ(page.items.size(), photos);
    for (const Notification& each : page.items) {
      EXPECT_EQ(each.people.count, static_cast<std::int64_t>(people));
    }
    EXPECT_EQ(world().number("SELECT COUNT(*) FROM activity"), 0);
    EXPECT_EQ(world().number("SELECT SUM(size) FROM notifications"),
              static_cast<std::int64_t>(photos * people))
        << "joined twice";
  }
};
ON_BOTH_ENGINES(TakerTest);

TEST_P(TakerTest, ATransactionThatFailsLosesAndDoublesNothing) {
  likes_of_all(crowd(7), some_photos(3));
  FailingDatabase failing(db(), 2);
  TakerService taker(failing, world().ids, world().clock, world().activity, world().mails);
  for (int time = 0; time < 2; ++time) {
    EXPECT_THROW(taker.round(), db::DatabaseError);
    EXPECT_EQ(world().number("SELECT COUNT(*) FROM activity"), 21);
    EXPECT_EQ(world().number("SELECT COUNT(*) FROM notifications"), 0);
  }
  taker.round();
  expect_told_once(3, 7);
}

TEST_P(TakerTest, AProcessThatDiesBeforeOrAfterAnyCommitLosesAndDoublesNothing) {
  likes_of_all(crowd(90), some_photos(7));  // several batches
  int died = 0;
  for (int life = 0;; ++life) {
    // The first dies at the first chance, the next at the second, and so on.
    int chances = life;
    picsharz::test::MortalDatabase mortal(db(), [&] { return chances-- > 0; });
    TakerService taker(mortal, world().ids, world().clock, world().activity, world().mails);
    try {
      taker.round();
      break;
    } catch (const db::DatabaseError&) {
      ++died;
    }
  }
  EXPECT_GT(died, 2);
  expect_told_once(7, 90);
}

TEST_P(TakerTest, SeveralThatTakeAtOnceTellOfEachOnce) {
  db().reopen(12);
  likes_of_all(crowd(150), some_photos(8));
  std::atomic<int> taken = 0;
  std::vector<std::jthread> takers;
  for (int i = 0; i < 4; ++i) {
    takers.emplace_back([&] {
      TakerService taker(db(), world().ids, world().clock, world().activity, world().mails);
      while (world().number("SELECT COUNT(*) FROM activity") > 0) taken += taker.take();
    });
  }
  takers.clear();
  EXPECT_EQ(taken, 1'200);
  expect_told_once(8, 150);
}

TEST_P(TakerTest, TwoProcessesSendADueMailOnce) {
  db().reopen(12);
  crowd(20);
  for (int i = 0; i < 20; ++i) world().follows_now(mei_, "p" + std::to_string(i));
  world().taker.round();
  world().clock.advance(test::World::delay);
  std::atomic<int> sent = 0;
  std::vector<std::jthread> senders;
  for (int i = 0; i < 4; ++i) {
    senders.emplace_back([&] { sent += world().mails.send_due(); });
  }
  senders.clear();
  EXPECT_EQ(sent, 20);
  EXPECT_EQ(world().posted().size(), 20u);
}

TEST_P(TakerTest, AStoppedTakerHasTakenAndAnIdleOneWritesNothing) {
  likes_of_all(crowd(3), some_photos(1));
  world().taker.start();
  while (world().number("SELECT COUNT(*) FROM activity") > 0) std::this_thread::yield();
  world().taker.stop();
  expect_told_once(1, 3);
  const auto writes = db().stats().writes;
  for (int time = 0; time < 5; ++time) world().taker.round();
  EXPECT_EQ(db().stats().writes, writes);
}

// ---- Open pages.

class Page final : public events::EventListener {
 public:
  bool send(std::string_view name, std::string_view data) override {
    heard.push_back(std::string(name) + " " + std::string(data));
    return true;
  }
  bool gone() const override { return false; }
  void end() override {}

  std::vector<std::string> heard;
};

class NotificationEventTest : public TakerTest {};
ON_BOTH_ENGINES(NotificationEventTest);

TEST_P(NotificationEventTest, OpenPagesOfTheAccountHearTheCountAsItChanges) {
  accounts::PasswordService passwords(db(), world().clock, world().queue, world().outbox,
                                      world().key, {});
  sessions::SessionService sessions(db(), world().ids, world().clock, passwords);
  events::EventService events(sessions);
  NotificationEventService told(world().notifications, events);
  db::ChangeLog changes(db(), world().clock);
  changes.add(told);
  changes.poll();
  const auto mine = std::make_shared<Page>();
  const auto foreign = std::make_shared<Page>();
  ASSERT_TRUE(events.listen(world().as(mei_), mine));
  ASSERT_TRUE(events.listen(world().as(tom_), foreign));
  likes_of_all(crowd(2), some_photos(2));
  world().taker.round();
  changes.poll();
  EXPECT_EQ(mine->heard, std::vector<std::string>{R"(notification {"unread":2})"});
  const auto newest = world().list(mei_).items.front().id;
  ASSERT_TRUE(world().notifications.read(world().as(mei_), newest, true));
  changes.poll();
  EXPECT_EQ(mine->heard.back(), R"(notification {"unread":0})");
  EXPECT_EQ(mine->heard.size(), 2u);
  EXPECT_TRUE(foreign->heard.empty());
}

// ---- Pure.

TEST(NotificationRulesTest, TheDailyMailIsDueAtItsHourOfEachDay) {
  const Micros midnight = 20'000 * day;
  EXPECT_EQ(next_digest(midnight, 7), midnight + 7 * hour);
  EXPECT_EQ(next_digest(midnight + 7 * hour - 1, 7), midnight + 7 * hour);
  EXPECT_EQ(next_digest(midnight + 7 * hour, 7), midnight + 31 * hour);
  EXPECT_EQ(next_digest(midnight + 23 * hour, 0), midnight + day);
}

TEST(NotificationRulesTest, NamesAreReadAsTheyAreWritten) {
  for (const Kind kind : chosen_kinds) EXPECT_EQ(chosen_kind_of(kind_name(kind)), kind);
  EXPECT_FALSE(chosen_kind_of("decision")) << "about these nobody chooses";
  EXPECT_FALSE(chosen_kind_of(""));
  for (const Email email : {Email::never, Email::digest, Email::at_once}) {
    EXPECT_EQ(email_of(email_name(email)), email);
  }
}

}  // namespace
}  // namespace picsharz::notifications
