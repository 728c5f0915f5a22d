// What makes, proves and keeps backups, from the configuration: for the server and for commands.
//
// Ownership: it keeps references to the foundation and the store; whoever builds it outlives them.
// Threads:   as KeepingService.
// Failures:  StartupError where the secret cannot be read, or the target may not be where it is.
#pragma once

#include <string>
#include <string_view>

#include "app/foundation.h"
#include "base/error.h"
#include "features/backups/backup_service.h"
#include "features/backups/keeping_service.h"
#include "features/backups/proof_service.h"
#include "storage/object_store.h"
#include "warehouse/table.h"

namespace picsharz::app {

// Where DuckDB lies; parquet is written and read with it.
warehouse::Engine warehouse_engine(const Config& config);
// The configured one, or json where there is no DuckDB for parquet.
warehouse::Format backup_format(const Config& config);
std::string backup_directory(const Config& config);
std::string backup_secret(const Config& config);
// In the data folder: for what is on its way into a target and not sealed yet.
std::string backup_scratch(const Config& config);
// StartupError where backups would lie among the instance's own files, or these among them: what
// removes old ones would remove photos.
void check_backup_place(const Config& config, const std::string& directory);

// A backup of a moment (log_rebuild_service.h; "": the last one), made from a target's log and
// proved. The last one is that of the last round, where what came after it lacks its photos.
Result<backups::Manifest> rebuild_backup(const Config& config, backups::Vault& vault,
                                         std::string_view moment);

struct BackupParts {
  // `directory`: "" takes the configured one; another one is foreign (KeepingSettings).
  BackupParts(const Config& config, Foundation& foundation, storage::ObjectStore& store,
              const std::string& directory = "");

  backups::BackupService making;
  backups::ProofService proving;
  backups::KeepingService keeping;
};

}  // namespace picsharz::app
