// The numbers of VP8's bit stream.
//
// Threads:   constants.
// Source:    RFC 6386, sections 13.4, 13.5 and 14.1.
#pragma once

#include <array>
#include <cstdint>

namespace picsharz::image::vp8 {

// A token's probabilities by type of block, band of the coefficient, and what came before it.
inline constexpr int token_types = 4;
inline constexpr int token_bands = 8;
inline constexpr int token_contexts = 3;
inline constexpr int token_nodes = 11;
inline constexpr int token_probabilities = token_types * token_bands * token_contexts * token_nodes;

extern const std::array<std::uint8_t, token_probabilities> default_probabilities;
// That the frame changes one of them.
extern const std::array<std::uint8_t, token_probabilities> update_probabilities;

// The step of the first coefficient and of the others, by quantiser index.
extern const std::array<std::uint8_t, 128> dc_steps;
extern const std::array<std::uint16_t, 128> ac_steps;

}  // namespace picsharz::image::vp8
