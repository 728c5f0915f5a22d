#include "image/vp8_encoder.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <span>
#include <string_view>
#include <vector>

#include "image/vp8_blocks.h"
#include "image/vp8_bools.h"

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O3")
#endif
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(PICSHARZ_SANITIZED)
#define PICSHARZ_CLONES __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define PICSHARZ_CLONES
#endif

namespace picsharz::image {
namespace {

using namespace vp8;  // NOLINT: the rest of the encoder

constexpr int side = 16;    // of a macroblock
constexpr int small = 8;    // of its chroma
constexpr int blocks = 25;  // 16 of luma, 4 and 4 of chroma, and the one of first coefficients
constexpr int second_block = 24;
constexpr int side_max = (1 << 14) - 1;
constexpr std::size_t decisions_max = blocks * 16 * 20;  // of a macroblock

// How the luma of a macroblock, and its chroma, are predicted.
enum Mode : std::uint8_t {
  mean = 0,         // of the samples around it
  true_motion = 1,  // above + left - corner
};

// The types of blocks as tokens tell them apart.
enum TokenType { luma_rest = 0, second = 1, chroma = 2 };

constexpr std::array<std::uint8_t, 17> bands{0, 1, 2, 3, 6, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7, 0};
constexpr std::array<std::uint8_t, 16> zigzag{0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15};

constexpr int token_types_used = 3;

// Where the tokens of a coefficient have their probabilities, by type, coefficient and what came
// before it; and the decisions for coefficients that are zero and follow one that is.
struct TokenPlaces {
  std::array<std::array<std::array<int, token_contexts>, 17>, token_types_used> all{};
  std::array<std::array<Decision, 17 + 16>, token_types_used> zeros{};
  constexpr TokenPlaces() {
    for (std::size_t type = 0; type < token_types_used; ++type) {
      for (std::size_t n = 0; n < 17; ++n) {
        for (int context = 0; context < token_contexts; ++context) {
          const int row = (static_cast<int>(type) * token_bands + bands.at(n)) * token_contexts;
          all.at(type).at(n).at(static_cast<std::size_t>(context)) = (row + context) * token_nodes;
        }
        zeros.at(type).at(n) = decision(all.at(type).at(n).at(0) + 1, 0);
      }
    }
  }
};
constexpr TokenPlaces token_places;

// --- quantising ---

struct Quantiser {
  alignas(16) std::array<std::uint16_t, 16> step{};
  alignas(16) std::array<std::uint16_t, 16> reciprocal{};  // 65536 / step
  alignas(16) std::array<std::uint16_t, 16> round{};       // added before the division

  Quantiser() = default;
  Quantiser(int first, int others, int first_round, int other_round) {
    for (std::size_t i = 0; i < 16; ++i) {
      const int size = i == 0 ? first : others;
      step[i] = static_cast<std::uint16_t>(size);
      reciprocal[i] = static_cast<std::uint16_t>((65536 + size - 1) / size);
      round[i] = static_cast<std::uint16_t>(size * (i == 0 ? first_round : other_round) / 256);
    }
  }
};

// Bits of a mask by rows become bits by zigzag.
struct ZigzagMasks {
  std::array<std::uint16_t, 256> low{};
  std::array<std::uint16_t, 256> high{};
  constexpr ZigzagMasks() {
    for (unsigned n = 0; n < 16; ++n) {
      for (unsigned bits = 0; bits < 256; ++bits) {
        const unsigned at = zigzag.at(n);
        if (at < 8 && (bits >> at & 1) != 0) low.at(bits) |= static_cast<std::uint16_t>(1 << n);
        if (at >= 8 && (bits >> (at - 8) & 1) != 0) {
          high.at(bits) |= static_cast<std::uint16_t>(1 << n);
        }
      }
    }
  }
};
constexpr ZigzagMasks zigzag_masks;

PICSHARZ_INLINE unsigned nonzero_mask(const std::int16_t* levels) {
#ifdef __SSE2__
  const auto* from = reinterpret_cast<const __m128i*>(levels);
  const __m128i bytes = _mm_packs_epi16(_mm_load_si128(from), _mm_load_si128(from + 1));
  const auto zeros =
      static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_setzero_si128())));
  const unsigned rows = ~zeros & 0xffff;
