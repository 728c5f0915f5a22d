#include "storage/held_objects.h"

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
  if (forgotten_ != turn || size > capacity_) return nullptr;
  // Another thread was quicker.
  if (const auto found = index_.find(key); found != index_.end()) return *found->second;
  make_room(size);
  entries_.push_front(object);
  index_.emplace(object->key(), entries_.begin());
  bytes_ += size;
  return object;
}

void HeldObjects::make_room(std::int64_t wanted) {
  while (bytes_ + wanted > capacity_) {
    const auto last = std::prev(entries_.end());
    if ((*last)->used_.exchange(false, std::memory_order_relaxed)) {
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
  return {static_cast<std::int64_t>(entries_.size()), bytes_};
}

}  // namespace picsharz::storage
