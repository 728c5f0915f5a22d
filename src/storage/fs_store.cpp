// ObjectStore on the local disk. The order of put is what makes it durable: the bytes are synced
// under a temporary name, renamed into place, and the directory that holds the name is synced. It
// takes every step also where the object is there: how long a put takes tells nobody what others
// have stored.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <functional>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "storage/object_key.h"
#include "storage/spool.h"

namespace picsharz::storage {

namespace {

constexpr std::size_t copy_piece = 262'144;
constexpr std::size_t turns = 64;
constexpr std::size_t known_directories = 10'000;

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

class FsStore final : public ObjectStore {
 public:
  FsStore(std::string root, FileSystem& files, std::int64_t reserve)
      : root_(std::move(root)),
        files_(files),
        temporary_(root_ + "/.tmp", reserve, files),
        opened_root_(::open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC), 0) {
    if (root_fd() < 0) throw_storage_error(errno, "store: open root");
    temporary_.sweep();
  }

  void put(std::string_view key, SpoolFile& spooled) override {
    check_key(key);
    const std::string path(key);
    // Here, so that nobody who waits for a turn waits for the bytes of another.
    spooled.sync();
    const std::lock_guard turn(turn_of(key));
    make_directories(path);
    if (on_this_file_system(spooled)) return move_in(path, spooled);
    const auto copy = temporary_.create();
    while (copy->size() < spooled.size()) {
      const std::string piece = spooled.read(copy->size(), copy_piece);
      if (piece.empty()) throw StorageError("store: the spooled file is shorter than was written");
      copy->write(piece);
    }
    move_in(path, *copy);
  }

  void put_all(std::span<const NewObject> objects) override { put_in(objects, Folder::any); }

  void put_folder(std::span<const NewObject> objects) override {
    put_in(objects, Folder::of_these);
  }

  bool has_room() override { return temporary_.has_room(); }

  bool confirm(std::string_view key) override {
    check_key(key);
    const std::string path(key);
    const std::lock_guard turn(turn_of(key));
    // The bytes of an object that has its name are synced, the name perhaps not: an earlier process
    // may have been killed between the rename and the sync of the directory.
    if (!is_object(path)) return false;
    make_directories(path);
    sync_directory(parent_of(path));
    return true;
  }

  std::shared_ptr<const FileHandle> open(std::string_view key) override {
    check_key(key);
    const int descriptor =
        ::openat(root_fd(), std::string(key).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0 && (errno == ENOENT || errno == ENOTDIR)) return nullptr;
    if (descriptor < 0) throw_storage_error(errno, "store: open");
    struct stat info {};
    if (::fstat(descriptor, &info) != 0) {
      const int error = errno;
      ::close(descriptor);
      throw_storage_error(error, "store: fstat");
    }
    auto handle = std::make_shared<const FileHandle>(descriptor, info.st_size);
    return S_ISREG(info.st_mode) ? handle : nullptr;
  }

  bool remove(std::string_view key) override {
    check_key(key);
    const std::string path(key);
    const std::lock_guard turn(turn_of(key));
    if (!is_object(path)) return false;
    // Not synced: what a power failure brings back has no row and is swept as an orphan.
    if (files_.remove(root_fd(), path) == 0) return true;
    if (errno == ENOENT) return false;
    throw_storage_error(errno, "store: remove");
  }

  void list(std::string_view prefix,
            const std::function<void(std::string_view, std::int64_t)>& each) override {
    const std::size_t slash = prefix.rfind('/');
    const std::string below(slash == std::string_view::npos ? "" : prefix.substr(0, slash));
    if (!below.empty()) check_key(below);
    walk(below, [&](const std::string& key, std::int64_t bytes) {
      if (std::string_view(key).starts_with(prefix)) each(key, bytes);
    });
  }

 private:
  enum class Folder { any, of_these };

  void put_in(std::span<const NewObject> objects, Folder folder) {
    for (const NewObject& object : objects) check_key(object.key);
    const auto held = turns_of(objects);
    std::vector<std::string> moved;
    try {
      std::set<std::string> directories;
      for (const auto& [key, bytes] : objects) {
        if (directories.insert(parent_of(key)).second) make_directories(key, folder);
        const bool replaces = is_object(key);
        const auto file = temporary_.create();
        file->write(bytes);
        rename_to(key, *file);
        if (!replaces) moved.push_back(key);
      }
      for (const std::string& directory : directories) sync_directory(directory);
    } catch (...) {
      for (const std::string& path : moved) files_.remove(root_fd(), path);
      throw;
    }
  }

  int root_fd() const { return opened_root_.descriptor(); }

  // Puts and removals of one key take turns: otherwise a put that fails to sync would take its
  // object away under another that has just found it there and called it stored.
  std::mutex& turn_of(std::string_view key) {
    return turns_[std::hash<std::string_view>{}(key) % turns];
  }

