#include "features/suggestions/suggestion_store.h"

#include "features/accounts/account_store.h"
#include "features/photos/photo_visibility.h"

namespace picsharz::suggestions {

namespace {

// The account `id`, a row of accounts called o, may be suggested to $1.
#define SUGGESTABLE(id)                                                                    \
  "(o.state = 0 AND " id                                                                   \
  " <> $1"                                                                                 \
  " AND NOT EXISTS (SELECT 1 FROM follows x WHERE x.follower_id = $1"                      \
  "  AND x.followee_id = " id                                                              \
  ")"                                                                                      \
  " AND NOT EXISTS (SELECT 1 FROM mutes x WHERE x.muter_id = $1 AND x.muted_id = " id      \
  ")"                                                                                      \
  " AND NOT EXISTS (SELECT 1 FROM blocks x WHERE x.blocker_id = $1 AND x.blocked_id = " id \
  ")"                                                                                      \
  " AND NOT EXISTS (SELECT 1 FROM blocks x WHERE x.blocker_id = " id "  AND x.blocked_id = $1))"

#define NEWEST_LIKES                                  \
  "(SELECT photo_id FROM likes WHERE account_id = $1" \
  " ORDER BY created_at DESC, photo_id DESC LIMIT 200)"

#define MOST_PHOTOS_FIRST " GROUP BY p.owner_id ORDER BY 2 DESC, 1 DESC LIMIT 100"

Hint read_owner(const db::Row& row) {
  return {.account = row.id<AccountId>(0), .count = row.integer(1)};
}

}  // namespace

// SQLite takes the newest of each by a list that is made anew for each followed person, and has to
// sort it: of the first thousand. PostgreSQL takes them by LATERAL, in the order of an index.
#define NEWEST_FOLLOWED                                                   \
  "(SELECT followee_id FROM follows WHERE follower_id = $1 AND state = 1" \
  " ORDER BY created_at DESC, followee_id DESC LIMIT 64)"
#define FOLLOWED_BY_EACH(most)                                                \
  "SELECT h.followee_id FROM (SELECT e.followee_id, e.created_at"             \
  "  FROM follows e WHERE e.follower_id = f.followee_id AND e.state = 1" most \
  ") h ORDER BY h.created_at DESC, h.followee_id DESC LIMIT 64"
#define BEST_FOLLOWED                                                             \
  " GROUP BY g.followee_id) c JOIN accounts o ON o.id = c.id WHERE " SUGGESTABLE( \
      "c.id") " ORDER BY c.hints DESC, c.id DESC LIMIT 100"

constinit const db::Sql SuggestionStore::followed_by_sql(
    "SELECT c.id, c.hints, c.follower FROM (SELECT g.followee_id AS id, count(*) AS hints,"
    " max(g.follower_id) AS follower FROM " NEWEST_FOLLOWED
    " f CROSS JOIN accounts i CROSS JOIN follows g"
    " WHERE i.id = f.followee_id AND i.state = 0 AND g.follower_id = f.followee_id"
    " AND g.followee_id IN (" FOLLOWED_BY_EACH(" LIMIT 1000") ")" BEST_FOLLOWED,
    "SELECT c.id, c.hints, c.follower FROM (SELECT g.followee_id AS id, count(*) AS hints,"
    " max(f.followee_id) AS follower FROM " NEWEST_FOLLOWED
    " f JOIN accounts i ON i.id = f.followee_id AND i.state = 0"
    " CROSS JOIN LATERAL (" FOLLOWED_BY_EACH("") ") g" BEST_FOLLOWED);

std::vector<Hint> SuggestionStore::followed_by(db::Tx& tx, const Viewer& viewer) {
  return tx.all(
      followed_by_sql,
      [](const db::Row& row) {
        return Hint{
            .account = row.id<AccountId>(0), .count = row.integer(1), .by = row.id<AccountId>(2)};
      },
      viewer.account);
}

std::vector<Hint> SuggestionStore::liked(db::Tx& tx, const Viewer& viewer) {
  return tx.all("SELECT p.owner_id, count(*) FROM " NEWEST_LIKES
                " l JOIN photos p ON p.id = l.photo_id JOIN accounts o ON o.id = p.owner_id"
                " WHERE " PICSHARZ_PHOTO_LISTED " AND " SUGGESTABLE("p.owner_id") MOST_PHOTOS_FIRST,
                read_owner, viewer.account, viewer.role);
}

std::vector<std::string> SuggestionStore::liked_labels(db::Tx& tx, const Viewer& viewer) {
  return tx.all(
      "SELECT n.name, count(*) FROM " NEWEST_LIKES
      " l JOIN photos p ON p.id = l.photo_id JOIN accounts o ON o.id = p.owner_id"
      " JOIN photo_labels n ON n.photo_id = p.id WHERE " PICSHARZ_PHOTO_LISTED
      " GROUP BY n.name ORDER BY 2 DESC, 1 LIMIT 3",
      [](const db::Row& row) { return row.string(0); }, viewer.account, viewer.role);
}

std::vector<Hint> SuggestionStore::with_label(db::Tx& tx, const Viewer& viewer,
                                              const std::string& label) {
  auto hints = tx.all(
      "SELECT p.owner_id, count(*) FROM (SELECT photo_id FROM photo_labels WHERE name = $3"
      " ORDER BY photo_id DESC LIMIT 200) n JOIN photos p ON p.id = n.photo_id"
      " JOIN accounts o ON o.id = p.owner_id"
      " WHERE " PICSHARZ_PHOTO_LISTED " AND " SUGGESTABLE("p.owner_id") MOST_PHOTOS_FIRST,
      read_owner, viewer.account, viewer.role, label);
  for (Hint& hint : hints) hint.label = label;
  return hints;
}

std::vector<Hint> SuggestionStore::active(db::Tx& tx, const Viewer& viewer) {
  return tx.all(
      "SELECT p.owner_id, count(*) FROM (SELECT id FROM photos WHERE state = 3 AND visibility = 0"
      " ORDER BY id DESC LIMIT 200) n JOIN photos p ON p.id = n.id"
      " JOIN accounts o ON o.id = p.owner_id"
      " WHERE " PICSHARZ_PHOTO_LISTED " AND " SUGGESTABLE("p.owner_id") MOST_PHOTOS_FIRST,
      read_owner, viewer.account, viewer.role);
}

std::vector<accounts::Account> SuggestionStore::accounts(db::Tx& tx,
                                                         std::span<const AccountId> ids) {
  static constexpr db::Sql sql(
      "SELECT " PICSHARZ_ACCOUNT_COLUMNS(
          "a") " FROM accounts a WHERE a.id IN (SELECT value FROM json_each($1))",
      "SELECT " PICSHARZ_ACCOUNT_COLUMNS(
          "a") " FROM accounts a WHERE a.id = ANY (CAST($1 AS BIGINT[]))");
  return tx.all(
      sql, [](const db::Row& row) { return accounts::read_account(row); },
      db::id_list(tx.engine(), ids));
}

}  // namespace picsharz::suggestions
