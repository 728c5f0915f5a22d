// The routes of search.
#pragma once

#include <functional>
#include <string_view>

#include "features/cards/card_routes.h"
#include "features/search/search_service.h"
#include "features/search/term_service.h"

namespace picsharz::search {

// `searched`: told what somebody typed, whether there was anything, and who asked; from any thread,
// and cheap. Once for what a person means by it: of the first page of photos in their usual order,
// or of everything; the page of a search asks anew for people, tags and every other order.
using Searched = std::function<void(std::string_view, bool, const http::Request&)>;
void add_search_routes(http::Router& router, SearchService& search, TermService& terms,
                       cards::CardContext context, Searched searched = {});

}  // namespace picsharz::search
