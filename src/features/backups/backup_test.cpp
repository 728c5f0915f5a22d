// A backup, its proof and its restore, on both engines and from each to the other.
#include <fcntl.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>
#include <set>
#include <thread>

#include "crypto/crypto.h"
#include "db/migrations.h"
#include "db/tables.h"
#include "features/accounts/avatar_key.h"
#include "features/backups/backup_service.h"
#include "features/backups/kept_rules.h"
#include "features/backups/manifest_rules.h"
#include "features/backups/proof_service.h"
#include "features/backups/restore_service.h"
#include "features/backups/row_sum.h"
#include "features/backups/test_folder.h"
#include "features/photos/photo.h"
#include "support/test_database.h"
#include "warehouse/table_writer.h"

namespace picsharz::backups {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t owner = 7;

// As a disk does that is dying: one object opens, and is not read.
class DyingStore final : public storage::ObjectStore {
 public:
  DyingStore(storage::ObjectStore& store, std::string folder, std::string broken)
      : store_(store), folder_(std::move(folder)), broken_(std::move(broken)) {}

  std::shared_ptr<const FileHandle> open(std::string_view key) override {
    auto file = store_.open(key);
    if (key != broken_) return file;
    // Of a file that was opened to be written nothing can be read.
    const int descriptor = ::open((folder_ + "/" + broken_).c_str(), O_WRONLY | O_CLOEXEC);
    return std::make_shared<const FileHandle>(descriptor, file->size());
  }
  void put(std::string_view key, storage::SpoolFile& spooled) override { store_.put(key, spooled); }
  void put_all(std::span<const storage::NewObject> objects) override { store_.put_all(objects); }
  bool confirm(std::string_view key) override { return store_.confirm(key); }
  bool remove(std::string_view key) override { return store_.remove(key); }
  void list(std::string_view prefix,
            const std::function<void(std::string_view, std::int64_t)>& each) override {
    store_.list(prefix, each);
  }

 private:
  storage::ObjectStore& store_;
  const std::string folder_;
  const std::string broken_;
};

// A community of one member with photos, whose bytes lie in a store of their own.
class BackupTest : public test::DatabaseSuite {
 protected:
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    fs::create_directories(folder_ / "objects");
    store_ = storage::open_fs_store(folder_ / "objects");
    making_.emplace(db(), clock_, *store_, BackupSettings{.format = warehouse::Format::json});
    proving_.emplace(clock_, warehouse::Engine{}, open);
    add_people(db());
  }

  void add_people(db::Database& database) {
    database.write([](db::Tx& tx) {
      tx.exec(
          "INSERT INTO accounts (id, handle, email, password_hash, name, country, created_at,"
          " reserved, uploads) VALUES ($1, 'mei', 'mei@example.org', 'x', 'Méi \"T\"', 'SG', 1,"
          " 5, 1)",
          owner);
      tx.exec(
          "INSERT INTO activity (kind, actor_id, account_id, photo_id, comment_id, created_at)"
          " VALUES (1, 7, 7, 1, 0, 1)");
    });
    for (std::int64_t id = 1; id <= 20; ++id) add_photo(database, id);
  }

