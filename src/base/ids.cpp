#include "base/ids.h"

#include <algorithm>

namespace picsharz {

namespace {

constexpr Micros epoch_2024 = 1'704'067'200 * second;
constexpr int node_bits = 8;
constexpr int sequence_bits = 14;

}  // namespace

std::int64_t IdSource::next_value() {
  const std::int64_t floor = (clock_.now() - epoch_2024) / 1000 << sequence_bits;
  std::int64_t last = last_.load(std::memory_order_relaxed);
  std::int64_t mine = 0;
  // A clock that steps back, or more than 16,384 ids in a millisecond, borrows from the future.
  do {
    mine = std::max(floor, last + 1);
  } while (!last_.compare_exchange_weak(last, mine, std::memory_order_relaxed));
  const std::int64_t sequence = mine & ((std::int64_t{1} << sequence_bits) - 1);
  const std::int64_t milliseconds = mine >> sequence_bits;
  return (milliseconds << (node_bits + sequence_bits)) | (node_ << sequence_bits) | sequence;
}

}  // namespace picsharz
