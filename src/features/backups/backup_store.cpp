#include "features/backups/backup_store.h"

namespace picsharz::backups {

namespace {

constexpr auto anything = [](const db::Row&) { return true; };

BackupRow read_backup(const db::Row& row) {
  return {.id = row.string(0),
          .kind = row.as<Kind>(1),
          .state = row.as<State>(2),
          .stage = row.string(3),
          .done = row.integer(4),
          .total = row.integer(5),
          .all_again = row.truth(6),
          .asked_by = row.id<AccountId>(7),
          .asked_at = row.integer(8),
          .ended_at = row.maybe_integer(9),
          .proved_at = row.maybe_integer(10),
          .problem = row.string(11)};
}

Deletion read_deletion(const db::Row& row) {
  return {row.integer(0), row.as<Deletion::What>(1), row.integer(2), row.string(3), row.integer(4)};
}

#define BACKUP_COLUMNS                                                                     \
  "b.id, b.kind, b.state, b.stage, b.done, b.total, b.all_again, b.asked_by, b.asked_at, " \
  "b.ended_at, b.proved_at, b.problem"

}  // namespace

std::vector<OriginalSeen> BackupStore::originals(db::Tx& tx, std::string_view after, int most) {
  return tx.all(
      "SELECT o.sha256, o.bytes FROM originals o WHERE o.sha256 > $1"
      " AND EXISTS (SELECT 1 FROM photos p WHERE p.original = o.sha256)"
      " ORDER BY o.sha256 LIMIT $2",
      [](const db::Row& row) {
        return OriginalSeen{row.string(0), row.integer(1)};
      },
      after, most);
}

std::vector<RenditionSeen> BackupStore::renditions(db::Tx& tx, std::string_view after,
                                                   std::string_view last) {
  return tx.all(
      "SELECT r.original, r.name, r.sha256, r.bytes FROM renditions r"
      " WHERE r.original > $1 AND r.original <= $2"
      " AND EXISTS (SELECT 1 FROM photos p WHERE p.original = r.original)"
      " ORDER BY r.original, r.name",
      [](const db::Row& row) {
        return RenditionSeen{row.string(0), row.string(1), row.string(2), row.integer(3)};
      },
      after, last);
}

std::vector<AvatarSeen> BackupStore::avatars(db::Tx& tx, AccountId after, int most) {
  return tx.all(
      "SELECT a.id, a.avatar FROM accounts a WHERE a.id > $1 AND a.avatar <> ''"
      " ORDER BY a.id LIMIT $2",
      [](const db::Row& row) {
        return AvatarSeen{row.id<AccountId>(0), row.string(1)};
      },
      after, most);
}

bool BackupStore::has_original(db::Tx& tx, std::string_view sha256) {
  return tx.one("SELECT 1 FROM photos p WHERE p.original = $1 LIMIT 1", anything, sha256)
      .has_value();
}

bool BackupStore::has_rendition(db::Tx& tx, std::string_view original, std::string_view name,
                                std::string_view sha256) {
  return has_original(tx, original) &&
         tx.one("SELECT 1 FROM renditions WHERE original = $1 AND name = $2 AND sha256 = $3",
                anything, original, name, sha256)
             .has_value();
}

bool BackupStore::has_avatar(db::Tx& tx, std::string_view avatar) {
  return tx.one("SELECT 1 FROM accounts WHERE avatar = $1 AND avatar <> ''", anything, avatar)
      .has_value();
}

std::vector<PhotoId> BackupStore::photos_of(db::Tx& tx, std::string_view original) {
  return tx.all(
      "SELECT p.id FROM photos p WHERE p.original = $1 ORDER BY p.id",
      [](const db::Row& row) { return row.id<PhotoId>(0); }, original);
}

std::string BackupStore::original_of(db::Tx& tx, PhotoId photo) {
  return tx
      .one(
          "SELECT p.original FROM photos p WHERE p.id = $1",
          [](const db::Row& row) { return row.string(0); }, photo)
      .value_or("");
}

std::vector<PhotoId> BackupStore::public_photos(db::Tx& tx, int most) {
  return tx.all(
      "SELECT p.id FROM photos p JOIN accounts a ON a.id = p.owner_id"
      " WHERE p.state = 3 AND p.visibility = 0 AND p.reported = 0"
      " AND a.state = 0 AND a.private = 0 ORDER BY p.original LIMIT $1",
      [](const db::Row& row) { return row.id<PhotoId>(0); }, most);
}

bool BackupStore::add(db::Tx& tx, const BackupRow& row) {
  return tx.exec(
             "INSERT INTO backups (id, kind, state, all_again, asked_by, asked_at, ended_at,"
             " proved_at, problem) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
             " ON CONFLICT DO NOTHING",
             row.id, row.kind, row.state, row.all_again, row.asked_by, row.asked_at, row.ended_at,
             row.proved_at, row.problem) == 1;
}

void BackupStore::put(db::Tx& tx, const BackupRow& row) {
  tx.exec(
      "UPDATE backups SET state = $2, stage = $3, done = $4, total = $5, ended_at = $6,"
      " proved_at = $7, problem = $8 WHERE id = $1",
      row.id, row.state, row.stage, row.done, row.total, row.ended_at, row.proved_at, row.problem);
}

std::optional<BackupRow> BackupStore::find(db::Tx& tx, std::string_view id) {
  return tx.one("SELECT " BACKUP_COLUMNS " FROM backups b WHERE b.id = $1", read_backup, id);
}

std::vector<BackupRow> BackupStore::list(db::Tx& tx) {
  return tx.all("SELECT " BACKUP_COLUMNS " FROM backups b ORDER BY b.id DESC LIMIT 1000",
                read_backup);
}

bool BackupStore::give_up(db::Tx& tx, const BackupRow& row) {
  return tx.exec(
             "UPDATE backups SET state = $2, stage = '', ended_at = $3, problem = $4"
             " WHERE id = $1 AND state IN (0, 1)",
             row.id, row.state, row.ended_at, row.problem) == 1;
}

void BackupStore::remove(db::Tx& tx, std::string_view id) {
  tx.exec("DELETE FROM backups WHERE id = $1", id);
}

int BackupStore::prune_failed(db::Tx& tx, int most) {
  return static_cast<int>(
      tx.exec("DELETE FROM backups WHERE state = 4 AND id < (SELECT MIN(n.id) FROM (SELECT b.id"
              " FROM backups b WHERE b.state = 4 ORDER BY b.id DESC LIMIT $1) n)",
              most));
}

std::optional<Micros> BackupStore::first_account(db::Tx& tx) {
  return tx.one("SELECT a.created_at FROM accounts a ORDER BY a.id LIMIT 1",
                [](const db::Row& row) { return row.integer(0); });
}

std::vector<Deletion> BackupStore::unshipped(db::Tx& tx, int most) {
  return tx.all(
      "SELECT d.seq, d.what, d.id, d.name, d.created_at FROM deletions d WHERE d.shipped = 0"
      " ORDER BY d.seq LIMIT $1",
      read_deletion, most);
}

std::vector<Deletion> BackupStore::deletions(db::Tx& tx, std::int64_t after, int most) {
  return tx.all(
      "SELECT d.seq, d.what, d.id, d.name, d.created_at FROM deletions d WHERE d.seq > $1"
      " ORDER BY d.seq LIMIT $2",
      read_deletion, after, most);
}

void BackupStore::set_shipped(db::Tx& tx, std::int64_t seq) {
  tx.exec("UPDATE deletions SET shipped = 1 WHERE seq = $1", seq);
}

int BackupStore::prune_deletions(db::Tx& tx, Micros before) {
  return static_cast<int>(
      tx.exec("DELETE FROM deletions WHERE created_at < $1 AND shipped = 1", before));
}

int BackupStore::drop_deletions(db::Tx& tx, Micros before) {
  return static_cast<int>(tx.exec("DELETE FROM deletions WHERE created_at < $1", before));
}

bool BackupStore::any_account(db::Tx& tx) {
  return tx.one("SELECT 1 FROM accounts LIMIT 1", anything).has_value();
}

std::int64_t BackupStore::other_connections(db::Tx& tx) {
  static constexpr db::Sql sql(
      "SELECT 0",
      "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
      " AND pid <> pg_backend_pid() AND application_name = 'picsharz'");
  return tx.one(sql, [](const db::Row& row) { return row.integer(0); }).value_or(0);
}

void BackupStore::forget_uploads(db::Tx& tx) {
  tx.exec("UPDATE accounts SET reserved = 0, uploads = 0 WHERE reserved <> 0 OR uploads <> 0");
}

}  // namespace picsharz::backups
