#include "features/feed/popular_service.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace picsharz::feed {

using cards::CardLines;

namespace {

// More than are shown: others are hidden, or of those who are there already.
constexpr int candidates = 2000;

std::vector<Ranked> choose(const std::vector<Ranked>& ranked) {
  std::vector<Ranked> chosen;
  std::unordered_map<AccountId, int> of_owner;
  for (const Ranked& each : ranked) {
    if (++of_owner[each.owner] > popular_of_one) continue;
    chosen.push_back(each);
    if (chosen.size() == popular_count) break;
  }
  return chosen;
}

}  // namespace

void PopularService::rank() {
  const Micros now = clock_.now();
  const auto chosen = choose(
      database_.read([&](db::Tx& tx) { return popular_.rank(tx, now, popular_half, candidates); }));
  database_.write([&](db::Tx& tx) { popular_.replace(tx, chosen, now); });
  all_changed();
  if (!extras_) return;
  for (const Ranked& each : chosen) {
    extras_->want(each.photo, image::Extra::avif);
    extras_->want(each.photo, image::Extra::large);
  }
}

void PopularService::rank_if_due() {
  const PopularList list = database_.read([&](db::Tx& tx) { return popular_.list(tx); });
  const bool full = list.photos.size() == popular_count;
  if (!full || list.ranked_at <= clock_.now() - day) rank();
}

CardLines PopularService::list(const Viewer& viewer) {
  if (viewer.signed_in()) return read(viewer);
  if (auto known = hot()) return *std::move(known);
  std::uint64_t before = 0;
  {
    const std::lock_guard lock(mutex_);
    before = forgotten_;
  }
  CardLines lines = read(viewer);
  const std::lock_guard lock(mutex_);
  // What began to be read before something was forgotten may be what was to be forgotten.
  if (forgotten_ == before) hot_ = Hot{lines, clock_.steady() + popular_kept};
  return lines;
}

std::optional<CardLines> PopularService::hot() {
  if (!changes_.fresh()) return std::nullopt;
  const std::lock_guard lock(mutex_);
  if (!hot_ || hot_->until <= clock_.steady()) return std::nullopt;
  const auto expired = [&](const cards::CardLine& line) {
    return !line.card->text || line.card->text->good_until <= clock_.now();
  };
  if (std::ranges::any_of(hot_->lines.items, expired)) return std::nullopt;
  return hot_->lines;
}

CardLines PopularService::read(const Viewer& viewer) {
  return database_.read([&](db::Tx& tx) {
    const PopularList list = popular_.list(tx);
    CardLines lines;
    for (auto& card : cards_.cards(tx, viewer, list.photos)) lines.items.push_back({card, {}});
    const auto place = [&](const cards::CardLine& line) {
      return std::ranges::find(list.photos, line.card->view.photo.id) - list.photos.begin();
    };
    // A photo that was shared with everybody when it was ranked, and is not any more, is nothing to
    // be shown to its followers here.
    std::erase_if(lines.items, [](const cards::CardLine& line) { return !line.card->text; });
    std::ranges::sort(lines.items, {}, place);
    cards_.count(tx, viewer, lines.items);
    return lines;
  });
}

// A list of 24: to look whom a change concerns would cost more than to read it again.
void PopularService::changed(std::span<const db::Change> changes) {
  const auto concerns = [](const db::Change& change) {
    return change.kind == db::ChangeKind::photo || change.kind == db::ChangeKind::account;
  };
  if (std::ranges::any_of(changes, concerns)) all_changed();
}

void PopularService::all_changed() {
  const std::lock_guard lock(mutex_);
  ++forgotten_;
  hot_.reset();
}

}  // namespace picsharz::feed
