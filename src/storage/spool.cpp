#include "storage/spool.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

namespace picsharz::storage {

namespace {

// What statvfs said is believed for a second at most, and no longer than a burst of writes takes to
// use up what there is above the reserve.
constexpr std::chrono::microseconds room_believed = std::chrono::seconds(1);
constexpr std::int64_t burst_bytes_per_microsecond = 2'048;
constexpr std::size_t name_bytes = 16;
constexpr std::size_t read_piece = 262'144;

}  // namespace

SpoolFile::SpoolFile(std::string path, int descriptor, FileSystem& files)
    : path_(std::move(path)), descriptor_(descriptor), files_(files) {}

SpoolFile::~SpoolFile() {
  if (!released_ && !kept_) files_.remove(AT_FDCWD, path_);
  ::close(descriptor_);
  turn_.reset();  // after the file was closed: closing gives the process's lock back
}

void SpoolFile::write(std::string_view piece) {
  assert(!finished_ && "written after its digest was taken");
  if (state_ == State::suspect) throw StorageError("spool file: an earlier write or sync failed");
  if (piece.empty()) return;
  state_ = State::written;
  std::string_view rest = piece;
  while (!rest.empty()) {
    const ssize_t count = files_.write(descriptor_, rest.data(), rest.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      if (count == 0) errno = EIO;
      suspect("spool file: write");
    }
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
  if (hashed_) hash_.update(piece);
  size_ += static_cast<std::int64_t>(piece.size());
}

const crypto::Digest& SpoolFile::digest() {
  if (finished_) return digest_;
  if (!hashed_) hash_from_disk();
  digest_ = hash_.finish();
  finished_ = true;
  return digest_;
}

void SpoolFile::hash_from_disk() {
  hash_ = {};
  for (std::int64_t done = 0; done < size_;) {
    const auto left = static_cast<std::size_t>(size_ - done);
    const std::string piece = read(done, std::min(read_piece, left));
    if (piece.empty()) throw StorageError("spool file: shorter than was written");
    hash_.update(piece);
    done += static_cast<std::int64_t>(piece.size());
  }
  hashed_ = true;
}

void SpoolFile::suspect(const char* what) {
  const int error = errno;
  state_ = State::suspect;
  throw_storage_error(error, what);
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
    // Nobody may sync this file again, so a kept one cannot be gone on with.
    kept_ = false;
    suspect("spool file: fsync");
  }
  if (name_is_new_) sync_directory();
  name_is_new_ = false;
  state_ = State::synced;
}

void SpoolFile::sync_directory() {
  const std::string directory = path_.substr(0, path_.rfind('/'));
  const int descriptor = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) suspect("spool: open directory");
  const int outcome = files_.sync(descriptor);
  const int error = errno;
  ::close(descriptor);
  errno = error;
  if (outcome == 0) return;
  kept_ = false;
  suspect("spool: fsync directory");
}

void SpoolFile::release() { released_ = true; }
void SpoolFile::discard() { kept_ = false; }

Spool::Spool(std::string directory, std::int64_t reserve, FileSystem& files)
    : directory_(std::move(directory)), reserve_(reserve), files_(files) {
  std::error_code error;
  if (std::filesystem::create_directories(directory_, error)) {
    std::filesystem::permissions(directory_, std::filesystem::perms::owner_all, error);
  }
  if (error) throw_storage_error(error.value(), "spool: make directory");
}

std::string Spool::kept_path(std::string_view name) const {
  assert(!name.empty() && name.find_first_not_of("0123456789") == std::string_view::npos);
  return directory_ + "/kept/" + std::string(name);
}

// Makes the directory of kept files durable before the first of them: the sync of a file's own
// directory says nothing of that directory's name.
void Spool::make_kept_directory() {
  const std::lock_guard lock(mutex_);
  if (kept_ready_) return;
  if (files_.make_directory(AT_FDCWD, directory_ + "/kept") != 0 && errno != EEXIST) {
    throw_storage_error(errno, "spool: make directory");
  }
  const int descriptor = ::open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) throw_storage_error(errno, "spool: open directory");
  const int outcome = files_.sync(descriptor);
  const int error = errno;
  ::close(descriptor);
  if (outcome != 0) throw_storage_error(error, "spool: fsync directory");
  kept_ready_ = true;
}

