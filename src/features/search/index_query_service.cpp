#include "features/search/index_query_service.h"

#include <algorithm>
#include <utility>

#include "base/folding.h"
#include "features/search/synonyms.h"

namespace picsharz::search {

namespace {

namespace token = db::search_token;
using db::SearchClause;
using db::SearchPhrase;

bool one_character(std::string_view form) {
  if (form.empty()) return true;
  take_character(form);
  return form.empty();
}

// A sequence of forms. The last character of a script without blanks begins a pair in the index; it
// is left out where the pair before it says it already.
SearchPhrase sequence(const std::vector<Word>& words, bool open) {
  SearchPhrase phrase;
  for (const Word& word : words) phrase.tokens.push_back(word.form);
  const Word& last = words.back();
  if (last.pair && one_character(last.form)) {
    if (last.joined) {
      phrase.tokens.pop_back();
    } else {
      phrase.prefix = true;
    }
  } else if (!last.pair) {
    phrase.prefix = open && !one_character(last.form);
  }
  return phrase;
}

void add_once(std::vector<SearchPhrase>& list, SearchPhrase phrase) {
  const bool there = std::ranges::any_of(list, [&](const SearchPhrase& each) {
    return each.tokens == phrase.tokens && each.prefix == phrase.prefix;
  });
  if (!there) list.push_back(std::move(phrase));
}

// The word as it is typed counts more than its stem: the index has it in its place.
void add_word(std::vector<SearchPhrase>& list, const std::string& form, bool begins) {
  const std::string root = stem(form);
  const bool prefix = begins && !one_character(form);
  add_once(list, {{form}, prefix});
  if (!prefix || !root.starts_with(form)) add_once(list, {{root}});
  for (const std::string& other : synonyms_of(root)) {
    const std::vector<Word> words = words_of(other);
    add_once(list,
             words.size() == 1 ? SearchPhrase{{stem(words[0].form)}} : sequence(words, false));
  }
}

SearchPhrase marked(const std::vector<Word>& words, std::string_view mark) {
  SearchPhrase phrase{.tokens = {}, .prefix = false, .counts = false};
  phrase.tokens.emplace_back(mark);
  for (const Word& word : words) phrase.tokens.push_back(word.form);
  phrase.tokens.emplace_back(mark);
  return phrase;
}

// What a photo is, not what is written with it.
SearchPhrase fact(std::string token) { return {{std::move(token)}, false, false}; }

AccountId owner_of(const std::string& handle, const Owners& owners) {
  const auto found = owners.find(handle);
  return found == owners.end() ? AccountId{} : found->second;
}

void add_unit(SearchClause& clause, const Unit& unit, const Owners& owners) {
  switch (unit.kind) {
    case Unit::Kind::word:
    case Unit::Kind::begin:
      if (unit.words[0].pair) {
        add_once(clause.any_of, sequence(unit.words, true));
      } else {
        add_word(clause.any_of, unit.words[0].form, unit.kind == Unit::Kind::begin);
      }
      return;
    case Unit::Kind::phrase:
      return add_once(clause.any_of, sequence(unit.words, unit.open));
    case Unit::Kind::from:
      return add_once(clause.any_of, fact(token::owner(owner_of(unit.text, owners))));
    case Unit::Kind::tag:
      return add_once(clause.any_of, marked(unit.words, token::tag));
    case Unit::Kind::label:
      return add_once(clause.any_of, marked(unit.words, token::label));
    case Unit::Kind::camera:
      break;
  }
}

// Each word of the camera has to be there, in whatever order.
void add_camera(db::SearchQuery& query, const Unit& unit, bool negative) {
  for (const Word& word : unit.words) {
    query.clauses.push_back({{fact(token::camera(word.form))}, negative});
  }
}

bool is_text(const Unit& unit) {
  return unit.kind == Unit::Kind::word || unit.kind == Unit::Kind::begin ||
         unit.kind == Unit::Kind::phrase;
}

}  // namespace

db::SearchQuery photo_query(const Query& query, const Owners& owners) {
  db::SearchQuery found;
  for (const Clause& clause : query.clauses) {
    SearchClause made{.any_of = {}, .negative = clause.negative};
    for (const Unit& unit : clause.any_of) {
      if (unit.kind == Unit::Kind::camera) {
        add_camera(found, unit, clause.negative);
      } else {
        add_unit(made, unit, owners);
      }
    }
    if (!made.any_of.empty()) found.clauses.push_back(std::move(made));
  }
  return found;
}

db::SearchQuery people_query(const Query& query) {
  db::SearchQuery found;
  for (const Clause& clause : query.clauses) {
    SearchClause made{.any_of = {}, .negative = clause.negative};
    for (const Unit& unit : clause.any_of) {
      if (!is_text(unit)) continue;
      SearchPhrase phrase = sequence(unit.words, true);
      phrase.prefix = phrase.prefix || !unit.words.back().pair;
      made.any_of.push_back(std::move(phrase));
    }
    if (!made.any_of.empty()) found.clauses.push_back(std::move(made));
  }
  const bool positive = std::ranges::any_of(
      found.clauses, [](const SearchClause& clause) { return !clause.negative; });
  return positive ? found : db::SearchQuery();
}

}  // namespace picsharz::search
