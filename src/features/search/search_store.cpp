#include "features/search/search_store.h"

#include <limits>

#include "features/accounts/account_store.h"
#include "features/photos/photo_visibility.h"

namespace picsharz::search {

namespace {

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

#define PEOPLE_RULES                                                                      \
  " AND a.state = 0 AND (a.followers, a.id) < ($3, $4)"                                   \
  " AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.blocker_id = a.id AND b.blocked_id = $1)" \
  " ORDER BY a.followers DESC, a.id DESC LIMIT $5"

}  // namespace

std::vector<PhotoId> SearchStore::photos(db::Tx& tx, const Viewer& viewer,
                                         const std::string& query, std::optional<PhotoId> before,
                                         int limit) {
  // FTS5 walks its matches from the newest row id down, so the first page costs the same whatever
  // the number of matches.
  static constexpr db::Sql sql(
      "SELECT p.id FROM photo_search s CROSS JOIN photos p ON p.id = s.rowid"
      " JOIN accounts o ON o.id = p.owner_id"
      " WHERE photo_search MATCH $3 AND s.rowid < $4 AND " PICSHARZ_PHOTO_LISTED
      " ORDER BY s.rowid DESC LIMIT $5",
      "SELECT p.id FROM photo_search s JOIN photos p ON p.id = s.id"
      " JOIN accounts o ON o.id = p.owner_id"
      " WHERE s.words @@ to_tsquery('simple', unaccent(CAST($3 AS TEXT))) AND s.id < $4"
      " AND " PICSHARZ_PHOTO_LISTED " ORDER BY s.id DESC LIMIT $5");
  return tx.all(sql, [](const db::Row& row) { return row.id<PhotoId>(0); }, viewer.account,
                viewer.role, query, before.value_or(PhotoId{most}), limit);
}

std::vector<accounts::Account> SearchStore::people(db::Tx& tx, const Viewer& viewer,
                                                   const std::string& query,
                                                   std::optional<Position> after, int limit) {
  static constexpr db::Sql sql(
      "SELECT " PICSHARZ_ACCOUNT_COLUMNS(
          "a") " FROM account_search s CROSS JOIN accounts a ON a.id = s.rowid"
               " WHERE account_search MATCH $2" PEOPLE_RULES,
      "SELECT " PICSHARZ_ACCOUNT_COLUMNS(
          "a") " FROM account_search s JOIN accounts a ON a.id = s.id"
               " WHERE s.words @@ to_tsquery('simple', unaccent(CAST($2 AS TEXT)))" PEOPLE_RULES);
  const Position from = after.value_or(Position{most, most});
  return tx.all(sql, [](const db::Row& row) { return accounts::read_account(row); },
                viewer.account, query, from.key, from.id, limit);
}

}  // namespace picsharz::search
