#include "features/backups/restore_service.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <utility>

#include "base/file_handle.h"
#include "base/limits.h"
#include "db/migrations.h"
#include "db/tables.h"
#include "features/backups/backup_service.h"
#include "features/backups/kept_rules.h"
#include "features/backups/row_sum.h"
#include "warehouse/table_folder.h"
#include "warehouse/table_reader.h"

namespace picsharz::backups {

namespace {

constexpr std::int64_t small_object = limits::MiB;
constexpr std::int64_t together_bytes = 16 * limits::MiB;
constexpr std::size_t together_most = 256;
constexpr std::size_t piece_bytes = 262'144;

void step(const RestoreOptions& options, Stage stage, std::int64_t done, std::int64_t total) {
  if (!options.go_on()) throw Stopped();
  options.report({stage, done, total});
}

// The steps of migrations up to the backup's.
std::span<const db::Migration> steps_to(int schema) {
  const auto all = db::migrations();
  const auto end = std::ranges::upper_bound(all, schema, {}, &db::Migration::number);
  return all.first(static_cast<std::size_t>(end - all.begin()));
}

db::Param param_of(const warehouse::Cell& cell) {
  if (const auto* integer = std::get_if<std::int64_t>(&cell)) return {*integer};
  if (const auto* real = std::get_if<double>(&cell)) return {*real};
  if (const auto* text = std::get_if<std::string_view>(&cell)) return {*text};
  if (const auto* bytes = std::get_if<warehouse::Bytes>(&cell))
    return db::Param::bytes(bytes->view);
  return {nullptr};
}

void add(RowSum& sum, std::span<const warehouse::Cell> cells) {
  for (const warehouse::Cell& cell : cells) {
    if (const auto* integer = std::get_if<std::int64_t>(&cell)) {
      sum.integer(*integer);
    } else if (const auto* real = std::get_if<double>(&cell)) {
      sum.real(*real);
    } else if (const auto* text = std::get_if<std::string_view>(&cell)) {
      sum.text(*text);
    } else if (const auto* bytes = std::get_if<warehouse::Bytes>(&cell)) {
      sum.bytes(bytes->view);
    } else {
      sum.null();
    }
  }
  sum.end_row();
}

void add(RowSum& sum, const db::Row& row, const db::Table& table) {
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const int column = static_cast<int>(i);
    if (row.null(column)) {
      sum.null();
    } else if (table.columns[i].type == db::TableColumn::Type::integer) {
      sum.integer(row.integer(column));
    } else if (table.columns[i].type == db::TableColumn::Type::real) {
      sum.real(row.real(column));
    } else if (table.columns[i].type == db::TableColumn::Type::text) {
      sum.text(row.text(column));
    } else {
      sum.bytes(row.bytes(column));
    }
  }
  sum.end_row();
}

std::string differs(const BackupTable& table, const RowSum& found) {
  if (found.rows() != table.rows) {
    return "The table " + table.name + " has " + std::to_string(found.rows()) +
           " rows instead of " + std::to_string(table.rows) + ".";
  }
  return "Rows of the table " + table.name + " are not those that were backed up.";
}

const BackupTable* table_of(const Manifest& manifest, std::string_view name) {
  const auto found = std::ranges::find(manifest.tables, name, &BackupTable::name);
  return found == manifest.tables.end() ? nullptr : &*found;
}

// The columns of a backup's table as this database has them.
db::Table part_of(const db::Table& table, const BackupTable& backed_up) {
  db::Table part{.name = table.name, .columns = {}, .refers_to = table.refers_to};
  for (const warehouse::Column& column : backed_up.columns) {
    const auto found = std::ranges::find(table.columns, column.name, &db::TableColumn::name);
    if (found == table.columns.end()) {
      throw Damaged("this schema has no column " + table.name + "." + column.name);
    }
    part.columns.push_back(*found);
  }
  return part;
}

// By a migration, whatever became of it since.
bool made_by_migration(std::string_view table) {
  if (table == "schema_migrations") return true;
  const std::string made = "CREATE TABLE " + std::string(table) + " (";
  const std::string renamed = " RENAME TO " + std::string(table) + ";";
  return std::ranges::any_of(db::migrations(), [&](const db::Migration& step) {
    return step.sql.find(made) != std::string_view::npos ||
           step.sql.find(renamed) != std::string_view::npos;
  });
}

bool knows_table(const Manifest& manifest, std::string_view name) {
  return table_of(manifest, name) != nullptr ||
         std::ranges::find(manifest.left_out, name, &LeftOut::table) != manifest.left_out.end();
}

std::unexpected<Error> holds_others(const std::string& table) {
  return fail(ErrorKind::conflict, "restore_not_ours",
              "There is a table of something else, " + table + ": nothing was changed.",
              "Name a database that is empty, for Picsharz alone, with --database.");
}

std::string hash_of(const FileHandle& file) {
  crypto::Sha256 hash;
  for (std::int64_t at = 0; at < file.size();) {
    const std::string piece = file.read(at, piece_bytes);
    if (piece.empty()) break;
    hash.update(piece);
    at += static_cast<std::int64_t>(piece.size());
  }
  return crypto::hex(hash.finish());
}

}  // namespace

