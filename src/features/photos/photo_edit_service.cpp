#include "features/photos/photo_edit_service.h"

#include <algorithm>
#include <string>

#include "base/limits.h"
#include "features/photos/alt_draft_service.h"
#include "features/photos/photo_edit_rules.h"

namespace picsharz::photos {

Result<void> PhotoEditService::check_owner(db::Tx& tx, const Viewer& viewer, PhotoId id) {
  const auto owner = photos_.visible_owner(tx, viewer, id);
  if (!owner) return not_found();
  if (*owner == viewer.account) return {};
  return fail(ErrorKind::forbidden, "forbidden", "This photo belongs to somebody else.",
              "Only its owner can do this.");
}

PhotoPage PhotoEditService::page(db::Tx& tx, const Viewer& viewer, PhotoId id) {
  PhotoPage page{photos_.find_own(tx, viewer.account, id).value(), photos_.details(tx, id)};
  page.alt_draft = alt_draft_for(tx, viewer, page.view.photo);
  return page;
}

template <class Change>
Result<PhotoPage> PhotoEditService::change(const Viewer& viewer, PhotoId id, Change change) {
  auto changed = database_.write([&](db::Tx& tx) -> Result<PhotoPage> {
    if (!photos_.lock(tx, id)) return not_found();
    TRY(check_owner(tx, viewer, id));
    TRY(change(tx));
    return page(tx, viewer, id);
  });
  if (changed) media_.forget(id);
  return changed;
}

Result<PhotoPage> PhotoEditService::edit(const Viewer& viewer, PhotoId id, const PhotoEdit& edit) {
  return change(viewer, id, [&](db::Tx& tx) -> Result<void> {
    photos_.edit(tx, id, edit);
    return {};
  });
}

Result<void> PhotoEditService::remove(const Viewer& viewer, PhotoId id) {
  auto removed = database_.write([&](db::Tx& tx) -> Result<void> {
    if (!photos_.lock(tx, id)) return not_found();
    TRY(check_owner(tx, viewer, id));
    const Photo photo = photos_.find_own(tx, viewer.account, id).value().photo;
    photos_.erase(tx, id);
    rows_.give_back(tx, photo.owner, photo.bytes);
    // Of a removed photo they may be erased already.
    if (!photo.original.empty()) enqueue_erasure(queue_, tx, photo.original);
    return {};
  });
  if (removed) media_.forget(id);
  return removed;
}

Result<PhotoPage> PhotoEditService::remove_label(const Viewer& viewer, PhotoId id,
                                                 std::string_view name) {
  return change(viewer, id, [&](db::Tx& tx) -> Result<void> {
    rows_.refuse_label(tx, id, name);
    photos_.reindex(tx, id);
    return {};
  });
}

Result<void> PhotoEditService::refuse_labels(const Viewer& viewer, PhotoId id,
                                             std::span<const std::string> names) {
  if (names.empty()) return {};
  TRY(change(viewer, id, [&](db::Tx& tx) -> Result<void> {
    for (const std::string& name : names) rows_.refuse_in_advance(tx, id, name);
    photos_.reindex(tx, id);
    return {};
  }));
  return {};
}

Result<PhotoPage> PhotoEditService::make_tag(const Viewer& viewer, PhotoId id,
                                             std::string_view name) {
  return change(viewer, id, [&](db::Tx& tx) -> Result<void> {
    const std::string tag = normalize_tag(name);
    std::vector<std::string> tags = photos_.tags(tx, id);
    const bool tagged = std::ranges::find(tags, tag) != tags.end();
    if (!photos_.has_label(tx, id, name)) {
      if (tagged) return {};  // the second time
      return not_found();
    }
    if (!tagged) {
      if (tags.size() >= limits::tags_per_photo) {
        return fail(ErrorKind::conflict, "too_many_tags", "This photo has as many tags as fit.",
                    "Take one of them away first.");
      }
      tags.push_back(tag);
      photos_.set_tags(tx, id, tags);
    }
    rows_.refuse_label(tx, id, name);
    photos_.reindex(tx, id);
    return {};
  });
}

Result<OriginalFile> PhotoEditService::original(const Viewer& viewer, PhotoId id) {
  const auto view =
      database_.read([&](db::Tx& tx) { return photos_.find_own(tx, viewer.account, id); });
  if (!view) return not_found();
  if (view->photo.state == PhotoState::removed) {
    return fail(ErrorKind::forbidden, "photo_removed",
                "This photo was removed, and its file is not given out.",
                "Its page says why, and how to appeal.");
  }
  auto file = originals_.open_checked(view->photo.original);
  if (!file) return original_damaged();
  return OriginalFile{std::move(file), view->photo.format, view->photo.file_name};
}

}  // namespace picsharz::photos
