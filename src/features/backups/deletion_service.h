// What was deleted stays deleted: takes away from a restored instance whatever the journal says
// went since the backup, by the same services as when it went first.
//
// What:      ids are given once, for ever, so that everything in a journal may be taken away again
//            whatever backup was restored; what is gone already is nothing. Of leaving and coming
//            back, and of being removed and reinstated, the last one counts: also where the backup
//            has the first one, and would go on from there by itself.
// Removed:   what moderation removed stands under a decision again, by nobody, so that a photo's
//            bytes go when their time is over, and its owner may appeal. Bytes that were erased go
//            by a job of the server's.
// Again:     may be repeated from the beginning.
// Threads:   one at a time, before anybody uses the instance.
// Failures:  those of the database and the store are thrown.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "db/database.h"
#include "features/backups/backup.h"
#include "features/backups/deletion_store.h"
#include "features/departures/departure_service.h"
#include "features/departures/erasure_service.h"
#include "features/moderation/blocklist_service.h"
#include "features/photos/photo_edit_service.h"
#include "jobs/queue.h"
#include "storage/object_store.h"

namespace picsharz::backups {

class DeletionService {
 public:
  struct Rooms {
    db::Database& database;
    IdSource& ids;
    jobs::Queue& queue;
    storage::ObjectStore& store;
    photos::PhotoEditService& photos;
    moderation::BlocklistService& blocklist;
    departures::DepartureService& departures;
    departures::ErasureService& erasures;
    Micros grace;       // between leaving and being erased
    Micros quarantine;  // between the removal of a photo and the erasing of its bytes
  };
  explicit DeletionService(const Rooms& rooms) : rooms_(rooms) {}

  // In the order in which it happened. How much was there and is not any more.
  std::int64_t replay(std::span<const Deletion> journal);

 private:
  struct Word;

  static std::vector<Word> last_words(std::span<const Deletion> journal);
  std::int64_t end_access(std::span<const Deletion> journal);
  bool take_away(const Word& word);
  bool erase_account(AccountId account, Micros at);
  bool leave(const Word& word);
  void come_back(AccountId account, Micros at);
  bool erase_photo(PhotoId photo);
  bool erase_bytes(PhotoId photo, Micros at);
  bool drop_avatar(AccountId account, std::string_view avatar);
  bool judge_photo(PhotoId photo, photos::PhotoState state, Micros at);
  bool judge_comment(CommentId comment, photos::PhotoState state, Micros at);
  bool judge(db::Tx& tx, const moderation::Subject& subject, photos::PhotoState state, Micros at);

  const Rooms rooms_;
  DeletionStore rows_;
};

}  // namespace picsharz::backups
