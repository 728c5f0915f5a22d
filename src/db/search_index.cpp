#include "db/search_index.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

#include "base/words.h"
#include "db/search_query.h"

namespace picsharz::db {

namespace {

constexpr int pages_at_once = 64;  // others wait for the writer as long as they take
constexpr int repeats_max = 250;   // of one word: PostgreSQL keeps no more places of it
constexpr std::size_t columns = 7;

enum Column : std::size_t { title, tags, labels, names, text, stems, facets };

// The tokens of each column, with blanks between.
using Columns = std::array<std::string, columns>;

void append(std::string& column, std::string_view token) {
  if (!column.empty()) column += ' ';
  column += token;
}

class ColumnWriter {
 public:
  // Words in their order, and their stems where those differ.
  void words(Column column, std::string_view written, bool stemmed) {
    for (const Word& word : words_of(written)) {
      if (++repeats_[word.form] > repeats_max) continue;
      append(columns_[column], word.form);
      if (!stemmed) continue;
      std::string stemmed_form = stem(word.form);
      if (stemmed_form != word.form) stems_.insert(std::move(stemmed_form));
    }
  }
  void token(Column column, std::string_view token) { append(columns_[column], token); }

  // Each between two marks, so that a whole one can be asked for.
  void list(Column column, const std::vector<std::string>& items, std::string_view mark) {
    if (items.empty()) return;
    token(column, mark);
    for (const std::string& item : items) {
      words(column, item, true);
      token(column, mark);
    }
  }

  Columns take() {
    for (const std::string& each : stems_) append(columns_[stems], each);
    return std::move(columns_);
  }

 private:
  Columns columns_;
  std::set<std::string> stems_;
  std::map<std::string, int> repeats_;
};

Columns columns_of(const SearchDocument& document) {
  ColumnWriter out;
  out.words(title, document.title, true);
  out.list(tags, document.tags, search_token::tag);
  out.list(labels, document.labels, search_token::label);
  out.words(names, document.handle, false);
  out.token(names, search_token::part);
  out.words(names, document.name, false);
  out.words(text, document.description, true);
  out.token(text, search_token::part);
  out.words(text, document.alt, true);
  out.token(facets, search_token::everything);
  out.token(facets, search_token::owner(document.owner));
  for (const Word& word : words_of(document.camera)) {
    out.token(facets, search_token::camera(word.form));
  }
  return out.take();
}

// What a column weighs on PostgreSQL: A and D are eight and one, as db/search_query.h has it.
// Facets have no place.
constexpr std::array<char, columns> marks = {'A', 'A', 'B', 'C', 'D', 'D', 0};

// tsvector's own notation. No token has a quote or a backslash in it.
std::string tsvector_of(const Columns& all) {
  std::string vector;
  int place = 0;
  for (std::size_t column = 0; column < columns; ++column) {
    std::string_view rest = all[column];
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(' '), rest.size());
      vector.append("'").append(rest.substr(0, end)).append("'");
      place += column == stems ? 2 : 1;  // no phrase is found among stems
      if (marks[column] != 0) vector.append(":").append(std::to_string(place)) += marks[column];
      vector += ' ';
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    ++place;  // no phrase goes on in the next column
  }
  return vector;
}

// Each item of a list (ColumnWriter::list) as one token.
void append_whole(std::string& facets_column, std::string_view list, std::string_view mark) {
  std::string forms;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(' '), list.size());
    const std::string_view token = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    if (token != mark) {
      append(forms, token);
    } else if (!forms.empty()) {
      append(facets_column, search_token::whole(mark, forms));
      forms.clear();
    }
  }
}

std::string tsvector_of(std::int64_t doc, Columns all) {
  append_whole(all[facets], all[tags], search_token::tag);
  append_whole(all[facets], all[labels], search_token::label);
  for (const int bits : block_bits) {
    append(all[facets], search_token::block(doc, bits));
  }
  return tsvector_of(all);
}

struct AccountColumns {
  std::string handle;
  std::string name;
};

std::string forms_of(std::string_view written) {
  std::string forms;
  for (const Word& word : words_of(written)) append(forms, word.form);
  return forms;
}

AccountColumns columns_of(std::string_view handle, std::string_view name) {
  std::string forms(search_token::everything);
  append(forms, forms_of(handle));
  return {std::move(forms), forms_of(name)};
}

std::string tsvector_of(const AccountColumns& account) {
  return tsvector_of(Columns{account.handle, "", account.name, "", "", "", ""});
}

