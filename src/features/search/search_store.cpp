#include "features/search/search_store.h"

#include <limits>

#include "features/accounts/account_store.h"
#include "features/photos/photo_visibility.h"

namespace picsharz::search {

namespace {

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

// A query of SearchIndex::query as a tsquery, without its diacritics. unaccent() also turns marks
// beyond ASCII into ASCII ones (U+2019 into ', U+FF5C into |): whatever it leaves besides letters
// and digits separates words, and only then each becomes a prefix. In the text of a tsquery "' "
// stands after every word and nowhere else.
#define POSTGRES_QUERY(parameter)                                                       \
  "CAST(replace(CAST(plainto_tsquery('simple', regexp_replace(unaccent(CAST(" parameter \
  " AS TEXT)), '[!-/:-@[-`{-~]', ' ', 'g')) AS TEXT) || ' ', ''' ', ''':* ') AS tsquery)"

#define PEOPLE_RULES                                                                         \
  " AND a.state = 0 AND (a.followers, a.id) < ($3, $4)"                                      \
  " AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.blocker_id = a.id AND b.blocked_id = $1)" \
  " ORDER BY a.followers DESC, a.id DESC LIMIT $5"

}  // namespace

std::vector<PhotoId> SearchStore::photos(db::Tx& tx, const Viewer& viewer, const std::string& query,
                                         std::optional<PhotoId> before, int limit) {
  // FTS5 walks its matches from the newest row id down, so the first page costs the same whatever
  // the number of matches.
  static constexpr db::Sql sql(
      "SELECT p.id FROM photo_search s CROSS JOIN photos p ON p.id = s.rowid"
      " JOIN accounts o ON o.id = p.owner_id"
      " WHERE photo_search MATCH $3 AND s.rowid < $4 AND " PICSHARZ_PHOTO_LISTED
      " ORDER BY s.rowid DESC LIMIT $5",
      "SELECT p.id FROM photo_search s JOIN photos p ON p.id = s.id"
      " JOIN accounts o ON o.id = p.owner_id"
      " WHERE s.words @@ " POSTGRES_QUERY("$3") " AND s.id < $4"
      " AND " PICSHARZ_PHOTO_LISTED " ORDER BY s.id DESC LIMIT $5");
  return tx.all(
      sql, [](const db::Row& row) { return row.id<PhotoId>(0); }, viewer.account, viewer.role,
      query, before.value_or(PhotoId{most}), limit);
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
               " WHERE s.words @@ " POSTGRES_QUERY("$2") PEOPLE_RULES);
  const Position from = after.value_or(Position{most, most});
  return tx.all(
      sql, [](const db::Row& row) { return accounts::read_account(row); }, viewer.account, query,
      from.key, from.id, limit);
}

}  // namespace picsharz::search
