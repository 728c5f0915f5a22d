// Who was here, noticed once: a set in memory that costs a look at one word where somebody is
// known.
//
// What:      seen() puts an account among the new ones unless it is known already; take() gives the
//            new ones. The set is a table of fixed size without a lock: where two accounts want the
//            same places one is forgotten, and is new again when it comes back. Whoever keeps them
//            must take the same one twice.
// Bounds:    the table holds 65,536 accounts (half a megabyte), and so many new ones wait at most:
//            beyond them nobody is noted, and everybody is at their next request.
// Threads:   thread-safe.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "base/ids.h"

namespace picsharz {

class SeenMembers {
 public:
  SeenMembers() : table_(places) {}

  void seen(AccountId account) noexcept {
    if (account.value == 0 || known(account)) return;
    note(account);
  }
  std::vector<AccountId> take();
  // What take() gave and could not be kept.
  void put_back(const std::vector<AccountId>& accounts);
  // Everybody is new again: another day began.
  void forget();

 private:
  static constexpr std::size_t places = 65'536;
  static constexpr std::size_t near = 4;  // places that an account may stand at

  static std::size_t place_of(AccountId account, std::size_t step) {
    const auto mixed = static_cast<std::uint64_t>(account.value) * 0x9E3779B97F4A7C15ULL;
    return ((mixed >> 40) + step) % places;
  }
  bool known(AccountId account) const noexcept {
    for (std::size_t step = 0; step < near; ++step) {
      const auto there = table_[place_of(account, step)].load(std::memory_order_relaxed);
      if (there == account.value) return true;
      if (there == 0) return false;
    }
    return false;
  }
  void note(AccountId account) noexcept;
  void remember(AccountId account) noexcept;

  std::vector<std::atomic<std::int64_t>> table_;  // 0: free
  std::mutex mutex_;
  std::vector<AccountId> new_;
};

// The process' own.
SeenMembers& seen_members();

}  // namespace picsharz
