// What is looked for in the index, in its own tokens, and the same as a query of each engine.
//
// What:      all clauses must hold; one of a clause's phrases must occur, or, where it is negative,
//            none. A phrase is one token, or several that follow each other.
// Text:      tokens are made by base/words.h and by the constants below, so nothing that a person
//            typed can be an operator.
// Threads:   plain values, pure functions.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "db/database.h"

namespace picsharz::db {

struct SearchPhrase {
  std::vector<std::string> tokens;
  bool prefix = false;  // of the last token
  bool counts = true;   // to the relevance
  bool again = false;   // another form of the one before it: the more telling of them counts
};

struct SearchClause {
  std::vector<SearchPhrase> any_of;
  bool negative = false;
};

struct SearchQuery {
  std::vector<SearchClause> clauses;
};

// Tokens that are no words: characters for private use, which separate words in every text.
namespace search_token {
inline constexpr std::string_view everything = "\xEE\x80\x80";  // U+E000: of every document
inline constexpr std::string_view tag = "\xEE\x80\x81";         // U+E001: before and after each tag
inline constexpr std::string_view label = "\xEE\x80\x82";  // U+E002: before and after each label
inline constexpr std::string_view part = "\xEE\x80\x83";   // U+E003: between texts of one column
std::string owner(AccountId id);
std::string camera(std::string_view form);  // a word of what the camera is
// On PostgreSQL, which looks up phrases in the documents themselves: a whole tag or label as one
// token. `forms`: its words, with blanks between.
std::string whole(std::string_view mark, std::string_view forms);
// In PostgreSQL's index: a word's beginning of so many characters, and two words that follow each
// other. Migration 0039 makes the same.
inline constexpr int beginning_min = 2;
inline constexpr int beginning_max = 12;
std::string beginning(std::string_view form);
std::string pair(std::string_view first, std::string_view second);
// Of a document's block of 2^bits documents, on PostgreSQL.
std::string block(std::int64_t doc, int bits);
}  // namespace search_token

// PostgreSQL's index has no order: it collects every match there is. So that it can be asked for
// the newest, each document has the tokens of its blocks.
inline constexpr std::array<int, 3> block_bits = {13, 16, 19};

// For MATCH, or for CAST(... AS tsquery): of photo_search, and of account_search.
std::string engine_query(Engine engine, const SearchQuery& query);
std::string account_query(Engine engine, const SearchQuery& query);

// For PostgreSQL's index of search_tokens(words) (migration 0038), which knows beginnings of words
// and pairs of neighbours as tokens of their own, so that it need not collect every word that
// begins so, nor look up phrases in the documents.
struct IndexQuery {
  std::string text;    // whatever engine_query() finds is found
  bool exact = false;  // and nothing else
};
IndexQuery index_query(const SearchQuery& query);

// PostgreSQL's `query`, among the documents from `from` to `last`, in whole blocks.
std::string query_in_blocks(std::string_view query, std::int64_t from, std::int64_t last, int bits);

// What a document scores for each phrase of a positive clause that counts, by the most telling
// place where it occurs: 8 for the title and a tag, 4 for a label, 2 for the owner's names, 1 for
// other texts and stems.
inline constexpr int weight_title = 8;
inline constexpr int weight_label = 4;
inline constexpr int weight_name = 2;
inline constexpr int weight_text = 1;

// For SQLite's picsharz_score(photo_search, mask): the phrases of engine_query() in their order,
// '1' for those that count, '+' for another form of the one before it.
std::string counting_mask(const SearchQuery& query);
// For PostgreSQL: the phrases that count as queries, each for the weights A, B and C and for any,
// as a JSON list of lists.
std::string counting_phrases(const SearchQuery& query);

}  // namespace picsharz::db