  static std::string bytes_of(std::int64_t photo) {
    std::string bytes = "photo " + std::to_string(photo) + ":";
    // One is too large to be put together with others.
    for (int i = 0; i < (photo == 3 ? 60'000 : 50); ++i) bytes += crypto::hex(std::string(16, 'a'));
    return bytes;
  }

  static std::string hash_of(std::int64_t photo) {
    return crypto::hex(crypto::sha256(bytes_of(photo)));
  }
  // Of an object in the target, or of any other file.
  static void flip_a_bit(const std::string& path) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    const int byte = file.get();
    file.seekp(0);
    file.put(static_cast<char>(byte ^ 4));
  }
  std::string object_path(std::int64_t photo) const {
    return folder_ / ("backups/" + vault_object_key(hash_of(photo)));
  }

  void add_photo(std::int64_t id) { add_photo(db(), id); }
  void add_photo(db::Database& database, std::int64_t id) {
    const std::string bytes = bytes_of(id);
    const std::string small = "rendition of " + bytes.substr(0, 30);
    const std::string hash = crypto::hex(crypto::sha256(bytes));
    store_->put_bytes(photos::original_key(hash), bytes);
    store_->put_bytes(photos::rendition_key(hash, "320.webp"), small);
    database.write([&](db::Tx& tx) {
      tx.exec(
          "INSERT INTO photos (id, owner_id, title, description, alt, visibility, state, width,"
          " height, renditions, original, format, bytes, file_name, created_at)"
          " VALUES ($1, $2, 'A title', '', '', 0, 3, 100, 80, '320.webp', $3, 0, $4, '', $1)",
          id, owner, hash, static_cast<std::int64_t>(bytes.size()));
      tx.exec("INSERT INTO originals (sha256, bytes) VALUES ($1, $2)", hash,
              static_cast<std::int64_t>(bytes.size()));
      tx.exec(
          "INSERT INTO renditions (original, name, sha256, bytes)"
          " VALUES ($1, '320.webp', $2, $3)",
          hash, crypto::hex(crypto::sha256(small)), static_cast<std::int64_t>(small.size()));
      tx.exec(
          "INSERT INTO photo_labels (photo_id, name, confidence, models)"
          " VALUES ($1, 'sea', 0.1, 'm')",
          id);
      tx.exec("INSERT INTO photo_sketches (photo_id, model, sketch) VALUES ($1, 'm', $2)", id,
              db::Param::bytes(std::string("\0\x01\xFF", 3)));
    });
  }

  void delete_photo(std::int64_t id) {
    const std::string hash = crypto::hex(crypto::sha256(bytes_of(id)));
    db().write([&](db::Tx& tx) {
      tx.exec("DELETE FROM photo_labels WHERE photo_id = $1", id);
      tx.exec("DELETE FROM photos WHERE id = $1", id);
      tx.exec("DELETE FROM originals WHERE sha256 = $1", hash);
    });
    store_->remove(photos::original_key(hash));
    store_->remove(photos::rendition_key(hash, "320.webp"));
  }

  // What the pages of a server would show there.
  static Opened open(const std::string& data, std::span<const PhotoId> photos) {
    Opened opened;
    const auto restored = storage::open_fs_store(data + "/objects");
    for (const PhotoId photo : photos) {
      const std::string hash = hash_of(photo.value);
      const auto file = restored->open(photos::original_key(hash));
      const bool whole = file && file->read(0, 1 << 22) == bytes_of(photo.value);
      if (whole && restored->open(photos::rendition_key(hash, "320.webp"))) {
        ++opened.pages;
      } else {
        opened.problems.push_back("Of the photo " + photo.str() + " does not open: its picture.");
      }
    }
    return opened;
  }

  Manifest make(Vault& vault, BackupOptions options = {}) {
    clock_.advance(second);
    const auto made = making_->make(vault, options);
    if (!made) throw std::logic_error(made.error().message);
    return *made;
  }
  Proof prove(Vault& vault, const Manifest& made) { return *proving_->prove(vault, made.id); }

  // The instance of another engine that takes the backup of `source`.
  static void restore_and_compare(db::Database& source, Vault& vault, const Manifest& made,
                                  db::Engine engine) {
    test::TestDatabase target(engine, test::Schema::empty);
    const Folder there;
    fs::create_directories(there / "scratch");
    fs::create_directories(there / "objects");
    const auto objects = storage::open_fs_store(there / "objects");
    storage::Spool spool(there / "spool", 0);
    RestoreService restore({});
    const RestoreOptions options{.scratch = there / "scratch"};
    ASSERT_TRUE(restore.check(made, target));
    EXPECT_EQ(made.objects.rows, restore.objects(vault, made, *objects, spool, options).written);
    EXPECT_EQ(std::vector<std::string>(), restore.rows(vault, made, target, options));
    EXPECT_TRUE(restore.is_loaded(made, target));
    EXPECT_EQ(std::vector<std::string>(), restore.compare(made, target, options));
    restore.settle(target);
    db::migrate(target);
    EXPECT_EQ(db::schema_state(target).latest, db::schema_state(target).current);
    // Again: everything is there already, and the database is not empty any more.
    EXPECT_EQ(0, restore.objects(vault, made, *objects, spool, options).written);
    ASSERT_FALSE(restore.check(made, target));
    EXPECT_EQ("restore_not_empty", restore.check(made, target).error().code);
    const auto hash = crypto::hex(crypto::sha256(bytes_of(3)));
    const auto file = objects->open(photos::original_key(hash));
    ASSERT_TRUE(file);
    EXPECT_EQ(bytes_of(3), file->read(0, 1 << 22));
    const auto last = source.read([](db::Tx& tx) {
      return tx.one("SELECT MAX(seq) FROM activity",
                    [](const db::Row& row) { return row.integer(0); });
    });
    target.write([last](db::Tx& tx) {
      const auto reserved = tx.one("SELECT reserved FROM accounts",
                                   [](const db::Row& row) { return row.integer(0); });
      EXPECT_EQ(0, reserved);
      const auto next = tx.one(
          "INSERT INTO activity (kind, actor_id, account_id, photo_id, comment_id, created_at)"
          " VALUES (1, 7, 7, 1, 0, 1) RETURNING seq",
          [](const db::Row& row) { return row.integer(0); });
      EXPECT_EQ(last.value() + 1, next);
      // Triggers work again.
      tx.exec("DELETE FROM photo_labels WHERE photo_id = 1");
      tx.exec("DELETE FROM photos WHERE id = 1");
      const auto noted = tx.one("SELECT COUNT(*) FROM deletions WHERE what = 1 AND id = 1",
                                [](const db::Row& row) { return row.integer(0); });
      EXPECT_EQ(1, noted);
    });
  }

  FakeClock clock_;
  Folder folder_;
  std::unique_ptr<storage::ObjectStore> store_;
  std::optional<BackupService> making_;
  std::optional<ProofService> proving_;
};
ON_BOTH_ENGINES(BackupTest);

TEST_P(BackupTest, ProvesItselfAndIsRestoredOntoEitherEngine) {
  Vault vault(folder_ / "backups", "");
  const Manifest made = make(vault);
  EXPECT_EQ(40, made.objects.rows);
  EXPECT_EQ(40, made.new_objects);
  EXPECT_TRUE(made.lost.empty());
  const Proof proof = prove(vault, made);
  EXPECT_EQ(std::vector<std::string>(), proof.problems);
  EXPECT_TRUE(proof.good);
  EXPECT_EQ(40, proof.objects);
  EXPECT_EQ(20, proof.pages);
  for (const db::Engine engine : {db::Engine::sqlite, db::Engine::postgres}) {
    if (test::missing(engine) == nullptr) restore_and_compare(db(), vault, made, engine);
  }
}

// Its proof restores it into SQLite.
TEST_P(BackupTest, OneInCsvProvesItselfAndIsRestored) {
  Vault vault(folder_ / "backups", "");
  const Manifest made = make(vault, {.format = warehouse::Format::csv});
  EXPECT_EQ(warehouse::Format::csv, made.format);
  EXPECT_TRUE(vault.has(made.id + "/tables/accounts.csv"));
  const Proof proof = prove(vault, made);
  EXPECT_EQ(std::vector<std::string>(), proof.problems);
  EXPECT_EQ(made.rows(), proof.rows);
  const auto engine = db::Engine::postgres;
  if (test::missing(engine) == nullptr) restore_and_compare(db(), vault, made, engine);
}

// As version 45 made them: with fewer tables, columns and triggers.
TEST_P(BackupTest, OneOfAnOlderSchemaIsRestoredAndBroughtToThisOne) {
  constexpr std::size_t older = 45;
  test::TestDatabase old(GetParam(), test::Schema::empty);
  db::migrate(old, db::migrations().first(older));
  add_people(old);
  BackupService making(old, clock_, *store_, {.format = warehouse::Format::json});
  Vault vault(folder_ / "backups", "");
  const auto made = making.make(vault, {});
  ASSERT_TRUE(made);
  EXPECT_EQ(static_cast<int>(older), made->schema);
  const Proof proof = prove(vault, *made);
  EXPECT_EQ(std::vector<std::string>(), proof.problems);
  EXPECT_EQ(20, proof.pages);
  for (const db::Engine engine : {db::Engine::sqlite, db::Engine::postgres}) {
    if (test::missing(engine) == nullptr) restore_and_compare(old, vault, *made, engine);
  }
}

// An older version kept it.
TEST_P(BackupTest, ATableThatIsLeftOutByNowIsRestoredAllTheSame) {
  using warehouse::Column;
  Vault vault(folder_ / "backups", "");
  Manifest made = make(vault);
  const std::vector<Column> columns{{"id", Column::Type::integer},
                                    {"up_to", Column::Type::integer}};
  const std::string path = folder_ / "changes-pruned.json";
  const auto writer = warehouse::write_table({}, warehouse::Format::json, path, columns);
  writer->row(std::array<warehouse::Cell, 2>{std::int64_t{1}, std::int64_t{77}});
  writer->finish();
  RowSum sum;
  sum.integer(1);
  sum.integer(77);
  sum.end_row();
  made.tables.push_back({.name = "changes_pruned",
                         .file = vault.put_file(made.id, "tables/changes-pruned.json", path),
                         .columns = columns,
                         .rows = 1,
                         .sum = sum.hex()});
  std::erase_if(made.left_out, [](const LeftOut& each) { return each.table == "changes_pruned"; });
  vault.put_manifest(made);
  test::TestDatabase target(GetParam(), test::Schema::empty);
  const Folder there;
  fs::create_directories(there / "scratch");
  EXPECT_EQ(std::vector<std::string>(),
            RestoreService({}).rows(vault, made, target, {.scratch = there / "scratch"}));
  const auto up_to = target.read([](db::Tx& tx) {
    return tx.one("SELECT up_to FROM changes_pruned",
                  [](const db::Row& row) { return row.integer(0); });
  });
  EXPECT_EQ(77, up_to);
}

// On PostgreSQL, where a server may be on another host.
TEST_P(BackupTest, WhoIsConnectedToADatabaseIsKnown) {
  test::TestDatabase target(GetParam(), test::Schema::empty);
  RestoreService restore({});
  // A connection that was closed ends in a moment.
  const auto wait_until_unused = [&] {
    while (restore.is_used(target)) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  };
  wait_until_unused();
  if (GetParam() == db::Engine::sqlite) return;
  auto other = db::open_postgres({.url = target.url(), .pool = 1});
  other->read([](db::Tx& tx) { tx.exec("SELECT 1"); });
  EXPECT_TRUE(restore.is_used(target));
  other.reset();
  wait_until_unused();
}

TEST_P(BackupTest, AProofOpensAHundredPages) {
  for (std::int64_t id = 21; id <= 120; ++id) add_photo(id);
  Vault vault(folder_ / "backups", "");
  const Proof proof = prove(vault, make(vault));
  EXPECT_EQ(std::vector<std::string>(), proof.problems);
  EXPECT_EQ(240, proof.objects);
  EXPECT_EQ(100, proof.pages);
}

TEST_P(BackupTest, EveryTableIsKeptOrHasAReasonNotToBe) {
  Vault vault(folder_ / "backups", "");
  const Manifest made = make(vault);
  db().read([&](db::Tx& tx) {
    const auto tables = db::list_tables(tx);
    EXPECT_EQ(tables.size(), made.tables.size() + made.left_out.size());
    for (const ArchivedTable& each : archived()) {
      const auto found = std::ranges::find(tables, each.table, &db::Table::name);
      if (found == tables.end()) continue;  // of a migration that is still to come
      for (const std::string_view column : each.columns) {
        EXPECT_NE(found->columns.end(),
                  std::ranges::find(found->columns, column, &db::TableColumn::name))
            << each.table << "." << column;
      }
    }
  });
}

TEST_P(BackupTest, CopiesOnlyWhatIsNew) {
  Vault vault(folder_ / "backups", "");
  make(vault);
  EXPECT_EQ(0, make(vault).new_objects);
  add_photo(21);
  const Manifest third = make(vault);
  EXPECT_EQ(2, third.new_objects);
  EXPECT_EQ(42, third.objects.rows);
  EXPECT_EQ(42, make(vault, {.again = true}).new_objects);
  EXPECT_EQ(42U, vault.keys("objects/").size());
}

TEST_P(BackupTest, OneMomentWhilePeopleGoOn) {
  Vault vault(folder_ / "backups", "");
  std::atomic<bool> stop = false;
  std::thread people([&] {
    // Not without a pause: what there is to copy would be more each time.
    for (std::int64_t n = 100; !stop; ++n) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
      db().write([&](db::Tx& tx) {
        // Both or none, whenever it is looked at.
        tx.exec("UPDATE accounts SET followers = $1 WHERE id = 7", n);
        tx.exec("UPDATE photos SET comments = $1 WHERE id = 1", n);
      });
      if (n % 10 == 0) add_photo(n);
      if (n % 20 == 0) delete_photo(n);
    }
  });
  for (int turn = 0; turn < 3; ++turn) {
    const Manifest made = make(vault);
    EXPECT_TRUE(made.lost.empty());
    const Proof proof = prove(vault, made);
    EXPECT_EQ(std::vector<std::string>(), proof.problems);
    test::TestDatabase target(db::Engine::sqlite, test::Schema::empty);
    const Folder there;
    fs::create_directories(there / "scratch");
    EXPECT_EQ(std::vector<std::string>(),
              RestoreService({}).rows(vault, made, target, {.scratch = there / "scratch"}));
    target.read([](db::Tx& tx) {
      const auto same =
          tx.one("SELECT a.followers = p.comments FROM accounts a, photos p WHERE p.id = 1",
                 [](const db::Row& row) { return row.truth(0); });
      EXPECT_EQ(true, same);
    });
  }
  stop = true;
  people.join();
}

