// The whole path of an upload, from the spool to the photo's row, when power is lost (R3), when
// calls fail (R4), and when the process dies between any two of them.
#include <array>
#include <cstdlib>
#include <map>

#include "features/photos/photo_world_test.h"
#include "features/uploads/resumable_service.h"
#include "storage/faulty_file_system_test.h"
#include "support/mortal_database.h"
#include "support/test_database.h"

namespace picsharz::uploads {
namespace {

using photos::test::png_bytes;
using storage::ScratchDirectory;
using storage::VolatileFileSystem;

// The program, as far as it takes uploads, on one disk.
struct Program {
  Program(db::Database& real, VolatileFileSystem* mortal, storage::FileSystem& files,
          const std::string& disk, FakeClock& time, IdSource& source)
      : database(real, [mortal] { return mortal == nullptr || mortal->step(); }),
        ids(source),
        queue(database, ids, time),
        store(storage::open_fs_store(disk + "/objects", files)),
        spool(disk + "/spool", 0, files),
        key("a key of thirty-two bytes, or so."),
        signer(key, time),
        cache(*store, 16),
        changes(database, time),
        media(database, time, changes, cache, signer),
        photos(database, ids, time, queue, media),
        simple(photos, spool, *store),
        resumable(database, ids, time, photos, simple, spool, *store) {}

  test::MortalDatabase database;
  IdSource& ids;
  jobs::Queue queue;
  std::unique_ptr<storage::ObjectStore> store;
  storage::Spool spool;
  crypto::HmacKey key;
  photos::MediaSigner signer;
  storage::FileCache cache;
  db::ChangeLog changes;
  photos::MediaService media;
  photos::PhotoService photos;
  UploadService simple;
  ResumableService resumable;
};

std::string content(storage::ObjectStore& store, const std::string& sha256) {
  const auto file = store.open(photos::original_key(sha256));
  if (!file) return "(absent)";
  std::string bytes(static_cast<std::size_t>(file->size()), '\0');
  EXPECT_EQ(::pread(file->descriptor(), bytes.data(), bytes.size(), 0), file->size());
  return bytes;
}

struct Acknowledged {
  std::string bytes;
  std::int64_t offset = 0;
  bool photo = false;
};

class CrashTest : public test::DatabaseSuite {
 protected:
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    db().write([&](db::Tx& tx) {
      tx.exec(
          "INSERT INTO accounts (id, handle, email, password_hash, name, country, created_at)"
          " VALUES (7, 'mei', 'mei', '', 'Mei', 'MY', 0)");
    });
  }

  std::string picture() {
    const std::size_t salt = random_() % 3 == 0 ? 600'000 + random_() % 100'000 : random_() % 5'000;
    return png_bytes(100, 100, std::to_string(random_()) + std::string(salt, 's'));
  }
  // One step of a client; throws or returns an error where the server died.
  void step(Program& program);
  void begin(Program& program);
  void go_on(Program& program, UploadId id, Acknowledged& upload);
  void lose_power(std::uint64_t seed);
  void check(Program& after);

