#include "app/backup_parts.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <utility>

#include "app/page_opener.h"
#include "app/smtp_config.h"
#include "app/startup_error.h"
#include "features/backups/log_rebuild_service.h"

namespace picsharz::app {

namespace fs = std::filesystem;

warehouse::Engine warehouse_engine(const Config& config) {
  const std::string models = config.text("models.dir");
  const fs::path folder =
      models.empty() ? fs::path(config.text("data.dir")) / "models" : fs::path(models);
  return {.library = (folder / "libduckdb.so").string()};
}

warehouse::Format backup_format(const Config& config) {
  const auto wished = warehouse::format_of(config.text("backups.format"));
  const auto format = wished.value_or(warehouse::Format::parquet);
  const bool there = fs::exists(warehouse_engine(config).library);
  return format == warehouse::Format::parquet && !there ? warehouse::Format::json : format;
}

std::string backup_directory(const Config& config) {
  const std::string directory = config.text("backups.directory");
  return directory.empty() ? (fs::path(config.text("data.dir")) / "backups").string() : directory;
}

std::string backup_secret(const Config& config) {
  const std::string file = config.text("backups.secret_file");
  if (file.empty()) return "";
  std::string secret = read_first_line(file, "backups.secret_file");
  if (secret.size() < 16) {
    throw StartupError("The secret of backups.secret_file needs 16 characters or more.");
  }
  return secret;
}

std::string backup_scratch(const Config& config) {
  return (fs::path(config.text("data.dir")) / "backup-scratch").string();
}

namespace {

// Without links, dots and a slash at its end, whether it is there or not.
fs::path plain_path(const std::string& path) {
  fs::path whole = fs::weakly_canonical(fs::absolute(path)).lexically_normal();
  return whole.has_filename() ? whole : whole.parent_path();
}

bool lies_within(const fs::path& inner, const fs::path& outer) {
  return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

bool is_foreign(const Config& config, const std::string& directory) {
  return !directory.empty() && plain_path(directory) != plain_path(backup_directory(config));
}

// Marks the target; what was derived from the secret tells nothing of it.
std::string instance_mark(const Foundation& foundation) {
  return crypto::hex(crypto::HmacKey(foundation.secret).sign("target of backups")).substr(0, 32);
}

std::string checked_place(const Config& config, std::string directory) {
  check_backup_place(config, directory);
  return directory;
}

}  // namespace

void check_backup_place(const Config& config, const std::string& directory) {
  const fs::path data = plain_path(config.text("data.dir"));
  const fs::path place = plain_path(directory);
  if (place == data / "backups") return;  // nothing else lies there
  if (!lies_within(place, data) && !lies_within(data, place)) return;
  throw StartupError("Backups cannot lie in " + directory + ", for the data folder is " +
                     config.text("data.dir") +
                     ": the two may not be one, nor one in the other.\nName a folder elsewhere "
                     "with backups.directory (or --to), or leave it empty for the default.");
}

namespace {

// A folder that goes with it.
struct Scratch {
  explicit Scratch(std::string folder) : path(std::move(folder)) {
    fs::remove_all(path);
    fs::create_directories(path);
    fs::permissions(path, fs::perms::owner_all);
  }
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const std::string path;
};

// One that is made of another moment within the same second has the next name.
std::string free_id(backups::Vault& vault, const Clock& clock) {
  Micros at = clock.now();
  while (vault.manifest(backups::id_of(at))) at += second;
  return backups::id_of(at);
}

struct Rebuilt {
  backups::Manifest manifest;
  backups::Proof proof;
};

Result<Rebuilt> rebuild_until(const Config& config, backups::Vault& vault,
                              std::optional<Micros> until) {
  const Scratch scratch(vault.scratch("rebuild"));
  const std::string path = scratch.path + "/picsharz.db";
  TRY_ASSIGN(const Micros shown, backups::rebuild(vault, until, path));
  const SystemClock clock;
  const auto database = db::open_sqlite({.path = path});
  backups::LoggedObjects objects(vault, scratch.path);
  backups::BackupService making(
      *database, clock, objects,
      {.engine = warehouse_engine(config), .format = backup_format(config)});
  TRY_ASSIGN(backups::Manifest made,
             making.make(vault, {.id = free_id(vault, clock), .snapshot_at = shown}));
  backups::ProofService proving(clock, warehouse_engine(config), open_pages);
  TRY_ASSIGN(backups::Proof proof, proving.prove(vault, made.id));
  return Rebuilt{std::move(made), std::move(proof)};
}

// Where rows were copied last, and what they speak of was not any more, up to the last round that
// had both. nullopt: that is not earlier.
std::optional<Micros> last_whole_round(const backups::Vault& vault, const Rebuilt& rebuilt) {
  const auto at = backups::shipped_at(vault.directory());
  return at && *at < rebuilt.manifest.snapshot_at ? at : std::nullopt;
}

}  // namespace

Result<backups::Manifest> rebuild_backup(const Config& config, backups::Vault& vault,
                                         std::string_view moment) {
  const auto until = moment.empty() ? std::nullopt : backups::read_moment(moment);
  if (!moment.empty() && !until) {
    return fail(ErrorKind::invalid, "no_moment", "--at takes a time of UTC.",
                "Write it so: 2026-11-29T05:00:00Z.");
  }
  const auto lock = backups::VaultLock::take(vault, backups::VaultLock::Patience::none,
                                             backups::VaultLock::rebuilding);
  if (!lock) return backups::backup_running();
  TRY_ASSIGN(Rebuilt rebuilt, rebuild_until(config, vault, until));
  const auto earlier =
      until || rebuilt.proof.good ? std::nullopt : last_whole_round(vault, rebuilt);
  if (earlier) {
    std::fprintf(stderr, "%s does not prove itself: %s The moment before, %s, is taken instead.\n",
                 rebuilt.manifest.id.c_str(), rebuilt.proof.problems.front().c_str(),
                 format_time(*earlier).c_str());
    TRY_ASSIGN(rebuilt, rebuild_until(config, vault, earlier));
  }
  if (rebuilt.proof.good) return std::move(rebuilt.manifest);
  return fail(ErrorKind::invalid, "not_proved",
              "The backup " + rebuilt.manifest.id +
                  " was made and does not prove itself: " + rebuilt.proof.problems.front(),
              "Choose an earlier moment, or restore it nevertheless by its name.");
}

BackupParts::BackupParts(const Config& config, Foundation& foundation, storage::ObjectStore& store,
                         const std::string& directory)
    : making(*foundation.database, foundation.clock, store,
             {.engine = warehouse_engine(config), .format = backup_format(config)}),
      proving(foundation.clock, warehouse_engine(config), open_pages),
      keeping({*foundation.database, foundation.clock, foundation.queue, foundation.outbox, making,
               proving},
              {.directory =
                   checked_place(config, directory.empty() ? backup_directory(config) : directory),
               .secret = backup_secret(config),
               .scratch = backup_scratch(config),
               .instance = instance_mark(foundation),
               .foreign = is_foreign(config, directory),
               .every = config.duration("backups.every"),
               .retention = {.days = static_cast<int>(config.number("backups.days")),
                             .weeks = static_cast<int>(config.number("backups.weeks"))},
               .mail = foundation.mail_context()}) {}

}  // namespace picsharz::app
