// The spool: where a body lands while it arrives, hashed on the way.
//
// What:      a SpoolFile is a temporary file of its own; it vanishes with its owner unless a store
//            took it over. Files left by a crash are removed by sweep() at start; a file that a
//            living process still writes is locked and stays.
//            A kept file (of a resumable upload) has a name, outlives its owner and the process,
//            and is written by one owner at a time. What of it is good its user has to remember:
//            the size at the last sync() that returned.
// Threads:   Spool any thread; a SpoolFile one at a time.
// Failures:  StorageFull, StorageError are thrown. After a failed write or sync the file is suspect
//            and every later write or sync throws too, without a second call to the system.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "crypto/crypto.h"
#include "storage/file_system.h"
#include "storage/object_store.h"

namespace picsharz::storage {

class SpoolFile {
 public:
  SpoolFile(std::string path, int descriptor, FileSystem& files = real_file_system());
  ~SpoolFile();  // closes, and removes the file if it is neither kept nor taken over
  SpoolFile(const SpoolFile&) = delete;
  SpoolFile& operator=(const SpoolFile&) = delete;

  void write(std::string_view piece);
  // At most its size. Comes before the first write to a kept file, which then goes behind it.
  void cut_to(std::int64_t size);
  std::int64_t size() const { return size_; }
  // Of everything written; a kept file that was opened again is read for it. Nothing may be
  // written after it.
  const crypto::Digest& digest();
  const std::string& path() const { return path_; }
  int descriptor() const { return descriptor_; }
  // Reads at an offset; fewer bytes at the end.
  std::string read(std::int64_t offset, std::size_t count) const;
  // fsync, of a kept file's directory too while its name is new; nothing the second time, unless
  // something was written since.
  void sync();
  void release();  // it was renamed away: do not remove
  void discard();  // kept or not: removed with its owner

 private:
  friend class Spool;
  enum class State { written, synced, suspect };

  void hash_from_disk();
  void sync_directory();
  void suspect(const char* what);

  std::string path_;
  int descriptor_;
  FileSystem& files_;
  State state_ = State::written;
  std::int64_t size_ = 0;
  crypto::Sha256 hash_;
  crypto::Digest digest_{};
  bool finished_ = false;
  bool released_ = false;
  bool kept_ = false;
  std::shared_ptr<void> turn_{};  // of a kept file, given back when it is closed
  bool hashed_ = true;            // hash_ has seen every byte
  bool name_is_new_ = false;      // of a kept file: its directory was not synced yet
};

class Spool {
 public:
  // Makes the directory. `reserve`: bytes of the file system that stay free.
  Spool(std::string directory, std::int64_t reserve, FileSystem& files = real_file_system());
  // StorageFull below the reserve, before anything is written.
  std::unique_ptr<SpoolFile> create();
  // Removes what an earlier process left; returns how many. Kept files stay.
  int sweep();

  // The kept file `name` (digits), locked as it lies there, with `size` bytes or more; made where
  // size is 0. Busy where somebody else, in whatever process, has it open; absent where there is
  // none of that size. Whoever knows under the lock how much of it counts cuts it to that: before,
  // what he knows may be older than what another has just written.
  struct Busy {};
  struct Absent {};
  std::expected<std::unique_ptr<SpoolFile>, std::variant<Busy, Absent>> open_kept(
      std::string_view name, std::int64_t size);
  // Bytes of a kept file as it lies there, -1: none.
  std::int64_t kept_size(std::string_view name) const;
  // Somebody has it open now.
  bool kept_busy(std::string_view name);
  // False where somebody has it open. What is not there is removed already.
  bool remove_kept(std::string_view name);
  std::vector<std::string> kept_names() const;

  // False below the reserve: create() would throw.
  bool has_room();

 private:
  std::string kept_path(std::string_view name) const;
  void make_kept_directory();
  std::shared_ptr<void> take_turn(const std::string& path);  // null: somebody has it
  static bool lock_for_process(int descriptor);
  static bool lock_against_sweep(int descriptor);

  std::string directory_;
  std::int64_t reserve_;
  FileSystem& files_;
  struct Turns {
    std::mutex mutex;
    std::set<std::string> taken;
  };
  const std::shared_ptr<Turns> turns_ = std::make_shared<Turns>();

  std::mutex mutex_;  // of all below
  bool kept_ready_ = false;
  // What statvfs said, and until when that is believed.
  std::int64_t free_ = 0;
  std::chrono::steady_clock::time_point believed_until_{};
};

// The local disk: <root>/<key>, written beside and renamed into place, file and directory synced.
// Leftovers of an earlier process are removed on opening. `reserve`: bytes of the file system that
// objects leave free; what is in a spool of the same file system has its room already.
std::unique_ptr<ObjectStore> open_fs_store(std::string root, FileSystem& files = real_file_system(),
                                           std::int64_t reserve = 0);
// In memory, for tests.
std::unique_ptr<ObjectStore> make_fake_store();

}  // namespace picsharz::storage