Result<void> RestoreService::check(const Manifest& manifest, db::Database& target) {
  if (manifest.kind != Kind::full) {
    return fail(ErrorKind::invalid, "restore_archive",
                "An archive holds figures and no people: nothing can be restored from it.",
                "Choose a full backup.");
  }
  const auto tables = target.read([](db::Tx& tx) { return db::table_names(tx); });
  const auto other = std::ranges::find_if_not(tables, made_by_migration);
  if (other != tables.end()) return holds_others(*other);
  const db::SchemaState state = db::schema_state(target);
  if (manifest.schema > state.latest) {
    return fail(ErrorKind::invalid, "restore_newer", "This backup is of a newer Picsharz.",
                "Restore it with that version.");
  }
  if (state.current == 0) {
    // Of the same names as ours: no migration has made them.
    const auto alien = std::ranges::find_if(
        tables, [](const std::string& table) { return table != "schema_migrations"; });
    if (alien != tables.end()) return holds_others(*alien);
    return {};
  }
  // A restore that was ended may have left some steps of the schema.
  const bool there = std::ranges::find(tables, "accounts") != tables.end();
  const bool people = there && target.read([&](db::Tx& tx) { return rows_.any_account(tx); });
  if (people || state.current > manifest.schema) {
    return fail(ErrorKind::conflict, "restore_not_empty",
                "There is a database already: nothing was changed.",
                "Name an empty folder with --data, or an empty database with --database.");
  }
  return {};
}

bool RestoreService::is_used(db::Database& target) {
  return target.read([&](db::Tx& tx) { return rows_.other_connections(tx) > 0; });
}

bool RestoreService::is_loaded(const Manifest& manifest, db::Database& target) {
  return db::schema_state(target).current == manifest.schema &&
         target.read([&](db::Tx& tx) { return rows_.any_account(tx); });
}

// Small ones are put together, so that they share the syncs of their folders.
class RestoreService::Objects {
 public:
  Objects(Vault& vault, storage::ObjectStore& target, storage::Spool& spool)
      : vault_(vault), target_(target), spool_(spool) {}

  bool take(const ListedObject& object) {
    const auto there = target_.open(object.key);
    if (there && there->size() == object.bytes && hash_of(*there) == object.sha256) return false;
    const std::string key = vault_object_key(object.sha256);
    std::string content;
    const bool small = object.bytes <= small_object;
    const auto file = small ? nullptr : spool_.create();
    const std::string found = vault_.read(
        key, [&](std::string_view piece) { small ? void(content += piece) : file->write(piece); });
    if (found != object.sha256) throw Damaged("altered: " + key);
    if (!small) {
      target_.put(object.key, *file);
      return true;
    }
    bytes_ += static_cast<std::int64_t>(content.size());
    waiting_.emplace_back(object.key, std::move(content));
    if (bytes_ >= together_bytes || waiting_.size() == together_most) put();
    return true;
  }

  void put() {
    std::vector<storage::NewObject> objects;
    objects.reserve(waiting_.size());
    for (const auto& [key, content] : waiting_) objects.push_back({key, content});
    if (!objects.empty()) target_.put_all(objects);
    waiting_.clear();
    bytes_ = 0;
  }

 private:
  Vault& vault_;
  storage::ObjectStore& target_;
  storage::Spool& spool_;
  std::vector<std::pair<std::string, std::string>> waiting_;
  std::int64_t bytes_ = 0;
};

// One that is damaged keeps nobody from all the others.
ObjectsPut RestoreService::objects(Vault& vault, const Manifest& manifest,
                                   storage::ObjectStore& target, storage::Spool& spool,
                                   const RestoreOptions& options) {
  Objects writing(vault, target, spool);
  ObjectsPut put;
  std::int64_t seen = 0;
  each_object(vault, manifest, options, [&](const ListedObject& object) {
    if (seen++ % 100 == 0) step(options, Stage::objects, seen, manifest.objects.rows);
    try {
      if (writing.take(object)) ++put.written;
    } catch (const Damaged&) {
      ++put.damaged;
      if (put.named.size() < damaged_named) put.named.emplace_back(object.key);
    }
  });
  writing.put();
  return put;
}

std::string RestoreService::fetched(Vault& vault, const Manifest& manifest,
                                    const BackupTable& table, const RestoreOptions& options) {
  const std::string path =
      options.scratch + "/" + std::filesystem::path(table.file.file).filename().string();
  vault.fetch(vault_file_key(manifest.id, table.file.file), table.file.sha256, path);
  return path;
}

