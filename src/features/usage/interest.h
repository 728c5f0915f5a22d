// What people look at and look for, in memory until it is written: views of photos, words of
// searches. Nobody's name is beside either.
//
// Bounds:    usage_limits.h; what does not fit is not noted (it is counted all the same).
// Threads:   thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <unordered_map>

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
  void searched(const std::string& kept_words, std::int64_t searches, std::int64_t without_result);
  Taken take();
  void put_back(const Taken& taken);

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, SearchedWords> words_;
  std::unordered_map<PhotoId, std::int64_t> views_;
};

}  // namespace picsharz::usage
