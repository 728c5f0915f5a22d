// Documents that were written a moment ago, for whoever is not signed in.
//
// What:      a visitor's page follows from the answers in it, its address and the reader's theme,
//            language and encoding alone; together they are its key. So nothing has to be forgotten
//            here: what changes is asked for by another key. To write and pack the page of twenty
//            photos takes longer than to look at the twenty kilobytes of its key.
// Threads:   safe on any.
// Bounds:    most_kept documents of at most most_bytes each, key and text.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace picsharz::pages {

struct Drawn {
  int status = 200;
  bool packed = false;
  std::shared_ptr<const std::string> text;
};

class DrawnPages {
 public:
  static constexpr std::size_t most_kept = 32;
  static constexpr std::size_t most_bytes = 256 * 1024;

  std::optional<Drawn> find(std::string_view key) {
    const std::lock_guard lock(mutex_);
    for (auto kept = kept_.begin(); kept != kept_.end(); ++kept) {
      if (kept->first != key) continue;
      kept_.splice(kept_.begin(), kept_, kept);  // the one used last comes first
      return kept->second;
    }
    return std::nullopt;
  }

  void keep(std::string key, Drawn drawn) {
    if (key.size() + drawn.text->size() > most_bytes) return;
    const std::lock_guard lock(mutex_);
    kept_.emplace_front(std::move(key), std::move(drawn));
    if (kept_.size() > most_kept) kept_.pop_back();
  }

 private:
  std::mutex mutex_;
  std::list<std::pair<std::string, Drawn>> kept_;
};

}  // namespace picsharz::pages
