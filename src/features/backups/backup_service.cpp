#include "features/backups/backup_service.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <set>
#include <sstream>
#include <system_error>
#include <utility>

#include "base/file_handle.h"
#include "base/limits.h"
#include "base/log.h"
#include "db/migrations.h"
#include "features/accounts/avatar_key.h"
#include "features/backups/kept_rules.h"
#include "features/backups/manifest_rules.h"
#include "features/backups/object_batch_service.h"
#include "features/backups/row_sum.h"
#include "features/photos/photo.h"
#include "warehouse/table_folder.h"

namespace picsharz::backups {

namespace {

constexpr int originals_at_once = 1'000;
constexpr int avatars_at_once = 1'000;
constexpr int deletions_at_once = 5'000;
constexpr std::size_t lost_named = 1'000;

warehouse::Column::Type type_of(db::TableColumn::Type type) {
  switch (type) {
    case db::TableColumn::Type::integer:
      return warehouse::Column::Type::integer;
    case db::TableColumn::Type::real:
      return warehouse::Column::Type::real;
    case db::TableColumn::Type::text:
      return warehouse::Column::Type::text;
    case db::TableColumn::Type::bytes:
      return warehouse::Column::Type::bytes;
  }
  return warehouse::Column::Type::text;
}

std::vector<warehouse::Column> columns_of(const db::Table& table) {
  std::vector<warehouse::Column> columns;
  columns.reserve(table.columns.size());
  for (const db::TableColumn& column : table.columns) {
    columns.push_back({column.name, type_of(column.type)});
  }
  return columns;
}

// A row as a file has it, added to the sum.
void take_row(const db::Row& row, const db::Table& table, bool days_only, RowSum& sum,
              std::vector<warehouse::Cell>& cells) {
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const int column = static_cast<int>(i);
    if (row.null(column)) {
      cells[i] = std::monostate();
      sum.null();
      continue;
    }
    switch (table.columns[i].type) {
      case db::TableColumn::Type::integer: {
        std::int64_t value = row.integer(column);
        if (days_only && table.columns[i].name.ends_with("_at")) value -= value % day;
        cells[i] = value;
        sum.integer(value);
        break;
      }
      case db::TableColumn::Type::real:
        cells[i] = row.real(column);
        sum.real(row.real(column));
        break;
      case db::TableColumn::Type::text:
        cells[i] = row.text(column);
        sum.text(row.text(column));
        break;
      case db::TableColumn::Type::bytes: {
        const std::string_view bytes = row.bytes(column);
        cells[i] = warehouse::Bytes{bytes};
        sum.bytes(bytes);
        break;
      }
    }
  }
  sum.end_row();
}

// The part of a table that an archive keeps; no columns: none of it.
db::Table archived_part(const db::Table& table) {
  db::Table part{.name = table.name, .columns = {}, .refers_to = {}};
  const auto found = std::ranges::find(archived(), table.name, &ArchivedTable::table);
  if (found == archived().end()) return part;
  for (const db::TableColumn& column : table.columns) {
    if (std::ranges::find(found->columns, column.name) != found->columns.end()) {
      part.columns.push_back(column);
    }
  }
  return part;
}

}  // namespace

// An object that the rows speak of.
struct BackupService::Wanted {
  enum class What { original, rendition, avatar };
  What what = What::original;
  std::string owner;   // the original's hash, or the avatar
  std::string name;    // of a rendition; of an avatar its size
  std::string sha256;  // "-": nobody knows yet
  std::int64_t bytes = 0;

  std::string key() const {
    switch (what) {
      case What::original:
        return photos::original_key(owner);
      case What::rendition:
        return photos::rendition_key(owner, name);
      case What::avatar:
        return accounts::avatar_key(owner, name);
    }
    return {};
  }
};

// One backup on its way.
class BackupService::Making {
 public:
  Making(Vault& vault_, const BackupSettings& settings_, const BackupOptions& options_,
         Manifest manifest_)
      : vault(vault_),
        settings(settings_),
        options(options_),
        manifest(std::move(manifest_)),
        folder(vault_.scratch(manifest.id)),
        tables(settings_.engine, manifest.format, folder),
        suspects(vault_.suspects()) {}
  ~Making() {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }
  Making(const Making&) = delete;
  Making& operator=(const Making&) = delete;

