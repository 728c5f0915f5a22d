#include "features/search/term_store.h"

#include <limits>

#include "base/folding.h"
#include "features/accounts/account_store.h"

namespace picsharz::search {

namespace {

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

// Of the term `t`: photos and tags that $1 may not see because of a block. From the blocks to the
// shares, never the other way: a term has many.
#define HIDDEN(column)                                                     \
  "COALESCE((SELECT sum((SELECT h." column                                 \
  " FROM search_shares h JOIN accounts a"                                  \
  "  ON a.id = h.owner_id AND a.state = 0 AND a.private = 0"               \
  "  WHERE h.term_id = t.id AND h.owner_id = x.id))"                       \
  " FROM (SELECT b.blocked_id AS id FROM blocks b WHERE b.blocker_id = $1" \
  "  UNION SELECT b.blocker_id FROM blocks b WHERE b.blocked_id = $1) x), 0)"
#define TERM_COLUMNS "t.id, t.name, t.photos, t.tagged, " HIDDEN("photos") ", " HIDDEN("tagged")

#define BEGINNING(count)                                                               \
  "SELECT " TERM_COLUMNS                                                               \
  " FROM (SELECT id, name, photos, tagged FROM (SELECT id, key, name, folded, photos," \
  "   tagged FROM search_terms WHERE substr(folded, 1, " count                         \
  ") = $2 AND photos > 0"                                                              \
  "   AND (photos, id) < ($5, $6) ORDER BY photos DESC, id DESC LIMIT 1000) c"         \
  "  WHERE substr(c.folded, 1, $7) = $3 OR c.key = $4"                                 \
  "  ORDER BY c.photos DESC, c.id DESC LIMIT $8) t"                                    \
  " ORDER BY t.photos DESC, t.id DESC"

TermRow read_term(const db::Row& row) {
  const std::int64_t tagged = row.integer(3) - row.integer(5);
  return {{.id = row.integer(0),
           .name = row.string(1),
           .photos = row.integer(2) - row.integer(4),
           .tagged = tagged > 0},
          row.integer(2)};
}

// The first characters of a text, and how many it has.
struct Start {
  std::string_view text;
  int characters = 0;
};

Start start_of(std::string_view text, int characters_max) {
  std::string_view rest = text;
  int characters = 0;
  while (!rest.empty() && characters < characters_max) {
    take_character(rest);
    ++characters;
  }
  return {text.substr(0, text.size() - rest.size()), characters};
}

}  // namespace

std::vector<TermRow> TermStore::beginning(db::Tx& tx, const Viewer& viewer, std::string_view folded,
                                          std::string_view key, std::optional<Position> after,
                                          int limit) {
  static constexpr db::Sql one(BEGINNING("1"));
  static constexpr db::Sql two(BEGINNING("2"));
  static constexpr db::Sql three(BEGINNING("3"));
  const Start start = start_of(folded, 3);
  if (start.characters == 0) return {};
  const db::Sql& sql = start.characters == 1 ? one : start.characters == 2 ? two : three;
  const int characters = start_of(folded, std::numeric_limits<int>::max()).characters;
  const Position from = after.value_or(Position{most, most});
  return tx.all(sql, read_term, viewer.account, start.text, folded, key, from.key, from.id,
                characters, limit);
}

std::optional<Term> TermStore::find(db::Tx& tx, const Viewer& viewer, std::string_view key) {
  auto found = tx.one("SELECT " TERM_COLUMNS " FROM search_terms t WHERE t.key = $2", read_term,
                      viewer.account, key);
  if (!found || found->term.photos <= 0) return std::nullopt;
  return std::move(found->term);
}

std::vector<ShareRow> TermStore::shares(db::Tx& tx, const Viewer& viewer, std::int64_t term,
                                        int least, std::optional<Position> after, int limit) {
  const Position from = after.value_or(Position{most, most});
  return tx.all(
      "SELECT " PICSHARZ_ACCOUNT_COLUMNS(
          "a") ", s.photos, s.month, s.month_photos FROM search_shares s"
               " JOIN accounts a ON a.id = s.owner_id"
               " WHERE s.term_id = $2 AND s.photos >= $3 AND (s.photos, s.owner_id) < ($4, $5)"
               " AND a.state = 0 AND a.private = 0"
               " AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.blocker_id = $1"
               "  AND b.blocked_id = a.id)"
               " AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.blocker_id = a.id"
               "  AND b.blocked_id = $1)"
               " ORDER BY s.photos DESC, s.owner_id DESC LIMIT $6",
      [](const db::Row& row) {
        const int next = accounts::account_columns;
        return ShareRow{accounts::read_account(row), row.integer(next), row.integer(next + 1),
                        row.integer(next + 2)};
      },
      viewer.account, term, least, from.key, from.id, limit);
}

bool TermStore::knows(db::Tx& tx, std::string_view word) {
  return tx.exec("SELECT 1 FROM search_words WHERE word = $1", word) > 0;
}

std::vector<SpeltRow> TermStore::spelt(db::Tx& tx, std::span<const std::int64_t> spellings) {
  static constexpr db::Sql sql(
      "SELECT DISTINCT w.word, w.uses FROM json_each($1) j"
      " CROSS JOIN search_spellings s ON s.spelling = j.value"
      " JOIN search_words w ON w.word = s.word ORDER BY w.uses DESC, w.word LIMIT 200",
      "SELECT DISTINCT w.word, w.uses FROM search_spellings s JOIN search_words w"
      " ON w.word = s.word WHERE s.spelling = ANY (CAST($1 AS BIGINT[]))"
      " ORDER BY w.uses DESC, w.word LIMIT 200");
  std::vector<PhotoId> list;
  for (const std::int64_t spelling : spellings) list.push_back(PhotoId{spelling});
  return tx.all(
      sql,
      [](const db::Row& row) {
        return SpeltRow{row.string(0), row.integer(1)};
      },
      db::id_list(tx.engine(), std::span<const PhotoId>(list)));
}

}  // namespace picsharz::search
