// The calls that change a file system, as a seam for fault tests.
//
// What:      spool and fs store make every change through it. A test overrides a call to count it,
//            to fail it, or to record it and lose what was not synced. Reading needs no seam.
// Failures:  as the system call: -1 and errno. No call retries by itself.
// Threads:   any thread.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace picsharz::storage {

class FileSystem {
 public:
  virtual ~FileSystem() = default;
  // A new file, for reading and writing; EEXIST where the name is taken. Names are relative to an
  // open directory, or absolute.
  virtual int create(int directory, const std::string& name);
  // An existing file, for reading and writing; ENOENT where there is none.
  virtual int open(int directory, const std::string& name);
  // Cuts it to `size` and goes on writing there.
  virtual int truncate(int descriptor, std::int64_t size);
  virtual ssize_t write(int descriptor, const char* data, std::size_t count);
  virtual int sync(int descriptor);   // a file or a directory
  virtual int touch(int descriptor);  // its times are now, so that the next sync has work to do
  virtual int rename(const std::string& from, int directory, const std::string& name);
  virtual int make_directory(int directory, const std::string& name);
  virtual int remove(int directory, const std::string& name);
};

FileSystem& real_file_system();

// Throws StorageFull where `error` says that there is no room, StorageError otherwise.
[[noreturn]] void throw_storage_error(int error, std::string_view what);

}  // namespace picsharz::storage
