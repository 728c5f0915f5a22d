// The spool: where a body lands while it arrives, hashed on the way.
//
// What:      a SpoolFile is a temporary file of its own; it vanishes with its owner unless an object
//            store took it over. Files left by a crash are removed by sweep() at start.
// Threads:   Spool any thread; a SpoolFile one at a time.
// Failures:  StorageFull, StorageError are thrown.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "crypto/crypto.h"
#include "storage/object_store.h"

namespace picsharz::storage {

class SpoolFile {
 public:
  SpoolFile(std::string path, int descriptor);
  ~SpoolFile();  // closes, and removes the file if it was not taken over
  SpoolFile(const SpoolFile&) = delete;
  SpoolFile& operator=(const SpoolFile&) = delete;

  void write(std::string_view piece);
  std::int64_t size() const { return size_; }
  // Of everything written. Once, after the last write.
  const crypto::Digest& digest();
  const std::string& path() const { return path_; }
  int descriptor() const { return descriptor_; }
  // Reads at an offset; fewer bytes at the end.
  std::string read(std::int64_t offset, std::size_t count) const;
  void sync();          // fsync; once
  void release();       // it was renamed away: do not remove

 private:
  std::string path_;
  int descriptor_;
  std::int64_t size_ = 0;
  crypto::Sha256 hash_;
  crypto::Digest digest_{};
  bool finished_ = false;
  bool released_ = false;
};

class Spool {
 public:
  // Makes the directory. `reserve`: bytes of the file system that stay free.
  Spool(std::string directory, std::int64_t reserve);
  std::unique_ptr<SpoolFile> create();
  // Removes what an earlier process left; returns how many.
  int sweep();

 private:
  std::string directory_;
  std::int64_t reserve_;
};

// The local disk: <root>/<key>, written beside and renamed into place, file and directory synced.
std::unique_ptr<ObjectStore> open_fs_store(std::string root);
// In memory, for tests.
std::unique_ptr<ObjectStore> make_fake_store();

}  // namespace picsharz::storage