std::expected<std::unique_ptr<SpoolFile>, std::variant<Spool::Busy, Spool::Absent>>
Spool::open_kept(std::string_view name, std::int64_t size) {
  const std::string path = kept_path(name);
  auto turn = take_turn(path);
  if (!turn) return std::unexpected(Busy{});
  int descriptor = files_.open(AT_FDCWD, path);
  if (descriptor < 0 && errno == ENOENT && size == 0) {
    make_kept_directory();
    if (!has_room()) throw StorageFull("spool: the reserve of free space is reached");
    descriptor = files_.create(AT_FDCWD, path);
    if (descriptor < 0 && errno == EEXIST) return std::unexpected(Busy{});  // made just now
  }
  if (descriptor < 0 && errno == ENOENT) return std::unexpected(Absent{});
  if (descriptor < 0) throw_storage_error(errno, "spool: open");
  auto file = std::make_unique<SpoolFile>(path, descriptor, files_);
  file->kept_ = true;
  file->turn_ = std::move(turn);
  if (!lock_for_process(descriptor)) return std::unexpected(Busy{});
  // It may have been removed or taken over between opening and locking.
  struct stat opened {
  }, named{};
  if (::fstat(descriptor, &opened) != 0) throw_storage_error(errno, "spool: fstat");
  const bool same = ::stat(path.c_str(), &named) == 0 && named.st_ino == opened.st_ino;
  if (!same || opened.st_size < size) return std::unexpected(Absent{});
  file->size_ = opened.st_size;
  file->hashed_ = opened.st_size == 0;
  file->name_is_new_ = size == 0;  // whatever lies there: nobody has synced it
  return file;
}

void SpoolFile::cut_to(std::int64_t size) {
  // Also where nothing is cut: what is written next goes to the end.
  if (files_.truncate(descriptor_, size) != 0) throw_storage_error(errno, "spool: truncate");
  size_ = size;
  hashed_ = size == 0;
}

std::int64_t Spool::kept_size(std::string_view name) const {
  struct stat info {};
  return ::stat(kept_path(name).c_str(), &info) == 0 ? info.st_size : -1;
}

// Kept files are locked twice. The turn is for this process: a lock of the system is either the
// process's (fcntl), and does not keep two of its threads apart, or the open file's (flock), and is
// then held by every child that is forked meanwhile until it has begun its own program.
std::shared_ptr<void> Spool::take_turn(const std::string& path) {
  const auto turns = turns_;
  const std::lock_guard lock(turns->mutex);
  if (!turns->taken.insert(path).second) return nullptr;
  return {turns.get(), [turns, path](void*) {
            const std::lock_guard giving_back(turns->mutex);
            turns->taken.erase(path);
          }};
}

// For other processes; gone with the last descriptor of this one, so nobody opens and closes the
// file without having its turn.
bool Spool::lock_for_process(int descriptor) {
  struct flock whole {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  if (::fcntl(descriptor, F_SETLK, &whole) == 0) return true;
  if (errno == EACCES || errno == EAGAIN) return false;
  throw_storage_error(errno, "spool: lock");
}

bool Spool::kept_busy(std::string_view name) {
  const std::string path = kept_path(name);
  const auto turn = take_turn(path);
  if (!turn) return true;
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor < 0) return false;
  struct flock whole {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  const bool busy = ::fcntl(descriptor, F_GETLK, &whole) == 0 && whole.l_type != F_UNLCK;
  ::close(descriptor);
  return busy;
}

bool Spool::remove_kept(std::string_view name) {
  const std::string path = kept_path(name);
  const auto turn = take_turn(path);
  if (!turn) return false;
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor < 0) return true;
  const bool free = lock_for_process(descriptor);
  if (free) files_.remove(AT_FDCWD, path);
  ::close(descriptor);
  return free;
}

std::vector<std::string> Spool::kept_names() const {
  std::vector<std::string> names;
  std::error_code error;
  std::filesystem::directory_iterator entry(directory_ + "/kept", error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    throw_storage_error(error.value(), "spool: list");
  }
  return names;
}

std::unique_ptr<SpoolFile> Spool::create() {
  if (!has_room()) throw StorageFull("spool: the reserve of free space is reached");
  while (true) {
    std::string path = directory_ + "/" + crypto::hex(crypto::random_bytes(name_bytes));
    const int descriptor = files_.create(AT_FDCWD, path);
    if (descriptor < 0) throw_storage_error(errno, "spool: create");
    auto file = std::make_unique<SpoolFile>(std::move(path), descriptor, files_);
    if (lock_against_sweep(descriptor)) return file;
  }
}

// The lock tells the sweep of another process that somebody lives behind this file. False where a
// sweep was there first, and has removed the file or is about to. Where locks are not supported the
// sweep cannot take one either and leaves the file alone.
bool Spool::lock_against_sweep(int descriptor) {
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) return errno != EWOULDBLOCK;
  struct stat info {};
  if (::fstat(descriptor, &info) != 0) throw_storage_error(errno, "spool: fstat");
  return info.st_nlink > 0;
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
    const std::int64_t above = std::max<std::int64_t>(0, free_ - reserve_);
    believed_until_ =
        now +
        std::min(room_believed, std::chrono::microseconds(above / burst_bytes_per_microsecond));
  }
  return free_ >= reserve_;
}

}  // namespace picsharz::storage
