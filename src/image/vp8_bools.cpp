#include "image/vp8_bools.h"

#include <algorithm>
#include <utility>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(PICSHARZ_SANITIZED)
#define PICSHARZ_CLONES __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define PICSHARZ_CLONES
#endif

namespace picsharz::image::vp8 {
namespace {

constexpr int flush_bits = 48;
constexpr std::size_t flush_bytes = flush_bits / 8;

// The interval that all decisions so far have narrowed. `low` has 8 + `bits` bits that are not
// written yet, and one more where the last addition carries into what is.
struct Interval {
  std::uint64_t low = 0;
  std::uint32_t range = 255;
  int bits = 0;
  std::uint8_t* out = nullptr;  // behind what is written
};

// A carry goes on through bytes that are full; there is always one that is not.
inline void carry(std::uint8_t* behind) {
  while (*--behind == 255) *behind = 0;
  ++*behind;
}

inline void flush(Interval& now) {
  now.bits -= flush_bits;
  std::uint64_t ready = now.low >> (now.bits + 8);
  now.low &= (std::uint64_t{1} << (now.bits + 8)) - 1;
  if (ready >> flush_bits != 0) carry(now.out);
  for (std::size_t i = 0; i < flush_bytes; ++i) {
    now.out[i] = static_cast<std::uint8_t>(ready >> (flush_bits - 8 - 8 * i));
  }
  now.out += flush_bytes;
}

// What coding a decision needs: its probability, and above it all bits where it is 1, or none.
using Steps = std::array<std::int32_t, std::size_t{2} * places>;

Steps steps_of(const Probabilities& probabilities) {
  Steps steps{};
  for (std::size_t place = 0; place < probabilities.size(); ++place) {
    steps[2 * place] = probabilities[place];
    steps[2 * place + 1] = static_cast<std::int32_t>(0xffff0000U | probabilities[place]);
  }
  return steps;
}

[[gnu::always_inline]] inline void step(Interval& now, std::int32_t of) {
  const auto taken = static_cast<std::uint32_t>(of >> 31);
  const std::uint32_t split = 1 + (((now.range - 1) * static_cast<std::uint8_t>(of)) >> 8);
  now.low += split & taken;
  const std::uint32_t range = split ^ ((split ^ (now.range - split)) & taken);
  const int shift = __builtin_clz(range) - 24;  // it is never 0
  now.range = range << shift;
  now.low <<= shift;
  now.bits += shift;
  if (now.bits >= flush_bits) flush(now);
}

// What is left, to the last bit.
void finish(Interval& now) {
  const int width = now.bits + 8;
  const int bytes = (width + 7) / 8;
  const int padding = 8 * bytes - width;
  if (now.low >> width != 0) {
    carry(now.out);
    now.low &= (std::uint64_t{1} << width) - 1;
  }
  now.low <<= padding;
  for (int i = bytes - 1; i >= 0; --i) {
    *now.out++ = static_cast<std::uint8_t>(now.low >> (8 * i));
  }
}

PICSHARZ_CLONES void code_one(Interval& whole, const Decision* list, std::size_t count,
                              const std::int32_t* of) {
  Interval now = whole;  // in registers
  for (std::size_t i = 0; i < count; ++i) step(now, of[list[i]]);
  whole = now;
}

PICSHARZ_CLONES void code_four(Interval* whole, const Decision* const* lists, std::size_t count,
                               const std::int32_t* of) {
  Interval a = whole[0];
  Interval b = whole[1];
  Interval c = whole[2];
  Interval d = whole[3];
  for (std::size_t i = 0; i < count; ++i) {
    step(a, of[lists[0][i]]);
    step(b, of[lists[1][i]]);
    step(c, of[lists[2][i]]);
    step(d, of[lists[3][i]]);
  }
  whole[0] = a;
  whole[1] = b;
  whole[2] = c;
  whole[3] = d;
}

// Bytes that have no value yet. A decision takes 7 bits at most.
using Buffer = std::unique_ptr<std::uint8_t[]>;
Buffer buffer_for(std::span<const Decision> list) {
  return std::make_unique_for_overwrite<std::uint8_t[]>(list.size() + 16);
}

std::string text_of(const Buffer& buffer, const Interval& now) {
  return {reinterpret_cast<const char*>(buffer.get()), reinterpret_cast<const char*>(now.out)};
}

}  // namespace

Probabilities with_fixed(std::span<const std::uint8_t, token_probabilities> own) {
  Probabilities all{};
  std::ranges::copy(own, all.begin());
  for (int p = 0; p < 256; ++p) {
    all.at(static_cast<std::size_t>(fixed + p)) = static_cast<std::uint8_t>(p);
  }
  return all;
}

void Decisions::grow(std::size_t count) {
  const std::size_t size = std::max(2 * size_, used_ + count);
  auto larger = std::make_unique_for_overwrite<Decision[]>(size);
  std::copy_n(list_.get(), used_, larger.get());
  list_ = std::move(larger);
  size_ = size;
}

std::string code(std::span<const Decision> list, const Probabilities& probabilities) {
  const Buffer buffer = buffer_for(list);
  Interval now;
  now.out = buffer.get();
  code_one(now, list.data(), list.size(), steps_of(probabilities).data());
  finish(now);
  return text_of(buffer, now);
}

std::array<std::string, lists_at_a_time> code(
    const std::array<std::span<const Decision>, lists_at_a_time>& lists,
    const Probabilities& probabilities) {
  const Steps steps = steps_of(probabilities);
  std::array<Buffer, lists_at_a_time> buffers;
  std::array<Interval, lists_at_a_time> now{};
  std::array<const Decision*, lists_at_a_time> at{};
  std::size_t together = lists[0].size();
  for (std::size_t i = 0; i < lists_at_a_time; ++i) {
    buffers[i] = buffer_for(lists[i]);
    now[i].out = buffers[i].get();
    at[i] = lists[i].data();
    together = std::min(together, lists[i].size());
  }
  code_four(now.data(), at.data(), together, steps.data());
  std::array<std::string, lists_at_a_time> coded;
  for (std::size_t i = 0; i < lists_at_a_time; ++i) {
    code_one(now[i], at[i] + together, lists[i].size() - together, steps.data());
    finish(now[i]);
    coded[i] = text_of(buffers[i], now[i]);
  }
  return coded;
}

}  // namespace picsharz::image::vp8