  void need_place() const {
    if (vault.is_here()) return;
    throw storage::StorageError(
        "Another folder is where the one of the backups was when this one was begun. Is its disk "
        "mounted?");
  }
  void step(Stage stage, std::int64_t done, std::int64_t total) const {
    if (!options.go_on()) throw Stopped();
    need_place();
    if (!settings.has_room(vault.directory())) {
      throw storage::StorageError(
          "The disk of the backups is nearly full. Make room there, or name another disk with "
          "backups.directory.");
    }
    if (!settings.has_room(folder)) {
      throw storage::StorageError(
          "The disk of the data is nearly full, and rows lie there until they are copied. Make "
          "room there.");
    }
    options.report({stage, done, total});
  }
  std::string path(std::string_view name) const { return folder + "/" + std::string(name); }
  std::string extension() const { return "." + std::string(warehouse::name_of(manifest.format)); }

  void note(const Wanted& object, const std::string& sha256, std::int64_t bytes) {
    const std::string key = object.key();
    list->row(
        std::array<warehouse::Cell, 3>{std::string_view(key), std::string_view(sha256), bytes});
    sum.text(key);
    sum.text(sha256);
    sum.integer(bytes);
    sum.end_row();
    manifest.object_bytes += bytes;
    batch.note(sha256);
  }
  // nullopt: its disk does not give it any more. Then it is lost, and must not keep all others from
  // being backed up just when a disk is dying.
  std::optional<ObjectBatch::Object> read(const FileHandle& file, const Wanted& object) {
    try {
      return batch.read(file);
    } catch (const std::system_error& failure) {
      log_error("an object cannot be read", {{"object", object.key()}, {"why", failure.what()}});
      return std::nullopt;
    }
  }
  // Whether the target's own is not good enough.
  bool wants(const std::string& sha256) const {
    return options.again || suspects.contains(sha256) || !vault.has(vault_object_key(sha256));
  }
  // What was copied anew is above suspicion, and of what is gone there is none.
  void clear_suspects() {
    const std::size_t before = suspects.size();
    std::erase_if(suspects, [&](const std::string& sha256) {
      return copied.contains(sha256) || !vault.has(vault_object_key(sha256));
    });
    if (suspects.size() != before) vault.put_suspects(suspects);
  }

  Vault& vault;
  const BackupSettings& settings;
  const BackupOptions& options;
  Manifest manifest;
  const std::string folder;
  warehouse::TableFolder tables;
  std::int64_t wanted = 0;
  std::unique_ptr<warehouse::TableWriter> list{};
  RowSum sum{};
  ObjectBatch batch{vault};
  std::set<std::string, std::less<>> suspects;
  std::set<std::string, std::less<>> copied{};  // of the suspects
};

std::unexpected<Error> backup_running() {
  return fail(ErrorKind::conflict, "backup_running", "A backup is being made or looked at.",
              "Wait until it is done.");
}

Result<Manifest> BackupService::make(Vault& vault, const BackupOptions& options) {
  const auto lock = VaultLock::take(vault, VaultLock::Patience::some);
  if (!lock) return backup_running();
  vault.sweep();
  const Micros begun = clock_.now();
  std::string id = options.id.empty() ? id_of(begun) : options.id;
  if (vault.manifest(id)) {
    return fail(ErrorKind::conflict, "backup_exists", "There is a backup of this second.",
                "Ask again.");
  }
  Making making(vault, settings_, options,
                {.id = std::move(id),
                 .kind = options.kind,
                 .schema = db::schema_state(database_).current,
                 .engine = database_.engine() == db::Engine::sqlite ? "sqlite" : "postgres",
                 .format = options.format.value_or(settings_.format),
                 .sealed = vault.sealed(),
                 .begun_at = begun});
  write_rows(making);
  if (options.kind == Kind::full) copy_objects(making);
  if (options.foreign) {
    copy_journal(vault);
  } else {
    ship_journal(vault);
  }
  making.manifest.ended_at = clock_.now();
  making.need_place();
  vault.put_manifest(making.manifest);
  log_info("backup made", {{"backup", making.manifest.id},
                           {"rows", making.manifest.rows()},
                           {"objects", making.manifest.objects.rows},
                           {"new", making.manifest.new_objects},
                           {"lost", std::ssize(making.manifest.lost)}});
  return making.manifest;
}

