// picsharz backup, backup list, backup prove.
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <string>

#include "app/backup_parts.h"
#include "app/cli.h"
#include "app/foundation.h"
#include "base/json.h"
#include "base/limits.h"
#include "storage/spool.h"

namespace picsharz::app {

namespace {

using backups::KeptBackup;
using backups::Progress;

long long whole(std::int64_t number) { return static_cast<long long>(number); }

// One line that is written over; nothing where nobody looks.
backups::Report reporter() {
  if (::isatty(STDERR_FILENO) != 1) return [](const Progress&) {};
  return [](const Progress& progress) {
    std::fprintf(stderr, "\r%-10s %lld of %lld   ", std::string(name_of(progress.stage)).c_str(),
                 whole(progress.done), whole(progress.total));
    if (progress.stage == backups::Stage::done) std::fprintf(stderr, "\n");
  };
}

void print_json(const KeptBackup& backup) {
  std::string json;
  JsonWriter out(json);
  const bool proved = backup.proof && backup.proof->good;
  out.begin_object().field("id", backup.row.id).field("kind", name_of(backup.row.kind));
  out.field("proved", proved).field("problem", backup.row.problem);
  if (backup.manifest) {
    out.time_field("snapshot_at", backup.manifest->snapshot_at);
    out.field("rows", backup.manifest->rows()).field("bytes", backup.manifest->bytes());
    out.field("objects", backup.manifest->objects.rows);
    out.field("object_bytes", backup.manifest->object_bytes);
    out.field("new_objects", backup.manifest->new_objects);
    out.field("new_bytes", backup.manifest->new_bytes);
    out.field("lost", std::ssize(backup.manifest->lost));
    out.field("format", warehouse::name_of(backup.manifest->format));
    out.field("sealed", backup.manifest->sealed);
  }
  if (backup.proof) out.field("pages", backup.proof->pages);
  out.end_object();
  std::printf("%s\n", json.c_str());
}

void print_line(const KeptBackup& backup) {
  const bool proved = backup.proof && backup.proof->good;
  std::printf("%-18s %-8s %-12s", backup.row.id.c_str(),
              std::string(name_of(backup.row.kind)).c_str(), proved ? "proved" : "not proved");
  if (backup.manifest) {
    std::printf(" %10lld rows %10lld objects %8lld MiB", whole(backup.manifest->rows()),
                whole(backup.manifest->objects.rows),
                whole((backup.manifest->bytes() + backup.manifest->object_bytes) / limits::MiB));
  }
  std::printf("%s%s\n", backup.row.problem.empty() ? "" : "  ", backup.row.problem.c_str());
}

int outcome(const Invocation& invocation, const KeptBackup& backup) {
  if (invocation.has("--json")) {
    print_json(backup);
  } else {
    print_line(backup);
  }
  return backup.proof && backup.proof->good ? done : failed;
}

struct Tools {
  explicit Tools(const Invocation& invocation)
      : foundation(invocation.config),
        store(storage::open_fs_store(
            (std::filesystem::path(invocation.config.text("data.dir")) / "objects").string())),
        parts(invocation.config, foundation, *store, invocation.get("--to")) {}
  Foundation foundation;
  std::unique_ptr<storage::ObjectStore> store;
  BackupParts parts;
};

}  // namespace

int run_backup(const Invocation& invocation) {
  backups::BackupOptions options{.again = invocation.has("--full")};
  if (invocation.has("--archive")) options.kind = backups::Kind::archive;
  if (invocation.has("--format")) {
    options.format = warehouse::format_of(invocation.get("--format"));
    if (!options.format) return complain("--format takes parquet, json or csv.");
  }
  Tools tools(invocation);
  if (invocation.has("--begin")) {
    const auto begun = tools.parts.keeping.begin_target();
    if (!begun) return complain(begun.error().message + " " + begun.error().action);
  }
  const auto made = tools.parts.keeping.make_now(options, reporter());
  if (!made) return complain(made.error().message + " " + made.error().action);
  return outcome(invocation, *made);
}

int run_backup_list(const Invocation& invocation) {
  Tools tools(invocation);
  for (const KeptBackup& each : tools.parts.keeping.list().backups) {
    if (invocation.has("--json")) {
      print_json(each);
    } else {
      print_line(each);
    }
  }
  return done;
}

int run_backup_prove(const Invocation& invocation) {
  Tools tools(invocation);
  const std::string& id = invocation.arguments.at(0);
  const auto proof = tools.parts.keeping.prove(id, reporter());
  if (!proof) return complain(proof.error().message + " " + proof.error().action);
  for (const std::string& problem : proof->problems) std::printf("%s\n", problem.c_str());
  const auto backup = tools.parts.keeping.find(id);
  return backup ? outcome(invocation, *backup) : failed;
}

// On a host that has nothing but the target: no database of its own is opened.
int run_backup_rebuild(const Invocation& invocation) {
  const std::string target =
      invocation.has("--to") ? invocation.get("--to") : backup_directory(invocation.config);
  if (!std::filesystem::is_directory(target)) {
    return complain("There is no folder " + target + ". Name the target with --to DIR.");
  }
  check_backup_place(invocation.config, target);
  try {
    backups::Vault vault(target, backup_secret(invocation.config),
                         backup_scratch(invocation.config));
    const auto made = rebuild_backup(invocation.config, vault, invocation.get("--at"));
    if (!made) return complain(made.error().message + " " + made.error().action);
    KeptBackup backup{.row = {.id = made->id}, .manifest = *made, .proof = vault.proof(made->id)};
    return outcome(invocation, backup);
  } catch (const backups::Damaged& damage) {
    return complain(std::string("The target is damaged: ") + damage.what() +
                    "\nRestore another backup; picsharz backup list says which are proved.");
  }
}

}  // namespace picsharz::app