#else
  unsigned rows = 0;
  for (unsigned i = 0; i < 16; ++i) rows |= (levels[i] != 0 ? 1U : 0U) << i;
#endif
  return unsigned{zigzag_masks.low[rows & 255]} | zigzag_masks.high[rows >> 8];
}

// Levels take the place of coefficients; `restored` is what a decoder makes of them. The mask of
// those that are not zero, in zigzag order.
PICSHARZ_INLINE unsigned quantise(std::int16_t* coefficients, const Quantiser& quantiser,
                                  std::int16_t* restored) {
  for (int i = 0; i < 16; ++i) {
    const int value = coefficients[i];
    const auto size = static_cast<std::uint16_t>(value < 0 ? -value : value);
    const auto lifted = static_cast<std::uint16_t>(size + quantiser.round[i]);
    const auto level =
        static_cast<std::uint16_t>((std::uint32_t{lifted} * quantiser.reciprocal[i]) >> 16);
    const auto back = static_cast<std::uint16_t>(level * quantiser.step[i]);
    coefficients[i] = static_cast<std::int16_t>(value < 0 ? -level : level);
    restored[i] = static_cast<std::int16_t>(value < 0 ? -back : back);
  }
  return nonzero_mask(coefficients);
}

// --- tokens ---

// The decisions for a level from -10 to 10: eight at most, the first `count` of them. Those that
// depend on the place of the coefficient have it added.
struct LevelCode {
  alignas(16) std::array<Decision, 8> list{};
  alignas(16) std::array<std::uint16_t, 8> placed{};  // all bits or none
  int count = 0;

  constexpr void put(int node, int taken) {
    placed.at(static_cast<std::size_t>(count)) = 0xffff;
    list.at(static_cast<std::size_t>(count++)) = decision(node, taken);
  }
  constexpr void put_fixed(int probability, int taken) {
    list.at(static_cast<std::size_t>(count++)) = decision(fixed + probability, taken);
  }
};

constexpr int coded_level = 10;

constexpr LevelCode code_of_level(int level) {
  const int size = level < 0 ? -level : level;
  LevelCode code;
  code.put(1, 1);
  code.put(2, size > 1 ? 1 : 0);
  if (size > 1) code.put(3, size > 4 ? 1 : 0);
  if (size > 1 && size <= 4) {
    code.put(4, size > 2 ? 1 : 0);
    if (size > 2) code.put(5, size > 3 ? 1 : 0);
  } else if (size > 4) {
    code.put(6, 0);
    code.put(7, size > 6 ? 1 : 0);
    if (size > 6) {
      code.put_fixed(165, (size - 7) >> 1);
      code.put_fixed(145, (size - 7) & 1);
    } else {
      code.put_fixed(159, size - 5);
    }
  }
  code.put_fixed(128, level < 0 ? 1 : 0);
  return code;
}

struct LevelCodes {
  std::array<LevelCode, 2 * coded_level + 1> all{};
  constexpr LevelCodes() {
    for (int level = -coded_level; level <= coded_level; ++level) {
      if (level != 0) all.at(static_cast<std::size_t>(level + coded_level)) = code_of_level(level);
    }
  }
};
constexpr LevelCodes level_codes;

// What is larger, by its category: from where, and the probabilities of its bits.
struct Category {
  int from;
  int bits;
  std::array<std::uint8_t, 11> probabilities;
};
constexpr std::array<Category, 4> categories{{
    {11, 3, {173, 148, 140}},
    {19, 4, {176, 155, 140, 135}},
    {35, 5, {180, 157, 141, 134, 130}},
    {67, 11, {254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129}},
}};

Decision* put_large_level(Decision* out, int place, int level) {
  const int size = std::abs(level);
  int which = 0;
  while (which < 3 && size >= categories[static_cast<std::size_t>(which) + 1].from) ++which;
  const Category& category = categories[static_cast<std::size_t>(which)];
  for (const int node : {1, 2, 3, 6}) *out++ = decision(place + node, 1);
  *out++ = decision(place + 8, which >> 1);
  *out++ = decision(place + 9 + (which >> 1), which & 1);
  for (int i = 0; i < category.bits; ++i) {
    const int bit = (size - category.from) >> (category.bits - 1 - i) & 1;
    *out++ = decision(fixed + category.probabilities[static_cast<std::size_t>(i)], bit);
  }
  *out++ = decision(fixed + 128, level < 0 ? 1 : 0);
  return out;
}

