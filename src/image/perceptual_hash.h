// A picture as 64 bits that stay nearly the same when it is scaled, compressed or brightened, and
// differ for another picture: to find copies.
//
// Threads:   a pure function.
// Source:    the DCT hash of C. Zauner, "Implementation and Benchmarking of Perceptual Image Hash
//            Functions" (2010), as in the library pHash: 32x32 grey, the 8x8 lowest frequencies
//            without the first row and column, a bit each: above their median or not.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "image/plane.h"

namespace picsharz::image {

// Of the luma of a picture of any size from 1x1.
std::uint64_t perceptual_hash(const Plane& luma);

// The hashes of the same picture flipped and turned by quarters: all eight, its own first. Told
// from the bits alone: a flip turns the sign of every second frequency, a quarter turn swaps the
// two directions. A bit whose frequency lies between zero and the median is guessed wrong: a few.
std::array<std::uint64_t, 8> hash_turns(std::uint64_t hash);

// Half of a hash's bits are set, unless most frequencies are equal: of a picture of next to
// nothing, a flat one or a single edge, it says too little, and all of them have much the same.
inline bool hash_says_enough(std::uint64_t hash) {
  constexpr int least_bits = 24;
  return std::popcount(hash) >= least_bits;
}

// Bits that differ: up to about 10 are the same picture, unrelated ones are near 32.
inline int hash_distance(std::uint64_t a, std::uint64_t b) { return std::popcount(a ^ b); }

}  // namespace picsharz::image
