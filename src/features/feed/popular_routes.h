// The routes of the popular list.
#pragma once

#include <functional>
#include <string>

#include "features/cards/card_routes.h"
#include "features/feed/popular_service.h"

namespace picsharz::feed {

struct PopularWeb {
  // The `sizes` of the pictures on its page (web/src/lib/sizes.json), or "" without a web.
  std::string picture_sizes{};
};

// Hears who asks for a new ranking, before it is made.
using NoteRanking = std::function<void(const Viewer&)>;

void add_popular_routes(http::Router& router, PopularService& popular, cards::CardContext context,
                        PopularWeb web, NoteRanking note);

}  // namespace picsharz::feed
