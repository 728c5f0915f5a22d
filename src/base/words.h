// What a text is to a search: its words. The one definition, for what is indexed and for what is
// typed, so that every engine is given the same tokens and finds the same.
//
// What:      a word is letters and digits, folded: without case, diacritics and width. Scripts that
//            are written without blanks (Han, Kana, Thai ...; Hangul too, for its endings) become
//            pairs of neighbouring characters and a last single one, so that whatever part of such
//            a text is typed is found as a sequence of pairs.
// Bounds:    a word's form is cut at 64 bytes, on both sides.
// Threads:   pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace picsharz {

struct Word {
  std::string form;
  bool pair = false;    // of a script without blanks; one character: the last of its run
  bool joined = false;  // belongs to the run of the word before it
  bool operator==(const Word&) const = default;
};

std::vector<Word> words_of(std::string_view text);

// An English word's stem: plurals, -ed and -ing, a silent -e; the first step of Porter's algorithm
// (1980) until nothing changes, and some irregular plurals. What other suffixes make is another
// word to somebody who looks for photos ("organ", "organic"). Other scripts stay as they are.
// stem(stem(form)) == stem(form).
std::string stem(std::string_view form);

// The stems of a text's words with blanks between: what "Guitars" and "guitar" have in common.
std::string stem_key(std::string_view text);
// The forms, with blanks between. Of a script without blanks the text itself.
std::string folded_text(std::string_view text);

}  // namespace picsharz
