#include "features/photos/original_store.h"

namespace picsharz::photos {

namespace {

#define ORIGINAL_COLUMNS "sha256, bytes, claims, claimed_until, damage"

OriginalRow read_original(const db::Row& row) {
  return {row.string(0), row.integer(1), row.integer(2), row.integer(3), row.maybe_string(4)};
}

}  // namespace

OriginalRow OriginalStore::claim(db::Tx& tx, std::string_view sha256, std::int64_t bytes,
                                 Micros until) {
  return tx
      .one(
          "INSERT INTO originals (sha256, bytes, claims, claimed_until) VALUES ($1, $2, 1, $3)"
          " ON CONFLICT (sha256) DO UPDATE SET claims = originals.claims + 1,"
          " claimed_until = excluded.claimed_until RETURNING " ORIGINAL_COLUMNS,
          read_original, sha256, bytes, until)
      .value();
}

void OriginalStore::end_claim(db::Tx& tx, std::string_view sha256) {
  tx.exec("UPDATE originals SET claims = claims - 1 WHERE sha256 = $1 AND claims > 0", sha256);
}

void OriginalStore::expect_replacement(db::Tx& tx, std::string_view sha256) {
  tx.exec("UPDATE originals SET damage = NULL, damaged_at = NULL, checked_at = 0 WHERE sha256 = $1",
          sha256);
}

void OriginalStore::use(db::Tx& tx, std::string_view sha256, std::int64_t bytes) {
  tx.exec(
      "INSERT INTO originals (sha256, bytes) VALUES ($1, $2)"
      " ON CONFLICT (sha256) DO UPDATE SET bytes = excluded.bytes,"
      " claims = CASE WHEN originals.claims > 0 THEN originals.claims - 1 ELSE 0 END",
      sha256, bytes);
}

OriginalRow OriginalStore::lock(db::Tx& tx, std::string_view sha256) {
  return tx
      .one(
          "INSERT INTO originals (sha256, bytes) VALUES ($1, 0)"
          " ON CONFLICT (sha256) DO UPDATE SET sha256 = excluded.sha256"
          " RETURNING " ORIGINAL_COLUMNS,
          read_original, sha256)
      .value();
}

bool OriginalStore::has_photos(db::Tx& tx, std::string_view sha256) {
  return tx.exec("SELECT 1 FROM photos WHERE original = $1 LIMIT 1", sha256) > 0;
}

std::optional<std::uint32_t> OriginalStore::crc32(db::Tx& tx, std::string_view sha256) {
  return tx.one(
      "SELECT crc32 FROM originals WHERE sha256 = $1 AND crc32 IS NOT NULL",
      [](const db::Row& row) { return static_cast<std::uint32_t>(row.integer(0)); }, sha256);
}

void OriginalStore::set_crc32(db::Tx& tx, std::string_view sha256, std::uint32_t crc) {
  tx.exec("UPDATE originals SET crc32 = $2 WHERE sha256 = $1", sha256,
          static_cast<std::int64_t>(crc));
}

void OriginalStore::remove(db::Tx& tx, std::string_view sha256) {
  tx.exec("DELETE FROM originals WHERE sha256 = $1", sha256);
  tx.exec("DELETE FROM orphans WHERE original = $1", sha256);
}

void OriginalStore::put_rendition(db::Tx& tx, std::string_view original, const RenditionRow& row) {
  lock(tx, original);
  tx.exec(
      "INSERT INTO renditions (original, name, sha256, bytes) VALUES ($1, $2, $3, $4)"
      " ON CONFLICT (original, name) DO UPDATE SET sha256 = excluded.sha256,"
      " bytes = excluded.bytes",
      original, row.name, row.sha256, row.bytes);
}

void OriginalStore::remove_rendition(db::Tx& tx, std::string_view original, std::string_view name) {
  tx.exec("DELETE FROM renditions WHERE original = $1 AND name = $2", original, name);
}

std::vector<RenditionRow> OriginalStore::renditions(db::Tx& tx, std::string_view original) {
  return tx.all(
      "SELECT name, sha256, bytes FROM renditions WHERE original = $1 ORDER BY name",
      [](const db::Row& row) {
        return RenditionRow{row.string(0), row.string(1), row.integer(2)};
      },
      original);
}

std::vector<std::string> OriginalStore::rendition_lists(db::Tx& tx, std::string_view original) {
  return tx.all(
      "SELECT DISTINCT renditions FROM photos WHERE original = $1 AND renditions <> ''",
      [](const db::Row& row) { return row.string(0); }, original);
}

void OriginalStore::list_made(db::Tx& tx, PhotoId photo, std::string_view original,
                              std::span<const std::string> names) {
  const auto list = tx.one(
      "SELECT renditions FROM photos WHERE id = $1 AND original = $2",
      [](const db::Row& row) { return row.string(0); }, photo, original);
  if (!list) return;
  const std::string listed = with_made(*list, names);
  if (listed == *list) return;
  tx.exec("UPDATE photos SET renditions = $2 WHERE id = $1", photo, listed);
}

void OriginalStore::unlist_made(db::Tx& tx, std::string_view original,
                                std::span<const std::string> names) {
  for (const std::string& list : rendition_lists(tx, original)) {
    const std::string listed = without_made(list, names);
    if (listed == list) continue;
    tx.exec("UPDATE photos SET renditions = $3 WHERE original = $1 AND renditions = $2", original,
            list, listed);
  }
}

std::optional<OriginalRow> OriginalStore::next_to_check(db::Tx& tx, Micros before) {
  return tx.one("SELECT " ORIGINAL_COLUMNS
                " FROM originals o WHERE checked_at < $1"
                " AND EXISTS (SELECT 1 FROM photos p WHERE p.original = o.sha256)"
                " ORDER BY checked_at, sha256 LIMIT 1",
                read_original, before);
}

void OriginalStore::set_checked(db::Tx& tx, std::string_view sha256,
                                std::optional<std::string_view> damage, Micros now) {
  tx.exec(
      "UPDATE originals SET checked_at = $3, damage = $2,"
      " damaged_at = CASE WHEN CAST($2 AS TEXT) IS NULL THEN NULL"
      " ELSE COALESCE(damaged_at, $3) END WHERE sha256 = $1",
      sha256, damage, now);
}

std::vector<OriginalRow> OriginalStore::damaged(db::Tx& tx, int limit) {
  return tx.all("SELECT " ORIGINAL_COLUMNS
                " FROM originals WHERE damage IS NOT NULL ORDER BY sha256 LIMIT $1",
                read_original, limit);
}

std::vector<DamagedPhoto> OriginalStore::damaged_photos(db::Tx& tx, int limit) {
  return tx.all(
      "SELECT p.id, a.handle, o.damage, o.damaged_at FROM originals o"
      " JOIN photos p ON p.original = o.sha256 JOIN accounts a ON a.id = p.owner_id"
      " WHERE o.damage IS NOT NULL ORDER BY o.damaged_at DESC, p.id DESC LIMIT $1",
      [](const db::Row& row) {
        return DamagedPhoto{row.id<PhotoId>(0), row.string(1), row.string(2), row.integer(3)};
      },
      limit);
}

CheckCounts OriginalStore::count_checked(db::Tx& tx, Micros since) {
  return tx
      .one(
          "SELECT (SELECT count(*) FROM originals),"
          " (SELECT count(*) FROM originals WHERE checked_at >= $1),"
          " (SELECT min(checked_at) FROM originals)",
          [](const db::Row& row) {
            CheckCounts counts{.originals = row.integer(0), .checked = row.integer(1)};
            if (counts.originals > 0 && row.integer(2) > 0) counts.oldest_at = row.integer(2);
            return counts;
          },
          since)
      .value();
}

std::int64_t OriginalStore::count_damaged(db::Tx& tx) {
  return tx
      .one("SELECT count(*) FROM originals WHERE damage IS NOT NULL",
           [](const db::Row& row) { return row.integer(0); })
      .value();
}

bool OriginalStore::is_damaged(db::Tx& tx, std::string_view sha256) {
  return tx.exec("SELECT 1 FROM originals WHERE sha256 = $1 AND damage IS NOT NULL", sha256) > 0;
}

std::vector<std::string> OriginalStore::unused(db::Tx& tx, Micros now, int limit) {
  return tx.all(
      "SELECT sha256 FROM originals o WHERE claimed_until < $1"
      " AND NOT EXISTS (SELECT 1 FROM photos p WHERE p.original = o.sha256) LIMIT $2",
      [](const db::Row& row) { return row.string(0); }, now, limit);
}

Micros OriginalStore::note_orphan(db::Tx& tx, std::string_view sha256, Micros now) {
  return tx
      .one(
          "INSERT INTO orphans (original, seen_at) VALUES ($1, $2)"
          " ON CONFLICT (original) DO UPDATE SET original = excluded.original RETURNING seen_at",
          [](const db::Row& row) { return row.integer(0); }, sha256, now)
      .value();
}

void OriginalStore::forget_used_orphans(db::Tx& tx) {
  tx.exec(
      "DELETE FROM orphans WHERE EXISTS"
      " (SELECT 1 FROM photos p WHERE p.original = orphans.original)");
}

std::optional<Micros> OriginalStore::done_at(db::Tx& tx, std::string_view task) {
  return tx.one(
      "SELECT done_at FROM upkeep_marks WHERE name = $1",
      [](const db::Row& row) { return row.integer(0); }, task);
}

void OriginalStore::set_done(db::Tx& tx, std::string_view task, Micros now) {
  tx.exec(
      "INSERT INTO upkeep_marks (name, done_at) VALUES ($1, $2)"
      " ON CONFLICT (name) DO UPDATE SET done_at = excluded.done_at",
      task, now);
}

}  // namespace picsharz::photos
