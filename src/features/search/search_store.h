// Which photos and people a query finds. It reads the index that db/search_index.h writes.
//
// Bounds:    a list examines at most candidates_max photos that the words are in, a ranking the
//            ranked_max newest of them: what a query costs does not grow with the photos.
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/page.h"
#include "base/viewer.h"
#include "db/database.h"
#include "db/search_query.h"
#include "features/accounts/account.h"
#include "features/search/search.h"

namespace picsharz::search {

inline constexpr int candidates_max = 5'000;
inline constexpr int ranked_max = 500;

struct Hit {
  std::int64_t doc = 0;  // sorts by the time of upload
  PhotoId photo;
};

struct Ranked {
  std::int64_t doc = 0;
  std::int64_t rank = 0;
};

// Documents from `from`, below `below`.
struct Window {
  std::int64_t from = 0;
  std::int64_t below = 0;
};

// What is looked through at once. PostgreSQL's index collects every match before the newest is
// known; where they are many, it is cheaper to read the documents one by one from the newest down.
struct Look {
  Window window;
  std::string query;  // the engine's: of the documents one by one, or of the index
  bool one_by_one = false;
  std::optional<std::string> check{};  // what the index finds too much of; on PostgreSQL
};

// Words that an unfinished one may stand for, before the index is asked for all that begin so.
inline constexpr int completions_max = 16;

class SearchStore {
 public:
  // On SQLite. Its index has lists of what begins with so many letters; of a longer beginning it
  // collects every match before the newest is known. The few words that begin so take its place.
  void complete(db::Tx& tx, db::SearchQuery& query);
  // The window that holds every photo which `filter`'s times let through.
  Window window(db::Tx& tx, const Filter& filter);
  std::optional<AccountId> account(db::Tx& tx, std::string_view handle);
  // The newest document's number; 0 where there is none.
  std::int64_t last_document(db::Tx& tx);

  // Photos that the viewer may see, newest first.
  std::vector<Hit> newest(db::Tx& tx, const Viewer& viewer, const Look& look, const Filter& filter,
                          int limit);
  // The last document that newest() examines; nullopt where it comes to the end of the window.
  std::optional<std::int64_t> last_examined(db::Tx& tx, const Look& look);
  // How many match, whoever may see them.
  int matches(db::Tx& tx, const Look& look);
  // The newest that match, whoever may see them, with how well they do.
  std::vector<Ranked> ranked(db::Tx& tx, const Look& look, const std::string& counting);
  // Those of `docs` that the viewer may see and the filter lets through, in no order.
  std::vector<Hit> visible(db::Tx& tx, const Viewer& viewer, const Filter& filter,
                           std::span<const std::int64_t> docs);
  // The same; rank: likes.
  std::vector<Ranked> liked(db::Tx& tx, const Look& look);

  // Active accounts that have not blocked the viewer, most followed first.
  std::vector<accounts::Account> people(db::Tx& tx, const Viewer& viewer, const std::string& query,
                                        std::optional<Position> after, int limit);
  // The same of the ranked_max newest accounts that match.
  std::vector<accounts::Account> suggest(db::Tx& tx, const Viewer& viewer, const std::string& query,
                                         int limit);
};

}  // namespace picsharz::search