void BackupService::write_rows(Making& making) {
  std::vector<std::pair<std::string, std::string>> files;
  database_.read([&](db::Tx& tx) {
    const std::vector<db::Table> tables = db::list_tables(tx);
    making.manifest.snapshot_at = making.options.snapshot_at.value_or(clock_.now());
    std::int64_t done = 0;
    for (const db::Table& table : tables) {
      making.step(Stage::rows, done++, std::ssize(tables));
      const auto why = left_out(table.name);
      if (why) {
        making.manifest.left_out.push_back({table.name, std::string(*why)});
        continue;
      }
      const bool whole = making.options.kind == Kind::full;
      const db::Table part = whole ? table : archived_part(table);
      if (!part.columns.empty()) write_table(making, tx, part, !whole);
    }
    if (making.options.kind == Kind::full) note_objects(making, tx);
  });
  // Behind the transaction, which SQLite's log waits for.
  for (BackupTable& table : making.manifest.tables) {
    const std::string path = making.path(file_name(table.name) + making.extension());
    table.file = making.vault.put_file(making.manifest.id, table.file.file, path);
    std::filesystem::remove(path);
  }
}

void BackupService::write_table(Making& making, db::Tx& tx, const db::Table& table,
                                bool days_only) {
  const std::string file = file_name(table.name) + making.extension();
  BackupTable entry{.name = table.name, .file = {"tables/" + file}, .columns = columns_of(table)};
  const auto writer = making.tables.write(making.path(file), entry.columns);
  RowSum sum;
  std::vector<warehouse::Cell> cells(table.columns.size());
  db::each_row(tx, table, [&](const db::Row& row) {
    take_row(row, table, days_only, sum, cells);
    writer->row(cells);
  });
  writer->finish();
  entry.rows = sum.rows();
  entry.sum = sum.hex();
  making.manifest.tables.push_back(std::move(entry));
}

// A file of lines: there may be a million of them.
void BackupService::note_objects(Making& making, db::Tx& tx) {
  std::ofstream out(making.path("wanted"));
  const auto note = [&](Wanted::What what, const std::string& owner, const std::string& name,
                        const std::string& sha256, std::int64_t bytes) {
    out << static_cast<int>(what) << ' ' << owner << ' ' << name << ' ' << sha256 << ' ' << bytes
        << '\n';
    ++making.wanted;
  };
  for (std::string after;;) {
    const auto originals = rows_.originals(tx, after, originals_at_once);
    if (originals.empty()) break;
    for (const OriginalSeen& each : originals) {
      note(Wanted::What::original, each.sha256, "-", each.sha256, each.bytes);
    }
    const std::string& last = originals.back().sha256;
    for (const RenditionSeen& each : rows_.renditions(tx, after, last)) {
      note(Wanted::What::rendition, each.original, each.name, each.sha256, each.bytes);
    }
    after = last;
  }
  for (AccountId after{};;) {
    const auto avatars = rows_.avatars(tx, after, avatars_at_once);
    if (avatars.empty()) break;
    for (const AvatarSeen& each : avatars) {
      for (const int size : accounts::avatar_sizes) {
        note(Wanted::What::avatar, each.avatar, std::to_string(size), "-", 0);
      }
    }
    after = avatars.back().account;
  }
  if (!out.flush()) throw storage::StorageError("backups: the list of objects cannot be written");
}

void BackupService::copy_objects(Making& making) {
  const std::string file = "objects" + making.extension();
  making.list = making.tables.write(making.path(file), object_columns());
  std::ifstream in(making.path("wanted"));
  std::string line;
  for (std::int64_t done = 0; std::getline(in, line); ++done) {
    if (done % 100 == 0) making.step(Stage::objects, done, making.wanted);
    Wanted wanted;
    int what = 0;
    std::istringstream(line) >> what >> wanted.owner >> wanted.name >> wanted.sha256 >>
        wanted.bytes;
    wanted.what = static_cast<Wanted::What>(what);
    copy(making, wanted);
  }
  making.batch.flush();
  making.clear_suspects();
  making.list->finish();
  making.manifest.objects = {
      .name = "objects",
      .file = making.vault.put_file(making.manifest.id, file, making.path(file)),
      .columns = object_columns(),
      .rows = making.sum.rows(),
      .sum = making.sum.hex()};
}

