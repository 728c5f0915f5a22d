// What a person looks for, as it was understood, and what is found beside photos and people. Plain
// structs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/words.h"
#include "features/accounts/account.h"

namespace picsharz::search {

enum class Sort { newest, relevance, likes };

// The smallest thing that is looked for.
struct Unit {
  enum class Kind {
    word,    // it, its inflections and its synonyms
    begin,   // the same, or the beginning of a word
    phrase,  // these words in this order
    from,    // of an account, `text` being its handle; "me" is the viewer
    tag,     // this whole tag
    camera,  // a word of what the camera is
    label,   // this whole label: what color: and is:bw stand for
  };
  Kind kind = Kind::word;
  std::vector<Word> words{};
  std::string text{};
  bool open = false;  // of a phrase: its last word may be the beginning of one
  // Where it stands in what was typed.
  std::size_t at = 0;
  std::size_t size = 0;
};

struct Clause {
  std::vector<Unit> any_of;
  bool negative = false;
};

// What the index does not know of a photo.
struct Filter {
  std::optional<Micros> from{};   // uploaded at this time or later
  std::optional<Micros> until{};  // uploaded before
  std::optional<std::int64_t> likes_from{};
  std::optional<std::int64_t> likes_to{};
  std::optional<bool> following{};  // by somebody whom the viewer follows, or not
  std::optional<bool> liked{};      // by the viewer, or not
  bool operator==(const Filter&) const = default;
};

struct Query {
  std::vector<Clause> clauses;
  Filter filter{};
  bool empty() const { return clauses.empty() && filter == Filter(); }
};

// A tag or a label on photos that everybody sees.
struct Term {
  std::int64_t id = 0;
  std::string name;
  std::int64_t photos = 0;  // public ones, of whoever the viewer may see
  bool tagged = false;      // people wrote it
};

// Who uploads this often, and how often.
struct Expert {
  accounts::Account account;
  std::string term;
  std::int64_t photos = 0;  // public ones
  std::int64_t photos_this_month = 0;
};

struct Suggestion {
  enum class Kind { person, tag, label };
  Kind kind = Kind::tag;
  std::string q;  // to search for
  std::string text;
  std::string handle{};  // a person's
  std::string avatar{};  // the same
  std::int64_t photos = 0;
};

}  // namespace picsharz::search
