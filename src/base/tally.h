// Counts of what happens, in memory: cheap enough for every request, added up in the database by
// features/usage.
//
// What:      a fixed table of uses (`sign_up`, `like`, `request` ...), each with a few labels known
//            beforehand. count() adds one, and an amount (bytes, microseconds), to the calling
//            thread's own shard: two relaxed additions, no lock, nothing allocated. drain() takes
//            what was counted since the last one; together, drains hold every count exactly once.
// Where:     in the process, like the log: what happens in a service is counted there, after it was
//            committed, by count_use(). Nobody's id is ever a label.
// Bounds:    the table: no label comes from outside.
// Threads:   count() and seen() from any; drain(), put_back() and totals() one at a time each
//            (there is a lock).
// Failures:  none. What a process has not drained when it is killed is lost.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace picsharz {

enum class Use : std::uint8_t {
  sign_up,
  log_in,
  upload,        // label: MIME type
  upload_bytes,  // the same; amount: bytes
  view,          // of a photo's page, by somebody else
  like,
  unlike,
  follow,
  unfollow,
  comment,
  search,
  search_empty,  // of these, without a result
  request,       // label: RouteClass; amount: bytes out
  route_time,    // label: RouteClass/bound of a bucket in microseconds; amount: microseconds
  error,         // label: 4xx, 5xx
  moderation,    // label: what became of something
  query,         // of an administrator, in SQL; amount: bytes scanned
};

// What a request was about.
enum class RouteClass : std::uint8_t {
  feed,
  photo,
  search,
  upload,
  media,
  account,
  admin,
  page,
  other,
};

// What became of a photo, a comment or a case.
enum class Judged : std::uint8_t {
  published,   // by the classifier
  held,        // by the classifier
  removed,     // by whomever
  approved,    // by a moderator
  kept,        // hidden, by a moderator
  overturned,  // of what a moderator approved: it had been held or removed, and was appealed
  suspended,   // an account
  reported,
  appealed,
};

// Buckets of how long a request took, as their inclusive upper bounds; what took longer is in the
// last.
inline constexpr std::array<Micros, 16> time_bounds = {
    100,    250,     500,     1'000,   2'500,     5'000,     10'000,    25'000,
    50'000, 100'000, 250'000, 500'000, 1'000'000, 2'500'000, 5'000'000, minute};

class Tally {
 public:
  static constexpr std::size_t uses = 17;
  static constexpr std::size_t slots = 189;

  // Of one use and label.
  struct Count {
    Use use{};
    std::size_t label = 0;
    std::int64_t count = 0;
    std::int64_t amount = 0;
    bool operator==(const Count&) const = default;
  };

  // `label`: an index of labels_of(use).
  void count(Use use, std::size_t label = 0, std::int64_t amount = 0) noexcept {
    add(use, label, 1, amount);
  }
  // A label that is none of the use's counts as its last one.
  void count(Use use, std::string_view label, std::int64_t amount = 0) noexcept;
  // What was counted did not come to stay: one less, where and when that is.
  void take_back(Use use, std::size_t label) noexcept { add(use, label, -1, 0); }
  // A request that was answered: request, route_time where `timed`, error.
  void count_request(RouteClass about, int status, std::int64_t bytes, Micros duration,
                     bool timed) noexcept;

  // Only what is not 0, in the order of the table.
  std::vector<Count> drain();
  // What a drain took and could not be kept: the next one has it again.
  void put_back(std::span<const Count> counts);
  // Everything that was counted since the process began. Never less than before: until as many came
  // anew, what was taken back is still in it.
  std::vector<Count> totals();

 private:
  // As many as threads that count at the same moment, about; two of them may share one.
  static constexpr std::size_t shards = 16;

  struct Cell {
    std::atomic<std::int64_t> count{0};
    std::atomic<std::int64_t> amount{0};
  };
  struct Shard {
    std::array<Cell, slots> cells;
    std::array<char, 64> apart{};  // of a cache line: the next one is another thread's
  };

  void add(Use use, std::size_t label, std::int64_t count, std::int64_t amount) noexcept;
  static std::size_t shard_of_thread() noexcept;

  std::array<Shard, shards> shards_;
  std::mutex mutex_;
  std::array<Count, slots> drained_{};      // since the process began
  std::array<std::int64_t, slots> told_{};  // by totals()
};

std::string_view name_of(Use use);  // "sign_up"
std::size_t labels_of(Use use);     // how many; 1 where it has none, which is ""
std::string label_of(Use use, std::size_t label);

// The process' own.
Tally& tally();

inline void count_use(Use use, std::size_t label = 0, std::int64_t amount = 0) noexcept {
  tally().count(use, label, amount);
}
inline void count_use(Use use, std::string_view label, std::int64_t amount) noexcept {
  tally().count(use, label, amount);
}
inline void count_judged(Judged what) noexcept {
  tally().count(Use::moderation, static_cast<std::size_t>(what));
}
inline void take_back_judged(Judged what) noexcept {
  tally().take_back(Use::moderation, static_cast<std::size_t>(what));
}

}  // namespace picsharz