PICSHARZ_INLINE Decision* put_level(Decision* out, int place, int level) {
  if (level > coded_level || level < -coded_level) return put_large_level(out, place, level);
  const LevelCode& code = level_codes.all[static_cast<std::size_t>(level + coded_level)];
  U16x8 list;
  U16x8 placed;
  std::memcpy(&list, code.list.data(), sizeof list);
  std::memcpy(&placed, code.placed.data(), sizeof placed);
  list += placed & static_cast<std::uint16_t>(2 * place);
  std::memcpy(out, &list, sizeof list);
  return out + code.count;
}

// A block from its coefficient `begin` on. `context`: how many of the blocks above and on the left
// are not empty. It writes behind its end what the next overwrites.
PICSHARZ_INLINE Decision* put_block(Decision* out, std::size_t type, unsigned begin, int context,
                                    const std::int16_t* levels, unsigned mask) {
  const auto& places = token_places.all[type];
  int place = places[begin][static_cast<std::size_t>(context)];
  unsigned n = begin;
  while (mask != 0) {
    *out++ = decision(place, 1);  // not the end
    const auto next = static_cast<unsigned>(std::countr_zero(mask));
    *out = decision(place + 1, 0);
    std::memcpy(out + 1, token_places.zeros[type].data() + n + 1, 16 * sizeof(Decision));
    out += next - n;
    place = next == n ? place : places[next][0];
    const int level = levels[zigzag[next]];
    out = put_level(out, place, level);
    mask &= mask - 1;
    n = next + 1;
    place = places[n][level > 1 || level < -1 ? 2 : 1];
  }
  *out = decision(place, 0);
  return out + (n < 16 ? 1 : 0);
}

// --- macroblocks ---

// Samples with a column on the left and a row above.
template <int Side>
struct Surrounded {
  static constexpr int stride = Side + 16;
  alignas(16) std::array<std::uint8_t, static_cast<std::size_t>(stride*(Side + 1))> samples{};

  std::uint8_t* at(int x, int y) { return samples.data() + (y + 1) * stride + 16 + x; }
};

// What the stream says of a macroblock before its tokens.
struct Header {
  bool empty = false;
  Mode luma_mode = mean;
  Mode chroma_mode = mean;
};

// Which blocks on an edge have coefficients: 4 of luma, 2 and 2 of chroma, and the second.
using Filled = std::array<std::uint8_t, 9>;

struct Steps {
  explicit Steps(int quantiser);
  Quantiser luma, second, chroma;
};

// What is added before a division, in 256ths of the step: less than a half, because small levels
// cost more bits than they are worth. Chosen so that photographs come out at least as close to the
// original as from libwebp at quality 75.
constexpr int first_round = 96;
constexpr int other_round = 110;

// Flat colour that is a little off is seen more than anything else that is lost.
int chroma_mean_quantiser(int quantiser) { return std::max(0, quantiser - 15); }

Steps::Steps(int quantiser) {
  const int first = dc_steps.at(static_cast<std::size_t>(quantiser));
  const int others = ac_steps.at(static_cast<std::size_t>(quantiser));
  luma = Quantiser(first, others, first_round, other_round);
  second = Quantiser(2 * first, std::max(8, others * 155 / 100), first_round, first_round);
  const int mean = dc_steps.at(static_cast<std::size_t>(chroma_mean_quantiser(quantiser)));
  chroma = Quantiser(std::min(132, mean), others, 128, other_round);
}

// A frame while it is coded: the rows above, and what the rows so far have given.
struct Frame {
  const Yuv& source;
  Steps steps;
  int columns;
  int rows;
  std::vector<std::uint8_t> luma_above, u_above, v_above;  // the lowest rows so far
  std::vector<Filled> filled_above;
  std::vector<Header> headers;
  std::array<Decisions, lists_at_a_time> tokens;

