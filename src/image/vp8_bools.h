// Arithmetic coding of decisions, as VP8 does it.
//
// What:      decisions are gathered first, each with the place of its probability, so that a
//            frame's probabilities follow from what it holds; then they are coded, several lists at
//            a time: one list alone is a chain in which each step waits for the one before it.
// Threads:   plain values; no sharing.
// Failures:  std::bad_alloc.
// Source:    RFC 6386, section 7.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "image/vp8_tables.h"

namespace picsharz::image::vp8 {

// Places below token_probabilities are the frame's own; behind them come those that never change:
// place fixed + p has probability p.
inline constexpr int fixed = token_probabilities;
inline constexpr int places = fixed + 256;

using Probabilities = std::array<std::uint8_t, places>;  // that the decision is 0, of 256
Probabilities with_fixed(std::span<const std::uint8_t, token_probabilities> own);

// 2 * place + the decision.
using Decision = std::uint16_t;
constexpr Decision decision(int place, int taken) {
  return static_cast<Decision>(2 * place + taken);
}

// Decisions in their order. Whoever writes asks for room first.
class Decisions {
 public:
  // At least `count` more fit behind what is returned; end() takes them in.
  Decision* room_for(std::size_t count) {
    if (size_ - used_ < count) grow(count);
    return list_.get() + used_;
  }
  void end(const Decision* behind) { used_ = static_cast<std::size_t>(behind - list_.get()); }

  void put(int taken, int probability) {
    *room_for(1) = decision(fixed + probability, taken);
    ++used_;
  }
  // The highest bit first.
  void put_number(int number, int bits) {
    for (int bit = bits - 1; bit >= 0; --bit) put(number >> bit & 1, 128);
  }

  std::span<const Decision> all() const { return {list_.get(), used_}; }

 private:
  void grow(std::size_t count);

  std::unique_ptr<Decision[]> list_;  // what is not used has no value
  std::size_t size_ = 0;
  std::size_t used_ = 0;
};

inline constexpr std::size_t lists_at_a_time = 4;

std::string code(std::span<const Decision> list, const Probabilities& probabilities);
std::array<std::string, lists_at_a_time> code(
    const std::array<std::span<const Decision>, lists_at_a_time>& lists,
    const Probabilities& probabilities);

}  // namespace picsharz::image::vp8