  Viewer mei_{.account = AccountId{7}};
  FakeClock clock_;
  IdSource ids_{clock_, 1};
  std::mt19937_64 random_;
  std::map<UploadId, Acknowledged> uploads_;
  std::map<std::string, std::string> simple_;  // SHA-256 -> bytes, acknowledged
  std::map<std::string, std::string> sent_;    // SHA-256 -> bytes, whether acknowledged or not
};
ON_BOTH_ENGINES(CrashTest);

void CrashTest::begin(Program& program) {
  const std::string bytes = picture();
  const std::string sha256 = crypto::hex(crypto::sha256(bytes));
  sent_[sha256] = bytes;
  if (random_() % 3 == 0) {
    auto upload = program.simple.begin(mei_, -1);
    if (!upload || !(*upload)->write(bytes)) return;
    if (program.simple.finish(mei_, **upload, {}, "")) simple_[sha256] = bytes;
    return;
  }
  const auto size = static_cast<std::int64_t>(bytes.size());
  const auto created =
      program.resumable.create(mei_, {.length = size, .fields = {}, .file_name = ""});
  if (created) uploads_[created->id] = {bytes, 0, false};
}

void CrashTest::go_on(Program& program, UploadId id, Acknowledged& upload) {
  // The model may lose both names of a file that is renamed from one directory to another, which
  // journaling file systems do not. Then an upload that was whole, and not yet acknowledged as a
  // photo, begins anew; to keep its offset as well, the store would have to link instead.
  const bool whole = db().read([&](db::Tx& tx) {
    const auto row = UploadStore().find(tx, id);
    return row && row->complete();
  });
  const auto now = program.resumable.look(mei_, id);
  if (!now) return;
  if (whole && now->received == 0) upload.offset = 0;
  EXPECT_GE(now->received, upload.offset) << "an acknowledged offset went back";
  upload.photo = upload.photo || now->photo.has_value();
  if (now->photo) return;
  auto append = program.resumable.append(mei_, id, {.offset = now->received});
  if (!append) return;
  const std::string_view rest =
      std::string_view(upload.bytes).substr(static_cast<std::size_t>(now->received));
  const std::string_view piece =
      rest.substr(0, random_() % 3 == 0 ? rest.size() : random_() % 400'000);
  for (std::size_t at = 0; at < piece.size(); at += 65'536) {
    if (!(*append)->write(piece.substr(at, 65'536))) return;
    if ((*append)->wants_sync() && !(*append)->sync()) return;
  }
  if (random_() % 4 == 0) return;  // the client is cut off here
  const auto done = (*append)->finish();
  if (!done) return;
  upload.offset = done->received;
  upload.photo = done->photo.has_value();
}

void CrashTest::step(Program& program) {
  std::vector<UploadId> open;
  for (const auto& [id, upload] : uploads_) {
    if (!upload.photo) open.push_back(id);
  }
  if (open.empty() || random_() % 3 == 0) return begin(program);
  const UploadId id = open[random_() % open.size()];
  go_on(program, id, uploads_.at(id));
}

void CrashTest::check(Program& after) {
  // Acknowledged bytes are there; an upload that was not complete can be completed.
  for (const auto& [sha256, bytes] : simple_) EXPECT_EQ(content(*after.store, sha256), bytes);
  for (auto& [id, upload] : uploads_) {
    for (int tries = 0; tries < 40 && !upload.photo; ++tries) go_on(after, id, upload);
    EXPECT_TRUE(upload.photo);
    const std::string sha256 = crypto::hex(crypto::sha256(upload.bytes));
    EXPECT_TRUE(content(*after.store, sha256) == upload.bytes) << "lost or torn";
  }
  // No row without its bytes, acknowledged or not; one photo for one upload at most.
  std::map<std::string, int> rows;
  db().read([&](db::Tx& tx) {
    tx.each("SELECT original FROM photos", [&](const db::Row& row) { ++rows[row.string(0)]; });
  });
  for (const auto& [original, count] : rows) {
    ASSERT_TRUE(sent_.contains(original));
    EXPECT_TRUE(content(*after.store, original) == sent_.at(original)) << "a row without bytes";
    EXPECT_EQ(count, 1);
  }
  const auto counted = [&](const db::Sql& sql) {
    return db().read([&](db::Tx& tx) {
      return tx.one(sql, [](const db::Row& row) { return row.integer(0); }).value_or(-1);
    });
  };
  EXPECT_EQ(counted("SELECT bytes FROM accounts"), counted("SELECT SUM(bytes) FROM photos"));
  EXPECT_EQ(counted("SELECT reserved FROM accounts"),
            counted("SELECT SUM(reserved) FROM uploads WHERE state = 0"));
  after.resumable.sweep();
  EXPECT_EQ(after.spool.sweep(), 0) << "temporary files outlived the start";
}

void CrashTest::lose_power(std::uint64_t seed) {
  SCOPED_TRACE("PICSHARZ_SEED=" + std::to_string(seed));
  random_.seed(seed);
  uploads_.clear(), simple_.clear(), sent_.clear();
  db().write([](db::Tx& tx) {
    tx.exec("DELETE FROM photos");
    tx.exec("DELETE FROM uploads");
    tx.exec("DELETE FROM jobs");
    tx.exec("UPDATE accounts SET bytes = 0, reserved = 0, uploads = 0");
  });
  ScratchDirectory scratch(storage::quick_directory());
  const std::string disk = scratch / "disk";
  for (const char* name : {"", "/objects", "/objects/.tmp", "/spool"}) {
    std::filesystem::create_directories(disk + name);
  }
  VolatileFileSystem files(disk, random_);
  for (const char* name : {"/objects", "/objects/.tmp", "/spool"}) files.adopt_durable(disk + name);
  for (int life = 0; life < 2; ++life) {
    files.die_after(-1);
    Program program(db(), &files, files, disk, clock_, ids_);
    program.spool.sweep();
    files.die_after(static_cast<int>(random_() % 60) + 1);
    while (!files.dead()) {
      try {
        step(program);
      } catch (const db::DatabaseError&) {
        EXPECT_TRUE(files.dead());
      }
    }
  }
  files.recover(scratch / "after");
  Program after(db(), nullptr, storage::real_file_system(), scratch / "after", clock_, ids_);
  after.spool.sweep();
  check(after);
}

TEST_P(CrashTest, WhatWasAcknowledgedIsThereAfterPowerLoss) {
  const char* again = std::getenv("PICSHARZ_SEED");
  const char* many = std::getenv("PICSHARZ_CRASHES");
  const std::uint64_t first = again ? std::strtoull(again, nullptr, 10) : std::random_device{}();
  // Two lives each, so 240 crash points on the two engines together, beside the thousand of the
  // files alone (storage_faults_test.cpp); many more at night.
  const std::uint64_t count = many ? std::strtoull(many, nullptr, 10) : 60;
  std::printf("[   seed   ] %llu\n", static_cast<unsigned long long>(first));
  for (std::uint64_t seed = first; seed < first + count && !HasFailure(); ++seed) lose_power(seed);
}

// Fails the n-th call of a whole upload for every n, until one passes untouched.
struct Way {
  const char* name;
  Result<void> (*upload)(Program& program, const Viewer& viewer, const std::string& bytes);
};

Result<void> upload_simply(Program& program, const Viewer& viewer, const std::string& bytes) {
  TRY_ASSIGN(auto upload, program.simple.begin(viewer, -1));
  TRY(upload->write(bytes));
  TRY_ASSIGN(auto view, program.simple.finish(viewer, *upload, {}, ""));
  return {};
}

Result<void> upload_resumably(Program& program, const Viewer& viewer, const std::string& bytes) {
  const auto size = static_cast<std::int64_t>(bytes.size());
  TRY_ASSIGN(const auto created,
             program.resumable.create(viewer, {.length = size, .fields = {}, .file_name = ""}));
  const std::size_t half = bytes.size() / 2;
  for (const std::size_t from : {std::size_t{0}, half}) {
    const auto offset = static_cast<std::int64_t>(from);
    TRY_ASSIGN(auto append, program.resumable.append(viewer, created.id, {.offset = offset}));
    TRY(append->write(std::string_view(bytes).substr(from, from == 0 ? half : std::string::npos)));
    if (append->wants_sync()) TRY(append->sync());
    TRY_ASSIGN(auto done, append->finish());
  }
  return {};
}

class FaultTest : public CrashTest {
 protected:
  int fail_every_call(const Way& way, int error) {
    const std::string bytes = png_bytes(100, 100, std::string(600'000, 's'));
    for (int n = 1;; ++n) {
      SCOPED_TRACE(std::string(way.name) + ", call " + std::to_string(n));
      db().write([](db::Tx& tx) {
        tx.exec("DELETE FROM photos");
        tx.exec("DELETE FROM uploads");
        tx.exec("UPDATE accounts SET bytes = 0, reserved = 0, uploads = 0");
      });
      ScratchDirectory scratch(storage::quick_directory());
      std::filesystem::create_directories(scratch / "objects");
      storage::FailingFileSystem files;
      Program program(db(), nullptr, files, scratch.path(), clock_, ids_);
      files.fail_call(n, error);
      const auto outcome = way.upload(program, mei_, bytes);
      EXPECT_EQ(outcome.has_value(), !files.failed());
      EXPECT_FALSE(files.synced_again());
      if (!files.failed()) return n - 1;
      if (outcome) return -1;
      const bool full = error == ENOSPC;
      EXPECT_EQ(outcome.error().kind, full ? ErrorKind::storage_full : ErrorKind::unavailable);
      EXPECT_EQ(outcome.error().code, full ? "storage_full" : "unavailable");
      EXPECT_EQ(rows("SELECT count(*) FROM photos"), 0);
      EXPECT_TRUE(way.upload(program, mei_, bytes).has_value()) << "the next upload";
      EXPECT_TRUE(content(*program.store, crypto::hex(crypto::sha256(bytes))) == bytes);
      EXPECT_FALSE(files.synced_again());
      finish_the_first(program, bytes);
    }
  }
  // What was begun before the fault is gone on with, or ended.
  void finish_the_first(Program& program, const std::string& bytes) {
    const auto open = db().read([](db::Tx& tx) {
      return tx.all("SELECT id FROM uploads WHERE state = 0",
                    [](const db::Row& row) { return row.id<UploadId>(0); });
    });
    for (const UploadId id : open) {
      Acknowledged upload{bytes, 0, false};
      for (int tries = 0; tries < 40 && !upload.photo; ++tries) go_on(program, id, upload);
      EXPECT_TRUE(upload.photo);
    }
    EXPECT_EQ(program.spool.kept_names().size(), 0U);
    EXPECT_EQ(program.spool.sweep(), 0);
  }
  std::int64_t rows(const db::Sql& sql) {
    return db().read([&](db::Tx& tx) {
      return tx.one(sql, [](const db::Row& row) { return row.integer(0); }).value();
    });
  }
};
ON_BOTH_ENGINES(FaultTest);

TEST_P(FaultTest, EveryFailedCallIsAClearRefusalAndTheNextUploadWorks) {
  for (const Way& way : {Way{"simple", upload_simply}, Way{"resumable", upload_resumably}}) {
    for (const int error : {EIO, ENOSPC}) {
      const int calls = fail_every_call(way, error);
      EXPECT_GE(calls, 9) << way.name;  // create, write, sync, 2 x (mkdir, sync), rename, sync
    }
  }
}

}  // namespace
}  // namespace picsharz::uploads