  Frame(const Yuv& studio, int quantiser)
      : source(studio),
        steps(quantiser),
        columns((studio.y.width + side - 1) / side),
        rows((studio.y.height + side - 1) / side),
        luma_above(static_cast<std::size_t>(columns) * side, outside_above),
        u_above(static_cast<std::size_t>(columns) * small, outside_above),
        v_above(u_above),
        filled_above(static_cast<std::size_t>(columns)) {
    headers.reserve(static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows));
  }

  static constexpr std::uint8_t outside_above = 127;
  static constexpr std::uint8_t outside_left = 129;
};

// A macroblock while it is coded.
struct Macroblock {
  int x = 0;
  int y = 0;
  alignas(16) std::array<std::uint8_t, side * side> luma_source{};
  alignas(16) std::array<std::uint8_t, small * small> u_source{}, v_source{};
  Surrounded<side> luma;
  Surrounded<small> u, v;
  alignas(16) std::array<std::int16_t, std::size_t{16} * blocks> levels{};
  alignas(16) std::array<std::int16_t, std::size_t{16} * blocks> restored{};
  std::array<unsigned, blocks> masks{};
  Header header;
  Filled filled_left{};
};

// Behind the picture's edges its last samples are repeated.
template <int Side>
PICSHARZ_INLINE void load_source(const Plane& plane, int x, int y, std::uint8_t* out) {
  const int left = x * Side;
  const int width = std::min(Side, plane.width - left);
  for (int row = 0; row < Side; ++row, out += Side) {
    const std::uint8_t* from = plane.row(std::min(y * Side + row, plane.height - 1)) + left;
    if (width == Side) {
      std::memcpy(out, from, Side);
    } else {
      std::memcpy(out, from, static_cast<std::size_t>(width));
      std::memset(out + width, from[width - 1], static_cast<std::size_t>(Side - width));
    }
  }
}

// The samples around it. Those on the left are what its neighbour left in its last column.
template <int Side>
PICSHARZ_INLINE void surround(Surrounded<Side>& samples, int x, int y, const std::uint8_t* above,
                              std::uint8_t corner) {
  for (int row = 0; row < Side; ++row) {
    *samples.at(-1, row) = x == 0 ? Frame::outside_left : *samples.at(Side - 1, row);
  }
  const std::uint8_t outside = y == 0 ? Frame::outside_above : Frame::outside_left;
  *samples.at(-1, -1) = x == 0 || y == 0 ? outside : corner;
  std::memcpy(samples.at(0, -1), above, Side);
}

template <int Side>
PICSHARZ_INLINE int mean_around(Surrounded<Side>& samples, bool has_above, bool has_left) {
  if (!has_above && !has_left) return 128;
  int sum = 0;
  for (int i = 0; i < Side; ++i) {
    if (has_above) sum += *samples.at(i, -1);
    if (has_left) sum += *samples.at(-1, i);
  }
  const int count = has_above && has_left ? 2 * Side : Side;
  return (sum + count / 2) / count;
}

template <int Side>
PICSHARZ_INLINE void fill(Surrounded<Side>& samples, int value) {
  for (int y = 0; y < Side; ++y) std::memset(samples.at(0, y), value, Side);
}

template <int Side>
PICSHARZ_INLINE void fill_true_motion(Surrounded<Side>& samples) {
  const std::uint8_t* const above = samples.at(0, -1);
  for (int y = 0; y < Side; ++y) {
    std::uint8_t* const row = samples.at(0, y);
    const auto slope = static_cast<std::int16_t>(row[-1] - above[-1]);
    for (int x = 0; x < Side; ++x) {
      const auto value = static_cast<std::int16_t>(above[x] + slope);
      row[x] = static_cast<std::uint8_t>(std::clamp<std::int16_t>(value, 0, 255));
    }
  }
}

// The prediction with the smaller squared error.
PICSHARZ_INLINE void predict_luma(Macroblock& now) {
  const int value = mean_around(now.luma, now.y > 0, now.x > 0);
  const U8x16 flat = U8x16{} + static_cast<std::uint8_t>(value);
  fill_true_motion(now.luma);
  int of_mean = 0;
  int of_motion = 0;
  for (int y = 0; y < side; ++y) {
    const auto wanted = load<U8x16>(now.luma_source.data() + std::ptrdiff_t{y} * side);
    of_mean += squared_distance(flat, wanted);
    of_motion += squared_distance(load<U8x16>(now.luma.at(0, y)), wanted);
  }
  now.header.luma_mode = of_mean <= of_motion ? mean : true_motion;
  if (now.header.luma_mode == mean) fill(now.luma, value);
}

