// Backups as administrators ask for them and as the schedule makes them: their rows, names, alarms.
#include "features/backups/keeping_service.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <set>

#include "crypto/crypto.h"
#include "features/backups/log_file_service.h"
#include "features/backups/manifest_rules.h"
#include "features/backups/row_sum.h"
#include "features/backups/test_folder.h"
#include "features/photos/photo.h"
#include "support/people_fixture.h"
#include "support/test_database.h"
#include "warehouse/table_writer.h"

namespace picsharz::backups {
namespace {

class KeepingTest : public test::DatabaseSuite {
 protected:
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    std::filesystem::create_directories(folder_ / "objects");
    store_ = storage::open_fs_store(folder_ / "objects");
    people_ = std::make_unique<test::PeopleFixture>(db());
    queue_ = std::make_unique<jobs::Queue>(db(), people_->ids, people_->clock);
    outbox_ = std::make_unique<mail::Outbox>(*queue_);
    making_ = std::make_unique<BackupService>(db(), people_->clock, *store_,
                                              BackupSettings{.format = warehouse::Format::json});
    proving_ = std::make_unique<ProofService>(
        people_->clock, warehouse::Engine{},
        [](const std::string&, std::span<const PhotoId>) { return Opened{}; },
        [this](const std::string&) { return proof_has_room_; });
    keeping_ = service(
        {.directory = target(), .scratch = folder_ / "scratch", .instance = "one", .every = day});
    ada_ = people_->join("ada");
    db().write([&](db::Tx& tx) { tx.exec("UPDATE accounts SET role = 2 WHERE id = $1", ada_); });
  }

  std::unique_ptr<KeepingService> service(KeepingSettings settings) {
    return std::make_unique<KeepingService>(
        KeepingService::Rooms{db(), people_->clock, *queue_, *outbox_, *making_, *proving_},
        std::move(settings));
  }
  KeepingService& keeping() { return *keeping_; }
  BackupService& making() { return *making_; }
  FakeClock& clock() { return people_->clock; }
  KeptBackup make_now() {
    return *keeping().make_now({.id = ""}, [](const Progress&) {});
  }
  // What a worker does with the job of ask().
  void run(const std::string& id) {
    ASSERT_TRUE(keeping().run(id, [] { return true; }));
  }
  std::vector<std::pair<Kind, State>> states() {
    std::vector<std::pair<Kind, State>> all;
    for (const KeptBackup& each : keeping().list().backups) {
      all.emplace_back(each.row.kind, each.row.state);
    }
    return all;
  }
  std::int64_t waiting_mails() {
    return db().read([](db::Tx& tx) {
      return *tx.one("SELECT count(*) FROM jobs WHERE kind = 'mail.send'",
                     [](const db::Row& row) { return row.integer(0); });
    });
  }
  void finish_jobs() {
    db().write([](db::Tx& tx) { tx.exec("DELETE FROM jobs WHERE kind = 'backup.run'"); });
  }
  std::int64_t waiting_backups() {
    return db().read([](db::Tx& tx) {
      return *tx.one("SELECT count(*) FROM jobs WHERE kind = 'backup.run' AND state = 0",
                     [](const db::Row& row) { return row.integer(0); });
    });
  }
  static std::string bytes_of(std::int64_t photo) { return "photo " + std::to_string(photo); }
  static std::string hash_of(std::int64_t photo) {
    return crypto::hex(crypto::sha256(bytes_of(photo)));
  }
  void add_photo(std::int64_t id) {
    store_->put_bytes(photos::original_key(hash_of(id)), bytes_of(id));
    db().write([&](db::Tx& tx) {
      tx.exec(
          "INSERT INTO photos (id, owner_id, title, description, alt, visibility, state, width,"
          " height, renditions, original, format, bytes, file_name, created_at)"
          " VALUES ($1, $2, 'A title', '', '', 0, 3, 100, 80, '', $3, 0, 1, '', $1)",
          id, ada_, hash_of(id));
      tx.exec("INSERT INTO originals (sha256, bytes) VALUES ($1, $2)", hash_of(id),
              std::ssize(bytes_of(id)));
    });
  }
  void delete_photo(std::int64_t id) {
    db().write([&](db::Tx& tx) {
      tx.exec("DELETE FROM photos WHERE id = $1", id);
      tx.exec("DELETE FROM originals WHERE sha256 = $1", hash_of(id));
    });
    store_->remove(photos::original_key(hash_of(id)));
  }
  // A moment of the log that is made a backup, as picsharz restore --at does beside this instance.
  Manifest rebuild(Micros moment) {
    Vault vault(target(), "");
    const auto made = making().make(vault, {.snapshot_at = moment});
    if (!made) throw std::runtime_error(made.error().message);
    const auto proof = proving_->prove(vault, made->id);
    EXPECT_TRUE(proof && proof->good);
    return *made;
  }
  KeptBackup make_with(KeepingService& service, const BackupOptions& options = {}) {
    return *service.make_now(options, [](const Progress&) {});
  }
  void let_proofs_have_room(bool has_room) { proof_has_room_ = has_room; }
  std::string folder(const std::string& name) const { return folder_ / name; }
  std::string target() const { return folder_ / "target"; }
  std::string table_of(const KeptBackup& backup, const std::string& name) const {
    return folder_ / ("target/" + backup.row.id + "/tables/" + name + ".json");
  }

