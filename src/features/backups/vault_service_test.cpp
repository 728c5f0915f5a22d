// What lies in a target when calls of its disk fail, and whether it is still the one that was
// opened.
#include "features/backups/vault_service.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "db/migrations.h"
#include "features/backups/backup_service.h"
#include "features/backups/proof_service.h"
#include "features/backups/test_folder.h"
#include "features/photos/photo.h"
#include "storage/faulty_file_system_test.h"

namespace picsharz::backups {
namespace {

class FullTarget : public testing::TestWithParam<std::string> {
 protected:
  std::string target() const { return folder_ / "target"; }
  std::string file() const {
    const std::string path = folder_ / "rows.json";
    std::ofstream(path) << "{\"planet\":\"Mars\"}\n";
    return path;
  }
  Vault open(storage::FileSystem& files = storage::real_file_system()) const {
    return {target(), key_, ".spool", "", files};
  }
  // Files of backups, and what was on its way to one.
  int left() const {
    int count = 0;
    for (const auto& each : std::filesystem::recursive_directory_iterator(target())) {
      count += each.is_regular_file() ? 1 : 0;
    }
    return count;
  }
  // Fails each call in turn until `work` has all that it needs; how many there were.
  template <class Work>
  int fail_every_call(Work work) {
    for (int n = 1;; ++n) {
      SCOPED_TRACE("call " + std::to_string(n));
      storage::FailingFileSystem files;
      Vault vault = open(files);
      files.fail_call(n, ENOSPC);
      try {
        work(vault);
      } catch (const storage::StorageFull&) {
        EXPECT_TRUE(files.failed());
      }
      if (!files.failed()) return n - 1;
      EXPECT_EQ(left(), 0);
      EXPECT_TRUE(open().ids().empty());
    }
  }

  const Folder folder_;
  const std::optional<crypto::SealKey> key_ = vault_key(GetParam());
};
INSTANTIATE_TEST_SUITE_P(, FullTarget, testing::Values("", "sixteen and more bytes"),
                         [](const auto& info) {
                           return std::string(info.param.empty() ? "plain" : "sealed");
                         });

TEST_P(FullTarget, AFileIsThereWholeOrNotAtAll) {
  const std::string id = "20261129t001500z";
  const int calls =
      fail_every_call([&](Vault& vault) { vault.put_file(id, "tables/planets.json", file()); });
  EXPECT_GT(calls, 5);
  std::string text;
  open().read(vault_file_key(id, "tables/planets.json"),
              [&](std::string_view piece) { text += piece; });
  EXPECT_EQ(text, "{\"planet\":\"Mars\"}\n");
}

TEST_P(FullTarget, AManifestThatHasNoRoomIsNoBackup) {
  const Manifest made{.id = "20261129t001500z", .engine = "sqlite"};
  for (int n = 1;; ++n) {
    SCOPED_TRACE("call " + std::to_string(n));
    storage::FailingFileSystem files;
    Vault vault = open(files);
    files.fail_call(n, ENOSPC);
    try {
      vault.put_manifest(made);
    } catch (const storage::StorageFull&) {
      EXPECT_TRUE(files.failed());
    }
    if (!files.failed()) break;
    EXPECT_FALSE(open().manifest(made.id));
    EXPECT_TRUE(open().ids().empty());
  }
  ASSERT_TRUE(open().manifest(made.id));
}

// Of a whole backup: what could not be written is no backup, and the next one proves itself.
TEST_P(FullTarget, ABackupThatHasNoRoomLeavesNone) {
  FakeClock clock;
  const auto database = db::open_sqlite({.path = folder_ / "picsharz.db"});
  db::migrate(*database);
  std::filesystem::create_directories(folder_ / "objects");
  const auto store = storage::open_fs_store(folder_ / "objects");
  const std::string hash = crypto::hex(crypto::sha256("a picture"));
  store->put_bytes(photos::original_key(hash), "a picture");
  database->write([&](db::Tx& tx) {
    tx.exec(
        "INSERT INTO accounts (id, handle, email, password_hash, name, country, created_at)"
        " VALUES (7, 'mei', 'mei@example.org', 'x', 'Mei', 'SG', 1)");
    tx.exec("INSERT INTO originals (sha256, bytes) VALUES ($1, 9)", hash);
    tx.exec(
        "INSERT INTO photos (id, owner_id, title, description, alt, visibility, state, width,"
        " height, renditions, original, format, bytes, file_name, created_at)"
        " VALUES (1, 7, 'A title', '', '', 0, 3, 100, 80, '', $1, 0, 1, '', 1)",
        hash);
  });
  BackupService making(*database, clock, *store, {.format = warehouse::Format::json});
  int failures = 0;
  for (int n = 1;; n *= 5) {
    SCOPED_TRACE("call " + std::to_string(n));
    clock.advance(second);
    storage::FailingFileSystem files;
    Vault vault = open(files);
    files.fail_call(n, ENOSPC);
    try {
      EXPECT_TRUE(making.make(vault, {}));
    } catch (const storage::StorageFull&) {
      ++failures;
      EXPECT_TRUE(files.failed());
    }
    if (!files.failed()) break;
    EXPECT_TRUE(open().ids().empty());
  }
  EXPECT_GT(failures, 2);
  Vault vault = open();
  const auto ids = vault.ids();
  ASSERT_EQ(ids.size(), 1U);
  ProofService proving(clock, {}, [](const std::string&, std::span<const PhotoId> photos) {
    return Opened{.pages = std::ssize(photos)};
  });
  EXPECT_EQ(proving.prove(vault, ids.front())->problems, std::vector<std::string>());
  // What the others left behind was swept.
  const auto folders = std::filesystem::directory_iterator(target());
  EXPECT_EQ(std::count_if(begin(folders), end(folders),
                          [](const auto& each) { return is_id(each.path().filename().string()); }),
            1);
}

TEST(VaultPlaces, AreThoseThatWereOpened) {
  const Folder folder;
  const std::string target = folder / "target";
  const Vault vault(target, "");
  EXPECT_TRUE(vault.is_here());
  std::filesystem::rename(target, folder / "away");
  EXPECT_FALSE(vault.is_here());
  std::filesystem::create_directory(target);
  EXPECT_FALSE(vault.is_here());
  std::filesystem::remove(target);
  std::filesystem::rename(folder / "away", target);
  EXPECT_TRUE(vault.is_here());
}

// Of an instance, and of a secret; an earlier version has written the first line alone.
TEST(VaultMarks, SayWhoseTheTargetIsAndOfWhichSecret) {
  const Folder folder;
  const std::string target = folder / "target";
  Vault(target, "").put_owner("one");
  EXPECT_EQ(owner_of(target), "one");
  EXPECT_EQ(marked_secret_of(target), "plain");
  Vault(target, "sixteen and more bytes").put_owner("one");
  EXPECT_EQ(owner_of(target), "one");
  EXPECT_EQ(marked_secret_of(target), secret_mark(vault_key("sixteen and more bytes")));
  EXPECT_NE(marked_secret_of(target), secret_mark(vault_key("sixteen other bytes")));
  for (const char* text : {"one\n", "one", "one\n\n"}) {
    std::ofstream(target + "/.owner") << text;
    EXPECT_EQ(owner_of(target), "one");
    EXPECT_EQ(marked_secret_of(target), std::nullopt);
  }
  std::ofstream(target + "/.owner") << "\n";
  EXPECT_EQ(owner_of(target), std::nullopt);
}

}  // namespace
}  // namespace picsharz::backups
