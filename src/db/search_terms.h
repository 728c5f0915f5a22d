// Terms: what is on public photos, as a tag or a label, how many, and whose. For suggestions, for
// who uploads this often, and for what is typed with an error.
//
// What:      rows of search_photo_terms and of the words that terms and names consist of; the
//            database's triggers count them (migration 0029). Only published photos that their
//            owner shows to everybody have terms, so that a count tells nothing else.
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "db/database.h"

namespace picsharz::db {

struct SearchTerm {
  std::string key;   // the stems of its words: "guitars" and "guitar" are one term
  std::string name;  // as written
  bool tagged = false;
};

// Of a photo, sorted by key, each once.
std::vector<SearchTerm> terms_of(const std::vector<std::string>& tags,
                                 const std::vector<std::string>& labels);

// Months since the year 0: what "this month" is compared by.
std::int64_t month_of(Micros time);

// What is left of a word when none or one of its letters is missing, as hashes. Two words that
// differ by one letter too many, too few, wrong or exchanged have one of them in common. Empty for
// words that are too short to be misspelt, and for numbers.
std::vector<std::int64_t> spellings_of(std::string_view word);

class SearchTerms {
 public:
  // Replaces a photo's terms.
  void put_photo(Tx& tx, std::int64_t doc, AccountId owner, Micros created_at,
                 const std::vector<SearchTerm>& terms);
  bool same(Tx& tx, std::int64_t doc, const std::vector<SearchTerm>& terms);
  // Replaces the words of an account's names. `names`: forms with blanks between.
  void put_names(Tx& tx, AccountId id, std::string_view names);

  // How many counts differ from the rows that they count; and mends them.
  static std::int64_t count_wrong(Tx& tx);
  static void recount(Tx& tx);

 private:
  struct Known {
    std::int64_t id = 0;
    bool tagged = false;
  };

  std::int64_t term_id(Tx& tx, const SearchTerm& term);
};

}  // namespace picsharz::db