PICSHARZ_INLINE void predict_chroma(Macroblock& now) {
  now.header.chroma_mode = mean;
  fill(now.u, mean_around(now.u, now.y > 0, now.x > 0));
  fill(now.v, mean_around(now.v, now.y > 0, now.x > 0));
}

PICSHARZ_INLINE void quantise(Macroblock& now, std::size_t block, const Quantiser& quantiser) {
  now.masks[block] =
      quantise(now.levels.data() + 16 * block, quantiser, now.restored.data() + 16 * block);
}

// Luma: the first coefficients of its blocks are once more transformed.
PICSHARZ_INLINE void code_luma(Macroblock& now, const Steps& steps) {
  alignas(16) std::array<std::int16_t, 16> firsts;
  for (std::size_t block = 0; block < 16; block += 2) {
    const int x = static_cast<int>(block % 4) * 4;
    const int y = static_cast<int>(block / 4) * 4;
    std::int16_t* const levels = now.levels.data() + 16 * block;
    store_pair(
        forward(now.luma_source.data() + y * side + x, side, now.luma.at(x, y), now.luma.stride),
        levels);
    firsts[block] = levels[0];
    firsts[block + 1] = levels[16];
    levels[0] = levels[16] = 0;
    quantise(now, block, steps.luma);
    quantise(now, block + 1, steps.luma);
  }
  hadamard(firsts.data(), 1, 1);
  std::copy(firsts.begin(), firsts.end(), now.levels.begin() + 16 * second_block);
  quantise(now, second_block, steps.second);
  std::copy_n(now.restored.begin() + 16 * second_block, 16, firsts.begin());
  hadamard(firsts.data(), 3, 3);
  for (std::size_t block = 0; block < 16; block += 2) {
    std::int16_t* const restored = now.restored.data() + 16 * block;
    restored[0] = firsts[block];
    restored[16] = firsts[block + 1];
    reconstruct(restored, now.luma.at(block % 4 * 4, block / 4 * 4), now.luma.stride);
  }
}

PICSHARZ_INLINE void code_chroma(Macroblock& now, std::size_t first_block, Surrounded<small>& plane,
                                 const std::uint8_t* source, const Quantiser& quantiser) {
  for (std::size_t row = 0; row < 2; ++row) {
    const std::size_t block = first_block + 2 * row;
    const int y = static_cast<int>(row) * 4;
    store_pair(forward(source + y * small, small, plane.at(0, y), plane.stride),
               now.levels.data() + 16 * block);
    quantise(now, block, quantiser);
    quantise(now, block + 1, quantiser);
    reconstruct(now.restored.data() + 16 * block, plane.at(0, y), plane.stride);
  }
}

// Its tokens, behind those of the macroblock before it.
PICSHARZ_INLINE Decision* put_tokens(Decision* out, Macroblock& now, Filled& above) {
  Filled& left = now.filled_left;
  const auto put = [&](std::size_t type, unsigned begin, std::size_t block, std::size_t column,
                       std::size_t row) __attribute__((always_inline)) {
    const unsigned mask = now.masks[block];
    out = put_block(out, type, begin, above[column] + left[row], now.levels.data() + 16 * block,
                    mask);
    above[column] = left[row] = mask != 0 ? 1 : 0;
  };
  put(second, 0, second_block, 8, 8);
  for (std::size_t block = 0; block < 16; ++block) put(luma_rest, 1, block, block % 4, block / 4);
  for (std::size_t block = 16; block < 24; ++block) {
    const std::size_t plane = block < 20 ? 4 : 6;
    put(chroma, 0, block, plane + block % 2, plane + block % 4 / 2);
  }
  return out;
}