TEST_P(BackupTest, WhatIsLostIsNamedAndWhatWentMeanwhileIsNot) {
  Vault vault(folder_ / "backups", "");
  const std::string lost = photos::original_key(crypto::hex(crypto::sha256(bytes_of(5))));
  const std::string altered = photos::original_key(crypto::hex(crypto::sha256(bytes_of(6))));
  store_->remove(lost);
  store_->put_bytes(altered, "something else");
  Manifest made = make(vault);
  EXPECT_EQ(2U, made.lost.size());
  EXPECT_FALSE(prove(vault, made).good);
  // Photos that go between the rows and the objects.
  bool done = false;
  made = make(vault, {.report = [&](const Progress& progress) {
                if (progress.stage == Stage::objects && !done) {
                  done = true;
                  for (const std::int64_t photo : {5, 6, 7, 8}) delete_photo(photo);
                }
              }});
  EXPECT_TRUE(made.lost.empty());
  const Proof proof = prove(vault, made);
  EXPECT_EQ(std::vector<std::string>(), proof.problems);
  EXPECT_EQ(16, proof.pages);  // none of what went
  const auto journal = journal_of(vault);
  EXPECT_EQ(4, std::ranges::count(journal, Deletion::What::photo, &Deletion::what));
}

// Whatever is whole in the target: what a page shows is looked at as well.
TEST_P(BackupTest, APictureThatDoesNotOpenFailsTheProof) {
  db().write([](db::Tx& tx) { tx.exec("DELETE FROM renditions WHERE original = $1", hash_of(3)); });
  Vault vault(folder_ / "backups", "");
  const Manifest made = make(vault);
  EXPECT_TRUE(made.lost.empty());
  const Proof proof = prove(vault, made);
  EXPECT_FALSE(proof.good);
  EXPECT_EQ(std::vector<std::string>{"Of the photo 3 does not open: its picture."}, proof.problems);
  EXPECT_EQ(19, proof.pages);
}

