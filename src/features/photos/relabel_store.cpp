#include "features/photos/relabel_store.h"

#include <limits>

namespace picsharz::photos {

namespace {

PhotoId read_id(const db::Row& row) { return row.id<PhotoId>(0); }

}  // namespace

std::optional<Relabelling> RelabelStore::find(db::Tx& tx) {
  return tx.one(
      "SELECT before_id, photos, seen, changed, asked_at, ended_at FROM relabelling WHERE id = 1",
      [](const db::Row& row) {
        return Relabelling{.before = row.integer(0),
                           .photos = row.integer(1),
                           .seen = row.integer(2),
                           .changed = row.integer(3),
                           .asked_at = row.integer(4),
                           .ended_at = row.maybe_integer(5)};
      });
}

void RelabelStore::begin(db::Tx& tx, Micros now) {
  tx.exec("DELETE FROM relabelling");
  tx.exec(
      "INSERT INTO relabelling (id, before_id, photos, seen, changed, asked_at)"
      " SELECT 1, $1, count(*), 0, 0, $2 FROM photos WHERE state IN (3, 4)",
      std::numeric_limits<std::int64_t>::max(), now);
}

std::optional<PhotoId> RelabelStore::next(db::Tx& tx, std::int64_t before,
                                          std::string_view models) {
  return tx.one(
      "SELECT p.id FROM photos p WHERE p.id < $1 AND p.state IN (3, 4) AND NOT EXISTS"
      " (SELECT 1 FROM assessments a WHERE a.photo_id = p.id AND a.models = $2)"
      " ORDER BY p.id DESC LIMIT 1",
      read_id, before, models);
}

void RelabelStore::advance(db::Tx& tx, PhotoId past, bool changed) {
  tx.exec(
      "UPDATE relabelling SET before_id = $1, seen = seen + 1, changed = changed + $2"
      " WHERE id = 1",
      past, changed ? 1 : 0);
}

void RelabelStore::end(db::Tx& tx, Micros now) {
  tx.exec("UPDATE relabelling SET before_id = 0, ended_at = $1 WHERE id = 1", now);
}

std::optional<PhotoId> RelabelStore::next_unchecked(db::Tx& tx, std::int64_t before) {
  return tx.one(
      "SELECT id FROM photos WHERE id < $1 AND state = 4 AND reason = 'models_missing'"
      " ORDER BY id DESC LIMIT 1",
      read_id, before);
}

}  // namespace picsharz::photos
