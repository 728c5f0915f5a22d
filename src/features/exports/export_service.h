// Everything of an account, for its owner to take along.
//
//   begin (password, code) -> a job: checksums, a few seconds at a time -> archive -> mail
//
// What:      one export an account; a new one takes the place of the last, its link ends after a
//            day. What an archive holds is frozen when it is made. A photo of it that is deleted
//            or removed afterwards ends it (export_outdated): bytes that are to go are not held.
// Repeats:   the same Idempotency-Key answers the same export. The job may die anywhere and begin
//            again.
// Threads:   thread-safe. begin() hashes: call it on the password pool.
// Failures:  values for what a person can cause; those of database and store are thrown.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/error.h"
#include "base/rate_limiter.h"
#include "base/viewer.h"
#include "features/accounts/account_service.h"
#include "features/exports/export_archive_service.h"
#include "features/exports/export_document_service.h"
#include "features/exports/export_store.h"
#include "features/photos/original_service.h"
#include "features/sessions/totp_service.h"
#include "jobs/worker.h"
#include "mail/outbox.h"

namespace picsharz::exports {

struct ExportRooms {
  db::Database& database;
  IdSource& ids;
  const Clock& clock;
  jobs::Queue& queue;
  mail::Outbox& outbox;
  accounts::AccountService& accounts;
  sessions::TotpService& totps;
  photos::OriginalService& originals;
  ExportDocumentService& documents;
  ExportArchiveService& archives;
};

class ExportService {
 public:
  ExportService(const ExportRooms& rooms, mail::Context context);

  Result<Export> begin(const Viewer& viewer, const sessions::Proof& proof, std::string_view key);
  // The newest; nullopt where there is none, or it has expired.
  std::optional<Export> state(const Viewer& viewer);
  struct Download {
    std::shared_ptr<const ExportArchive> archive;
    std::string name;
  };
  Result<Download> open(const Viewer& viewer, ExportId id);

  // The job's part. `rest` is called after each original with the time it took; false: the program
  // ends.
  Result<jobs::Finished> run(const jobs::Job& job, const std::function<bool(Micros)>& rest);
  // In the transaction that gives its job up: whoever waits for the archive hears that it failed.
  void give_up(db::Tx& tx, const jobs::Job& job);
  // For an account that is erased: its archive goes. How many there were.
  int erase_of(AccountId account);
  // For upkeep: what has expired, and objects without a row. How many.
  int sweep();

 private:
  void enqueue(db::Tx& tx, const Export& wanted);
  bool check_originals(const Export& wanted, const std::function<bool(Micros)>& rest);
  Result<jobs::Finished> finish(const jobs::Job& job, Export wanted);
  void report_progress(const Export& wanted);

  const ExportRooms rooms_;
  const mail::Context context_;
  RateLimiter begun_;
  ExportStore exports_;
};

inline constexpr const char* make_export_job = "export.make";

}  // namespace picsharz::exports
