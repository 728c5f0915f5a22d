#include "features/backups/vault_service.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <system_error>
#include <thread>
#include <utility>

#include "base/file_handle.h"
#include "features/backups/manifest_rules.h"

namespace picsharz::backups {

namespace {

constexpr std::size_t piece_bytes = 262'144;
constexpr std::size_t text_max = std::size_t{64} << 20;
constexpr mode_t only_owner = 0700;
constexpr std::string_view owner_note = ".owner";
constexpr std::string_view suspects_note = ".suspects";
constexpr std::string_view bytes_note = ".object-bytes";
constexpr const char* scratch_lock = "lock";

// One that is there already is somebody's, who has said who may enter it.
std::string made(const std::string& directory) {
  std::error_code failure;
  const bool fresh = std::filesystem::create_directories(directory, failure);
  if (failure) storage::throw_storage_error(failure.value(), "backups: " + directory);
  if (fresh) ::chmod(directory.c_str(), only_owner);
  return directory;
}

// What the disk cannot read any more is as bad as what was altered.
std::string piece_of(const FileHandle& file, std::int64_t at) {
  try {
    return file.read(at, piece_bytes);
  } catch (const std::system_error& failure) {
    throw Damaged(std::string("unreadable: ") + failure.what());
  }
}

void for_pieces(const FileHandle& file, FunctionRef<void(std::string_view)> take) {
  for (std::int64_t at = 0; at < file.size();) {
    const std::string piece = piece_of(file, at);
    if (piece.empty()) break;  // it became shorter: its hash will say so
    take(piece);
    at += static_cast<std::int64_t>(piece.size());
  }
}

std::optional<std::string> note_in(const std::string& directory, std::string_view name) {
  std::ifstream file(directory + "/" + std::string(name), std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// nullopt: it has no such line, or an empty one, where whoever began it was killed.
std::optional<std::string> line_of_owner(const std::string& directory, int number) {
  const auto note = note_in(directory, owner_note);
  if (!note) return std::nullopt;
  std::istringstream lines(*note);
  std::string line;
  for (int at = 0; at <= number; ++at) {
    if (!std::getline(lines, line)) return std::nullopt;
  }
  return line.empty() ? std::nullopt : std::optional(line);
}

// The lock is held until it is gone: whoever makes a folder just now finds out.
void remove_if_abandoned(const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  std::error_code failure;
  const int descriptor = ::open((folder / scratch_lock).c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor < 0) {
    // Of a version that had no locks, or of somebody who is about to have one.
    const auto changed = fs::last_write_time(folder, failure);
    const bool old = !failure && fs::file_time_type::clock::now() - changed > std::chrono::hours(1);
    if (old) fs::remove_all(folder, failure);
    return;
  }
  const FileHandle lock(descriptor, 0);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) fs::remove_all(folder, failure);
}

}  // namespace

bool has_room(const std::string& folder) {
  std::error_code failure;
  const auto space = std::filesystem::space(folder, failure);
  return failure || space.available >= space.capacity / 10;
}

void sweep_scratch(const std::string& base) {
  std::error_code failure;
  std::vector<std::filesystem::path> folders;
  std::filesystem::directory_iterator entry(base, failure);
  for (; !failure && entry != std::filesystem::directory_iterator(); entry.increment(failure)) {
    folders.push_back(entry->path());
  }
  for (const auto& folder : folders) remove_if_abandoned(folder);
}

ScratchFolder::ScratchFolder(const std::string& base) {
  sweep_scratch(made(base));
  for (;;) {
    path_ = made(base + "/" + crypto::hex(crypto::random_bytes(8)));
    const std::string path = path_ + "/" + scratch_lock;
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0 && errno == ENOENT) continue;  // somebody has swept it
    if (descriptor < 0) storage::throw_storage_error(errno, "backups: " + path);
    lock_.emplace(descriptor, 0);
    const bool locked = ::flock(descriptor, LOCK_EX | LOCK_NB) == 0;
    if (!locked && errno != EWOULDBLOCK) storage::throw_storage_error(errno, "backups: " + path);
    struct stat info {};
    if (locked && ::fstat(descriptor, &info) == 0 && info.st_nlink > 0) return;
  }
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::optional<std::string> owner_of(const std::string& directory) {
  return line_of_owner(directory, 0);
}

std::optional<std::string> marked_secret_of(const std::string& directory) {
  return line_of_owner(directory, 1);
}

std::string secret_mark(const std::optional<crypto::SealKey>& key) {
  return key ? crypto::hex(crypto::HmacKey(key->view()).sign("target")) : "plain";
}

std::optional<crypto::SealKey> vault_key(std::string_view secret) {
  if (secret.empty()) return std::nullopt;
  auto key = crypto::SealKey::from_secret(secret, "picsharz backups");
  if (!key) throw storage::StorageError("backups: the secret needs 16 characters or more");
  return key;
}

std::shared_ptr<const FileHandle> open_file(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) storage::throw_storage_error(errno, "backups: open " + path);
  struct stat info {};
  const int outcome = ::fstat(descriptor, &info);
  auto file = std::make_shared<const FileHandle>(descriptor, info.st_size);
  if (outcome != 0) storage::throw_storage_error(errno, "backups: fstat " + path);
  return file;
}

std::string vault_object_key(std::string_view sha256) {
  return std::string("objects/").append(sha256.substr(0, 2)).append("/").append(sha256);
}

std::string vault_file_key(std::string_view id, std::string_view file) {
  return std::string(id).append("/").append(file);
}

Parcel::Parcel(std::unique_ptr<storage::SpoolFile> file, const std::optional<crypto::SealKey>& key)
    : file_(std::move(file)), sealer_(key ? std::make_unique<crypto::Sealer>(*key) : nullptr) {}

void Parcel::write(std::string_view piece) {
  hash_.update(piece);
  bytes_ += static_cast<std::int64_t>(piece.size());
  if (sealer_) {
    file_->write(sealer_->write(piece));
  } else {
    file_->write(piece);
  }
}

const std::string& Parcel::sha256() {
  if (!sha256_.empty()) return sha256_;
  if (sealer_) file_->write(sealer_->finish());
  return sha256_ = crypto::hex(hash_.finish());
}

Vault::Vault(const std::string& directory, std::string_view secret, const std::string& scratch)
    : Vault(directory, vault_key(secret), ".spool", scratch) {}

Vault::Vault(const std::string& directory, std::optional<crypto::SealKey> key,
             std::string_view spool, const std::string& scratch, storage::FileSystem& files)
    : directory_(made(directory)),
      scratch_base_(scratch.empty() ? directory_ + "/.scratch" : scratch),
      key_(std::move(key)),
      store_(storage::open_fs_store(directory_, files)),
      place_(place_of(directory_)),
      spool_(directory_ + "/" + std::string(spool), 0, files) {}

std::optional<Vault::Place> Vault::place_of(const std::string& directory) {
  struct stat info {};
  if (::stat(directory.c_str(), &info) != 0) return std::nullopt;
  return Place{info.st_dev, info.st_ino};
}

bool Vault::is_here() const { return place_ && place_of(directory_) == place_; }

std::string Vault::scratch(std::string_view name) {
  if (!scratch_) scratch_ = std::make_unique<ScratchFolder>(scratch_base_);
  return made(scratch_->path() + "/" + std::string(name));
}

std::unique_ptr<Parcel> Vault::begin() { return std::make_unique<Parcel>(spool_.create(), key_); }

void Vault::put(std::string_view key, Parcel& parcel) {
  (void)parcel.sha256();
  store_->put(key, *parcel.file_);
}

BackupFile Vault::put_file(std::string_view id, std::string_view file, const std::string& path) {
  const auto parcel = begin();
  for_pieces(*open_file(path), [&](std::string_view piece) { parcel->write(piece); });
  put(vault_file_key(id, file), *parcel);
  return {std::string(file), parcel->bytes(), parcel->sha256()};
}

std::string Vault::seal(std::string_view content) const {
  if (!key_) return std::string(content);
  crypto::Sealer sealer(*key_);
  std::string sealed = sealer.write(content);
  return sealed += sealer.finish();
}

void Vault::put_objects(const std::vector<std::string>& contents) {
  // Each once, also where two objects have the same bytes.
  std::map<std::string, std::string> sealed;
  for (const std::string& content : contents) {
    auto [entry, fresh] =
        sealed.try_emplace(vault_object_key(crypto::hex(crypto::sha256(content))));
    if (fresh) entry->second = seal(content);
  }
  std::vector<storage::NewObject> objects;
  objects.reserve(sealed.size());
  for (const auto& [key, bytes] : sealed) objects.push_back({key, bytes});
  if (!objects.empty()) store_->put_all(objects);
}

void Vault::put_text(std::string_view key, std::string_view text) { store_->put_bytes(key, text); }

bool Vault::has(std::string_view key) { return store_->open(key) != nullptr; }

bool Vault::holds(std::string_view sha256) {
  const std::string key = vault_object_key(sha256);
  try {
    return has(key) && read(key, [](std::string_view) {}) == sha256;
  } catch (const Damaged&) {
    return false;
  }
}

void Vault::confirm(const std::vector<std::string>& hashes) {
  std::set<std::string> directories;
  for (const std::string& hash : hashes) {
    if (directories.insert(hash.substr(0, 2)).second) store_->confirm(vault_object_key(hash));
  }
}

std::string Vault::read(std::string_view key, Take take) {
  const auto file = store_->open(key);
  if (!file) throw Damaged("missing: " + std::string(key));
  crypto::Sha256 hash;
  const auto pass = [&](std::string_view piece) {
    hash.update(piece);
    take(piece);
  };
  if (!key_) {
    for_pieces(*file, pass);
    return crypto::hex(hash.finish());
  }
  crypto::Unsealer unsealer(*key_);
  const auto opened = [&](const std::optional<std::string>& piece) {
    if (!piece) throw Damaged("altered, or sealed with another secret: " + std::string(key));
    if (!piece->empty()) pass(*piece);
  };
  for_pieces(*file, [&](std::string_view piece) { opened(unsealer.write(piece)); });
  opened(unsealer.finish());
  return crypto::hex(hash.finish());
}

void Vault::fetch(std::string_view key, std::string_view sha256, const std::string& path) {
  std::filesystem::remove(path);
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) storage::throw_storage_error(errno, "backups: create " + path);
  const FileHandle file(descriptor, 0);
  const std::string found = read(key, [&](std::string_view piece) {
    while (!piece.empty()) {
      const ssize_t written = ::write(descriptor, piece.data(), piece.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) storage::throw_storage_error(errno, "backups: write " + path);
      piece.remove_prefix(static_cast<std::size_t>(written));
    }
  });
  if (found != sha256) throw Damaged("altered: " + std::string(key));
}

