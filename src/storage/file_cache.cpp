#include "storage/file_cache.h"

#include <algorithm>
#include <functional>

namespace picsharz::storage {

FileCache::FileCache(ObjectStore& store, std::size_t capacity, std::int64_t memory)
    : store_(store),
      shard_capacity_(std::max<std::size_t>(1, capacity / shard_count)),
      held_(memory) {}

FileCache::Shard& FileCache::shard_of(std::string_view key) {
  return shards_[std::hash<std::string_view>{}(key) % shard_count];
}

std::shared_ptr<const FileHandle> FileCache::open(std::string_view key) {
  Shard& shard = shard_of(key);
  std::uint64_t forgotten_before = 0;
  {
    const std::lock_guard lock(shard.mutex);
    if (const auto found = shard.index.find(key); found != shard.index.end()) {
      ++shard.hits;
      shard.entries.splice(shard.entries.begin(), shard.entries, found->second);
      return found->second->file;
    }
    ++shard.misses;
    forgotten_before = shard.forgotten;
  }
  auto file = store_.open(key);
  if (!file) return nullptr;
  const std::lock_guard lock(shard.mutex);
  // Something of this shard was forgotten while the file was opened. If it was this key, keeping
  // the file would bring back what was removed.
  if (shard.forgotten == forgotten_before) keep(shard, key, file);
  return file;
}

void FileCache::keep(Shard& shard, std::string_view key,
                     const std::shared_ptr<const FileHandle>& file) {
  if (shard.index.contains(key)) return;  // another thread was quicker
  if (shard.entries.size() >= shard_capacity_) {
    shard.index.erase(shard.entries.back().key);
    shard.entries.pop_back();
  }
  shard.entries.push_front({std::string(key), file});
  shard.index.emplace(shard.entries.front().key, shard.entries.begin());
}

std::shared_ptr<const HeldObject> FileCache::hold(std::string_view key) {
  if (auto held = held_.find(key)) return held;
  return read(key, held_object_max);
}

std::shared_ptr<const HeldObject> FileCache::read(std::string_view key, std::int64_t size_max) {
  const std::uint64_t turn = held_.turn();
  const auto file = open(key);
  if (!file || file->size() > size_max) return nullptr;
  std::string bytes = file->read(0, static_cast<std::size_t>(file->size()));
  if (static_cast<std::int64_t>(bytes.size()) != file->size()) return nullptr;
  return held_.keep(key, std::move(bytes), turn);
}

void FileCache::pin(std::span<const std::string> keys) {
  held_.unpin_others(keys);
  for (const std::string& key : keys) {
    if (held_.pin(key)) continue;
    if (read(key, std::min(pinned_object_max, held_.room_to_pin()))) held_.pin(key);
  }
}

// First the file, then the bytes: what hold() reads between the two it does not keep.
void FileCache::forget(std::string_view key) {
  forget_file(key);
  held_.forget(key);
}

void FileCache::forget_file(std::string_view key) {
  Shard& shard = shard_of(key);
  const std::lock_guard lock(shard.mutex);
  ++shard.forgotten;
  const auto found = shard.index.find(key);
  if (found == shard.index.end()) return;
  const auto entry = found->second;
  shard.index.erase(found);
  shard.entries.erase(entry);
}

FileCacheStats FileCache::stats() const {
  FileCacheStats sum;
  for (const Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    sum.hits += shard.hits;
    sum.misses += shard.misses;
    sum.open += static_cast<std::int64_t>(shard.entries.size());
  }
  sum.held = held_.stats();
  return sum;
}

}  // namespace picsharz::storage