constexpr Sql erase_photo("DELETE FROM photo_search WHERE rowid = $1",
                          "DELETE FROM photo_search WHERE doc = $1");
constexpr Sql erase_account("DELETE FROM account_search WHERE rowid = $1",
                            "DELETE FROM account_search WHERE id = $1");

std::optional<std::int64_t> document_number(Tx& tx, PhotoId id) {
  return tx.one(
      "SELECT doc FROM search_documents WHERE photo_id = $1",
      [](const Row& row) { return row.integer(0); }, id);
}

// Rows that were written with triggers off have none yet.
std::int64_t make_document_number(Tx& tx, PhotoId id) {
  if (const auto known = document_number(tx, id)) return *known;
  tx.exec("INSERT INTO search_documents (photo_id) VALUES ($1) ON CONFLICT DO NOTHING", id);
  return document_number(tx, id).value();
}

void write_photo(Tx& tx, std::int64_t doc, const Columns& all) {
  if (tx.engine() == Engine::sqlite) {
    static constexpr Sql sql(
        "INSERT INTO photo_search (rowid, title, tags, labels, names, text, stems, facets)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");
    tx.exec(sql, doc, all[title], all[tags], all[labels], all[names], all[text], all[stems],
            all[facets]);
  } else {
    tx.exec(
        "INSERT INTO photo_search (doc, words) VALUES ($1, CAST(CAST($2 AS TEXT) AS tsvector))"
        " ON CONFLICT (doc) DO UPDATE SET words = excluded.words",
        doc, tsvector_of(doc, all));
  }
}

Indexed same_or(bool same) { return same ? Indexed::same : Indexed::other; }

// With a negative number of pages all segments are to become one; it goes on with a positive one.
constexpr Sql merge_photos("INSERT INTO photo_search (photo_search, rank) VALUES ('merge', $1)");
constexpr Sql merge_accounts(
    "INSERT INTO account_search (account_search, rank) VALUES ('merge', $1)");

std::int64_t changes_so_far(Tx& tx) {
  return tx.one("SELECT total_changes()", [](const Row& row) { return row.integer(0); }).value();
}

// False: there was nothing left to merge. (FTS5's documentation says how to tell.)
bool merge(Tx& tx, const Sql& some, int pages) {
  const std::int64_t before = changes_so_far(tx);
  tx.exec(some, pages);
  return changes_so_far(tx) - before >= 2;
}

}  // namespace

void SearchIndex::put_photo(Tx& tx, PhotoId id, const SearchDocument& document) {
  const std::int64_t doc = make_document_number(tx, id);
  if (tx.engine() == Engine::sqlite) tx.exec(erase_photo, doc);
  write_photo(tx, doc, columns_of(document));
  terms_.put_photo(tx, doc, document.owner, document.created_at,
                   document.is_public ? terms_of(document.tags, document.shown_labels)
                                      : std::vector<SearchTerm>());
}

void SearchIndex::remove_photo(Tx& tx, PhotoId id) {
  const auto doc = document_number(tx, id);
  if (!doc) return;
  tx.exec(erase_photo, *doc);
  tx.exec("DELETE FROM search_photo_terms WHERE doc = $1", *doc);
}

void SearchIndex::put_account(Tx& tx, AccountId id, std::string_view handle,
                              std::string_view name) {
  const AccountColumns written = columns_of(handle, name);
  if (tx.engine() == Engine::sqlite) {
    tx.exec(erase_account, id);
    tx.exec("INSERT INTO account_search (rowid, handle, name) VALUES ($1, $2, $3)", id,
            written.handle, written.name);
  } else {
    tx.exec(
        "INSERT INTO account_search (id, words) VALUES ($1, CAST(CAST($2 AS TEXT) AS tsvector))"
        " ON CONFLICT (id) DO UPDATE SET words = excluded.words",
        id, tsvector_of(written));
  }
  terms_.put_names(tx, id, written.handle + " " + written.name);
}

void SearchIndex::remove_account(Tx& tx, AccountId id) {
  tx.exec(erase_account, id);
  terms_.put_names(tx, id, "");
}

