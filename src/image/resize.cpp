#include "image/resize.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <list>
#include <numbers>
#include <utility>

#ifdef __SSE2__
#include <immintrin.h>
#endif

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O3", "no-loop-unroll-and-jam")
#endif

// One program runs on every x86-64; the loader picks the loops for the processor it meets.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(PICSHARZ_SANITIZED)
#define PICSHARZ_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define PICSHARZ_CLONES
#endif

namespace picsharz::image {
namespace {

// Between the two passes samples are 16 bit, centred on zero, with 7 fractional bits; overshoot
// fits.
constexpr int fraction_bits = 7;
constexpr int centre_sample = 128;
constexpr int vertical_bits = 15;    // weights of the first pass
constexpr int horizontal_bits = 14;  // weights of the second pass, where 1.0 must fit
constexpr int vector_taps = 8;
constexpr int block = Plane::row_align;

double sinc(double x) {
  if (x == 0) return 1;
  const double radians = x * std::numbers::pi;
  return std::sin(radians) / radians;
}

double radius_of(Kernel kernel) { return kernel == Kernel::lanczos3 ? 3.0 : 1.0; }

double weight_at(Kernel kernel, double x) {
  x = std::abs(x);
  if (x >= radius_of(kernel)) return 0;
  return kernel == Kernel::lanczos3 ? sinc(x) * sinc(x / 3) : 1 - x;
}

// For each destination sample the first source sample and `count` weights that add up to one.
struct Taps {
  int count = 0;
  std::vector<int> first;
  std::vector<std::int16_t> weights;
};

// Rounds to fixed point; the error goes to the largest weight, so that flat areas stay flat.
void quantise(const std::vector<double>& exact, int bits, std::int16_t* weights) {
  double sum = 0;
  for (const double weight : exact) sum += weight;
  const int one = 1 << bits;
  int left = one;
  std::size_t largest = 0;
  for (std::size_t k = 0; k < exact.size(); ++k) {
    const int weight = static_cast<int>(std::lround(exact[k] / sum * one));
    weights[k] = static_cast<std::int16_t>(std::min(weight, 32767));
    left -= weight;
    if (exact[k] > exact[largest]) largest = k;
  }
  weights[largest] = static_cast<std::int16_t>(std::min(weights[largest] + left, 32767));
}

// What taps are made from.
struct TapsKey {
  double source = 0;
  double target = 0;
  int samples = 0;
  bool flip = false;
  Kernel kernel = Kernel::triangle;
  int bits = 0;
  int align = 0;
  bool operator==(const TapsKey&) const = default;
};

Taps make_taps(const TapsKey& key) {
  const auto [source, target, samples, flip, kernel, bits, align] = key;
  const double scale = source / target;
  const double stretch = std::max(1.0, scale);
  const double support = radius_of(kernel) * stretch;
  const int used = static_cast<int>(std::ceil(2 * support));  // samples in [-support, support)
  Taps taps;
  taps.count = (used + align - 1) / align * align;
  taps.first.resize(static_cast<std::size_t>(samples));
  taps.weights.resize(static_cast<std::size_t>(samples) * static_cast<std::size_t>(taps.count));
  std::vector<double> exact(static_cast<std::size_t>(used));
  for (int i = 0; i < samples; ++i) {
    const double position = (i + 0.5) * scale;
    const double centre = flip ? source - position : position;
    const int first = static_cast<int>(std::ceil(centre - support - 0.5));
    for (int k = 0; k < used; ++k) {
      exact[static_cast<std::size_t>(k)] = weight_at(kernel, (first + k + 0.5 - centre) / stretch);
    }
    taps.first[static_cast<std::size_t>(i)] = first;
    quantise(exact, bits, taps.weights.data() + static_cast<std::ptrdiff_t>(i) * taps.count);
  }
  return taps;
}

// Those made last, of this thread: both chroma planes have the same, and so has the next photo of
// the same camera. Computing them took as long as a tenth of the resizing.
const Taps& taps_of(const TapsKey& key) {
  constexpr std::size_t kept = 32;  // a photo needs a dozen
  thread_local std::list<std::pair<TapsKey, Taps>> made;
  const auto found = std::ranges::find(made, key, &std::pair<TapsKey, Taps>::first);
  if (found != made.end()) {
    made.splice(made.begin(), made, found);
  } else {
    made.emplace_front(key, make_taps(key));
    if (made.size() > kept) made.pop_back();
  }
  return made.front().second;
}

// Adds rows up, each with its weight, which `weights` repeats `block` times. The high half of a
// 16x16-bit product is one instruction for many samples, but the compiler sees it only where both
// factors are signed arrays. It rounds down, which the starting value makes good on average.
PICSHARZ_CLONES void blend_rows(const std::uint8_t* const* rows, const std::int16_t* weights,
                                int count, int width, std::int16_t* out) {
  constexpr int lift = 1 << (16 - vertical_bits + fraction_bits);
  for (int x = 0; x < width; x += block) {
    std::int16_t sums[block];
    for (int i = 0; i < block; ++i) sums[i] = static_cast<std::int16_t>((count + 1) / 2);
    for (int k = 0; k < count; ++k) {
      const std::uint8_t* row = rows[k] + x;
      const std::int16_t* weight = weights + std::ptrdiff_t{block} * k;
      for (int i = 0; i < block; ++i) {
        const auto sample = static_cast<std::int16_t>((row[i] - centre_sample) * lift);
        const auto product = static_cast<std::int16_t>((sample * weight[i]) >> 16);
        sums[i] = static_cast<std::int16_t>(sums[i] + product);
      }
    }
    for (int i = 0; i < block; ++i) out[x + i] = sums[i];
  }
}

constexpr int column_shift = fraction_bits + horizontal_bits;
constexpr int column_start = (centre_sample << column_shift) + (1 << (column_shift - 1));

// The second pass, a sample at a time.
void blend_columns_plainly(const std::int16_t* row, const Taps& taps, int begin, int end,
                           std::uint8_t* out) {
  for (int x = begin; x < end; ++x) {
    const std::int16_t* samples = row + taps.first[static_cast<std::size_t>(x)];
    const std::int16_t* weights = taps.weights.data() + std::ptrdiff_t{x} * taps.count;
    int sum = column_start;
    for (int k = 0; k < taps.count; ++k) sum += samples[k] * weights[k];
    out[x] = static_cast<std::uint8_t>(std::clamp(sum >> column_shift, 0, 255));
  }
}

#ifdef __SSE2__

// The sums of each vector, side by side.
[[gnu::always_inline]] inline __m128i sums_of(const __m128i* each) {
  const __m128i low =
      _mm_add_epi32(_mm_unpacklo_epi32(each[0], each[1]), _mm_unpackhi_epi32(each[0], each[1]));
  const __m128i high =
      _mm_add_epi32(_mm_unpacklo_epi32(each[2], each[3]), _mm_unpackhi_epi32(each[2], each[3]));
  return _mm_add_epi32(_mm_unpacklo_epi64(low, high), _mm_unpackhi_epi64(low, high));
}

// Four samples at a time, so that what is left of their vectors is added up together: that took
// longer than the products. `Fixed`: the number of taps where it is a common one, or 0.
template <int Fixed>
[[gnu::always_inline]] inline int blend_columns_by_four(const std::int16_t* row, const Taps& taps,
                                                        int width, std::uint8_t* out) {
  const int count = Fixed > 0 ? Fixed : taps.count;
  const std::int16_t* weights = taps.weights.data();
  const auto load = [](const std::int16_t* from) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  };
  int x = 0;
  for (; x + 4 <= width; x += 4) {
    __m128i products[4];
    for (__m128i& sum : products) {
      const std::int16_t* samples =
          row + taps.first[static_cast<std::size_t>(x + (&sum - products))];
      sum = _mm_madd_epi16(load(samples), load(weights));
      for (int k = vector_taps; k < count; k += vector_taps) {
        sum = _mm_add_epi32(sum, _mm_madd_epi16(load(samples + k), load(weights + k)));
      }
      weights += count;
    }
    const __m128i sums = _mm_add_epi32(sums_of(products), _mm_set1_epi32(column_start));
    const __m128i words = _mm_packs_epi32(_mm_srai_epi32(sums, column_shift), sums);
    const int bytes = _mm_cvtsi128_si32(_mm_packus_epi16(words, words));  // both packs clamp
    std::memcpy(out + x, &bytes, sizeof bytes);
  }
  return x;
}

PICSHARZ_CLONES void blend_columns(const std::int16_t* row, const Taps& taps, int width,
                                   std::uint8_t* out) {
  int done = 0;
  switch (taps.count) {
    case 8:
      done = blend_columns_by_four<8>(row, taps, width, out);
      break;
    case 16:
      done = blend_columns_by_four<16>(row, taps, width, out);
      break;
    default:
      done = blend_columns_by_four<0>(row, taps, width, out);
  }
  blend_columns_plainly(row, taps, done, width, out);
}

#else

void blend_columns(const std::int16_t* row, const Taps& taps, int width, std::uint8_t* out) {
  blend_columns_plainly(row, taps, 0, width, out);
}

#endif

}  // namespace

