// picsharz restore: a backup onto an empty host, of either engine.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "app/backup_parts.h"
#include "app/cli.h"
#include "app/data_lock.h"
#include "app/erasure_parts.h"
#include "app/foundation.h"
#include "base/file_handle.h"
#include "base/json.h"
#include "db/change_log.h"
#include "features/accounts/idempotency_service.h"
#include "features/activity/activity_service.h"
#include "features/backups/deletion_service.h"
#include "features/backups/restore_service.h"
#include "features/comments/comment_service.h"
#include "features/departures/departure_service.h"
#include "features/departures/erasure_service.h"
#include "features/moderation/blocklist_service.h"
#include "features/photos/media_service.h"
#include "features/photos/original_service.h"
#include "features/photos/photo_edit_service.h"
#include "features/photos/reindex_service.h"
#include "features/usage/usage_upkeep_service.h"
#include "image/decoder_pool.h"
#include "storage/file_cache.h"
#include "storage/file_system.h"
#include "storage/spool.h"

namespace picsharz::app {

namespace {

namespace fs = std::filesystem;
using backups::Manifest;
using backups::Vault;

struct Chosen {
  std::string target;
  std::string id;  // "": the newest that is proved
};

// A target, or one backup in it.
Chosen read_place(std::string place) {
  while (place.size() > 1 && place.ends_with('/')) place.pop_back();
  const fs::path path(place);
  if (backups::is_id(path.filename().string())) {
    return {path.parent_path().string(), path.filename().string()};
  }
  return {place, ""};
}

Result<Manifest> choose(Vault& vault, const std::string& id) {
  std::optional<Manifest> manifest;
  if (id.empty()) {
    auto chosen = backups::choose_backup(vault, SystemClock().now());
    for (const std::string& each : chosen.passed_over) {
      std::fprintf(stderr, "Not the newest: %s\n", each.c_str());
    }
    manifest = std::move(chosen.manifest);
  } else {
    manifest = vault.manifest(id);
  }
  if (manifest) return *std::move(manifest);
  return fail(ErrorKind::not_found, "no_backup", "There is no proved backup there.",
              "Name one with its folder: FROM/20261129t001500z.");
}

// Says that a restore is not done yet, and how far it is: the server does not start, and the
// command goes on.
class Unfinished {
 public:
  explicit Unfinished(const std::string& data) : path_(fs::path(data) / "restoring") {
    fs::create_directories(data);
    std::ifstream(path_) >> id_ >> step_ >> damaged_;
  }
  bool is_of(const Manifest& manifest) const { return id_ == manifest.id; }
  // What was put there is what was backed up.
  bool compared() const { return step_ == "compared"; }
  std::int64_t damaged() const { return damaged_; }
  void begin(const std::string& id) { keep(id + "\n"); }
  void set_compared(const std::string& id, std::int64_t damaged) {
    keep(id + "\ncompared " + std::to_string(damaged) + "\n");
  }
  void end() {
    fs::remove(path_);
    sync(path_.parent_path());
  }

 private:
  // Whole and on the disk before anything that it speaks of is: the rows outlive a power failure.
  void keep(const std::string& text) {
    const fs::path fresh = path_.string() + ".new";
    std::ofstream(fresh) << text;
    sync(fresh);
    fs::rename(fresh, path_);
    sync(path_.parent_path());
  }
  static void sync(const fs::path& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    const FileHandle file(descriptor, 0);
    if (descriptor < 0 || ::fsync(descriptor) != 0) {
      storage::throw_storage_error(errno, "restore: " + path.string());
    }
  }

