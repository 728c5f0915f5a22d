// The routes of the feeds.
#pragma once

#include "features/cards/card_routes.h"
#include "features/feed/feed_service.h"

namespace picsharz::feed {

void add_feed_routes(http::Router& router, FeedService& feeds, cards::CardContext context);

}  // namespace picsharz::feed
