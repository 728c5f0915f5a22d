#include "db/search_query.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/folding.h"
#include "base/json.h"

namespace picsharz::db {

namespace search_token {

namespace {

constexpr char32_t owner_mark = 0xE100;
constexpr char32_t camera_mark = 0xE101;
constexpr char32_t block_mark = 0xE110;  // and the bits
constexpr char32_t beginning_mark = 0xE030;
constexpr char32_t pair_mark = 0xE031;
constexpr std::string_view between = "\xEE\x80\x84";  // U+E004: the words of one token
constexpr char32_t digits = 0xF0000;                  // of a plane for private use
constexpr int bits_a_digit = 15;
constexpr std::uint64_t digit_mask = (1U << bits_a_digit) - 1;

}  // namespace

// Few characters, because each makes the index's list of prefixes longer.
std::string owner(AccountId id) {
  std::string token;
  append_character(token, owner_mark);
  for (auto rest = static_cast<std::uint64_t>(id.value); rest > 0; rest >>= bits_a_digit) {
    append_character(token, digits + static_cast<char32_t>(rest & digit_mask));
  }
  return token;
}

std::string whole(std::string_view mark, std::string_view forms) {
  std::string token(mark);
  for (const char c : forms) {
    if (c == ' ') {
      token += between;
    } else {
      token += c;
    }
  }
  return token;
}

// As the migration 0031 has it.
std::string block(std::int64_t doc, int bits) {
  std::string token;
  append_character(token, block_mark + static_cast<char32_t>(bits));
  const std::uint64_t number = static_cast<std::uint64_t>(doc) >> bits;
  append_character(token, digits + static_cast<char32_t>(number & digit_mask));
  append_character(token, digits + static_cast<char32_t>((number >> bits_a_digit) & digit_mask));
  return token;
}

std::string beginning(std::string_view form) {
  std::string token;
  append_character(token, beginning_mark);
  return token.append(form);
}

std::string pair(std::string_view first, std::string_view second) {
  std::string token;
  append_character(token, pair_mark);
  return token.append(first).append(between).append(second);
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
  bool whole_tokens = false;
};

// FTS5's NOT has two sides; PostgreSQL's has one.
constexpr Grammar fts5 = {"- stems : ", " AND ", " OR ", " NOT ", " + ", "\"", " *"};
constexpr Grammar tsquery = {"", " & ", " | ", " & !", " <-> ", "'", ":*", true};

constexpr Grammar fts5_names = {"", " AND ", " OR ", " NOT ", " + ", "\"", " *"};

// A phrase between two marks: what a whole tag or label is.
bool is_whole(const SearchPhrase& phrase) {
  const auto& tokens = phrase.tokens;
  return tokens.size() > 2 && tokens.front() == tokens.back() &&
         (tokens.front() == search_token::tag || tokens.front() == search_token::label);
}

SearchPhrase as_one_token(const SearchPhrase& phrase) {
  std::string forms;
  for (std::size_t i = 1; i + 1 < phrase.tokens.size(); ++i) {
    if (i > 1) forms += ' ';
    forms += phrase.tokens[i];
  }
  return {.tokens = {search_token::whole(phrase.tokens.front(), forms)}, .counts = phrase.counts};
}

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
    const SearchPhrase& phrase = clause.any_of[i];
    const bool whole = grammar.whole_tokens && is_whole(phrase);
    append_phrase(out, whole ? as_one_token(phrase) : phrase, grammar);
  }
  out += ')';
}

// What must not be is one part of the whole: `everything NOT (... OR ...)`. FTS5 3.40 forgets where
// phrases occur that stand within an AND below a NOT, which the score needs; whatever is at the top
// it keeps. Those phrases come first, as counting_mask() has them.
std::string text_of(const SearchQuery& query, const Grammar& grammar) {
  std::string text;
  std::string excluded;
  for (const SearchClause& clause : query.clauses) {
    std::string& part = clause.negative ? excluded : text;
    if (!part.empty()) part += clause.negative ? grammar.any : grammar.all;
    append_clause(part, clause, grammar);
  }
  std::string rest;
  rest.append(grammar.quote).append(search_token::everything).append(grammar.quote);
  if (excluded.empty()) return text.empty() ? rest : text;
  rest.append(grammar.none).append("(").append(excluded).append(")");
  return text.empty() ? rest : text.append(grammar.all).append("(").append(rest).append(")");
}

}  // namespace

