// The spool: where a body lands while it arrives, hashed on the way.
//
// What:      a SpoolFile is a temporary file of its own; it vanishes with its owner unless a store
//            took it over. Files left by a crash are removed by sweep() at start; a file that a
//            living process still writes is locked and stays.
// Threads:   Spool any thread; a SpoolFile one at a time.
// Failures:  StorageFull, StorageError are thrown. After a failed write or sync the file is suspect
//            and every later write or sync throws too, without a second call to the system.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "crypto/crypto.h"
#include "storage/file_system.h"
#include "storage/object_store.h"

namespace picsharz::storage {

class SpoolFile {
 public:
  SpoolFile(std::string path, int descriptor, FileSystem& files = real_file_system());
  ~SpoolFile();  // closes, and removes the file if it was not taken over
  SpoolFile(const SpoolFile&) = delete;
  SpoolFile& operator=(const SpoolFile&) = delete;

  void write(std::string_view piece);
  std::int64_t size() const { return size_; }
  // Of everything written. Nothing may be written after it.
  const crypto::Digest& digest();
  const std::string& path() const { return path_; }
  int descriptor() const { return descriptor_; }
  // Reads at an offset; fewer bytes at the end.
  std::string read(std::int64_t offset, std::size_t count) const;
  void sync();     // fsync; nothing the second time, unless something was written since
  void release();  // it was renamed away: do not remove

 private:
  enum class State { written, synced, suspect };

  std::string path_;
  int descriptor_;
  FileSystem& files_;
  State state_ = State::written;
  std::int64_t size_ = 0;
  crypto::Sha256 hash_;
  crypto::Digest digest_{};
  bool finished_ = false;
  bool released_ = false;
};

class Spool {
 public:
  // Makes the directory. `reserve`: bytes of the file system that stay free.
  Spool(std::string directory, std::int64_t reserve, FileSystem& files = real_file_system());
  // StorageFull below the reserve, before anything is written.
  std::unique_ptr<SpoolFile> create();
  // Removes what an earlier process left; returns how many.
  int sweep();
  // False below the reserve: create() would throw.
  bool has_room();

 private:
  std::string directory_;
  std::int64_t reserve_;
  FileSystem& files_;
  std::mutex mutex_;  // of the two below: what statvfs said, and until when that is believed
  std::int64_t free_ = 0;
  std::chrono::steady_clock::time_point believed_until_{};
};

// The local disk: <root>/<key>, written beside and renamed into place, file and directory synced.
// Leftovers of an earlier process are removed on opening.
std::unique_ptr<ObjectStore> open_fs_store(std::string root,
                                           FileSystem& files = real_file_system());
// In memory, for tests.
std::unique_ptr<ObjectStore> make_fake_store();

}  // namespace picsharz::storage
