#include "storage/file_system.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

#include "storage/object_store.h"

namespace picsharz::storage {

namespace {

// Photos are private: nobody but the server's own user reads them.
constexpr mode_t file_mode = 0600;
constexpr mode_t directory_mode = 0700;

}  // namespace

int FileSystem::create(int directory, const std::string& name) {
  return ::openat(directory, name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                  file_mode);
}

int FileSystem::open(int directory, const std::string& name) {
  return ::openat(directory, name.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
}

int FileSystem::truncate(int descriptor, std::int64_t size) {
  if (::ftruncate(descriptor, size) != 0) return -1;
  return ::lseek(descriptor, size, SEEK_SET) == size ? 0 : -1;
}

ssize_t FileSystem::write(int descriptor, const char* data, std::size_t count) {
  return ::write(descriptor, data, count);
}

int FileSystem::sync(int descriptor) { return ::fsync(descriptor); }

int FileSystem::touch(int descriptor) { return ::futimens(descriptor, nullptr); }

int FileSystem::rename(const std::string& from, int directory, const std::string& name) {
  return ::renameat(AT_FDCWD, from.c_str(), directory, name.c_str());
}

int FileSystem::make_directory(int directory, const std::string& name) {
  return ::mkdirat(directory, name.c_str(), directory_mode);
}

int FileSystem::remove(int directory, const std::string& name) {
  return ::unlinkat(directory, name.c_str(), 0);
}

FileSystem& real_file_system() {
  static FileSystem real;
  return real;
}

void throw_storage_error(int error, std::string_view what) {
  const std::string message =
      std::string(what) + ": " + std::error_code(error, std::generic_category()).message();
  if (error == ENOSPC || error == EDQUOT) throw StorageFull(message);
  throw StorageError(message);
}

}  // namespace picsharz::storage
