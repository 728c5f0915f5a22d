// The routes of search.
#pragma once

#include "features/cards/card_routes.h"
#include "features/search/search_service.h"
#include "features/search/term_service.h"

namespace picsharz::search {

void add_search_routes(http::Router& router, SearchService& search, TermService& terms,
                       cards::CardContext context);

}  // namespace picsharz::search
