// A backup: what one instance was at one moment, in files that prove themselves.
//
// What:      below a target:
//              objects/ab/<sha256>      originals, renditions, avatars; each once, for all backups
//              <id>/tables/<table>.<format>   the rows of a table
//              <id>/objects.<format>    which objects this backup has, and under which keys
//              <id>/manifest.sha256     of the next one
//              <id>/manifest.json       written last: without it there is no backup
//              <id>/proof.json          that it was restored and compared
//              journal/...              what was deleted, whenever that was (Deletion)
//            Every hash is of what was backed up, before any encryption.
// Ids:       the time at which it began, "20261129t001500z"; a later one sorts behind.
// Threads:   plain values.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "warehouse/table.h"

namespace picsharz::backups {

enum class Kind {
  full,     // everything that a restore needs
  archive,  // tables without columns that tell of persons, no objects: kept for ever, never
            // restored
};
std::string_view name_of(Kind kind);

// One file of a backup.
struct BackupFile {
  std::string file;  // below the backup's folder: "tables/photo-tags.parquet"
  std::int64_t bytes = 0;
  std::string sha256{};
};

struct BackupTable {
  std::string name;
  BackupFile file{};
  std::vector<warehouse::Column> columns{};
  std::int64_t rows = 0;
  std::string sum{};  // of the rows, whatever their order (RowSum)
};

struct LeftOut {
  std::string table;
  std::string why;
};

struct Manifest {
  std::string id;
  Kind kind = Kind::full;
  int schema = 0;      // the last migration
  std::string engine;  // "sqlite" or "postgres": where it comes from
  warehouse::Format format = warehouse::Format::parquet;
  bool sealed = false;  // files and objects are encrypted
  Micros begun_at = 0;
  Micros snapshot_at = 0;  // the rows are those of this moment
  Micros ended_at = 0;
  std::vector<BackupTable> tables{};
  std::vector<LeftOut> left_out{};
  BackupTable objects{};  // of object_columns(); no file in an archive
  std::int64_t object_bytes = 0;
  std::int64_t new_objects = 0;  // copied by this backup; the others were there already
  std::int64_t new_bytes = 0;
  // Objects that the rows speak of and that were not there, or altered, when they were read, though
  // the rows still spoke of them afterwards. Those that were deleted meanwhile are no loss.
  std::vector<std::string> lost{};

  std::int64_t rows() const;
  std::int64_t bytes() const;  // of the rows' files
};

// key, sha256, bytes
std::vector<warehouse::Column> object_columns();

// What a restore into a scratch instance found.
struct Proof {
  Micros at = 0;
  bool good = false;
  std::int64_t rows = 0;
  std::int64_t objects = 0;
  std::int64_t pages = 0;             // opened
  std::vector<std::string> problems;  // at most problems_max sentences
};
inline constexpr std::size_t problems_max = 20;

enum class Stage { rows, objects, restoring, comparing, pages, done };
std::string_view name_of(Stage stage);

struct Progress {
  Stage stage = Stage::rows;
  std::int64_t done = 0;
  std::int64_t total = 0;  // 0: unknown
};
using Report = std::function<void(const Progress&)>;

// What went and has to stay away, whatever a backup of before says.
struct Deletion {
  // Numbers are in the database: never renumber. removed, reinstated: a photo, by moderation, and
  // comment_removed, comment_reinstated a comment; erased: the bytes of a removed photo; left,
  // returned: an account, whose days of grace run. A session or a token that ended by its time has
  // no word: it has ended after a restore, too.
  enum class What {
    account = 0,
    photo = 1,
    comment = 2,
    collection = 3,
    avatar = 4,
    removed = 5,
    reinstated = 6,
    left = 7,
    returned = 8,
    comment_removed = 9,
    comment_reinstated = 10,
    session = 11,
    token = 12,
    erased = 13,
  };
  static constexpr int kinds = 14;
  std::int64_t seq = 0;  // counts within an instance
  What what = What::photo;
  std::int64_t id = 0;
  std::string name;  // of an avatar; of reinstated the state that the photo has since, or ""
  Micros at = 0;
};
std::string_view name_of(Deletion::What what);

// "20261129t001500z"
std::string id_of(Micros time);
bool is_id(std::string_view text);

}  // namespace picsharz::backups
