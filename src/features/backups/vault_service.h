// Where backups lie: files and objects below one target, hashed, and sealed where there is a key.
//
// What:      whatever goes in is hashed before it is sealed, and whatever comes out is hashed after
//            it was opened: a hash is of the bytes that were backed up. Manifests, proofs and the
//            journal of deletions have no content of people's and are never sealed.
// Target:    an ObjectStore: a directory now, something else when there is another one. Hidden
//            files of it are notes: no part of a backup, and never sealed.
// Scratch:   what is not sealed yet lies in a folder of this machine's own, not in the target.
// Threads:   one at a time. Two processes do not make or sweep backups at once (VaultLock).
// Failures:  StorageFull and StorageError are thrown. What is altered or does not open: Damaged.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_handle.h"
#include "base/function_ref.h"
#include "crypto/crypto.h"
#include "crypto/sealed.h"
#include "features/backups/backup.h"
#include "storage/file_system.h"
#include "storage/object_store.h"
#include "storage/spool.h"

namespace picsharz::backups {

// What was read is not what was written, or is not there. The sentence says what.
class Damaged : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// A tenth of the disk is free where the folder lies: a backup and its proof never take more, for
// uploads need room as well where all lie on one disk.
bool has_room(const std::string& folder);
using Room = std::function<bool(const std::string& folder)>;

// Bytes on their way in.
class Parcel {
 public:
  Parcel(std::unique_ptr<storage::SpoolFile> file, const std::optional<crypto::SealKey>& key);
  void write(std::string_view piece);
  // Of what was written. Nothing may be written after it.
  const std::string& sha256();
  std::int64_t bytes() const { return bytes_; }

 private:
  friend class Vault;
  std::unique_ptr<storage::SpoolFile> file_;
  std::unique_ptr<crypto::Sealer> sealer_;
  crypto::Sha256 hash_;
  std::string sha256_;
  std::int64_t bytes_ = 0;
};

// A folder of a process's own, which goes with it. Of one that was killed the next one that begins
// in the same `base` takes it away.
class ScratchFolder {
 public:
  explicit ScratchFolder(const std::string& base);
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  std::optional<FileHandle> lock_;  // held: it is not abandoned
};
// Removes what processes have left there that are gone.
void sweep_scratch(const std::string& base);

class Vault {
 public:
  using Take = FunctionRef<void(std::string_view)>;

  // `directory` is made where it is not there. `secret`: empty, nothing is sealed. `scratch`: where
  // ScratchFolder lies; "": in the target.
  Vault(const std::string& directory, std::string_view secret, const std::string& scratch = "");
  // `spool`: a folder for what is on its way; sweep() empties that of backups alone.
  Vault(const std::string& directory, std::optional<crypto::SealKey> key,
        std::string_view spool = ".spool", const std::string& scratch = "",
        storage::FileSystem& files = storage::real_file_system());

  bool sealed() const { return key_.has_value(); }
  const std::string& directory() const { return directory_; }
  // The folder that was opened is still the one of that name: no disk was mounted over it, nor
  // another one put in its place.
  bool is_here() const;
  // A folder for what is made before it is put; nothing in it counts.
  std::string scratch(std::string_view name);

  std::unique_ptr<Parcel> begin();
  void put(std::string_view key, Parcel& parcel);
  // A file of this machine, whole. Its entry in a manifest, named `file`.
  BackupFile put_file(std::string_view id, std::string_view file, const std::string& path);
  // Small objects, together: as they are, under the key of their hash.
  void put_objects(const std::vector<std::string>& contents);
  void put_text(std::string_view key, std::string_view text);  // never sealed