// 100 of 100, wherever they are: tables, objects, lists, manifests, the journal. A proof is none of
// it: it is made anew (Proof in backup_rules_test.cpp).
TEST_P(BackupTest, EveryFlippedBitIsFound) {
  Vault vault(folder_ / "backups",
              GetParam() == db::Engine::sqlite ? "" : "sixteen and more bytes");
  delete_photo(20);
  const Manifest made = make(vault);
  ASSERT_TRUE(prove(vault, made).good);
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder_ / "backups")) {
    const std::string path = entry.path().string();
    if (path.find("/.") == std::string::npos && entry.is_regular_file() && entry.file_size() > 0 &&
        !path.ends_with("proof.json")) {
      files.push_back(entry.path());
    }
  }
  const auto seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 chance(seed);
  int found = 0;
  constexpr int turns = 100;
  for (int turn = 0; turn < turns; ++turn) {
    const fs::path& path = files[chance() % files.size()];
    const std::uintmax_t at = chance() % fs::file_size(path);
    const int bit = 1 << chance() % 8;
    const auto flip = [&] {
      std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
      file.seekg(static_cast<std::streamoff>(at));
      const int byte = file.get();
      file.seekp(static_cast<std::streamoff>(at));
      file.put(static_cast<char>(byte ^ bit));
    };
    flip();
    const bool good = prove(vault, made).good;
    EXPECT_FALSE(good) << path << " byte " << at << " bit " << bit;
    found += good ? 0 : 1;
    flip();
  }
  EXPECT_EQ(turns, found);
  EXPECT_TRUE(prove(vault, made).good);
}

TEST_P(BackupTest, WhatIsSealedShowsNothingAndNeedsItsSecret) {
  const std::string place = folder_ / "backups";
  Vault vault(place, "sixteen and more bytes");
  const Manifest made = make(vault);
  EXPECT_TRUE(prove(vault, made).good);
  for (const auto& entry : fs::recursive_directory_iterator(place)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    EXPECT_EQ(std::string::npos, bytes.find("mei@example.org")) << entry.path();
    EXPECT_EQ(std::string::npos, bytes.find("photo 3:")) << entry.path();
  }
  Vault other(place, "another secret of 16");
  EXPECT_FALSE(prove(other, made).good);
  Vault none(place, "");
  EXPECT_FALSE(prove(none, made).good);
  EXPECT_TRUE(prove(vault, made).good);
}

