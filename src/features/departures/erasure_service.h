// Erasing an account whose grace is over, until no byte of it is left (R20).
//
// Order:     what can be seen or counted goes first, what is needed to find the rest goes last:
//              1. the phase (from now on it cannot be taken back)
//              2. likes and follows out of the counts of others, where that is not done yet
//              3. comments (one with replies leaves a tombstone)
//              4. uploads with their files, photos with their rows; their objects by the same jobs
//                 as for a deleted photo, because others may have the same bytes
//              5. the parts of other features (ErasurePart)
//              6. rows of every other kind (erasure_store.cpp), notes in the audit log
//              7. mails to the person and about them, which are found by address and name
//              8. the account's row, and the journal
//              9. what is left in the files of the database: words in SQLite's index, pages in its
//                 log (wipe())
// Again:     each step is a transaction of bounded size, may be repeated, and finds its work in the
//            rows that are left: a process that is killed goes on with what is there. A run does
//            so many steps, then other jobs have their turn.
// Kept:      ids: in the audit log, the journal, the blocklist (hashes of pictures that must not
//            come back). What others wrote in their own words.
// Threads:   thread-safe.
// Failures:  those of the database and the store are thrown; the job tries again.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "base/clock.h"
#include "base/function_ref.h"
#include "db/database.h"
#include "features/comments/comment_service.h"
#include "features/departures/departure_service.h"
#include "features/departures/erasure_part.h"
#include "features/departures/erasure_store.h"
#include "features/photos/photo_edit_service.h"
#include "jobs/queue.h"
#include "storage/spool.h"

namespace picsharz::departures {

class ErasureService {
 public:
  ErasureService(db::Database& database, const Clock& clock, jobs::Queue& queue,
                 DepartureService& departures, comments::CommentService& comments,
                 photos::PhotoEditService& photos, storage::Spool& spool,
                 std::vector<ErasurePart*> parts = {});

  // For upkeep: jobs for whoever is due, and for whoever is not settled; how many were due.
  int sweep();
  // At most `steps` steps; true: the account is gone, or was taken back.
  bool erase(AccountId account, int steps = steps_of_a_run);
  // The last step, for all that are gone. `rest` as in SearchIndex::forget; false: not done yet.
  bool wipe(FunctionRef<bool(Micros)> rest);

 private:
  // How many things went; 0: nothing is left, the account's row is next.
  int step(AccountId account);
  int erase_uploads(AccountId account);
  int erase_photos(AccountId account);
  int erase_rows(AccountId account);
  void erase_letters(const accounts::Account& account);
  void finish(AccountId account);

  db::Database& database_;
  const Clock& clock_;
  jobs::Queue& queue_;
  DepartureService& departures_;
  comments::CommentService& comments_;
  photos::PhotoEditService& photos_;
  storage::Spool& spool_;
  const std::vector<ErasurePart*> parts_;
  DepartureStore rows_;
  ErasureStore erased_;
};

inline constexpr const char* wipe_job = "departure.wipe";

}  // namespace picsharz::departures
