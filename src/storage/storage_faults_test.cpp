// What the store keeps when calls fail (R4) and when power is lost (R3).
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "storage/faulty_file_system_test.h"
#include "storage/scratch_directory_test.h"
#include "storage/spool.h"

namespace picsharz::storage {
namespace {

std::string content(const std::shared_ptr<const FileHandle>& file) {
  std::string bytes(static_cast<std::size_t>(file->size()), '\0');
  const ssize_t got = ::pread(file->descriptor(), bytes.data(), bytes.size(), 0);
  EXPECT_EQ(got, file->size());
  return bytes;
}

struct Put {
  const char* name;
  void (*put)(ObjectStore&, Spool&, std::string_view key, std::string_view bytes);
};

void put_spooled(ObjectStore& store, Spool& spool, std::string_view key, std::string_view bytes) {
  const auto file = spool.create();
  file->write(bytes);
  store.put(key, *file);
}

void put_bytes(ObjectStore& store, Spool&, std::string_view key, std::string_view bytes) {
  store.put_bytes(key, bytes);
}

class FailedCallTest : public ::testing::TestWithParam<Put> {};

INSTANTIATE_TEST_SUITE_P(, FailedCallTest,
                         ::testing::Values(Put{"spooled", put_spooled}, Put{"bytes", put_bytes}),
                         [](const auto& which) { return which.param.name; });

// Fails every call in turn until a whole put passes untouched; returns how many there were.
int fail_every_call(const Put& how, int error) {
  for (int n = 1;; ++n) {
    SCOPED_TRACE("call " + std::to_string(n));
    ScratchDirectory scratch;
    FailingFileSystem files;
    const auto store = open_fs_store(scratch / "objects", files);
    Spool spool(scratch / "spool", 0, files);
    files.fail_call(n, error);
    bool thrown = false;
    try {
      how.put(*store, spool, "originals/ab/abcd", "the bytes");
    } catch (const StorageFull&) {
      thrown = true;
      EXPECT_EQ(error, ENOSPC);
    } catch (const StorageError&) {
      thrown = true;
      EXPECT_EQ(error, EIO);
    }
    EXPECT_EQ(thrown, files.failed());
    EXPECT_FALSE(files.synced_again());
    if (!files.failed()) return n - 1;
    EXPECT_EQ(store->open("originals/ab/abcd"), nullptr);
    EXPECT_EQ(scratch.files(), 0) << "a temporary file stayed";
    how.put(*store, spool, "originals/ab/abcd", "the bytes");
    EXPECT_EQ(content(store->open("originals/ab/abcd")), "the bytes");
  }
}

TEST_P(FailedCallTest, EveryFailureIsReportedAndTheNextPutWorks) {
  // create, write, 2 x (mkdir, sync), sync, rename, sync
  EXPECT_EQ(fail_every_call(GetParam(), EIO), 9);
  EXPECT_EQ(fail_every_call(GetParam(), ENOSPC), 9);
}

TEST(StorageFaultTest, SeveralObjectsAreStoredTogetherOrNotAtAll) {
  const std::array<NewObject, 3> objects{
      {{"r/ab/1", "one"}, {"r/ab/2", "two"}, {"r/cd/3", "three"}}};
  for (int n = 1;; ++n) {
    SCOPED_TRACE("call " + std::to_string(n));
    ScratchDirectory scratch;
    FailingFileSystem files;
    const auto store = open_fs_store(scratch / "objects", files);
    files.fail_call(n, n % 2 ? EIO : ENOSPC);
    bool thrown = false;
    try {
      store->put_all(objects);
    } catch (const StorageError&) {
      thrown = true;
    }
    EXPECT_EQ(thrown, files.failed());
    EXPECT_FALSE(files.synced_again());
    EXPECT_EQ(scratch.files(), thrown ? 0 : 3);
    if (!files.failed()) {
      EXPECT_EQ(n - 1, 21);  // 4 x mkdir, 5 x sync of a directory, 3 x create, write, sync, rename
      return;
    }
    store->put_all(objects);
    for (const auto& [key, bytes] : objects) EXPECT_EQ(content(store->open(key)), bytes);
  }
}

TEST(StorageFaultTest, ASuspectFileIsNeverSyncedOrWrittenAgain) {
  ScratchDirectory scratch;
  FailingFileSystem files;
  Spool spool(scratch / "spool", 0, files);
  const auto file = spool.create();
  file->write("x");
  files.fail_call(1, EIO);
  EXPECT_THROW(file->sync(), StorageError);
  EXPECT_THROW(file->sync(), StorageError);
  EXPECT_THROW(file->write("y"), StorageError);
  EXPECT_FALSE(files.synced_again());
}

TEST_P(FailedCallTest, AnObjectThatWasThereOutlivesASecondPutThatFails) {
  for (int n = 1;; ++n) {
    SCOPED_TRACE("call " + std::to_string(n));
    ScratchDirectory scratch;
    FailingFileSystem files;
    const auto store = open_fs_store(scratch / "objects", files);
    Spool spool(scratch / "spool", 0, files);
    store->put_bytes("a/b", "kept");
    files.fail_call(n, EIO);
    try {
      GetParam().put(*store, spool, "a/b", "kept");
      EXPECT_FALSE(files.failed());
    } catch (const StorageError&) {
      EXPECT_TRUE(files.failed());
    }
    EXPECT_EQ(content(store->open("a/b")), "kept");
    EXPECT_EQ(scratch.files(), 1);
    if (!files.failed()) return;
  }
}

// What a put does must not tell whoever sends the bytes whether they are there: the same steps, and
// no sync that has nothing to do. Three objects: one for the directories, one new, one that is not.
TEST_P(FailedCallTest, APutTakesTheSameStepsWhetherOrNotTheBytesAreThere) {
  ScratchDirectory scratch;
  NotingFileSystem files;
  const auto store = open_fs_store(scratch / "objects", files);
  Spool spool(scratch / "spool", 0, files);
  GetParam().put(*store, spool, "originals/ab/ab1", "others");
  files.steps();
  GetParam().put(*store, spool, "originals/ab/ab2", "bytes!");
  const auto unknown = files.steps();
  // create, write, sync are the spool's where it is spooled; no sync but these two
  const std::vector<std::string> steps{"create",         "write 6", "sync file", "make directory",
                                       "make directory", "rename",  "sync ab"};
  EXPECT_EQ(std::multiset<std::string>(unknown.begin(), unknown.end()),
            std::multiset<std::string>(steps.begin(), steps.end()));
  GetParam().put(*store, spool, "originals/ab/ab1", "others");
  EXPECT_EQ(files.steps(), unknown);
  GetParam().put(*store, spool, "originals/ab/ab2", "bytes!");
  EXPECT_EQ(files.steps(), unknown);
  EXPECT_EQ(scratch.files(), 2);
}

TEST(StorageFaultTest, AFolderTakesTheSameStepsWhetherOrNotItIsThere) {
  ScratchDirectory scratch;
  NotingFileSystem files;
  const auto store = open_fs_store(scratch / "objects", files);
  const auto put = [&](const std::string& folder) {
    const std::array<NewObject, 2> objects{{{folder + "/1", "one"}, {folder + "/2", "two"}}};
    store->put_folder(objects);
    auto steps = files.steps();
    for (std::string& step : steps) {
      if (step == "sync " + folder.substr(folder.rfind('/') + 1)) step = "sync folder";
    }
    return steps;
  };
  put("r/ab/ab0");
  const auto unknown = put("r/ab/ab1");
  EXPECT_EQ(std::ranges::count(unknown, "sync ab"), 1);  // which got a name
  EXPECT_EQ(std::ranges::count(unknown, "sync file"), 2);
  EXPECT_EQ(std::ranges::count(unknown, "sync folder"), 1);
  EXPECT_EQ(std::ranges::count(unknown, "which is clean"), 0);
  EXPECT_EQ(put("r/ab/ab1"), unknown);
  EXPECT_EQ(put("r/ab/ab0"), unknown);
  // One by one nobody syncs a directory that got no name.
  store->put_bytes("r/ab/ab0/3", "three");
  const auto single = files.steps();
  EXPECT_EQ(std::ranges::count(single, "sync ab"), 0);
  store->put_bytes("r/ab/ab0/3", "three");
  EXPECT_EQ(files.steps(), single);
}

// Before it takes its turn, and no second time.
TEST(StorageFaultTest, ASpooledFileIsSyncedFirst) {
  ScratchDirectory scratch;
  NotingFileSystem files;
  const auto store = open_fs_store(scratch / "objects", files);
  Spool spool(scratch / "spool", 0, files);
  const auto file = spool.create();
  file->write("bytes");
  files.steps();
  store->put("a/b", *file);
  const auto steps = files.steps();
  ASSERT_FALSE(steps.empty());
  EXPECT_EQ(steps.front(), "sync file");
  EXPECT_EQ(std::ranges::count(steps, "sync file"), 1);
}

TEST(StorageFaultTest, ShortWritesAreContinued) {
  ScratchDirectory scratch;
  FailingFileSystem files;
  files.write_at_most(3);
  const auto store = open_fs_store(scratch / "objects", files);
  store->put_bytes("a", "0123456789");
  EXPECT_EQ(content(store->open("a")), "0123456789");
}

// A folder to write to that is not on the file system of temporary files; "": there is none.
std::string another_file_system() {
  struct stat here {
  }, there{};
  if (::stat(std::filesystem::temp_directory_path().c_str(), &here) != 0) return "";
  for (const char* folder : {"/dev/shm", "/tmp", "/var/tmp"}) {
    const bool is_there = ::stat(folder, &there) == 0 && ::access(folder, W_OK) == 0;
    if (is_there && there.st_dev != here.st_dev) return folder;
  }
  return "";
}

TEST(StorageFaultTest, ASpoolOnAnotherFileSystemIsCopied) {
  const std::string another = another_file_system();
  if (another.empty()) GTEST_SKIP() << "no second file system";
  ScratchDirectory scratch, other(another);
  const auto store = open_fs_store(scratch / "objects");
  Spool spool(other / "spool", 0);
  const std::string bytes(1'000'001, 'q');
  {
    const auto file = spool.create();
    file->write(bytes);
    store->put("a/b", *file);
  }
  EXPECT_EQ(content(store->open("a/b")), bytes);
  EXPECT_EQ(scratch.files(), 1);
  EXPECT_EQ(other.files(), 0);
}

TEST(StorageFaultTest, OpeningAStoreRemovesLeftovers) {
  ScratchDirectory scratch;
  open_fs_store(scratch / "objects")->put_bytes("a", "1");
  std::ofstream(scratch / "objects/.tmp/left") << "half";
  const auto store = open_fs_store(scratch / "objects");
  EXPECT_EQ(scratch.files(), 1);
  int listed = 0;
  store->list("", [&](std::string_view, std::int64_t) { ++listed; });
  EXPECT_EQ(listed, 1);
}

TEST(StorageFaultTest, NothingIsWrittenIntoTheReserve) {
  ScratchDirectory scratch;
  const auto store = open_fs_store(scratch / "objects", real_file_system(), INT64_MAX);
  EXPECT_FALSE(store->has_room());
  EXPECT_THROW(store->put_bytes("a", "1"), StorageFull);
  EXPECT_EQ(scratch.files(), 0);
  // What was let into the spool of the same disk is stored: it takes no more room.
  Spool spool(scratch / "spool", 0);
  const auto file = spool.create();
  file->write("1");
  store->put("a", *file);
  EXPECT_EQ(content(store->open("a")), "1");
}

// One life after the other on the same disk, each killed at a random call; then power is lost.
void lose_power(std::uint64_t seed) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  ScratchDirectory scratch(quick_directory());
  std::filesystem::create_directories(scratch / "disk/.tmp");
  std::filesystem::create_directories(scratch / "disk/spool");
  VolatileFileSystem files(scratch / "disk", random);
  files.adopt_durable(scratch / "disk/.tmp");
  files.adopt_durable(scratch / "disk/spool");
  std::set<std::string> acknowledged;
  const auto bytes_of = [](const std::string& key) {
    return key + std::string(key.size() * 50, 'z');
  };
  for (int life = 0; life < 3; ++life) {
    files.die_after(-1);
    const auto store = open_fs_store(scratch / "disk", files);
    Spool spool(scratch / "disk/spool", 0, files);
    files.die_after(static_cast<int>(random() % 40) + 1);
    while (!files.dead()) {
      const std::string key = std::to_string(random() % 2) + "/" + std::to_string(random() % 2) +
                              "/" + std::to_string(random() % 4);
      try {
        if (random() % 8 == 0) {
          acknowledged.erase(key);
          store->remove(key);
          continue;
        }
        if (random() % 3 == 0) {
          const std::string other = key + "x";
          const std::string one = bytes_of(key);
          const std::string two = bytes_of(other);
          store->put_all(std::array{NewObject{key, one}, NewObject{other, two}});
          acknowledged.insert(other);
        } else {
          const auto how = random() % 2 ? put_bytes : put_spooled;
          how(*store, spool, key, bytes_of(key));
        }
        acknowledged.insert(key);
      } catch (const StorageError&) {
        EXPECT_TRUE(files.dead());
      }
    }
  }
  files.recover(scratch / "after");
  const auto store = open_fs_store(scratch / "after");
  for (const std::string& key : acknowledged) EXPECT_NE(store->open(key), nullptr) << key;
  store->list("0/", [&](std::string_view key, std::int64_t) {
    EXPECT_EQ(content(store->open(key)), bytes_of(std::string(key))) << "torn: " << key;
  });
}

// Bytes that nobody synced say nothing of the file's name: whoever goes on with them syncs it too.
TEST(PowerLossTest, AKeptFileThatWasBegunByAnotherIsThereOnceItIsSynced) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    ScratchDirectory scratch(quick_directory());
    std::filesystem::create_directories(scratch / "disk/spool");
    VolatileFileSystem files(scratch / "disk", random);
    files.adopt_durable(scratch / "disk/spool");
    Spool spool(scratch / "disk/spool", 0, files);
    {
      const auto first = spool.open_kept("7", 0);
      ASSERT_TRUE(first);
      (*first)->write("cut off before a sync");
    }
    {
      const auto next = spool.open_kept("7", 0);
      ASSERT_TRUE(next);
      (*next)->cut_to(0);
      (*next)->write("acknowledged");
      (*next)->sync();
    }
    files.recover(scratch / "after");
    EXPECT_EQ(Spool(scratch / "after/spool", 0).kept_size("7"), 12);
  }
}

TEST(PowerLossTest, WhatWasAcknowledgedIsThereAndNothingIsTorn) {
  const char* again = std::getenv("PICSHARZ_SEED");
  const char* many = std::getenv("PICSHARZ_CRASHES");
  const std::uint64_t first = again ? std::strtoull(again, nullptr, 10) : std::random_device{}();
  const std::uint64_t count = many ? 4 * std::strtoull(many, nullptr, 10) : 1'000;
  std::printf("[   seed   ] %llu\n", static_cast<unsigned long long>(first));
  for (std::uint64_t seed = first; seed < first + count && !::testing::Test::HasFailure(); ++seed) {
    lose_power(seed);
  }
}

}  // namespace
}  // namespace picsharz::storage