  const fs::path path_;
  std::string id_;
  std::string step_;
  std::int64_t damaged_ = 0;
};

// What takes away again what was deleted since: services as in app.cpp, those that it needs. Of the
// parts of an erasure that is the one of words: archives of exports are in no backup, and an avatar
// has a word of its own in the journal.
struct Services {
  Services(const Config& config, Foundation& foundation, storage::ObjectStore& store_,
           storage::Spool& spool)
      : store(store_),
        files(store, 16),
        decoders({.program = "", .processes = 1}),
        signer(foundation.media_key, foundation.clock),
        changes(*foundation.database, foundation.clock),
        originals(*foundation.database, foundation.clock, store, files, decoders),
        media(*foundation.database, foundation.clock, changes, files, signer, {}),
        editing(*foundation.database, foundation.queue, media, originals),
        blocklist(*foundation.database, foundation.ids, foundation.clock),
        activity(foundation.clock),
        idempotency(*foundation.database, foundation.ids, foundation.clock),
        comments(*foundation.database, foundation.ids, foundation.clock, activity, idempotency,
                 {.per_minute = 1, .per_hour = 1}),
        passwords(*foundation.database, foundation.clock, foundation.queue, foundation.outbox,
                  foundation.key,
                  {.mail = foundation.mail_context(), .cost = foundation.password_cost()}),
        totps(*foundation.database, foundation.clock, foundation.outbox, passwords,
              foundation.mail_context()),
        departures(*foundation.database, foundation.clock, foundation.queue, foundation.outbox,
                   passwords, totps,
                   {.mail = foundation.mail_context(),
                    .grace = config.number("accounts.deletion_grace_days") * day}),
        usage_upkeep(*foundation.database, foundation.clock),
        words(usage_upkeep),
        erasures(*foundation.database, foundation.clock, foundation.queue, departures, comments,
                 editing, spool, {&words}),
        deletions({.database = *foundation.database,
                   .ids = foundation.ids,
                   .queue = foundation.queue,
                   .store = store,
                   .photos = editing,
                   .blocklist = blocklist,
                   .departures = departures,
                   .erasures = erasures,
                   .grace = config.number("accounts.deletion_grace_days") * day,
                   .quarantine = config.duration("moderation.quarantine")}) {}

