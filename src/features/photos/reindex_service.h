// Keeps the search index and the rows together where no transaction can: after a migration, after a
// member's name changed, and where verify finds a difference.
//
// Walk:      everything anew, accounts first, then photos from the newest to the oldest, some at a
//            time in a transaction. How far it is stands in the database, so a walk that is cut off
//            goes on where it was, in whatever process. New photos are indexed as they come.
// Names:     a photo is also found by its owner's names; those of all their photos are written anew
//            afterwards. Until then the older name finds them.
// Threads:   thread-safe. Two that run at once do the work twice, and no harm.
// Failures:  those of the database; jobs::Postponed where run() is ended.
#pragma once

#include <cstdint>
#include <functional>

#include "base/clock.h"
#include "db/database.h"
#include "db/search_index.h"
#include "features/photos/photo_store.h"
#include "features/photos/reindex_store.h"
#include "jobs/queue.h"

namespace picsharz::photos {

inline constexpr const char* reindex_job = "photos.reindex";

// What verify found in the index.
struct IndexReport {
  std::int64_t photos = 0;    // compared
  std::int64_t accounts = 0;  // the same
  std::int64_t missing = 0;
  std::int64_t stale = 0;
  std::int64_t surplus = 0;
  std::int64_t counts = 0;  // of terms, that were wrong
  bool sound = true;
  bool walking = false;  // the walk is under way: what it has not come to is missing
  std::int64_t wrong() const { return missing + stale + surplus + counts + (sound ? 0 : 1); }
};

class ReindexService {
 public:
  ReindexService(db::Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  // Where the program starts: asks for run() if there is something to do.
  void resume(jobs::Queue& queue);
  // Everything is to be indexed anew.
  void begin();
  // `rest` after each transaction, with the time that it took; false: the program ends.
  void run(const std::function<bool(Micros)>& rest);

  // Compares everything and, where `mend`, puts it right. The same `rest`; false ends it early.
  IndexReport verify(bool mend, const std::function<bool(Micros)>& rest);

 private:
  bool step();              // of the walk; false: it is over
  bool step_of_renaming();  // one account; false: there is none
  bool compare_accounts(AccountId& after, bool mend, IndexReport& report);
  bool compare_photos(PhotoId& after, bool mend, IndexReport& report);
  void compare_photo(db::Tx& tx, const PhotoStateRow& photo, bool mend, IndexReport& report);
  bool compare_orphans(std::int64_t& after, bool mend, IndexReport& report);

  db::Database& database_;
  const Clock& clock_;
  PhotoStore photos_;
  ReindexStore store_;
  db::SearchIndex index_;
};

}  // namespace picsharz::photos
