// The routes of collections and of saved photos.
#pragma once

#include "features/cards/card_routes.h"
#include "features/collections/collection_service.h"

namespace picsharz::collections {

void add_collection_routes(http::Router& router, CollectionService& collections,
                           cards::CardContext context);

}  // namespace picsharz::collections
