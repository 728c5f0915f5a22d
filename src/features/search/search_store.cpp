#include "features/search/search_store.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/folding.h"
#include "features/accounts/account_store.h"
#include "features/photos/photo_visibility.h"

namespace picsharz::search {

namespace {

// Of migration 0030: characters of the longest beginning that SQLite's index has a list of.
constexpr int indexed_beginning = 7;

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

// The beginning of an id of that time (base/ids.h), which has 41 bits of milliseconds.
constexpr Micros ids_began = 1'704'067'200 * second;
constexpr std::int64_t milliseconds_max = (std::int64_t{1} << 41) - 1;
constexpr int id_bits = 22;
std::int64_t id_at(Micros time) {
  if (time <= ids_began) return 0;
  return std::min((time - ids_began) / 1000, milliseconds_max) << id_bits;
}

// Documents are numbered as photos arrive, which may differ from their times by less than this.
constexpr Micros out_of_order = minute;

// Read once, not for every document.
#define TSQUERY(parameter) "(SELECT CAST(CAST(" parameter " AS TEXT) AS tsquery))"
// Look::check.
#define CHECKED(parameter) \
  " AND (CAST(" parameter " AS TEXT) IS NULL OR words @@ " TSQUERY(parameter) ")"
#define UNCHECKED(parameter) " AND CAST(" parameter " AS TEXT) IS NULL"

// Rows `s (doc)` that match in a window, the newest `count`. PostgreSQL looks behind no OFFSET 0,
// so it reads no more documents than the page needs.
#define SQLITE_MATCHES(query, check, from, below, count)                                         \
  "(SELECT rowid AS doc FROM photo_search WHERE photo_search MATCH " query " AND rowid >= " from \
  " AND rowid < " below                                                                          \
  UNCHECKED(check) " ORDER BY rowid DESC LIMIT " count ") s"
#define POSTGRES_MATCHES(columns, query, check, from, below, count)               \
  "(SELECT " columns " FROM photo_search WHERE search_tokens(words) @@ " TSQUERY( \
      query) " AND doc + 0 >= " from " AND doc + 0 < " below                      \
  CHECKED(check) " ORDER BY doc + 0 DESC LIMIT " count ") s"
#define POSTGRES_ONE_BY_ONE(columns, query, check, from, below, count)                        \
  "(SELECT " columns " FROM (SELECT doc, words FROM photo_search WHERE doc >= " from          \
  " AND doc < " below " ORDER BY doc DESC OFFSET 0) each WHERE each.words @@ " TSQUERY(query) \
      UNCHECKED(check) " ORDER BY doc DESC LIMIT " count ") s"

// What the index does not know, of `photos p`, with the parameters from $6 on; the viewer is $1.
#define FILTERED(from, until, likes_from, likes_to, following, liked)                     \
  " AND p.created_at >= " from " AND p.created_at < " until " AND p.likes >= " likes_from \
  " AND p.likes <= " likes_to " AND (" following " < 0 OR " following                     \
  " = CASE WHEN EXISTS (SELECT 1 FROM follows w"                                          \
  "  WHERE w.follower_id = $1 AND w.followee_id = p.owner_id AND w.state = 1)"            \
  "  THEN 1 ELSE 0 END)"                                                                  \
  " AND (" liked " < 0 OR " liked                                                         \
  " = CASE WHEN EXISTS (SELECT 1 FROM likes l"                                            \
  "  WHERE l.photo_id = p.id AND l.account_id = $1) THEN 1 ELSE 0 END)"

#define SEEN                                                                                 \
  " CROSS JOIN search_documents d ON d.doc = s.doc CROSS JOIN photos p ON p.id = d.photo_id" \
  " JOIN accounts o ON o.id = p.owner_id WHERE " PICSHARZ_PHOTO_FOUND
#define SEEN_POSTGRES                                                            \
  " JOIN search_documents d ON d.doc = s.doc JOIN photos p ON p.id = d.photo_id" \
  " JOIN accounts o ON o.id = p.owner_id WHERE " PICSHARZ_PHOTO_FOUND

#define PEOPLE_RULES                                                                         \
  " AND a.state = 0 AND (a.followers, a.id) < ($3, $4)"                                      \
  " AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.blocker_id = a.id AND b.blocked_id = $1)" \
  " ORDER BY a.followers DESC, a.id DESC LIMIT $5"

std::int64_t number_of(const std::optional<bool>& wanted) {
  return wanted ? (*wanted ? 1 : 0) : -1;
}

Hit read_hit(const db::Row& row) { return {row.integer(0), row.id<PhotoId>(1)}; }
Ranked read_ranked(const db::Row& row) { return {row.integer(0), row.integer(1)}; }

std::string list_of(db::Engine engine, std::span<const std::int64_t> docs) {
  std::vector<PhotoId> ids;
  for (const std::int64_t doc : docs) ids.push_back(PhotoId{doc});
  return db::id_list(engine, std::span<const PhotoId>(ids));
}

bool longer_than(std::string_view text, int characters) {
  for (int i = 0; i < characters && !text.empty(); ++i) take_character(text);
  return !text.empty();
}

// The index's words that begin so, one more than completions_max at most. Each is looked up from
// the one before it on: walking through them would read where each of them occurs.
std::vector<std::string> words_from(db::Tx& tx, const std::string& beginning) {
  std::vector<std::string> words;
  std::string from = beginning;
  while (words.size() <= completions_max) {
    auto word = tx.one(
        "SELECT term FROM photo_search_words WHERE term >= $1 LIMIT 1",
        [](const db::Row& row) { return row.string(0); }, from);
    if (!word || !word->starts_with(beginning)) break;
    from = *word + '\1';  // less than any character of a word
    words.push_back(*std::move(word));
  }
  return words;
}

}  // namespace

void SearchStore::complete(db::Tx& tx, db::SearchQuery& query) {
  if (tx.engine() != db::Engine::sqlite) return;
  for (db::SearchClause& clause : query.clauses) {
    std::vector<db::SearchPhrase> forms;
    for (db::SearchPhrase& phrase : clause.any_of) {
      const bool longer = phrase.prefix && longer_than(phrase.tokens.back(), indexed_beginning);
      const std::vector<std::string> words =
          longer ? words_from(tx, phrase.tokens.back()) : std::vector<std::string>();
      if (!longer || words.size() > completions_max) {
        forms.push_back(std::move(phrase));
        continue;
      }
      phrase.prefix = false;  // where no word begins so, it is not found, either
      for (std::size_t i = 0; i < std::max(words.size(), std::size_t{1}); ++i) {
        db::SearchPhrase form = phrase;
        if (i < words.size()) form.tokens.back() = words[i];
        form.again = i > 0;
        forms.push_back(std::move(form));
      }
    }
    clause.any_of = std::move(forms);
  }
}

Window SearchStore::window(db::Tx& tx, const Filter& filter) {
  const auto first_after = [&](Micros time) {
    return tx.one(
        "SELECT doc FROM search_documents WHERE photo_id >= $1 ORDER BY photo_id LIMIT 1",
        [](const db::Row& row) { return row.integer(0); }, id_at(time));
  };
  Window window{.from = 0, .below = most};
  if (filter.from) window.from = first_after(*filter.from - out_of_order).value_or(most);
  if (filter.until) window.below = first_after(*filter.until + out_of_order).value_or(most);
  return window;
}

std::optional<AccountId> SearchStore::account(db::Tx& tx, std::string_view handle) {
  return tx.one(
      "SELECT id FROM accounts WHERE handle = $1 AND state = 0",
      [](const db::Row& row) { return row.id<AccountId>(0); }, handle);
}

std::int64_t SearchStore::last_document(db::Tx& tx) {
  return tx
      .one("SELECT COALESCE(max(doc), 0) FROM search_documents",
           [](const db::Row& row) { return row.integer(0); })
      .value();
}

std::vector<Hit> SearchStore::newest(db::Tx& tx, const Viewer& viewer, const Look& look,
                                     const Filter& filter, int limit) {
  // FTS5 walks its matches from the newest document down, so the first page costs the same whatever
  // the number of matches. SQLite runs the inner query as a co-routine of the outermost loop, whose
  // order is that of the whole; with an ORDER BY it would first look at every candidate.
  static constexpr db::Sql by_index(
      "SELECT s.doc, p.id FROM " SQLITE_MATCHES("$3", "$13", "$4", "$5", "5000")
          SEEN FILTERED("$6", "$7", "$8", "$9", "$10", "$11") " LIMIT $12",
      "SELECT s.doc, p.id FROM " POSTGRES_MATCHES("doc", "$3", "$13", "$4", "$5", "5000")
          SEEN_POSTGRES FILTERED("$6", "$7", "$8", "$9", "$10",
                                 "$11") " ORDER BY s.doc DESC LIMIT $12");
  static constexpr db::Sql one_by_one(
      "SELECT s.doc, p.id FROM " POSTGRES_ONE_BY_ONE("doc", "$3", "$13", "$4", "$5", "5000")
          SEEN_POSTGRES FILTERED("$6", "$7", "$8", "$9", "$10",
                                 "$11") " ORDER BY s.doc DESC LIMIT $12");
  static_assert(candidates_max == 5'000);
  return tx.all(look.one_by_one ? one_by_one : by_index, read_hit, viewer.account, viewer.role,
                look.query, look.window.from, look.window.below, filter.from.value_or(0),
                filter.until.value_or(most), filter.likes_from.value_or(0),
                filter.likes_to.value_or(most), number_of(filter.following),
                number_of(filter.liked), limit, look.check);
}

std::optional<std::int64_t> SearchStore::last_examined(db::Tx& tx, const Look& look) {
  if (look.one_by_one) return std::nullopt;
  static constexpr db::Sql sql(
      "SELECT rowid FROM photo_search WHERE photo_search MATCH $1 AND rowid >= $2"
      " AND rowid < $3" UNCHECKED("$5") " ORDER BY rowid DESC LIMIT 1 OFFSET $4",
      "SELECT doc FROM photo_search WHERE search_tokens(words) @@ " TSQUERY("$1")
      " AND doc + 0 >= $2 AND doc + 0 < $3" CHECKED("$5")
      " ORDER BY doc + 0 DESC LIMIT 1 OFFSET $4");
  return tx.one(
      sql, [](const db::Row& row) { return row.integer(0); }, look.query, look.window.from,
      look.window.below, candidates_max - 1, look.check);
}

int SearchStore::matches(db::Tx& tx, const Look& look) {
  static constexpr db::Sql by_index(
      "SELECT count(*) FROM " SQLITE_MATCHES("$1", "$4", "$2", "$3", "5000"),
      "SELECT count(*) FROM " POSTGRES_MATCHES("doc", "$1", "$4", "$2", "$3", "5000"));
  static constexpr db::Sql one_by_one(
      "SELECT count(*) FROM " POSTGRES_ONE_BY_ONE("doc", "$1", "$4", "$2", "$3", "5000"));
  return tx
      .one(
          look.one_by_one ? one_by_one : by_index,
          [](const db::Row& row) { return static_cast<int>(row.integer(0)); }, look.query,
          look.window.from, look.window.below, look.check)
      .value();
}

// The list of phrases, and what the documents `s (doc, words)` score for them.
#define PHRASES                                                                              \
  "WITH phrases AS MATERIALIZED (SELECT CAST(j.value ->> 0 AS tsquery) AS a,"                \
  " CAST(j.value ->> 1 AS tsquery) AS b, CAST(j.value ->> 2 AS tsquery) AS c,"               \
  " CAST(j.value ->> 3 AS tsquery) AS d FROM json_array_elements(CAST($2 AS JSON)) AS j)"    \
  " SELECT s.doc, (SELECT COALESCE(sum(CASE WHEN s.words @@ q.a THEN 8"                      \
  " WHEN s.words @@ q.b THEN 4 WHEN s.words @@ q.c THEN 2 WHEN s.words @@ q.d THEN 1 ELSE 0" \
  " END), 0) FROM phrases q) FROM "

std::vector<Ranked> SearchStore::ranked(db::Tx& tx, const Look& look, const std::string& counting) {
  static constexpr db::Sql by_index(
      "SELECT rowid, picsharz_score(photo_search, $2) FROM photo_search"
      " WHERE photo_search MATCH $1 AND rowid >= $3 AND rowid < $4" UNCHECKED(
          "$6") " ORDER BY rowid DESC LIMIT $5",
      PHRASES POSTGRES_MATCHES("doc, words", "$1", "$6", "$3", "$4", "$5"));
  static constexpr db::Sql one_by_one(
      PHRASES POSTGRES_ONE_BY_ONE("doc, words", "$1", "$6", "$3", "$4", "$5"));
  static_assert(db::weight_title == 8 && db::weight_label == 4 && db::weight_name == 2);
  return tx.all(look.one_by_one ? one_by_one : by_index, read_ranked, look.query, counting,
                look.window.from, look.window.below, ranked_max, look.check);
}

#define LIKES_OF " JOIN search_documents d ON d.doc = s.doc JOIN photos p ON p.id = d.photo_id"

std::vector<Ranked> SearchStore::liked(db::Tx& tx, const Look& look) {
  static constexpr db::Sql by_index(
      "SELECT s.doc, p.likes FROM " SQLITE_MATCHES("$1", "$5", "$2", "$3", "$4") LIKES_OF,
      "SELECT s.doc, p.likes FROM " POSTGRES_MATCHES("doc", "$1", "$5", "$2", "$3", "$4") LIKES_OF);
  static constexpr db::Sql one_by_one("SELECT s.doc, p.likes FROM " POSTGRES_ONE_BY_ONE(
      "doc", "$1", "$5", "$2", "$3", "$4") LIKES_OF);
  return tx.all(look.one_by_one ? one_by_one : by_index, read_ranked, look.query, look.window.from,
                look.window.below, ranked_max, look.check);
}

std::vector<Hit> SearchStore::visible(db::Tx& tx, const Viewer& viewer, const Filter& filter,
                                      std::span<const std::int64_t> docs) {
  static constexpr db::Sql sql(
      "SELECT s.doc, p.id FROM (SELECT value AS doc FROM json_each($3)) s" SEEN FILTERED(
          "$4", "$5", "$6", "$7", "$8", "$9"),
      "SELECT s.doc, p.id FROM unnest(CAST($3 AS BIGINT[])) AS s (doc)" SEEN_POSTGRES FILTERED(
          "$4", "$5", "$6", "$7", "$8", "$9"));
  return tx.all(sql, read_hit, viewer.account, viewer.role, list_of(tx.engine(), docs),
                filter.from.value_or(0), filter.until.value_or(most), filter.likes_from.value_or(0),
                filter.likes_to.value_or(most), number_of(filter.following),
                number_of(filter.liked));
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
               " WHERE s.words @@ " TSQUERY("$2") PEOPLE_RULES);
  const Position from = after.value_or(Position{most, most});
  return tx.all(
      sql, [](const db::Row& row) { return accounts::read_account(row); }, viewer.account, query,
      from.key, from.id, limit);
}

std::vector<accounts::Account> SearchStore::suggest(db::Tx& tx, const Viewer& viewer,
                                                    const std::string& query, int limit) {
  static constexpr db::Sql sql(
      "SELECT " PICSHARZ_ACCOUNT_COLUMNS(
          "a") " FROM (SELECT rowid AS id FROM account_search WHERE account_search MATCH $2"
               " ORDER BY rowid DESC LIMIT 500) s CROSS JOIN accounts a ON a.id = s.id"
               " WHERE 1 = 1" PEOPLE_RULES,
      "SELECT " PICSHARZ_ACCOUNT_COLUMNS(
          "a") " FROM (SELECT id FROM account_search WHERE words @@ " TSQUERY("$2")
               " ORDER BY id DESC LIMIT 500) s JOIN accounts a ON a.id = s.id"
               " WHERE 1 = 1" PEOPLE_RULES);
  return tx.all(
      sql, [](const db::Row& row) { return accounts::read_account(row); }, viewer.account, query,
      most, most, limit);
}

}  // namespace picsharz::search