Plane resize(const Plane& source, int width, int height, Kernel kernel, const Mapping& mapping) {
  const Taps& columns = taps_of({mapping.source_width, mapping.target_width, width, mapping.flip_x,
                                 kernel, horizontal_bits, vector_taps});
  const Taps& rows = taps_of({mapping.source_height, mapping.target_height, height, mapping.flip_y,
                              kernel, vertical_bits, 1});
  // A row between the passes, its ends repeated as far as any tap reaches.
  const auto [lowest, highest] = std::minmax_element(columns.first.begin(), columns.first.end());
  const int before = std::max(0, -*lowest);
  const int after = std::max(0, *highest + columns.count - source.width);
  std::vector<std::int16_t> line(
      static_cast<std::size_t>(before + source.stride + after + 2 * block));
  std::int16_t* const middle = line.data() + before;
  std::vector<const std::uint8_t*> window(static_cast<std::size_t>(rows.count));
  std::vector<std::int16_t> repeated(window.size() * block);

  Plane target(width, height);
  for (int y = 0; y < height; ++y) {
    for (int k = 0; k < rows.count; ++k) {
      const int row = std::clamp(rows.first[static_cast<std::size_t>(y)] + k, 0, source.height - 1);
      window[static_cast<std::size_t>(k)] = source.row(row);
      const std::int16_t weight =
          rows.weights[static_cast<std::size_t>(y) * static_cast<std::size_t>(rows.count) +
                       static_cast<std::size_t>(k)];
      std::fill_n(repeated.data() + std::ptrdiff_t{block} * k, block, weight);
    }
    blend_rows(window.data(), repeated.data(), rows.count, source.width, middle);
    std::fill(line.data(), middle, middle[0]);
    std::fill_n(middle + source.width, after, middle[source.width - 1]);
    blend_columns(middle, columns, width, target.row(y));
  }
  return target;
}

Plane resize(const Plane& source, int width, int height, Kernel kernel) {
  if (width == source.width && height == source.height) return source;
  Mapping mapping;
  mapping.source_width = source.width;
  mapping.source_height = source.height;
  mapping.target_width = width;
  mapping.target_height = height;
  return resize(source, width, height, kernel, mapping);
}

Yuv resize(const Yuv& source, int width, int height) {
  Mapping chroma;
  chroma.source_width = source.y.width / 2.0;
  chroma.source_height = source.y.height / 2.0;
  chroma.target_width = width / 2.0;
  chroma.target_height = height / 2.0;
  const int columns = (width + 1) / 2;
  const int rows = (height + 1) / 2;
  return {resize(source.y, width, height, Kernel::lanczos3),
          resize(source.u, columns, rows, Kernel::triangle, chroma),
          resize(source.v, columns, rows, Kernel::triangle, chroma)};
}

}  // namespace picsharz::image
