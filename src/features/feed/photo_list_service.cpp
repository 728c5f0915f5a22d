#include "features/feed/photo_list_service.h"

#include <algorithm>
#include <iterator>

#include "features/photos/photo_edit_rules.h"

namespace picsharz::feed {

namespace {

constexpr int looks_max = 8;  // of at most a page of places each

std::vector<PhotoId> photos_at(const std::vector<Position>& places) {
  std::vector<PhotoId> ids;
  ids.reserve(places.size());
  for (const Position& place : places) ids.push_back(PhotoId{place.id});
  return ids;
}

}  // namespace

cards::CardPage PhotoListService::collect(db::Tx& tx, const Viewer& viewer,
                                          const PageRequest& request, Places places) {
  const auto limit = static_cast<std::size_t>(request.limit);
  cards::CardPage page;
  page.next = request.after;
  for (int look = 0; look < looks_max && page.items.size() < limit; ++look) {
    const std::size_t wanted = limit - page.items.size();
    auto found = places(page.next, static_cast<int>(wanted) + 1);
    const bool more = found.size() > wanted;
    if (more) found.resize(wanted);
    std::ranges::move(cards_.hydrate(tx, viewer, photos_at(found)), std::back_inserter(page.items));
    page.next = more ? std::optional(found.back()) : std::nullopt;
    if (!more) break;
  }
  return page;
}

cards::CardPage PhotoListService::tagged(const Viewer& viewer, std::string_view tag,
                                         const PageRequest& request) {
  const std::string wanted = photos::normalize_tag(tag);
  return database_.read([&](db::Tx& tx) {
    return collect(tx, viewer, request, [&](std::optional<Position> after, int limit) {
      return lists_.tagged(tx, wanted, after, limit);
    });
  });
}

cards::CardPage PhotoListService::liked(const Viewer& viewer, const PageRequest& request) {
  return database_.read([&](db::Tx& tx) {
    return collect(tx, viewer, request, [&](std::optional<Position> after, int limit) {
      return lists_.liked(tx, viewer.account, after, limit);
    });
  });
}

}  // namespace picsharz::feed
