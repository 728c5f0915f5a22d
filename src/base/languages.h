// Which of the languages that we have a reader likes best.
//
// Threads:   pure functions.
#pragma once

#include <span>
#include <string_view>

namespace picsharz {

// By an Accept-Language header (or a single tag), "de-AT, en;q=0.8": one of `ours`, or "" where the
// reader wants none of them. Of Chinese, zh-Hans is for all but those who read traditional letters.
std::string_view choose_language(std::string_view accept_language,
                                 std::span<const std::string_view> ours);

bool is_right_to_left(std::string_view tag);

}  // namespace picsharz