std::string engine_query(Engine engine, const SearchQuery& query) {
  return text_of(query, engine == Engine::sqlite ? fts5 : tsquery);
}

std::string account_query(Engine engine, const SearchQuery& query) {
  return text_of(query, engine == Engine::sqlite ? fts5_names : tsquery);
}

namespace {

int characters_of(std::string_view text) {
  int count = 0;
  for (; !text.empty(); ++count) take_character(text);
  return count;
}

// Whether a word that begins so has a token for it: tokens of our own have none.
bool has_beginning_token(const std::string& form) {
  const int characters = characters_of(form);
  return characters >= search_token::beginning_min && characters <= search_token::beginning_max;
}

// As the index has it: several tokens become their pairs.
SearchClause indexed(const SearchPhrase& phrase) {
  const auto& tokens = phrase.tokens;
  SearchClause all;
  if (is_whole(phrase)) {
    all.any_of.push_back(as_one_token(phrase));
  } else if (tokens.size() > 1) {
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
      const bool last = i + 2 == tokens.size();
      all.any_of.push_back({{search_token::pair(tokens[i], tokens[i + 1])}, last && phrase.prefix});
    }
  } else if (phrase.prefix && has_beginning_token(tokens[0])) {
    all.any_of.push_back({{search_token::beginning(tokens[0])}});
  } else {
    all.any_of.push_back(phrase);
  }
  return all;
}

void append_indexed(std::string& out, const SearchPhrase& phrase) {
  out += '(';
  bool first = true;
  for (const SearchPhrase& each : indexed(phrase).any_of) {
    if (!std::exchange(first, false)) out += tsquery.all;
    append_phrase(out, each, tsquery);
  }
  out += ')';
}

// Its pairs may stand in other places than side by side: then they say too much.
bool is_exact(const SearchPhrase& phrase) { return is_whole(phrase) || phrase.tokens.size() <= 2; }

}  // namespace

IndexQuery index_query(const SearchQuery& query) {
  IndexQuery made{.text = "", .exact = true};
  bool positive = false;
  for (const SearchClause& clause : query.clauses) {
    std::string part;
    for (const SearchPhrase& phrase : clause.any_of) {
      made.exact &= is_exact(phrase);
      // What must not be may be left out where the index knows too little of it.
      if (clause.negative && !is_exact(phrase)) continue;
      if (!part.empty()) part += tsquery.any;
      append_indexed(part, phrase);
    }
    if (part.empty()) continue;
    positive |= !clause.negative;
    if (!made.text.empty()) made.text += tsquery.all;
    if (clause.negative) made.text += '!';
    made.text.append("(").append(part).append(")");
  }
  if (positive) return made;
  std::string everything;
  append_phrase(everything, {{std::string(search_token::everything)}}, tsquery);
  if (!made.text.empty()) everything += tsquery.all;
  made.text.insert(0, everything);
  return made;
}

std::string query_in_blocks(std::string_view query, std::int64_t from, std::int64_t last,
                            int bits) {
  std::string text = "(" + std::string(query) + ") & (";
  for (std::int64_t block = from >> bits; block <= last >> bits; ++block) {
    if (text.back() != '(') text += tsquery.any;
    text.append(tsquery.quote)
        .append(search_token::block(block << bits, bits))
        .append(tsquery.quote);
  }
  return text += ')';
}

std::string counting_mask(const SearchQuery& query) {
  std::string mask;
  for (const SearchClause& clause : query.clauses) {
    if (clause.negative) continue;
    for (const SearchPhrase& phrase : clause.any_of) {
      mask += !phrase.counts ? '0' : phrase.again ? '+' : '1';
    }
  }
  return mask;
}

std::string counting_phrases(const SearchQuery& query) {
  std::string json;
  JsonWriter out(json);
  out.begin_array();
  for (const SearchClause& clause : query.clauses) {
    if (clause.negative) continue;
    for (const SearchPhrase& phrase : clause.any_of) {
      if (!phrase.counts) continue;
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
