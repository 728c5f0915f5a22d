// People, and everything that tells them of each other, in a test's database.
//
// Time:      PeopleFixture's clock, turned by the test.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "crypto/crypto.h"
#include "features/notifications/notification_service.h"
#include "features/notifications/preference_service.h"
#include "features/notifications/taker_service.h"
#include "jobs/queue.h"
#include "support/people_fixture.h"
#include "support/test_database.h"

namespace picsharz::notifications::test {

struct World : picsharz::test::PeopleFixture {
  explicit World(db::Database& tested) : PeopleFixture(tested) {}

  static constexpr Micros delay = 3 * minute;

  jobs::Queue queue{database, ids, clock};
  mail::Outbox outbox{queue};
  crypto::HmacKey key{"a key of the test"};
  UnsubscribeLinks links{key};
  NotificationService notifications{database, ids, clock};
  PreferenceService preferences{database, clock, links};
  NotificationMailService mails{
      database, clock, outbox, links, {.mail = {"Test", "http://test"}, .delay = delay}};
  TakerService taker{database, ids, clock, activity, mails};

  Page<Notification> list(AccountId account) {
    return notifications.list(as(account), {.after = std::nullopt, .limit = 100});
  }
  // The only one of an account.
  Notification only(AccountId account) {
    auto page = list(account);
    EXPECT_EQ(page.items.size(), 1u);
    return page.items.empty() ? Notification{} : page.items.front();
  }
  // What somebody wrote under a photo, told to `whom`. Nothing stands there where one of them is
  // gone.
  CommentId write(activity::ActivityKind kind, AccountId who, AccountId whom, PhotoId photo) {
    const auto id = ids.next<CommentId>();
    database.write([&](db::Tx& tx) {
      tx.exec(
          "INSERT INTO comments (id, photo_id, parent_id, author_id, state, text, created_at)"
          " SELECT CAST($1 AS BIGINT), p.id, 0, w.id, 0, 'Well seen.', CAST($4 AS BIGINT)"
          " FROM photos p, accounts w WHERE p.id = $2 AND w.id = $3",
          id, photo, who, clock.now());
      activity.record(tx, kind, who, whom, photo, id);
    });
    return id;
  }
  void follows_now(AccountId who, std::string_view handle) {
    EXPECT_TRUE(follows.follow(as(who), handle));
  }
  // The mails that were posted since the last time, oldest first.
  std::vector<mail::Mail> posted() {
    constexpr std::array lanes{jobs::Lane::mail};
    std::vector<mail::Mail> posted;
    while (const auto job = queue.claim(lanes, "test", minute)) {
      posted.push_back(mail::posted_mail(*job).value());
      database.write([&](db::Tx& tx) { queue.finish(tx, *job); });
    }
    return posted;
  }
  // Takes what was done, lets `time` pass, and sends what is due then.
  std::vector<mail::Mail> mails_after(Micros time) {
    taker.round();
    clock.advance(time);
    taker.round();
    return posted();
  }
};

class Suite : public picsharz::test::DatabaseSuite {
 protected:
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    world_.emplace(db());
    mei_ = world_->join("mei", "Mei");
    ada_ = world_->join("ada", "Ada");
    tom_ = world_->join("tom", "Tom");
    photo_ = world_->photo(mei_, {.title = "Boat"});
  }
  void TearDown() override {
    world_.reset();
    DatabaseSuite::TearDown();
  }
  World& world() { return *world_; }
  std::vector<AccountId> crowd(int count) {
    std::vector<AccountId> people;
    for (int i = 0; i < count; ++i) people.push_back(world_->join("p" + std::to_string(i)));
    return people;
  }
  void like(AccountId who, PhotoId photo) { EXPECT_TRUE(world_->like(who, photo)); }
  void unlike(AccountId who, PhotoId photo) { EXPECT_TRUE(world_->like(who, photo, false)); }
  int unread(AccountId account) { return world_->notifications.unread(account); }
  static std::vector<std::string> handles(const Notification& what) {
    std::vector<std::string> handles;
    for (const Actor& actor : what.people.newest) handles.push_back(actor.handle);
    return handles;
  }
  using Handles = std::vector<std::string>;

  AccountId mei_, ada_, tom_;
  PhotoId photo_;

 private:
  std::optional<World> world_;
};

}  // namespace picsharz::notifications::test