std::optional<std::string> Vault::text(std::string_view key) {
  const auto file = store_->open(key);
  if (!file) return std::nullopt;
  if (file->size() > static_cast<std::int64_t>(text_max))
    throw Damaged("too long: " + std::string(key));
  std::string text;
  for_pieces(*file, [&](std::string_view piece) { text += piece; });
  return text;
}

void Vault::remove(std::string_view key) { store_->remove(key); }

std::vector<std::string> Vault::keys(std::string_view prefix) {
  std::vector<std::string> found;
  store_->list(prefix, [&](std::string_view key, std::int64_t) { found.emplace_back(key); });
  return found;
}

std::int64_t Vault::bytes(std::string_view prefix) {
  std::int64_t sum = 0;
  store_->list(prefix, [&](std::string_view, std::int64_t bytes) { sum += bytes; });
  return sum;
}

std::int64_t Vault::object_bytes() {
  const auto note = note_in(directory_, bytes_note);
  std::int64_t sum = 0;
  if (note && std::from_chars(note->data(), note->data() + note->size(), sum).ec == std::errc()) {
    return sum;
  }
  return count_objects();
}

std::int64_t Vault::count_objects() {
  const std::int64_t sum = bytes("objects/");
  try {
    put_note(bytes_note, std::to_string(sum) + "\n");
  } catch (const storage::StorageError&) {
    return sum;  // of a disk that may only be read: it is counted again
  }
  return sum;
}

