// The routes of similar photos and of an owner's near duplicates.
#pragma once

#include "features/cards/card_routes.h"
#include "features/similar/duplicate_service.h"
#include "features/similar/similar_service.h"
#include "http/router.h"

namespace picsharz::similar {

void add_similar_routes(http::Router& router, SimilarService& similar, DuplicateService& duplicates,
                        cards::CardContext context);

}  // namespace picsharz::similar
