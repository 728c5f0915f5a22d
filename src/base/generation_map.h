// What may be forgotten, bounded: a map that drops what was not asked for since about half of it
// was filled anew.
//
// What:      two generations. What is put or found stands in the young one; when that holds half of
//            `weight_max`, it becomes the old one, and the old one goes. No list is kept in order,
//            so a hit costs one look-up.
// Threads:   not shared, but for peek(), while nothing else is called.
#pragma once

#include <cstddef>
#include <unordered_map>
#include <utility>

namespace picsharz {

template <class K, class V>
class GenerationMap {
 public:
  // The weights are the caller's own: bytes, or 1 each.
  explicit GenerationMap(std::size_t weight_max) : half_(weight_max / 2) {}

  // Null where it is unknown; else good until the next put() or find().
  V* find(const K& key) {
    if (const auto found = young_.find(key); found != young_.end()) return &found->second.value;
    const auto found = old_.find(key);
    if (found == old_.end()) return nullptr;
    V value = std::move(found->second.value);
    const std::size_t weight = found->second.weight;
    old_.erase(found);
    return put(key, std::move(value), weight);
  }

  // The same for many readers at once, who change nothing. `aged` becomes true where it stands in
  // the old generation, which only find() and put() keep it from going with.
  const V* peek(const K& key, bool& aged) const {
    if (const auto found = young_.find(key); found != young_.end()) return &found->second.value;
    const auto found = old_.find(key);
    if (found == old_.end()) return nullptr;
    aged = true;
    return &found->second.value;
  }

  V* put(const K& key, V value, std::size_t weight) {
    erase(key);
    if (young_weight_ + weight > half_) {
      old_ = std::exchange(young_, {});
      young_weight_ = 0;
    }
    young_weight_ += weight;
    return &young_.emplace(key, Entry{std::move(value), weight}).first->second.value;
  }

  void erase(const K& key) {
    if (const auto found = young_.find(key); found != young_.end()) {
      young_weight_ -= found->second.weight;
      young_.erase(found);
    }
    old_.erase(key);
  }

  void clear() {
    young_.clear();
    old_.clear();
    young_weight_ = 0;
  }

  std::size_t size() const { return young_.size() + old_.size(); }

 private:
  struct Entry {
    V value;
    std::size_t weight;
  };
  using Generation = std::unordered_map<K, Entry>;

  std::size_t half_;
  std::size_t young_weight_ = 0;
  Generation young_;
  Generation old_;
};

}  // namespace picsharz
