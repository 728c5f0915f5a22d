#include "features/backups/log_shipping_service.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <map>
#include <system_error>
#include <utility>

#include "base/limits.h"
#include "base/log.h"
#include "features/accounts/avatar_key.h"
#include "features/backups/object_batch_service.h"
#include "features/photos/photo.h"

namespace picsharz::backups {

namespace {

constexpr std::string_view spool_name = ".spool-log";
constexpr std::int64_t early_bytes = 8 * limits::MiB;  // that wait: a round before its time
constexpr std::int64_t segment_bytes = 16 * limits::MiB;
constexpr std::size_t piece_bytes = std::size_t{1} << 20;
constexpr std::int64_t copied_at_once = 32 * limits::MiB;
constexpr std::size_t listed_together = 1'000;
constexpr int rows_at_once = 500;
constexpr std::size_t failed_most = 1'000;  // objects that are remembered because they failed
constexpr Micros lasting = 10 * minute;     // a generation that broke sooner lets the next one wait
constexpr int free_breaks = 3;  // more of them wait a minute at least: each base is kept for days
constexpr Micros longest_wait = hour;
constexpr std::int64_t room_every = 64 * limits::MiB;  // of a base
// What is shipped can be read again: a step is of several transactions of one second, and of one
// that is as large as the memory for all of them.
static_assert(segment_bytes + 2 * db::LogCopy::memory_most < steps_bytes_max / 2);

std::string read_piece(int file, std::int64_t offset) {
  std::string piece(piece_bytes, '\0');
  const ssize_t got = ::pread(file, piece.data(), piece.size(), offset);
  if (got < 0) storage::throw_storage_error(errno, "backups: the database's file");
  piece.resize(static_cast<std::size_t>(got));
  return piece;
}

std::int64_t bytes_of_database(const FileHandle& file) {
  struct stat info {};
  if (::fstat(file.descriptor(), &info) != 0) {
    storage::throw_storage_error(errno, "backups: the database's file");
  }
  return info.st_size;
}

// Bases that were on their way when a process was killed.
void sweep_spool(const std::string& directory) {
  storage::Spool(directory + "/" + std::string(spool_name), 0).sweep();
}

// The last base from before the first moment that is kept stays, and what it needs. `current`: a
// generation that may have no base yet.
void remove_before(Vault& vault, Micros first, std::string_view current) {
  const auto files = log_files(vault);
  Micros oldest = 0;
  for (const LogFile& file : files) {
    if (file.what == LogFile::What::base && file.at <= first) oldest = std::max(oldest, file.at);
  }
  struct Need {
    std::int64_t step;
    Micros at;
  };
  std::map<std::string, Need> kept;  // by generation: what its first base needs
  for (const LogFile& file : files) {
    if (file.what != LogFile::What::base || file.at < oldest) continue;
    const auto [entry, fresh] = kept.try_emplace(file.generation, Need{file.first, file.at});
    if (!fresh) entry->second.step = std::min(entry->second.step, file.first);
  }
  for (const LogFile& file : files) {
    const auto found = kept.find(file.generation);
    if (found == kept.end() && file.generation == current) continue;
    const bool needed = found != kept.end() &&
                        (file.what == LogFile::What::steps ? file.last >= found->second.step
                                                           : file.at + day >= found->second.at);
    if (!needed) vault.remove(file.key());
  }
}

}  // namespace

bool has_room_for(const std::string& folder, std::int64_t bytes) {
  std::error_code failure;
  const auto space = std::filesystem::space(folder, failure);
  if (failure) return true;  // whoever writes will say so
  return space.available >= space.capacity / 10 + static_cast<std::uintmax_t>(bytes);
}

// Copies objects and writes down which: some at a time.
class LogShipper::Listing {
 public:
  explicit Listing(LogShipper& shipper) : shipper_(shipper), batch_(shipper.vault_) {}

  // `sha256`: "", nobody knows it yet.
  void add(const std::string& key, const std::string& sha256, std::int64_t bytes) {
    if (!sha256.empty() && shipper_.vault_.has(vault_object_key(sha256))) {
      batch_.note(sha256);
      objects_.push_back({key, sha256, bytes});
    } else if (const auto file = open(key)) {
      copy(key, *file);
    }
    if (objects_.size() >= listed_together) flush();
  }

  std::int64_t copied() const { return copied_; }

  void flush() {
    if (objects_.empty()) return;
    batch_.flush();
    const std::string text = text_of(std::exchange(objects_, {}));
    const LogFile list{.what = LogFile::What::objects,
                       .generation = shipper_.generation_,
                       .at = shipper_.clock_.now(),
                       .sha256 = crypto::hex(crypto::sha256(text))};
    shipper_.vault_.put_text(list.key(), text);
  }

