#include "features/usage/interest.h"

#include <utility>

#include "features/usage/usage_limits.h"

namespace picsharz::usage {

void Interest::viewed(PhotoId photo, std::int64_t times) {
  const std::lock_guard lock(mutex_);
  if (views_.size() >= views_waiting && !views_.contains(photo)) return;
  views_[photo] += times;
}

void Interest::searched(const std::string& kept_words, std::int64_t searches,
                        std::int64_t without_result) {
  if (kept_words.empty()) return;
  const std::lock_guard lock(mutex_);
  if (words_.size() >= words_waiting && !words_.contains(kept_words)) return;
  SearchedWords& counted = words_[kept_words];
  counted.searches += searches;
  counted.without_result += without_result;
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
  for (const auto& [words, counted] : taken.words) {
    searched(words, counted.searches, counted.without_result);
  }
}

}  // namespace picsharz::usage
