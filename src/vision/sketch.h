// An embedding as 512 bits that keep its direction roughly: to find candidates by counting bits,
// which the cosine of the embeddings then judges.
//
// Distance:  bits of two sketches differ in proportion to the angle: at a cosine of 0.8 about 105
//            of 512, at 0.5 about 171, of unrelated pictures near 256; give or take 11.
// Threads:   a pure function. Sketches are stored: another way to make them is another model.
// Source:    the sides of random hyperplanes (M. Charikar, "Similarity Estimation Techniques from
//            Rounding Algorithms", 2002), made by random signs and a Hadamard transform as in
//            N. Ailon and B. Chazelle, "The Fast Johnson-Lindenstrauss Transform" (2009).
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace picsharz::vision {

inline constexpr std::size_t sketch_bits = 512;
using Sketch = std::array<std::uint64_t, sketch_bits / 64>;

Sketch sketch_of(std::span<const std::int8_t> embedding);

}  // namespace picsharz::vision