TEST_P(BackupTest, AnArchiveHasFiguresAndNoPeople) {
  Vault vault(folder_ / "backups", "");
  const Manifest made = make(vault, {.kind = Kind::archive});
  EXPECT_TRUE(prove(vault, made).good);
  EXPECT_EQ(0, made.objects.rows);
  std::set<std::string> names;
  for (const BackupTable& table : made.tables) names.insert(table.name);
  EXPECT_EQ(
      (std::set<std::string>{"accounts", "active_counts", "analytics_days", "analytics_decisions",
                             "analytics_delays", "moderation_decisions", "photos",
                             "retention_weeks", "usage_days"}),
      names);
  EXPECT_TRUE(vault.keys("objects/").empty());
  std::string everything;
  for (const std::string& key : vault.keys(made.id + "/tables/")) everything += *vault.text(key);
  EXPECT_EQ(std::string::npos, everything.find("mei"));
  EXPECT_EQ(std::string::npos, everything.find("title"));
  EXPECT_NE(std::string::npos, everything.find("\"country\":\"SG\""));
  EXPECT_FALSE(RestoreService({}).check(made, db()));
}

TEST_P(BackupTest, OneThatWasInterruptedIsNoneAndIsSwept) {
  Vault vault(folder_ / "backups", "");
  for (const int steps : {3, 30, 80}) {
    int left = steps;
    EXPECT_THROW(make(vault, {.go_on = [&] { return --left > 0; }}), Stopped);
  }
  EXPECT_TRUE(vault.ids().empty());
  const Manifest made = make(vault);
  EXPECT_TRUE(prove(vault, made).good);
  EXPECT_EQ(std::vector{made.id}, vault.ids());
  int folders = 0;
  for (const auto& entry : fs::directory_iterator(folder_ / "backups")) {
    folders += is_id(entry.path().filename().string()) ? 1 : 0;
  }
  EXPECT_EQ(1, folders);
}

TEST_P(BackupTest, NobodyMakesASecondOneAtTheSameTime) {
  Vault vault(folder_ / "backups", "");
  const auto lock = VaultLock::take(vault);
  ASSERT_TRUE(lock);
  const auto second_one = making_->make(vault, {});
  ASSERT_FALSE(second_one);
  EXPECT_EQ("backup_running", second_one.error().code);
}

// Wherever its disk gets full: there is no backup, nothing is left of it, and the next one is
// whole.
TEST_P(BackupTest, ADiskThatGetsFullHasNoBackup) {
  Vault vault(folder_ / "backups", "");
  for (const int steps : {0, 1, 20}) {
    int left = steps;
    BackupService short_of_room(db(), clock_, *store_,
                                {.format = warehouse::Format::json,
                                 .has_room = [&](const std::string&) { return left-- > 0; }});
    EXPECT_THROW(static_cast<void>(short_of_room.make(vault, {})), storage::StorageError);
    EXPECT_TRUE(vault.ids().empty()) << steps;
  }
  const Manifest made = make(vault);
  EXPECT_TRUE(prove(vault, made).good);
}

// Nor is anything said about a backup that could not be restored for want of room.
TEST_P(BackupTest, ADiskThatGetsFullEndsNoProof) {
  Vault vault(folder_ / "backups", "");
  const Manifest made = make(vault);
  for (const int steps : {0, 1, 5}) {
    int left = steps;
    ProofService short_of_room(clock_, {}, {}, [&](const std::string&) { return left-- > 0; });
    EXPECT_THROW(static_cast<void>(short_of_room.prove(vault, made.id)), storage::StorageError);
    EXPECT_FALSE(vault.proof(made.id)) << steps;
  }
  EXPECT_TRUE(prove(vault, made).good);
}

TEST_P(BackupTest, TheJournalIsCopiedOnceAndInOrder) {
  Vault vault(folder_ / "backups", "");
  delete_photo(1);
  db().write([](db::Tx& tx) {
    tx.exec("UPDATE photos SET state = 5 WHERE id = 2");
    tx.exec("UPDATE photos SET state = 3 WHERE id = 2");
    tx.exec("UPDATE accounts SET avatar = 'abc' WHERE id = 7");
    tx.exec("UPDATE accounts SET avatar = '' WHERE id = 7");
    tx.exec("UPDATE accounts SET state = 2 WHERE id = 7");
    tx.exec("UPDATE accounts SET state = 0 WHERE id = 7");
  });
  EXPECT_EQ(6, making_->ship_journal(vault));
  EXPECT_EQ(0, making_->ship_journal(vault));
  std::vector<Deletion::What> what;
  for (const Deletion& each : journal_of(vault)) what.push_back(each.what);
  using enum Deletion::What;
  EXPECT_EQ((std::vector{photo, removed, reinstated, avatar, left, returned}), what);
  EXPECT_EQ("abc", journal_of(vault)[3].name);
}

