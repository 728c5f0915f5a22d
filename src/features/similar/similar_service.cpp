#include "features/similar/similar_service.h"

#include <algorithm>

#include "base/limits.h"

namespace picsharz::similar {

namespace {

constexpr int copies_max = 100;
// The nearest sketches hold nearly all of the most alike (ADR 0015). Who may not see the first ones
// gets the next ones; behind the last ones nothing is alike any more.
constexpr int candidates_max = 2'000;
constexpr int judged_at_once = 250;
constexpr int seen_enough = 200;

}  // namespace

Result<cards::CardPage> SimilarService::find(const Viewer& viewer, PhotoId id) {
  TRY_ASSIGN(const photos::PhotoView view, cards_.find(viewer, id));
  const auto traits = database_.read([&](db::Tx& tx) { return rows_.traits(tx, view.photo.id); });
  if (!traits) return not_found();
  const Comparison comparison(*traits);
  const std::vector<PhotoId> near = candidates(id, comparison);
  return database_.read([&](db::Tx& tx) {
    cards::CardPage page;
    page.items = cards_.hydrate(tx, viewer, most_alike(tx, viewer, comparison, near));
    return page;
  });
}

std::vector<PhotoId> SimilarService::candidates(PhotoId id, const Comparison& comparison) {
  if (comparison.turns().empty() && !comparison.has_embedding()) return {};
  bring_up_to_date();
  const std::shared_lock lock(reading_);
  if (!index_) return {};  // all changed meanwhile: the next question reads it
  std::vector<Near> near = index_->copies(comparison.turns(), copies_max, same_hash);
  const std::size_t copies = near.size();
  if (comparison.has_embedding()) {
    for (const Near& each :
         index_->alike(comparison.model(), comparison.sketch(), candidates_max)) {
      const auto known = near.begin() + static_cast<std::ptrdiff_t>(copies);
      if (std::ranges::find(near.begin(), known, each.id, &Near::id) == known) {
        near.push_back(each);
      }
    }
  }
  std::vector<PhotoId> ids;
  for (const Near& each : near) {
    if (each.id != id) ids.push_back(each.id);
  }
  return ids;
}

std::vector<PhotoId> SimilarService::most_alike(db::Tx& tx, const Viewer& viewer,
                                                const Comparison& comparison,
                                                std::span<const PhotoId> candidates) {
  std::vector<Scored> found;
  std::size_t seen = 0;
  while (!candidates.empty() && seen < seen_enough) {
    const auto batch = candidates.first(std::min<std::size_t>(candidates.size(), judged_at_once));
    candidates = candidates.subspan(batch.size());
    const std::vector<Traits> visible = rows_.listed(tx, viewer, batch);
    seen += visible.size();
    for (const Traits& other : visible) {
      const double likeness = comparison.likeness(other);
      if (likeness >= vision::similar_from) found.push_back({other.id, likeness});
    }
  }
  std::ranges::sort(found, [](const Scored& a, const Scored& b) {
    return a.likeness != b.likeness ? a.likeness > b.likeness : a.id > b.id;
  });
  std::vector<PhotoId> ids;
  for (const Scored& each : found) {
    if (std::ssize(ids) == limits::similar_shown) break;
    ids.push_back(each.id);
  }
  return ids;
}

void SimilarService::bring_up_to_date() {
  const std::lock_guard updating(updating_);
  std::vector<PhotoId> changed;
  bool loaded = false;
  {
    const std::lock_guard lock(news_);
    asked_at_ = clock_.steady();
    loaded = loaded_;
    changed.assign(changed_.begin(), changed_.end());
    // What changes while it is read is told again, to the index that is there then.
    changed_.clear();
    loaded_ = true;
  }
  try {
    if (!loaded) {
      load();
    } else if (!changed.empty()) {
      apply(changed);
    }
  } catch (...) {
    all_changed();
    throw;
  }
}

void SimilarService::load() {
  auto index = std::make_unique<SimilarIndex>();
  database_.read([&](db::Tx& tx) {
    *index = SimilarIndex();
    rows_.published(tx, limits::similar_photos, [&](const Code& code) { index->put(code); });
  });
  const std::unique_lock lock(reading_);
  index_ = std::move(index);
}

void SimilarService::apply(std::span<const PhotoId> changed) {
  std::vector<Code> codes =
      database_.read([&](db::Tx& tx) { return rows_.published(tx, changed); });
  std::ranges::sort(codes, {}, &Code::id);
  const std::unique_lock lock(reading_);
  if (!index_) return;
  for (const PhotoId id : changed) {
    const auto code = std::ranges::lower_bound(codes, id, {}, &Code::id);
    if (code != codes.end() && code->id == id) {
      index_->put(*code);
    } else {
      index_->erase(id);
    }
  }
}

void SimilarService::changed(std::span<const db::Change> changes) {
  bool forget = false;
  {
    const std::lock_guard lock(news_);
    if (!loaded_) return;
    for (const db::Change& change : changes) {
      if (change.kind == db::ChangeKind::photo) changed_.insert(PhotoId{change.id});
    }
    forget = std::ssize(changed_) > limits::similar_changes ||
             clock_.steady() - asked_at_ > limits::similar_idle;
  }
  if (forget) all_changed();
}

void SimilarService::all_changed() {
  {
    const std::lock_guard lock(news_);
    loaded_ = false;
    changed_.clear();
  }
  const std::unique_lock lock(reading_);
  index_.reset();
}

std::size_t SimilarService::remembered() const {
  const std::shared_lock lock(reading_);
  return index_ ? index_->size() : 0;
}

}  // namespace picsharz::similar
