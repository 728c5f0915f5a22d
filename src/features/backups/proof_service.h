// Proves a backup: restores it by itself into a scratch instance, compares everything, and opens
// pages of it. A backup counts when it is proved.
//
// What:      every file and every object is read through and compared with its hash; the rows go
//            into an SQLite database of their own and are compared with what they were; every
//            photo has its original, unless the journal says that it went meanwhile; nothing else
//            was lost when it was made; a hundred pages with their pictures are opened there
//            (PageOpener), none of a photo that went.
// Damage:    objects that are not what they were are written down for the next backup, which copies
//            them anew. Not where most of them are so: then it is another secret, or another disk.
// Threads:   one at a time, in all processes (VaultLock).
// Failures:  what is wrong with the backup is in the proof; backup_running as a value; a disk that
//            is nearly full (Room) and the like are thrown, and nothing is said about the backup.
#pragma once

#include <functional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/ids.h"
#include "features/backups/restore_service.h"

namespace picsharz::backups {

struct Opened {
  std::int64_t pages = 0;
  std::vector<std::string> problems{};
};
// Opens the pages of these photos in the instance whose data folder that is, as a visitor does.
using PageOpener = std::function<Opened(const std::string& data, std::span<const PhotoId> photos)>;

inline constexpr int pages_opened = 100;

class ProofService {
 public:
  ProofService(const Clock& clock, warehouse::Engine engine, PageOpener open, Room room = has_room)
      : clock_(clock),
        restore_(std::move(engine)),
        open_(std::move(open)),
        has_room_(std::move(room)) {}

  Result<Proof> prove(
      Vault& vault, std::string_view id, Report report = [](const Progress&) {},
      std::function<bool()> go_on = [] { return true; });

  // The hash of every object of a full backup, as its list says. Under the lock; Damaged.
  void each_object(Vault& vault, const Manifest& manifest,
                   FunctionRef<void(std::string_view sha256)> each);

 private:
  class Proving;

  using Originals = std::set<std::string, std::less<>>;  // by hash
  using Photos = std::set<PhotoId>;

  void prove_full(Proving& proving);
  void check_files(Proving& proving);
  Originals check_objects(Proving& proving);
  void check_lost(Proving& proving);
  void check_originals(Proving& proving, db::Database& scratch, const Originals& listed,
                       const Photos& went);
  void open_pages(Proving& proving, db::Database& scratch, const Photos& went);

  const Clock& clock_;
  RestoreService restore_;
  const PageOpener open_;
  const Room has_room_;
  BackupStore rows_;
};

}  // namespace picsharz::backups
