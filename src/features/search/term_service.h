// Tags and labels by their beginning, who uploads something often, what is suggested while somebody
// types, and what they may have meant.
//
// Counts:    of public photos only (features/search/term_store.h), so they cost a visitor nothing
//            and tell nobody of what they may not see.
// Threads:   thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "features/search/search_service.h"
#include "features/search/term_store.h"

namespace picsharz::search {

inline constexpr int suggestions_max = 10;
inline constexpr int often = 2;  // photos, from which somebody uploads it often

enum class Type { photos, people, tags, experts };

class TermService {
 public:
  TermService(db::Database& database, SearchService& search, const Clock& clock)
      : database_(database), search_(search), clock_(clock) {}

  // The most used first.
  Page<Term> tags(const Viewer& viewer, std::string_view typed, const PageRequest& page);
  // Of the term that was typed, a synonym of it, or the most used one that begins so; who has the
  // most photos of it first.
  Page<Expert> experts(const Viewer& viewer, std::string_view typed, const PageRequest& page);
  // At most suggestions_max.
  std::vector<Suggestion> suggest(const Viewer& viewer, std::string_view typed);
  // `typed` with words that are known in the place of those that are not; nullopt where that finds
  // this viewer nothing either.
  std::optional<std::string> did_you_mean(const Viewer& viewer, std::string_view typed,
                                          const Query& query, Type type);

 private:
  std::optional<Term> resolve(db::Tx& tx, const Viewer& viewer, std::string_view typed);
  std::optional<std::string> correct(db::Tx& tx, std::string_view typed, const Query& query);
  bool finds(const Viewer& viewer, const std::string& typed, Type type);
  void suggest_terms(db::Tx& tx, const Viewer& viewer, std::string_view typed,
                     std::string_view head, std::vector<Suggestion>& list);

  db::Database& database_;
  SearchService& search_;
  const Clock& clock_;
  TermStore terms_;
};

}  // namespace picsharz::search
