// File systems that fail and forget, for tests of what is durable (R3, R4).
//
// Threads:   one.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "storage/file_system.h"

namespace picsharz::storage {

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
  int open(int directory, const std::string& name) override {
    return fails() ? -1 : FileSystem::open(directory, name);
  }
  int truncate(int descriptor, std::int64_t size) override {
    return fails() ? -1 : FileSystem::truncate(descriptor, size);
  }
  ssize_t write(int descriptor, const char* data, std::size_t count) override {
    return fails() ? -1 : FileSystem::write(descriptor, data, std::min(count, piece_));
  }
  int sync(int descriptor) override {
    struct stat info {};
    ::fstat(descriptor, &info);
    if (S_ISREG(info.st_mode) && suspects_.contains(info.st_ino)) synced_again_ = true;
    if (!fails()) return FileSystem::sync(descriptor);
    if (S_ISREG(info.st_mode)) suspects_.insert(info.st_ino);
    return -1;
  }
  int touch(int descriptor) override { return fails() ? -1 : FileSystem::touch(descriptor); }
  int rename(const std::string& from, int directory, const std::string& name) override {
    return fails() ? -1 : FileSystem::rename(from, directory, name);
  }
  int make_directory(int directory, const std::string& name) override {
    return fails() ? -1 : FileSystem::make_directory(directory, name);
  }
  // Never fails: a file that cannot be removed is the sweep's. Its number may come again.
  int remove(int directory, const std::string& name) override {
    struct stat info {};
    if (::fstatat(directory, name.c_str(), &info, 0) == 0) suspects_.erase(info.st_ino);
    return FileSystem::remove(directory, name);
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
  std::set<ino_t> suspects_;
};

// Notes what is done, and to what: "sync ab", of a directory or a file that has its last name.
class NotingFileSystem final : public FileSystem {
 public:
  // Since the last time.
  std::vector<std::string> steps() { return std::exchange(steps_, {}); }

  int create(int directory, const std::string& name) override {
    steps_.emplace_back("create");
    return FileSystem::create(directory, name);
  }
  ssize_t write(int descriptor, const char* data, std::size_t count) override {
    steps_.push_back("write " + std::to_string(count));
    return FileSystem::write(descriptor, data, count);
  }
  int sync(int descriptor) override {
    struct stat info {};
    ::fstat(descriptor, &info);
    if (S_ISREG(info.st_mode)) {
      steps_.emplace_back("sync file");
    } else {
      std::error_code error;
      const auto path = "/proc/self/fd/" + std::to_string(descriptor);
      steps_.push_back("sync " + std::filesystem::read_symlink(path, error).filename().string());
      // A directory that nobody changed is synced in no time.
      if (!changed_.erase(info.st_ino)) steps_.emplace_back("which is clean");
    }
    return FileSystem::sync(descriptor);
  }
  int touch(int descriptor) override {
    struct stat info {};
    ::fstat(descriptor, &info);
    changed_.insert(info.st_ino);
    return FileSystem::touch(descriptor);
  }
  int rename(const std::string& from, int directory, const std::string& name) override {
    steps_.emplace_back("rename");
    const int outcome = FileSystem::rename(from, directory, name);
    if (outcome == 0) change(directory, name);
    return outcome;
  }
  int make_directory(int directory, const std::string& name) override {
    steps_.emplace_back("make directory");
    const int outcome = FileSystem::make_directory(directory, name);
    const int error = errno;
    if (outcome == 0) change(directory, name);
    errno = error;
    return outcome;
  }
  int remove(int directory, const std::string& name) override {
    steps_.emplace_back("remove");
    return FileSystem::remove(directory, name);
  }

 private:
  void change(int directory, const std::string& name) {
    const std::size_t slash = name.rfind('/');
    const std::string parent = slash == std::string::npos ? "." : name.substr(0, slash);
    struct stat info {};
    ::fstatat(directory, parent.c_str(), &info, 0);
    changed_.insert(info.st_ino);
  }

  std::vector<std::string> steps_;
  std::set<ino_t> changed_;
};

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
  // Counts something else that the process does, such as a commit; false: it died before.
  bool step() { return lives(); }
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
  int open(int directory, const std::string& name) override {
    return lives() ? FileSystem::open(directory, name) : -1;
  }
  int truncate(int descriptor, std::int64_t size) override {
    if (!lives()) return -1;
    if (FileSystem::truncate(descriptor, size) != 0) return -1;
    Node& node = node_of(descriptor);
    node.bytes.resize(static_cast<std::size_t>(size));
    node.synced_bytes = std::min(node.synced_bytes, node.bytes.size());
    return 0;
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

  // Pages reach the disk in any order: of some there is only the place.
  void lose_pages(std::string& bytes, std::size_t from) {
    constexpr std::size_t page = 4'096;
    for (std::size_t at = from; at < bytes.size(); at = (at / page + 1) * page) {
      const std::size_t end = std::min(bytes.size(), (at / page + 1) * page);
      if (up_to(3) == 0) std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), end - at, 0);
    }
  }

  void recover(int number, const std::string& where) {
    const Node& node = nodes_[static_cast<std::size_t>(number)];
    if (!node.directory) {
      std::string bytes =
          node.bytes.substr(0, node.synced_bytes + up_to(node.bytes.size() - node.synced_bytes));
      if (bytes.size() > node.synced_bytes && up_to(1)) bytes[node.synced_bytes] ^= 0x55;
      lose_pages(bytes, node.synced_bytes);
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
inline std::filesystem::path quick_directory() {
  return ::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : std::filesystem::temp_directory_path();
}

}  // namespace picsharz::storage
