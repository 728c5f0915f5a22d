#include "features/collections/collection_service.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "features/cards/card_walk_service.h"

namespace picsharz::collections {

namespace {

constexpr int cover_looks = 5;   // a cover is among the first of a collection, or there is none
constexpr int order_step = 500;  // places read at once

std::unexpected<Error> full() {
  return fail(ErrorKind::conflict, "collection_full", "There is no room for another photo.",
              "Take one out first.");
}

}  // namespace

Result<void> CollectionService::check_visible(db::Tx& tx, const Viewer& viewer, PhotoId photo) {
  if (cards_.hydrate(tx, viewer, std::span(&photo, 1)).empty()) return not_found();
  return {};
}

Result<CollectionView> CollectionService::own(db::Tx& tx, const Viewer& viewer, CollectionId id) {
  auto view = collections_.find(tx, viewer.account, id);
  if (!view) return not_found();
  if (view->collection.owner != viewer.account) {
    return fail(ErrorKind::forbidden, "forbidden", "This collection is somebody else's.",
                "Make one of your own.");
  }
  if (view->collection.saved) {
    return fail(ErrorKind::conflict, "built_in", "What you saved is always yours alone.",
                "Save photos, or take them out, on their pages.");
  }
  if (!collections_.hold(tx, id, viewer.account, clock_.now())) return not_found();
  return *std::move(view);
}

void CollectionService::find_covers(db::Tx& tx, const Viewer& viewer,
                                    std::span<CollectionView> views) {
  for (CollectionView& view : views) {
    std::vector<PhotoId> first;
    for (const Position& place :
         collections_.photos(tx, view.collection.id, std::nullopt, cover_looks)) {
      first.push_back(PhotoId{place.id});
    }
    auto seen = cards_.hydrate(tx, viewer, first);
    if (!seen.empty()) view.cover = std::move(seen.front());
  }
}

Result<CollectionView> CollectionService::create(const Viewer& viewer,
                                                 const CollectionEdit& wanted) {
  const Collection collection{
      .id = ids_.next<CollectionId>(),
      .owner = viewer.account,
      .name = wanted.name.value_or(""),
      .description = wanted.description.value_or(""),
      .visibility = wanted.visibility.value_or(photos::Visibility::everyone),
      .created_at = clock_.now()};
  return database_.write([&](db::Tx& tx) -> Result<CollectionView> {
    if (!collections_.insert(tx, collection, collections_max)) {
      return fail(ErrorKind::conflict, "too_many_collections", "You have as many as there may be.",
                  "Delete one first.");
    }
    return collections_.find(tx, viewer.account, collection.id).value();
  });
}

Result<CollectionView> CollectionService::find(const Viewer& viewer, CollectionId id) {
  return database_.read([&](db::Tx& tx) -> Result<CollectionView> {
    auto view = collections_.find(tx, viewer.account, id);
    if (!view) return not_found();
    find_covers(tx, viewer, std::span(&*view, 1));
    return *std::move(view);
  });
}

Result<Page<CollectionView>> CollectionService::of_owner(const Viewer& viewer,
                                                         std::string_view handle,
                                                         const PageRequest& request) {
  return database_.read([&](db::Tx& tx) -> Result<Page<CollectionView>> {
    TRY_ASSIGN(const accounts::Account owner, follows_.find(tx, viewer, handle));
    const auto before =
        request.after ? std::optional(CollectionId{request.after->id}) : std::nullopt;
    Page<CollectionView> page;
    page.items = collections_.of_owner(tx, viewer.account, owner.id, before, request.limit + 1);
    if (static_cast<int>(page.items.size()) > request.limit) {
      page.items.resize(static_cast<std::size_t>(request.limit));
      page.next = Position{0, page.items.back().collection.id.value};
    }
    find_covers(tx, viewer, page.items);
    return page;
  });
}

Result<CollectionView> CollectionService::edit(const Viewer& viewer, CollectionId id,
                                               const CollectionEdit& edit) {
  return database_.write([&](db::Tx& tx) -> Result<CollectionView> {
    TRY_ASSIGN(CollectionView view, own(tx, viewer, id));
    Collection& collection = view.collection;
    if (edit.name) collection.name = *edit.name;
    if (edit.description) collection.description = *edit.description;
    if (edit.visibility) collection.visibility = *edit.visibility;
    collections_.set(tx, collection);
    auto changed = collections_.find(tx, viewer.account, id).value();
    find_covers(tx, viewer, std::span(&changed, 1));
    return changed;
  });
}

Result<void> CollectionService::remove(const Viewer& viewer, CollectionId id) {
  return database_.write([&](db::Tx& tx) -> Result<void> {
    TRY(own(tx, viewer, id));
    collections_.remove(tx, id);
    return {};
  });
}

cards::CardPage CollectionService::walk(db::Tx& tx, const Viewer& viewer, CollectionId id,
                                        const PageRequest& request) {
  return cards::walk_places(tx, cards_, viewer, request,
                            [&](std::optional<Position> after, int limit) {
                              return collections_.photos(tx, id, after, limit);
                            });
}

Result<cards::CardPage> CollectionService::photos(const Viewer& viewer, CollectionId id,
                                                  const PageRequest& request) {
  return database_.read([&](db::Tx& tx) -> Result<cards::CardPage> {
    if (!collections_.find(tx, viewer.account, id)) return not_found();
    return walk(tx, viewer, id, request);
  });
}

Result<void> CollectionService::add(const Viewer& viewer, CollectionId id, PhotoId photo) {
  return database_.write([&](db::Tx& tx) -> Result<void> {
    TRY(own(tx, viewer, id));
    TRY(check_visible(tx, viewer, photo));
    if (collections_.holds(tx, id, photo)) return {};
    if (collections_.count(tx, id) >= photos_max) return full();
    collections_.append(tx, id, photo);
    return {};
  });
}

Result<void> CollectionService::take_out(const Viewer& viewer, CollectionId id, PhotoId photo) {
  return database_.write([&](db::Tx& tx) -> Result<void> {
    TRY(own(tx, viewer, id));
    collections_.take_out(tx, id, photo);
    return {};
  });
}

Result<void> CollectionService::order(const Viewer& viewer, CollectionId id,
                                      std::span<const PhotoId> wanted) {
  return database_.write([&](db::Tx& tx) -> Result<void> {
    TRY(own(tx, viewer, id));
    std::vector<PhotoId> now;
    std::optional<Position> after;
    for (bool more = true; more;) {
      const auto places = collections_.photos(tx, id, after, order_step);
      for (const Position& place : places) now.push_back(PhotoId{place.id});
      more = static_cast<int>(places.size()) == order_step;
      if (more) after = places.back();
    }
    // What is not in the collection has no row to be placed.
    std::int64_t place = 0;
    for (const PhotoId photo : wanted) collections_.set_place(tx, id, photo, ++place);
    for (const PhotoId photo : now) {
      if (std::ranges::find(wanted, photo) != wanted.end()) continue;
      collections_.set_place(tx, id, photo, ++place);
    }
    return {};
  });
}

Result<OwnCollections> CollectionService::around(const Viewer& viewer, PhotoId photo) {
  return database_.read([&](db::Tx& tx) -> Result<OwnCollections> {
    TRY(check_visible(tx, viewer, photo));
    OwnCollections own;
    own.collections = collections_.around(tx, viewer.account, photo);
    const auto saved = collections_.find_saved(tx, viewer.account);
    own.saved = saved && collections_.holds(tx, *saved, photo);
    return own;
  });
}

Result<void> CollectionService::save(const Viewer& viewer, PhotoId photo, bool saved) {
  const Collection fresh{.id = ids_.next<CollectionId>(),
                         .owner = viewer.account,
                         .saved = true,
                         .name = "Saved",
                         .visibility = photos::Visibility::only_me,
                         .created_at = clock_.now()};
  return database_.write([&](db::Tx& tx) -> Result<void> {
    if (!saved) {
      const auto id = collections_.find_saved(tx, viewer.account);
      // What was saved can be let go of also when it may not be seen any more.
      if (id && collections_.holds(tx, *id, photo)) {
        collections_.take_out(tx, *id, photo);
        return {};
      }
      return check_visible(tx, viewer, photo);
    }
    TRY(check_visible(tx, viewer, photo));
    const CollectionId id = collections_.hold_saved(tx, fresh);
    if (collections_.holds(tx, id, photo)) return {};
    if (collections_.count(tx, id) >= saved_max) return full();
    collections_.prepend(tx, id, photo);
    return {};
  });
}

cards::CardPage CollectionService::saved(const Viewer& viewer, const PageRequest& request) {
  return database_.read([&](db::Tx& tx) {
    const auto id = collections_.find_saved(tx, viewer.account);
    return id ? walk(tx, viewer, *id, request) : cards::CardPage();
  });
}

std::vector<PhotoId> CollectionService::saved_among(const Viewer& viewer,
                                                    std::span<const PhotoId> photos) {
  return database_.read([&](db::Tx& tx) {
    const auto id = collections_.find_saved(tx, viewer.account);
    return id ? collections_.held(tx, *id, photos) : std::vector<PhotoId>();
  });
}

}  // namespace picsharz::collections
