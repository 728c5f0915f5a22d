#include "base/languages.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>

namespace picsharz {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_letters(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view find(std::string_view tag, std::span<const std::string_view> ours) {
  const auto found =
      std::ranges::find_if(ours, [&](std::string_view each) { return same_letters(each, tag); });
  return found == ours.end() ? std::string_view() : *found;
}

// "zh-CN" and "zh" are readers of zh-Hans; those of zh-TW are not.
std::string_view ours_for(std::string_view tag, std::span<const std::string_view> ours) {
  if (const std::string_view same = find(tag, ours); !same.empty()) return same;
  const std::string_view primary = tag.substr(0, tag.find('-'));
  if (!same_letters(primary, "zh")) return find(primary, ours);
  for (const std::string_view traditional : {"zh-TW", "zh-HK", "zh-MO", "zh-Hant"}) {
    if (same_letters(tag.substr(0, traditional.size()), traditional)) return {};
  }
  return find("zh-Hans", ours);
}

double quality_of(std::string_view parameters) {
  const std::size_t at = parameters.find("q=");
  if (at == std::string_view::npos) return 1;
  double quality = 0;
  const std::string_view number = parameters.substr(at + 2);
  const auto read = std::from_chars(number.data(), number.data() + number.size(), quality);
  return read.ec == std::errc{} && quality >= 0 && quality <= 1 ? quality : 0;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::string_view choose_language(std::string_view accept_language,
                                 std::span<const std::string_view> ours) {
  std::string_view best;
  double quality = 0;
  while (!accept_language.empty()) {
    const std::size_t end = std::min(accept_language.find(','), accept_language.size());
    const std::string_view range = accept_language.substr(0, end);
    accept_language.remove_prefix(std::min(end + 1, accept_language.size()));
    const std::size_t semicolon = std::min(range.find(';'), range.size());
    const std::string_view known = ours_for(trimmed(range.substr(0, semicolon)), ours);
    const double liked = quality_of(range.substr(semicolon));
    if (known.empty() || liked <= quality) continue;
    best = known;
    quality = liked;
  }
  return best;
}

bool is_right_to_left(std::string_view tag) {
  constexpr std::array<std::string_view, 4> scripts = {"ar", "fa", "he", "ur"};
  return std::ranges::find(scripts, tag.substr(0, tag.find('-'))) != scripts.end();
}

}  // namespace picsharz