std::set<std::string, std::less<>> Vault::suspects() const {
  std::istringstream lines(note_in(directory_, suspects_note).value_or(""));
  std::set<std::string, std::less<>> hashes;
  for (std::string line; std::getline(lines, line);) hashes.insert(line);
  return hashes;
}

void Vault::put_suspects(const std::set<std::string, std::less<>>& hashes) {
  std::string text;
  for (const std::string& hash : hashes) text.append(hash).append("\n");
  put_note(suspects_note, text);
}

void Vault::put_owner(std::string_view instance) {
  put_note(owner_note, std::string(instance) + "\n" + secret_mark(key_) + "\n");
}

// Beside it first, so that nobody reads half of it.
void Vault::put_note(std::string_view name, std::string_view text) {
  const std::string path = directory_ + "/" + std::string(name);
  const std::string fresh = path + "-" + crypto::hex(crypto::random_bytes(4));
  std::ofstream file(fresh, std::ios::binary);
  file << text;
  file.close();
  std::error_code failure;
  if (file) std::filesystem::rename(fresh, path, failure);
  if (file && !failure) return;
  std::filesystem::remove(fresh, failure);
  throw storage::StorageError("backups: " + path + " cannot be written");
}

std::vector<std::string> Vault::ids() {
  std::vector<std::string> ids;
  for (const auto& entry : std::filesystem::directory_iterator(directory_)) {
    std::string name = entry.path().filename().string();
    if (is_id(name) && has(vault_file_key(name, "manifest.json"))) ids.push_back(std::move(name));
  }
  std::ranges::sort(ids, std::greater());
  return ids;
}

