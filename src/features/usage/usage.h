// What was used, added up, and what can be asked about it. Plain structs.
//
// Units:     times are microseconds UTC, the beginning of an hour, a day or a week (a Monday).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"

namespace picsharz::usage {

enum class Step { hour, day };

// How often something happened in an hour or a day, and how much it was: bytes or microseconds. Of
// a gauge (kinds gauge, storage) the amount is its last value there.
struct Counted {
  Micros at = 0;
  std::string kind;
  std::string label;
  std::int64_t count = 0;
  std::int64_t amount = 0;
  bool operator==(const Counted&) const = default;
};

// The same while its row is read.
struct CountedView {
  Micros at = 0;
  std::string_view kind;
  std::string_view label;
  std::int64_t count = 0;
  std::int64_t amount = 0;
};

// Members who were here on a day, in the 7 and in the 30 days that end with it.
struct ActiveCount {
  Micros day = 0;
  std::int64_t daily = 0;
  std::int64_t weekly = 0;
  std::int64_t monthly = 0;
  bool operator==(const ActiveCount&) const = default;
};

// Of those who signed up in the week `cohort`, how many were here in the week that many after it.
struct RetentionWeek {
  Micros cohort = 0;
  std::int64_t week = 0;
  std::int64_t members = 0;
  std::int64_t active = 0;
  bool operator==(const RetentionWeek&) const = default;
};

// What was looked for, folded. A searcher who looks for the same again that day is one search.
struct SearchedWords {
  std::string words;
  std::int64_t searches = 0;
  std::int64_t without_result = 0;
  bool operator==(const SearchedWords&) const = default;
};

struct ViewedPhoto {
  PhotoId photo{};
  std::int64_t views = 0;
  bool operator==(const ViewedPhoto&) const = default;
};

}  // namespace picsharz::usage
