// Puts a full backup onto an empty instance, of either engine, and compares what came of it.
//
// Order:     objects, then rows: a row never points at nothing. All rows come in one transaction,
//            which compares them before it ends, so that a restore that was interrupted, or that
//            found other rows than were backed up, has left an empty database and some objects:
//            the next one goes on with these. Then whatever is derived is for its own services to
//            make anew, and what was deleted since for DeletionService to take away.
// Others:    a database that has a table of somebody else's is refused; none but the tables of the
//            backup are emptied and filled.
// Damage:    an object that is not what was backed up is left out and named; files of rows and of
//            lists have to be whole.
// Schema:    the database is brought to the backup's own schema, filled, and compared; the caller
//            migrates it from there.
// Threads:   one at a time.
// Failures:  restore_* as values; Damaged where a file or an object is not what was backed up;
//            those of the database and the store are thrown.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "db/database.h"
#include "features/backups/backup_store.h"
#include "features/backups/vault_service.h"
#include "storage/object_store.h"
#include "storage/spool.h"
#include "warehouse/table.h"

namespace picsharz::backups {

struct RestoreOptions {
  std::string scratch;  // a folder for the files of tables
  Report report = [](const Progress&) {};
  std::function<bool()> go_on = [] { return true; };
};

struct ListedObject {
  std::string_view key;
  std::string_view sha256;
  std::int64_t bytes = 0;
};

// What became of the objects of a backup.
struct ObjectsPut {
  std::int64_t written = 0;          // those that were there already are not among them
  std::int64_t damaged = 0;          // or missing in the target
  std::vector<std::string> named{};  // of these the keys, damaged_named at most
};
inline constexpr std::size_t damaged_named = 1'000;

class RestoreService {
 public:
  explicit RestoreService(warehouse::Engine engine) : engine_(std::move(engine)) {}

  // What can be said before anything is written.
  Result<void> check(const Manifest& manifest, db::Database& target);
  // Those that are there already are compared and stay.
  ObjectsPut objects(Vault& vault, const Manifest& manifest, storage::ObjectStore& target,
                     storage::Spool& spool, const RestoreOptions& options);
  // The schema and the rows. As compare(); where it says anything, there are no rows.
  std::vector<std::string> rows(Vault& vault, const Manifest& manifest, db::Database& target,
                                const RestoreOptions& options);
  // Another process of Picsharz is connected to it. Of SQLite nobody can tell.
  bool is_used(db::Database& target);
  // There are rows in it, and the schema is the backup's: perhaps those that rows() has put there.
  bool is_loaded(const Manifest& manifest, db::Database& target);
  // Sentences about tables whose rows are not those of the backup; none: all are equal.
  std::vector<std::string> compare(const Manifest& manifest, db::Database& target,
                                   const RestoreOptions& options);
  // After compare().
  void settle(db::Database& target);

  // The same of an archive, which is not put anywhere: its files alone.
  std::vector<std::string> compare_files(Vault& vault, const Manifest& manifest,
                                         const RestoreOptions& options);
  // Every object of a backup. Damaged where the list is not what was written.
  void each_object(Vault& vault, const Manifest& manifest, const RestoreOptions& options,
                   FunctionRef<void(const ListedObject&)> each);
  // Reads one through: a sentence about what is wrong with it, or "".
  static std::string check_object(Vault& vault, const ListedObject& object);

 private:
  class Objects;

  std::string fetched(Vault& vault, const Manifest& manifest, const BackupTable& table,
                      const RestoreOptions& options);
  void load(Vault& vault, const Manifest& manifest, db::Tx& tx, const RestoreOptions& options);
  std::vector<std::string> differences(const Manifest& manifest, db::Tx& tx,
                                       const RestoreOptions& options);

  const warehouse::Engine engine_;
  BackupStore rows_;
};

}  // namespace picsharz::backups