 private:
  // What their own disk does not give any more must not keep all others, and the log, waiting.
  std::shared_ptr<const FileHandle> open(const std::string& key) {
    try {
      auto file = shipper_.source_.open(key);
      if (!file) shipper_.failed_.erase(key);  // it is gone
      return file;
    } catch (const storage::StorageError& failure) {
      note_unreadable(key, failure);
      return nullptr;
    }
  }
  std::optional<ObjectBatch::Object> read(const std::string& key, const FileHandle& file) {
    try {
      return batch_.read(file);
    } catch (const std::system_error& failure) {
      note_unreadable(key, failure);
      return std::nullopt;
    }
  }
  void note_unreadable(const std::string& key, const std::exception& failure) {
    if (shipper_.failed_.contains(key)) return;  // said already
    log_error("an object cannot be read", {{"object", key}, {"why", failure.what()}});
    if (shipper_.failed_.size() < failed_most) shipper_.failed_.insert(key);
  }

  void copy(const std::string& key, const FileHandle& file) {
    auto object = read(key, file);
    if (!object) return;
    shipper_.failed_.erase(key);
    objects_.push_back({key, object->sha256, object->bytes});
    if (shipper_.vault_.has(vault_object_key(object->sha256))) return batch_.note(object->sha256);
    copied_ += object->bytes;
    batch_.put(*std::move(object));
  }

