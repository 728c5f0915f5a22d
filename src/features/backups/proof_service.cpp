#include "features/backups/proof_service.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <iterator>
#include <memory>
#include <utility>

#include "base/log.h"
#include "db/migrations.h"
#include "features/backups/backup_service.h"
#include "warehouse/table.h"

namespace picsharz::backups {

namespace {

constexpr int originals_at_once = 1'000;
constexpr std::size_t went_most = 10'000;

// Written down beside what is known already: another backup may have others. Where most are damaged
// it is the secret or the disk, and copying them anew would take them from the backups before.
void note_damaged(Vault& vault, const std::set<std::string, std::less<>>& damaged,
                  std::int64_t seen) {
  const bool most = std::ssize(damaged) * 2 > seen;
  const bool only_one = seen == 1 && !vault.sealed();
  if (damaged.empty() || (most && !only_one)) return;
  auto all = vault.suspects();
  all.insert(damaged.begin(), damaged.end());
  vault.put_suspects(all);
}

// Whose files may be missing in a backup that has their rows: they went while it was made.
std::set<PhotoId> photos_that_went(std::span<const Deletion> journal) {
  std::set<PhotoId> went;
  for (const Deletion& each : journal) {
    if (each.what == Deletion::What::photo || each.what == Deletion::What::removed ||
        each.what == Deletion::What::erased) {
      went.insert(PhotoId{each.id});
    }
  }
  return went;
}

}  // namespace

// One proof on its way. Its folder goes with it.
class ProofService::Proving {
 public:
  Proving(Vault& vault_, std::string_view id, const Room& has_room, Report report,
          std::function<bool()> go_on)
      : vault(vault_), folder(vault_.scratch("proof-" + std::string(id))) {
    options.scratch = vault_.scratch("proof-" + std::string(id) + "/files");
    options.report = [this, &has_room, report = std::move(report)](const Progress& progress) {
      if (progress.stage != Stage::done) need_room(has_room);
      report(progress);
    };
    options.go_on = std::move(go_on);
  }
  ~Proving() {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }
  Proving(const Proving&) = delete;
  Proving& operator=(const Proving&) = delete;

  void problem(std::string sentence) {
    if (proof.problems.size() < problems_max) proof.problems.push_back(std::move(sentence));
  }
  std::string data() const { return folder + "/data"; }
  void need_room(const Room& has_room) const {
    if (has_room(folder)) return;
    throw storage::StorageError(
        "The disk of the data is nearly full, and a backup is restored there to prove it. Make "
        "room there.");
  }

