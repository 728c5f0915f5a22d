// Objects: immutable bytes under a key, on the local disk or later in an S3-compatible store.
//
// What:      keys are made by us ("originals/ab/<sha256>", "renditions/..."): lower-case letters,
//            digits, '/', '-', '.'; never a name that a person typed.
// Durable:   put returns when the bytes and their directory entry are synced. A failed sync is
//            never retried: the object does not exist then.
// Threads:   any thread.
// Failures:  StorageFull (no space, or the reserve is reached) and StorageError are thrown.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/file_handle.h"

namespace picsharz::storage {

class StorageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};
class StorageFull : public StorageError {
 public:
  using StorageError::StorageError;
};

class SpoolFile;

struct NewObject {
  std::string key;
  std::string_view bytes;
};

class ObjectStore {
 public:
  virtual ~ObjectStore() = default;
  // Takes over the spooled file's bytes. Where the key is there already these take its place, at
  // once and by the same steps as where it is not.
  virtual void put(std::string_view key, SpoolFile& spooled) = 0;
  // All of them or, where it throws, none of those that were not there. Objects of one directory
  // share its sync.
  virtual void put_all(std::span<const NewObject> objects) = 0;
  void put_bytes(std::string_view key, std::string_view bytes) {
    put_all(std::array{NewObject{std::string(key), bytes}});
  }
  // False: put_all() would throw StorageFull. For work that is then not worth beginning.
  virtual bool has_room() { return true; }
  // Whether the object is there; if so it is durable afterwards, whoever put it and was killed
  // before the end.
  virtual bool confirm(std::string_view key) = 0;
  // Null where there is no such object.
  virtual std::shared_ptr<const FileHandle> open(std::string_view key) = 0;
  // False where there was none.
  virtual bool remove(std::string_view key) = 0;
  // Every key below a prefix, in no order.
  virtual void list(std::string_view prefix,
                    const std::function<void(std::string_view key, std::int64_t bytes)>& each) = 0;
  // put_all() of objects that are the first of their directory: as many steps where it is there.
  virtual void put_folder(std::span<const NewObject> objects) { put_all(objects); }
};

}  // namespace picsharz::storage
