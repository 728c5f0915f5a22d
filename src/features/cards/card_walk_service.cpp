#include "features/cards/card_walk_service.h"

#include <algorithm>
#include <iterator>

namespace picsharz::cards {

namespace {

constexpr int looks_max = 8;  // of at most a page of places each

std::vector<PhotoId> photos_at(const std::vector<Position>& places) {
  std::vector<PhotoId> ids;
  ids.reserve(places.size());
  for (const Position& place : places) ids.push_back(PhotoId{place.id});
  return ids;
}

}  // namespace

CardPage walk_places(db::Tx& tx, CardService& cards, const Viewer& viewer,
                     const PageRequest& request, Places places) {
  const auto limit = static_cast<std::size_t>(request.limit);
  CardPage page;
  page.next = request.after;
  for (int look = 0; look < looks_max && page.items.size() < limit; ++look) {
    const std::size_t wanted = limit - page.items.size();
    auto found = places(page.next, static_cast<int>(wanted) + 1);
    const bool more = found.size() > wanted;
    if (more) found.resize(wanted);
    std::ranges::move(cards.hydrate(tx, viewer, photos_at(found)), std::back_inserter(page.items));
    page.next = more ? std::optional(found.back()) : std::nullopt;
    if (!more) break;
  }
  return page;
}

}  // namespace picsharz::cards
