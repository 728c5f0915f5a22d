#include "base/folding.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <unordered_map>
#include <utility>
#include <vector>

namespace picsharz {

namespace {

constexpr char32_t broken = 0xFFFD;
constexpr char32_t ascii = 0x80;

struct Range {
  char32_t first = 0;
  char32_t last = 0;
};

struct Table {
  std::unordered_map<char32_t, std::string_view> letters;
  std::vector<Range> nothing;
  std::vector<Range> separators;
};

std::string_view take_until(std::string_view& text, char mark) {
  const std::size_t end = std::min(text.find(mark), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

char32_t hexadecimal(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
  if (failure != std::errc{} || end != text.data() + text.size()) {
    throw std::runtime_error("folding.tsv: not a number: " + std::string(text));
  }
  return number;
}

void read_line(std::string_view line, Table& table) {
  const std::string_view kind = take_until(line, '\t');
  if (kind == "fold") {
    const std::string_view letters = take_until(line, '\t');
    while (!line.empty()) table.letters[take_character(line)] = letters;
  } else if (kind == "drop" || kind == "part") {
    const char32_t first = hexadecimal(take_until(line, ' '));
    (kind == "drop" ? table.nothing : table.separators).push_back({first, hexadecimal(line)});
  } else {
    throw std::runtime_error("folding.tsv: not known: " + std::string(kind));
  }
}

Table read_table(std::string_view text) {
  Table table;
  while (!text.empty()) {
    const std::string_view line = take_until(text, '\n');
    if (!line.empty() && line[0] != '#') read_line(line, table);
  }
  return table;
}

const Table& table() {
  static const Table read = read_table(folding_text());
  return read;
}

bool within(const std::vector<Range>& ranges, char32_t character) {
  const auto after = std::ranges::upper_bound(ranges, character, {}, &Range::first);
  return after != ranges.begin() && character <= std::prev(after)->last;
}

// How many bytes follow the first one of a character; -1: it begins none.
int bytes_after(unsigned char lead) {
  if (lead < 0x80) return 0;
  if (lead >= 0xC2 && lead <= 0xDF) return 1;
  if (lead >= 0xE0 && lead <= 0xEF) return 2;
  return lead >= 0xF0 && lead <= 0xF4 ? 3 : -1;
}

}  // namespace

char32_t take_character(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  text.remove_prefix(1);
  const int more = bytes_after(lead);
  if (more <= 0) return more == 0 ? lead : broken;
  char32_t character = lead & (0x3FU >> more);
  if (text.size() < static_cast<std::size_t>(more)) return broken;
  for (int i = 0; i < more; ++i) {
    const auto next = static_cast<unsigned char>(text[static_cast<std::size_t>(i)]);
    if ((next & 0xC0U) != 0x80) return broken;
    character = character << 6 | (next & 0x3FU);
  }
  text.remove_prefix(static_cast<std::size_t>(more));
  return character;
}

void append_character(std::string& out, char32_t character) {
  const auto byte = [&](char32_t bits) { out += static_cast<char>(bits); };
  if (character < 0x80) {
    byte(character);
  } else if (character < 0x800) {
    byte(0xC0 | character >> 6);
    byte(0x80 | (character & 0x3F));
  } else if (character < 0x10000) {
    byte(0xE0 | character >> 12);
    byte(0x80 | (character >> 6 & 0x3F));
    byte(0x80 | (character & 0x3F));
  } else {
    byte(0xF0 | character >> 18);
    byte(0x80 | (character >> 12 & 0x3F));
    byte(0x80 | (character >> 6 & 0x3F));
    byte(0x80 | (character & 0x3F));
  }
}

Fold fold(char32_t character, std::string& out) {
  if (character < ascii) {
    const auto c = static_cast<char>(character);
    const bool upper = c >= 'A' && c <= 'Z';
    if (!upper && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9')) return Fold::separator;
    out += upper ? static_cast<char>(c + ('a' - 'A')) : c;
    return Fold::letters;
  }
  if (const auto found = table().letters.find(character); found != table().letters.end()) {
    out += found->second;
    return Fold::letters;
  }
  if (within(table().nothing, character)) return Fold::nothing;
  if (within(table().separators, character)) return Fold::separator;
  append_character(out, character);
  return Fold::letters;
}

}  // namespace picsharz
