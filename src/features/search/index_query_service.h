// A query in the words of the index: with stems, synonyms and beginnings.
//
// Threads:   pure functions.
#pragma once

#include <map>
#include <string>

#include "base/ids.h"
#include "db/search_query.h"
#include "features/search/search.h"

namespace picsharz::search {

// Of each handle that a query names; "me" is the viewer. Who is missing has no photos.
using Owners = std::map<std::string, AccountId>;

db::SearchQuery photo_query(const Query& query, const Owners& owners);

// Names: every word that must occur may be the beginning of one. No clause where no word is left.
db::SearchQuery people_query(const Query& query);

}  // namespace picsharz::search