PICSHARZ_INLINE void code_macroblock(Frame& frame, Macroblock& now, Decisions& tokens) {
  load_source<side>(frame.source.y, now.x, now.y, now.luma_source.data());
  load_source<small>(frame.source.u, now.x, now.y, now.u_source.data());
  load_source<small>(frame.source.v, now.x, now.y, now.v_source.data());
  predict_luma(now);
  code_luma(now, frame.steps);
  predict_chroma(now);
  code_chroma(now, 16, now.u, now.u_source.data(), frame.steps.chroma);
  code_chroma(now, 20, now.v, now.v_source.data(), frame.steps.chroma);
  unsigned any = 0;
  for (const unsigned mask : now.masks) any |= mask;
  now.header.empty = any == 0;
  Filled& above = frame.filled_above[static_cast<std::size_t>(now.x)];
  if (now.header.empty) {
    above = now.filled_left = {};
  } else {
    tokens.end(put_tokens(tokens.room_for(decisions_max), now, above));
  }
  frame.headers.push_back(now.header);
}

PICSHARZ_CLONES void code_row(Frame& frame, int y) {
  Macroblock now;
  now.y = y;
  Decisions& tokens = frame.tokens[static_cast<std::size_t>(y) % lists_at_a_time];
  std::array<std::uint8_t, 3> corners{};
  for (int x = 0; x < frame.columns; ++x) {
    now.x = x;
    std::uint8_t* const luma_above = frame.luma_above.data() + std::ptrdiff_t{x} * side;
    std::uint8_t* const u_above = frame.u_above.data() + std::ptrdiff_t{x} * small;
    std::uint8_t* const v_above = frame.v_above.data() + std::ptrdiff_t{x} * small;
    surround(now.luma, x, y, luma_above, corners[0]);
    surround(now.u, x, y, u_above, corners[1]);
    surround(now.v, x, y, v_above, corners[2]);
    corners = {luma_above[side - 1], u_above[small - 1], v_above[small - 1]};
    code_macroblock(frame, now, tokens);
    std::memcpy(luma_above, now.luma.at(0, side - 1), side);
    std::memcpy(u_above, now.u.at(0, small - 1), small);
    std::memcpy(v_above, now.v.at(0, small - 1), small);
  }
}

// --- the stream ---

// What a decision costs that had `probability` of 256, not 0.
double bits_of(int probability) {
  static const auto table = [] {
    std::array<double, 257> bits{};
    for (std::size_t i = 1; i < bits.size(); ++i) {
      bits[i] = 8 - std::log2(static_cast<double>(i));
    }
    return bits;
  }();
  return table.at(static_cast<std::size_t>(probability));
}

struct Count {
  std::uint32_t zeros = 0;
  std::uint32_t ones = 0;
};

// Two sums of each: many decisions are the same as the last.
std::vector<Count> counted(const std::array<Decisions, lists_at_a_time>& tokens) {
  std::array<std::array<std::uint32_t, std::size_t{2} * places>, 2> seen{};
  for (const Decisions& list : tokens) {
    const std::span<const Decision> all = list.all();
    for (std::size_t i = 0; i + 1 < all.size(); i += 2) {
      ++seen[0][all[i]];
      ++seen[1][all[i + 1]];
    }
  }
  std::vector<Count> counts(token_probabilities);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    counts[i] = {seen[0][2 * i] + seen[1][2 * i], seen[0][2 * i + 1] + seen[1][2 * i + 1]};
  }
  return counts;
}

double bits_of(const Count& count, int probability) {
  return count.zeros * bits_of(probability) + count.ones * bits_of(256 - probability);
}

// Changes those of the default probabilities where that saves more than it costs to say so.
std::array<std::uint8_t, token_probabilities> put_probabilities(Decisions& out,
                                                                const std::vector<Count>& counts) {
  auto chosen = default_probabilities;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const Count& count = counts[i];
    const std::uint32_t all = count.zeros + count.ones;
    const int update = update_probabilities.at(i);
    bool changes = false;
    if (all > 0) {
      const auto fitting = static_cast<int>(
          std::clamp<std::uint64_t>((std::uint64_t{count.zeros} * 256 + all / 2) / all, 1, 255));
      const double kept = bits_of(count, chosen.at(i)) + bits_of(update);
      changes = bits_of(count, fitting) + bits_of(256 - update) + 8 < kept;
      if (changes) chosen.at(i) = static_cast<std::uint8_t>(fitting);
    }
    out.put(changes ? 1 : 0, update);
    if (changes) out.put_number(chosen.at(i), 8);
  }
  return chosen;
}

