// picsharz restore: a backup onto an empty host, of either engine.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "app/backup_parts.h"
#include "app/cli.h"
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
  for (const std::string& each : vault.ids()) {
    if (!id.empty() && each != id) continue;
    const auto proof = vault.proof(each);
    if (id.empty() && !(proof && proof->good)) continue;
    std::optional<Manifest> manifest;
    try {
      manifest = vault.manifest(each);
    } catch (const backups::Damaged& damage) {
      if (!id.empty()) throw;
      std::fprintf(stderr, "Not the newest, which is damaged: %s\n", damage.what());
    }
    if (!manifest || (id.empty() && manifest->kind != backups::Kind::full)) continue;
    return *std::move(manifest);
  }
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
        deletions({*foundation.database, store, editing, departures, erasures,
                   config.number("accounts.deletion_grace_days") * day}) {}

  storage::ObjectStore& store;
  storage::FileCache files;
  image::DecoderPool decoders;
  photos::MediaSigner signer;
  db::ChangeLog changes;
  photos::OriginalService originals;
  photos::MediaService media;
  photos::PhotoEditService editing;
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
  std::int64_t damaged = 0;  // objects that are not there now
  bool whole() const { return damaged == 0; }
};

// Before anything is written: nobody is to sit with half a restore for it.
Result<std::vector<backups::Deletion>> read_journal(Vault& vault) {
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

Result<Outcome> restore_from(const Config& config, Vault& vault, const Manifest& manifest) {
  TRY_ASSIGN(const std::vector<backups::Deletion> journal, read_journal(vault));
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
    TRY_ASSIGN(outcome.damaged, fill(on, *database));
    on.restore.settle(*database);
  }
  Foundation foundation(config);
  Services services(config, foundation, *store, spool);
  outcome.deleted = services.deletions.replay(journal);
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
    out.field("deleted", outcome.deleted).field("damaged", outcome.damaged).end_object();
    std::printf("%s\n", json.c_str());
    return;
  }
  std::printf(
      "Restored as it was at %s: %lld rows and %lld objects, %s equal to what was backed up.\n"
      "%lld things that were deleted since are gone again.\nStart it: picsharz serve\n",
      format_time(manifest.snapshot_at).c_str(), static_cast<long long>(outcome.rows),
      static_cast<long long>(outcome.objects), outcome.whole() ? "all" : "the rows",
      static_cast<long long>(outcome.deleted));
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
    const auto outcome = restore_from(invocation.config, vault, *manifest);
    if (!outcome) return complain(outcome.error().message + " " + outcome.error().action);
    print(invocation, *manifest, *outcome);
    return outcome->whole() ? done : degraded;
  } catch (const backups::Damaged& damage) {
    return complain(std::string("The backup is damaged: ") + damage.what() +
                    "\nChoose another one; picsharz backup list says which are proved.");
  }
}

}  // namespace picsharz::app