  Vault& vault;
  const std::string folder;
  RestoreOptions options{};
  Manifest manifest{};
  Proof proof{};
};

Result<Proof> ProofService::prove(Vault& vault, std::string_view id, Report report,
                                  std::function<bool()> go_on) {
  const auto lock = VaultLock::take(vault, VaultLock::Patience::some);
  if (!lock) return backup_running();
  Proving proving(vault, id, has_room_, std::move(report), std::move(go_on));
  try {
    auto manifest = vault.manifest(id);
    if (!manifest) return not_found();
    proving.manifest = *std::move(manifest);
    if (proving.manifest.kind == Kind::full) {
      prove_full(proving);
    } else {
      for (std::string& each : restore_.compare_files(vault, proving.manifest, proving.options)) {
        proving.problem(std::move(each));
      }
      proving.proof.rows = proving.manifest.rows();
    }
  } catch (const Damaged& damage) {
    proving.problem(damage.what());
  } catch (const warehouse::WarehouseError& failure) {
    proving.problem(failure.what());
  }
  proving.proof.at = clock_.now();
  proving.proof.good = proving.proof.problems.empty();
  vault.put_proof(id, proving.proof);
  proving.options.report({Stage::done, 1, 1});
  if (proving.proof.good) {
    log_info("backup proved", {{"backup", id}, {"rows", proving.proof.rows}});
  } else {
    log_error("a backup failed its proof",
              {{"backup", id}, {"problem", proving.proof.problems.front()}});
  }
  return proving.proof;
}

void ProofService::each_object(Vault& vault, const Manifest& manifest,
                               FunctionRef<void(std::string_view)> each) {
  const RestoreOptions options{.scratch = vault.scratch("objects")};
  restore_.each_object(vault, manifest, options,
                       [&](const ListedObject& object) { each(object.sha256); });
}

// First what is quick: where a hash is wrong, nothing is restored.
void ProofService::prove_full(Proving& proving) {
  check_files(proving);
  const auto originals = check_objects(proving);
  const auto went = photos_that_went(journal_of(proving.vault));
  if (!proving.proof.problems.empty()) return;
  std::filesystem::create_directories(proving.data());
  const auto scratch = db::open_sqlite({.path = proving.data() + "/picsharz.db"});
  if (const auto fits = restore_.check(proving.manifest, *scratch); !fits) {
    return proving.problem(fits.error().message);
  }
  for (std::string& each :
       restore_.rows(proving.vault, proving.manifest, *scratch, proving.options)) {
    proving.problem(std::move(each));
  }
  if (!proving.proof.problems.empty()) return;
  proving.proof.rows = proving.manifest.rows();
  check_originals(proving, *scratch, originals, went);
  check_lost(proving);
  restore_.settle(*scratch);
  db::migrate(*scratch);
  open_pages(proving, *scratch, went);
}

void ProofService::check_files(Proving& proving) {
  std::vector<const BackupFile*> files{&proving.manifest.objects.file};
  for (const BackupTable& table : proving.manifest.tables) files.push_back(&table.file);
  for (const BackupFile* file : files) {
    const std::string key = vault_file_key(proving.manifest.id, file->file);
    const std::string found = proving.vault.read(key, [](std::string_view) {});
    if (found != file->sha256) proving.problem("The file " + key + " is altered.");
  }
}

ProofService::Originals ProofService::check_objects(Proving& proving) {
  Originals originals;
  Originals damaged;
  std::int64_t done = 0;
  restore_.each_object(
      proving.vault, proving.manifest, proving.options, [&](const ListedObject& object) {
        if (done++ % 100 == 0) {
          if (!proving.options.go_on()) throw Stopped();
          proving.options.report({Stage::objects, done, proving.manifest.objects.rows});
        }
        std::string problem = RestoreService::check_object(proving.vault, object);
        if (!problem.empty()) {
          damaged.emplace(object.sha256);
          return proving.problem(std::move(problem));
        }
        ++proving.proof.objects;
        if (object.key.starts_with("originals/")) originals.emplace(object.sha256);
      });
  note_damaged(proving.vault, damaged, done);
  return originals;
}

// What was not to be had when the backup was made. Of originals the photos are named.
void ProofService::check_lost(Proving& proving) {
  for (const std::string& key : proving.manifest.lost) {
    if (key.starts_with("originals/")) continue;
    const bool again = key.starts_with("renditions/");
    proving.problem("The object " + key + " was missing or altered when it was backed up" +
                    (again ? "; it can be made anew from its original." : "."));
  }
}

// A photo without its original is no loss where it was deleted while the backup was made.
void ProofService::check_originals(Proving& proving, db::Database& scratch, const Originals& listed,
                                   const Photos& went) {
  scratch.read([&](db::Tx& tx) {
    for (std::string after;;) {
      const auto some = rows_.originals(tx, after, originals_at_once);
      if (some.empty()) return;
      for (const OriginalSeen& each : some) {
        if (listed.contains(each.sha256)) continue;
        for (const PhotoId photo : rows_.photos_of(tx, each.sha256)) {
          if (!went.contains(photo)) {
            proving.problem("The photo " + photo.str() + " has no original.");
          }
        }
      }
      after = some.back().sha256;
    }
  });
}

// One that went has perhaps lost a rendition alone. What went may be all of the first hundred.
void ProofService::open_pages(Proving& proving, db::Database& scratch, const Photos& went) {
  const int asked = pages_opened + static_cast<int>(std::min<std::size_t>(went.size(), went_most));
  auto photos = scratch.read([&](db::Tx& tx) { return rows_.public_photos(tx, asked); });
  std::erase_if(photos, [&](PhotoId photo) { return went.contains(photo); });
  if (photos.size() > pages_opened) photos.resize(pages_opened);
  if (photos.empty() || !open_) return;
  proving.options.report({Stage::pages, 0, std::ssize(photos)});
  std::set<std::string, std::less<>> wanted;
  scratch.read([&](db::Tx& tx) {
    for (const PhotoId photo : photos) wanted.insert(rows_.original_of(tx, photo));
  });
  const auto store = storage::open_fs_store(proving.data() + "/objects");
  restore_.each_object(proving.vault, proving.manifest, proving.options,
                       [&](const ListedObject& object) {
                         // originals/ab/<hash>, renditions/ab/<hash>/<name>
                         const std::size_t at = object.key.find('/') + 4;
                         if (at > object.key.size() || !wanted.contains(object.key.substr(at, 64)))
                           return;
                         std::string content;
                         proving.vault.read(vault_object_key(object.sha256),
                                            [&](std::string_view piece) { content += piece; });
                         store->put_bytes(object.key, content);
                       });
  Opened opened = open_(proving.data(), photos);
  proving.proof.pages = opened.pages;
  for (std::string& each : opened.problems) proving.problem(std::move(each));
}

}  // namespace picsharz::backups
