#include "features/similar/duplicate_service.h"

#include <algorithm>
#include <ranges>

#include "base/limits.h"
#include "features/similar/comparison_service.h"
#include "features/similar/similar_index.h"
#include "vision/sketch.h"

namespace picsharz::similar {

namespace {

constexpr int judged_max = 32;     // nearest sketches whose embeddings are compared
constexpr int told_max = 6;        // duplicates of one photo: who has more knows
constexpr int sketch_reach = 160;  // 105 bits at a cosine of 0.8, and five deviations

}  // namespace

void DuplicateService::developed(db::Tx& tx, PhotoId id, const photos::Likeness& likeness) {
  looked_at_again(tx, id, likeness);
  const auto owner = rows_.lock_owner(tx, id);
  const auto mine = rows_.traits(tx, id);
  if (owner && mine) compare(tx, *owner, *mine);
}

void DuplicateService::looked_at_again(db::Tx& tx, PhotoId id, const photos::Likeness& likeness) {
  if (likeness.embedding.empty()) return;
  rows_.put(tx, id, likeness.model, vision::bytes_of(likeness.embedding),
            vision::sketch_of(likeness.embedding));
}

void DuplicateService::compare(db::Tx& tx, AccountId owner, const Traits& mine) {
  const Comparison comparison(mine);
  std::vector<PhotoId> duplicates;
  CodeTable<8> sketches;
  std::vector<Code> alike;
  rows_.own(tx, owner, limits::own_compared, [&](const Code& code) {
    if (code.id == mine.id) return;
    if (comparison.copies(code.phash)) {
      duplicates.push_back(code.id);
    } else if (code.sketch && comparison.has_embedding() && code.model == comparison.model()) {
      alike.push_back(code);
    }
  });
  // From the oldest: the table appends.
  for (const Code& code : std::views::reverse(alike)) sketches.put(code.id, *code.sketch);
  std::vector<PhotoId> judged;
  for (const Near& near : sketches.nearest(comparison.sketch(), judged_max, sketch_reach)) {
    judged.push_back(near.id);
  }
  for (const Traits& other : rows_.traits(tx, judged)) {
    if (comparison.likeness(other) >= vision::near_duplicate_from) duplicates.push_back(other.id);
  }
  std::ranges::sort(duplicates);
  for (const PhotoId other : duplicates | std::views::take(told_max)) {
    rows_.put_duplicate(tx, std::max(mine.id, other), std::min(mine.id, other));
  }
}

Result<Page<photos::PhotoView>> DuplicateService::list(const Viewer& viewer, PhotoId id) {
  return database_.read([&](db::Tx& tx) -> Result<Page<photos::PhotoView>> {
    if (!rows_.owns(tx, viewer.account, id)) return not_found();
    Page<photos::PhotoView> page;
    page.items = rows_.duplicates(tx, viewer.account, id, told_max);
    return page;
  });
}

Result<void> DuplicateService::keep(const Viewer& viewer, PhotoId id) {
  return database_.write([&](db::Tx& tx) -> Result<void> {
    if (!rows_.owns(tx, viewer.account, id)) return not_found();
    rows_.forget_duplicates(tx, id);
    return {};
  });
}

}  // namespace picsharz::similar
