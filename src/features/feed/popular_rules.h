// What the popular list says to caches and browsers of its pictures.
//
// Threads:   pure functions.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace picsharz::feed {

// So many pictures are announced: what a window shows first. The head of an answer with all of them
// would be larger than what proxies take (4 KiB).
inline constexpr std::size_t popular_announced = 4;

// The value of the Link header for the first of these photos, each as the API writes it up to its
// counts (photos::PhotoText): what <picture> of web/src/features/photos would fetch, AVIF where it
// has been made. Who cannot show that sees it by the type and fetches nothing. `sizes`: of the
// pictures of such a page, or "" where they are not known; then one size is announced.
std::string announcement(std::span<const std::string_view> photos, std::string_view sizes);

}  // namespace picsharz::feed
