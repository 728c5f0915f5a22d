// The places of pictures in a mail's HTML.
//
// What:      a mail is written before it is known whether its reader may see the picture when it is
//            sent. So its HTML has places, comments that nobody's text can contain, and
//            with_pictures() puts pictures there, or nothing.
// Threads:   pure functions.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "mail/mailer.h"

namespace picsharz::mail {

inline constexpr int picture_width = 320;          // of a mail about one photo
inline constexpr int picture_width_in_list = 160;  // half of the pixels that there are

std::string picture_place(std::size_t index, int width);
// `address`: of a picture's bytes, by its index.
std::string with_pictures(std::string_view html, const std::vector<Picture>& pictures,
                          const std::function<std::string(std::size_t)>& address);
std::string without_pictures(std::string_view html);

// How rows name them: "photo:reader photo:reader".
std::string pictures_text(const std::vector<Picture>& pictures);
std::vector<Picture> parse_pictures(std::string_view text);

}  // namespace picsharz::mail
