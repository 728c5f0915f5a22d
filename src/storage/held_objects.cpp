#include "storage/held_objects.h"

#include <algorithm>
#include <iterator>

namespace picsharz::storage {

namespace {

std::int64_t size_of(const HeldObject& object) {
  return static_cast<std::int64_t>(object.bytes().size());
}

}  // namespace

std::shared_ptr<const HeldObject> HeldObjects::find(std::string_view key) const {
  const std::lock_guard lock(mutex_);
  const auto found = index_.find(key);
  return found == index_.end() ? nullptr : *found->second;
}

std::uint64_t HeldObjects::turn() const {
  const std::lock_guard lock(mutex_);
  return forgotten_;
}

std::shared_ptr<const HeldObject> HeldObjects::keep(std::string_view key, std::string bytes,
                                                    std::uint64_t turn) {
  const auto size = static_cast<std::int64_t>(bytes.size());
  auto object = std::make_shared<const HeldObject>(std::string(key), std::move(bytes));
  const std::lock_guard lock(mutex_);
  if (forgotten_ != turn || size > capacity_ - pinned_) return nullptr;
  // Another thread was quicker.
  if (const auto found = index_.find(key); found != index_.end()) return *found->second;
  make_room(size);
  entries_.push_front(object);
  index_.emplace(object->key(), entries_.begin());
  bytes_ += size;
  return object;
}

bool HeldObjects::pin(std::string_view key) {
  const std::lock_guard lock(mutex_);
  const auto found = index_.find(key);
  if (found == index_.end()) return false;
  const HeldObject& object = **found->second;
  if (object.pinned_) return true;
  if (pinned_ + size_of(object) > capacity_ / 2) return false;
  object.pinned_ = true;
  pinned_ += size_of(object);
  return true;
}

bool HeldObjects::is_pinned(std::string_view key) const {
  const std::lock_guard lock(mutex_);
  const auto found = index_.find(key);
  return found != index_.end() && (*found->second)->pinned_;
}

void HeldObjects::unpin_others(std::span<const std::string> keys) {
  const std::lock_guard lock(mutex_);
  for (const auto& object : entries_) {
    if (!object->pinned_ || std::ranges::find(keys, object->key()) != keys.end()) continue;
    object->pinned_ = false;
    pinned_ -= size_of(*object);
  }
}

std::int64_t HeldObjects::room_to_pin() const {
  const std::lock_guard lock(mutex_);
  return capacity_ / 2 - pinned_;
}

// It ends: what is pinned and `wanted` have room together.
void HeldObjects::make_room(std::int64_t wanted) {
  while (bytes_ + wanted > capacity_) {
    const auto last = std::prev(entries_.end());
    if ((*last)->pinned_ || (*last)->used_.exchange(false, std::memory_order_relaxed)) {
      entries_.splice(entries_.begin(), entries_, last);
      continue;
    }
    drop(last);
  }
}

void HeldObjects::drop(Entries::iterator entry) {
  const HeldObject& object = **entry;
  object.dropped_.store(true, std::memory_order_release);
  bytes_ -= size_of(object);
  if (object.pinned_) pinned_ -= size_of(object);
  index_.erase(object.key());
  entries_.erase(entry);
}

void HeldObjects::forget(std::string_view key) {
  const std::lock_guard lock(mutex_);
  ++forgotten_;
  if (const auto found = index_.find(key); found != index_.end()) drop(found->second);
}

HeldStats HeldObjects::stats() const {
  const std::lock_guard lock(mutex_);
  return {static_cast<std::int64_t>(entries_.size()), bytes_, pinned_};
}

}  // namespace picsharz::storage
