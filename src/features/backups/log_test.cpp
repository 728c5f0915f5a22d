// The log beside the backups: what is rebuilt of it is what was committed when.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <map>
#include <random>
#include <set>
#include <utility>

#include "crypto/crypto.h"
#include "db/file_traces.h"
#include "db/migrations.h"
#include "features/accounts/avatar_key.h"
#include "features/backups/backup_service.h"
#include "features/backups/keeping_service.h"
#include "features/backups/log_rebuild_service.h"
#include "features/backups/log_shipping_service.h"
#include "features/backups/proof_service.h"
#include "features/photos/photo.h"
#include "support/temporary_root.h"

namespace picsharz::backups {
namespace {

namespace place = std::filesystem;

using Titles = std::map<std::int64_t, std::string>;

// A store whose disk is going: whoever opens an object may find that it cannot be read.
class WatchedStore final : public storage::ObjectStore {
 public:
  explicit WatchedStore(std::unique_ptr<storage::ObjectStore> behind)
      : behind_(std::move(behind)) {}

  std::function<std::shared_ptr<const FileHandle>(const std::string& key)> instead{};

  void put(std::string_view key, storage::SpoolFile& spooled) override {
    behind_->put(key, spooled);
  }
  void put_all(std::span<const storage::NewObject> objects) override { behind_->put_all(objects); }
  bool confirm(std::string_view key) override { return behind_->confirm(key); }
  std::shared_ptr<const FileHandle> open(std::string_view key) override {
    if (instead) {
      if (auto other = instead(std::string(key))) return other;
    }
    return behind_->open(key);
  }
  bool remove(std::string_view key) override { return behind_->remove(key); }
  void list(std::string_view prefix,
            const std::function<void(std::string_view, std::int64_t)>& each) override {
    behind_->list(prefix, each);
  }

 private:
  const std::unique_ptr<storage::ObjectStore> behind_;
};

class LogTest : public testing::TestWithParam<std::string> {
 protected:
  LogTest() {
    std::string pattern = (place::temp_directory_path() / "picsharz_ship_XXXXXX").string();
    if (!::mkdtemp(pattern.data())) throw std::runtime_error("no folder");
    folder_ = pattern;
    place::create_directories(folder_ + "/objects");
    store_ = std::make_unique<WatchedStore>(
        note_arrivals(storage::open_fs_store(folder_ + "/objects"), arrivals_));
    database_ = db::open_sqlite({.path = folder_ + "/picsharz.db"});
    db::migrate(*database_);
    database_->write([](db::Tx& tx) {
      tx.exec(
          "INSERT INTO accounts (id, handle, email, password_hash, name, country, created_at)"
          " VALUES (7, 'mei', 'mei@example.org', 'x', 'Mei', 'SG', 1)");
    });
    begin();
  }
  ~LogTest() override {
    shipper_.reset();
    database_.reset();
    std::error_code ignored;
    place::remove_all(folder_, ignored);
  }

  void begin(int days = 2) {
    shipper_.reset();
    shipper_.emplace(
        *database_, clock_, *store_, arrivals_,
        ShippingSettings{.directory = target(),
                         .secret = GetParam(),
                         .every = 10 * second,
                         .days = days,
                         .has_room = [this](const std::string&,
                                            std::int64_t bytes) { return room_ && bytes <= free_; },
                         .go_on =
                             [this] {
                               if (between_) std::exchange(between_, {})();
                               return true;
                             }});
    shipper_->ship_now();
  }
  std::string target() const { return folder_ + "/backups"; }
  static std::string picture(std::int64_t id) { return "the picture " + std::to_string(id); }
  static std::string hash_of(std::int64_t id) { return crypto::hex(crypto::sha256(picture(id))); }

