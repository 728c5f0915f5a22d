// Pages of cards from a list of places that asks for no permission: its own order, photos in every
// state and of everybody. Only what the viewer may see becomes a card.
//
// What:      how many places one page looks at is bounded, so that it may be short where much is
//            hidden; its cursor goes on behind what was looked at.
// Threads:   works in the caller's transaction.
#pragma once

#include <optional>
#include <vector>

#include "base/function_ref.h"
#include "base/page.h"
#include "features/cards/card_service.h"

namespace picsharz::cards {

// At most `limit` places behind `after`, in the list's order. The id of a place is the photo's.
using Places = FunctionRef<std::vector<Position>(std::optional<Position> after, int limit)>;

CardPage walk_places(db::Tx& tx, CardService& cards, const Viewer& viewer,
                     const PageRequest& request, Places places);

}  // namespace picsharz::cards
