// Search of photos by word, tag and label, and of people by name.
//
// What:      every word must occur, each may be the beginning of one; diacritics do not count, and
//            neither does the plural of what is on a photo. Only what the viewer may see is found.
// Bounds:    a query has at most 200 characters, of which 8 words count.
// Threads:   thread-safe.
#pragma once

#include <string_view>

#include "features/cards/card_service.h"
#include "features/search/search_store.h"

namespace picsharz::search {

inline constexpr std::size_t query_max = 200;

class SearchService {
 public:
  SearchService(db::Database& database, cards::CardService& cards)
      : database_(database), cards_(cards) {}

  cards::CardPage photos(const Viewer& viewer, std::string_view typed, const PageRequest& page);
  Page<accounts::Account> people(const Viewer& viewer, std::string_view typed,
                                 const PageRequest& page);

 private:
  db::Database& database_;
  cards::CardService& cards_;
  SearchStore search_;
};

}  // namespace picsharz::search