  storage::ObjectStore& store;
  storage::FileCache files;
  image::DecoderPool decoders;
  photos::MediaSigner signer;
  db::ChangeLog changes;
  photos::OriginalService originals;
  photos::MediaService media;
  photos::PhotoEditService editing;
  moderation::BlocklistService blocklist;
  activity::ActivityService activity;
  accounts::IdempotencyService idempotency;
  comments::CommentService comments;
  accounts::PasswordService passwords;
  sessions::TotpService totps;
  departures::DepartureService departures;
  usage::UsageUpkeepService usage_upkeep;
  WordsErasure words;
  departures::ErasureService erasures;
  backups::DeletionService deletions;
};

struct Outcome {
  std::int64_t rows = 0;
  std::int64_t objects = 0;
  std::int64_t deleted = 0;
  std::int64_t damaged = 0;               // objects that are not there now
  std::optional<Micros> deleted_until{};  // the last deletion that is known
  bool whole() const { return damaged == 0; }
};

using Journal = std::vector<backups::Deletion>;

Result<Journal> read_journal(Vault& vault) {
  try {
    return backups::journal_of(vault);
  } catch (const backups::Damaged& damage) {
    return fail(ErrorKind::invalid, "journal_damaged",
                std::string("The journal of what was deleted is damaged (") + damage.what() +
                    "): nothing was changed.",
                "Put that file back from a copy of the target. Where there is none, move it out of "
                "the target and restore again: what it names will be back, and has to be deleted "
                "by hand.");
  }
}

bool has_journal(const fs::path& target) {
  std::error_code unknown;
  return fs::is_directory(target / "journal", unknown);
}

// A target, or the journal in it. "" where none is named.
std::string named_journal(const Invocation& invocation, const Vault& from) {
  if (!invocation.has("--journal")) return "";
  fs::path place(read_place(invocation.get("--journal")).target);
  if (place.filename() == "journal") place = place.parent_path();
  if (!has_journal(place)) {
    throw StartupError("There is no journal in " + place.string() +
                       ": nothing was changed.\nName a target of backups with --journal DIR.");
  }
  const auto owner = backups::owner_of(place.string());
  const auto wanted = backups::owner_of(from.directory());
  if (owner && wanted && *owner != *wanted) {
    throw StartupError("The journal in " + place.string() +
                       " is of another instance than the backup: nothing was changed.");
  }
  return place.string();
}

// The target of this configuration, where it is of the same instance as the backup; else "".
std::string configured_journal(const Config& config, const Vault& from, const std::string& named) {
  std::string place = backup_directory(config);
  std::error_code unknown;
  if (!has_journal(place) || fs::equivalent(place, from.directory(), unknown)) return "";
  if (!named.empty() && fs::equivalent(place, named, unknown)) return "";
  const auto owner = backups::owner_of(place);
  if (owner && owner == backups::owner_of(from.directory())) return place;
  std::fprintf(
      stderr,
      "The journal in %s was not read: it is of another instance, or nobody knows whose it "
      "is. Where it is of this one, name it: --journal %s\n",
      place.c_str(), place.c_str());
  return "";
}

Result<void> add_journal(Journal& journal, const std::string& place) {
  try {
    Vault vault(place, "");
    TRY_ASSIGN(const Journal more, read_journal(vault));
    journal.insert(journal.end(), more.begin(), more.end());
    return {};
  } catch (const storage::StorageError& failure) {
    throw StartupError("The journal in " + place + " cannot be read: " + failure.what() +
                       "\nMake its folder writable, or go without it with --set "
                       "backups.directory=DIR of another folder.");
  }
}

// What was deleted since, from every journal that there is: a copy elsewhere (backup --to) does not
// know what was deleted after it. Before anything is written: nobody is to sit with half a restore
// for it. In the order in which it happened, each once.
Result<Journal> read_journals(const Invocation& invocation, Vault& from) {
  TRY_ASSIGN(Journal journal, read_journal(from));
  const std::string named = named_journal(invocation, from);
  for (const auto& place : {named, configured_journal(invocation.config, from, named)}) {
    if (!place.empty()) TRY(add_journal(journal, place));
  }
  const auto order = [](const backups::Deletion& each) {
    return std::tie(each.at, each.seq, each.what, each.id, each.name);
  };
  std::ranges::sort(journal, {}, order);
  const auto twice = std::ranges::unique(journal, {}, order);
  journal.erase(twice.begin(), twice.end());
  return journal;
}

// One restore on its way.
struct Restoring {
  Vault& vault;
  const Manifest& manifest;
  storage::ObjectStore& store;
  storage::Spool& spool;
  Unfinished& unfinished;
  backups::RestoreService restore;
  backups::RestoreOptions options;
};

// How many are not there now.
std::int64_t put_objects(Restoring& on) {
  const auto put = on.restore.objects(on.vault, on.manifest, on.store, on.spool, on.options);
  for (const std::string& key : put.named) {
    std::fprintf(stderr, "Damaged in the backup, and left out: %s\n", key.c_str());
  }
  for (const std::string& key : on.manifest.lost) {
    std::fprintf(stderr, "Lost before it was backed up: %s\n", key.c_str());
  }
  return put.damaged + std::ssize(on.manifest.lost);
}

// Objects and rows, compared. What an earlier try has put there is compared again: it may have been
// ended between the two. How many objects are not there.
Result<std::int64_t> fill(Restoring& on, db::Database& database) {
  const auto fits = on.restore.check(on.manifest, database);
  const bool mine = on.unfinished.is_of(on.manifest);
  if (!fits && mine && on.unfinished.compared()) return on.unfinished.damaged();
  const bool loaded = !fits && mine && on.restore.is_loaded(on.manifest, database);
  if (!fits && !loaded) return std::unexpected(fits.error());
  on.unfinished.begin(on.manifest.id);
  const std::int64_t damaged = put_objects(on);
  const auto problems = loaded ? on.restore.compare(on.manifest, database, on.options)
                               : on.restore.rows(on.vault, on.manifest, database, on.options);
  for (const std::string& problem : problems) std::fprintf(stderr, "%s\n", problem.c_str());
  if (!problems.empty()) {
    return fail(ErrorKind::invalid, "restore_differs",
                "What was restored is not what was backed up.",
                "Choose another backup, and an empty folder or database for it.");
  }
  on.unfinished.set_compared(on.manifest.id, damaged);
  return damaged;
}

// On PostgreSQL servers may be on other hosts. What a restore that was killed has left there ends
// by itself.
void refuse_servers(Restoring& on, db::Database& database) {
  for (int waits = 0; on.restore.is_used(database); ++waits) {
    if (waits == 100) {
      throw StartupError(
          "Servers or workers are connected to this database: nothing was changed.\n"
          "Stop them, also those on other hosts, and restore again.");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

Result<Outcome> restore_from(const Config& config, Vault& vault, const Manifest& manifest,
                             const Journal& journal) {
  const std::string data = config.text("data.dir");
  Unfinished unfinished(data);
  const auto store = storage::open_fs_store((fs::path(data) / "objects").string());
  storage::Spool spool((fs::path(data) / "spool").string(), 0);
  Outcome outcome{.rows = manifest.rows(), .objects = manifest.objects.rows};
  {
    Restoring on{.vault = vault,
                 .manifest = manifest,
                 .store = *store,
                 .spool = spool,
                 .unfinished = unfinished,
                 .restore = backups::RestoreService(warehouse_engine(config)),
                 .options = {.scratch = vault.scratch("restore")}};
    const auto database = open_database(config);
    refuse_servers(on, *database);
    TRY_ASSIGN(outcome.damaged, fill(on, *database));
    on.restore.settle(*database);
  }
  Foundation foundation(config);
  Services services(config, foundation, *store, spool);
  outcome.deleted = services.deletions.replay(journal);
  if (!journal.empty()) outcome.deleted_until = journal.back().at;
  photos::ReindexService reindexing(*foundation.database, foundation.clock);
  reindexing.begin();
  reindexing.run([](Micros) { return true; });
  unfinished.end();
  return outcome;
}

void print(const Invocation& invocation, const Manifest& manifest, const Outcome& outcome) {
  if (invocation.has("--json")) {
    std::string json;
    JsonWriter out(json);
    out.begin_object().field("id", manifest.id).time_field("snapshot_at", manifest.snapshot_at);
    out.field("rows", outcome.rows).field("objects", outcome.objects);
    out.field("deleted", outcome.deleted).field("damaged", outcome.damaged);
    if (outcome.deleted_until) {
      out.time_field("deleted_until", *outcome.deleted_until);
    } else {
      out.null_field("deleted_until");
    }
    out.end_object();
    std::printf("%s\n", json.c_str());
    return;
  }
  const std::string known =
      outcome.deleted_until
          ? "Deletions are known until " + format_time(*outcome.deleted_until) +
                ": another journal, which knows later ones, is read with --journal."
          : "No deletion is known: a journal that is elsewhere is read with --journal.";
  std::printf(
      "Restored as it was at %s: %lld rows and %lld objects, %s equal to what was backed up.\n"
      "%lld things that were deleted since are gone again. %s\nStart it: picsharz serve\n",
      format_time(manifest.snapshot_at).c_str(), static_cast<long long>(outcome.rows),
      static_cast<long long>(outcome.objects), outcome.whole() ? "all" : "the rows",
      static_cast<long long>(outcome.deleted), known.c_str());
  if (outcome.whole()) return;
  std::printf(
      "%lld objects, which are named above, are missing: the backup has them damaged or not at "
      "all. "
      "picsharz verify makes renditions anew and names the originals.\n",
      static_cast<long long>(outcome.damaged));
}

}  // namespace

int run_restore(const Invocation& invocation) {
  Chosen chosen = read_place(invocation.arguments.at(0));
  if (!fs::is_directory(chosen.target))
    return complain("There is no folder " + chosen.target + ".");
  check_backup_place(invocation.config, chosen.target);
  const std::string data = invocation.config.text("data.dir");
  const auto alone = DataLock::take(data, DataLock::For::restoring);
  if (!alone) {
    return complain("A server, a worker or another restore is at work in " + data +
                    ": nothing was changed.\nStop it, and restore again.");
  }
  try {
    Vault vault(chosen.target, backup_secret(invocation.config), backup_scratch(invocation.config));
    if (invocation.has("--at")) {
      const auto rebuilt = rebuild_backup(invocation.config, vault, invocation.get("--at"));
      if (!rebuilt) return complain(rebuilt.error().message + " " + rebuilt.error().action);
      chosen.id = rebuilt->id;
    }
    // The files that it makes meanwhile are nobody's to sweep.
    const auto lock = backups::VaultLock::take(vault);
    if (!lock) return complain("A backup is being made there. Wait until it is done.");
    const auto manifest = choose(vault, chosen.id);
    if (!manifest) return complain(manifest.error().message + " " + manifest.error().action);
    const auto journal = read_journals(invocation, vault);
    if (!journal) return complain(journal.error().message + " " + journal.error().action);
    const auto outcome = restore_from(invocation.config, vault, *manifest, *journal);
    if (!outcome) return complain(outcome.error().message + " " + outcome.error().action);
    print(invocation, *manifest, *outcome);
    return outcome->whole() ? done : degraded;
  } catch (const backups::Damaged& damage) {
    return complain(std::string("The backup is damaged: ") + damage.what() +
                    "\nChoose another one; picsharz backup list says which are proved.");
  }
}

}  // namespace picsharz::app