  // As the server does: the object, then the rows.
  void add_photo(std::int64_t id) {
    store_->put_bytes(photos::original_key(hash_of(id)), picture(id));
    const std::string title = "photo " + std::to_string(id);
    database_->write([&](db::Tx& tx) {
      tx.exec("INSERT INTO originals (sha256, bytes) VALUES ($1, $2)", hash_of(id),
              std::ssize(picture(id)));
      tx.exec(
          "INSERT INTO photos (id, owner_id, title, description, alt, visibility, state, width,"
          " height, renditions, original, format, bytes, file_name, created_at)"
          " VALUES ($1, 7, $2, '', '', 0, 3, 100, 80, '', $3, 0, 1, '', $1)",
          id, title, hash_of(id));
    });
    titles_[id] = title;
    states_[clock_.now()] = titles_;
  }
  void retitle(std::int64_t id, const std::string& title) {
    database_->write(
        [&](db::Tx& tx) { tx.exec("UPDATE photos SET title = $2 WHERE id = $1", id, title); });
    titles_[id] = title;
    states_[clock_.now()] = titles_;
  }
  void pass(Micros time) {
    clock_.advance(time);
    shipper_->step();
  }
  // What another process does when it is idle.
  void bring_in() const {
    sqlite3* other = nullptr;
    const std::string path = folder_ + "/picsharz.db";
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    ASSERT_EQ(SQLITE_OK, sqlite3_open_v2(path.c_str(), &other, flags, nullptr));
    sqlite3_wal_checkpoint_v2(other, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    sqlite3_close(other);
  }
  const Titles& titles_at(Micros at) const { return std::prev(states_.upper_bound(at))->second; }
  static Titles titles_in(db::Database& database) {
    Titles found;
    database.read([&](db::Tx& tx) {
      tx.each("SELECT id, title FROM photos",
              [&](const db::Row& row) { found.emplace(row.integer(0), row.string(1)); });
    });
    return found;
  }
  std::unique_ptr<db::Database> rebuilt(std::optional<Micros> at) {
    Vault vault(target(), GetParam());
    const std::string path = folder_ + "/rebuilt.db";
    for (const char* rest : {"", "-wal", "-shm"}) place::remove(path + rest);
    const auto shown = rebuild(vault, at, path);
    if (!shown) throw std::runtime_error(shown.error().message + shown.error().action);
    EXPECT_LE(*shown, at.value_or(clock_.now()));
    return db::open_sqlite({.path = path});
  }
  std::vector<LogFile> files(LogFile::What what) {
    Vault vault(target(), GetParam());
    auto all = log_files(vault);
    std::erase_if(all, [&](const LogFile& file) { return file.what != what; });
    return all;
  }
  // Those of the photos 1 to `last` lie in the target.
  void expect_objects(std::int64_t last) const {
    Vault vault(target(), GetParam());
    for (std::int64_t id = 1; id <= last; ++id) {
      EXPECT_TRUE(vault.has(vault_object_key(hash_of(id)))) << id;
    }
  }
  void flip(const LogFile& file, std::uintmax_t at) {
    std::fstream stream(target() + "/" + file.key(),
                        std::ios::in | std::ios::out | std::ios::binary);
    stream.seekg(static_cast<std::streamoff>(at));
    const int byte = stream.get();
    stream.seekp(static_cast<std::streamoff>(at));
    stream.put(static_cast<char>(byte ^ 4));
  }

  FakeClock clock_;
  std::string folder_;
  bool room_ = true;
  std::int64_t free_ = std::numeric_limits<std::int64_t>::max();
  std::function<void()> between_;  // two pieces of something long, once
  Arrivals arrivals_{8};           // more than any test but one has at once
  std::unique_ptr<WatchedStore> store_;
  std::unique_ptr<db::Database> database_;
  std::optional<LogShipper> shipper_;
  Titles titles_;
  std::map<Micros, Titles> states_;
};
INSTANTIATE_TEST_SUITE_P(, LogTest, testing::Values("", "sixteen and more bytes"),
                         [](const auto& info) {
                           return std::string(info.param.empty() ? "plain" : "sealed");
                         });

TEST_P(LogTest, AnyWholeSecondIsRebuiltAsItWas) {
  std::mt19937 chance(3);
  const Micros first = clock_.now();
  for (std::int64_t turn = 1; turn <= 120; ++turn) {
    if (turn % 3 == 1) {
      add_photo(turn);
    } else {
      retitle(turn - 1 - (turn + 1) % 3 % 2, "title " + std::to_string(turn));
    }
    if (turn % 17 == 0) {
      ASSERT_TRUE(db::wipe_traces(*database_, [](Micros) { return true; }));
    }
    pass(second * 7 / 10);
  }
  pass(10 * second);
  EXPECT_LE(clock_.now() - shipper_->shipped_at(), 10 * second);
  EXPECT_EQ(titles_, titles_in(*rebuilt(std::nullopt)));
  for (Micros at = (first / second + 1) * second; at < clock_.now(); at += 7 * second) {
    EXPECT_EQ(titles_at(at), titles_in(*rebuilt(at))) << (at - first) / second;
  }
  EXPECT_EQ(1U, files(LogFile::What::base).size());
}

// A command beside an idle server, as `picsharz backup`, which notes every second how far it is.
TEST_P(LogTest, AnotherProcessThatWritesCostsNoBase) {
  const auto other = db::open_sqlite({.path = folder_ + "/picsharz.db"});
  add_photo(1);
  for (int turn = 0; turn < 60; ++turn) {
    clock_.advance(second);
    const std::string title = "title " + std::to_string(turn);
    other->write([&](db::Tx& tx) { tx.exec("UPDATE photos SET title = $1 WHERE id = 1", title); });
    titles_[1] = title;
    bring_in();
    shipper_->step();
    EXPECT_LE(clock_.now() - shipper_->shipped_at(), 10 * second);
  }
  pass(10 * second);
  EXPECT_EQ(1U, files(LogFile::What::base).size());
  EXPECT_EQ(titles_, titles_in(*rebuilt(std::nullopt)));
}

// The disk was mounted again, or another one in its place.
TEST_P(LogTest, ATargetThatWasReplacedIsSeen) {
  add_photo(1);
  pass(10 * second);
  EXPECT_TRUE(shipper_->is_here());
  place::rename(target(), folder_ + "/away");
  EXPECT_FALSE(shipper_->is_here());
  place::copy(folder_ + "/away", target(), place::copy_options::recursive);
  EXPECT_FALSE(shipper_->is_here());
  begin();  // as whoever asks does
  EXPECT_TRUE(shipper_->is_here());
  add_photo(2);
  pass(10 * second);
  EXPECT_EQ(titles_, titles_in(*rebuilt(std::nullopt)));
  expect_objects(2);
}

// While objects are copied the next ones come, and their rows reach the log.
TEST_P(LogTest, NoRowIsThereBeforeItsObject) {
  constexpr std::int64_t most = 6;
  std::int64_t last = 1;
  store_->instead = [&](const std::string& key) {
    if (key == photos::original_key(hash_of(last)) && last < most) {
      add_photo(++last);
      EXPECT_TRUE(db::wipe_traces(*database_, [](Micros) { return true; }));
    }
    return nullptr;
  };
  add_photo(last);
  for (int turn = 0; last < most; ++turn) {
    ASSERT_LT(turn, most);
    pass(10 * second);
    // The host is lost now: what is there proves itself.
    const Titles found = titles_in(*rebuilt(std::nullopt));
    ASSERT_FALSE(found.empty());
    expect_objects(found.rbegin()->first);
  }
  pass(10 * second);
  EXPECT_EQ(titles_, titles_in(*rebuilt(std::nullopt)));
  expect_objects(most);
}

TEST_P(LogTest, AnObjectThatCannotBeReadKeepsNothingElseWaiting) {
  const std::string lost = photos::original_key(hash_of(1));
  int seen = 0;
  // A disk that fails: what was opened gives no byte.
  store_->instead = [&](const std::string& key) -> std::shared_ptr<const FileHandle> {
    if (key != lost) return nullptr;
    if (++seen % 2 == 0) throw storage::StorageError("store: open");
    return std::make_shared<const FileHandle>(::open("/dev/null", O_WRONLY | O_CLOEXEC), 100);
  };
  for (std::int64_t id = 1; id <= 3; ++id) add_photo(id);
  pass(10 * second);
  EXPECT_EQ(1, seen);
  EXPECT_EQ(clock_.now(), shipper_->shipped_at());
  begin();  // which goes through all rows, and tries again what failed
  EXPECT_LE(2, seen);
  Vault vault(target(), GetParam());
  for (std::int64_t id = 1; id <= 3; ++id) {
    EXPECT_EQ(id > 1, vault.has(vault_object_key(hash_of(id)))) << id;
  }
  EXPECT_EQ(titles_, titles_in(*rebuilt(std::nullopt)));
  // It did for a moment only: a later round brings it.
  store_->instead = nullptr;
  pass(10 * second);
  EXPECT_TRUE(vault.has(vault_object_key(hash_of(1))));
}

TEST_P(LogTest, ARebuiltMomentBecomesABackupThatProvesItself) {
  add_photo(1);
  const std::string avatar = "ab" + std::string(14, '0');
  for (const int size : accounts::avatar_sizes) {
    store_->put_bytes(accounts::avatar_key(avatar, std::to_string(size)), "face");
  }
  database_->write(
      [&](db::Tx& tx) { tx.exec("UPDATE accounts SET avatar = $1 WHERE id = 7", avatar); });
  add_photo(2);
  pass(10 * second);
  add_photo(3);  // not copied any more
  // The host is lost: nothing but the target is left.
  shipper_.reset();
  database_.reset();
  place::remove_all(folder_ + "/objects");
  const auto database = rebuilt(std::nullopt);
  Vault vault(target(), GetParam());
  place::create_directories(folder_ + "/scratch");
  LoggedObjects objects(vault, folder_ + "/scratch");
  BackupService making(*database, clock_, objects, {.format = warehouse::Format::json});
  const auto made = making.make(vault, {.snapshot_at = clock_.now() - second});
  ASSERT_TRUE(made);
  EXPECT_EQ(clock_.now() - second, made->snapshot_at);
  EXPECT_EQ(std::vector<std::string>(), made->lost);
  EXPECT_EQ(5, made->objects.rows);
  ProofService proving(clock_, {}, [](const std::string&, std::span<const PhotoId> photos) {
    return Opened{.pages = std::ssize(photos)};
  });
  const auto proof = proving.prove(vault, made->id);
  ASSERT_TRUE(proof);
  EXPECT_EQ(std::vector<std::string>(), proof->problems);
}

TEST_P(LogTest, WhatIsDamagedIsNamedWithTheMomentBeforeIt) {
  add_photo(1);
  pass(10 * second);
  const Micros good = clock_.now() - 10 * second;
  add_photo(2);
  pass(10 * second);
  add_photo(3);
  pass(10 * second);
  const auto steps = files(LogFile::What::steps);
  const LogFile& damaged = steps[steps.size() - 2];
  flip(damaged, 150);
  Vault vault(target(), GetParam());
  const std::string path = folder_ + "/rebuilt.db";
  const auto failed = rebuild(vault, std::nullopt, path);
  ASSERT_FALSE(failed);
  EXPECT_EQ("log_damaged", failed.error().code);
  EXPECT_NE(std::string::npos, failed.error().message.find(damaged.key()))
      << failed.error().message;
  EXPECT_NE(std::string::npos, failed.error().action.find(format_time(good)))
      << failed.error().action;
  EXPECT_EQ(titles_at(good), titles_in(*rebuilt(good)));
  // One that is missing is as bad.
  place::remove(target() + "/" + damaged.key());
  const auto missing = rebuild(vault, std::nullopt, path);
  ASSERT_FALSE(missing);
  EXPECT_NE(std::string::npos, missing.error().message.find("missing")) << missing.error().message;
}

TEST_P(LogTest, EveryFlippedBitOfTheLogIsFound) {
  for (std::int64_t id = 1; id <= 5; ++id) {
    add_photo(id);
    pass(10 * second);
  }
  Vault vault(target(), GetParam());
  auto all = files(LogFile::What::steps);
  const auto bases = files(LogFile::What::base);
  all.insert(all.end(), bases.begin(), bases.end());
  const auto seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 chance(seed);
  for (int turn = 0; turn < 40; ++turn) {
    const LogFile& file = all[chance() % all.size()];
    const auto at = chance() % place::file_size(target() + "/" + file.key());
    flip(file, at);
    EXPECT_FALSE(rebuild(vault, std::nullopt, folder_ + "/rebuilt.db")) << file.key() << " " << at;
    flip(file, at);
  }
  EXPECT_EQ(titles_, titles_in(*rebuilt(std::nullopt)));
}

TEST_P(LogTest, EveryFlippedBitOfAListAndOfTheStateIsFound) {
  for (std::int64_t id = 1; id <= 3; ++id) {
    add_photo(id);
    pass(10 * second);
  }
  Vault vault(target(), GetParam());
  const auto lists = files(LogFile::What::objects);
  ASSERT_FALSE(lists.empty());
  for (const LogFile& list : lists) {
    EXPECT_FALSE(read_objects(vault, list).empty());
    for (std::uintmax_t at = 0; at < place::file_size(target() + "/" + list.key()); at += 13) {
      flip(list, at);
      EXPECT_THROW(read_objects(vault, list), Damaged) << list.key() << " " << at;
      flip(list, at);
    }
  }
  ASSERT_TRUE(shipped_at(target()));
  const std::string state = target() + "/log/state";
  std::ifstream in(state);
  const std::string good{std::istreambuf_iterator<char>(in), {}};
  for (std::size_t at = 0; at + 1 < good.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string altered = good;
      altered[at] = static_cast<char>(altered[at] ^ (1 << bit));
      std::ofstream(state, std::ios::binary) << altered;
      EXPECT_EQ(std::nullopt, shipped_at(target())) << altered;
    }
  }
}

// No row has the hashes of avatars: without their list nobody can tell which object is one.
TEST_P(LogTest, AvatarsOfADamagedListAreNamedAsLost) {
  add_photo(1);
  const std::string avatar = "ab" + std::string(14, '0');
  std::set<std::string> keys;
  for (const int size : accounts::avatar_sizes) {
    keys.insert(accounts::avatar_key(avatar, std::to_string(size)));
  }
  for (const std::string& key : keys) store_->put_bytes(key, "face " + key);
  database_->write(
      [&](db::Tx& tx) { tx.exec("UPDATE accounts SET avatar = $1 WHERE id = 7", avatar); });
  pass(10 * second);
  for (const LogFile& list : files(LogFile::What::objects)) flip(list, 5);
  shipper_.reset();
  database_.reset();
  const auto database = rebuilt(std::nullopt);
  Vault vault(target(), GetParam());
  place::create_directories(folder_ + "/scratch");
  LoggedObjects objects(vault, folder_ + "/scratch");
  BackupService making(*database, clock_, objects, {.format = warehouse::Format::json});
  const auto made = making.make(vault, {.snapshot_at = clock_.now() - second});
  ASSERT_TRUE(made);
  EXPECT_EQ(keys, std::set<std::string>(made->lost.begin(), made->lost.end()));
  EXPECT_EQ(1, made->objects.rows);
}

TEST_P(LogTest, ABaseThatAKilledProcessLeftIsSwept) {
  const std::string spool = target() + "/.spool-log";
  EXPECT_TRUE(place::is_empty(spool));
  std::ofstream(spool + "/0badcafe") << "half a base";
  begin();
  EXPECT_TRUE(place::is_empty(spool));
}

TEST_P(LogTest, ABaseThatHasNoRoomIsNotBegun) {
  free_ = 64 << 10;  // less than the database
  EXPECT_THROW(begin(), storage::StorageError);
  EXPECT_EQ(1U, files(LogFile::What::base).size());
  EXPECT_TRUE(place::is_empty(target() + "/.spool-log"));
  add_photo(1);
  free_ = std::numeric_limits<std::int64_t>::max();
  pass(10 * second);
  EXPECT_EQ(2U, files(LogFile::What::base).size());
  EXPECT_EQ(titles_, titles_in(*rebuilt(std::nullopt)));
}

// Otherwise a full disk would stay full for ever.
TEST_P(LogTest, WhatHasExpiredMakesRoomForABase) {
  for (int turn = 0; turn < 3; ++turn) {
    add_photo(turn + 1);
    pass(10 * second);
    clock_.advance(second);
    begin();
  }
  ASSERT_LT(2U, files(LogFile::What::base).size());
  clock_.advance(3 * day);
  free_ = 64 << 10;  // less than the database
  EXPECT_THROW(begin(), storage::StorageError);
  EXPECT_EQ(1U, files(LogFile::What::base).size());
  EXPECT_EQ(titles_, titles_in(*rebuilt(std::nullopt)));
}

TEST_P(LogTest, WhatNobodyShipsAnyMoreExpires) {
  add_photo(1);
  pass(10 * second);
  const Micros before = clock_.now();
  expire_log(target(), clock_, 2);  // somebody ships
  clock_.advance(3 * day);
  expire_log(target(), clock_, 2);
  EXPECT_EQ(1U, files(LogFile::What::base).size());
  shipper_.reset();
  clock_.advance(-2 * day);
  expire_log(target(), clock_, 2);
  EXPECT_EQ(titles_at(before), titles_in(*rebuilt(before)));
  EXPECT_TRUE(shipped_at(target()));
  clock_.advance(2 * day);
  std::ofstream(target() + "/.spool-log/0badcafe") << "half a base";
  expire_log(target(), clock_, 2);
  Vault vault(target(), GetParam());
  EXPECT_TRUE(log_files(vault).empty());
  EXPECT_EQ(std::nullopt, shipped_at(target()));
  EXPECT_FALSE(place::exists(target() + "/.spool-log/0badcafe"));
  // A target that is not there is not made.
  expire_log(folder_ + "/elsewhere", clock_, 2);
  EXPECT_FALSE(place::exists(folder_ + "/elsewhere"));
}

TEST_P(LogTest, ObjectsThatWaitKeepTheRoundFromCounting) {
  pass(10 * second);
  const Micros before = shipper_->shipped_at();
  Vault vault(target(), GetParam());
  {
    const auto lock = VaultLock::take(vault, VaultLock::Patience::none, VaultLock::unlisted);
    ASSERT_TRUE(lock);
    add_photo(1);
    pass(10 * second);
    EXPECT_EQ(before, shipper_->shipped_at());
    EXPECT_FALSE(vault.has(vault_object_key(hash_of(1))));
  }
  pass(10 * second);
  EXPECT_LT(before, shipper_->shipped_at());
  EXPECT_TRUE(vault.has(vault_object_key(hash_of(1))));
}

TEST_P(LogTest, EachStartBeginsAGenerationAndOldOnesGo) {
  add_photo(1);
  pass(10 * second);
  const Micros before = clock_.now();
  clock_.advance(second);
  begin();
  add_photo(2);
  pass(10 * second);
  EXPECT_EQ(2U, files(LogFile::What::base).size());
  EXPECT_EQ(titles_at(before), titles_in(*rebuilt(before)));
  for (int turn = 0; turn < 5; ++turn) {
    pass(day);
    add_photo(10 + turn);
    pass(10 * second);
  }
  // Two days, and the base that is the last before them.
  const auto bases = files(LogFile::What::base);
  EXPECT_EQ(3U, bases.size());
  for (const Micros ago : {std::int64_t{0}, day, 2 * day}) {
    const Micros at = clock_.now() - ago;
    EXPECT_EQ(titles_at(at), titles_in(*rebuilt(at)));
  }
  Vault vault(target(), GetParam());
  const auto early = rebuild(vault, before, folder_ + "/rebuilt.db");
  ASSERT_FALSE(early);
  EXPECT_EQ("time_before_log", early.error().code);
  EXPECT_NE(std::string::npos, early.error().message.find(format_time(bases.front().at)));
}

// A photo that came and went between two backups: the log alone speaks of it.
TEST_P(LogTest, WhatTheLogSpeaksOfIsNotSwept) {
  IdSource ids(clock_, 0);
  jobs::Queue queue(*database_, ids, clock_);
  mail::Outbox outbox(queue);
  BackupService making(*database_, clock_, *store_, {.format = warehouse::Format::json});
  ProofService proving(clock_, {}, [](const std::string&, std::span<const PhotoId> photos) {
    return Opened{.pages = std::ssize(photos)};
  });
  KeepingService keeping({*database_, clock_, queue, outbox, making, proving},
                         {.directory = target(), .secret = GetParam()});
  const auto backup = [&] {
    clock_.advance(second);
    const auto made = keeping.make_now({}, [](const Progress&) {});
    ASSERT_TRUE(made && made->row.state == State::proved);
  };
  add_photo(1);
  backup();
  add_photo(2);
  pass(10 * second);
  const Micros before = clock_.now();
  clock_.advance(second);
  store_->remove(photos::original_key(hash_of(2)));
  database_->write([&](db::Tx& tx) {
    tx.exec("DELETE FROM photos WHERE id = 2");
    tx.exec("DELETE FROM originals WHERE sha256 = $1", hash_of(2));
  });
  pass(10 * second);
  backup();
  const auto sweep = [&] { ASSERT_TRUE(keeping.remove(keeping.list().backups.back().row.id)); };
  sweep();
  Vault vault(target(), GetParam());
  EXPECT_TRUE(vault.has(vault_object_key(hash_of(2))));
  EXPECT_EQ(2U, titles_in(*rebuilt(before)).size());
  for (int turn = 0; turn < 5; ++turn) pass(day);
  backup();
  sweep();
  EXPECT_FALSE(vault.has(vault_object_key(hash_of(2))));
  EXPECT_TRUE(vault.has(vault_object_key(hash_of(1))));
}

TEST_P(LogTest, ADiskWithoutRoomIsToldAndWhatWaitsGoesLater) {
  add_photo(1);
  room_ = false;
  EXPECT_THROW(pass(10 * second), storage::StorageError);
  add_photo(2);
  EXPECT_THROW(pass(10 * second), storage::StorageError);
  EXPECT_GE(clock_.now() - shipper_->shipped_at(), 20 * second);
  room_ = true;
  pass(second);
  EXPECT_EQ(titles_, titles_in(*rebuilt(std::nullopt)));
}

// Ten photos came where eight objects are remembered: all rows are gone through.
TEST_P(LogTest, MoreArrivalsThanAreRememberedComeAsWell) {
  pass(second);
  room_ = false;
  const auto few = [&] {
    for (std::int64_t id = 1; id <= 10; ++id) add_photo(id);
  };
  few();
  EXPECT_THROW(pass(10 * second), storage::StorageError);
  room_ = true;
  pass(second);
  pass(second);
  expect_objects(10);
}

// While all rows are gone through, more come than are remembered: once more.
TEST_P(LogTest, MoreArrivalsWhileAllAreListedComeAsWell) {
  pass(second);
  room_ = false;
  for (std::int64_t id = 1; id <= 10; ++id) add_photo(id);
  EXPECT_THROW(pass(10 * second), storage::StorageError);
  room_ = true;
  between_ = [this] {
    for (std::int64_t id = 11; id <= 40; ++id) add_photo(id);
    clock_.advance(10 * second);
  };
  pass(second);
  EXPECT_FALSE(between_);
  pass(second);
  expect_objects(40);
}

TEST_P(LogTest, StepsArePacked) {
  for (std::int64_t id = 1; id <= 50; ++id) add_photo(id);
  pass(10 * second);
  Vault vault(target(), GetParam());
  std::size_t pages = 0;
  std::uintmax_t packed = 0;
  for (const LogFile& file : files(LogFile::What::steps)) {
    std::string text;
    vault.read(file.key(), [&](std::string_view piece) { text += piece; });
    const auto steps = read_steps(text);
    ASSERT_TRUE(steps);
    for (const db::LogStep& step : *steps) pages += step.changed.size() * step.page_bytes;
    packed += place::file_size(target() + "/" + file.key());
  }
  EXPECT_LT(packed * 3, pages);
}

TEST(LogSteps, OfTheVersionBeforeAreRead) {
  const std::string text =
      "picsharz log 1\n"
      R"({"steps":[{"number":3,"at":5,"page_bytes":8,"pages":1,"changed":1}]})"
      "\n" +
      std::string("\0\0\0\1pagepage", 12);
  const auto steps = read_steps(text);
  ASSERT_TRUE(steps);
  ASSERT_EQ(1U, steps->size());
  EXPECT_EQ("pagepage", steps->front().changed.at(1));
  EXPECT_EQ(text_of(*steps), text_of(*read_steps(text_of(*steps))));
  EXPECT_FALSE(read_steps("picsharz log 3\n" + text.substr(15)));
  EXPECT_FALSE(read_steps(text.substr(0, text.size() - 1)));
}

TEST_P(LogTest, AnotherShipperIsRefused) {
  LogShipper second_one(*database_, clock_, *store_, arrivals_,
                        {.directory = target(), .secret = GetParam()});
  EXPECT_THROW(second_one.step(), storage::StorageError);
}

TEST(LogMoments, AreReadAsPeopleWriteThem) {
  const auto moment = read_moment("2026-11-29T05:00:00Z");
  ASSERT_TRUE(moment);
  EXPECT_EQ("2026-11-29T05:00:00.000Z", format_time(*moment));
  EXPECT_EQ(moment, read_moment("2026-11-29 05:00"));
  EXPECT_EQ(moment, read_moment("2026-11-29 05:00:00"));
  EXPECT_EQ(*moment + 250'000, read_moment("2026-11-29T05:00:00.250Z"));
  for (const char* wrong : {"", "now", "2026-11-29", "2026-13-29 05:00", "2026-11-31 05:00",
                            "2026-11-29 24:00", "2026-11-29 05:60", "2026-11-29T05:00:00+08:00"}) {
    EXPECT_EQ(std::nullopt, read_moment(wrong)) << wrong;
  }
}

TEST(LogNames, SayWhatTheyAre) {
  const LogFile file{.what = LogFile::What::steps,
                     .generation = "20261129t001500z-0badcafe",
                     .first = 3,
                     .last = 9,
                     .at = 1'796'000'000'000'000,
                     .sha256 = std::string(64, 'a')};
  const auto read = read_log_key(file.key());
  ASSERT_TRUE(read);
  EXPECT_EQ(file.key(), read->key());
  for (const char* other : {"log/state", "log/x/other", "objects/ab/abc", "log/x/steps-1-2-3"}) {
    EXPECT_FALSE(read_log_key(other)) << other;
  }
}

}  // namespace
}  // namespace picsharz::backups