Indexed SearchIndex::compare(Tx& tx, PhotoId id, const SearchDocument& document) {
  const auto doc = document_number(tx, id);
  if (!doc) return Indexed::missing;
  const Columns wanted = columns_of(document);
  static constexpr Sql sqlite(
      "SELECT title, tags, labels, names, text, stems, facets FROM photo_search WHERE rowid = $1");
  static constexpr Sql postgres(
      "SELECT words = CAST(CAST($2 AS TEXT) AS tsvector) FROM photo_search WHERE doc = $1");
  const auto read = [&](const Row& row) {
    if (tx.engine() == Engine::postgres) return same_or(row.truth(0));
    for (std::size_t i = 0; i < columns; ++i) {
      if (row.text(static_cast<int>(i)) != wanted[i]) return Indexed::other;
    }
    return Indexed::same;
  };
  const auto found = tx.engine() == Engine::sqlite
                         ? tx.one(sqlite, read, *doc)
                         : tx.one(postgres, read, *doc, tsvector_of(*doc, wanted));
  if (found.value_or(Indexed::missing) != Indexed::same) return found.value_or(Indexed::missing);
  return same_or(terms_.same(tx, *doc,
                             document.is_public ? terms_of(document.tags, document.shown_labels)
                                                : std::vector<SearchTerm>()));
}

Indexed SearchIndex::compare_account(Tx& tx, AccountId id, std::string_view handle,
                                     std::string_view name) {
  const AccountColumns wanted = columns_of(handle, name);
  static constexpr Sql sqlite("SELECT handle, name FROM account_search WHERE rowid = $1");
  static constexpr Sql postgres(
      "SELECT words = CAST(CAST($2 AS TEXT) AS tsvector) FROM account_search WHERE id = $1");
  const auto read = [&](const Row& row) {
    if (tx.engine() == Engine::postgres) return same_or(row.truth(0));
    return same_or(row.text(0) == wanted.handle && row.text(1) == wanted.name);
  };
  const auto found = tx.engine() == Engine::sqlite
                         ? tx.one(sqlite, read, id)
                         : tx.one(postgres, read, id, tsvector_of(wanted));
  return found.value_or(Indexed::missing);
}

bool SearchIndex::holds(Tx& tx, PhotoId id) {
  static constexpr Sql sql("SELECT 1 FROM photo_search WHERE rowid = $1",
                           "SELECT 1 FROM photo_search WHERE doc = $1");
  const auto doc = document_number(tx, id);
  return doc && tx.exec(sql, *doc) > 0;
}

bool SearchIndex::sound(Database& database) {
  if (database.engine() != Engine::sqlite) return true;
  static constexpr Sql photos("INSERT INTO photo_search (photo_search) VALUES ('integrity-check')");
  static constexpr Sql accounts(
      "INSERT INTO account_search (account_search) VALUES ('integrity-check')");
  for (const Sql& check : {photos, accounts}) {
    try {
      database.write([&](Tx& tx) { tx.exec(check); });
    } catch (const DatabaseError&) {
      return false;
    }
  }
  return true;
}

void SearchIndex::rebuild(Database& database) {
  if (database.engine() != Engine::sqlite) return;
  database.write([](Tx& tx) {
    tx.exec("INSERT INTO photo_search (photo_search) VALUES ('rebuild')");
    tx.exec("INSERT INTO account_search (account_search) VALUES ('rebuild')");
  });
}

std::vector<std::int64_t> SearchIndex::orphans(Tx& tx, std::int64_t after, int limit) {
  static constexpr Sql sql(
      "SELECT s.id FROM photo_search_content s WHERE s.id > $1 AND NOT EXISTS"
      " (SELECT 1 FROM search_documents d WHERE d.doc = s.id) ORDER BY s.id LIMIT $2",
      "SELECT s.doc FROM photo_search s WHERE s.doc > $1 AND NOT EXISTS"
      " (SELECT 1 FROM search_documents d WHERE d.doc = s.doc) ORDER BY s.doc LIMIT $2");
  return tx.all(
      sql, [](const Row& row) { return row.integer(0); }, after, limit);
}

void SearchIndex::remove_orphan(Tx& tx, std::int64_t doc) { tx.exec(erase_photo, doc); }

bool SearchIndex::forget(Database& database, FunctionRef<bool(Micros)> rest) {
  if (database.engine() != Engine::sqlite) return true;
  const SystemClock clock;
  for (const Sql& some : {merge_photos, merge_accounts}) {
    bool more = true;
    for (int pages = -pages_at_once; more; pages = pages_at_once) {
      const Micros begin = clock.steady();
      more = database.write([&](Tx& tx) { return merge(tx, some, pages); });
      if (more && !rest(clock.steady() - begin)) return false;
    }
  }
  return true;
}

}  // namespace picsharz::db
