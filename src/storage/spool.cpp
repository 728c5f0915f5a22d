#include "storage/spool.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

namespace picsharz::storage {

namespace {

// A burst of uploads asks once a second, and a disk that has room again is noticed as soon.
constexpr std::chrono::seconds room_believed{1};
constexpr std::size_t name_bytes = 16;

}  // namespace

SpoolFile::SpoolFile(std::string path, int descriptor, FileSystem& files)
    : path_(std::move(path)), descriptor_(descriptor), files_(files) {}

SpoolFile::~SpoolFile() {
  if (!released_) files_.remove(AT_FDCWD, path_);
  ::close(descriptor_);
}

void SpoolFile::write(std::string_view piece) {
  assert(!finished_ && "written after its digest was taken");
  if (state_ == State::suspect) throw StorageError("spool file: an earlier write or sync failed");
  state_ = State::written;
  std::string_view rest = piece;
  while (!rest.empty()) {
    const ssize_t count = files_.write(descriptor_, rest.data(), rest.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      const int error = count < 0 ? errno : EIO;
      state_ = State::suspect;
      throw_storage_error(error, "spool file: write");
    }
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
  hash_.update(piece);
  size_ += static_cast<std::int64_t>(piece.size());
}

const crypto::Digest& SpoolFile::digest() {
  if (!finished_) digest_ = hash_.finish();
  finished_ = true;
  return digest_;
}

std::string SpoolFile::read(std::int64_t offset, std::size_t count) const {
  std::string bytes(count, '\0');
  std::size_t filled = 0;
  while (filled < count) {
    const ssize_t got = ::pread(descriptor_, bytes.data() + filled, count - filled,
                                offset + static_cast<std::int64_t>(filled));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw_storage_error(errno, "spool file: read");
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  bytes.resize(filled);
  return bytes;
}

void SpoolFile::sync() {
  if (state_ == State::synced) return;
  // The kernel drops dirty pages after a failed fsync and may call the next one a success.
  if (state_ == State::suspect) throw StorageError("spool file: an earlier write or sync failed");
  if (files_.sync(descriptor_) != 0) {
    const int error = errno;
    state_ = State::suspect;
    throw_storage_error(error, "spool file: fsync");
  }
  state_ = State::synced;
}

void SpoolFile::release() { released_ = true; }

Spool::Spool(std::string directory, std::int64_t reserve, FileSystem& files)
    : directory_(std::move(directory)), reserve_(reserve), files_(files) {
  std::error_code error;
  if (std::filesystem::create_directories(directory_, error)) {
    std::filesystem::permissions(directory_, std::filesystem::perms::owner_all, error);
  }
  if (error) throw_storage_error(error.value(), "spool: make directory");
}

std::unique_ptr<SpoolFile> Spool::create() {
  if (!has_room()) throw StorageFull("spool: the reserve of free space is reached");
  std::string path = directory_ + "/" + crypto::hex(crypto::random_bytes(name_bytes));
  const int descriptor = files_.create(AT_FDCWD, path);
  if (descriptor < 0) throw_storage_error(errno, "spool: create");
  auto file = std::make_unique<SpoolFile>(std::move(path), descriptor, files_);
  // The lock tells the sweep of another process that somebody lives behind this file. Where locks
  // are not supported the sweep cannot take one either and leaves the file alone.
  ::flock(descriptor, LOCK_EX | LOCK_NB);
  return file;
}

int Spool::sweep() {
  int removed = 0;
  std::error_code error;
  std::filesystem::directory_iterator entry(directory_, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    std::error_code vanished;
    if (!entry->is_regular_file(vanished)) continue;
    const int descriptor = ::open(entry->path().c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0) continue;
    const bool abandoned = ::flock(descriptor, LOCK_EX | LOCK_NB) == 0;
    if (abandoned && files_.remove(AT_FDCWD, entry->path().string()) == 0) ++removed;
    ::close(descriptor);
  }
  if (error) throw_storage_error(error.value(), "spool: sweep");
  return removed;
}

bool Spool::has_room() {
  if (reserve_ <= 0) return true;
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (now >= believed_until_) {
    struct statvfs info {};
    if (::statvfs(directory_.c_str(), &info) != 0) throw_storage_error(errno, "spool: statvfs");
    free_ = static_cast<std::int64_t>(info.f_bavail) * static_cast<std::int64_t>(info.f_frsize);
    believed_until_ = now + room_believed;
  }
  return free_ >= reserve_;
}

}  // namespace picsharz::storage
