// Photos that are like one photo, of those that the viewer may see.
//
// What:      memory finds candidates by their bits (SimilarIndex), the database gives the
//            embeddings of those that the viewer may see, their cosines decide. Memory decides
//            nothing: an old code costs a place among the candidates and shows nobody anything.
// Memory:    read at the first question, kept up to date by the change log, given back when nobody
//            asked for limits::similar_idle (noticed at the next change), bounded by
//            limits::similar_photos, the newest.
// Threads:   thread-safe. Whoever comes while it is read waits for it.
// Failures:  not_found as a value where the viewer may not see the photo; the database's are
// thrown.
#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <span>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/viewer.h"
#include "db/change_log.h"
#include "features/cards/card_service.h"
#include "features/similar/comparison_service.h"
#include "features/similar/similar_index.h"
#include "features/similar/similar_store.h"

namespace picsharz::similar {

class SimilarService final : public db::ChangeListener {
 public:
  // Add it to the change log before that starts.
  SimilarService(db::Database& database, cards::CardService& cards, const Clock& clock)
      : database_(database), cards_(cards), clock_(clock) {}

  // Most alike first; one page, limits::similar_shown at most.
  Result<cards::CardPage> find(const Viewer& viewer, PhotoId id);

  void changed(std::span<const db::Change> changes) override;
  void all_changed() override;
  std::size_t remembered() const;

 private:
  struct Scored {
    PhotoId id;
    double likeness = 0;
  };
  std::vector<PhotoId> candidates(PhotoId id, const Comparison& comparison);
  std::vector<PhotoId> most_alike(db::Tx& tx, const Viewer& viewer, const Comparison& comparison,
                                  std::span<const PhotoId> candidates);
  void bring_up_to_date();
  void load();
  void apply(std::span<const PhotoId> changed);

  db::Database& database_;
  cards::CardService& cards_;
  const Clock& clock_;
  SimilarStore rows_;

  std::mutex updating_;  // one at a time brings the index up to date; before the two below
  mutable std::shared_mutex reading_;
  std::unique_ptr<SimilarIndex> index_;  // guarded by reading_; null: not read, or given back

  std::mutex news_;              // guards the rest
  std::set<PhotoId> changed_{};  // since the index was read
  bool loaded_ = false;          // the index is there, and changed_ is all that it lacks
  Micros asked_at_ = 0;
};

}  // namespace picsharz::similar