  // In one order, so that no two callers wait for each other.
  std::vector<std::unique_lock<std::mutex>> turns_of(std::span<const NewObject> objects) {
    std::set<std::mutex*> wanted;
    for (const NewObject& object : objects) wanted.insert(&turn_of(object.key));
    std::vector<std::unique_lock<std::mutex>> taken;
    taken.reserve(wanted.size());
    for (std::mutex* const turn : wanted) taken.emplace_back(*turn);
    return taken;
  }

  bool is_object(const std::string& path) const {
    struct stat info {};
    if (::fstatat(root_fd(), path.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0) {
      return S_ISREG(info.st_mode);
    }
    if (errno == ENOENT || errno == ENOTDIR) return false;
    throw_storage_error(errno, "store: stat");
  }

  bool on_this_file_system(const SpoolFile& spooled) const {
    struct stat mine {
    }, other{};
    if (::fstat(root_fd(), &mine) != 0 || ::fstat(spooled.descriptor(), &other) != 0) {
      throw_storage_error(errno, "store: fstat");
    }
    return mine.st_dev == other.st_dev;
  }

  void rename_to(const std::string& path, SpoolFile& file) {
    file.sync();
    if (files_.rename(file.path(), root_fd(), path) != 0) {
      throw_storage_error(errno, "store: rename");
    }
    file.release();
  }

  // Over what is there, if anything is: its bytes are these, but whoever sends them must not learn
  // of it by a rename that does not happen and a sync that has nothing to do.
  void move_in(const std::string& path, SpoolFile& file) {
    const bool replaces = is_object(path);
    rename_to(path, file);
    try {
      sync_directory(parent_of(path));
    } catch (...) {
      if (!replaces) files_.remove(root_fd(), path);
      throw;
    }
  }

  enum class Change { real, pretended };

  // A sync of what did not change would be quick.
  void sync_directory(const std::string& path, Change change = Change::real) {
    const int descriptor =
        ::openat(root_fd(), path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0) throw_storage_error(errno, "store: open directory");
    int outcome = change == Change::pretended ? files_.touch(descriptor) : 0;
    if (outcome == 0) outcome = files_.sync(descriptor);
    const int error = errno;
    ::close(descriptor);
    if (outcome != 0) throw_storage_error(error, "store: fsync directory");
  }

  // Every directory above `path` exists and its own name is synced. One that this process has not
  // synced yet is synced even if it exists: who made it may have been killed before doing so.
  // The last one, where it is made for objects that are the first in it, costs the same where it is
  // there.
  void make_directories(const std::string& path, Folder folder = Folder::any) {
    for (std::size_t slash = path.find('/'); slash != std::string::npos;
         slash = path.find('/', slash + 1)) {
      const std::string directory = path.substr(0, slash);
      const bool made = files_.make_directory(root_fd(), directory) == 0;
      if (!made && errno != EEXIST) throw_storage_error(errno, "store: make directory");
      const bool last = path.find('/', slash + 1) == std::string::npos;
      const bool as_if_made = folder == Folder::of_these && last && !made;
      if (!made && !as_if_made && known(directory)) continue;
      sync_directory(parent_of(directory), as_if_made ? Change::pretended : Change::real);
      remember(directory);
    }
  }

  bool known(const std::string& directory) {
    const std::lock_guard lock(mutex_);
    return synced_.contains(directory);
  }

  void remember(const std::string& directory) {
    const std::lock_guard lock(mutex_);
    if (synced_.size() >= known_directories) synced_.clear();
    synced_.insert(directory);
  }

  void walk(const std::string& below,
            const std::function<void(const std::string&, std::int64_t)>& each) const {
    namespace fs = std::filesystem;
    const fs::path base = fs::path(root_) / below;
    std::error_code error;
    fs::recursive_directory_iterator entry(base, error);
    if (error == std::errc::no_such_file_or_directory) return;
    if (error == std::errc::not_a_directory) return;
    for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
      if (entry->path().filename().native().front() == '.') {  // ours: temporary files
        entry.disable_recursion_pending();
        continue;
      }
      std::error_code vanished;
      if (!entry->is_regular_file(vanished)) continue;
      const auto bytes = entry->file_size(vanished);
      if (vanished) continue;
      each(entry->path().lexically_relative(root_).string(), static_cast<std::int64_t>(bytes));
    }
    if (error) throw_storage_error(error.value(), "store: list");
  }

  const std::string root_;
  FileSystem& files_;
  Spool temporary_;
  const FileHandle opened_root_;
  std::array<std::mutex, turns> turns_;
  std::mutex mutex_;  // of synced_
  std::set<std::string> synced_;
};

}  // namespace

std::unique_ptr<ObjectStore> open_fs_store(std::string root, FileSystem& files,
                                           std::int64_t reserve) {
  return std::make_unique<FsStore>(std::move(root), files, reserve);
}

}  // namespace picsharz::storage
