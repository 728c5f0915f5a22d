// The routes of the popular list.
#pragma once

#include "features/cards/card_routes.h"
#include "features/feed/popular_service.h"

namespace picsharz::feed {

void add_popular_routes(http::Router& router, PopularService& popular, cards::CardContext context);

}  // namespace picsharz::feed
