// The rows of use (migration 0043).
//
// Units:     microseconds UTC; ranges are from (in) to (out).
// Failures:  those of the database.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/function_ref.h"
#include "db/database.h"
#include "features/usage/usage.h"

namespace picsharz::usage {

// Names of mark(): what upkeep did last.
inline constexpr std::string_view counted_mark = "usage.counted";
inline constexpr std::string_view measured_mark = "usage.measured";

// What is stored, in bytes.
struct Stored {
  std::int64_t originals = 0;
  std::int64_t renditions = 0;
  std::int64_t database = 0;
};

class UsageStore {
 public:
  // Of the hour or the day counted.at.
  void add(db::Tx& tx, Step step, const Counted& counted);
  void set(db::Tx& tx, Step step, const Counted& counted);  // a gauge: the last value stays
  // Of an account or a photo that is there no more nothing is written.
  void add_active(db::Tx& tx, Micros day, AccountId account);
  void add_views(db::Tx& tx, Micros day, PhotoId photo, std::int64_t views);
  // `known`: only where these words have a row already. False: they have none.
  bool add_words(db::Tx& tx, Micros day, const SearchedWords& words, bool known);
  std::int64_t words_of_day(db::Tx& tx, Micros day);

  std::vector<Counted> counted(db::Tx& tx, Step step, Micros from, Micros to);
  // Of these kinds, in the order of time, kind and label.
  std::vector<Counted> counted(db::Tx& tx, Step step, Micros from, Micros to,
                               std::span<const std::string_view> kinds);
  // Of one kind, row by row.
  void each_counted(db::Tx& tx, Step step, Micros from, Micros to, std::string_view kind,
                    FunctionRef<void(const CountedView&)> each);
  std::vector<ActiveCount> active(db::Tx& tx, Micros from, Micros to);
  std::int64_t active_on(db::Tx& tx, Micros day);
  std::vector<RetentionWeek> retention(db::Tx& tx, Micros from, Micros to);
  std::vector<SearchedWords> words(db::Tx& tx, Micros from, Micros to, bool without_result,
                                   int limit);
  std::vector<ViewedPhoto> viewed(db::Tx& tx, Micros from, Micros to, int limit);

  ActiveCount count_active(db::Tx& tx, Micros day);
  void put_active(db::Tx& tx, const ActiveCount& count);
  // Who signed up in weeks from `since` on, and who of them was active from `monday` on for a week.
  std::vector<RetentionWeek> count_retention(db::Tx& tx, Micros monday, Micros since);
  // Who was erased since it was counted last was there all the same: numbers only grow.
  void put_retention(db::Tx& tx, const RetentionWeek& counted);
  // The first day of which it is known who was here, or how many.
  std::optional<Micros> first_active(db::Tx& tx);
  Stored stored(db::Tx& tx);

  std::optional<Micros> mark(db::Tx& tx, std::string_view name);
  void set_mark(db::Tx& tx, std::string_view name, Micros at);

  // A little at a time: hours by kind, everything else by day, the oldest first.
  std::optional<std::string> next_kind(db::Tx& tx, std::string_view after);
  void remove_hours(db::Tx& tx, std::string_view kind, Micros until);
  std::optional<Micros> oldest_active(db::Tx& tx);
  void remove_active(db::Tx& tx, Micros day);
  std::optional<Micros> oldest_views(db::Tx& tx);
  void remove_views(db::Tx& tx, Micros day);
  std::optional<Micros> oldest_rare_words(db::Tx& tx, std::int64_t often);
  void remove_rare_words(db::Tx& tx, Micros day, std::int64_t often);

  // Handle, name, and what the account was called before.
  std::vector<std::string> names(db::Tx& tx, AccountId account);
  std::optional<Micros> next_words_day(db::Tx& tx, Micros after);
  std::vector<std::string> words_on(db::Tx& tx, Micros day);
  void remove_words(db::Tx& tx, Micros day, std::string_view words);
};

}  // namespace picsharz::usage