// Each kind by the change that makes it, and nothing by others: what a restore replays is written.
TEST_P(BackupTest, EveryKindOfDeletionIsWrittenAndRead) {
  constexpr Micros later = 4'000'000'000 * second;
  db().write([&](db::Tx& tx) {
    tx.exec(
        "INSERT INTO accounts (id, handle, email, password_hash, name, country, created_at)"
        " VALUES (8, 'tom', 'tom@example.org', 'x', 'Tom', 'SG', 1)");
    tx.exec(
        "INSERT INTO collections (id, owner_id, name, visibility, created_at, changed_at)"
        " VALUES (1, 7, 'Boats', 0, 1, 1)");
    tx.exec(
        "INSERT INTO comments (id, photo_id, parent_id, author_id, state, text, created_at)"
        " VALUES (1, 2, 0, 7, 0, 'A word.', 1)");
    for (const std::int64_t id : {1, 2}) {
      const std::string hash = std::to_string(id);
      tx.exec(
          "INSERT INTO sessions (id, account_id, token_hash, user_agent, address, created_at,"
          " last_used_at, expires_at) VALUES ($1, 7, $2, '', '', 1, 1, $3)",
          id, db::Param::bytes(hash), id == 1 ? later : 1);
      tx.exec(
          "INSERT INTO tokens (id, account_id, name, token_hash, scopes, created_at, last_used_at,"
          " expires_at) VALUES ($1, 7, 'A token', $2, 1, 1, 1, $3)",
          id, db::Param::bytes(hash), id == 1 ? 0 : 1);
    }
  });
  delete_photo(1);
  db().write([](db::Tx& tx) {
    tx.exec("DELETE FROM accounts WHERE id = 8");
    tx.exec("DELETE FROM collections");
    for (const int state : {3, 2, 0}) tx.exec("UPDATE comments SET state = $1", state);
    tx.exec("DELETE FROM comments");
    for (const int state : {5, 4, 5}) {
      tx.exec("UPDATE photos SET state = $1 WHERE id = 2", state);
    }
    for (int twice = 0; twice < 2; ++twice) {
      tx.exec("UPDATE photos SET original = '' WHERE id = 2");
    }
    for (const char* avatar : {"abc", ""}) tx.exec("UPDATE accounts SET avatar = $1", avatar);
    for (const int state : {2, 0}) tx.exec("UPDATE accounts SET state = $1", state);
    // What is over by its time is no word.
    for (const int id : {2, 1}) tx.exec("DELETE FROM tokens WHERE id = $1", id);
    tx.exec("UPDATE sessions SET last_used_at = 2");
    tx.exec("UPDATE sessions SET id = 9 WHERE id = 1");
    for (const int id : {2, 9}) tx.exec("DELETE FROM sessions WHERE id = $1", id);
  });
  Vault vault(folder_ / "backups", "");
  making_->ship_journal(vault);
  std::vector<std::string> words;
  std::set<Deletion::What> kinds;
  for (const Deletion& each : journal_of(vault)) {
    kinds.insert(each.what);
    words.push_back(std::string(name_of(each.what)) + " " + std::to_string(each.id) +
                    (each.name.empty() ? "" : " " + each.name));
  }
  EXPECT_EQ((std::vector<std::string>{"photo 1", "account 8", "collection 1", "comment_removed 1",
                                      "comment_reinstated 1", "comment 1", "removed 2",
                                      "reinstated 2 4", "removed 2", "erased 2", "avatar 7 abc",
                                      "left 7", "returned 7", "token 1", "session 1", "session 9"}),
            words);
  EXPECT_EQ(static_cast<std::size_t>(Deletion::kinds), kinds.size());
}

// Tables of somebody else's: refused, and as they were.
TEST_P(BackupTest, ADatabaseThatIsNotOursIsRefusedAndKeepsEverything) {
  Vault vault(folder_ / "backups", "");
  const Manifest made = make(vault);
  const Folder there;
  fs::create_directories(there / "scratch");
  RestoreService restore({});
  const auto orders = [](db::Database& target) {
    return target.read([](db::Tx& tx) {
      return tx.one("SELECT count(*) FROM orders",
                    [](const db::Row& row) { return row.integer(0); });
    });
  };
  for (const auto schema : {test::Schema::empty, test::Schema::migrated}) {
    test::TestDatabase target(GetParam(), schema);
    ASSERT_TRUE(restore.check(made, target));
    target.write([](db::Tx& tx) {
      tx.script(
          "CREATE TABLE customers (id BIGINT PRIMARY KEY, top_order BIGINT);"
          "CREATE TABLE orders (id BIGINT PRIMARY KEY, customer BIGINT REFERENCES customers (id))");
      tx.exec("INSERT INTO orders (id) VALUES (1)");
    });
    const auto fits = restore.check(made, target);
    ASSERT_FALSE(fits);
    EXPECT_EQ("restore_not_ours", fits.error().code);
    EXPECT_NE(std::string::npos, fits.error().message.find("customers"));
    // Whoever did not ask empties none but its own.
    if (schema == test::Schema::migrated) {
      EXPECT_TRUE(restore.rows(vault, made, target, {.scratch = there / "scratch"}).empty());
    }
    EXPECT_EQ(1, orders(target));
  }
  // Of our names, and not by our migrations.
  test::TestDatabase target(GetParam(), test::Schema::empty);
  target.write([](db::Tx& tx) { tx.exec("CREATE TABLE accounts (id BIGINT PRIMARY KEY)"); });
  EXPECT_FALSE(restore.check(made, target));
}

