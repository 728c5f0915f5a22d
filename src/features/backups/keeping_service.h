// Backups as an administrator sees them: what there is, what is being made, one more now, one less.
//
// What:      asking writes a row and enqueues the job, which makes the backup, proves it, applies
//            retention, and once a month makes an archive. Retention is applied once a day, too,
//            where nobody asks. How far it is stands in the row, so that every process can tell.
//            What does not prove itself, or cannot be made, is told to the administrators by mail,
//            once for each backup. One that nobody could prove yet is proved by the schedule, which
//            tries again once an hour where that failed.
// Truth:     what lies in the target counts; a row without a manifest is a try that failed, or one
//            whose removal was interrupted, a manifest without a row (after a restore, or made
//            elsewhere) gets one.
// Newest:    is the one whose rows are of the latest moment, whenever it was made: a moment of the
//            log that was rebuilt is an old one. What is of the future was made while a clock was
//            ahead: it counts for nothing, and stays.
// Foreign:   a target that is not the configured one (`backup --to`) has no rows: it does not count
//            for the schedule, nobody is mailed, and nothing is removed there.
// Target:    is marked with its instance. Another instance's is refused, and so is one without a
//            mark where there has been a good backup: then its disk is not there. So is one of
//            another secret: objects are shared, and what was sealed with another one, or is not
//            sealed, would make every backup that has it one that does not open.
// Threads:   thread-safe. run() takes as long as it takes.
// Failures:  backup_running, target_missing, target_of_another, target_of_another_secret,
//            wrong_secret, backup_damaged and not_found as values, and StorageError where something
//            has to be written; those of the database are thrown.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/viewer.h"
#include "features/backups/backup_service.h"
#include "features/backups/deletion_store.h"
#include "features/backups/proof_service.h"
#include "features/backups/retention_rules.h"
#include "jobs/queue.h"
#include "jobs/worker.h"
#include "mail/letter.h"
#include "mail/outbox.h"

namespace picsharz::backups {

struct KeepingSettings {
  std::string directory;   // of the target
  std::string secret{};    // "": nothing is sealed
  std::string scratch{};   // where what is not sealed yet lies; "": in the target
  std::string instance{};  // whose backups these are; "": nobody asks
  bool foreign = false;    // not the configured target
  Micros every = 0;        // 0: only when somebody asks
  Retention retention{};
  mail::Context mail{};
};

// A backup, with what its manifest and proof say where there are any.
struct KeptBackup {
  BackupRow row;
  std::optional<Manifest> manifest{};
  std::optional<Proof> proof{};
};

struct Keeping {
  std::vector<KeptBackup> backups;  // newest first, those of the future before
  std::optional<Micros> next_at{};  // nullopt: none is planned
  std::optional<Micros> good_at{};  // of the rows of the last one that is proved
  // Of backups' rows, of the log, and of objects as after the last backup.
  std::int64_t target_bytes = 0;
};

struct TableDownload {
  std::string name;  // "photo-tags.parquet"
  std::shared_ptr<const FileHandle> file;
};

// Of the last full backup that is proved; nullopt: there is none.
struct GoodBackup {
  Micros asked_at = 0;
  Micros duration = 0;  // its proof included
  Micros proved_at = 0;
};
std::optional<GoodBackup> last_good(db::Tx& tx, Micros now);

// What a restore takes where none is named: of the full backups that are proved the newest; one of
// the future only where there is no other, for this clock may be the wrong one.
struct ChosenBackup {
  std::optional<Manifest> manifest{};
  std::vector<std::string> passed_over{};  // sentences about what may be newer
};
ChosenBackup choose_backup(Vault& vault, Micros now);

class KeepingService {
 public:
  struct Rooms {
    db::Database& database;
    const Clock& clock;
    jobs::Queue& queue;
    mail::Outbox& outbox;
    BackupService& making;
    ProofService& proving;
  };
  // Sweeps what an earlier process has left in `scratch`.
  KeepingService(const Rooms& rooms, KeepingSettings settings);

  // Whether backups may be written to the target.
  Result<void> check_target();
  // Whether it is marked as this instance's.
  bool owns_target() const;
  // Begins anew in one that is not marked: another disk, or others' backups, on purpose.
  Result<void> begin_target();

  // Of a target that is not there what rows say.
  Keeping list();
  Result<KeptBackup> find(std::string_view id);
  // Makes one soon. `asked_by`: nobody, for the schedule.
  Result<BackupRow> ask(AccountId asked_by, Kind kind, bool again);
  // The last good one stays.
  Result<void> remove(std::string_view id);
  Result<std::string> manifest_text(std::string_view id);
  // The rows of a table as they lie in the backup, compared first and opened where it is sealed.
  Result<TableDownload> open_table(std::string_view id, std::string_view table);

  // The job of ask(). `go_on`: false when the program ends; then it is tried again.
  Result<void> run(std::string_view id, const std::function<bool()>& go_on);
  // The same at once, for the command line; nothing is enqueued, and no archive is made.
  Result<KeptBackup> make_now(const BackupOptions& options, const Report& report);
  // Proves one again.
  Result<Proof> prove(std::string_view id, const Report& report);
  // What the schedule does: a backup, unless one is under way, proofs that are missing, and once a
  // day retention.
  void ask_if_due();
  // Copies the journal of deletions; often.
  int ship_journal();
  // Takes away what need not stay, and objects that no backup speaks of. How many backups.
  int apply_retention();
  // Mails the administrators that SQLite's log is not copied any more, since when.
  void tell_log_is_late(Micros since);

 private:
  // Whoever finds another at work.
  enum class Busy { waits, fails };

  std::unique_ptr<Vault> open();  // to write
  std::unique_ptr<Vault> look();  // to read; null: there is none now
  bool is_missing();
  bool is_others();
  Result<void> check_mark();
  std::vector<BackupRow> rows_of(Vault* vault);
  void adopt(Vault& vault);
  void end_interrupted(Vault* vault);
  std::optional<Micros> next_at();
  void add(db::Tx& tx, BackupRow& row);
  void enqueue(db::Tx& tx, const BackupRow& row);
  void ask_for_proofs();
  void expire_if_due();
  void keep_progress(BackupRow& row, const Progress& progress);
  void make_and_prove(BackupRow& row, const BackupOptions& options, Busy busy);
  void work_on(Vault& vault, BackupRow& row, const BackupOptions& options, Busy busy);
  void end(BackupRow& row, State state, std::string problem);
  void alarm(db::Tx& tx, const BackupRow& row);
  std::vector<std::string> half_removed(const std::vector<Kept>& all);
  void apply_retention_quietly();
  void prune(Vault& vault, Micros oldest);  // journals, and rows of what failed
  std::vector<Kept> kept(Vault& vault);
  void sweep_objects(Vault& vault);

  const Rooms rooms_;
  const KeepingSettings settings_;
  const std::optional<crypto::SealKey> key_;
  const std::string secret_mark_;
  BackupStore rows_;
  DeletionStore people_;
  std::atomic<bool> journal_waits_{false};  // and it was told
  std::atomic<Micros> expired_at_{0};       // by Clock::steady(); 0: not since the program began
};

inline constexpr const char* backup_job = "backup.run";
// How old a community is before its first backup is made without anybody asking.
inline constexpr Micros first_backup = hour;

}  // namespace picsharz::backups
