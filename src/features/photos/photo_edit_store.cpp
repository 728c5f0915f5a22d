#include "features/photos/photo_edit_store.h"

#include "base/json.h"
#include "features/photos/photo_visibility.h"

namespace picsharz::photos {

namespace {

std::string list_json(std::span<const std::string> items) {
  std::string json;
  JsonWriter out(json);
  out.begin_array();
  for (const std::string& item : items) out.value(item);
  out.end_array();
  return json;
}

std::optional<double> maybe_real(const db::Row& row, int column) {
  return row.null(column) ? std::nullopt : std::optional(row.real(column));
}

PhotoDetails read_details(const db::Row& row) {
  PhotoDetails details;
  details.place = row.string(0);
  details.show_camera = row.truth(1);
  details.allow_download = row.truth(2);
  PhotoMetadata& said = details.metadata;
  said.camera = row.string(3);
  said.taken_at = row.maybe_string(4);
  said.copyright = row.string(5);
  said.artist = row.string(6);
  said.caption = row.string(7);
  said.keywords = row.string(8);
  said.latitude = maybe_real(row, 9);
  said.longitude = maybe_real(row, 10);
  details.comments_allowed = row.truth(11);
  return details;
}

}  // namespace

std::optional<AccountId> PhotoEditStore::visible_owner(db::Tx& tx, const Viewer& viewer,
                                                       PhotoId id) {
  return tx.one(
      "SELECT p.owner_id FROM photos p JOIN accounts o ON o.id = p.owner_id"
      " WHERE p.id = $3 AND " PICSHARZ_PHOTO_VISIBLE,
      [](const db::Row& row) { return row.id<AccountId>(0); }, viewer.account, viewer.role, id);
}

// FOR UPDATE: also those wait who add a row that refers to the photo, a like.
bool PhotoEditStore::lock(db::Tx& tx, PhotoId id) {
  static constexpr db::Sql sql("SELECT id FROM photos WHERE id = $1",
                               "SELECT id FROM photos WHERE id = $1 FOR UPDATE");
  return tx.exec(sql, id) == 1;
}

std::optional<PhotoView> PhotoEditStore::find_own(db::Tx& tx, AccountId owner, PhotoId id) {
  return tx.one(
      "SELECT " PICSHARZ_PHOTO_VIEW_COLUMNS
      ", EXISTS (SELECT 1 FROM likes l WHERE l.photo_id = p.id AND l.account_id = $1)"
      " FROM photos p JOIN accounts o ON o.id = p.owner_id WHERE p.owner_id = $1 AND p.id = $2",
      [](const db::Row& row) {
        PhotoView view = read_view(row);
        view.liked = row.text(photo_view_columns) == "t" || row.text(photo_view_columns) == "1";
        return view;
      },
      owner, id);
}

PhotoDetails PhotoEditStore::details(db::Tx& tx, PhotoId id) {
  return tx
      .one(
          "SELECT place, show_camera, allow_download, camera, taken_at, copyright, artist,"
          " caption, keywords, latitude, longitude, comments_allowed FROM photo_details"
          " WHERE photo_id = $1",
          read_details, id)
      .value_or(PhotoDetails());
}

void PhotoEditStore::edit(db::Tx& tx, PhotoId id, const PhotoEdit& edit) {
  photos_.count(tx, id, Counts::out);
  // Also where only the details change: who remembers the photo is told (changes, 0008).
  tx.exec(
      "UPDATE photos SET title = COALESCE(CAST($2 AS TEXT), title),"
      " description = COALESCE(CAST($3 AS TEXT), description),"
      " alt = COALESCE(CAST($4 AS TEXT), alt),"
      " epoch = epoch + CASE WHEN visibility <> COALESCE(CAST($5 AS BIGINT), visibility)"
      " THEN 1 ELSE 0 END,"
      " visibility = COALESCE(CAST($5 AS BIGINT), visibility) WHERE id = $1",
      id, edit.title, edit.description, edit.alt, edit.visibility);
  photos_.count(tx, id, Counts::in);
  tx.exec("INSERT INTO photo_details (photo_id) VALUES ($1) ON CONFLICT DO NOTHING", id);
  tx.exec(
      "UPDATE photo_details SET place = COALESCE(CAST($2 AS TEXT), place),"
      " show_camera = COALESCE(CAST($3 AS BIGINT), show_camera),"
      " allow_download = COALESCE(CAST($4 AS BIGINT), allow_download),"
      " comments_allowed = COALESCE(CAST($5 AS BIGINT), comments_allowed) WHERE photo_id = $1",
      id, edit.place, edit.show_camera, edit.allow_download, edit.comments_allowed);
  if (edit.tags) set_tags(tx, id, *edit.tags);
  reindex(tx, id);
}

void PhotoEditStore::set_metadata(db::Tx& tx, PhotoId id, const PhotoMetadata& said) {
  tx.exec("INSERT INTO photo_details (photo_id) VALUES ($1) ON CONFLICT DO NOTHING", id);
  tx.exec(
      "UPDATE photo_details SET camera = $2, taken_at = $3, copyright = $4, artist = $5,"
      " caption = $6, keywords = $7, latitude = $8, longitude = $9 WHERE photo_id = $1",
      id, said.camera, said.taken_at, said.copyright, said.artist, said.caption, said.keywords,
      said.latitude, said.longitude);
}

std::vector<std::string> PhotoEditStore::tags(db::Tx& tx, PhotoId id) {
  return tx.all(
      "SELECT tag FROM photo_tags WHERE photo_id = $1 ORDER BY tag",
      [](const db::Row& row) { return row.string(0); }, id);
}

std::vector<std::string> PhotoEditStore::shown_labels(db::Tx& tx, PhotoId id) {
  return tx.all(
      "SELECT name FROM photo_labels WHERE photo_id = $1 AND confidence >= $2"
      " ORDER BY confidence DESC, name",
      [](const db::Row& row) { return row.string(0); }, id, label_shown_from);
}

bool PhotoEditStore::has_label(db::Tx& tx, PhotoId id, std::string_view name) {
  return tx.exec("SELECT 1 FROM photo_labels WHERE photo_id = $1 AND name = $2", id, name) > 0;
}

void PhotoEditStore::set_tags(db::Tx& tx, PhotoId id, std::span<const std::string> tags) {
  tx.exec("DELETE FROM photo_tags WHERE photo_id = $1", id);
  for (const std::string& tag : tags) {
    tx.exec("INSERT INTO photo_tags (photo_id, tag) VALUES ($1, $2)", id, tag);
  }
  tx.exec("UPDATE photos SET tags = $2 WHERE id = $1", id, list_json(tags));
}

void PhotoEditStore::reindex(db::Tx& tx, PhotoId id) { photos_.index(tx, id); }

void PhotoEditStore::erase(db::Tx& tx, PhotoId id) {
  photos_.count(tx, id, Counts::out);
  search_.remove_photo(tx, id);
  tx.exec("DELETE FROM likes WHERE photo_id = $1", id);
  tx.exec("DELETE FROM photo_tags WHERE photo_id = $1", id);
  tx.exec("DELETE FROM photo_labels WHERE photo_id = $1", id);
  tx.exec("DELETE FROM assessments WHERE photo_id = $1", id);
  // What else refers to it goes with it (ON DELETE CASCADE).
  tx.exec("DELETE FROM photos WHERE id = $1", id);
}

}  // namespace picsharz::photos
