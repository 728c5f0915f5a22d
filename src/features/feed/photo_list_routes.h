// The routes of a tag's photos and of one's own likes.
#pragma once

#include "features/cards/card_routes.h"
#include "features/feed/photo_list_service.h"

namespace picsharz::feed {

void add_photo_list_routes(http::Router& router, PhotoListService& lists,
                           cards::CardContext context);

}  // namespace picsharz::feed
