// Archives that become photos.
//
//   upload (uploads, purpose import) -> begin -> a job: photo after photo, a few seconds at a time
//   -> they are developed -> collections -> people, likes, profile where that was wished for
//
// What:      each photo goes the way of an upload: header, object store, quota, decoder,
//            moderation; only the count of a day is not asked. What the account has already, byte
//            for byte, is not made again, so that an import that is repeated changes nothing. A
//            photo keeps the date it had. Comments are not made: those of others would be forged,
//            one's own would stand alone.
// Order:     the photo and its item in one transaction, then what is said about it; a job that is
//            killed goes on at the item after the last, having completed that.
// Threads:   thread-safe.
// Failures:  values for what a person can cause; of one photo they are its item's reason. Those of
//            database and store are thrown, and the job is tried again.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"
#include "base/page.h"
#include "base/viewer.h"
#include "features/imports/import_archive_service.h"
#include "features/imports/import_people_service.h"
#include "features/imports/import_store.h"
#include "features/photos/gate_service.h"
#include "features/photos/photo_edit_service.h"
#include "features/uploads/resumable_service.h"
#include "jobs/worker.h"

namespace picsharz::imports {

struct ImportRooms {
  db::Database& database;
  IdSource& ids;
  const Clock& clock;
  jobs::Queue& queue;
  storage::Spool& spool;
  uploads::UploadService& uploads;
  uploads::ResumableService& resumable;
  photos::PhotoEditService& editing;
  photos::GateService& gate;
  ImportPeopleService& people;
};

class ImportService {
 public:
  explicit ImportService(const ImportRooms& rooms) : rooms_(rooms) {}

  Result<Import> begin(const Viewer& viewer, const ImportWish& wish, std::string_view key);
  std::optional<Import> state(const Viewer& viewer);
  Page<ImportItem> refused(const Viewer& viewer, const PageRequest& page);
  // What was taken stays. not_found where none runs.
  Result<Import> cancel(const Viewer& viewer);

  // The job's part. `rest` is called after each photo with the time it took; false: the program
  // ends.
  Result<jobs::Finished> run(const jobs::Job& job, const std::function<bool(Micros)>& rest);
  // In the transaction that gives its job up: the import has failed. Its archive goes in its time.
  void give_up(db::Tx& tx, const jobs::Job& job);

 private:
  enum class Step { over, more, wait, cancelled };
  void enqueue(db::Tx& tx, const Import& import, Micros delay = 0);
  Result<Step> work(Import& import, const std::function<bool(Micros)>& rest);
  Result<void> count(Import& import, const ImportArchiveService& archive);
  Result<Step> take_photos(const Import& import, const ImportArchiveService& archive,
                           const std::function<bool(Micros)>& rest);
  void complete_last(const Import& import, const ImportArchiveService& archive);
  void take(const Import& import, const ImportArchiveService& archive, const ArchivedPhoto& photo,
            std::int64_t number);
  Result<void> store(const Import& import, storage::SpoolFile& file, const ArchivedPhoto& photo,
                     ImportItem item);
  void describe(const Import& import, const ArchivedPhoto& photo, PhotoId id, std::int64_t number);
  void refuse(const Import& import, ImportItem item, std::string_view code,
              std::string_view detail);
  void end(const Import& import, ImportState state, const Error* why);
  void set_ended(db::Tx& tx, Import import, ImportState state, const Error* why);

  const ImportRooms rooms_;
  ImportStore imports_;
};

inline constexpr const char* run_import_job = "import.run";

}  // namespace picsharz::imports