std::optional<Manifest> Vault::manifest(std::string_view id) {
  if (!is_id(id)) return std::nullopt;
  const auto written = text(vault_file_key(id, "manifest.json"));
  if (!written) return std::nullopt;
  const auto hash = text(vault_file_key(id, "manifest.sha256"));
  if (!hash || *hash != crypto::hex(crypto::sha256(*written))) {
    throw Damaged("altered: the manifest of " + std::string(id));
  }
  auto manifest = read_manifest(*written);
  if (!manifest || manifest->id != id) {
    throw Damaged("of another version: the manifest of " + std::string(id));
  }
  return manifest;
}

void Vault::put_manifest(const Manifest& manifest) {
  const std::string text = text_of(manifest);
  put_text(vault_file_key(manifest.id, "manifest.sha256"), crypto::hex(crypto::sha256(text)));
  put_text(vault_file_key(manifest.id, "manifest.json"), text);
}

std::optional<Proof> Vault::proof(std::string_view id) {
  const auto written = text(vault_file_key(id, "proof.json"));
  return written ? read_proof(*written) : std::nullopt;
}

void Vault::put_proof(std::string_view id, const Proof& proof) {
  put_text(vault_file_key(id, "proof.json"), text_of(proof));
}

// The manifest first: what is left after a crash is no backup, and is swept.
void Vault::remove_backup(std::string_view id) {
  if (!is_id(id)) return;
  store_->remove(vault_file_key(id, "manifest.json"));
  std::filesystem::remove_all(std::filesystem::path(directory_) / id);
}

void Vault::sweep() {
  namespace fs = std::filesystem;
  spool_.sweep();
  sweep_scratch(scratch_base_);
  // Where an earlier version had it.
  sweep_scratch(directory_ + "/.scratch");
  std::error_code ignored;
  fs::remove_all(fs::path(directory_) / ".rebuild", ignored);
  std::vector<fs::path> left;
  for (const auto& entry : fs::directory_iterator(directory_)) {
    const std::string name = entry.path().filename().string();
    if (is_id(name) && !has(vault_file_key(name, "manifest.json"))) left.push_back(entry.path());
  }
  for (const fs::path& path : left) fs::remove_all(path, ignored);
}

std::unique_ptr<VaultLock> VaultLock::take(const Vault& vault, Patience patience,
                                           std::string_view name) {
  const std::string path = vault.directory() + "/" + std::string(name);
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) storage::throw_storage_error(errno, "backups: " + path);
  auto lock = std::make_unique<VaultLock>(descriptor);
  // The journal of deletions is copied in moments: whoever meets that may wait for its end.
  const auto until =
      std::chrono::steady_clock::now() +
      (patience == Patience::some ? std::chrono::seconds(5) : std::chrono::seconds(0));
  while (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (std::chrono::steady_clock::now() >= until) return nullptr;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return lock;
}

VaultLock::~VaultLock() { ::close(descriptor_); }

}  // namespace picsharz::backups