void BackupService::copy(Making& making, const Wanted& wanted) {
  const bool known = wanted.sha256 != "-";
  if (known && !making.wants(wanted.sha256)) {
    return making.note(wanted, wanted.sha256, wanted.bytes);
  }
  const auto file = source_.open(wanted.key());
  auto object = file ? making.read(*file, wanted) : std::nullopt;
  if (!object || (known && object->sha256 != wanted.sha256)) {
    // What was lost here and is good there is not lost.
    if (known && making.vault.holds(wanted.sha256)) {
      return making.note(wanted, wanted.sha256, wanted.bytes);
    }
    if (!is_gone(wanted) && making.manifest.lost.size() < lost_named) {
      making.manifest.lost.push_back(wanted.key());
    }
    return;
  }
  making.note(wanted, object->sha256, object->bytes);
  if (!making.wants(object->sha256)) return;
  if (making.suspects.contains(object->sha256)) making.copied.insert(object->sha256);
  ++making.manifest.new_objects;
  making.manifest.new_bytes += object->bytes;
  making.batch.put(*std::move(object));
}

bool BackupService::is_gone(const Wanted& wanted) {
  return database_.read([&](db::Tx& tx) {
    switch (wanted.what) {
      case Wanted::What::original:
        return !rows_.has_original(tx, wanted.owner);
      case Wanted::What::rendition:
        return !rows_.has_rendition(tx, wanted.owner, wanted.name, wanted.sha256);
      case Wanted::What::avatar:
        return !rows_.has_avatar(tx, wanted.owner);
    }
    return true;
  });
}

// A file for each piece, named by its own hash: one that was altered does not fit its name.
void BackupService::put_journal(Vault& vault, const std::string& text) {
  vault.put_text("journal/" + id_of(clock_.now()) + "-" + crypto::hex(crypto::sha256(text)), text);
}

int BackupService::ship_journal(Vault& vault) {
  int shipped = 0;
  for (;;) {
    const auto deletions =
        database_.read([&](db::Tx& tx) { return rows_.unshipped(tx, deletions_at_once); });
    if (deletions.empty()) return shipped;
    put_journal(vault, text_of(deletions));
    database_.write([&](db::Tx& tx) {
      for (const Deletion& each : deletions) rows_.set_shipped(tx, each.seq);
    });
    shipped += static_cast<int>(deletions.size());
  }
}

// What lies there already from a backup of before has the same hash.
void BackupService::copy_journal(Vault& vault) {
  std::set<std::string> there;
  for (const std::string& key : vault.keys("journal/"))
    there.insert(key.substr(key.rfind('-') + 1));
  for (std::int64_t after = 0;;) {
    const auto deletions =
        database_.read([&](db::Tx& tx) { return rows_.deletions(tx, after, deletions_at_once); });
    if (deletions.empty()) return;
    const std::string text = text_of(deletions);
    if (!there.contains(crypto::hex(crypto::sha256(text)))) put_journal(vault, text);
    after = deletions.back().seq;
  }
}

std::vector<Deletion> journal_of(Vault& vault) {
  std::vector<Deletion> all;
  for (const std::string& key : vault.keys("journal/")) {
    const std::string text = vault.text(key).value_or("");
    if (!key.ends_with("-" + crypto::hex(crypto::sha256(text)))) throw Damaged("altered: " + key);
    const auto some = read_deletions(text);
    if (!some) throw Damaged("of another version: " + key);
    all.insert(all.end(), some->begin(), some->end());
  }
  std::ranges::sort(all, [](const Deletion& a, const Deletion& b) {
    return std::pair(a.at, a.seq) < std::pair(b.at, b.seq);
  });
  return all;
}

}  // namespace picsharz::backups