  bool has(std::string_view key);
  // The object is there and is what its hash says: it is read for it.
  bool holds(std::string_view sha256);
  // What was found under keys of these hashes is durable afterwards, whoever put it.
  void confirm(const std::vector<std::string>& hashes);
  // The pieces of it in their order, and its hash. Damaged where there is none.
  std::string read(std::string_view key, Take take);
  // The same into a file; Damaged where its hash is another one.
  void fetch(std::string_view key, std::string_view sha256, const std::string& path);
  std::optional<std::string> text(std::string_view key);
  void remove(std::string_view key);
  std::vector<std::string> keys(std::string_view prefix);
  // As they lie there, all of them together.
  std::int64_t bytes(std::string_view prefix);
  // Of all objects, as they were counted last: going over a million of them takes its time.
  std::int64_t object_bytes();
  std::int64_t count_objects();

  // Objects that a proof has found damaged, by their hashes.
  std::set<std::string, std::less<>> suspects() const;
  void put_suspects(const std::set<std::string, std::less<>>& hashes);
  // Whose backups these are, and that they are of this vault's secret.
  void put_owner(std::string_view instance);

  // Every backup whose manifest is there, the newest first.
  std::vector<std::string> ids();
  // Damaged where it is not what was written. nullopt: there is none.
  std::optional<Manifest> manifest(std::string_view id);
  void put_manifest(const Manifest& manifest);
  std::optional<Proof> proof(std::string_view id);
  void put_proof(std::string_view id, const Proof& proof);
  void remove_backup(std::string_view id);
  // What makers of backups left who were killed. Under the lock.
  void sweep();

 private:
  // A folder of a file system, whatever it is called.
  struct Place {
    dev_t device = 0;
    ino_t number = 0;
    bool operator==(const Place&) const = default;
  };
  static std::optional<Place> place_of(const std::string& directory);

  std::string seal(std::string_view content) const;
  void put_note(std::string_view name, std::string_view text);

  const std::string directory_;
  const std::string scratch_base_;
  const std::optional<crypto::SealKey> key_;
  const std::unique_ptr<storage::ObjectStore> store_;  // has the folder open
  const std::optional<Place> place_;
  storage::Spool spool_;
  std::unique_ptr<ScratchFolder> scratch_;  // null: nobody needed it yet
};

// The instance that has marked a target as its own; nullopt: none has, or there is no target. Reads
// alone.
std::optional<std::string> owner_of(const std::string& directory);
// What the mark says of the secret: secret_mark() of it. nullopt: nothing, as before there was
// that.
std::optional<std::string> marked_secret_of(const std::string& directory);
// Tells one secret from another, and nothing of it; "plain" where there is none.
std::string secret_mark(const std::optional<crypto::SealKey>& key);
// Of a secret; nullopt where it is empty. It takes a moment. StorageError where it is too short.
std::optional<crypto::SealKey> vault_key(std::string_view secret);
// A file of this machine. StorageError where it cannot be opened.
std::shared_ptr<const FileHandle> open_file(const std::string& path);
std::string vault_object_key(std::string_view sha256);  // objects/ab/<sha256>
std::string vault_file_key(std::string_view id, std::string_view file);

// Held while a backup is made, proved or removed. Null: another process holds it.
class VaultLock {
 public:
  // nullptr where another has it, at once or after some seconds.
  enum class Patience { none, some };
  static std::unique_ptr<VaultLock> take(const Vault& vault, Patience patience = Patience::none,
                                         std::string_view name = backups);
  static constexpr std::string_view backups = ".lock";
  // From the beginning of a backup to the end of its proof.
  static constexpr std::string_view working = ".working-lock";
  // While objects are copied that no backup has listed, or such are swept.
  static constexpr std::string_view unlisted = ".unlisted-lock";
  static constexpr std::string_view shipping = ".shipping-lock";  // of the log
  static constexpr std::string_view rebuilding = ".rebuilding-lock";
  explicit VaultLock(int descriptor) : descriptor_(descriptor) {}
  ~VaultLock();
  VaultLock(const VaultLock&) = delete;
  VaultLock& operator=(const VaultLock&) = delete;

 private:
  const int descriptor_;
};

}  // namespace picsharz::backups
