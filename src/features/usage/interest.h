// What people look at and look for, in memory until it is written: views of photos, words of
// searches. Nobody's name is beside either.
//
// Searchers: whoever looks for the same words again that day counts once, so that nobody makes
// their
//            own words often searched. That it was them is known by a hash of words and searcher
//            together, in this memory alone, until the day ends.
// Bounds:    usage_limits.h; what does not fit is not noted (it is counted all the same).
// Threads:   thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "base/ids.h"
#include "features/usage/usage.h"

namespace picsharz::usage {

class Interest {
 public:
  struct Taken {
    std::map<std::string, SearchedWords> words;  // in one order: two processes write them
    std::map<PhotoId, std::int64_t> views;
    bool empty() const { return words.empty() && views.empty(); }
  };

  void viewed(PhotoId photo, std::int64_t times = 1);
  // `searcher`: an account or an address, as any text that tells one from another.
  void searched(const std::string& kept_words, bool found, std::string_view searcher);
  Taken take();
  void put_back(const Taken& taken);
  // Every searcher is new again: another day began.
  void forget_searchers();

 private:
  bool is_new(const std::string& words, std::string_view searcher);

  std::mutex mutex_;
  std::unordered_map<std::string, SearchedWords> words_;
  std::unordered_set<std::size_t> searchers_;
  std::unordered_map<PhotoId, std::int64_t> views_;
};

}  // namespace picsharz::usage
