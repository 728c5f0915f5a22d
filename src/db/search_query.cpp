#include "db/search_query.h"

#include <algorithm>
#include <array>

#include "base/folding.h"
#include "base/json.h"

namespace picsharz::db {

namespace search_token {

namespace {

constexpr char32_t owner_mark = 0xE100;
constexpr char32_t camera_mark = 0xE101;
constexpr char32_t digits = 0xF0000;  // of a plane for private use
constexpr int bits_a_digit = 15;

}  // namespace

// Few characters, because each makes the index's list of prefixes longer.
std::string owner(AccountId id) {
  std::string token;
  append_character(token, owner_mark);
  constexpr std::uint64_t mask = (1U << bits_a_digit) - 1;
  for (auto rest = static_cast<std::uint64_t>(id.value); rest > 0; rest >>= bits_a_digit) {
    append_character(token, digits + static_cast<char32_t>(rest & mask));
  }
  return token;
}

std::string camera(std::string_view form) {
  std::string token;
  append_character(token, camera_mark);
  return token.append(form);
}

}  // namespace search_token

namespace {

struct Grammar {
  std::string_view in_order;  // before a phrase of several tokens: not among the stems
  std::string_view all;
  std::string_view any;
  std::string_view none;  // before what must not hold
  std::string_view next;  // between the tokens of a phrase
  std::string_view quote;
  std::string_view prefix;  // after a token
};

// FTS5's NOT has two sides; PostgreSQL's has one.
constexpr Grammar fts5 = {"- stems : ", " AND ", " OR ", " NOT ", " + ", "\"", " *"};
constexpr Grammar tsquery = {"", " & ", " | ", " & !", " <-> ", "'", ":*"};

const Grammar& grammar_of(Engine engine) { return engine == Engine::sqlite ? fts5 : tsquery; }

// `weight`: after each token, for PostgreSQL.
void append_phrase(std::string& out, const SearchPhrase& phrase, const Grammar& grammar,
                   std::string_view weight = "") {
  const std::size_t count = phrase.tokens.size();
  if (count > 1) out.append(grammar.in_order) += '(';
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) out += grammar.next;
    out.append(grammar.quote).append(phrase.tokens[i]).append(grammar.quote);
    const bool prefix = phrase.prefix && i + 1 == count;
    if (prefix) out += grammar.prefix;
    if (!weight.empty()) out.append(prefix ? "" : ":").append(weight);
  }
  if (count > 1) out += ')';
}

void append_clause(std::string& out, const SearchClause& clause, const Grammar& grammar) {
  out += '(';
  for (std::size_t i = 0; i < clause.any_of.size(); ++i) {
    if (i > 0) out += grammar.any;
    append_phrase(out, clause.any_of[i], grammar);
  }
  out += ')';
}

}  // namespace

std::string engine_query(Engine engine, const SearchQuery& query) {
  const Grammar& grammar = grammar_of(engine);
  std::string text;
  for (const SearchClause& clause : query.clauses) {
    if (clause.negative) continue;
    if (!text.empty()) text += grammar.all;
    append_clause(text, clause, grammar);
  }
  if (text.empty()) text.append(grammar.quote).append(search_token::everything) += grammar.quote;
  for (const SearchClause& clause : query.clauses) {
    if (!clause.negative) continue;
    text = "(" + text + ")";
    text += grammar.none;
    append_clause(text, clause, grammar);
  }
  return text;
}

std::string counting_mask(const SearchQuery& query) {
  std::string mask;
  for (const SearchClause& clause : query.clauses) {
    if (!clause.negative) mask.append(clause.any_of.size(), clause.counts ? '1' : '0');
  }
  return mask;
}

std::string counting_phrases(const SearchQuery& query) {
  std::string json;
  JsonWriter out(json);
  out.begin_array();
  for (const SearchClause& clause : query.clauses) {
    if (clause.negative || !clause.counts) continue;
    for (const SearchPhrase& phrase : clause.any_of) {
      out.begin_array();
      for (const std::string_view weight : {"A", "B", "C", ""}) {
        std::string text;
        append_phrase(text, phrase, tsquery, weight);
        out.value(text);
      }
      out.end_array();
    }
  }
  out.end_array();
  return json;
}

}  // namespace picsharz::db
