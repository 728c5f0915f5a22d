#include "base/words.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/folding.h"

namespace picsharz {

namespace {

constexpr std::size_t form_bytes_max = 64;
constexpr std::size_t stemmed_from = 4;  // letters

constexpr std::array<std::pair<char32_t, char32_t>, 14> without_blanks = {{
    {0x0E00, 0x0EFF},  // Thai, Lao
    {0x0F00, 0x109F},  // Tibetan, Myanmar
    {0x1780, 0x17FF},  // Khmer
    {0x2E80, 0x2FDF},  // radicals
    {0x3005, 0x3007},
    {0x3040, 0x30FF},  // Kana
    {0x3100, 0x312F},  // Bopomofo
    {0x31F0, 0x31FF},
    {0x3400, 0x4DBF},  // Han
    {0x4E00, 0x9FFF},
    {0xAC00, 0xD7A3},  // Hangul
    {0xF900, 0xFAFF},
    {0x20000, 0x2FFFF},
    {0x30000, 0x3FFFF},
}};

constexpr std::array<std::pair<std::string_view, std::string_view>, 26> irregular = {{
    {"buses", "bus"},     {"calves", "calf"},   {"children", "child"}, {"feet", "foot"},
    {"gases", "gas"},     {"geese", "goose"},   {"halves", "half"},    {"knives", "knife"},
    {"leaves", "leaf"},   {"lenses", "len"},    {"lens", "len"},       {"lives", "life"},
    {"loaves", "loaf"},   {"men", "man"},       {"mice", "mouse"},     {"news", "news"},
    {"oxen", "ox"},       {"people", "person"}, {"selves", "self"},    {"sheaves", "sheaf"},
    {"shelves", "shelf"}, {"teeth", "tooth"},   {"thieves", "thief"},  {"wives", "wife"},
    {"wolves", "wolf"},   {"women", "woman"},
}};

bool is_pairing(char32_t character) {
  return std::ranges::any_of(without_blanks, [&](const auto& range) {
    return character >= range.first && character <= range.second;
  });
}

void cut(std::string& form) {
  if (form.size() <= form_bytes_max) return;
  std::size_t end = form_bytes_max;
  while (end > 0 && (static_cast<unsigned char>(form[end]) & 0xC0U) == 0x80) --end;
  form.resize(end);
}

// Collects words character by character.
class Splitter {
 public:
  void add(char32_t character) {
    std::string letters;
    const Fold folded = fold(character, letters);
    if (folded == Fold::nothing) return;
    if (folded == Fold::separator) {
      end();
      apostrophe_ = character == '\'' || character == 0x2019;
      return;
    }
    std::string_view rest = letters;
    while (!rest.empty()) add_letter(take_character(rest));
  }

  void end() {
    if (!run_.empty()) end_run();
    // The s of "Mei's" and "it's" says nothing.
    if (!word_.empty() && !(apostrophe_ && word_ == "s")) {
      cut(word_);
      words_.push_back({std::move(word_)});
    }
    word_.clear();
    apostrophe_ = false;
  }

  std::vector<Word> take() {
    end();
    return std::move(words_);
  }

 private:
  void add_letter(char32_t letter) {
    const bool pairing = is_pairing(letter);
    if (pairing ? !word_.empty() : !run_.empty()) end();
    if (pairing) {
      run_.push_back(letter);
    } else {
      append_character(word_, letter);
    }
  }

  void end_run() {
    for (std::size_t i = 0; i < run_.size(); ++i) {
      Word word{.form = "", .pair = true, .joined = i > 0};
      append_character(word.form, run_[i]);
      if (i + 1 < run_.size()) append_character(word.form, run_[i + 1]);
      words_.push_back(std::move(word));
    }
    run_.clear();
  }

