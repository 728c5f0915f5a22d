#include "vision/taxonomy_table.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

namespace picsharz::vision {

namespace {

constexpr std::size_t word_bytes_max = 50;  // as long as a tag
constexpr std::size_t words_max = 4;
constexpr std::size_t general_max = 10;

bool is_word(std::string_view text) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !text.empty() && text.size() <= word_bytes_max && plain(text.front()) &&
         plain(text.back()) && text.find("  ") == std::string_view::npos &&
         std::ranges::all_of(text,
                             [&](char c) { return plain(c) || c == ' ' || c == '-' || c == '\''; });
}

std::vector<std::string_view> split(std::string_view text, std::string_view mark) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0;;) {
    const std::size_t end = text.find(mark, at);
    parts.push_back(text.substr(at, end - at));
    if (end == std::string_view::npos) return parts;
    at = end + mark.size();
  }
}

std::vector<std::string_view> words_of(std::string_view text, std::size_t most) {
  if (text == "-") return {};
  std::vector<std::string_view> words = split(text, ", ");
  if (words.size() > most) throw std::runtime_error("too many words");
  for (auto word = words.begin(); word != words.end(); ++word) {
    if (!is_word(*word)) throw std::runtime_error(std::string(*word) + " is no word");
    if (std::find(words.begin(), word, *word) != word) {
      throw std::runtime_error(std::string(*word) + " a second time");
    }
  }
  return words;
}

void read_line(std::string_view line, Taxonomy& into) {
  const auto fields = split(line, "\t");
  if (fields.size() != 4) throw std::runtime_error("four fields are expected");
  if (fields[1].empty()) throw std::runtime_error("a class without a name");
  TaxonomyEntry entry{fields[1], words_of(fields[2], words_max), words_of(fields[3], general_max)};
  for (const std::string_view word : entry.words) {
    if (std::ranges::find(entry.general, word) != entry.general.end()) {
      throw std::runtime_error(std::string(word) + " is its own general word");
    }
  }
  if (fields[0] == "object") {
    into.objects.add(std::move(entry));
  } else if (fields[0] == "imagenet") {
    into.imagenet.add(std::move(entry));
  } else {
    throw std::runtime_error("there is no such model");
  }
}

}  // namespace

void TaxonomyTable::index() {
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const std::string_view name = entries_[i].name;
    by_name_[name].push_back(i);
    const std::string_view first = name.substr(0, name.find(", "));
    if (first != name) by_name_[first].push_back(i);
  }
}

std::vector<const TaxonomyEntry*> TaxonomyTable::find(std::span<const std::string> classes) const {
  std::unordered_map<std::string_view, std::size_t> seen;
  std::vector<const TaxonomyEntry*> found;
  found.reserve(classes.size());
  for (const std::string& name : classes) {
    const auto places = by_name_.find(name);
    if (places == by_name_.end()) {
      found.push_back(nullptr);
      continue;
    }
    std::size_t occurrence = 0;
    if (places->second.size() > 1) {
      occurrence = std::min(seen[name]++, places->second.size() - 1);
    }
    found.push_back(&entries_[places->second[occurrence]]);
  }
  return found;
}

Taxonomy parse_taxonomy(std::string_view text) {
  Taxonomy result;
  int number = 0;
  for (const std::string_view line : split(text, "\n")) {
    ++number;
    if (line.empty() || line.front() == '#') continue;
    try {
      read_line(line, result);
    } catch (const std::runtime_error& wrong) {
      throw std::runtime_error("taxonomy.tsv:" + std::to_string(number) + ": " + wrong.what());
    }
  }
  result.objects.index();
  result.imagenet.index();
  return result;
}

const Taxonomy& taxonomy() {
  static const Taxonomy read = parse_taxonomy(taxonomy_text());
  return read;
}

}  // namespace picsharz::vision
