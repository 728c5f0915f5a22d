// Blocks of 4x4 samples as VP8 transforms them, two side by side.
//
// Threads:   pure functions. They are inlined into the loops of vp8_encoder.cpp, which are compiled
//            for more than one processor.
// Source:    RFC 6386, section 14.
#pragma once

#include <cstdint>
#include <cstring>

#ifdef __SSE2__
#include <immintrin.h>
#endif

#pragma GCC diagnostic ignored "-Wpsabi"  // vectors are no arguments: all is inlined

#define PICSHARZ_INLINE [[gnu::always_inline]] inline

namespace picsharz::image::vp8 {

using U8x8 = std::uint8_t __attribute__((vector_size(8)));
using U8x16 = std::uint8_t __attribute__((vector_size(16)));
using I16x8 = std::int16_t __attribute__((vector_size(16)));
using U16x8 = std::uint16_t __attribute__((vector_size(16)));
using I32x8 = std::int32_t __attribute__((vector_size(32)));

// Four rows of two blocks.
struct Pair {
  I32x8 row[4];
};

template <class Vector>
PICSHARZ_INLINE Vector load(const void* from) {
  Vector vector;
  std::memcpy(&vector, from, sizeof vector);
  return vector;
}

PICSHARZ_INLINE I32x8 widen(const std::uint8_t* from) {
  return __builtin_convertvector(load<U8x8>(from), I32x8);
}

// Each of the two for itself.
PICSHARZ_INLINE Pair transposed(const Pair& in) {
  const auto& [r0, r1, r2, r3] = in.row;
  const I32x8 a = __builtin_shufflevector(r0, r1, 0, 8, 1, 9, 4, 12, 5, 13);
  const I32x8 b = __builtin_shufflevector(r0, r1, 2, 10, 3, 11, 6, 14, 7, 15);
  const I32x8 c = __builtin_shufflevector(r2, r3, 0, 8, 1, 9, 4, 12, 5, 13);
  const I32x8 d = __builtin_shufflevector(r2, r3, 2, 10, 3, 11, 6, 14, 7, 15);
  return {{__builtin_shufflevector(a, c, 0, 1, 8, 9, 4, 5, 12, 13),
           __builtin_shufflevector(a, c, 2, 3, 10, 11, 6, 7, 14, 15),
           __builtin_shufflevector(b, d, 0, 1, 8, 9, 4, 5, 12, 13),
           __builtin_shufflevector(b, d, 2, 3, 10, 11, 6, 7, 14, 15)}};
}

// Sums and differences, and the two that turn by 22.5 degrees: its sine and cosine times the root
// of 2, in 4096ths.
PICSHARZ_INLINE Pair turned(const Pair& in) {
  const I32x8 outer = in.row[0] + in.row[3];
  const I32x8 inner = in.row[1] + in.row[2];
  const I32x8 inner_difference = in.row[1] - in.row[2];
  const I32x8 outer_difference = in.row[0] - in.row[3];
  return {{outer + inner, inner_difference * 2217 + outer_difference * 5352, outer - inner,
           outer_difference * 2217 - inner_difference * 5352}};
}

// The cosine transform of what is left after the prediction.
PICSHARZ_INLINE Pair forward(const std::uint8_t* source, int source_stride,
                             const std::uint8_t* predicted, int predicted_stride) {
  Pair left;
  for (int y = 0; y < 4; ++y) {
    left.row[y] = widen(source + y * source_stride) - widen(predicted + y * predicted_stride);
  }
  Pair columns = turned(left);  // with three bits more, after the next lines
  for (const int even : {0, 2}) columns.row[even] <<= 3;
  for (const int odd : {1, 3}) columns.row[odd] = (columns.row[odd] + (1 << 8)) >> 9;
  Pair all = turned(transposed(columns));
  for (const int even : {0, 2}) all.row[even] = (all.row[even] + (1 << 3)) >> 4;
  for (const int odd : {1, 3}) all.row[odd] = (all.row[odd] + (1 << 15)) >> 16;
  return transposed(all);
}

// To the bit as a decoder does it.
PICSHARZ_INLINE Pair turned_back(const Pair& in) {
  constexpr int cosine = 20091;  // of 22.5 degrees, times the root of 2, less 1, in 65536ths
  constexpr int sine = 35468;
  const I32x8 a = in.row[0] + in.row[2];
  const I32x8 b = in.row[0] - in.row[2];
  const I32x8 c = ((in.row[1] * sine) >> 16) - (in.row[3] + ((in.row[3] * cosine) >> 16));
  const I32x8 d = in.row[1] + ((in.row[1] * cosine) >> 16) + ((in.row[3] * sine) >> 16);
  return {{a + d, b + c, b - c, a - d}};
}

// Two blocks of 16 coefficients, one after the other.
PICSHARZ_INLINE Pair load_pair(const std::int16_t* coefficients) {
  Pair pair;
  for (int y = 0; y < 4; ++y) {
    std::int16_t both[8];
    std::memcpy(both, coefficients + 4 * y, 8);
    std::memcpy(both + 4, coefficients + 16 + 4 * y, 8);
    pair.row[y] = __builtin_convertvector(load<I16x8>(both), I32x8);
  }
  return pair;
}

PICSHARZ_INLINE void store_pair(const Pair& pair, std::int16_t* coefficients) {
  for (int y = 0; y < 4; ++y) {
    const I16x8 both = __builtin_convertvector(pair.row[y], I16x8);
    std::memcpy(coefficients + 4 * y, &both, 8);
    std::memcpy(coefficients + 16 + 4 * y, reinterpret_cast<const char*>(&both) + 8, 8);
  }
}

// Adds what the coefficients stand for to the prediction, in place.
PICSHARZ_INLINE void reconstruct(const std::int16_t* coefficients, std::uint8_t* samples,
                                 int stride) {
  const Pair columns = turned_back(load_pair(coefficients));
  const Pair all = transposed(turned_back(transposed(columns)));
  for (int y = 0; y < 4; ++y) {
    I32x8 sum = widen(samples + y * stride) + ((all.row[y] + 4) >> 3);
    sum = sum < 0 ? I32x8{} : sum;
    sum = sum > 255 ? I32x8{} + 255 : sum;
    const U8x8 bytes = __builtin_convertvector(sum, U8x8);
    std::memcpy(samples + y * stride, &bytes, sizeof bytes);
  }
}

// The second transform, of the first coefficients of 16 blocks. It is its own inverse, but for the
// scale.
PICSHARZ_INLINE void hadamard(std::int16_t* values, int half, int shift) {
  int sums[16];
  for (int i = 0; i < 4; ++i) {
    const int a = values[i] + values[12 + i];
    const int b = values[4 + i] + values[8 + i];
    const int c = values[4 + i] - values[8 + i];
    const int d = values[i] - values[12 + i];
    sums[i] = a + b;
    sums[4 + i] = c + d;
    sums[8 + i] = a - b;
    sums[12 + i] = d - c;
  }
  for (int i = 0; i < 16; i += 4) {
    const int a = sums[i] + sums[i + 3] + half;
    const int b = sums[i + 1] + sums[i + 2];
    const int c = sums[i + 1] - sums[i + 2];
    const int d = sums[i] - sums[i + 3] + half;
    values[i] = static_cast<std::int16_t>((a + b) >> shift);
    values[i + 1] = static_cast<std::int16_t>((c + d) >> shift);
    values[i + 2] = static_cast<std::int16_t>((a - b) >> shift);
    values[i + 3] = static_cast<std::int16_t>((d - c) >> shift);
  }
}

PICSHARZ_INLINE int squared_distance(U8x16 one, U8x16 other) {
#ifdef __SSE2__
  const auto a = reinterpret_cast<__m128i>(one);
  const auto b = reinterpret_cast<__m128i>(other);
  const __m128i zero = _mm_setzero_si128();
  const __m128i low = _mm_sub_epi16(_mm_unpacklo_epi8(a, zero), _mm_unpacklo_epi8(b, zero));
  const __m128i high = _mm_sub_epi16(_mm_unpackhi_epi8(a, zero), _mm_unpackhi_epi8(b, zero));
  __m128i sum = _mm_add_epi32(_mm_madd_epi16(low, low), _mm_madd_epi16(high, high));
  sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0x4e));
  return _mm_cvtsi128_si32(_mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0xb1)));
#else
  int sum = 0;
  for (int i = 0; i < 16; ++i) sum += (one[i] - other[i]) * (one[i] - other[i]);
  return sum;
#endif
}

}  // namespace picsharz::image::vp8
