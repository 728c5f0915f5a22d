#include "vision/alt_draft.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "vision/taxonomy_table.h"

namespace picsharz::vision {

namespace {

constexpr std::size_t things_named = 4;
constexpr std::size_t colours_named = 2;
constexpr std::string_view black_and_white = "black and white";
constexpr std::array<std::string_view, 8> colours = {"red",  "orange", "yellow", "green",
                                                     "blue", "purple", "pink",   "brown"};
// What a listener learns nothing from, or hears in another place of the draft.
constexpr std::array<std::string_view, 10> no_things = {
    "horizontal", "vertical", "square", "panorama", "night",
    "spring",     "summer",   "autumn", "winter",   black_and_white};

template <class List>
bool has(const List& list, std::string_view word) {
  return std::ranges::find(list, word) != std::ranges::end(list);
}

bool is_above(const TaxonomyTable& table, std::string_view general, std::string_view special) {
  return std::ranges::any_of(table.entries(), [&](const TaxonomyEntry& entry) {
    return has(entry.words, special) && has(entry.general, general);
  });
}

std::vector<std::string_view> things(std::span<const std::string> labels) {
  const Taxonomy& known = taxonomy();
  std::vector<std::string_view> found;
  for (const std::string& label : labels) {
    if (has(no_things, label) || has(colours, label)) continue;
    const bool said_better = std::ranges::any_of(labels, [&](const std::string& other) {
      return other != label &&
             (is_above(known.objects, label, other) || is_above(known.imagenet, label, other));
    });
    if (!said_better && found.size() < things_named) found.push_back(label);
  }
  return found;
}

// "a", "a and b", "a, b and c".
std::string listed(std::span<const std::string_view> words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += i + 1 == words.size() ? " and " : ", ";
    out += words[i];
  }
  return out;
}

std::string sentence(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] -= 'a' - 'A';
  return text + ".";
}

}  // namespace

std::string alt_draft(std::span<const std::string> labels) {
  const auto seen = things(labels);
  if (seen.empty()) return "";
  std::string what = listed(seen);
  if (has(labels, "night")) what += ", at night";
  std::string draft = sentence(what);
  std::vector<std::string_view> looks;
  for (const std::string& label : labels) {
    if (has(colours, label) && looks.size() < colours_named) looks.push_back(label);
  }
  if (has(labels, black_and_white)) {
    draft += " Black and white.";
  } else if (!looks.empty()) {
    draft += " Mostly " + listed(looks) + ".";
  }
  return draft;
}

}  // namespace picsharz::vision
