// Makes a backup: one consistent set of rows and objects, while everybody goes on working.
//
// Rows:      all tables in one read transaction, so as they were at one moment. An archive: some
//            columns of some of them (kept_rules.h).
// Objects:   what those rows speak of, copied after the transaction. Each is read, hashed and
//            compared; what lies in the target already is not copied again, unless `again`, or a
//            proof has found it damaged there. One that is damaged here and good there stays.
//            Renditions are copied, too, not made anew by a restore: 10,000 photos would take the
//            decoders half an hour, and five minutes are promised.
//            An object that was erased before its turn came is no loss where the rows do not speak
//            of it any more: its deletion is in the journal, which every restore replays. Else it
//            is named in Manifest::lost.
// Journal:   of deletions; it goes along. What the configured target has is marked, and not shipped
//            there again; a foreign one gets all of it, and nothing is marked for that.
// Interrupted: the manifest is written last. What a backup without one left behind is swept by the
//            next one, but for objects, which that one need not copy again.
// Threads:   one at a time, in all processes (VaultLock).
// Failures:  backup_running as a value; those of the database, the store and DuckDB are thrown.
//            Stopped where `go_on` says so.
#pragma once

#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "db/database.h"
#include "db/tables.h"
#include "features/backups/backup_store.h"
#include "features/backups/vault_service.h"
#include "storage/object_store.h"
#include "warehouse/table.h"

namespace picsharz::backups {

class Stopped : public std::runtime_error {
 public:
  Stopped() : std::runtime_error("the program ends") {}
};

struct BackupSettings {
  warehouse::Engine engine{};
  warehouse::Format format = warehouse::Format::parquet;
  Room has_room = backups::has_room;
};

struct BackupOptions {
  std::string id{};  // "": of now
  Kind kind = Kind::full;
  bool again = false;    // also what is there already is read and written
  bool foreign = false;  // another target than the one whose journal counts
  std::optional<warehouse::Format> format{};
  std::optional<Micros> snapshot_at{};  // where the rows are not those of now
  Report report = [](const Progress&) {};
  std::function<bool()> go_on = [] { return true; };
};

class BackupService {
 public:
  BackupService(db::Database& database, const Clock& clock, storage::ObjectStore& source,
                BackupSettings settings)
      : database_(database), clock_(clock), source_(source), settings_(std::move(settings)) {}

  // StorageError where the target has no room for it.
  Result<Manifest> make(Vault& vault, const BackupOptions& options);
  // Copies what was deleted since beside the backups; how many. For the configured target alone.
  int ship_journal(Vault& vault);

 private:
  struct Wanted;
  class Making;

  void write_rows(Making& making);
  void write_table(Making& making, db::Tx& tx, const db::Table& table, bool days_only);
  void note_objects(Making& making, db::Tx& tx);
  void copy_objects(Making& making);
  void copy(Making& making, const Wanted& wanted);
  bool is_gone(const Wanted& wanted);
  void copy_journal(Vault& vault);
  void put_journal(Vault& vault, const std::string& text);

  db::Database& database_;
  const Clock& clock_;
  storage::ObjectStore& source_;
  const BackupSettings settings_;
  BackupStore rows_;
};

std::unexpected<Error> backup_running();
// All of the journal that lies in a target, in the order in which it happened.
std::vector<Deletion> journal_of(Vault& vault);

}  // namespace picsharz::backups