void RestoreService::each_object(Vault& vault, const Manifest& manifest,
                                 const RestoreOptions& options,
                                 FunctionRef<void(const ListedObject&)> each) {
  const std::string path = fetched(vault, manifest, manifest.objects, options);
  RowSum sum;
  warehouse::read_table(
      engine_, manifest.format, path, manifest.objects.columns,
      [&](std::span<const warehouse::Cell> cells) {
        add(sum, cells);
        each({std::get<std::string_view>(cells[0]), std::get<std::string_view>(cells[1]),
              std::get<std::int64_t>(cells[2])});
      });
  std::filesystem::remove(path);
  if (sum.hex() != manifest.objects.sum) throw Damaged(differs(manifest.objects, sum));
}

std::string RestoreService::check_object(Vault& vault, const ListedObject& object) {
  const std::string key(object.key);
  try {
    const std::string found = vault.read(vault_object_key(object.sha256), [](std::string_view) {});
    return found == object.sha256 ? "" : "The object " + key + " is altered.";
  } catch (const Damaged& damage) {
    return "The object " + key + " is " + damage.what() + ".";
  }
}

std::vector<std::string> RestoreService::rows(Vault& vault, const Manifest& manifest,
                                              db::Database& target, const RestoreOptions& options) {
  db::migrate(target, steps_to(manifest.schema));
  std::vector<std::string> problems;
  target.run_write([&](db::Tx& tx) {
    load(vault, manifest, tx, options);
    problems = differences(manifest, tx, options);
    return problems.empty();
  });
  return problems;
}

void RestoreService::load(Vault& vault, const Manifest& manifest, db::Tx& tx,
                          const RestoreOptions& options) {
  std::vector<db::Table> tables = db::list_tables(tx);
  // What the backup does not know is not its to empty. What it has is loaded, also where it would
  // be left out by now: differences() compares it.
  std::erase_if(tables, [&](const db::Table& table) {
    if (table_of(manifest, table.name) != nullptr) return false;
    return left_out(table.name).has_value() || !knows_table(manifest, table.name);
  });
  db::TableLoader loader(tx, tables);
  warehouse::TableFolder files(engine_, manifest.format, options.scratch);
  std::int64_t done = 0;
  for (const db::Table& table : tables) {
    step(options, Stage::restoring, done++, std::ssize(tables));
    const BackupTable* backed_up = table_of(manifest, table.name);
    if (backed_up == nullptr) continue;  // another version left it out
    const std::string path = fetched(vault, manifest, *backed_up, options);
    loader.begin(table, part_of(table, *backed_up).columns);
    std::vector<db::Param> params;
    files.read(path, backed_up->columns, [&](std::span<const warehouse::Cell> cells) {
      params.clear();
      for (const warehouse::Cell& cell : cells) params.push_back(param_of(cell));
      loader.row(params);
    });
    loader.end();
    std::filesystem::remove(path);
  }
  loader.finish();
}

std::vector<std::string> RestoreService::compare(const Manifest& manifest, db::Database& target,
                                                 const RestoreOptions& options) {
  return target.read([&](db::Tx& tx) { return differences(manifest, tx, options); });
}

std::vector<std::string> RestoreService::differences(const Manifest& manifest, db::Tx& tx,
                                                     const RestoreOptions& options) {
  std::vector<std::string> problems;
  std::int64_t done = 0;
  std::int64_t compared = 0;
  for (const db::Table& table : db::list_tables(tx)) {
    const BackupTable* backed_up = table_of(manifest, table.name);
    if (backed_up == nullptr) continue;
    step(options, Stage::comparing, done++, std::ssize(manifest.tables));
    ++compared;
    const db::Table part = part_of(table, *backed_up);
    RowSum sum;
    db::each_row(tx, part, [&](const db::Row& row) { add(sum, row, part); });
    if (sum.hex() != backed_up->sum || sum.rows() != backed_up->rows) {
      problems.push_back(differs(*backed_up, sum));
    }
  }
  if (compared != std::ssize(manifest.tables)) problems.emplace_back("Tables are missing.");
  return problems;
}

void RestoreService::settle(db::Database& target) {
  target.write([&](db::Tx& tx) { rows_.forget_uploads(tx); });
}

std::vector<std::string> RestoreService::compare_files(Vault& vault, const Manifest& manifest,
                                                       const RestoreOptions& options) {
  std::vector<std::string> problems;
  std::int64_t done = 0;
  warehouse::TableFolder files(engine_, manifest.format, options.scratch);
  for (const BackupTable& table : manifest.tables) {
    step(options, Stage::comparing, done++, std::ssize(manifest.tables));
    const std::string path = fetched(vault, manifest, table, options);
    RowSum sum;
    files.read(path, table.columns,
               [&](std::span<const warehouse::Cell> cells) { add(sum, cells); });
    std::filesystem::remove(path);
    if (sum.hex() != table.sum || sum.rows() != table.rows) problems.push_back(differs(table, sum));
  }
  return problems;
}

}  // namespace picsharz::backups
