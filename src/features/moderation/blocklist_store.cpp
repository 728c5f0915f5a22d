#include "features/moderation/blocklist_store.h"

namespace picsharz::moderation {

namespace {

#define BLOCKED_QUERY                                                            \
  "SELECT b.id, b.phash, b.photo_id, b.added_by, b.note, b.created_at, a.handle" \
  " FROM moderation_blocklist b LEFT JOIN accounts a ON a.id = b.added_by"

template <class T>
std::optional<T> maybe_id(const db::Row& row, int column) {
  return row.null(column) ? std::nullopt : std::optional(row.id<T>(column));
}

BlockedPicture read_blocked(const db::Row& row) {
  return {.id = row.id<BlockId>(0),
          .phash = static_cast<std::uint64_t>(row.integer(1)),
          .photo = maybe_id<PhotoId>(row, 2),
          .added_by = maybe_id<AccountId>(row, 3),
          .note = row.string(4),
          .created_at = row.integer(5),
          .added_by_handle = row.maybe_string(6)};
}

// Two changes at once wait for each other here, so that the version tells of both.
void changed(db::Tx& tx) {
  tx.exec(
      "INSERT INTO moderation_blocklist_version (id, version) VALUES (1, 1)"
      " ON CONFLICT (id) DO UPDATE SET version = moderation_blocklist_version.version + 1");
}

}  // namespace

std::int64_t BlocklistStore::version(db::Tx& tx) {
  return tx
      .one("SELECT version FROM moderation_blocklist_version WHERE id = 1",
           [](const db::Row& row) { return row.integer(0); })
      .value_or(0);
}

std::vector<BlockedHash> BlocklistStore::hashes(db::Tx& tx) {
  return tx.all("SELECT id, phash FROM moderation_blocklist", [](const db::Row& row) {
    return BlockedHash{row.id<BlockId>(0), static_cast<std::uint64_t>(row.integer(1))};
  });
}

bool BlocklistStore::insert(db::Tx& tx, const BlockedPicture& picture) {
  const bool inserted =
      tx.exec(
          "INSERT INTO moderation_blocklist (id, phash, photo_id, added_by, note, created_at)"
          " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
          picture.id, static_cast<std::int64_t>(picture.phash), picture.photo, picture.added_by,
          picture.note, picture.created_at) == 1;
  if (inserted) changed(tx);
  return inserted;
}

bool BlocklistStore::remove(db::Tx& tx, BlockId id) {
  const bool removed = tx.exec("DELETE FROM moderation_blocklist WHERE id = $1", id) == 1;
  if (removed) changed(tx);
  return removed;
}

void BlocklistStore::lock(db::Tx& tx) {
  tx.exec("UPDATE moderation_blocklist_version SET version = version WHERE id = 1");
}

bool BlocklistStore::remove_of(db::Tx& tx, PhotoId photo) {
  const bool removed = tx.exec("DELETE FROM moderation_blocklist WHERE photo_id = $1", photo) > 0;
  if (removed) changed(tx);
  return removed;
}

std::optional<RemovedPhoto> BlocklistStore::removed_twin(
    db::Tx& tx, PhotoId photo, std::span<const std::string_view, 4> reasons) {
  return tx.one(
      "SELECT t.id, d.actor_id FROM photos p JOIN photos t ON t.phash = p.phash AND t.id <> p.id"
      " JOIN moderation_standing s ON s.photo_id = t.id"
      " JOIN moderation_decisions d ON d.id = s.decision_id"
      " WHERE p.id = $1 AND t.state = 5 AND t.reason IN ($2, $3, $4, $5) ORDER BY t.id LIMIT 1",
      [](const db::Row& row) {
        return RemovedPhoto{row.id<PhotoId>(0), maybe_id<AccountId>(row, 1)};
      },
      photo, reasons[0], reasons[1], reasons[2], reasons[3]);
}

std::optional<BlockedPicture> BlocklistStore::find(db::Tx& tx, std::uint64_t phash) {
  return tx.one(BLOCKED_QUERY " WHERE b.phash = $1", read_blocked,
                static_cast<std::int64_t>(phash));
}

std::optional<BlockedPicture> BlocklistStore::find(db::Tx& tx, BlockId id) {
  return tx.one(BLOCKED_QUERY " WHERE b.id = $1", read_blocked, id);
}

std::vector<BlockedPicture> BlocklistStore::list(db::Tx& tx, BlockId before, int limit) {
  return tx.all(BLOCKED_QUERY " WHERE b.id < $1 ORDER BY b.id DESC LIMIT $2", read_blocked, before,
                limit);
}

std::optional<std::uint64_t> BlocklistStore::phash(db::Tx& tx, PhotoId photo) {
  const auto found = tx.one(
      "SELECT phash FROM photos WHERE id = $1 AND phash IS NOT NULL",
      [](const db::Row& row) { return static_cast<std::uint64_t>(row.integer(0)); }, photo);
  return found;
}

}  // namespace picsharz::moderation
