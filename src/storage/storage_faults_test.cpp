// What the store keeps when calls fail (R4) and when power is lost (R3).
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

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

// Fails the n-th call with an errno, and sees whether a file is synced again after a failure.
class FailingFileSystem final : public FileSystem {
 public:
  void fail_call(int n, int error) { countdown_ = n, error_ = error, failed_ = false; }
  bool failed() const { return failed_; }
  bool synced_again() const { return synced_again_; }
  void write_at_most(std::size_t bytes) { piece_ = bytes; }

  int create(int directory, const std::string& name) override {
    return fails() ? -1 : FileSystem::create(directory, name);
  }
  ssize_t write(int descriptor, const char* data, std::size_t count) override {
    return fails() ? -1 : FileSystem::write(descriptor, data, std::min(count, piece_));
  }
  int sync(int descriptor) override {
    struct stat info {};
    ::fstat(descriptor, &info);
    if (S_ISREG(info.st_mode) && suspects_.contains(descriptor)) synced_again_ = true;
    if (!fails()) return FileSystem::sync(descriptor);
    if (S_ISREG(info.st_mode)) suspects_.insert(descriptor);
    return -1;
  }
  int rename(const std::string& from, int directory, const std::string& name) override {
    return fails() ? -1 : FileSystem::rename(from, directory, name);
  }
  int make_directory(int directory, const std::string& name) override {
    return fails() ? -1 : FileSystem::make_directory(directory, name);
  }

 private:
  bool fails() {
    if (countdown_ == 0 || --countdown_ > 0) return false;
    failed_ = true;
    errno = error_;
    return true;
  }

  int countdown_ = 0;
  int error_ = 0;
  bool failed_ = false;
  bool synced_again_ = false;
  std::size_t piece_ = SIZE_MAX;
  std::set<int> suspects_;
};

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

TEST(StorageFaultTest, AnObjectThatWasThereOutlivesAFailedSecondPut) {
  ScratchDirectory scratch;
  FailingFileSystem files;
  const auto store = open_fs_store(scratch / "objects", files);
  store->put_bytes("a/b", "kept");
  files.fail_call(2, EIO);  // mkdir, then the directory's sync
  EXPECT_THROW(store->put_bytes("a/b", "kept"), StorageError);
  EXPECT_EQ(content(store->open("a/b")), "kept");
}

TEST(StorageFaultTest, ShortWritesAreContinued) {
  ScratchDirectory scratch;
  FailingFileSystem files;
  files.write_at_most(3);
  const auto store = open_fs_store(scratch / "objects", files);
  store->put_bytes("a", "0123456789");
  EXPECT_EQ(content(store->open("a")), "0123456789");
}

