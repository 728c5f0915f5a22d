// What the files of an archive say: Picsharz's own (docs/export.md), and Instagram's.
//
// What:      texts that are too long are cut, what is unreadable is left out: a photo is not lost
//            for the words beside it. Every byte string is an expected input.
// Threads:   pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_tree.h"
#include "features/imports/import.h"

namespace picsharz::imports {

// Element of photos.json.
ArchivedPhoto read_photo(const JsonTree& element);
// A post of Instagram: one for each picture or video in it. `root`: the folder that the archive's
// names begin with, or "".
std::vector<ArchivedPhoto> read_post(const JsonTree& element, std::string_view root);

// 2026-11-22T20:00:00.000Z, with or without milliseconds; nullopt for anything else.
std::optional<Micros> parse_time(std::string_view text);

// Instagram writes each byte of UTF-8 as if it were a character: "FrÃ¼h" -> "Früh". What cannot be
// such a text stays as it is.
std::string mended(std::string_view text);
// "In the #harbour, #früh" -> harbour, früh; as tags, each once.
std::vector<std::string> hashtags(std::string_view caption);
// At most `most` characters, without those that nobody can read; ends of lines are \n.
std::string clean_text(std::string_view text, std::size_t most);

}  // namespace picsharz::imports
