// Any bytes as what somebody types into the search field: a query within its bounds, or a refusal
// with a sentence; and words whose stems and keys are their own.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/folding.h"
#include "base/words.h"
#include "features/search/search_rules.h"

namespace {

using namespace picsharz;

void require(bool condition) {
  if (!condition) std::abort();
}

void check_words(std::string_view text) {
  for (const Word& word : words_of(text)) {
    require(!word.form.empty() && word.form.size() <= 64);
    require(word.form.find_first_of(" '\"\\") == std::string::npos);
    require(stem(stem(word.form)) == stem(word.form));
    std::string again;
    for (std::string_view rest = word.form; !rest.empty();) {
      require(fold(take_character(rest), again) == Fold::letters);
    }
    require(again == word.form);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view typed(reinterpret_cast<const char*>(data), size);
  check_words(typed);
  const auto query = search::parse_query(typed);
  if (!query) {
    require(query.error().fields.size() == 1 && !query.error().fields[0].detail.empty());
    return 0;
  }
  std::size_t units = 0;
  for (const search::Clause& clause : query->clauses) {
    require(!clause.any_of.empty());
    units += clause.any_of.size();
    require(!clause.negative || clause.any_of.size() == 1);
    for (const search::Unit& unit : clause.any_of) {
      require(unit.words.size() <= search::phrase_max);
      require(unit.at + unit.size <= size);
      const bool named = unit.kind == search::Unit::Kind::from;
      require(named ? !unit.text.empty() : !unit.words.empty());
    }
  }
  require(units <= search::units_max);
  return 0;
}
