// Who is at work in a data folder: any number of servers and workers, or one restore and nobody
// else. What a server remembers of a database (its secret, who is logged in) is wrong where the
// rows of another come under it.
//
// What:      flock(2) on a file of the folder: whatever way a process ends, it holds it no longer,
//            and the processes that it starts do not get it.
// Threads:   main's.
// Failures:  a folder that cannot be written and a file system without locks keep nobody out: what
//            is wrong with a folder is said by whoever opens the database in it.
#pragma once

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>

#include "base/file_handle.h"

namespace picsharz::app {

class DataLock {
 public:
  enum class For { serving, restoring };

  // Makes the folder. Null: others are at work in it.
  static std::unique_ptr<DataLock> take(const std::string& data, For what) {
    std::error_code ignored;
    std::filesystem::create_directories(data, ignored);
    const std::string path = (std::filesystem::path(data) / ".in-use").string();
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0644);
    auto lock = std::make_unique<DataLock>(descriptor);
    if (descriptor < 0) return lock;
    const int how = what == For::serving ? LOCK_SH : LOCK_EX;
    const bool others = ::flock(descriptor, how | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    return others ? nullptr : std::move(lock);
  }
  explicit DataLock(int descriptor) : file_(descriptor, 0) {}

 private:
  const FileHandle file_;
};

}  // namespace picsharz::app