TEST(StorageFaultTest, ASpoolOnAnotherFileSystemIsCopied) {
  struct stat here {
  }, there{};
  const auto temporary = std::filesystem::temp_directory_path();
  if (::stat("/dev/shm", &there) != 0 || ::access("/dev/shm", W_OK) != 0 ||
      ::stat(temporary.c_str(), &here) != 0 || here.st_dev == there.st_dev) {
    GTEST_SKIP() << "no second file system at /dev/shm";
  }
  ScratchDirectory scratch, other("/dev/shm");
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

// Does every call for real, and keeps a model of what a disk would hold after power loss: what was
// synced, and any part of the rest. From a chosen call on nothing happens any more (the process
// died).
class VolatileFileSystem final : public FileSystem {
 public:
  VolatileFileSystem(const std::string& root, std::mt19937_64& random) : random_(random) {
    adopt(AT_FDCWD, root, true);
  }
  // A directory that is there before the process begins.
  void adopt_durable(const std::string& path) {
    const int node = adopt(AT_FDCWD, path, true);
    directory_of(AT_FDCWD, path).synced[base_name(path)] = node;
  }
  void die_after(int calls) { calls_left_ = calls; }
  bool dead() const { return calls_left_ == 0; }
  // What is found after power loss, written below `where`.
  void recover(const std::string& where) { recover(0, where); }

  int create(int directory, const std::string& name) override {
    if (!lives()) return -1;
    const int descriptor = FileSystem::create(directory, name);
    if (descriptor < 0) return -1;
    directory_of(directory, name)
        .changes.emplace_back(base_name(name), adopt(directory, name, false));
    return descriptor;
  }
  ssize_t write(int descriptor, const char* data, std::size_t count) override {
    if (!lives()) return -1;
    const ssize_t written = FileSystem::write(descriptor, data, count);
    if (written > 0) node_of(descriptor).bytes.append(data, static_cast<std::size_t>(written));
    return written;
  }
  int sync(int descriptor) override {
    if (!lives()) return -1;
    Node& node = node_of(descriptor);
    node.synced_bytes = node.bytes.size();
    for (const auto& [name, child] : node.changes) apply(node.synced, name, child);
    node.changes.clear();
    return 0;
  }
  int rename(const std::string& from, int directory, const std::string& name) override {
    if (!lives()) return -1;
    const int moved = number_of(AT_FDCWD, from);
    if (FileSystem::rename(from, directory, name) != 0) return -1;
    directory_of(AT_FDCWD, from).changes.emplace_back(base_name(from), gone);
    directory_of(directory, name).changes.emplace_back(base_name(name), moved);
    return 0;
  }
  int make_directory(int directory, const std::string& name) override {
    if (!lives()) return -1;
    if (FileSystem::make_directory(directory, name) != 0) return -1;
    directory_of(directory, name)
        .changes.emplace_back(base_name(name), adopt(directory, name, true));
    return 0;
  }
  int remove(int directory, const std::string& name) override {
    if (!lives()) return -1;
    if (FileSystem::remove(directory, name) != 0) return -1;
    directory_of(directory, name).changes.emplace_back(base_name(name), gone);
    return 0;
  }

 private:
  static constexpr int gone = -1;
  struct Node {
    bool directory = false;
    std::string bytes;
    std::size_t synced_bytes = 0;
    std::map<std::string, int> synced;                 // entries on disk
    std::vector<std::pair<std::string, int>> changes;  // entries since the last sync
  };

  bool lives() {
    if (calls_left_ > 0) --calls_left_;
    if (calls_left_ != 0) return true;
    errno = EIO;
    return false;
  }
  static std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }
  static void apply(std::map<std::string, int>& entries, const std::string& name, int child) {
    if (child == gone)
      entries.erase(name);
    else
      entries[name] = child;
  }
  int adopt(int directory, const std::string& name, bool is_directory) {
    struct stat info {};
    EXPECT_EQ(::fstatat(directory, name.c_str(), &info, 0), 0) << name;
    nodes_.push_back({.directory = is_directory, .bytes = {}, .synced = {}, .changes = {}});
    return numbers_[info.st_ino] = static_cast<int>(nodes_.size()) - 1;
  }
  int number_of(int directory, const std::string& name) {
    struct stat info {};
    EXPECT_EQ(::fstatat(directory, name.c_str(), &info, 0), 0) << name;
    return numbers_.at(info.st_ino);
  }
  Node& node_of(int descriptor) {
    struct stat info {};
    EXPECT_EQ(::fstat(descriptor, &info), 0);
    return nodes_[static_cast<std::size_t>(numbers_.at(info.st_ino))];
  }
  Node& directory_of(int directory, const std::string& name) {
    const std::size_t slash = name.rfind('/');
    const int number =
        number_of(directory, slash == std::string::npos ? "." : name.substr(0, slash));
    return nodes_[static_cast<std::size_t>(number)];
  }
  std::size_t up_to(std::size_t most) { return random_() % (most + 1); }

  void recover(int number, const std::string& where) {
    const Node& node = nodes_[static_cast<std::size_t>(number)];
    if (!node.directory) {
      std::string bytes =
          node.bytes.substr(0, node.synced_bytes + up_to(node.bytes.size() - node.synced_bytes));
      if (bytes.size() > node.synced_bytes && up_to(1)) bytes[node.synced_bytes] ^= 0x55;
      std::ofstream(where, std::ios::binary) << bytes;
      return;
    }
    std::filesystem::create_directory(where);
    auto entries = node.synced;
    auto changes = node.changes;
    std::shuffle(changes.begin(), changes.end(), random_);
    changes.resize(up_to(changes.size()));
    for (const auto& [name, child] : changes) apply(entries, name, child);
    for (const auto& [name, child] : entries) recover(child, where + "/" + name);
  }

  std::mt19937_64& random_;
  int calls_left_ = -1;     // -1: lives on
  std::deque<Node> nodes_;  // references into it stay good
  std::map<ino_t, int> numbers_;
};

// Power loss is simulated: memory is as good a disk, and quicker.
std::filesystem::path quick_directory() {
  return ::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : std::filesystem::temp_directory_path();
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
        const auto how = random() % 2 ? put_bytes : put_spooled;
        how(*store, spool, key, bytes_of(key));
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

TEST(PowerLossTest, WhatWasAcknowledgedIsThereAndNothingIsTorn) {
  const char* again = std::getenv("PICSHARZ_SEED");
  const std::uint64_t first = again ? std::strtoull(again, nullptr, 10) : std::random_device{}();
  std::printf("[   seed   ] %llu\n", static_cast<unsigned long long>(first));
  for (std::uint64_t seed = first; seed < first + 1'000 && !::testing::Test::HasFailure(); ++seed) {
    lose_power(seed);
  }
}

}  // namespace
}  // namespace picsharz::storage
