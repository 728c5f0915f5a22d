#include "features/photos/photo_store.h"

#include <cstdint>

#include "base/json.h"
#include "features/photos/photo_visibility.h"

namespace picsharz::photos {

PhotoView read_view(const db::Row& row) {
  PhotoView view;
  Photo& photo = view.photo;
  photo.id = row.id<PhotoId>(0);
  photo.owner = row.id<AccountId>(1);
  photo.title = row.string(2);
  photo.description = row.string(3);
  photo.alt = row.string(4);
  photo.tags = row.string(5);
  photo.labels = row.string(6);
  photo.visibility = row.as<Visibility>(7);
  photo.state = row.as<PhotoState>(8);
  photo.reason = row.maybe_string(9);
  photo.width = static_cast<int>(row.integer(10));
  photo.height = static_cast<int>(row.integer(11));
  photo.thumbhash = row.maybe_string(12);
  photo.renditions = row.string(13);
  photo.likes = row.integer(14);
  photo.comments = row.integer(15);
  photo.epoch = row.integer(16);
  photo.original = row.string(17);
  photo.format = row.as<image::Format>(18);
  photo.bytes = row.integer(19);
  photo.file_name = row.string(20);
  photo.created_at = row.integer(21);
  view.owner_handle = row.string(22);
  view.owner_name = row.string(23);
  view.owner_private = row.truth(24);
  view.owner_active = row.integer(25) == 0;
  view.owner_avatar = row.string(26);
  return view;
}

namespace {

MediaRow read_media(const db::Row& row) {
  return {row.integer(0), row.string(1), row.string(2), row.id<AccountId>(3)};
}

PhotoStateRow read_state(const db::Row& row) {
  return {row.id<PhotoId>(0), row.id<AccountId>(1), row.as<PhotoState>(2), row.maybe_string(3)};
}

std::optional<std::string_view> if_any(std::string_view reason) {
  return reason.empty() ? std::nullopt : std::optional(reason);
}

// The database itself tells only of photos that others may know; this one's owner may look on from
// another page.
void record_received(db::Tx& tx, const Photo& photo) {
  tx.exec("INSERT INTO changes (kind, id, account_id) VALUES (1, $1, $2)", photo.id, photo.owner);
}

}  // namespace

void PhotoStore::insert(db::Tx& tx, const Photo& photo, std::span<const std::string> tags) {
  tx.exec(
      "INSERT INTO photos (id, owner_id, title, description, alt, tags, visibility, state, width,"
      " height, original, format, bytes, file_name, created_at)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
      photo.id, photo.owner, photo.title, photo.description, photo.alt, photo.tags,
      photo.visibility, photo.state, photo.width, photo.height, photo.original, photo.format,
      photo.bytes, photo.file_name, photo.created_at);
  for (const std::string& tag : tags) {
    tx.exec("INSERT INTO photo_tags (photo_id, tag) VALUES ($1, $2)", photo.id, tag);
  }
  tx.exec(
      "INSERT INTO photo_details (photo_id, show_camera, allow_download, comments_allowed)"
      " SELECT CAST($1 AS BIGINT), show_camera, allow_download, comments_allowed FROM accounts"
      " WHERE id = $2",
      photo.id, photo.owner);
  if (photo.state == PhotoState::received) record_received(tx, photo);
}

std::optional<PhotoView> PhotoStore::find(db::Tx& tx, PhotoId id) {
  return tx.one("SELECT " PICSHARZ_PHOTO_VIEW_COLUMNS
                " FROM photos p JOIN accounts o ON o.id = p.owner_id WHERE p.id = $1",
                read_view, id);
}

std::vector<PhotoView> PhotoStore::list_own(db::Tx& tx, AccountId owner,
                                            std::optional<PhotoId> before, int limit) {
  return tx.all(
      "SELECT " PICSHARZ_PHOTO_VIEW_COLUMNS
      ", EXISTS (SELECT 1 FROM likes l WHERE l.photo_id = p.id AND l.account_id = $1)"
      " FROM photos p JOIN accounts o ON o.id = p.owner_id"
      " WHERE p.owner_id = $1 AND p.id < $2 ORDER BY p.id DESC LIMIT $3",
      [](const db::Row& row) {
        PhotoView view = read_view(row);
        view.liked = row.truth(photo_view_columns);
        return view;
      },
      owner, before.value_or(PhotoId{INT64_MAX}), limit);
}

std::optional<Micros> PhotoStore::nth_newest(db::Tx& tx, AccountId owner, int count) {
  return tx.one(
      "SELECT created_at FROM photos WHERE owner_id = $1 ORDER BY id DESC LIMIT 1 OFFSET $2",
      [](const db::Row& row) { return row.integer(0); }, owner, count - 1);
}

std::vector<PhotoStateRow> PhotoStore::unfinished(db::Tx& tx, Micros before, int limit) {
  return tx.all(
      "SELECT id, owner_id, state, reason FROM photos WHERE id IN (SELECT id FROM photos"
      " WHERE state < 3 UNION ALL SELECT id FROM photos WHERE unchecked = 1)"
      " AND created_at < $1 ORDER BY id LIMIT $2",
      read_state, before, limit);
}

std::vector<PhotoStateRow> PhotoStore::states(db::Tx& tx, std::span<const PhotoId> ids) {
  static constexpr db::Sql sql(
      "SELECT p.id, p.owner_id, p.state, p.reason FROM json_each($1) j"
      " CROSS JOIN photos p ON p.id = j.value",
      "SELECT id, owner_id, state, reason FROM photos WHERE id = ANY (CAST($1 AS BIGINT[]))");
  return tx.all(sql, read_state, db::id_list(tx.engine(), ids));
}

std::optional<PhotoView> PhotoStore::find_own_original(db::Tx& tx, AccountId owner,
                                                       std::string_view original) {
  return tx.one("SELECT " PICSHARZ_PHOTO_VIEW_COLUMNS
                " FROM photos p JOIN accounts o ON o.id = p.owner_id"
                " WHERE p.owner_id = $1 AND p.original = $2 AND p.state < 5"
                " ORDER BY p.id DESC LIMIT 1",
                read_view, owner, original);
}

bool PhotoStore::charge(db::Tx& tx, AccountId owner, std::int64_t bytes,
                        std::optional<std::int64_t> quota) {
  // A body that was on its way when its owner deleted the account (state 2) is not taken any more.
  if (!quota) {
    return tx.exec("UPDATE accounts SET bytes = bytes + $2 WHERE id = $1 AND state <> 2", owner,
                   bytes) == 1;
  }
  return tx.exec(
             "UPDATE accounts SET bytes = bytes + $2"
             " WHERE id = $1 AND bytes + reserved <= COALESCE(quota, $3) - $2 AND state <> 2",
             owner, bytes, *quota) == 1;
}

std::int64_t PhotoStore::quota(db::Tx& tx, AccountId owner, std::int64_t of_all) {
  return tx
      .one(
          "SELECT COALESCE(quota, $2) FROM accounts WHERE id = $1",
          [](const db::Row& row) { return row.integer(0); }, owner, of_all)
      .value_or(of_all);
}

void PhotoStore::give_back(db::Tx& tx, AccountId owner, std::int64_t bytes) {
  tx.exec("UPDATE accounts SET bytes = bytes - $2 WHERE id = $1", owner, bytes);
}

bool PhotoStore::begin_decoding(db::Tx& tx, PhotoId id) {
  return tx.exec(
             "UPDATE photos SET state = CASE WHEN state = 0 THEN 1 ELSE state END"
             " WHERE id = $1 AND state < 3",
             id) == 1;
}

bool PhotoStore::set_developed(db::Tx& tx, PhotoId id, const DevelopedRow& developed) {
  return tx.exec(
             "UPDATE photos SET state = 2, width = $2, height = $3, thumbhash = $4,"
             " renditions = $5, phash = $6, colours = $7 WHERE id = $1 AND state < 3",
             id, developed.width, developed.height, developed.thumbhash, developed.renditions,
             developed.phash, developed.colours) == 1;
}

void PhotoStore::set_assessment(db::Tx& tx, PhotoId id, const AssessmentRow& assessment,
                                Micros now) {
  for (std::size_t stage = 0; stage < assessment.stages.size(); ++stage) {
    const ScoreRow& scores = assessment.stages[stage];
    tx.exec(
        "INSERT INTO assessments (photo_id, models, stage, verdict, drawing, hentai, neutral,"
        " porn, sexy, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        " ON CONFLICT (photo_id, models, stage) DO UPDATE SET verdict = excluded.verdict,"
        " drawing = excluded.drawing, hentai = excluded.hentai, neutral = excluded.neutral,"
        " porn = excluded.porn, sexy = excluded.sexy, created_at = excluded.created_at",
        id, assessment.models, static_cast<int>(stage) + 1, assessment.verdict, scores.drawing,
        scores.hentai, scores.neutral, scores.porn, scores.sexy, now);
  }
  tx.exec("DELETE FROM photo_labels WHERE photo_id = $1", id);
  for (const PhotoLabel& label : assessment.labels) {
    tx.exec(
        "INSERT INTO photo_labels (photo_id, name, confidence, models)"
        " VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        id, label.name, label.confidence, label.models.empty() ? assessment.models : label.models);
  }
  tx.exec(
      "DELETE FROM photo_labels WHERE photo_id = $1 AND name IN"
      " (SELECT name FROM refused_labels WHERE photo_id = $1)",
      id);
  list_labels(tx, id);
}

void PhotoStore::refuse_label(db::Tx& tx, PhotoId id, std::string_view name) {
  tx.exec(
      "INSERT INTO refused_labels (photo_id, name) SELECT photo_id, name FROM photo_labels"
      " WHERE photo_id = $1 AND name = $2 ON CONFLICT DO NOTHING",
      id, name);
  tx.exec("DELETE FROM photo_labels WHERE photo_id = $1 AND name = $2", id, name);
  list_labels(tx, id);
}

void PhotoStore::refuse_in_advance(db::Tx& tx, PhotoId id, std::string_view name) {
  tx.exec(
      "INSERT INTO refused_labels (photo_id, name) VALUES ($1, $2)"
      " ON CONFLICT DO NOTHING",
      id, name);
  tx.exec("DELETE FROM photo_labels WHERE photo_id = $1 AND name = $2", id, name);
  list_labels(tx, id);
}

void PhotoStore::list_labels(db::Tx& tx, PhotoId id) {
  std::string json;
  JsonWriter out(json);
  out.begin_array();
  tx.each(
      "SELECT name, confidence FROM photo_labels WHERE photo_id = $1 AND confidence >= $2"
      " ORDER BY confidence DESC, name",
      [&](const db::Row& row) {
        out.begin_object().field("name", row.text(0)).field("confidence", row.real(1)).end_object();
      },
      id, label_shown_from);
  out.end_array();
  tx.exec("UPDATE photos SET labels = $2 WHERE id = $1", id, json);
}

bool PhotoStore::conclude(db::Tx& tx, PhotoId id, PhotoState state, std::string_view reason) {
  const bool concluded =
      tx.exec("UPDATE photos SET state = $2, reason = $3 WHERE id = $1 AND state < 3", id, state,
              if_any(reason)) == 1;
  if (!concluded) return false;
  if (state == PhotoState::published) count(tx, id, Counts::in);
  index(tx, id);
  return true;
}

bool PhotoStore::publish_unchecked(db::Tx& tx, PhotoId id) {
  if (!conclude(tx, id, PhotoState::published, "")) return false;
  tx.exec("UPDATE photos SET unchecked = 1 WHERE id = $1", id);
  return true;
}

bool PhotoStore::is_unchecked(db::Tx& tx, PhotoId id) {
  return tx
      .one(
          "SELECT 1 FROM photos WHERE id = $1 AND unchecked = 1",
          [](const db::Row& row) { return row.integer(0); }, id)
      .has_value();
}

bool PhotoStore::settle(db::Tx& tx, PhotoId id, PhotoState state, std::string_view reason) {
  if (tx.exec("UPDATE photos SET unchecked = 0 WHERE id = $1 AND unchecked = 1", id) == 0) {
    return false;
  }
  if (state != PhotoState::published) return withdraw(tx, id, state, reason);
  index(tx, id);
  return true;
}

bool PhotoStore::withdraw(db::Tx& tx, PhotoId id, PhotoState state, std::string_view reason) {
  count(tx, id, Counts::out);
  const bool withdrawn = tx.exec(
                             "UPDATE photos SET state = $2, reason = $3, epoch = epoch + 1"
                             " WHERE id = $1 AND state = 3",
                             id, state, if_any(reason)) == 1;
  if (withdrawn) index(tx, id);
  return withdrawn;
}

bool PhotoStore::decide(db::Tx& tx, PhotoId id, PhotoState state, std::string_view reason) {
  count(tx, id, Counts::out);
  const bool decided = tx.exec(
                           "UPDATE photos SET state = $2, reason = $3, epoch = epoch + 1,"
                           " unchecked = 0 WHERE id = $1 AND state IN (3, 4, 5)"
                           " AND ($2 = 5 OR renditions <> '')",
                           id, state, if_any(reason)) == 1;
  if (!decided) return false;
  count(tx, id, Counts::in);
  index(tx, id);
  return true;
}

void PhotoStore::set_reported(db::Tx& tx, PhotoId id, bool reported) {
  tx.exec("UPDATE photos SET reported = $2 WHERE id = $1", id, reported);
}

std::optional<std::string> PhotoStore::let_go_of_bytes(db::Tx& tx, PhotoId id) {
  struct Bytes {
    AccountId owner;
    std::string original;
    std::int64_t count = 0;
  };
  const auto held = tx.one(
      "SELECT owner_id, original, bytes FROM photos WHERE id = $1 AND state = 5 AND original <> ''",
      [](const db::Row& row) {
        return Bytes{row.id<AccountId>(0), row.string(1), row.integer(2)};
      },
      id);
  if (!held) return std::nullopt;
  give_back(tx, held->owner, held->count);
  tx.exec("UPDATE photos SET original = '', renditions = '', bytes = 0 WHERE id = $1", id);
  return held->original;
}

void PhotoStore::count(db::Tx& tx, PhotoId id, Counts counts) {
  tx.exec(
      "UPDATE accounts SET photos = photos + $2"
      " WHERE id = (SELECT owner_id FROM photos WHERE id = $1 AND state = 3 AND visibility = 0)",
      id, counts);
}

void PhotoStore::index(db::Tx& tx, PhotoId id) {
  if (const auto wanted = document(tx, id)) {
    search_.put_photo(tx, id, *wanted);
  } else {
    search_.remove_photo(tx, id);
  }
}

std::optional<db::SearchDocument> PhotoStore::document(db::Tx& tx, PhotoId id) {
#define DOCUMENT_COLUMNS                                                                         \
  "SELECT p.owner_id, p.title, p.description, p.alt, CASE WHEN p.state = 3 AND p.visibility = 0" \
  " THEN 1 ELSE 0 END, p.created_at, o.handle, o.name,"
#define DOCUMENT_ROWS                                                             \
  " FROM photos p JOIN accounts o ON o.id = p.owner_id LEFT JOIN photo_details d" \
  " ON d.photo_id = p.id AND d.show_camera = 1 AND d.camera <> ''"                \
  " WHERE p.id = $1 AND p.state IN (2, 3, 4) AND p.renditions <> ''"
  static constexpr db::Sql sql(
      DOCUMENT_COLUMNS
      " d.camera ->> 'make', d.camera ->> 'model', d.camera ->> 'lens'" DOCUMENT_ROWS,
      DOCUMENT_COLUMNS
      " CAST(d.camera AS JSON) ->> 'make', CAST(d.camera AS JSON) ->> 'model',"
      " CAST(d.camera AS JSON) ->> 'lens'" DOCUMENT_ROWS);
#undef DOCUMENT_COLUMNS
#undef DOCUMENT_ROWS
  auto found = tx.one(
      sql,
      [](const db::Row& row) {
        db::SearchDocument document{.owner = row.id<AccountId>(0)};
        document.title = row.string(1);
        document.description = row.string(2);
        document.alt = row.string(3);
        document.is_public = row.truth(4);
        document.created_at = row.integer(5);
        document.handle = row.string(6);
        document.name = row.string(7);
        for (int column = 8; column < 11; ++column) {
          document.camera.append(row.text(column)).append(" ");
        }
        return document;
      },
      id);
  if (!found) return found;
  const auto text = [](const db::Row& row) { return row.string(0); };
  found->tags = tx.all("SELECT tag FROM photo_tags WHERE photo_id = $1 ORDER BY tag", text, id);
  tx.each(
      "SELECT name, confidence FROM photo_labels WHERE photo_id = $1 ORDER BY name",
      [&](const db::Row& row) {
        found->labels.push_back(row.string(0));
        if (row.real(1) >= label_shown_from) found->shown_labels.push_back(row.string(0));
      },
      id);
  return found;
}

std::optional<MediaRow> PhotoStore::public_media(db::Tx& tx, PhotoId id) {
  return tx.one(
      "SELECT p.epoch, p.original, p.renditions, p.owner_id FROM photos p"
      " JOIN accounts o ON o.id = p.owner_id WHERE p.id = $1 AND p.state = 3"
      " AND p.visibility = 0 AND o.private = 0 AND o.state = 0",
      read_media, id);
}

std::optional<MailRow> PhotoStore::mail_picture(db::Tx& tx, PhotoId id, AccountId owner) {
  return tx.one(
      "SELECT p.original, p.renditions, p.title, p.alt FROM photos p"
      " JOIN accounts o ON o.id = p.owner_id WHERE p.id = $3 AND p.owner_id = $1 AND o.state = 0"
      " AND " PICSHARZ_PHOTO_LISTED,
      [](const db::Row& row) {
        return MailRow{row.string(0), row.string(1), row.string(2), row.string(3)};
      },
      owner, Role::member, id);
}

bool PhotoStore::is_listed(db::Tx& tx, PhotoId id, const Viewer& viewer) {
  return tx
      .one(
          "SELECT p.id FROM photos p JOIN accounts o ON o.id = p.owner_id"
          " WHERE p.id = $3 AND " PICSHARZ_PHOTO_LISTED,
          [](const db::Row& row) { return row.id<PhotoId>(0); }, viewer.account, viewer.role, id)
      .has_value();
}

std::optional<MediaRow> PhotoStore::visible_media(db::Tx& tx, PhotoId id, const Viewer& viewer) {
  return tx.one(
      "SELECT p.epoch, p.original, p.renditions, p.owner_id FROM photos p"
      " JOIN accounts o ON o.id = p.owner_id WHERE p.id = $3 AND p.state IN (2, 3, 4)"
      " AND " PICSHARZ_PHOTO_VISIBLE,
      read_media, viewer.account, viewer.role, id);
}

}  // namespace picsharz::photos
