// Open files of the objects that are asked for most, so that a rendition is one sendfile.
//
// What:      a bounded set of open descriptors before an ObjectStore; the least recently used goes
//            first. A file that is being sent lives on until the last holder lets go. What is
//            absent is not remembered. hold() has small ones in memory, too; pin() some that are to
//            be there whoever asks.
// Threads:   any thread; keys are spread over shards with a lock each; no file is opened under one.
// Failures:  those of the store's open().
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "storage/held_objects.h"
#include "storage/object_store.h"

namespace picsharz::storage {

struct FileCacheStats {
  std::int64_t hits = 0;
  std::int64_t misses = 0;
  std::int64_t open = 0;
  HeldStats held{};
};

inline constexpr std::int64_t held_object_max = 64 * 1024;  // bytes; a sendfile is cheap by then
inline constexpr std::int64_t pinned_object_max = 512 * 1024;

class FileCache {
 public:
  // `capacity`: descriptors kept open at most (at least one a shard). `memory`: bytes held at most.
  FileCache(ObjectStore& store, std::size_t capacity, std::int64_t memory = 0);
  // Null where there is no such object.
  std::shared_ptr<const FileHandle> open(std::string_view key);
  // The whole object, from now on in memory; null where there is none, or none so small. Throws
  // std::system_error where it cannot be read.
  std::shared_ptr<const HeldObject> hold(std::string_view key);
  // These are in memory from now on until the next call, as far as they are there and fit into half
  // of it: the first ones first, none larger than pinned_object_max. One caller at a time. Throws
  // as hold() does.
  void pin(std::span<const std::string> keys);
  bool is_pinned(std::string_view key) const { return held_.is_pinned(key); }
  // Call it after the object was removed: no later open() returns the old file, and no hold() the
  // old bytes.
  void forget(std::string_view key);
  FileCacheStats stats() const;

 private:
  static constexpr std::size_t shard_count = 16;

  struct Entry {
    std::string key;
    std::shared_ptr<const FileHandle> file;
  };
  struct Shard {
    mutable std::mutex mutex;
    std::list<Entry> entries;                                                // newest use first
    std::unordered_map<std::string_view, std::list<Entry>::iterator> index;  // views into entries
    std::uint64_t forgotten = 0;
    std::int64_t hits = 0;
    std::int64_t misses = 0;
  };

  Shard& shard_of(std::string_view key);
  std::shared_ptr<const HeldObject> read(std::string_view key, std::int64_t size_max);
  void forget_file(std::string_view key);
  void keep(Shard& shard, std::string_view key, const std::shared_ptr<const FileHandle>& file);

  ObjectStore& store_;
  const std::size_t shard_capacity_;
  std::array<Shard, shard_count> shards_;
  HeldObjects held_;
};

}  // namespace picsharz::storage