TEST_P(BackupTest, RowsThatAreNotThoseThatWereBackedUpAreFoundAndNotLeft) {
  Vault vault(folder_ / "backups", "");
  Manifest made = make(vault);
  const auto table = std::ranges::find(made.tables, "photos", &BackupTable::name);
  ASSERT_NE(made.tables.end(), table);
  table->sum = std::string(32, '0');
  vault.put_manifest(made);
  const Proof proof = prove(vault, made);
  EXPECT_FALSE(proof.good);
  ASSERT_EQ(1U, proof.problems.size());
  EXPECT_NE(std::string::npos, proof.problems[0].find("Rows of the table photos"));
  test::TestDatabase target(GetParam(), test::Schema::empty);
  const Folder there;
  fs::create_directories(there / "scratch");
  RestoreService restore({});
  EXPECT_EQ(1U, restore.rows(vault, made, target, {.scratch = there / "scratch"}).size());
  EXPECT_FALSE(restore.is_loaded(made, target));
  EXPECT_TRUE(restore.check(made, target));  // of another backup, too
}

TEST_P(BackupTest, ARestoreThatWasEndedAnywhereGoesOn) {
  for (std::int64_t id = 21; id <= 120; ++id) add_photo(id);  // more objects than one piece
  Vault vault(folder_ / "backups", "");
  const Manifest made = make(vault);
  test::TestDatabase target(GetParam(), test::Schema::empty);
  const Folder there;
  fs::create_directories(there / "scratch");
  fs::create_directories(there / "objects");
  const auto objects = storage::open_fs_store(there / "objects");
  storage::Spool spool(there / "spool", 0);
  RestoreService restore({});
  std::set<Stage> ended_in;
  Stage stage = Stage::rows;
  int left = 0;
  RestoreOptions options{.scratch = there / "scratch"};
  options.report = [&](const Progress& progress) { stage = progress.stage; };
  options.go_on = [&] { return left-- > 0; };
  std::vector<std::string> problems{"not done"};
  for (int steps = 1; !problems.empty(); steps += steps < 4 ? 1 : 11) {
    ASSERT_LT(steps, 2'000);
    left = steps;
    ASSERT_TRUE(restore.check(made, target)) << steps;
    EXPECT_FALSE(restore.is_loaded(made, target)) << steps;
    try {
      restore.objects(vault, made, *objects, spool, options);
      problems = restore.rows(vault, made, target, options);
    } catch (const Stopped&) {
      ended_in.insert(stage);
    }
  }
  EXPECT_EQ((std::set{Stage::objects, Stage::restoring, Stage::comparing}), ended_in);
  left = 1'000;
  EXPECT_TRUE(restore.is_loaded(made, target));
  EXPECT_EQ(std::vector<std::string>(), restore.compare(made, target, options));
  EXPECT_EQ(0, restore.objects(vault, made, *objects, spool, options).written);
}

TEST_P(BackupTest, ARestoreGoesOnPastWhatIsDamagedAndNamesIt) {
  Vault vault(folder_ / "backups", "");
  const Manifest made = make(vault);
  flip_a_bit(object_path(3));  // a large one
  flip_a_bit(object_path(4));
  fs::remove(object_path(5));
  const Folder there;
  fs::create_directories(there / "scratch");
  fs::create_directories(there / "objects");
  const auto objects = storage::open_fs_store(there / "objects");
  storage::Spool spool(there / "spool", 0);
  const ObjectsPut put =
      RestoreService({}).objects(vault, made, *objects, spool, {.scratch = there / "scratch"});
  EXPECT_EQ(3, put.damaged);
  EXPECT_EQ(made.objects.rows - 3, put.written);
  std::set<std::string> expected;
  for (const std::int64_t photo : {3, 4, 5}) expected.insert(photos::original_key(hash_of(photo)));
  EXPECT_EQ(expected, std::set(put.named.begin(), put.named.end()));
  EXPECT_FALSE(objects->open(photos::original_key(hash_of(4))));
  EXPECT_TRUE(objects->open(photos::original_key(hash_of(6))));
}

TEST_P(BackupTest, WhatAProofFindsDamagedIsCopiedAnew) {
  Vault vault(folder_ / "backups", "");
  const Manifest first = make(vault);
  flip_a_bit(object_path(3));
  flip_a_bit(object_path(4));
  EXPECT_FALSE(prove(vault, first).good);
  EXPECT_EQ((std::set<std::string, std::less<>>{hash_of(3), hash_of(4)}), vault.suspects());
  const Manifest next = make(vault);
  EXPECT_EQ(2, next.new_objects);
  EXPECT_TRUE(prove(vault, next).good);
  EXPECT_TRUE(prove(vault, first).good);  // which has the same objects
  EXPECT_TRUE(vault.suspects().empty());
  EXPECT_EQ(0, make(vault).new_objects);
}

// It is the secret, or the disk: anew they would be taken from the backups before.
TEST_P(BackupTest, WhereMostIsDamagedNothingIsCopiedAnew) {
  Vault vault(folder_ / "backups", "");
  const Manifest made = make(vault);
  for (int photo = 1; photo <= 20; ++photo) flip_a_bit(object_path(photo));
  const std::string small = "rendition of " + bytes_of(1).substr(0, 30);
  flip_a_bit(folder_ / "backups/" + vault_object_key(crypto::hex(crypto::sha256(small))));
  EXPECT_FALSE(prove(vault, made).good);
  EXPECT_TRUE(vault.suspects().empty());
}

TEST_P(BackupTest, OneThatCannotBeReadIsLostAndStopsNobody) {
  DyingStore dying(*store_, folder_ / "objects", photos::original_key(hash_of(4)));
  ASSERT_THROW(dying.open(photos::original_key(hash_of(4)))->read(0, 1), std::system_error);
  BackupService making(db(), clock_, dying, {.format = warehouse::Format::json});
  Vault vault(folder_ / "backups", "");
  const auto made = making.make(vault, {});
  ASSERT_TRUE(made);
  EXPECT_EQ(std::vector{photos::original_key(hash_of(4))}, made->lost);
  EXPECT_EQ(39, made->new_objects);
  EXPECT_FALSE(prove(vault, *made).good);
}

TEST_P(BackupTest, WhatIsDamagedHereAndGoodInTheTargetIsNotLost) {
  Vault vault(folder_ / "backups", "");
  make(vault);
  store_->put_bytes(photos::original_key(hash_of(6)), "something else");
  store_->remove(photos::original_key(hash_of(7)));
  const Manifest again = make(vault, {.again = true});
  EXPECT_TRUE(again.lost.empty());
  EXPECT_EQ(38, again.new_objects);
  EXPECT_TRUE(prove(vault, again).good);
  // Where neither is good, it is.
  flip_a_bit(object_path(6));
  EXPECT_EQ(std::vector{photos::original_key(hash_of(6))}, make(vault, {.again = true}).lost);
}

TEST_P(BackupTest, LostRenditionsAndAvatarsFailTheProofByName) {
  Vault vault(folder_ / "backups", "");
  const std::string rendition = photos::rendition_key(hash_of(8), "320.webp");
  store_->remove(rendition);
  db().write([](db::Tx& tx) {
    tx.exec("UPDATE accounts SET avatar = '0123456789abcdef' WHERE id = $1", owner);
  });
  const Proof proof = prove(vault, make(vault));
  EXPECT_FALSE(proof.good);
  const auto named = [&](const std::string& what) {
    return std::ranges::any_of(proof.problems, [&](const std::string& problem) {
      return problem.find(what) != std::string::npos;
    });
  };
  EXPECT_TRUE(named(rendition + " was missing or altered"));
  EXPECT_TRUE(named("made anew from its original"));
  const auto size = std::to_string(*std::begin(accounts::avatar_sizes));
  EXPECT_TRUE(named(accounts::avatar_key("0123456789abcdef", size)));
}

TEST_P(BackupTest, AForeignTargetGetsTheWholeJournalAndMarksNothing) {
  Vault mine(folder_ / "backups", "");
  Vault foreign(folder_ / "elsewhere", "");
  delete_photo(1);
  EXPECT_EQ(1, making_->ship_journal(mine));
  delete_photo(2);
  make(foreign, {.foreign = true});
  EXPECT_EQ(2U, journal_of(foreign).size());
  make(foreign, {.foreign = true});
  EXPECT_EQ(2U, journal_of(foreign).size());  // once
  EXPECT_EQ(1, making_->ship_journal(mine));
  EXPECT_EQ(2U, journal_of(mine).size());
}

// Nothing that is not sealed is in the target at any time, or stays behind.
TEST_P(BackupTest, WhatIsNotSealedYetLiesElsewhere) {
  const std::string place = folder_ / "backups";
  const auto is_open = [&](const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    return bytes.find("mei@example.org") != std::string::npos;
  };
  const auto any_open = [&](const std::string& below) {
    for (const auto& entry : fs::recursive_directory_iterator(below)) {
      if (entry.is_regular_file() && is_open(entry.path())) return true;
    }
    return false;
  };
  bool scratch_had_any = false;
  bool target_had_any = false;
  {
    Vault vault(place, "sixteen and more bytes", folder_ / "scratch");
    int calls = 0;
    const auto look = [&] {
      if (++calls % 8 != 0) return true;  // there are many of them
      scratch_had_any = scratch_had_any || any_open(folder_ / "scratch");
      target_had_any = target_had_any || any_open(place);
      return true;
    };
    const Manifest made = make(vault, {.go_on = look});
    const auto proof = proving_->prove(
        vault, made.id, [](const Progress&) {}, look);
    ASSERT_TRUE(proof);
    EXPECT_TRUE(proof->good);
  }
  EXPECT_TRUE(scratch_had_any);
  EXPECT_FALSE(target_had_any);
  EXPECT_TRUE(fs::is_empty(folder_ / "scratch"));
  EXPECT_EQ(fs::perms::owner_all, fs::status(folder_ / "scratch").permissions());
}

TEST(Scratch, OfWhoeverWasKilledIsSweptAndOfWhoeverLivesIsNot) {
  const Folder folder;
  const std::string base = folder / "scratch";
  std::optional<ScratchFolder> living(base);
  std::ofstream(living->path() + "/rows") << "people";
  // As a process leaves it that is killed: its files, and a lock that nobody holds.
  fs::create_directories(base + "/dead");
  std::ofstream(base + "/dead/rows") << "people";
  std::ofstream(base + "/dead/lock") << "";
  sweep_scratch(base);
  EXPECT_FALSE(fs::exists(base + "/dead"));
  EXPECT_TRUE(fs::exists(living->path() + "/rows"));
  living.reset();
  EXPECT_TRUE(fs::is_empty(base));
}

TEST(Target, AFolderThatWasThereKeepsItsModes) {
  const Folder folder;
  fs::create_directories(folder / "there");
  const auto open_to_all = fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec;
  fs::permissions(folder / "there", open_to_all);
  const Vault there(folder / "there", "");
  EXPECT_EQ(open_to_all, fs::status(folder / "there").permissions());
  const Vault fresh(folder / "fresh", "");
  EXPECT_EQ(fs::perms::owner_all, fs::status(folder / "fresh").permissions());
}

}  // namespace
}  // namespace picsharz::backups
