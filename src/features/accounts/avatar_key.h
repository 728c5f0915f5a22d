// Where the pictures of an avatar lie in the object store.
//
// Threads:   pure functions.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace picsharz::accounts {

inline constexpr std::array<int, 3> avatar_sizes = {64, 128, 320};

// avatars/ab/<avatar>/64.webp
std::string avatar_key(std::string_view avatar, std::string_view size);

}  // namespace picsharz::accounts
