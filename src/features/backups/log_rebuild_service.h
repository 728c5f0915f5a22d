// The database as it was at a moment, from the log that lies beside the backups
// (log_shipping_service.h).
//
// What:      rebuild() puts the base and the steps together in a file and lets SQLite look through
//            it. LoggedObjects gives what BackupService then wants of avatars, whose hashes no row
//            has; all other objects it finds in the target by their hashes.
// Threads:   one at a time.
// Failures:  no_log, time_before_log and log_damaged as values, which say what can be had instead;
//            those of the disk are thrown.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"
#include "features/backups/log_file_service.h"
#include "storage/object_store.h"

namespace picsharz::backups {

// "2026-11-29T05:00:00Z", "2026-11-29 05:00", with or without seconds; all of it UTC.
std::optional<Micros> read_moment(std::string_view text);

// Writes the database into a new file. `until`: nullopt, all there is. The moment that it shows.
Result<Micros> rebuild(Vault& vault, std::optional<Micros> until, const std::string& path);

// Objects of the target under the keys that they had. Nothing can be put there.
class LoggedObjects final : public storage::ObjectStore {
 public:
  explicit LoggedObjects(Vault& vault, std::string scratch);
  std::shared_ptr<const FileHandle> open(std::string_view key) override;

  void put(std::string_view key, storage::SpoolFile& spooled) override;
  void put_all(std::span<const storage::NewObject> objects) override;
  bool confirm(std::string_view key) override;
  bool remove(std::string_view key) override;
  void list(std::string_view prefix,
            const std::function<void(std::string_view, std::int64_t)>& each) override;

 private:
  Vault& vault_;
  const std::string scratch_;
  std::map<std::string, std::string, std::less<>> hashes_;  // by key
};

}  // namespace picsharz::backups
