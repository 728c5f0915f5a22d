// Rows of terms, whose they are, and how words are spelt: what db/search_terms.h keeps.
//
// Counts:    of public photos of accounts that everybody sees; less those of whoever blocked the
//            viewer or is blocked by them.
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/page.h"
#include "base/viewer.h"
#include "db/database.h"
#include "features/search/search.h"

namespace picsharz::search {

struct ShareRow {
  accounts::Account account;
  std::int64_t photos = 0;
  std::int64_t month = 0;
  std::int64_t month_photos = 0;
};

struct SpeltRow {
  std::string word;
  std::int64_t uses = 0;
};

struct TermRow {
  Term term;
  std::int64_t all = 0;  // whoever may see them: what they are sorted by
};

class TermStore {
 public:
  // Terms that begin so, or that have this key, the most used first; of 1,000 that begin with the
  // same three characters.
  std::vector<TermRow> beginning(db::Tx& tx, const Viewer& viewer, std::string_view folded,
                                 std::string_view key, std::optional<Position> after, int limit);
  std::optional<Term> find(db::Tx& tx, const Viewer& viewer, std::string_view key);
  // Accounts that everybody sees, who has the most photos first; at least `least` of them.
  std::vector<ShareRow> shares(db::Tx& tx, const Viewer& viewer, std::int64_t term, int least,
                               std::optional<Position> after, int limit);
  bool knows(db::Tx& tx, std::string_view word);
  // Words that have one of these spellings.
  std::vector<SpeltRow> spelt(db::Tx& tx, std::span<const std::int64_t> spellings);
};

}  // namespace picsharz::search
