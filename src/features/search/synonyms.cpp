#include "features/search/synonyms.h"

#include <algorithm>
#include <map>

#include "base/words.h"

namespace picsharz::search {

namespace {

using Table = std::map<std::string, std::vector<std::string>, std::less<>>;

std::vector<std::string> items_of(std::string_view line) {
  std::vector<std::string> items;
  while (!line.empty()) {
    const std::size_t end = std::min(line.find(','), line.size());
    std::string item = folded_text(line.substr(0, end));
    if (!item.empty()) items.push_back(std::move(item));
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return items;
}

// Under the stem of each item that is one word; the others are only found by it.
void add_line(const std::vector<std::string>& items, Table& table) {
  for (const std::string& word : items) {
    if (word.contains(' ')) continue;
    auto& others = table[stem(word)];
    for (const std::string& other : items) {
      if (other != word && others.size() < synonyms_max) others.push_back(other);
    }
  }
}

Table read_table(std::string_view text) {
  Table table;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (end > 0 && text[0] != '#') add_line(items_of(text.substr(0, end)), table);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return table;
}

}  // namespace

std::span<const std::string> synonyms_of(std::string_view stem) {
  static const Table table = read_table(synonyms_text());
  const auto found = table.find(stem);
  return found == table.end() ? std::span<const std::string>() : std::span(found->second);
}

}  // namespace picsharz::search
