// What a decoder that is taken over would try: the work of the decoder process of this room's
// tests.
#pragma once

#include <string>
#include <string_view>

#include "image/decoder_pool.h"

namespace picsharz::image::test {

inline constexpr std::string_view attack_prefix = "attack ";

// "attack NAME" makes the attempt; everything else is developed as usual. An attempt that the
// kernel refuses is an error whose detail is "refused: ERRNO", one that works "worked: NAME".
Result<Developed> develop_or_attack(std::string_view bytes, const Probe& probe, Wanted wanted);

}  // namespace picsharz::image::test
