#include "features/analytics/tag_vocabulary_rules.h"

#include <algorithm>

namespace picsharz::analytics {

namespace {

constexpr std::size_t surfaces_max = 8;  // ways to write one stem that are told apart

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80; }

std::string_view first_character(std::string_view text) {
  std::size_t end = std::min<std::size_t>(1, text.size());
  while (end < text.size() && continues(text[end])) ++end;
  return text.substr(0, end);
}

std::string_view last_character(std::string_view text) {
  std::size_t begin = text.empty() ? 0 : text.size() - 1;
  while (begin > 0 && continues(text[begin])) --begin;
  return text.substr(begin);
}

std::string joined(std::string_view first, std::string_view second, bool overlap) {
  if (!overlap) return std::string(first).append(" ").append(second);
  return std::string(first).append(second.substr(first_character(second).size()));
}

}  // namespace

TermId TagVocabulary::entry(std::string key, TermId first, TermId second) {
  const auto [place, is_new] = ids_.try_emplace(key, static_cast<TermId>(entries_.size()));
  if (is_new) {
    entries_.push_back({.key = std::move(key), .surfaces = {}, .first = first, .second = second});
  }
  return place->second;
}

TermId TagVocabulary::word(const std::string& stem) { return entry(stem, none, none); }

TermId TagVocabulary::phrase(TermId first, TermId second) {
  return entry(joined(entries_[first].key, entries_[second].key, overlap(first, second)), first,
               second);
}

void TagVocabulary::written(TermId term, std::string_view surface) {
  auto& surfaces = entries_[term].surfaces;
  const auto known =
      std::ranges::find(surfaces, surface, &std::pair<std::string, std::uint32_t>::first);
  if (known != surfaces.end()) {
    ++known->second;
  } else if (surfaces.size() < surfaces_max) {
    surfaces.emplace_back(surface, 1);
  }
}

std::string TagVocabulary::text(TermId term) const {
  const Entry& entry = entries_[term];
  if (entry.first != none) {
    return joined(text(entry.first), text(entry.second), overlap(entry.first, entry.second));
  }
  // Of two that are written as often, the one in small letters.
  const auto most = std::ranges::max_element(entry.surfaces, [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second < b.second : a.first < b.first;
  });
  return most == entry.surfaces.end() ? entry.key : most->first;
}

bool TagVocabulary::overlap(TermId first, TermId second) const {
  constexpr unsigned char without_blanks = 0xE3;  // the first byte of Kana, Han and Hangul
  const std::string_view before = last_character(entries_[first].key);
  const std::string_view after = first_character(entries_[second].key);
  return before == after && before.size() > 1 &&
         static_cast<unsigned char>(before[0]) >= without_blanks;
}

}  // namespace picsharz::analytics