  LogShipper& shipper_;
  ObjectBatch batch_;
  std::vector<LoggedObject> objects_;
  std::int64_t copied_ = 0;  // of all
};

LogShipper::LogShipper(db::Database& database, const Clock& clock, storage::ObjectStore& source,
                       Arrivals& arrivals, ShippingSettings settings)
    : database_(database),
      clock_(clock),
      source_(source),
      arrivals_(arrivals),
      settings_(std::move(settings)),
      vault_(settings_.directory, vault_key(settings_.secret), spool_name),
      copy_(database, clock) {}

void LogShipper::step() {
  if (!alone_) {
    alone_ = VaultLock::take(vault_, VaultLock::Patience::none, VaultLock::shipping);
    if (!alone_) {
      throw storage::StorageError(
          "Another process ships its log to this target. Give each instance a backups.directory of "
          "its own.");
    }
    sweep_spool(settings_.directory);
  }
  const Micros now = clock_.steady();
  if (const auto why = copy_.broken()) {
    if (!generation_.empty()) {  // whatever came before is good
      need_room(0);
      ship_round();
    }
    if (begun_at_ != 0 && now - begun_at_ < wait_for_base()) return;
    if (!generation_.empty()) log_warning("the log is copied anew", {{"why", *why}});
    begin_generation();
  }
  copy_.copy();
  if (is_due()) ship();
  if (copy_.broken()) return;
  if (!based_ || clock_.steady() - base_at_ >= settings_.base_every) make_base();
  if (!listed_ && based_) list_all();
}

void LogShipper::ship_now() {
  step();
  if (!copy_.broken()) ship();
}

void LogShipper::end() {
  if (based_ && !copy_.broken()) ship();
}

void LogShipper::begin_generation() {
  const Micros now = clock_.steady();
  breaks_ = begun_at_ != 0 && now - begun_at_ < lasting ? breaks_ + 1 : 0;
  begun_at_ = now;
  waiting_.clear();
  based_ = listed_ = false;
  round_at_ = now;
  generation_ = id_of(clock_.now()) + "-" + crypto::hex(crypto::random_bytes(4));
  copy_.begin();
}

Micros LogShipper::wait_for_base() const {
  if (breaks_ == 0) return 0;
  return std::clamp(10 * base_took_, breaks_ > free_breaks ? minute : 0, longest_wait);
}

bool LogShipper::is_due() {
  return clock_.steady() - round_at_ >= settings_.every || copy_.waiting_bytes() >= early_bytes;
}

// Between two pieces of something long.
void LogShipper::pause() {
  if (!settings_.go_on()) throw Stopped();
  copy_.copy();
  if (is_due()) ship();
}

void LogShipper::need_room(std::int64_t bytes) const {
  if (settings_.has_room(settings_.directory, bytes)) return;
  throw storage::StorageError(
      "The disk of the backups is nearly full: the log is not copied. Make room there, or name "
      "another disk with backups.directory.");
}

void LogShipper::ship() {
  need_room(0);
  // What a round before could not bring.
  if (!waiting_.empty()) ship_round();
  const Micros begun = clock_.steady();
  const Micros now = clock_.now();
  copy_.copy(true);
  const bool complete = ship_round();
  round_at_ = begun;
  if (!complete || copy_.broken() || !based_) return;
  put_shipped_at(vault_, now);
  shipped_at_ = now;
}

// Objects are stored before the rows that speak of them: so the steps are those of before, and what
// is committed while objects are copied goes with the next round. False as ship_arrivals().
bool LogShipper::ship_round() {
  if (waiting_.empty()) take_steps();
  const bool complete = ship_arrivals();
  ship_steps();
  return complete;
}

void LogShipper::take_steps() {
  for (Steps some; !(some = copy_.take(segment_bytes)).empty();) {
    waiting_.push_back(std::move(some));
  }
}

void LogShipper::ship_steps() {
  for (; !waiting_.empty(); waiting_.pop_front()) {
    const Steps& steps = waiting_.front();
    const auto parcel = vault_.begin();
    parcel->write(text_of(steps));
    const LogFile file{.what = LogFile::What::steps,
                       .generation = generation_,
                       .first = steps.front().number,
                       .last = steps.back().number,
                       .since = steps.front().at,
                       .at = steps.back().at,
                       .sha256 = parcel->sha256()};
    vault_.put(file.key(), *parcel);
  }
}

// False: some wait for the next round.
bool LogShipper::ship_arrivals() {
  // What a round before could not bring, and what came since.
  arrived_.insert(failed_.begin(), failed_.end());
  for (int turn = 0; turn < 2; ++turn) {
    if (arrived_.empty()) {
      auto taken = arrivals_.take();
      arrived_ = std::move(taken.keys);
      missed_ = missed_ || !taken.all;
      listed_ = listed_ && taken.all;
    }
    if (arrived_.empty()) return true;
    const auto lock = VaultLock::take(vault_, VaultLock::Patience::some, VaultLock::unlisted);
    if (!lock) return false;
    Listing listing(*this);
    for (const std::string& key : arrived_) listing.add(key, "", 0);
    listing.flush();
    arrived_.clear();
  }
  return true;
}

void LogShipper::make_base() {
  const Micros begun = clock_.steady();
  LogFile base{.what = LogFile::What::base, .generation = generation_};
  base.first = copy_.first_needed();
  remove_old();  // its room may be what this one needs
  const auto file = db::log_files(database_).database;
  need_room(bytes_of_database(*file));
  const auto parcel = vault_.begin();
  std::int64_t at = 0;
  std::int64_t looked = 0;
  for (std::string piece; !(piece = read_piece(file->descriptor(), at)).empty();) {
    if (at - looked >= room_every) {
      need_room(room_every);
      looked = at;
    }
    parcel->write(piece);
    at += static_cast<std::int64_t>(piece.size());
    pause();
  }
  // Whatever a checkpoint may have brought into what was read is in these steps.
  ship();
  copy_.copy(true);
  base_took_ = clock_.steady() - begun;
  if (copy_.broken()) return;
  base.last = copy_.last_step();
  base.at = clock_.now();
  ship_round();
  base.sha256 = parcel->sha256();
  vault_.put(base.key(), *parcel);
  base_at_ = clock_.steady();
  base_took_ = base_at_ - begun;
  based_ = true;
  listed_ = false;
  log_info("base of the log copied", {{"generation", generation_}, {"bytes", at}});
  ship();
  remove_old();
}

// All objects that the rows speak of, whenever they came.
void LogShipper::list_all() {
  missed_ = false;
  // A round may come between some, however large they are.
  const auto each = [&](const auto& rows, const auto& add) {
    for (std::size_t next = 0; next < rows.size(); pause()) {
      const auto lock = VaultLock::take(vault_, VaultLock::Patience::some, VaultLock::unlisted);
      if (!lock) throw storage::StorageError("backups: objects are being swept");
      Listing listing(*this);
      while (next < rows.size() && listing.copied() < copied_at_once) add(listing, rows[next++]);
      listing.flush();
    }
  };
  for (std::string after;;) {
    std::vector<RenditionSeen> renditions;
    const auto originals = database_.read([&](db::Tx& tx) {
      auto found = rows_.originals(tx, after, rows_at_once);
      if (!found.empty()) renditions = rows_.renditions(tx, after, found.back().sha256);
      return found;
    });
    if (originals.empty()) break;
    each(originals, [](Listing& listing, const OriginalSeen& row) {
      listing.add(photos::original_key(row.sha256), row.sha256, row.bytes);
    });
    each(renditions, [](Listing& listing, const RenditionSeen& row) {
      listing.add(photos::rendition_key(row.original, row.name), row.sha256, row.bytes);
    });
    after = originals.back().sha256;
  }
  for (AccountId after{};;) {
    const auto avatars =
        database_.read([&](db::Tx& tx) { return rows_.avatars(tx, after, rows_at_once); });
    if (avatars.empty()) break;
    each(avatars, [](Listing& listing, const AvatarSeen& row) {
      for (const int size : accounts::avatar_sizes) {
        listing.add(accounts::avatar_key(row.avatar, std::to_string(size)), "", 0);
      }
    });
    after = avatars.back().account;
  }
  listed_ = !missed_;  // else once more: rows that came meanwhile may lie behind
}

void LogShipper::remove_old() {
  remove_before(vault_, clock_.now() - settings_.days * day, generation_);
}

void expire_log(const std::string& directory, const Clock& clock, int days) {
  std::error_code failure;
  if (!std::filesystem::exists(directory + "/log", failure)) return;
  Vault vault(directory, std::optional<crypto::SealKey>(), spool_name);
  const auto alone = VaultLock::take(vault, VaultLock::Patience::none, VaultLock::shipping);
  if (!alone) return;
  sweep_spool(directory);
  const Micros first = clock.now() - days * day;
  const auto files = log_files(vault);
  if (std::ranges::any_of(files, [&](const LogFile& file) { return file.at > first; })) {
    return remove_before(vault, first, "");
  }
  for (const LogFile& file : files) vault.remove(file.key());
  forget_shipped_at(vault);
  if (!files.empty()) log_info("the log beside the backups has expired");
}

}  // namespace picsharz::backups
