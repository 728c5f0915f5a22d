#include "features/departures/erasure_rules.h"

namespace picsharz::departures {

namespace {

bool in_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool has_words(std::string_view text, std::string_view words) {
  if (words.empty()) return false;
  for (std::size_t at = text.find(words); at != text.npos; at = text.find(words, at + 1)) {
    const std::size_t end = at + words.size();
    const bool begins = at == 0 || !in_word(text[at - 1]) || !in_word(words.front());
    const bool ends = end == text.size() || !in_word(text[end]) || !in_word(words.back());
    if (begins && ends) return true;
  }
  return false;
}

}  // namespace

bool names_account(std::string_view text, const Person& person) {
  return has_words(text, person.handle) || has_words(text, person.email);
}

bool speaks_of(std::string_view text, const Person& person) {
  return names_account(text, person) || has_words(text, person.name);
}

}  // namespace picsharz::departures
