#include "features/exports/export_store.h"

#include <unordered_map>

#include "features/comments/comment_shown.h"
#include "features/photos/photo_store.h"
#include "features/photos/photo_visibility.h"

namespace picsharz::exports {

namespace {

#define EXPORT_COLUMNS \
  "id, account_id, state, key, photos, done, left_out, size, created_at, ready_at, expires_at"

Export read_export(const db::Row& row) {
  return {.id = row.id<ExportId>(0),
          .account = row.id<AccountId>(1),
          .state = row.as<ExportState>(2),
          .key = row.string(3),
          .photos = row.integer(4),
          .done = row.integer(5),
          .left_out = row.integer(6),
          .size = row.integer(7),
          .created_at = row.integer(8),
          .ready_at = row.maybe_integer(9),
          .expires_at = row.integer(10)};
}

// Whose file may be given to its owner: not what was removed.
#define WITH_A_FILE "p.state <> 5 AND p.original <> ''"

ExportedPhoto read_photo(const db::Row& row) {
  ExportedPhoto exported{.photo = photos::read_view(row).photo,
                         .details = {},
                         .removed_labels = {},
                         .crc = std::nullopt};
  int column = photos::photo_view_columns;
  photos::PhotoDetails& details = exported.details;
  details.place = row.string(column++);
  details.show_camera = row.truth(column++);
  details.allow_download = row.truth(column++);
  details.comments_allowed = row.truth(column++);
  details.metadata.camera = row.string(column++);
  details.metadata.taken_at = row.maybe_string(column++);
  details.metadata.copyright = row.string(column++);
  if (const auto crc = row.maybe_integer(column)) exported.crc = static_cast<std::uint32_t>(*crc);
  return exported;
}

PhotoReference read_reference(const db::Row& row) { return {row.id<PhotoId>(0), row.string(1)}; }

ExportedPerson read_person(const db::Row& row) {
  return {row.id<AccountId>(0), row.string(1), row.integer(2)};
}

}  // namespace

bool ExportStore::begin(db::Tx& tx, const Export& fresh) {
  tx.exec("DELETE FROM exports WHERE account_id = $1 AND (state <> 0 OR expires_at <= $2)",
          fresh.account, fresh.created_at);
  return tx.exec(
             "INSERT INTO exports (id, account_id, state, key, created_at, expires_at)"
             " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
             fresh.id, fresh.account, fresh.state, fresh.key, fresh.created_at,
             fresh.expires_at) == 1;
}

std::optional<Export> ExportStore::of_account(db::Tx& tx, AccountId account) {
  return tx.one("SELECT " EXPORT_COLUMNS " FROM exports WHERE account_id = $1", read_export,
                account);
}

std::optional<Export> ExportStore::find(db::Tx& tx, ExportId id) {
  return tx.one("SELECT " EXPORT_COLUMNS " FROM exports WHERE id = $1", read_export, id);
}

void ExportStore::set_progress(db::Tx& tx, ExportId id, std::int64_t photos, std::int64_t done) {
  tx.exec("UPDATE exports SET photos = $2, done = $3 WHERE id = $1 AND state = 0", id, photos,
          done);
}

void ExportStore::add_photos(db::Tx& tx, ExportId id, std::span<const PhotoId> photos) {
  static constexpr db::Sql sql(
      "INSERT INTO export_photos (export_id, photo_id)"
      " SELECT $1, j.value FROM json_each($2) j WHERE EXISTS (SELECT 1 FROM exports WHERE id = $1)"
      " ON CONFLICT DO NOTHING",
      "INSERT INTO export_photos (export_id, photo_id)"
      " SELECT CAST($1 AS BIGINT), j FROM unnest(CAST($2 AS BIGINT[])) j"
      " WHERE EXISTS (SELECT 1 FROM exports WHERE id = $1) ON CONFLICT DO NOTHING");
  tx.exec(sql, id, db::id_list(tx.engine(), photos));
}

void ExportStore::forget_photos(db::Tx& tx, ExportId id) {
  tx.exec("DELETE FROM export_photos WHERE export_id = $1", id);
}

bool ExportStore::set_ready(db::Tx& tx, const Export& made) {
  return tx.exec(
             "UPDATE exports SET state = 1, photos = $2, done = $2, left_out = $3, size = $4,"
             " ready_at = $5, expires_at = $6, avatar = $7 WHERE id = $1 AND state = 0",
             made.id, made.photos, made.left_out, made.size, made.ready_at, made.expires_at,
             made.avatar) == 1;
}

bool ExportStore::set_failed(db::Tx& tx, ExportId id) {
  return tx.exec("UPDATE exports SET state = 2 WHERE id = $1 AND state = 0", id) == 1;
}

bool ExportStore::is_outdated(db::Tx& tx, ExportId id) {
  return tx.exec(
             "SELECT 1 FROM export_photos e WHERE e.export_id = $1 AND NOT EXISTS"
             " (SELECT 1 FROM photos p WHERE p.id = e.photo_id AND " WITH_A_FILE
             ")"
             " UNION ALL SELECT 1 FROM exports x JOIN accounts a ON a.id = x.account_id"
             " WHERE x.id = $1 AND x.avatar <> '' AND x.avatar <> a.avatar LIMIT 1",
             id) > 0;
}

std::vector<ExportId> ExportStore::expired(db::Tx& tx, Micros now, int limit) {
  return tx.all(
      "SELECT id FROM exports WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2",
      [](const db::Row& row) { return row.id<ExportId>(0); }, now, limit);
}

bool ExportStore::remove(db::Tx& tx, ExportId id) {
  return tx.exec("DELETE FROM exports WHERE id = $1", id) == 1;
}

ExportStore::Progress ExportStore::progress(db::Tx& tx, AccountId account) {
  return tx
      .one(
          "SELECT COUNT(*), COUNT(COALESCE(g.crc32, CASE WHEN g.damage IS NULL THEN NULL ELSE 0"
          " END)) FROM photos p LEFT JOIN originals g ON g.sha256 = p.original"
          " WHERE p.owner_id = $1 AND " WITH_A_FILE,
          [](const db::Row& row) {
            return Progress{row.integer(0), row.integer(1)};
          },
          account)
      .value();
}

std::vector<std::string> ExportStore::unchecked(db::Tx& tx, AccountId account, int limit) {
  return tx.all(
      "SELECT DISTINCT p.original FROM photos p JOIN originals g ON g.sha256 = p.original"
      " WHERE p.owner_id = $1 AND " WITH_A_FILE
      " AND g.crc32 IS NULL AND g.damage IS NULL ORDER BY p.original LIMIT $2",
      [](const db::Row& row) { return row.string(0); }, account, limit);
}

std::vector<ExportedPhoto> ExportStore::photos(db::Tx& tx, AccountId account, PhotoId after,
                                               int limit) {
  auto found =
      tx.all("SELECT " PICSHARZ_PHOTO_VIEW_COLUMNS
             ", d.place, d.show_camera, d.allow_download, d.comments_allowed, d.camera, d.taken_at,"
             " d.copyright, CASE WHEN g.damage IS NULL THEN g.crc32 ELSE NULL END"
             " FROM photos p JOIN accounts o ON o.id = p.owner_id"
             " LEFT JOIN photo_details d ON d.photo_id = p.id"
             " LEFT JOIN originals g ON g.sha256 = p.original"
             " WHERE p.owner_id = $1 AND p.id > $2 AND " WITH_A_FILE " ORDER BY p.id LIMIT $3",
             read_photo, account, after, limit);
  if (found.empty()) return found;
  std::unordered_map<PhotoId, ExportedPhoto*> places;
  for (ExportedPhoto& each : found) places[each.photo.id] = &each;
  tx.each(
      "SELECT r.photo_id, r.name FROM photos p JOIN refused_labels r ON r.photo_id = p.id"
      " WHERE p.owner_id = $1 AND p.id > $2 AND p.id <= $3 ORDER BY r.photo_id, r.name",
      [&](const db::Row& row) {
        const auto place = places.find(row.id<PhotoId>(0));
        if (place != places.end()) place->second->removed_labels.push_back(row.string(1));
      },
      account, after, found.back().photo.id);
  return found;
}

// $1 and $2 are the predicate's: an owner is asked for as a member, whatever his role.
std::vector<ExportedLike> ExportStore::likes(db::Tx& tx, AccountId account, PhotoId after,
                                             int limit) {
  return tx.all(
      "SELECT p.id, o.handle, l.created_at FROM likes l JOIN photos p ON p.id = l.photo_id"
      " JOIN accounts o ON o.id = p.owner_id WHERE l.account_id = $1 AND l.photo_id > $3"
      " AND " PICSHARZ_PHOTO_LISTED " ORDER BY l.photo_id LIMIT $4",
      [](const db::Row& row) {
        return ExportedLike{read_reference(row), row.integer(2)};
      },
      account, Role::member, after, limit);
}

// His own, wherever they stand, and what he is shown under his photos.
std::vector<ExportedComment> ExportStore::comments(db::Tx& tx, AccountId account, CommentId after,
                                                   int limit) {
  return tx.all(
      "SELECT p.id, o.handle, CASE WHEN " PICSHARZ_PHOTO_VISIBLE
      " THEN 1 ELSE 0 END, c.id, a.handle, c.parent_id, c.text, c.edited_at, c.created_at"
      " FROM comments c JOIN accounts a ON a.id = c.author_id JOIN photos p ON p.id = c.photo_id"
      " JOIN accounts o ON o.id = p.owner_id WHERE c.id > $3 AND c.id IN"
      " (SELECT id FROM comments WHERE author_id = $1 UNION SELECT m.id FROM photos q"
      "  JOIN comments m ON m.photo_id = q.id WHERE q.owner_id = $1)"
      " AND ((c.author_id = $1 AND c.state IN (0, 2))"
      "  OR (p.owner_id = $1 AND " PICSHARZ_COMMENT_SHOWN("c", "a") ")) ORDER BY c.id LIMIT $4",
      [](const db::Row& row) {
        ExportedComment comment{.id = row.id<CommentId>(3),
                                .photo = std::nullopt,
                                .author = row.string(4),
                                .parent = row.id<CommentId>(5),
                                .text = row.string(6),
                                .edited_at = row.maybe_integer(7),
                                .at = row.integer(8)};
        if (row.truth(2)) comment.photo = read_reference(row);
        return comment;
      },
      account, Role::member, after, limit);
}

std::vector<ExportedPerson> ExportStore::people(db::Tx& tx, AccountId account, Relationship how,
                                                AccountId after, int limit) {
#define WHO_FOLLOWS(state)                                                                     \
  "SELECT a.id, a.handle, f.created_at FROM follows f JOIN accounts a ON a.id = f.follower_id" \
  " WHERE f.followee_id = $1 AND f.state = " state                                             \
  " AND a.state = 0 AND a.id > $2 ORDER BY a.id LIMIT $3"
#define WHO_IS_FOLLOWED(state)                                                                 \
  "SELECT a.id, a.handle, f.created_at FROM follows f JOIN accounts a ON a.id = f.followee_id" \
  " WHERE f.follower_id = $1 AND f.state = " state                                             \
  " AND a.state = 0 AND a.id > $2 ORDER BY a.id LIMIT $3"
  switch (how) {
    case Relationship::following:
      return tx.all(WHO_IS_FOLLOWED("1"), read_person, account, after, limit);
    case Relationship::requested:
      return tx.all(WHO_IS_FOLLOWED("0"), read_person, account, after, limit);
    case Relationship::followers:
      return tx.all(WHO_FOLLOWS("1"), read_person, account, after, limit);
    case Relationship::requests:
      return tx.all(WHO_FOLLOWS("0"), read_person, account, after, limit);
    case Relationship::blocks:
      return tx.all(
          "SELECT a.id, a.handle, b.created_at FROM blocks b JOIN accounts a"
          " ON a.id = b.blocked_id WHERE b.blocker_id = $1 AND a.state = 0 AND a.id > $2"
          " ORDER BY a.id LIMIT $3",
          read_person, account, after, limit);
    case Relationship::mutes:
      return tx.all(
          "SELECT a.id, a.handle, m.created_at FROM mutes m JOIN accounts a ON a.id = m.muted_id"
          " WHERE m.muter_id = $1 AND a.state = 0 AND a.id > $2 AND NOT EXISTS (SELECT 1"
          " FROM blocks b WHERE b.blocker_id = a.id AND b.blocked_id = $1)"
          " ORDER BY a.id LIMIT $3",
          read_person, account, after, limit);
  }
#undef WHO_FOLLOWS
#undef WHO_IS_FOLLOWED
  return {};
}

std::vector<ExportedCollection> ExportStore::collections(db::Tx& tx, AccountId account) {
  return tx.all(
      "SELECT id, saved, name, description, visibility, created_at FROM collections"
      " WHERE owner_id = $1 ORDER BY id",
      [](const db::Row& row) {
        return ExportedCollection{.id = row.integer(0),
                                  .saved = row.truth(1),
                                  .name = row.string(2),
                                  .description = row.string(3),
                                  .visibility = row.as<photos::Visibility>(4),
                                  .created_at = row.integer(5)};
      },
      account);
}

std::vector<PhotoReference> ExportStore::collected(db::Tx& tx, AccountId account,
                                                   std::int64_t collection) {
  return tx.all(
      "SELECT p.id, o.handle FROM collection_photos c JOIN photos p ON p.id = c.photo_id"
      " JOIN accounts o ON o.id = p.owner_id WHERE c.collection_id = $3"
      " AND " PICSHARZ_PHOTO_VISIBLE " ORDER BY c.place, c.photo_id",
      read_reference, account, Role::member, collection);
}

}  // namespace picsharz::exports
