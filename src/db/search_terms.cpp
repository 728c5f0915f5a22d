#include "db/search_terms.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <set>

#include "base/folding.h"
#include "base/words.h"

namespace picsharz::db {

namespace {

constexpr std::size_t misspelt_from = 4;  // letters
constexpr std::size_t misspelt_to = 24;
constexpr std::size_t name_words_max = 12;

// FNV-1a, 64 bits (Fowler, Noll, Vo).
std::int64_t hash(std::string_view text) {
  std::uint64_t value = 0xcbf29ce484222325;
  for (const char c : text) value = (value ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return static_cast<std::int64_t>(value);
}

bool is_number(std::string_view word) {
  return std::ranges::all_of(word, [](char c) { return c >= '0' && c <= '9'; });
}

// Each word once; numbers, and those of scripts without blanks, are not misspelt by a letter.
std::set<std::string> distinct_words(std::string_view text) {
  std::set<std::string> words;
  for (Word& word : words_of(text)) {
    if (word.pair || is_number(word.form) || words.size() == name_words_max) continue;
    words.insert(std::move(word.form));
  }
  return words;
}

// The words' first user writes their spellings; the trigger has counted the use already.
void spell(Tx& tx, const std::string& word) {
  const auto uses = tx.one(
      "SELECT uses FROM search_words WHERE word = $1",
      [](const Row& row) { return row.integer(0); }, word);
  if (uses.value_or(0) != 1) return;
  for (const std::int64_t spelling : spellings_of(word)) {
    tx.exec("INSERT INTO search_spellings (spelling, word) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            spelling, word);
  }
}

}  // namespace

std::vector<SearchTerm> terms_of(const std::vector<std::string>& tags,
                                 const std::vector<std::string>& labels) {
  std::map<std::string, SearchTerm> terms;
  const auto add = [&](const std::string& name, bool tagged) {
    std::string key = stem_key(name);
    if (key.empty()) return;
    terms.try_emplace(key, SearchTerm{key, name, tagged});
  };
  for (const std::string& tag : tags) add(tag, true);
  for (const std::string& label : labels) add(label, false);
  std::vector<SearchTerm> list;
  list.reserve(terms.size());
  for (auto& [key, term] : terms) list.push_back(std::move(term));
  return list;
}

std::int64_t month_of(Micros time) {
  using namespace std::chrono;
  const sys_days day_of{floor<days>(sys_time<microseconds>(microseconds(time)))};
  const year_month_day date{day_of};
  return static_cast<int>(date.year()) * 12LL + static_cast<unsigned>(date.month()) - 1;
}

std::vector<std::int64_t> spellings_of(std::string_view word) {
  std::vector<std::string> letters;
  for (std::string_view rest = word; !rest.empty();) {
    const std::string_view before = rest;
    take_character(rest);
    letters.emplace_back(before.substr(0, before.size() - rest.size()));
  }
  if (letters.size() < misspelt_from || letters.size() > misspelt_to || is_number(word)) return {};
  std::set<std::int64_t> spellings = {hash(word)};
  for (std::size_t missing = 0; missing < letters.size(); ++missing) {
    std::string left;
    for (std::size_t i = 0; i < letters.size(); ++i) {
      if (i != missing) left += letters[i];
    }
    spellings.insert(hash(left));
  }
  return {spellings.begin(), spellings.end()};
}

std::int64_t SearchTerms::term_id(Tx& tx, const SearchTerm& term) {
  const auto find = [&] {
    return tx.one(
        "SELECT id FROM search_terms WHERE key = $1", [](const Row& row) { return row.integer(0); },
        term.key);
  };
  if (const auto known = find()) return *known;
  const bool made =
      tx.exec(
          "INSERT INTO search_terms (key, name, folded) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
          term.key, term.name, folded_text(term.name)) == 1;
  const std::int64_t id = find().value();
  if (!made) return id;
  for (const std::string& word : distinct_words(term.name)) {
    tx.exec("INSERT INTO search_term_words (term_id, word) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            id, word);
    spell(tx, word);
  }
  return id;
}

void SearchTerms::put_photo(Tx& tx, std::int64_t doc, AccountId owner, Micros created_at,
                            const std::vector<SearchTerm>& terms) {
  std::map<std::string, Known> known;
  tx.each(
      "SELECT t.key, p.term_id, p.tagged FROM search_photo_terms p"
      " JOIN search_terms t ON t.id = p.term_id WHERE p.doc = $1",
      [&](const Row& row) {
        known[row.string(0)] = {row.integer(1), row.truth(2)};
      },
      doc);
  std::vector<const SearchTerm*> added;
  for (const SearchTerm& term : terms) {
    const auto found = known.find(term.key);
    if (found != known.end() && found->second.tagged == term.tagged) {
      known.erase(found);
    } else {
      added.push_back(&term);
    }
  }
  for (const auto& [key, gone] : known) {
    tx.exec("DELETE FROM search_photo_terms WHERE doc = $1 AND term_id = $2", doc, gone.id);
  }
  for (const SearchTerm* term : added) {
    tx.exec(
        "INSERT INTO search_photo_terms (doc, term_id, owner_id, month, tagged)"
        " VALUES ($1, $2, $3, $4, $5)",
        doc, term_id(tx, *term), owner, month_of(created_at), term->tagged);
  }
}

bool SearchTerms::same(Tx& tx, std::int64_t doc, const std::vector<SearchTerm>& terms) {
  std::map<std::string, bool> wanted;
  for (const SearchTerm& term : terms) wanted[term.key] = term.tagged;
  std::map<std::string, bool> found;
  tx.each(
      "SELECT t.key, p.tagged FROM search_photo_terms p"
      " JOIN search_terms t ON t.id = p.term_id WHERE p.doc = $1",
      [&](const Row& row) { found[row.string(0)] = row.truth(1); }, doc);
  return found == wanted;
}

void SearchTerms::put_names(Tx& tx, AccountId id, std::string_view names) {
  std::set<std::string> wanted = distinct_words(names);
  std::vector<std::string> gone;
  tx.each(
      "SELECT word FROM search_name_words WHERE account_id = $1",
      [&](const Row& row) {
        if (wanted.erase(row.string(0)) == 0) gone.push_back(row.string(0));
      },
      id);
  for (const std::string& word : gone) {
    tx.exec("DELETE FROM search_name_words WHERE account_id = $1 AND word = $2", id, word);
  }
  for (const std::string& word : wanted) {
    tx.exec("INSERT INTO search_name_words (account_id, word) VALUES ($1, $2)", id, word);
    spell(tx, word);
  }
}

#define COUNTED_SHARES                                                   \
  "(SELECT term_id, owner_id, count(*) AS photos, sum(tagged) AS tagged" \
  " FROM search_photo_terms GROUP BY term_id, owner_id)"
#define COUNTED_TERMS                                                                   \
  "(SELECT t.id, COALESCE(sum(s.photos), 0) AS uses,"                                   \
  " COALESCE(sum(CASE WHEN a.state = 0 AND a.private = 0 THEN s.photos ELSE 0 END), 0)" \
  "  AS photos,"                                                                        \
  " COALESCE(sum(CASE WHEN a.state = 0 AND a.private = 0 THEN s.tagged ELSE 0 END), 0)" \
  "  AS tagged"                                                                         \
  " FROM search_terms t LEFT JOIN search_shares s ON s.term_id = t.id"                  \
  " LEFT JOIN accounts a ON a.id = s.owner_id GROUP BY t.id)"

std::int64_t SearchTerms::count_wrong(Tx& tx) {
  const auto number = [](const Row& row) { return row.integer(0); };
  const auto shares =
      tx.one("SELECT count(*) FROM " COUNTED_SHARES
             " c LEFT JOIN search_shares s"
             " ON s.term_id = c.term_id AND s.owner_id = c.owner_id"
             " WHERE s.photos IS NULL OR s.photos <> c.photos OR s.tagged <> c.tagged",
             number);
  const auto surplus = tx.one(
      "SELECT count(*) FROM search_shares WHERE (term_id, owner_id) NOT IN"
      " (SELECT term_id, owner_id FROM search_photo_terms)",
      number);
  const auto terms =
      tx.one("SELECT count(*) FROM " COUNTED_TERMS
             " c JOIN search_terms t ON t.id = c.id"
             " WHERE t.photos <> c.photos OR t.tagged <> c.tagged OR t.uses <> c.uses",
             number);
  return *shares + *surplus + *terms;
}

void SearchTerms::recount(Tx& tx) {
  tx.exec(
      "DELETE FROM search_shares WHERE (term_id, owner_id) NOT IN"
      " (SELECT term_id, owner_id FROM search_photo_terms)");
  tx.exec(
      "INSERT INTO search_shares (term_id, owner_id, photos, tagged, month, month_photos)"
      " SELECT term_id, owner_id, 0, 0, 0, 0 FROM search_photo_terms"
      " WHERE (term_id, owner_id) NOT IN (SELECT term_id, owner_id FROM search_shares)"
      " GROUP BY term_id, owner_id");
  tx.exec("UPDATE search_shares SET photos = c.photos, tagged = c.tagged FROM " COUNTED_SHARES
          " AS c WHERE c.term_id = search_shares.term_id AND c.owner_id = search_shares.owner_id"
          " AND (c.photos <> search_shares.photos OR c.tagged <> search_shares.tagged)");
  tx.exec(
      "UPDATE search_terms SET photos = c.photos, tagged = c.tagged, uses = c.uses"
      " FROM " COUNTED_TERMS
      " AS c WHERE c.id = search_terms.id AND (c.photos <> search_terms.photos"
      " OR c.tagged <> search_terms.tagged OR c.uses <> search_terms.uses)");
  tx.exec("DELETE FROM search_terms WHERE uses = 0");
}

}  // namespace picsharz::db
