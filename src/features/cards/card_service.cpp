#include "features/cards/card_service.h"

#include <algorithm>
#include <utility>

#include "features/photos/alt_draft_service.h"

namespace picsharz::cards {

using photos::PhotoView;

namespace {

std::vector<PhotoView> in_order(std::vector<PhotoView> found, std::span<const PhotoId> ids) {
  const auto place = [&](const PhotoView& view) {
    return std::ranges::find(ids, view.photo.id) - ids.begin();
  };
  // SQLite gives them in the order of `ids` already.
  if (!std::ranges::is_sorted(found, {}, place)) std::ranges::sort(found, {}, place);
  return found;
}

}  // namespace

Result<PhotoView> CardService::find(const Viewer& viewer, PhotoId id) {
  auto found = database_.read([&](db::Tx& tx) { return cards_.find(tx, viewer, id); });
  if (!found) return not_found();
  return *std::move(found);
}

Result<photos::PhotoPage> CardService::find_page(const Viewer& viewer, PhotoId id) {
  bool by_role = false;
  auto page = database_.read([&](db::Tx& tx) -> Result<photos::PhotoPage> {
    auto found = cards_.find(tx, viewer, id);
    if (!found) return not_found();
    by_role = viewer.at_least(Role::moderator) &&
              !cards_.find(tx, {.account = viewer.account, .role = Role::member}, id);
    photos::PhotoPage seen{*std::move(found), cards_.details(tx, id)};
    seen.alt_draft = photos::alt_draft_for(tx, viewer, seen.view.photo);
    return seen;
  });
  if (by_role) record_look(viewer, page->view.photo);
  return page;
}

void CardService::record_look(const Viewer& viewer, const photos::Photo& photo) {
  const auto id = ids_.next<Id<struct StaffViewTag>>();
  database_.write(
      [&](db::Tx& tx) { cards_.record_look(tx, id.value, viewer.account, photo, clock_.now()); });
}

Result<CardPage> CardService::of_owner(const Viewer& viewer, std::string_view handle,
                                       const PageRequest& request) {
  return database_.read([&](db::Tx& tx) -> Result<CardPage> {
    TRY_ASSIGN(const accounts::Account account, follows_.find(tx, viewer, handle));
    return page(tx, viewer,
                cards_.of_owner(tx, viewer, account.id, before_of(request), request.limit + 1),
                request.limit);
  });
}

std::vector<PhotoView> CardService::hydrate(db::Tx& tx, const Viewer& viewer,
                                            std::span<const PhotoId> ids) {
  if (ids.empty()) return {};
  return in_order(cards_.listed(tx, viewer, ids), ids);
}

std::vector<PhotoView> CardService::hydrate_found(db::Tx& tx, const Viewer& viewer,
                                                  std::span<const PhotoId> ids) {
  if (ids.empty()) return {};
  return in_order(cards_.found(tx, viewer, ids), ids);
}

CardPage CardService::page(db::Tx& tx, const Viewer& viewer, std::vector<PhotoId> ids, int limit) {
  CardPage page;
  if (static_cast<int>(ids.size()) > limit) {
    ids.resize(static_cast<std::size_t>(limit));
    page.next = Position{0, ids.back().value};
  }
  page.items = hydrate(tx, viewer, ids);
  return page;
}

std::vector<std::shared_ptr<const Card>> CardService::cards(db::Tx& tx, const Viewer& viewer,
                                                            std::span<const PhotoId> ids) {
  std::vector<std::shared_ptr<const Card>> made;
  if (ids.empty()) return made;
  made.reserve(ids.size());
  for (PhotoView& view : cards_.listed(tx, viewer, ids)) {
    made.push_back(std::make_shared<const Card>(make_card(std::move(view), signer_)));
  }
  return made;
}

void CardService::count(db::Tx& tx, const Viewer& viewer, std::vector<CardLine>& lines) {
  std::vector<PhotoId> ids;
  ids.reserve(lines.size());
  for (const CardLine& line : lines) ids.push_back(line.card->view.photo.id);
  const auto counts = cards_.counts(tx, viewer.account, ids);
  for (std::size_t i = 0; i < lines.size(); ++i) lines[i].counts = counts[i];
}

CardLines CardService::lines(CardPage page) const {
  CardLines lines{.items = {}, .next = page.next};
  lines.items.reserve(page.items.size());
  for (PhotoView& view : page.items) {
    const photos::PhotoCounts counts{view.photo.likes, view.photo.comments, view.liked};
    lines.items.push_back({std::make_shared<const Card>(Card{std::move(view), {}}), counts});
  }
  return lines;
}

}  // namespace picsharz::cards
