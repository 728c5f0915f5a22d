#include "features/usage/usage_rules.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/words.h"

namespace picsharz::usage {

namespace {

constexpr Micros first_monday = 4 * day;  // 1970-01-05
constexpr std::size_t digits_of_a_person = 6;
constexpr std::size_t longest_character = 4;  // bytes

bool is_personal(std::string_view typed) {
  const auto digits = std::ranges::count_if(typed, [](char c) { return c >= '0' && c <= '9'; });
  return typed.contains('@') || static_cast<std::size_t>(digits) >= digits_of_a_person;
}

// At the end of a character.
std::string cut(std::string text) {
  if (text.size() <= words_max) return text;
  std::size_t end = words_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  text.resize(end);
  return text;
}

std::vector<std::string_view> parts_of(std::string_view words) {
  std::vector<std::string_view> parts;
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    if (end > 0) parts.push_back(words.substr(0, end));
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return parts;
}

// Of scripts without blanks a name stands among other characters, or a part of it alone. One
// character says nothing.
bool is_within(std::string_view typed, std::string_view name) {
  if (std::min(typed.size(), name.size()) <= longest_character) return false;
  const auto words = words_of(name);
  if (words.size() < 2 || !words.front().pair) return false;
  return typed.contains(name) || name.contains(typed);
}

}  // namespace

Micros hour_of(Micros at) { return at - at % hour; }
Micros day_of(Micros at) { return at - at % day; }
Micros monday_of(Micros at) { return at - (at - first_monday) % week; }

std::string kept_words(std::string_view typed) {
  if (is_personal(typed)) return "";
  return cut(folded_text(typed));
}

bool tell_of(std::string_view words, std::span<const std::string> names) {
  std::string person;
  for (const std::string& each : names) person.append(folded_text(each)).append(" ");
  const auto theirs = parts_of(person);
  const auto typed = parts_of(words);
  for (std::size_t i = 0; i < typed.size(); ++i) {
    const bool cut = i + 1 == typed.size() && words.size() + longest_character > words_max;
    const auto tells = [&](std::string_view name) {
      return typed[i] == name || is_within(typed[i], name) ||
             (cut && typed[i].size() > longest_character && name.starts_with(typed[i]));
    };
    if (std::ranges::any_of(theirs, tells)) return true;
  }
  return false;
}

}  // namespace picsharz::usage