 private:
  Folder folder_;
  std::unique_ptr<storage::ObjectStore> store_;
  std::unique_ptr<test::PeopleFixture> people_;
  std::unique_ptr<jobs::Queue> queue_;
  std::unique_ptr<mail::Outbox> outbox_;
  std::unique_ptr<BackupService> making_;
  std::unique_ptr<ProofService> proving_;
  std::unique_ptr<KeepingService> keeping_;
  AccountId ada_{};
  bool proof_has_room_ = true;
};

constexpr std::pair full_proved{Kind::full, State::proved};
constexpr std::pair archive_proved{Kind::archive, State::proved};

TEST_P(KeepingTest, OfTwoInOneSecondTheLaterHasTheNextName) {
  const KeptBackup first = make_now();
  const KeptBackup second = make_now();
  EXPECT_LT(first.row.id, second.row.id);
  EXPECT_EQ(states(), (std::vector<std::pair<Kind, State>>{full_proved, full_proved}));
}

TEST_P(KeepingTest, TheFirstGoodOneOfAMonthBringsAnArchive) {
  const auto asked = keeping().ask(AccountId{}, Kind::full, false);
  ASSERT_TRUE(asked);
  EXPECT_EQ(keeping().ask(AccountId{}, Kind::full, false).error().code, "backup_running");
  run(asked->id);  // within the same second
  EXPECT_EQ(states(), (std::vector<std::pair<Kind, State>>{archive_proved, full_proved}));
  clock().advance(hour);
  const auto again = keeping().ask(AccountId{}, Kind::full, false);
  ASSERT_TRUE(again);
  run(again->id);
  EXPECT_EQ(std::ranges::count(states(), archive_proved), 1);
}

// Objects once, whoever has brought them: the log's shipping was before the backup.
TEST_P(KeepingTest, WhatTheTargetHoldsIsObjectsOnceBackupsAndTheLog) {
  add_photo(1);
  add_photo(2);
  Vault(target(), "").put_objects({bytes_of(1), bytes_of(2)});
  const KeptBackup first = make_now();
  EXPECT_EQ(first.manifest->new_bytes, 0);
  clock().advance(hour);
  const KeptBackup second = make_now();
  const std::int64_t objects = std::ssize(bytes_of(1)) + std::ssize(bytes_of(2));
  const std::int64_t before = keeping().list().target_bytes;
  EXPECT_EQ(before, objects + first.manifest->bytes() + second.manifest->bytes());
  Vault(target(), "").put_text("log/some-generation/steps", "a hundred steps");
  EXPECT_EQ(keeping().list().target_bytes, before + 15);
  EXPECT_TRUE(keeping().remove(first.row.id));
  EXPECT_EQ(keeping().list().target_bytes, objects + second.manifest->bytes() + 15);
}

TEST_P(KeepingTest, TheScheduleMakesOneADay) {
  keeping().ask_if_due();
  EXPECT_TRUE(states().empty());  // the community is a minute old
  clock().advance(first_backup + second);
  keeping().ask_if_due();
  ASSERT_EQ(states().size(), 1U);
  keeping().ask_if_due();  // one is under way
  EXPECT_EQ(states().size(), 1U);
  run(keeping().list().backups.front().row.id);
  const std::size_t kept = states().size();
  clock().advance(day - minute);
  keeping().ask_if_due();
  EXPECT_EQ(states().size(), kept);
  EXPECT_EQ(keeping().list().next_at, clock().now() + minute);
  clock().advance(2 * minute);
  keeping().ask_if_due();
  EXPECT_EQ(states().size(), kept + 1);
}

TEST_P(KeepingTest, WhatDoesNotProveItselfIsToldOnceAndIsNotGood) {
  const KeptBackup good = make_now();
  clock().advance(day);
  const KeptBackup bad = make_now();
  EXPECT_EQ(keeping().list().good_at, bad.manifest->snapshot_at);
  std::filesystem::resize_file(table_of(bad, "accounts"), 1);
  EXPECT_EQ(waiting_mails(), 0);
  ASSERT_TRUE(keeping().prove(bad.row.id, [](const Progress&) {}));
  const KeptBackup after = *keeping().find(bad.row.id);
  EXPECT_EQ(after.row.state, State::unproved);
  EXPECT_NE(after.row.problem.find("accounts"), std::string::npos) << after.row.problem;
  EXPECT_EQ(waiting_mails(), 1);
  EXPECT_EQ(keeping().list().good_at, good.manifest->snapshot_at);
}

TEST_P(KeepingTest, TheSameTroubleIsToldOnce) {
  const KeptBackup bad = make_now();
  const std::string table = table_of(bad, "accounts");
  const auto size = std::filesystem::file_size(table);
  std::filesystem::copy_file(table, folder("good"));
  std::filesystem::resize_file(table, size - 1);
  for (int turn = 0; turn < 3; ++turn) {
    ASSERT_TRUE(keeping().prove(bad.row.id, [](const Progress&) {}));
    EXPECT_EQ(keeping().find(bad.row.id)->row.state, State::unproved);
    EXPECT_EQ(waiting_mails(), 1);
  }
  // It is mended, and breaks again.
  std::filesystem::copy_file(folder("good"), table,
                             std::filesystem::copy_options::overwrite_existing);
  ASSERT_TRUE(keeping().prove(bad.row.id, [](const Progress&) {}));
  EXPECT_EQ(keeping().find(bad.row.id)->row.state, State::proved);
  std::filesystem::resize_file(table, size - 1);
  ASSERT_TRUE(keeping().prove(bad.row.id, [](const Progress&) {}));
  EXPECT_EQ(waiting_mails(), 2);
}

// It is there, and nobody has said that it is bad: as soon as there is room it is proved.
TEST_P(KeepingTest, OneForWhoseProofThereIsNoRoomIsProvedLater) {
  let_proofs_have_room(false);
  const auto asked = keeping().ask(AccountId{}, Kind::full, false);
  ASSERT_TRUE(asked);
  run(asked->id);
  KeptBackup made = *keeping().find(asked->id);
  EXPECT_EQ(made.row.state, State::made);
  EXPECT_NE(made.row.problem.find("nearly full"), std::string::npos) << made.row.problem;
  EXPECT_EQ(waiting_mails(), 1);
  finish_jobs();
  keeping().ask_if_due();
  EXPECT_EQ(waiting_backups(), 0);  // not at once
  clock().advance(hour + minute);
  keeping().ask_if_due();
  EXPECT_EQ(waiting_backups(), 1);
  run(asked->id);
  EXPECT_EQ(keeping().find(asked->id)->row.state, State::made);
  EXPECT_EQ(waiting_mails(), 1);  // which was told
  finish_jobs();
  let_proofs_have_room(true);
  clock().advance(hour + minute);
  keeping().ask_if_due();
  EXPECT_EQ(waiting_backups(), 1);
  run(asked->id);
  made = *keeping().find(asked->id);
  EXPECT_EQ(made.row.state, State::proved);
  EXPECT_EQ(made.row.problem, "");
  EXPECT_EQ(waiting_mails(), 1);
}

TEST_P(KeepingTest, OneWhoseProofWasInterruptedIsProvedLater) {
  const KeptBackup good = make_now();
  std::filesystem::remove(target() + "/" + good.row.id + "/proof.json");
  db().write([&](db::Tx& tx) {
    BackupRow row = good.row;
    row.state = State::running;
    BackupStore().put(tx, row);
  });
  clock().advance(2 * minute);
  EXPECT_EQ(states(), (std::vector<std::pair<Kind, State>>{{Kind::full, State::made}}));
  EXPECT_EQ(waiting_mails(), 0);
  keeping().ask_if_due();
  EXPECT_EQ(waiting_backups(), 1);
  run(good.row.id);
  EXPECT_EQ(keeping().find(good.row.id)->row.state, State::proved);
}

// A moment of the log that was rebuilt is made later than the backup that is newer.
TEST_P(KeepingTest, ARebuiltMomentIsNotTheNewest) {
  clock().advance(5 * day);
  const KeptBackup newest = make_now();
  clock().advance(2 * hour);
  const Manifest rebuilt = rebuild(clock().now() - 2 * day);
  EXPECT_LT(newest.row.id, rebuilt.id);
  const Keeping all = keeping().list();
  ASSERT_EQ(all.backups.size(), 2U);
  EXPECT_EQ(all.backups.front().row.id, newest.row.id);
  EXPECT_EQ(all.backups.back().row.asked_at, rebuilt.snapshot_at);
  EXPECT_EQ(all.next_at, newest.row.asked_at + day);
  EXPECT_EQ(all.good_at, newest.manifest->snapshot_at);
  const auto good = db().read([&](db::Tx& tx) { return last_good(tx, clock().now()); });
  ASSERT_TRUE(good);
  EXPECT_EQ(good->asked_at, newest.row.asked_at);
  Vault vault(target(), "");
  EXPECT_EQ(choose_backup(vault, clock().now()).manifest->id, newest.row.id);
  // Where there is nothing else, its age is that of its rows, and making it took a moment.
  db().write([&](db::Tx& tx) { BackupStore().remove(tx, newest.row.id); });
  const auto old = db().read([&](db::Tx& tx) { return last_good(tx, clock().now()); });
  EXPECT_EQ(old->asked_at, rebuilt.snapshot_at);
  EXPECT_LT(old->duration, minute);
}

// A clock that was ahead once: what was made meanwhile is no reason to make none for a month.
TEST_P(KeepingTest, AClockThatWasAheadDoesNotStopTheSchedule) {
  const KeptBackup before = make_now();
  clock().advance(30 * day);
  const KeptBackup ahead = make_now();
  ASSERT_EQ(ahead.row.state, State::proved);
  clock().advance(-30 * day + 2 * hour);
  const Keeping all = keeping().list();
  EXPECT_EQ(all.next_at, before.row.asked_at + day);
  EXPECT_EQ(all.good_at, before.manifest->snapshot_at);
  const auto good = [&] {
    return db().read([&](db::Tx& tx) { return last_good(tx, clock().now()); });
  };
  EXPECT_EQ(good()->asked_at, before.row.asked_at);
  Vault vault(target(), "");
  const ChosenBackup chosen = choose_backup(vault, clock().now());
  EXPECT_EQ(chosen.manifest->id, before.row.id);
  ASSERT_EQ(chosen.passed_over.size(), 1U);
  EXPECT_NE(chosen.passed_over.front().find(ahead.row.id), std::string::npos);
  clock().advance(day);
  keeping().ask_if_due();
  EXPECT_EQ(waiting_backups(), 1);
  // One that was asked for then waits for a job of then.
  db().write([&](db::Tx& tx) {
    const Micros at = clock().now() + 20 * day;
    tx.exec("DELETE FROM backups WHERE state = 0");
    BackupStore().add(tx, {.id = id_of(at), .state = State::waiting, .asked_at = at});
  });
  keeping().ask_if_due();
  EXPECT_EQ(std::ranges::count(states(), std::pair{Kind::full, State::waiting}), 1);
  // Where this clock is the wrong one there is nothing else to restore.
  EXPECT_EQ(choose_backup(vault, before.row.asked_at - day).manifest->id, ahead.row.id);
}

TEST_P(KeepingTest, TheLastGoodOneStays) {
  const KeptBackup first = make_now();
  EXPECT_EQ(keeping().remove(first.row.id).error().code, "last_backup");
  clock().advance(day);
  const KeptBackup second = make_now();
  EXPECT_TRUE(keeping().remove(first.row.id));
  EXPECT_EQ(keeping().remove(second.row.id).error().code, "last_backup");
  EXPECT_EQ(keeping().remove(first.row.id).error().kind, ErrorKind::not_found);
}

TEST_P(KeepingTest, OneThatNobodyGoesOnWithHasFailedAndIsToldOnce) {
  db().write([&](db::Tx& tx) {
    BackupStore().add(
        tx, {.id = id_of(clock().now()), .state = State::running, .asked_at = clock().now()});
  });
  const auto running = std::vector<std::pair<Kind, State>>{{Kind::full, State::running}};
  EXPECT_EQ(states(), running);  // whoever began it just now may not hold the lock yet
  clock().advance(minute);
  {
    const Vault vault(target(), "");
    const auto work = VaultLock::take(vault, VaultLock::Patience::none, VaultLock::working);
    EXPECT_EQ(states(), running);
  }
  EXPECT_EQ(states(), (std::vector<std::pair<Kind, State>>{{Kind::full, State::failed}}));
  EXPECT_EQ(keeping().list().backups.front().row.problem, "It was interrupted.");
  EXPECT_EQ(waiting_mails(), 1);
}

TEST_P(KeepingTest, OneWhoseJobWasKilledTooOftenHasFailedAndMakesRoomForTheNext) {
  const auto first = keeping().ask(AccountId{}, Kind::full, false);
  ASSERT_TRUE(first);
  clock().advance(2 * minute);
  EXPECT_EQ(keeping().ask(AccountId{}, Kind::full, false).error().code, "backup_running");
  db().write([&](db::Tx& tx) { tx.exec("UPDATE jobs SET state = 3 WHERE state = 0"); });
  EXPECT_EQ(states(), (std::vector<std::pair<Kind, State>>{{Kind::full, State::failed}}));
  EXPECT_EQ(waiting_mails(), 1);
  EXPECT_TRUE(keeping().ask(AccountId{}, Kind::full, false));
}

TEST_P(KeepingTest, OneWhoseProofWasKilledTooOftenIsTold) {
  const KeptBackup good = make_now();
  std::filesystem::remove(target() + "/" + good.row.id + "/proof.json");
  db().write([&](db::Tx& tx) {
    BackupRow row = good.row;
    row.state = State::made;
    BackupStore().put(tx, row);
  });
  clock().advance(2 * hour);
  keeping().ask_if_due();
  ASSERT_EQ(waiting_backups(), 1);
  db().write([&](db::Tx& tx) {
    BackupRow row = good.row;
    row.state = State::running;
    BackupStore().put(tx, row);
    tx.exec("UPDATE jobs SET state = 3 WHERE state = 0");
  });
  EXPECT_EQ(states(), (std::vector<std::pair<Kind, State>>{{Kind::full, State::made}}));
  EXPECT_EQ(waiting_mails(), 1);
  EXPECT_EQ(states(), (std::vector<std::pair<Kind, State>>{{Kind::full, State::made}}));
  EXPECT_EQ(waiting_mails(), 1);
}

TEST_P(KeepingTest, OneThatCannotBeMadeIsARowAndOneMail) {
  std::ofstream(target()) << "no folder";
  clock().advance(first_backup + second);
  keeping().ask_if_due();
  ASSERT_EQ(states().size(), 1U);
  run(keeping().list().backups.front().row.id);
  EXPECT_EQ(states(), (std::vector<std::pair<Kind, State>>{{Kind::full, State::failed}}));
  EXPECT_EQ(waiting_mails(), 1);
  for (int turn = 0; turn < 20; ++turn) {
    clock().advance(hour);
    keeping().ask_if_due();
  }
  EXPECT_EQ(waiting_mails(), 1);
  EXPECT_EQ(states().size(), 1U);
  // On the command line as well.
  EXPECT_EQ(make_now().row.state, State::failed);
  EXPECT_EQ(waiting_mails(), 2);
}

TEST_P(KeepingTest, ADiskThatIsNotMountedIsNotBegunAnew) {
  make_now();
  std::filesystem::rename(target(), folder("unmounted"));
  for (const bool is_empty_folder : {false, true}) {
    if (is_empty_folder) std::filesystem::create_directories(target());
    clock().advance(day);
    EXPECT_EQ(keeping().check_target().error().code, "target_missing");
    EXPECT_EQ(0, keeping().ship_journal());  // it waits, without a job that dies each time
    const KeptBackup failed = make_now();
    EXPECT_EQ(failed.row.state, State::failed);
    EXPECT_NE(failed.row.problem.find("not there"), std::string::npos) << failed.row.problem;
    EXPECT_EQ(std::filesystem::exists(target()), is_empty_folder);
  }
  EXPECT_EQ(waiting_mails(), 2);
  // It is back; or it is another one on purpose.
  std::filesystem::remove_all(target());
  std::filesystem::rename(folder("unmounted"), target());
  EXPECT_EQ(make_now().row.state, State::proved);
  std::filesystem::rename(target(), folder("old"));
  EXPECT_TRUE(keeping().begin_target());
  clock().advance(second);
  EXPECT_EQ(make_now().row.state, State::proved);
}

TEST_P(KeepingTest, ATargetOfBeforeThereWereMarksIsKnownByItsBackups) {
  make_now();
  std::filesystem::remove(target() + "/.owner");
  EXPECT_TRUE(keeping().check_target());
  clock().advance(second);
  EXPECT_EQ(make_now().row.state, State::proved);
  EXPECT_EQ(owner_of(target()), "one");
}

TEST_P(KeepingTest, BackupsThatNobodyKnowsAreSomebodyElses) {
  const KeptBackup theirs = make_now();
  std::filesystem::remove(target() + "/.owner");
  db().write([](db::Tx& tx) { tx.exec("DELETE FROM backups"); });
  clock().advance(second);
  EXPECT_EQ(keeping().check_target().error().code, "target_of_another");
  EXPECT_EQ(make_now().row.state, State::failed);
  EXPECT_EQ(keeping().prove(theirs.row.id, {}).error().code, "target_of_another");
  EXPECT_FALSE(owner_of(target()));
  EXPECT_FALSE(keeping().owns_target());
  EXPECT_EQ(Vault(target(), "").ids(), std::vector{theirs.row.id});
  // Unless somebody says that they are ours.
  EXPECT_TRUE(keeping().begin_target());
  EXPECT_TRUE(keeping().owns_target());
  EXPECT_TRUE(keeping().find(theirs.row.id));
}

TEST_P(KeepingTest, WhoHasNoSecretDoesNotJudge) {
  const auto sealed = service(
      {.directory = target(), .secret = "sixteen and more bytes", .instance = "one", .every = day});
  const KeptBackup mine = make_with(*sealed);
  ASSERT_EQ(mine.row.state, State::proved);
  const auto judged = keeping().prove(mine.row.id, [](const Progress&) {});
  ASSERT_FALSE(judged);
  EXPECT_EQ(judged.error().code, "target_of_another_secret");
  EXPECT_TRUE(Vault(target(), "").proof(mine.row.id)->good);
  EXPECT_EQ(keeping().find(mine.row.id)->row.state, State::proved);
  EXPECT_EQ(waiting_mails(), 0);
  // Nor does whoever has one in a target that is not sealed.
  const auto other = service({.directory = folder("plain"), .instance = "one", .every = day});
  ASSERT_TRUE(other->begin_target());
  const KeptBackup plain = make_with(*other);
  const auto new_secret = service(
      {.directory = folder("plain"), .secret = "sixteen and more bytes", .instance = "one"});
  EXPECT_EQ(new_secret->prove(plain.row.id, {}).error().code, "target_of_another_secret");
  EXPECT_EQ(new_secret->begin_target().error().code, "target_of_another_secret");
}

// Objects are shared: what is sealed with another secret would not open any more.
TEST_P(KeepingTest, ATargetIsOfOneSecret) {
  add_photo(1);
  const auto with = [&](const std::string& secret) {
    return service({.directory = target(), .secret = secret, .instance = "one", .every = day});
  };
  const auto first = with("the first secret of all");
  const auto second = with("another secret that is as long");
  const KeptBackup good = make_with(*first);
  ASSERT_EQ(good.row.state, State::proved);
  clock().advance(hour);
  for (const bool is_marked : {true, false}) {
    // As an earlier version has marked it: then what lies there says it.
    if (!is_marked) std::ofstream(target() + "/.owner") << "one\n";
    for (KeepingService* const other : {second.get(), &keeping()}) {
      EXPECT_EQ(other->check_target().error().code, "target_of_another_secret");
      EXPECT_EQ(other->prove(good.row.id, {}).error().code, "target_of_another_secret");
      EXPECT_EQ(other->remove(good.row.id).error().code, "target_of_another_secret");
      const KeptBackup refused = make_with(*other, {.again = true});
      EXPECT_EQ(refused.row.state, State::failed);
      EXPECT_NE(refused.row.problem.find("secret"), std::string::npos) << refused.row.problem;
      clock().advance(minute);
    }
    EXPECT_TRUE(Vault(target(), "").proof(good.row.id)->good);
    EXPECT_TRUE(first->prove(good.row.id, [](const Progress&) {})->good);
  }
  EXPECT_EQ(make_with(*first).row.state, State::proved);
  EXPECT_TRUE(marked_secret_of(target()));
  EXPECT_EQ(second->check_target().error().code, "target_of_another_secret");
}

// One that was begun before there were two lines, and of which only the log, or an object, is
// there.
TEST_P(KeepingTest, WhatLiesInATargetSaysOfWhichSecretItIs) {
  const std::string secret = "sixteen and more bytes";
  const auto sealed = service({.directory = target(), .secret = secret, .instance = "one"});
  EXPECT_TRUE(sealed->check_target());
  EXPECT_TRUE(keeping().check_target());
  Vault vault(target(), secret);
  vault.put_objects({bytes_of(1)});
  EXPECT_TRUE(sealed->check_target());
  EXPECT_EQ(keeping().check_target().error().code, "target_of_another_secret");
  const auto parcel = vault.begin();
  parcel->write("steps");
  const LogFile steps{.generation = id_of(0) + "-0badcafe", .first = 1, .sha256 = parcel->sha256()};
  vault.put(steps.key(), *parcel);
  EXPECT_TRUE(sealed->check_target());
  EXPECT_EQ(keeping().check_target().error().code, "target_of_another_secret");
}

TEST_P(KeepingTest, AnotherInstancesTargetIsLeftAlone) {
  const KeptBackup mine = make_now();
  const auto other = service({.directory = target(), .instance = "two", .every = day});
  clock().advance(100 * day);
  EXPECT_EQ(other->check_target().error().code, "target_of_another");
  EXPECT_THROW(other->apply_retention(), storage::StorageError);
  EXPECT_EQ(other->remove(mine.row.id).error().code, "target_of_another");
  EXPECT_FALSE(other->begin_target());
  EXPECT_EQ(other->prove(mine.row.id, {}).error().code, "target_of_another");
  EXPECT_EQ(other->ship_journal(), 0);
  EXPECT_FALSE(other->owns_target());  // so its log does not expire either
  EXPECT_TRUE(keeping().owns_target());
  EXPECT_EQ(Vault(target(), "").ids(), std::vector{mine.row.id});
}

// `picsharz backup --to`: nothing of it counts.
TEST_P(KeepingTest, AForeignTargetHasNoRowsAndTakesNoJournalAway) {
  add_photo(1);
  delete_photo(1);
  const auto next = keeping().list().next_at;
  const auto elsewhere = service({.directory = folder("elsewhere"),
                                  .scratch = folder("scratch"),
                                  .instance = "one",
                                  .foreign = true,
                                  .every = day});
  const auto made = elsewhere->make_now({.id = ""}, [](const Progress&) {});
  ASSERT_TRUE(made);
  EXPECT_EQ(made->row.state, State::proved);
  ASSERT_EQ(elsewhere->list().backups.size(), 1U);
  EXPECT_EQ(elsewhere->list().backups.front().row.state, State::proved);
  EXPECT_TRUE(states().empty());
  EXPECT_EQ(keeping().list().next_at, next);
  EXPECT_FALSE(db().read([&](db::Tx& tx) { return last_good(tx, clock().now()); }));
  Vault there(folder("elsewhere"), "");
  EXPECT_EQ(journal_of(there).size(), 1U);
  EXPECT_EQ(keeping().ship_journal(), 1);
  Vault here(target(), "");
  EXPECT_EQ(journal_of(here).size(), 1U);
  clock().advance(100 * day);
  EXPECT_EQ(elsewhere->apply_retention(), 0);
}

// One that was made while somebody looked at another is proved later. Waits for the lock as long
// as it does, once.
TEST_P(KeepingTest, OneThatNobodyCouldProveIsProvedByTheSchedule) {
  ASSERT_TRUE(keeping().begin_target());
  Vault vault(target(), "");
  const auto made = making().make(vault, {});
  ASSERT_TRUE(made);
  EXPECT_EQ(states(), (std::vector<std::pair<Kind, State>>{{Kind::full, State::made}}));
  keeping().ask_if_due();
  keeping().ask_if_due();
  EXPECT_EQ(waiting_backups(), 1);
  {
    const auto lock = VaultLock::take(vault);
    ASSERT_TRUE(lock);
    EXPECT_THROW(static_cast<void>(keeping().run(made->id, [] { return true; })), jobs::Postponed);
  }
  EXPECT_EQ(waiting_mails(), 0);
  run(made->id);
  EXPECT_EQ(keeping().find(made->id)->row.state, State::proved);
}

TEST_P(KeepingTest, HowFarItIsIsSeenMeanwhile) {
  for (std::int64_t id = 1; id <= 3; ++id) add_photo(id);
  const auto asked = keeping().ask(AccountId{}, Kind::full, false);
  ASSERT_TRUE(asked);
  std::set<std::string> stages;
  std::int64_t furthest = 0;
  ASSERT_TRUE(keeping().run(asked->id, [&] {
    clock().advance(second);
    const auto row = db().read([&](db::Tx& tx) { return BackupStore().find(tx, asked->id); });
    if (row && row->state == State::running) {
      stages.insert(row->stage);
      furthest = std::max(furthest, row->done);
      EXPECT_LE(row->done, std::max<std::int64_t>(row->total, 1));
    }
    return true;
  }));
  for (const char* stage : {"rows", "objects", "restoring", "comparing"}) {
    EXPECT_TRUE(stages.contains(stage)) << stage;
  }
  EXPECT_GT(furthest, 10);
  EXPECT_EQ(keeping().find(asked->id)->row.stage, "");
}

// Every day one, for 45 days: what stays is what the rules say, and what it needs.
TEST_P(KeepingTest, RetentionKeepsWhatBackupsNeedAndNothingElse) {
  ASSERT_TRUE(keeping().begin_target());
  Vault vault(target(), "");
  const auto make = [&](Kind kind) {
    clock().advance(second);
    const auto made = making().make(vault, {.kind = kind});
    ASSERT_TRUE(made);
    vault.put_proof(made->id, {.at = clock().now(), .good = true, .problems = {}});
  };
  add_photo(1);
  add_photo(2);
  for (int today = 0; today < 45; ++today) {
    if (today == 3) delete_photo(2);
    if (today == 40) {
      add_photo(3);
      delete_photo(3);
    }
    make(Kind::full);
    if (today == 0 || today == 40) make(Kind::archive);
    keeping().apply_retention();
    if (today < 44) clock().advance(day);
  }
  std::vector<Micros> ages;
  int archives = 0;
  for (const std::string& id : vault.ids()) {
    const auto manifest = vault.manifest(id);
    archives += manifest->kind == Kind::archive ? 1 : 0;
    if (manifest->kind == Kind::full) ages.push_back((clock().now() - manifest->snapshot_at) / day);
  }
  EXPECT_EQ(ages, (std::vector<Micros>{0, 1, 2, 3, 4, 5, 6, 10, 17, 24}));
  EXPECT_EQ(archives, 2);
  EXPECT_TRUE(vault.has(vault_object_key(hash_of(1))));
  EXPECT_FALSE(vault.has(vault_object_key(hash_of(2))));
  EXPECT_EQ(vault.keys("journal/").size(), 1U);  // of the fortieth day
  const auto all = keeping().list();
  EXPECT_EQ(all.backups.size(), ages.size() + 2);
  EXPECT_EQ(vault.object_bytes(), std::ssize(bytes_of(1)));
}

// backups.every = 0, after there were some: what is in them was promised to go.
TEST_P(KeepingTest, OldOnesExpireWhereNobodyMakesAnyMore) {
  const auto idle = service({.directory = target(), .instance = "one", .every = 0});
  idle->ask_if_due();
  EXPECT_FALSE(std::filesystem::exists(target()));
  const KeptBackup first = make_now();
  clock().advance(hour);
  const KeptBackup last = make_now();
  Vault vault(target(), "");
  idle->ask_if_due();
  EXPECT_EQ(vault.ids(), (std::vector{last.row.id, first.row.id}));
  clock().advance(36 * day);
  idle->ask_if_due();
  EXPECT_EQ(vault.ids(), std::vector{last.row.id});
  clock().advance(36 * day);
  idle->ask_if_due();
  EXPECT_EQ(vault.ids(), std::vector{last.row.id});  // the last good one stays
  EXPECT_EQ(states(), (std::vector<std::pair<Kind, State>>{full_proved}));
  EXPECT_EQ(waiting_backups(), 0);
}

// Nothing to lie beside: what was noted for backups goes all the same.
TEST_P(KeepingTest, TheJournalEndsWhereNobodyMakesBackups) {
  db().write([&](db::Tx& tx) {
    tx.exec("DELETE FROM deletions");
    for (const Micros age : {Micros{0}, 30 * day, 40 * day}) {
      tx.exec("INSERT INTO deletions (what, id, created_at) VALUES (1, 7, $1)",
              clock().now() - age);
    }
  });
  const auto idle = service({.directory = target(), .instance = "one", .every = 0});
  idle->ask_if_due();
  EXPECT_EQ(2, db().read([](db::Tx& tx) {
    return *tx.one("SELECT count(*) FROM deletions",
                   [](const db::Row& row) { return row.integer(0); });
  }));
  EXPECT_FALSE(std::filesystem::exists(target()));
}

// As a version of a year ago has left it: columns and a table that no schema has any more.
TEST_P(KeepingTest, AnArchiveOfAnEarlierSchemaIsListedProvedAndRead) {
  ASSERT_TRUE(keeping().begin_target());
  Vault vault(target(), "");
  const Micros then = clock().now() - 400 * day;
  Manifest old{.id = id_of(then), .kind = Kind::archive, .schema = 12, .engine = "sqlite"};
  old.format = warehouse::Format::json;
  old.begun_at = old.snapshot_at = old.ended_at = then;
  for (const std::string name : {"accounts", "guest_books"}) {
    const std::string path = folder(name + ".json");
    BackupTable table{.name = name};
    table.columns = {{"planet", warehouse::Column::Type::text},
                     {"moons", warehouse::Column::Type::integer}};
    const auto writer = warehouse::write_table({}, old.format, path, table.columns);
    writer->row(std::array<warehouse::Cell, 2>{std::string_view("Mars"), std::int64_t{2}});
    writer->finish();
    RowSum sum;
    sum.text("Mars");
    sum.integer(2);
    sum.end_row();
    table.rows = sum.rows();
    table.sum = sum.hex();
    table.file = vault.put_file(old.id, "tables/" + file_name(name) + ".json", path);
    old.tables.push_back(std::move(table));
  }
  vault.put_manifest(old);
  const auto proof = keeping().prove(old.id, [](const Progress&) {});
  ASSERT_TRUE(proof);
  EXPECT_EQ(proof->problems, std::vector<std::string>());
  EXPECT_EQ(proof->rows, 2);
  EXPECT_EQ(states(), (std::vector<std::pair<Kind, State>>{archive_proved}));
  EXPECT_EQ(keeping().find(old.id)->manifest->schema, 12);
  for (const std::string name : {"accounts", "guest_books"}) {
    const auto opened = keeping().open_table(old.id, name);
    ASSERT_TRUE(opened) << name;
    EXPECT_EQ(opened->name, file_name(name) + ".json");
    EXPECT_EQ(opened->file->read(0, 100), "{\"planet\":\"Mars\",\"moons\":2}\n");
  }
  keeping().apply_retention();
  EXPECT_EQ(vault.ids(), std::vector{old.id});
}

// Killed when the manifest was gone, with the files that it named still there.
TEST_P(KeepingTest, ARemovalThatWasInterruptedIsFinished) {
  add_photo(1);
  const KeptBackup half = make_now();
  delete_photo(1);
  clock().advance(day);
  const KeptBackup good = make_now();
  std::filesystem::remove(target() + "/" + half.row.id + "/manifest.json");
  Vault vault(target(), "");
  EXPECT_TRUE(vault.has(vault_object_key(hash_of(1))));
  EXPECT_EQ(choose_backup(vault, clock().now()).manifest->id, good.row.id);
  keeping().apply_retention();
  EXPECT_FALSE(std::filesystem::exists(target() + "/" + half.row.id));
  EXPECT_FALSE(vault.has(vault_object_key(hash_of(1))));
  EXPECT_EQ(states(), (std::vector<std::pair<Kind, State>>{full_proved}));
  // Nothing is concluded from a target that has none at all: it may be the wrong one.
  std::filesystem::remove_all(target() + "/" + good.row.id);
  keeping().apply_retention();
  EXPECT_EQ(states(), (std::vector<std::pair<Kind, State>>{full_proved}));
}

TEST_P(KeepingTest, AdministratorsAreToldThatTheLogIsLate) {
  keeping().tell_log_is_late(clock().now() - hour);
  EXPECT_EQ(waiting_mails(), 1);
}

TEST_P(KeepingTest, ATableThatIsDamagedIsNotDownloaded) {
  const KeptBackup made = make_now();
  EXPECT_TRUE(keeping().open_table(made.row.id, "accounts"));
  std::filesystem::resize_file(table_of(made, "accounts"), 1);
  EXPECT_EQ(keeping().open_table(made.row.id, "accounts").error().code, "backup_damaged");
  EXPECT_EQ(keeping().open_table(made.row.id, "nothing").error().code, "not_found");
  const std::string manifest = target() + "/" + made.row.id + "/manifest.json";
  std::ofstream(manifest) << "{}";
  EXPECT_EQ(keeping().open_table(made.row.id, "accounts").error().code, "backup_damaged");
}

TEST_P(KeepingTest, WhatCannotBeReadIsNeverRemoved) {
  const KeptBackup old = make_now();
  const std::string manifest = target() + "/" + old.row.id + "/manifest.json";
  std::ofstream(manifest) << "{\"version\":2}";
  clock().advance(60 * day);
  make_now();
  clock().advance(2 * day);
  make_now();
  keeping().apply_retention();
  EXPECT_TRUE(std::filesystem::exists(manifest));
  EXPECT_TRUE(std::filesystem::exists(table_of(old, "accounts")));
}

TEST_P(KeepingTest, OfThoseThatFailedTheNewestStay) {
  db().write([&](db::Tx& tx) {
    BackupStore rows;
    for (int turn = 0; turn < 70; ++turn) {
      const Micros at = clock().now() - hour - turn * second;
      rows.add(tx, {.id = id_of(at), .state = State::failed, .asked_at = at});
    }
  });
  make_now();
  EXPECT_EQ(states().size(), 51U);
}

ON_BOTH_ENGINES(KeepingTest);

}  // namespace
}  // namespace picsharz::backups