  std::vector<Word> words_;
  std::string word_;
  std::vector<char32_t> run_;
  bool apostrophe_ = false;
};

bool is_english(std::string_view form) {
  return std::ranges::all_of(form, [](char c) { return c >= 'a' && c <= 'z'; });
}

bool vowel(std::string_view word, std::size_t at) {
  constexpr std::string_view vowels = "aeiou";
  if (vowels.contains(word[at])) return true;
  return word[at] == 'y' && at > 0 && !vowel(word, at - 1);
}

bool has_vowel(std::string_view word) {
  for (std::size_t at = 0; at < word.size(); ++at) {
    if (vowel(word, at)) return true;
  }
  return false;
}

// Porter's m: how many times a consonant follows a vowel.
int measure(std::string_view word) {
  int count = 0;
  for (std::size_t at = 1; at < word.size(); ++at) {
    if (vowel(word, at - 1) && !vowel(word, at)) ++count;
  }
  return count;
}

// Porter's *o: "hop" and "rid", which an e makes longer, but not "box".
bool short_end(std::string_view word) {
  const std::size_t n = word.size();
  if (n < 3 || vowel(word, n - 3) || !vowel(word, n - 2) || vowel(word, n - 1)) return false;
  return word[n - 1] != 'w' && word[n - 1] != 'x' && word[n - 1] != 'y';
}

bool take_end(std::string& word, std::string_view end) {
  if (!word.ends_with(end)) return false;
  word.resize(word.size() - end.size());
  return true;
}

void without_plural(std::string& word) {
  const std::size_t n = word.size();
  if (n < stemmed_from || !word.ends_with('s')) return;
  if (word.ends_with("ss") || word.ends_with("us") || word.ends_with("is")) return;
  if (word.ends_with("ies")) {
    if (n == stemmed_from) {
      word.pop_back();  // "ties"
    } else {
      word.replace(n - 3, 3, "y");
    }
    return;
  }
  if (take_end(word, "sses")) {
    word += "ss";
  } else {
    word.pop_back();
  }
}

// After -ed or -ing is gone: "runn" is run, "bik" is bike.
void mend(std::string& word) {
  const std::size_t n = word.size();
  const char last = word[n - 1];
  if (n >= 2 && word[n - 2] == last && !vowel(word, n - 1)) {
    if (last != 'l' && last != 's' && last != 'z') word.pop_back();
  } else if (measure(word) == 1 && short_end(word)) {
    word += 'e';
  }
}

void without_past(std::string& word) {
  if (word.size() < stemmed_from) return;
  if (word.ends_with("ied") && word.size() > stemmed_from) {
    word.replace(word.size() - 3, 3, "y");
    return;
  }
  if (word.ends_with("eed")) {
    if (measure(word.substr(0, word.size() - 3)) > 0) word.pop_back();
    return;
  }
  for (const std::string_view end : {"ed", "ing"}) {
    if (!word.ends_with(end)) continue;
    const std::string rest = word.substr(0, word.size() - end.size());
    if (rest.size() < 2 || !has_vowel(rest)) return;
    word = rest;
    mend(word);
    return;
  }
}

void without_silent_end(std::string& word) {
  if (word.size() < stemmed_from) return;
  if (word.size() > stemmed_from && word.ends_with("ie")) {
    word.replace(word.size() - 2, 2, "y");  // "movie", whose plural is read as that of "movy"
  } else if (word.ends_with('e')) {
    const std::string rest = word.substr(0, word.size() - 1);
    const int m = measure(rest);
    if (m > 1 || (m == 1 && !short_end(rest))) word = rest;
  } else if (word.ends_with("ll") && measure(word) > 1) {
    word.pop_back();
  }
}

}  // namespace

std::vector<Word> words_of(std::string_view text) {
  Splitter splitter;
  while (!text.empty()) splitter.add(take_character(text));
  return splitter.take();
}

std::string stem(std::string_view form) {
  std::string word(form);
  if (!is_english(form)) return word;
  // It ends: a round that changes something makes the word shorter, but for the irregular plurals,
  // whose singular leads to none of them again.
  for (;;) {
    const std::string before = word;
    const auto* known = std::ranges::find(irregular, std::string_view(word),
                                          &std::pair<std::string_view, std::string_view>::first);
    if (known != irregular.end()) {
      word = known->second;
      if (word == before) break;
      continue;
    }
    without_plural(word);
    without_past(word);
    without_silent_end(word);
    if (word == before) break;
  }
  return word;
}

namespace {

std::string joined_text(std::string_view text, bool stemmed) {
  std::string joined;
  for (const Word& word : words_of(text)) {
    if (!joined.empty() && !word.joined) joined += ' ';
    std::string_view form = word.form;
    if (word.joined) take_character(form);  // the character that the pair before it ends with
    joined += stemmed ? stem(form) : std::string(form);
  }
  return joined;
}

}  // namespace

std::string stem_key(std::string_view text) { return joined_text(text, true); }
std::string folded_text(std::string_view text) { return joined_text(text, false); }

}  // namespace picsharz
