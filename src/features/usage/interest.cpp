#include "features/usage/interest.h"

#include <functional>
#include <utility>

#include "features/usage/usage_limits.h"

namespace picsharz::usage {

void Interest::viewed(PhotoId photo, std::int64_t times) {
  const std::lock_guard lock(mutex_);
  if (views_.size() >= views_waiting && !views_.contains(photo)) return;
  views_[photo] += times;
}

void Interest::searched(const std::string& kept_words, bool found, std::string_view searcher) {
  if (kept_words.empty()) return;
  const std::lock_guard lock(mutex_);
  if (words_.size() >= words_waiting && !words_.contains(kept_words)) return;
  if (!is_new(kept_words, searcher)) return;
  SearchedWords& counted = words_[kept_words];
  ++counted.searches;
  if (!found) ++counted.without_result;
}

// With the lock. Where no more fit nobody can be told from who was there: then nobody is new.
bool Interest::is_new(const std::string& words, std::string_view searcher) {
  const std::size_t both =
      std::hash<std::string>()(std::string(words).append(1, '\0').append(searcher));
  if (searchers_.size() >= searchers_of_a_day) return false;
  return searchers_.insert(both).second;
}

void Interest::forget_searchers() {
  const std::lock_guard lock(mutex_);
  searchers_.clear();
}

Interest::Taken Interest::take() {
  Taken taken;
  const std::lock_guard lock(mutex_);
  for (auto& [words, counted] : std::exchange(words_, {})) taken.words.emplace(words, counted);
  for (const auto& [photo, views] : std::exchange(views_, {})) taken.views.emplace(photo, views);
  return taken;
}

void Interest::put_back(const Taken& taken) {
  for (const auto& [photo, views] : taken.views) viewed(photo, views);
  const std::lock_guard lock(mutex_);
  for (const auto& [words, counted] : taken.words) {
    if (words_.size() >= words_waiting && !words_.contains(words)) continue;
    words_[words].searches += counted.searches;
    words_[words].without_result += counted.without_result;
  }
}

}  // namespace picsharz::usage
