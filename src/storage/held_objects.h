// Small objects that are asked for most, whole in memory: what the page cache has, too, but one
// send with the head of its answer costs less than a sendfile behind it.
//
// What:      a bounded number of bytes. Whoever sends an object says use(); what was not used since
//            the turn came to it last goes first (second chance). Those that are pinned stay, half
//            of the bytes at most.
// Ownership: shared: what is being sent lives on until it is sent. Whoever remembers an object asks
//            dropped() before it sends: nobody hears of a key that is forgotten after that.
// Threads:   any. The lock is taken to keep and to forget, not to send.
#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace picsharz::storage {

class HeldObject {
 public:
  HeldObject(std::string key, std::string bytes) : key_(std::move(key)), bytes_(std::move(bytes)) {}

  const std::string& key() const { return key_; }
  const std::string& bytes() const { return bytes_; }
  void use() const {
    if (!used_.load(std::memory_order_relaxed)) used_.store(true, std::memory_order_relaxed);
  }
  bool dropped() const { return dropped_.load(std::memory_order_acquire); }

 private:
  friend class HeldObjects;
  mutable bool pinned_ = false;  // guarded by HeldObjects::mutex_
  const std::string key_;
  const std::string bytes_;
  mutable std::atomic<bool> used_{false};
  mutable std::atomic<bool> dropped_{false};
};

struct HeldStats {
  std::int64_t objects = 0;
  std::int64_t bytes = 0;
  std::int64_t pinned = 0;  // bytes, of those
};

class HeldObjects {
 public:
  explicit HeldObjects(std::int64_t capacity) : capacity_(capacity) {}

  // Null where it is not held.
  std::shared_ptr<const HeldObject> find(std::string_view key) const;
  // Begin with what turn() says, before the bytes are read: where something was forgotten since
  // then they are not kept, for they may be what was forgotten. Null, too, where they do not fit.
  std::uint64_t turn() const;
  std::shared_ptr<const HeldObject> keep(std::string_view key, std::string bytes,
                                         std::uint64_t turn);
  // From now on it stays until it is forgotten, or not among those of unpin_others(). False where
  // it is not held, or where what is pinned already leaves no room.
  bool pin(std::string_view key);
  bool is_pinned(std::string_view key) const;
  void unpin_others(std::span<const std::string> keys);
  // What may be pinned besides what is.
  std::int64_t room_to_pin() const;
  void forget(std::string_view key);
  HeldStats stats() const;

 private:
  using Entries = std::list<std::shared_ptr<const HeldObject>>;

  void make_room(std::int64_t wanted);
  void drop(Entries::iterator entry);

  const std::int64_t capacity_;
  mutable std::mutex mutex_;
  Entries entries_;  // whose turn comes next: at the end
  std::unordered_map<std::string_view, Entries::iterator> index_;  // views of the objects' keys
  std::int64_t bytes_ = 0;
  std::int64_t pinned_ = 0;  // of those
  std::uint64_t forgotten_ = 0;
};

}  // namespace picsharz::storage
