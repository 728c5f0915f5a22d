// The words of a text that say what a photo shows: without stop words, as stems, in their order.
//
// What:      stop words of the seven languages, and what every photo is ("photo", "img"), are left
//            out and end a phrase, as punctuation does. Stems are light: endings of plurals and
//            cases, by the language that a member mostly writes. Chinese is taken in pairs of
//            characters (base/words.h); numbers and names of files are no words.
// Threads:   pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace picsharz::analytics {

enum class Tongue { english, german, french, spanish, malay, chinese, tamil };
inline constexpr std::size_t tongues = 7;

struct TagWord {
  std::string stem;
  std::string surface;    // as it was written
  bool follows = false;   // directly the word before it, so that both may be a phrase
  bool overlaps = false;  // its first character is the last one of the word before it
};

// What these texts are written in: English where nothing tells.
Tongue tongue_of(const std::vector<std::string_view>& texts);

std::vector<TagWord> tag_words(std::string_view text, Tongue tongue);

// A folded word without its ending.
std::string light_stem(std::string_view form, Tongue tongue);
// Of any of the languages; "car" and such only where the text is in the language that says little
// by it.
bool is_stop_word(std::string_view form, Tongue tongue);

}  // namespace picsharz::analytics
