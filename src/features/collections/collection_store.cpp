#include "features/collections/collection_store.h"

#include <limits>

#include "features/accounts/account_store.h"
#include "features/photos/photo_visibility.h"

namespace picsharz::collections {

namespace {

#define COLLECTION_COLUMNS                                                         \
  "p.id, p.owner_id, p.saved, p.name, p.description, p.visibility, p.created_at, " \
  "p.changed_at"
constexpr int collection_columns = 8;

// A collection has an owner and a visibility like a photo, and the same rules.
#define VISIBLE "(p.owner_id = $1 OR " PICSHARZ_SHARED_WITH_VIEWER ")"

CollectionView read_view(const db::Row& row) {
  CollectionView view;
  view.collection = {.id = row.id<CollectionId>(0),
                     .owner = row.id<AccountId>(1),
                     .saved = row.truth(2),
                     .name = row.string(3),
                     .description = row.string(4),
                     .visibility = row.as<photos::Visibility>(5),
                     .created_at = row.integer(6),
                     .changed_at = row.integer(7)};
  view.owner = accounts::read_account(row, collection_columns);
  return view;
}

}  // namespace

bool CollectionStore::insert(db::Tx& tx, const Collection& collection, int most) {
  return tx.exec(
             "INSERT INTO collections (id, owner_id, saved, name, description, visibility,"
             " created_at, changed_at) SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), 0,"
             " CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS BIGINT), CAST($6 AS BIGINT),"
             " CAST($6 AS BIGINT)"
             " WHERE (SELECT count(*) FROM collections WHERE owner_id = $2 AND saved = 0) < $7",
             collection.id, collection.owner, collection.name, collection.description,
             collection.visibility, collection.created_at, most) > 0;
}

std::optional<CollectionView> CollectionStore::find(db::Tx& tx, AccountId viewer, CollectionId id) {
  return tx.one("SELECT " COLLECTION_COLUMNS ", " PICSHARZ_ACCOUNT_COLUMNS(
                    "o") " FROM collections p JOIN accounts o ON o.id = p.owner_id"
                         " WHERE p.id = $2 AND " VISIBLE,
                read_view, viewer, id);
}

std::vector<CollectionView> CollectionStore::of_owner(db::Tx& tx, AccountId viewer, AccountId owner,
                                                      std::optional<CollectionId> before,
                                                      int limit) {
  const CollectionId newest{std::numeric_limits<std::int64_t>::max()};
  return tx.all("SELECT " COLLECTION_COLUMNS ", " PICSHARZ_ACCOUNT_COLUMNS(
                    "o") " FROM collections p JOIN accounts o ON o.id = p.owner_id"
                         " WHERE p.owner_id = $2 AND p.saved = 0 AND p.id < $3 AND " VISIBLE
                         " ORDER BY p.id DESC LIMIT $4",
                read_view, viewer, owner, before.value_or(newest), limit);
}

std::vector<OwnCollection> CollectionStore::around(db::Tx& tx, AccountId owner, PhotoId photo) {
  return tx.all(
      "SELECT c.id, c.name, c.visibility, (SELECT count(*) FROM collection_photos x"
      "  WHERE x.collection_id = c.id AND x.photo_id = $2)"
      " FROM collections c WHERE c.owner_id = $1 AND c.saved = 0 ORDER BY c.id DESC",
      [](const db::Row& row) {
        return OwnCollection{row.id<CollectionId>(0), row.string(1), row.as<photos::Visibility>(2),
                             row.truth(3)};
      },
      owner, photo);
}

void CollectionStore::set(db::Tx& tx, const Collection& collection) {
  tx.exec("UPDATE collections SET name = $2, description = $3, visibility = $4 WHERE id = $1",
          collection.id, collection.name, collection.description, collection.visibility);
}

void CollectionStore::remove(db::Tx& tx, CollectionId id) {
  tx.exec("DELETE FROM collections WHERE id = $1", id);
}

bool CollectionStore::hold(db::Tx& tx, CollectionId id, AccountId owner, Micros now) {
  return tx.exec("UPDATE collections SET changed_at = $3 WHERE id = $1 AND owner_id = $2", id,
                 owner, now) > 0;
}

CollectionId CollectionStore::hold_saved(db::Tx& tx, const Collection& fresh) {
  tx.exec(
      "INSERT INTO collections (id, owner_id, saved, name, visibility, created_at, changed_at)"
      " VALUES ($1, $2, 1, $3, $4, $5, $5) ON CONFLICT DO NOTHING",
      fresh.id, fresh.owner, fresh.name, fresh.visibility, fresh.created_at);
  return tx
      .one(
          "UPDATE collections SET changed_at = $2 WHERE owner_id = $1 AND saved = 1 RETURNING id",
          [](const db::Row& row) { return row.id<CollectionId>(0); }, fresh.owner, fresh.created_at)
      .value();
}

std::optional<CollectionId> CollectionStore::find_saved(db::Tx& tx, AccountId owner) {
  return tx.one(
      "SELECT id FROM collections WHERE owner_id = $1 AND saved = 1",
      [](const db::Row& row) { return row.id<CollectionId>(0); }, owner);
}

int CollectionStore::count(db::Tx& tx, CollectionId id) {
  return tx
      .one(
          "SELECT count(*) FROM collection_photos WHERE collection_id = $1",
          [](const db::Row& row) { return static_cast<int>(row.integer(0)); }, id)
      .value();
}

bool CollectionStore::holds(db::Tx& tx, CollectionId id, PhotoId photo) {
  return tx.exec("SELECT 1 FROM collection_photos WHERE collection_id = $1 AND photo_id = $2", id,
                 photo) > 0;
}

std::vector<PhotoId> CollectionStore::held(db::Tx& tx, CollectionId id,
                                           std::span<const PhotoId> photos) {
  static constexpr db::Sql sql(
      "SELECT c.photo_id FROM json_each($2) j JOIN collection_photos c"
      " ON c.collection_id = $1 AND c.photo_id = j.value",
      "SELECT photo_id FROM collection_photos"
      " WHERE collection_id = $1 AND photo_id = ANY (CAST($2 AS BIGINT[]))");
  return tx.all(
      sql, [](const db::Row& row) { return row.id<PhotoId>(0); }, id,
      db::id_list(tx.engine(), photos));
}

void CollectionStore::append(db::Tx& tx, CollectionId id, PhotoId photo) {
  tx.exec(
      "INSERT INTO collection_photos (collection_id, photo_id, place)"
      " SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), COALESCE(max(place), 0) + 1"
      " FROM collection_photos WHERE collection_id = $1",
      id, photo);
}

void CollectionStore::prepend(db::Tx& tx, CollectionId id, PhotoId photo) {
  tx.exec(
      "INSERT INTO collection_photos (collection_id, photo_id, place)"
      " SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), COALESCE(min(place), 0) - 1"
      " FROM collection_photos WHERE collection_id = $1",
      id, photo);
}

void CollectionStore::take_out(db::Tx& tx, CollectionId id, PhotoId photo) {
  tx.exec("DELETE FROM collection_photos WHERE collection_id = $1 AND photo_id = $2", id, photo);
}

std::vector<Position> CollectionStore::photos(db::Tx& tx, CollectionId id,
                                              std::optional<Position> after, int limit) {
  constexpr std::int64_t first = std::numeric_limits<std::int64_t>::min();
  const Position from = after.value_or(Position{first, first});
  return tx.all(
      "SELECT place, photo_id FROM collection_photos"
      " WHERE collection_id = $1 AND (place, photo_id) > ($2, $3)"
      " ORDER BY place, photo_id LIMIT $4",
      [](const db::Row& row) {
        return Position{row.integer(0), row.integer(1)};
      },
      id, from.key, from.id, limit);
}

void CollectionStore::set_place(db::Tx& tx, CollectionId id, PhotoId photo, std::int64_t place) {
  tx.exec("UPDATE collection_photos SET place = $3 WHERE collection_id = $1 AND photo_id = $2", id,
          photo, place);
}

}  // namespace picsharz::collections
