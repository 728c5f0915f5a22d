#include "features/feed/photo_list_store.h"

#include <limits>

namespace picsharz::feed {

namespace {

constexpr std::int64_t latest = std::numeric_limits<std::int64_t>::max();

}  // namespace

std::vector<Position> PhotoListStore::tagged(db::Tx& tx, std::string_view tag,
                                             std::optional<Position> after, int limit) {
  return tx.all(
      "SELECT photo_id FROM photo_tags WHERE tag = $1 AND photo_id < $2"
      " ORDER BY photo_id DESC LIMIT $3",
      [](const db::Row& row) {
        return Position{0, row.integer(0)};
      },
      tag, after ? after->id : latest, limit);
}

std::vector<Position> PhotoListStore::liked(db::Tx& tx, AccountId account,
                                            std::optional<Position> after, int limit) {
  const Position from = after.value_or(Position{latest, latest});
  return tx.all(
      "SELECT created_at, photo_id FROM likes"
      " WHERE account_id = $1 AND (created_at, photo_id) < ($2, $3)"
      " ORDER BY created_at DESC, photo_id DESC LIMIT $4",
      [](const db::Row& row) {
        return Position{row.integer(0), row.integer(1)};
      },
      account, from.key, from.id, limit);
}

}  // namespace picsharz::feed
