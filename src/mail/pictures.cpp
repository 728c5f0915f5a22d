#include "mail/pictures.h"

#include <algorithm>
#include <charconv>

#include "base/escape_html.h"
#include "mail/mail_limits.h"

namespace picsharz::mail {

namespace {

constexpr std::string_view place_begin = "<!--picture ";
constexpr std::string_view place_end = "-->";

// The number at the beginning of `text`, which is taken away with one character behind it.
std::size_t take_number(std::string_view& text) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const auto used = static_cast<std::size_t>(end - text.data());
  text.remove_prefix(std::min(text.size(), used + 1));
  return number;
}

// Without a background and with the extent in its attributes: programs that know no style show it
// as large, and one that makes everything dark changes nothing about it.
std::string image_of(const Picture& picture, int place, const std::string& address) {
  const int width = std::max(1, std::min(picture.width, place));
  const int height = std::max(1, picture.height * width / std::max(1, picture.width));
  return "<p style=\"margin:16px 0\"><img src=\"" + address + "\" width=\"" +
         std::to_string(width) + "\" height=\"" + std::to_string(height) + "\" alt=\"" +
         escape_html(picture.alt) +
         "\" style=\"display:block;max-width:100%;height:auto;border:0;border-radius:8px\"></p>";
}

}  // namespace

std::string picture_place(std::size_t index, int width) {
  return std::string(place_begin)
      .append(std::to_string(index))
      .append(" ")
      .append(std::to_string(width))
      .append(place_end);
}

std::string with_pictures(std::string_view html, const std::vector<Picture>& pictures,
                          const std::function<std::string(std::size_t)>& address) {
  std::string out;
  while (true) {
    const std::size_t begin = html.find(place_begin);
    const std::size_t end = begin == html.npos ? begin : html.find(place_end, begin);
    out.append(html.substr(0, begin));
    if (end == html.npos) return out;
    std::string_view place = html.substr(begin + place_begin.size(), end - begin);
    const std::size_t index = take_number(place);
    const auto width = static_cast<int>(take_number(place));
    if (index < pictures.size() && !pictures[index].jpeg.empty()) {
      out += image_of(pictures[index], width, address(index));
    }
    html.remove_prefix(end + place_end.size());
  }
}

std::string without_pictures(std::string_view html) {
  return with_pictures(html, {}, [](std::size_t) { return std::string(); });
}

std::string pictures_text(const std::vector<Picture>& pictures) {
  std::string text;
  for (const Picture& each : pictures) {
    if (!text.empty()) text += ' ';
    text += each.photo.str() + ":" + each.reader.str();
  }
  return text;
}

std::vector<Picture> parse_pictures(std::string_view text) {
  std::vector<Picture> pictures;
  while (!text.empty() && pictures.size() < limits::pictures_max) {
    const std::size_t blank = std::min(text.find(' '), text.size());
    const std::string_view one = text.substr(0, blank);
    const std::size_t colon = std::min(one.find(':'), one.size());
    const auto photo = PhotoId::parse(one.substr(0, colon));
    const auto reader = AccountId::parse(one.substr(std::min(colon + 1, one.size())));
    if (!photo || !reader) return {};
    pictures.push_back({.photo = *photo, .reader = *reader});
    text.remove_prefix(std::min(blank + 1, text.size()));
  }
  return pictures;
}

}  // namespace picsharz::mail
