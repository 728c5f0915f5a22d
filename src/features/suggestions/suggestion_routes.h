// The route of suggestions.
#pragma once

#include "crypto/cursor.h"
#include "features/suggestions/suggestion_service.h"
#include "http/router.h"

namespace picsharz::suggestions {

void add_suggestion_routes(http::Router& router, SuggestionService& suggestions,
                           const crypto::CursorCodec& cursors);

}  // namespace picsharz::suggestions