void put_headers(Decisions& out, const Frame& frame) {
  const auto empty = static_cast<std::size_t>(
      std::ranges::count_if(frame.headers, [](const Header& each) { return each.empty; }));
  const auto full = 256 * (frame.headers.size() - empty) / frame.headers.size();
  const int probability = std::clamp(static_cast<int>(full), 1, 255);
  out.put_number(1, 1);  // empty macroblocks have no tokens
  out.put_number(probability, 8);
  for (const Header& header : frame.headers) {
    out.put(header.empty ? 1 : 0, probability);
    out.put(1, 145);  // not in blocks
    const int luma = header.luma_mode == true_motion ? 1 : 0;
    out.put(luma, 156);
    out.put(luma, luma != 0 ? 128 : 163);
    const int colour = header.chroma_mode == true_motion ? 1 : 0;
    out.put(colour, 142);
    if (colour != 0) {
      out.put(1, 114);
      out.put(1, 183);
    }
  }
}

// Everything before the macroblocks' modes.
std::array<std::uint8_t, token_probabilities> put_frame_header(Decisions& out, const Frame& frame,
                                                               int quantiser) {
  const int step = ac_steps.at(static_cast<std::size_t>(quantiser));
  out.put_number(0, 1);  // the colour space
  out.put_number(0, 1);  // decoders clamp
  out.put_number(0, 1);  // no segments
  out.put_number(0, 1);  // the normal loop filter
  out.put_number(std::min(63, step * 3 / 10),
                 6);     // its level: edges of blocks are as high as a step
  out.put_number(0, 3);  // its sharpness
  out.put_number(0, 1);  // the same for all macroblocks
  out.put_number(std::countr_zero(lists_at_a_time), 2);
  out.put_number(quantiser, 7);
  out.put_number(0, 3);  // the same for luma
  out.put_number(1, 1);  // the mean of chroma has another
  out.put_number(quantiser - chroma_mean_quantiser(quantiser), 4);
  out.put_number(1, 1);  // which is smaller
  out.put_number(0, 1);  // the rest of it has the same
  out.put_number(0, 1);  // there is no next frame
  return put_probabilities(out, counted(frame.tokens));
}

void append_number(std::string& out, std::size_t number, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(number >> (8 * i) & 255);
}

// Its size, which is to have so many bits.
std::size_t checked(const std::string& part, int bits) {
  if (part.size() >> bits != 0) throw std::bad_alloc();
  return part.size();
}

// The container (RFC 9649, 2.5) around the frame.
std::string contained(std::string_view frame) {
  std::string file = "RIFF";
  const std::size_t padded = frame.size() + frame.size() % 2;
  file.reserve(20 + padded);
  append_number(file, 12 + padded, 4);
  file += "WEBPVP8 ";
  append_number(file, frame.size(), 4);
  file += frame;
  file.append(padded - frame.size(), '\0');
  return file;
}

}  // namespace

std::string encode_vp8(const Yuv& studio, int quantiser) {
  if (std::max(studio.y.width, studio.y.height) > side_max) throw std::bad_alloc();
  Frame frame(studio, quantiser);
  for (int y = 0; y < frame.rows; ++y) code_row(frame, y);

  Decisions headers;
  const auto probabilities = with_fixed(put_frame_header(headers, frame, quantiser));
  put_headers(headers, frame);
  const std::string first = code(headers.all(), probabilities);
  const auto parts = code(
      {frame.tokens[0].all(), frame.tokens[1].all(), frame.tokens[2].all(), frame.tokens[3].all()},
      probabilities);
  std::string out;
  append_number(out, checked(first, 19) << 5 | 1U << 4, 3);  // a key frame that is shown
  out += "\x9d\x01\x2a";
  append_number(out, static_cast<std::size_t>(studio.y.width), 2);
  append_number(out, static_cast<std::size_t>(studio.y.height), 2);
  out += first;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) append_number(out, checked(parts[i], 24), 3);
  for (const std::string& part : parts) out += part;
  return contained(out);
}

}  // namespace picsharz::image
