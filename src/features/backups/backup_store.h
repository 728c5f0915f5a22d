// Rows about backups, the journal of deletions, and which objects the rows of others speak of. No
// rules, no clock.
//
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "db/database.h"
#include "features/backups/backup.h"

namespace picsharz::backups {

// Numbers are in the database: never renumber.
enum class State { waiting = 0, running = 1, made = 2, proved = 3, failed = 4, unproved = 5 };

struct BackupRow {
  std::string id;
  Kind kind = Kind::full;
  State state = State::waiting;
  std::string stage{};
  std::int64_t done = 0;
  std::int64_t total = 0;
  bool all_again = false;
  AccountId asked_by{};
  Micros asked_at = 0;
  std::optional<Micros> ended_at{};
  std::optional<Micros> proved_at{};
  std::string problem{};
};

struct OriginalSeen {
  std::string sha256;
  std::int64_t bytes = 0;
};
struct RenditionSeen {
  std::string original;
  std::string name;
  std::string sha256;
  std::int64_t bytes = 0;
};
struct AvatarSeen {
  AccountId account;
  std::string avatar;
};

class BackupStore {
 public:
  // Of photos' originals, some behind `after`, in the order of their hashes.
  std::vector<OriginalSeen> originals(db::Tx& tx, std::string_view after, int most);
  // Of the originals behind `after` up to `last`.
  std::vector<RenditionSeen> renditions(db::Tx& tx, std::string_view after, std::string_view last);
  std::vector<AvatarSeen> avatars(db::Tx& tx, AccountId after, int most);
  bool has_original(db::Tx& tx, std::string_view sha256);
  bool has_rendition(db::Tx& tx, std::string_view original, std::string_view name,
                     std::string_view sha256);
  bool has_avatar(db::Tx& tx, std::string_view avatar);
  std::vector<PhotoId> photos_of(db::Tx& tx, std::string_view original);
  std::string original_of(db::Tx& tx, PhotoId photo);
  // Public photos for opening, anyhow chosen.
  std::vector<PhotoId> public_photos(db::Tx& tx, int most);

  // False where there is one of that id.
  bool add(db::Tx& tx, const BackupRow& row);
  void put(db::Tx& tx, const BackupRow& row);  // all of it but who asked for it
  std::optional<BackupRow> find(db::Tx& tx, std::string_view id);
  std::vector<BackupRow> list(db::Tx& tx);  // newest first
  // put() of one that is still under way; false: it has ended.
  bool give_up(db::Tx& tx, const BackupRow& row);
  void remove(db::Tx& tx, std::string_view id);
  // Of those that failed all but the newest.
  int prune_failed(db::Tx& tx, int most);
  std::optional<Micros> first_account(db::Tx& tx);  // when it was made

  std::vector<Deletion> unshipped(db::Tx& tx, int most);
  // All that are kept, shipped or not, behind `after`.
  std::vector<Deletion> deletions(db::Tx& tx, std::int64_t after, int most);
  void set_shipped(db::Tx& tx, std::int64_t seq);
  int prune_deletions(db::Tx& tx, Micros before);  // that were shipped
  int drop_deletions(db::Tx& tx, Micros before);   // all: there is nothing to ship them to
  bool any_account(db::Tx& tx);
  // Of Picsharz's processes, as PostgreSQL tells of them to the same user.
  std::int64_t other_connections(db::Tx& tx);

  // What a restore puts right after the rows are as they were backed up.
  void forget_uploads(db::Tx& tx);
};

}  // namespace picsharz::backups
