#include "db/sqlite_log_writes.h"

#include <sqlite3.h>

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <utility>

#include "db/database.h"

namespace picsharz::db {

namespace {

// The default VFS takes no more than 128 KiB less one at a time.
constexpr std::size_t buffer_bytes = 124 << 10;

// SQLite allocates it, with the file of the default VFS right behind.
struct LogFile {
  sqlite3_file base{};
  std::unique_ptr<char[]> buffer;
  std::size_t used = 0;
  sqlite3_int64 start = 0;  // where in the file the buffer begins
};

LogFile& log(sqlite3_file* file) { return *reinterpret_cast<LogFile*>(file); }

sqlite3_file* real(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<LogFile*>(file) + 1);
}

int flush(sqlite3_file* file) {
  LogFile& mine = log(file);
  const std::size_t size = std::exchange(mine.used, 0);
  if (size == 0) return SQLITE_OK;
  sqlite3_file* behind = real(file);
  return behind->pMethods->xWrite(behind, mine.buffer.get(), static_cast<int>(size), mine.start);
}

int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
  LogFile& mine = log(file);
  const auto bytes = static_cast<std::size_t>(size);
  const bool follows =
      mine.used > 0 && offset == mine.start + static_cast<sqlite3_int64>(mine.used);
  if (!follows || mine.used + bytes > buffer_bytes) {
    if (const int failed = flush(file); failed != SQLITE_OK) return failed;
  }
  if (bytes > buffer_bytes) return real(file)->pMethods->xWrite(real(file), data, size, offset);
  if (mine.used == 0) mine.start = offset;
  std::memcpy(mine.buffer.get() + mine.used, data, bytes);
  mine.used += bytes;
  return SQLITE_OK;
}

// Everything else finds the file as if each piece had been written at once.
template <auto Method, class... Arguments>
int after_writing(sqlite3_file* file, Arguments... arguments) {
  if (const int failed = flush(file); failed != SQLITE_OK) return failed;
  return (real(file)->pMethods->*Method)(real(file), arguments...);
}

template <auto Method, class... Arguments>
int passed_on(sqlite3_file* file, Arguments... arguments) {
  return (real(file)->pMethods->*Method)(real(file), arguments...);
}

int close(sqlite3_file* file) {
  flush(file);  // of a transaction that nobody was told of
  const int code = real(file)->pMethods->xClose(real(file));
  log(file).~LogFile();
  return code;
}

using Methods = sqlite3_io_methods;

// Version 1: a log is neither mapped nor does it have shared memory.
constexpr Methods log_methods{
    .iVersion = 1,
    .xClose = close,
    .xRead = after_writing<&Methods::xRead, void*, int, sqlite3_int64>,
    .xWrite = write,
    .xTruncate = after_writing<&Methods::xTruncate, sqlite3_int64>,
    .xSync = after_writing<&Methods::xSync, int>,
    .xFileSize = after_writing<&Methods::xFileSize, sqlite3_int64*>,
    .xLock = passed_on<&Methods::xLock, int>,
    .xUnlock = passed_on<&Methods::xUnlock, int>,
    .xCheckReservedLock = passed_on<&Methods::xCheckReservedLock, int*>,
    .xFileControl = passed_on<&Methods::xFileControl, int, void*>,
    .xSectorSize = passed_on<&Methods::xSectorSize>,
    .xDeviceCharacteristics = passed_on<&Methods::xDeviceCharacteristics>,
    .xShmMap = nullptr,
    .xShmLock = nullptr,
    .xShmBarrier = nullptr,
    .xShmUnmap = nullptr,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out) {
  auto* behind = static_cast<sqlite3_vfs*>(sqlite3_vfs_find(nullptr));
  static_cast<void>(vfs);
  if ((flags & SQLITE_OPEN_WAL) == 0) return behind->xOpen(behind, name, file, flags, out);
  auto* mine = new (file) LogFile;
  mine->buffer.reset(new (std::nothrow) char[buffer_bytes]);
  const int code =
      mine->buffer ? behind->xOpen(behind, name, real(file), flags, out) : SQLITE_NOMEM;
  if (code == SQLITE_OK) {
    mine->base.pMethods = &log_methods;
  } else {
    mine->~LogFile();
    file->pMethods = nullptr;  // there is nothing to close
  }
  return code;
}

}  // namespace

const char* batched_log_vfs() {
  static const char* const name = [] {
    // The default one's other methods do not look at which of the two they are called for.
    static sqlite3_vfs vfs = *sqlite3_vfs_find(nullptr);
    vfs.zName = "picsharz-log";
    vfs.szOsFile += static_cast<int>(sizeof(LogFile));
    vfs.xOpen = open;
    vfs.pNext = nullptr;
    if (sqlite3_vfs_register(&vfs, 0) != SQLITE_OK) throw DatabaseError("SQLite takes no VFS");
    return vfs.zName;
  }();
  return name;
}

}  // namespace picsharz::db
