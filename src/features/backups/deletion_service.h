// What was deleted stays deleted: takes away from a restored instance whatever the journal says
// went since the backup, by the same services as when it went first.
//
// What:      ids are given once, for ever, so that everything in a journal may be taken away again
//            whatever backup was restored; what is gone already is nothing. Of leaving and coming
//            back, and of being removed and reinstated, the last one counts.
// Again:     may be repeated from the beginning.
// Threads:   one at a time, before anybody uses the instance.
// Failures:  those of the database and the store are thrown.
#pragma once

#include <cstdint>
#include <span>

#include "base/clock.h"
#include "db/database.h"
#include "features/backups/backup.h"
#include "features/backups/deletion_store.h"
#include "features/departures/departure_service.h"
#include "features/departures/erasure_service.h"
#include "features/photos/photo_edit_service.h"
#include "storage/object_store.h"

namespace picsharz::backups {

class DeletionService {
 public:
  struct Rooms {
    db::Database& database;
    storage::ObjectStore& store;
    photos::PhotoEditService& photos;
    departures::DepartureService& departures;
    departures::ErasureService& erasures;
    Micros grace;  // between leaving and being erased
  };
  explicit DeletionService(const Rooms& rooms) : rooms_(rooms) {}

  // In the order in which it happened. How much was there and is not any more.
  std::int64_t replay(std::span<const Deletion> journal);

 private:
  bool take_away(const Deletion& deletion);
  bool erase_account(AccountId account, Micros at);
  bool leave(AccountId account, Micros at);
  bool erase_photo(PhotoId photo);
  bool drop_avatar(AccountId account, std::string_view avatar);

  const Rooms rooms_;
  DeletionStore rows_;
};

}  // namespace picsharz::backups
