#include "features/backups/keeping_service.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <ranges>
#include <set>
#include <system_error>
#include <tuple>
#include <utility>

#include "base/json.h"
#include "base/log.h"
#include "features/backups/backup_mails.h"
#include "features/backups/log_file_service.h"
#include "features/backups/log_rebuild_service.h"

namespace picsharz::backups {

namespace {

constexpr Micros progress_every = second;
constexpr int tries = 3;
constexpr Micros given_up = day;  // a job that was not done by then is dead
// A journal of before the oldest full backup is of no use; some days more, for clocks.
constexpr Micros journal_margin = 2 * day;
constexpr Micros just_begun = minute;  // whoever asked may not hold the lock yet
constexpr Micros next_turn = minute;   // where another is at work
constexpr Micros expired_every = day;
constexpr Micros proof_again = hour;  // where one could not be had
constexpr int steps_opened = 3;
constexpr int objects_opened = 3;
constexpr int failed_kept = 50;
constexpr const char* interrupted = "It was interrupted.";
constexpr const char* others_work = "Another backup is being made or looked at.";

std::unexpected<Error> last_one() {
  return fail(ErrorKind::conflict, "last_backup", "This is the last backup that is proved.",
              "Make another one first.");
}

std::unexpected<Error> target_missing(const std::string& directory) {
  return fail(ErrorKind::conflict, "target_missing",
              "The target of backups is not there: " + directory +
                  " has nothing of what was backed up before.",
              "Mount its disk. Where it is another one on purpose: picsharz backup --begin.");
}

std::unexpected<Error> target_of_another(const std::string& directory) {
  return fail(ErrorKind::conflict, "target_of_another",
              "The backups in " + directory + " are those of another instance.",
              "Name a folder of this one's own with backups.directory.");
}

std::unexpected<Error> target_of_nobody(const std::string& directory) {
  return fail(ErrorKind::conflict, "target_of_another",
              "This instance knows none of the backups in " + directory + ".",
              "Name a folder of its own with backups.directory. Where they are its own: picsharz "
              "backup --begin.");
}

std::unexpected<Error> target_of_another_secret(const std::string& directory) {
  return fail(ErrorKind::conflict, "target_of_another_secret",
              "What lies in " + directory +
                  " was written with another backups.secret_file, or "
                  "without one.",
              "Set the one that it was begun with, or name a new folder with backups.directory: a "
              "new secret needs a new one.");
}

std::unexpected<Error> backup_damaged(const Damaged& damage) {
  return fail(ErrorKind::conflict, "backup_damaged",
              std::string("This backup is damaged: ") + damage.what() + ".",
              "Look at another one, and make a new one.");
}

// Who has no secret, or another one, cannot judge; the proof that is there stays. A manifest that
// cannot be read is for the proof to name.
Result<void> check_secret(Vault& vault, std::string_view id) {
  try {
    const auto manifest = vault.manifest(id);
    if (!manifest || manifest->sealed == vault.sealed()) return {};
  } catch (const Damaged&) {
    return {};
  }
  return fail(ErrorKind::conflict, "wrong_secret",
              vault.sealed() ? "This backup is not sealed, and there is a secret of backups."
                             : "This backup is sealed, and there is no secret of backups.",
              "Run this with the backups.secret_file that it was made with.");
}

// With this vault's secret, or without one where it has none.
bool opens(Vault& vault, const std::string& key, std::string_view sha256) {
  try {
    return vault.read(key, [](std::string_view) {}) == sha256;
  } catch (const Damaged&) {
    return false;
  }
}

// By its smallest file, which may be the one that is damaged.
bool opens(Vault& vault, const Manifest& manifest) {
  if (manifest.sealed != vault.sealed()) return false;
  if (!manifest.sealed || manifest.tables.empty()) return true;
  const auto smallest = std::ranges::min_element(
      manifest.tables, {}, [](const BackupTable& table) { return table.file.bytes; });
  return opens(vault, vault_file_key(manifest.id, smallest->file.file), smallest->file.sha256);
}

// Of a target that does not say of which secret it is: its backups do, those that are proved first;
// where there are none, the log and objects that were copied. Where there is nothing it is
// anybody's.
bool is_of_its_secret(Vault& vault) {
  std::vector<Manifest> proved;
  std::vector<Manifest> others;
  for (const std::string& id : vault.ids()) {
    try {
      auto manifest = vault.manifest(id);
      const auto proof = vault.proof(id);
      if (manifest) (proof && proof->good ? proved : others).push_back(*std::move(manifest));
    } catch (const Damaged&) {
      continue;  // it says nothing
    }
  }
  const auto& backups = proved.empty() ? others : proved;
  const auto one_opens = [&](const Manifest& each) { return opens(vault, each); };
  if (!backups.empty()) return std::ranges::any_of(backups, one_opens);
  auto logged = log_files(vault);
  std::erase_if(logged, [](const LogFile& file) { return file.what != LogFile::What::steps; });
  const auto last = logged | std::views::reverse | std::views::take(steps_opened);
  const auto steps_open = [&](const LogFile& each) {
    return opens(vault, each.key(), each.sha256);
  };
  if (!logged.empty()) return std::ranges::any_of(last, steps_open);
  auto objects = vault.keys("objects/");
  objects.resize(std::min<std::size_t>(objects.size(), objects_opened));
  const auto object_opens = [&](const std::string& key) {
    return vault.holds(key.substr(key.rfind('/') + 1));
  };
  return objects.empty() || std::ranges::any_of(objects, object_opens);
}

bool has_manifest(Vault* vault, const std::string& id) {
  try {
    return vault != nullptr && vault->manifest(id).has_value();
  } catch (const std::exception&) {
    return false;
  }
}

// An id is the time at which it began.
Micros time_of_id(const std::string& id) {
  const auto part = [&](std::size_t at, std::size_t length) { return id.substr(at, length); };
  return read_moment(part(0, 4) + "-" + part(4, 2) + "-" + part(6, 2) + " " + part(9, 2) + ":" +
                     part(11, 2) + ":" + part(13, 2))
      .value_or(0);
}

// As it lies in the target. Damaged where its manifest is.
std::optional<BackupRow> row_in_target(Vault& vault, const std::string& id) {
  const auto manifest = vault.manifest(id);
  if (!manifest) return std::nullopt;
  const auto proof = vault.proof(id);
  BackupRow row{.id = id, .kind = manifest->kind, .asked_at = manifest->snapshot_at};
  row.state = !proof ? State::made : proof->good ? State::proved : State::unproved;
  row.ended_at = manifest->ended_at;
  if (proof) row.proved_at = proof->at;
  return row;
}

std::vector<BackupRow> rows_in_target(Vault& vault) {
  std::vector<BackupRow> rows;
  for (const std::string& id : vault.ids()) {
    try {
      if (auto row = row_in_target(vault, id)) rows.push_back(*std::move(row));
    } catch (const Damaged& damage) {
      rows.push_back({.id = id, .state = State::unproved, .problem = damage.what()});
    }
  }
  return rows;
}

void describe(Vault& vault, KeptBackup& kept) {
  try {
    kept.manifest = vault.manifest(kept.row.id);
    kept.proof = vault.proof(kept.row.id);
  } catch (const Damaged& damage) {
    kept.row.problem = damage.what();
  }
}

// Where nothing can be written, nobody makes a backup.
bool is_somebody_at_work(const Vault& vault) {
  try {
    return !VaultLock::take(vault, VaultLock::Patience::none, VaultLock::working);
  } catch (const storage::StorageError&) {
    return false;
  }
}

bool under_way(const BackupRow& row) {
  return row.state == State::waiting || row.state == State::running;
}

crypto::Digest digest_of(std::string_view hex) {
  crypto::Digest digest{};
  const auto value = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  for (std::size_t i = 0; i < digest.size() && 2 * i + 1 < hex.size(); ++i) {
    digest[i] = static_cast<std::uint8_t>(value(hex[2 * i]) * 16 + value(hex[2 * i + 1]));
  }
  return digest;
}

}  // namespace

// One that was rebuilt of the log is older than the work on it.
std::optional<GoodBackup> last_good(db::Tx& tx, Micros now) {
  std::optional<GoodBackup> last;
  for (const BackupRow& row : BackupStore().list(tx)) {
    const bool good = row.kind == Kind::full && row.state == State::proved;
    if (!good || is_ahead(row.asked_at, now)) continue;
    if (last && last->asked_at >= row.asked_at) continue;
    const Micros begun = std::max(row.asked_at, time_of_id(row.id));
    const Micros proved = row.proved_at.value_or(0);
    last = GoodBackup{.asked_at = row.asked_at,
                      .duration = std::max<Micros>(0, row.ended_at.value_or(begun) - begun),
                      .proved_at = is_ahead(proved, now) ? 0 : proved};
  }
  return last;
}

ChosenBackup choose_backup(Vault& vault, Micros now) {
  ChosenBackup chosen;
  std::optional<Manifest> ahead;
  std::vector<std::pair<std::string, std::string>> damaged;
  const auto keep_newer = [](std::optional<Manifest>& kept, Manifest& other) {
    if (!kept || kept->snapshot_at < other.snapshot_at) kept = std::move(other);
  };
  for (const std::string& id : vault.ids()) {
    const auto proof = vault.proof(id);
    if (!proof || !proof->good) continue;
    try {
      auto manifest = vault.manifest(id);
      if (!manifest || manifest->kind != Kind::full) continue;
      keep_newer(is_ahead(manifest->snapshot_at, now) ? ahead : chosen.manifest, *manifest);
    } catch (const Damaged& damage) {
      damaged.emplace_back(id, damage.what());
    }
  }
  if (!chosen.manifest) {
    chosen.manifest = std::move(ahead);
  } else if (ahead) {
    chosen.passed_over.push_back(ahead->id + " is of the future, " +
                                 format_time(ahead->snapshot_at) +
                                 ": is this host's clock right? Name it with its folder.");
  }
  for (const auto& [id, problem] : damaged) {
    if (!chosen.manifest || id > chosen.manifest->id) chosen.passed_over.push_back(problem);
  }
  return chosen;
}

KeepingService::KeepingService(const Rooms& rooms, KeepingSettings settings)
    : rooms_(rooms),
      settings_(std::move(settings)),
      key_(vault_key(settings_.secret)),
      secret_mark_(secret_mark(key_)) {
  if (!settings_.scratch.empty()) sweep_scratch(settings_.scratch);
}

// Nothing of any good backup lies there. A target of before there were marks has what rows know.
bool KeepingService::is_missing() {
  bool known = false;
  for (const BackupRow& row : rooms_.database.read([&](db::Tx& tx) { return rows_.list(tx); })) {
    if (row.state != State::proved || row.kind != Kind::full) continue;
    std::error_code unknown;
    const std::string path = settings_.directory + "/" + vault_file_key(row.id, "manifest.json");
    if (std::filesystem::exists(path, unknown)) return false;
    known = true;
  }
  return known;
}

// It has backups, and rows know none of them.
bool KeepingService::is_others() {
  const auto vault = look();
  const auto ids = vault ? vault->ids() : std::vector<std::string>();
  if (ids.empty()) return false;
  return rooms_.database.read([&](db::Tx& tx) {
    return std::ranges::none_of(
        ids, [&](const std::string& id) { return rows_.find(tx, id).has_value(); });
  });
}

Result<void> KeepingService::check_target() {
  if (settings_.instance.empty()) return {};
  const auto owner = owner_of(settings_.directory);
  if (owner && *owner != settings_.instance) return target_of_another(settings_.directory);
  // A disk that is not mounted is an empty folder.
  if (!owner && !settings_.foreign) {
    if (is_missing()) return target_missing(settings_.directory);
    if (is_others()) return target_of_nobody(settings_.directory);
  }
  return check_mark();
}

Result<void> KeepingService::check_mark() {
  if (settings_.instance.empty()) return {};
  const auto marked = marked_secret_of(settings_.directory);
  const auto vault = marked ? nullptr : look();
  const bool fits = marked ? *marked == secret_mark_ : !vault || is_of_its_secret(*vault);
  return fits ? Result<void>() : target_of_another_secret(settings_.directory);
}

bool KeepingService::owns_target() const {
  return owner_of(settings_.directory) == settings_.instance;
}

Result<void> KeepingService::begin_target() {
  const auto owner = owner_of(settings_.directory);
  if (owner && *owner != settings_.instance) return target_of_another(settings_.directory);
  TRY(check_mark());
  Vault(settings_.directory, key_).put_owner(settings_.instance);
  return {};
}

std::unique_ptr<Vault> KeepingService::open() {
  if (const auto fits = check_target(); !fits) {
    throw storage::StorageError(fits.error().message + " " + fits.error().action);
  }
  auto vault = std::make_unique<Vault>(settings_.directory, key_, ".spool", settings_.scratch);
  // One that an earlier version marked says nothing of its secret.
  const bool marked = settings_.instance.empty() || marked_secret_of(settings_.directory);
  if (!marked) vault->put_owner(settings_.instance);
  return vault;
}

// Looking makes no folder.
std::unique_ptr<Vault> KeepingService::look() {
  std::error_code unknown;
  if (!std::filesystem::is_directory(settings_.directory, unknown)) return nullptr;
  try {
    return std::make_unique<Vault>(settings_.directory, key_, ".spool", settings_.scratch);
  } catch (const storage::StorageError& failure) {
    log_warning("the target of backups cannot be read", {{"why", failure.what()}});
    return nullptr;
  }
}

std::vector<BackupRow> KeepingService::rows_of(Vault* vault) {
  if (settings_.foreign) return vault ? rows_in_target(*vault) : std::vector<BackupRow>();
  if (vault != nullptr && check_target()) adopt(*vault);
  end_interrupted(vault);
  return rooms_.database.read([&](db::Tx& tx) { return rows_.list(tx); });
}

Keeping KeepingService::list() {
  const auto vault = look();
  const Micros now = rooms_.clock.now();
  Keeping keeping;
  if (vault) keeping.target_bytes = vault->bytes("log/") + vault->object_bytes();
  for (BackupRow& row : rows_of(vault.get())) {
    KeptBackup kept{.row = std::move(row)};
    if (vault) describe(*vault, kept);
    const bool good = kept.manifest && kept.row.state == State::proved &&
                      !is_ahead(kept.manifest->snapshot_at, now);
    if (good && kept.manifest->kind == Kind::full) {
      keeping.good_at = std::max(keeping.good_at.value_or(0), kept.manifest->snapshot_at);
    }
    if (kept.manifest) keeping.target_bytes += kept.manifest->bytes();
    keeping.backups.push_back(std::move(kept));
  }
  std::ranges::sort(keeping.backups, std::ranges::greater(), [](const KeptBackup& each) {
    return std::tie(each.row.asked_at, each.row.id);
  });
  keeping.next_at = next_at();
  return keeping;
}

Result<KeptBackup> KeepingService::find(std::string_view id) {
  for (KeptBackup& each : list().backups) {
    if (each.row.id == id) return std::move(each);
  }
  return not_found();
}

// After a restore the target has backups that the database does not know.
void KeepingService::adopt(Vault& vault) {
  std::set<std::string> known;
  for (const BackupRow& row : rooms_.database.read([&](db::Tx& tx) { return rows_.list(tx); })) {
    known.insert(row.id);
  }
  for (const std::string& id : vault.ids()) {
    if (known.contains(id)) continue;
    std::optional<BackupRow> row;
    try {
      row = row_in_target(vault, id);
    } catch (const Damaged&) {
      continue;  // nobody can say what it is
    }
    if (row) rooms_.database.write([&](db::Tx& tx) { return rows_.add(tx, *row); });
  }
}

// Whoever made it was killed and nobody goes on: no process holds the lock, and no job will. What
// is of the future waits for a job of the future. One that was made only has to be proved.
void KeepingService::end_interrupted(Vault* vault) {
  if (vault != nullptr && is_somebody_at_work(*vault)) return;
  const Micros now = rooms_.clock.now();
  for (BackupRow& row : rooms_.database.read([&](db::Tx& tx) { return rows_.list(tx); })) {
    const Micros age = is_ahead(row.asked_at, now) ? given_up : now - row.asked_at;
    if (!under_way(row) || age < just_begun) continue;
    const bool made = has_manifest(vault, row.id);
    row.state = made ? State::made : State::failed;
    row.ended_at = now;
    if (!made) row.problem = interrupted;
    const bool ended = rooms_.database.write([&](db::Tx& tx) {
      if (age < given_up && rooms_.queue.awaits(tx, backup_job, row.id)) return false;
      // Another process may have seen the same, and told of it.
      if (!rows_.give_up(tx, row)) return false;
      // What was made is proved by another job, but not where one has died of it.
      if (!made || rooms_.queue.knows(tx, backup_job, row.id)) alarm(tx, row);
      return true;
    });
    if (ended) log_error("a backup was interrupted", {{"backup", row.id}});
  }
}

// An id is a second: of several within one, the later ones have those that follow.
void KeepingService::add(db::Tx& tx, BackupRow& row) {
  Micros at = rooms_.clock.now();
  row.asked_at = at;
  for (row.id = id_of(at); !rows_.add(tx, row); row.id = id_of(at)) at += second;
}

void KeepingService::enqueue(db::Tx& tx, const BackupRow& row) {
  std::string payload;
  JsonWriter out(payload);
  out.begin_object().field("id", row.id).end_object();
  rooms_.queue.enqueue(tx, {.kind = backup_job,
                            .payload = payload,
                            .lane = jobs::Lane::extras,
                            .key = row.id,
                            .attempts = tries});
}

// Whether the target is there shows when the job writes to it: then it is a row, and a mail.
Result<BackupRow> KeepingService::ask(AccountId asked_by, Kind kind, bool again) {
  end_interrupted(look().get());
  BackupRow row{.id = "", .kind = kind, .all_again = again, .asked_by = asked_by};
  return rooms_.database.write([&](db::Tx& tx) -> Result<BackupRow> {
    if (std::ranges::any_of(rows_.list(tx), under_way)) return backup_running();
    add(tx, row);
    enqueue(tx, row);
    return row;
  });
}

std::optional<Micros> KeepingService::next_at() {
  if (settings_.every == 0) return std::nullopt;
  const Micros now = rooms_.clock.now();
  return rooms_.database.read([&](db::Tx& tx) -> std::optional<Micros> {
    std::optional<Micros> last;
    for (const BackupRow& row : rows_.list(tx)) {
      if (row.kind != Kind::full || is_ahead(row.asked_at, now)) continue;
      last = std::max(last.value_or(row.asked_at), row.asked_at);
    }
    if (last) return *last + settings_.every;
    const auto first = rows_.first_account(tx);
    if (first && is_ahead(*first, now)) return now;
    return first ? std::optional(*first + first_backup) : std::nullopt;
  });
}

void KeepingService::ask_if_due() {
  ask_for_proofs();
  expire_if_due();
  const auto next = next_at();
  if (!next || *next > rooms_.clock.now()) return;
  if (const auto asked = ask(AccountId{}, Kind::full, false); !asked) {
    log_warning("no backup was begun", {{"why", asked.error().message}});
  }
}

// Of those that were made while somebody else looked at another, or that came with the target; and
// again of those for which there was no room, or the like.
void KeepingService::ask_for_proofs() {
  const Micros now = rooms_.clock.now();
  auto rows = rooms_.database.read([&](db::Tx& tx) { return rows_.list(tx); });
  std::erase_if(rows, [&](const BackupRow& row) {
    const Micros tried = row.problem.empty() ? 0 : row.ended_at.value_or(0);
    const bool lately = now - tried < proof_again && !is_ahead(tried, now);
    return row.state != State::made || lately;
  });
  if (rows.empty()) return;
  rooms_.database.write([&](db::Tx& tx) {
    for (const BackupRow& row : rows) {
      if (!rooms_.queue.knows(tx, backup_job, row.id)) enqueue(tx, row);
    }
  });
}

// Where nobody makes backups any more, what people deleted is not to lie in old ones for ever. Each
// process does it for itself: the second one finds nothing to do.
void KeepingService::expire_if_due() {
  const Micros now = rooms_.clock.steady();
  const Micros last = expired_at_;
  if (last != 0 && now - last < expired_every) return;
  expired_at_ = now;
  if (owns_target()) return apply_retention_quietly();
  // There is none, and looking makes no folder. What was noted for it goes all the same.
  if (settings_.every != 0) return;
  rooms_.database.write([&](db::Tx& tx) {
    rows_.drop_deletions(tx, rooms_.clock.now() - full_lifetime - journal_margin);
  });
}

Result<TableDownload> KeepingService::open_table(std::string_view id, std::string_view table) {
  const auto vault = look();
  if (!vault) return not_found();
  TRY(check_secret(*vault, id));
  try {
    const auto manifest = vault->manifest(id);
    if (!manifest) return not_found();
    const auto found = std::ranges::find(manifest->tables, table, &BackupTable::name);
    if (found == manifest->tables.end()) return not_found();
    const std::string name = found->file.file.substr(found->file.file.rfind('/') + 1);
    const std::string folder = vault->scratch("downloads");
    const std::string path = folder + "/" + crypto::hex(crypto::random_bytes(8)) + "-" + name;
    vault->fetch(vault_file_key(id, found->file.file), found->file.sha256, path);
    TableDownload download{name, open_file(path)};
    std::filesystem::remove(path);  // it lives as long as it is open
    return download;
  } catch (const Damaged& damage) {
    return backup_damaged(damage);
  }
}

Result<void> KeepingService::remove(std::string_view id) {
  TRY(check_target());
  const auto vault = open();
  const auto lock = VaultLock::take(*vault, VaultLock::Patience::some);
  if (!lock) return backup_running();
  const auto row = rooms_.database.read([&](db::Tx& tx) { return rows_.find(tx, id); });
  if (!row) return not_found();
  if (under_way(*row)) return backup_running();
  const auto all = kept(*vault);
  const auto good = [](const Kept& each) { return each.good && each.kind == Kind::full; };
  const bool is_good =
      std::ranges::any_of(all, [&](const Kept& each) { return each.id == id && good(each); });
  if (is_good && std::ranges::count_if(all, good) == 1) return last_one();
  vault->remove_backup(id);
  rooms_.database.write([&](db::Tx& tx) { rows_.remove(tx, id); });
  sweep_objects(*vault);
  return {};
}

Result<std::string> KeepingService::manifest_text(std::string_view id) {
  if (!is_id(id)) return not_found();
  const auto vault = look();
  auto text = vault ? vault->text(vault_file_key(id, "manifest.json")) : std::nullopt;
  if (!text) return not_found();
  return *std::move(text);
}

Result<void> KeepingService::run(std::string_view id, const std::function<bool()>& go_on) {
  auto row = rooms_.database.read([&](db::Tx& tx) { return rows_.find(tx, id); });
  // A job that came back with a restored instance: its backup is of another time.
  if (!row || (!under_way(*row) && row->state != State::made)) return {};
  make_and_prove(*row, {.id = row->id, .kind = row->kind, .again = row->all_again, .go_on = go_on},
                 Busy::waits);
  const bool good = row->state == State::proved && row->kind == Kind::full;
  if (good && archive_due(kept(*open()), rooms_.clock.now())) {
    BackupRow archive{.id = "", .kind = Kind::archive};
    rooms_.database.write([&](db::Tx& tx) { add(tx, archive); });
    try {
      make_and_prove(archive, {.id = archive.id, .kind = Kind::archive, .go_on = go_on},
                     Busy::waits);
    } catch (const jobs::Postponed&) {
      // This job is over for its own backup: the next good one brings the archive.
      rooms_.database.write([&](db::Tx& tx) { rows_.remove(tx, archive.id); });
    }
  }
  apply_retention_quietly();
  return {};
}

Result<KeptBackup> KeepingService::make_now(const BackupOptions& options, const Report& report) {
  const Micros now = rooms_.clock.now();
  BackupRow row{.id = id_of(now), .kind = options.kind, .all_again = options.again};
  row.asked_at = now;
  if (!settings_.foreign) rooms_.database.write([&](db::Tx& tx) { add(tx, row); });
  BackupOptions mine = options;
  mine.id = row.id;
  mine.report = report;
  make_and_prove(row, mine, Busy::fails);
  if (!settings_.foreign) apply_retention_quietly();
  KeptBackup kept{.row = std::move(row)};
  const auto vault = look();
  if (vault) describe(*vault, kept);
  return kept;
}

Result<Proof> KeepingService::prove(std::string_view id, const Report& report) {
  const auto vault = look();
  if (!vault) return target_missing(settings_.directory);
  if (settings_.foreign) {
    TRY(check_mark());
  } else {
    TRY(check_target());
    adopt(*vault);
  }
  TRY(check_secret(*vault, id));
  TRY_ASSIGN(Proof proof, rooms_.proving.prove(*vault, id, report));
  if (settings_.foreign) return proof;
  auto row = rooms_.database.read([&](db::Tx& tx) { return rows_.find(tx, id); });
  if (row) {
    row->proved_at = proof.at;
    end(*row, proof.good ? State::proved : State::unproved,
        proof.good ? "" : proof.problems.front());
  }
  return proof;
}

void KeepingService::keep_progress(BackupRow& row, const Progress& progress) {
  row.stage = name_of(progress.stage);
  row.done = progress.done;
  row.total = progress.total;
  if (settings_.foreign) return;
  rooms_.database.write([&](db::Tx& tx) { rows_.put(tx, row); });
}

void KeepingService::make_and_prove(BackupRow& row, const BackupOptions& options, Busy busy) {
  Micros told = 0;
  BackupOptions mine = options;
  mine.foreign = settings_.foreign;
  mine.report = [&](const Progress& progress) {
    options.report(progress);
    const Micros now = rooms_.clock.steady();
    if (told != 0 && now - told < progress_every) return;
    told = now;
    keep_progress(row, progress);
  };
  std::unique_ptr<Vault> vault;
  try {
    vault = open();
    const auto work = VaultLock::take(*vault, VaultLock::Patience::some, VaultLock::working);
    if (work) return work_on(*vault, row, mine, busy);
    if (busy == Busy::waits) throw jobs::Postponed(others_work, next_turn);
    end(row, State::failed, others_work);
  } catch (const Stopped&) {
    keep_progress(row, {});
    throw jobs::Postponed("the program ends", 0);
  } catch (const jobs::Postponed&) {
    throw;
  } catch (const std::exception& failure) {
    // One that is there only could not be proved.
    const bool made = row.state == State::made || has_manifest(vault.get(), row.id);
    end(row, made ? State::made : State::failed, failure.what());
  }
}

// Whoever looks at another backup meanwhile is waited for; on the command line it is told.
void KeepingService::work_on(Vault& vault, BackupRow& row, const BackupOptions& options,
                             Busy busy) {
  const auto is_busy = [&](const Error& error) {
    if (error.code != "backup_running") return false;
    if (busy == Busy::waits) throw jobs::Postponed(others_work, next_turn);
    return true;
  };
  const bool was_made = row.state == State::made;
  // One that was made already, by a process that was killed before it was proved.
  const bool there = vault.manifest(row.id).has_value();
  if (was_made && !there) return end(row, State::failed, "It is not in the target any more.");
  row.state = State::running;
  if (!there) {
    const auto made = rooms_.making.make(vault, options);
    if (!made) {
      static_cast<void>(is_busy(made.error()));
      return end(row, State::failed, made.error().message);
    }
    vault.count_objects();
  }
  // Somebody may have proved it by hand.
  const auto known = was_made ? vault.proof(row.id) : std::nullopt;
  const Result<Proof> proof =
      known ? Result<Proof>(*known)
            : rooms_.proving.prove(vault, row.id, options.report, options.go_on);
  if (!proof) {
    if (!is_busy(proof.error())) return end(row, State::failed, proof.error().message);
    end(row, State::made, "");
    row.problem = proof.error().message;  // for whoever asked, who may be told without a mail
    return;
  }
  row.proved_at = proof->at;
  const bool named = !proof->good && !proof->problems.empty();
  end(row, proof->good ? State::proved : State::unproved, named ? proof->problems.front() : "");
}

// What was told of it before is not told again.
void KeepingService::end(BackupRow& row, State state, std::string problem) {
  const bool told = state == State::made ? !row.problem.empty() : row.state == state;
  const bool bad = state == State::made ? !problem.empty() : state != State::proved;
  row.state = state;
  row.stage = "";
  row.ended_at = rooms_.clock.now();
  row.problem = std::move(problem);
  if (bad) log_error("a backup does not count", {{"backup", row.id}, {"problem", row.problem}});
  if (settings_.foreign) return;  // whoever asked for it is told at once
  rooms_.database.write([&](db::Tx& tx) {
    rows_.put(tx, row);
    if (bad && !told) alarm(tx, row);
  });
}

void KeepingService::alarm(db::Tx& tx, const BackupRow& row) {
  const BackupTrouble trouble = row.state == State::unproved ? BackupTrouble::unproved
                                : row.state == State::made   ? BackupTrouble::untested
                                                             : BackupTrouble::failed;
  for (const accounts::Account& each : people_.administrators(tx)) {
    rooms_.outbox.post(
        tx, failed_backup_mail(settings_.mail, {each.email, each.name, each.language}, each.id,
                               row.id, row.asked_at, trouble));
  }
}

void KeepingService::tell_log_is_late(Micros since) {
  rooms_.database.write([&](db::Tx& tx) {
    for (const accounts::Account& each : people_.administrators(tx)) {
      rooms_.outbox.post(tx, late_log_mail(settings_.mail, {each.email, each.name, each.language},
                                           each.id, since));
    }
  });
}

int KeepingService::ship_journal() {
  std::error_code unknown;
  // Where nobody makes backups there is nothing for it to lie beside.
  const bool any = std::filesystem::is_directory(settings_.directory, unknown);
  if (settings_.every == 0 && !any) return 0;
  // Every half a minute: a failed job each time would bury all others.
  const auto fits = check_target();
  if (!fits && !journal_waits_.exchange(true)) {
    log_warning("the journal of deletions waits", {{"why", fits.error().message}});
  }
  if (!fits) return 0;
  journal_waits_ = false;
  return rooms_.making.ship_journal(*open());
}

std::vector<Kept> KeepingService::kept(Vault& vault) {
  std::vector<Kept> all;
  for (const std::string& id : vault.ids()) {
    Kept each{.id = id};
    try {
      const auto manifest = vault.manifest(id);
      if (!manifest) continue;
      each.kind = manifest->kind;
      each.at = manifest->snapshot_at;
      const auto proof = vault.proof(id);
      each.good = proof && proof->good;
    } catch (const Damaged&) {
      const auto row = rooms_.database.read([&](db::Tx& tx) { return rows_.find(tx, id); });
      each.readable = false;
      each.at = time_of_id(id);
      if (row) each.kind = row->kind;
    }
    all.push_back(std::move(each));
  }
  return all;
}

void KeepingService::apply_retention_quietly() {
  try {
    apply_retention();
  } catch (const std::exception& failure) {
    log_error("nothing of old backups was removed", {{"problem", failure.what()}});
  }
}

// Rows of backups whose files went, by a process that was killed before it had taken away the rest.
// Where no good one is there it may be their disk that went.
std::vector<std::string> KeepingService::half_removed(const std::vector<Kept>& all) {
  const auto good = [](const Kept& each) { return each.good && each.kind == Kind::full; };
  std::vector<std::string> found;
  if (std::ranges::none_of(all, good)) return found;
  for (const BackupRow& row : rooms_.database.read([&](db::Tx& tx) { return rows_.list(tx); })) {
    const bool had_files = !under_way(row) && row.state != State::failed;
    if (had_files && std::ranges::find(all, row.id, &Kept::id) == all.end()) {
      found.push_back(row.id);
    }
  }
  return found;
}

// Rows last: where this is killed, they say what is left to do.
int KeepingService::apply_retention() {
  if (settings_.foreign) return 0;
  const auto vault = open();
  const auto lock = VaultLock::take(*vault);
  if (!lock) return 0;
  vault->sweep();
  const Micros now = rooms_.clock.now();
  const auto all = kept(*vault);
  const auto gone = to_remove(all, settings_.retention, now);
  for (const std::string& id : gone) {
    vault->remove_backup(id);
    log_info("backup removed", {{"backup", id}});
  }
  auto rows = half_removed(all);
  rows.insert(rows.end(), gone.begin(), gone.end());
  if (!rows.empty()) sweep_objects(*vault);
  rooms_.database.write([&](db::Tx& tx) {
    for (const std::string& id : rows) rows_.remove(tx, id);
  });
  Micros oldest = now - full_lifetime;
  for (const Kept& each : all) {
    const bool stays = std::ranges::find(gone, each.id) == gone.end();
    if (stays && each.kind == Kind::full) oldest = std::min(oldest, each.at);
  }
  prune(*vault, std::max<Micros>(0, oldest - journal_margin));
  return static_cast<int>(gone.size());
}

void KeepingService::prune(Vault& vault, Micros oldest) {
  const std::string first = id_of(oldest);
  for (const std::string& key : vault.keys("journal/")) {
    if (key.substr(std::string_view("journal/").size(), first.size()) < first) vault.remove(key);
  }
  rooms_.database.write([&](db::Tx& tx) {
    rows_.prune_deletions(tx, oldest);
    rows_.prune_failed(tx, failed_kept);
  });
}

// What neither a full backup nor the log lists any more. 32 bytes of memory for each object of all
// of them together.
void KeepingService::sweep_objects(Vault& vault) {
  const auto lock = VaultLock::take(vault, VaultLock::Patience::some, VaultLock::unlisted);
  if (!lock) return;  // the next time
  std::vector<crypto::Digest> listed;
  const auto sort = [&] {
    std::ranges::sort(listed);
    const auto twice = std::ranges::unique(listed);
    listed.erase(twice.begin(), twice.end());
  };
  try {
    for (const Kept& each : kept(vault)) {
      if (each.kind != Kind::full) continue;
      const auto manifest = vault.manifest(each.id);
      rooms_.proving.each_object(
          vault, *manifest, [&](std::string_view sha256) { listed.push_back(digest_of(sha256)); });
      sort();
    }
    for (const LogFile& file : log_files(vault)) {
      if (file.what != LogFile::What::objects) continue;
      for (const LoggedObject& each : read_objects(vault, file)) {
        listed.push_back(digest_of(each.sha256));
      }
      sort();
    }
  } catch (const Damaged& damage) {
    log_error("objects of backups were not swept", {{"problem", damage.what()}});
    return;  // nobody can say what it needs
  }
  for (const std::string& key : vault.keys("objects/")) {
    const std::string_view sha256 = std::string_view(key).substr(key.rfind('/') + 1);
    if (!std::ranges::binary_search(listed, digest_of(sha256))) vault.remove(key);
  }
  vault.count_objects();
}

}  // namespace picsharz::backups
