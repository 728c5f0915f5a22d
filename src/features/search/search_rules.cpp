#include "features/search/search_rules.h"

#include <algorithm>
#include <initializer_list>

namespace picsharz::search {

namespace {

constexpr std::size_t shortest = 4;  // "gas" and "bus" are no plurals
constexpr std::size_t long_word = 7;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool in_word(char c) {
  return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool ends_with(std::string_view word, std::string_view end) {
  return word.size() >= end.size() &&
         std::ranges::equal(word.substr(word.size() - end.size()), end, {}, lower);
}

bool ends_with_any(std::string_view word, std::initializer_list<std::string_view> ends) {
  return std::ranges::any_of(ends, [&](std::string_view end) { return ends_with(word, end); });
}

std::size_t plural_ending(std::string_view word) {
  if (word.size() < shortest || ends_with_any(word, {"ss", "us", "is"})) return 0;
  // "berries"; but "movies" has a movie. "tomatoes"; but "shoes" has a shoe.
  if (word.size() >= long_word && ends_with(word, "ies")) return 3;
  if (word.size() >= long_word && ends_with(word, "oes")) return 2;
  if (ends_with_any(word, {"ses", "xes", "zes", "ches", "shes"})) return 2;
  return ends_with(word, "s") ? 1 : 0;
}

}  // namespace

std::string without_plurals(std::string_view typed) {
  std::string text;
  for (std::size_t at = 0; at < typed.size();) {
    std::size_t end = at;
    while (end < typed.size() && in_word(typed[end])) ++end;
    const std::string_view word = typed.substr(at, end - at);
    text += word.substr(0, word.size() - plural_ending(word));
    if (end < typed.size()) text += typed[end];
    at = end + 1;
  }
  return text;
}

}  // namespace picsharz::search
