// The routes of search.
#pragma once

#include <functional>
#include <string_view>

#include "features/cards/card_routes.h"
#include "features/search/search_service.h"
#include "features/search/term_service.h"

namespace picsharz::search {

// `searched`: told what somebody typed and whether there was anything, of a first page; from any
// thread, and cheap.
using Searched = std::function<void(std::string_view, bool)>;
void add_search_routes(http::Router& router, SearchService& search, TermService& terms,
                       cards::CardContext context, Searched searched = {});

}  // namespace picsharz::search
