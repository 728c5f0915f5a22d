#include "features/uploads/upload_store.h"

#include <algorithm>
#include <string>

#include "features/photos/photo_store.h"

namespace picsharz::uploads {

namespace {

#define PICSHARZ_UPLOAD_COLUMNS                                                                \
  "id, account_id, state, length, received, reserved, original, photo_id, title, description," \
  " alt, tags, visibility, file_name, idempotency_key, fingerprint, created_at, expires_at, "  \
  "metadata, archive"

// No tag has a comma in it: a comma parts the ones that people type.
std::string joined(const std::vector<std::string>& tags) {
  std::string text;
  for (const std::string& tag : tags) text += text.empty() ? tag : "," + tag;
  return text;
}

std::vector<std::string> parted(std::string_view text) {
  std::vector<std::string> tags;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    tags.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return tags;
}

ResumableUpload read_upload(const db::Row& row) {
  ResumableUpload upload;
  upload.id = row.id<UploadId>(0);
  upload.account = row.id<AccountId>(1);
  upload.state = row.as<UploadState>(2);
  upload.length = row.maybe_integer(3);
  upload.received = row.integer(4);
  upload.reserved = row.integer(5);
  upload.original = row.string(6);
  if (!row.null(7)) upload.photo = row.id<PhotoId>(7);
  upload.fields.title = row.string(8);
  upload.fields.description = row.string(9);
  upload.fields.alt = row.string(10);
  upload.fields.tags = parted(row.text(11));
  upload.fields.visibility = row.as<photos::Visibility>(12);
  upload.file_name = row.string(13);
  upload.idempotency_key = row.string(14);
  upload.fingerprint = row.string(15);
  upload.created_at = row.integer(16);
  upload.expires_at = row.integer(17);
  upload.metadata = row.string(18);
  upload.archive = row.truth(19);
  return upload;
}

std::optional<std::string_view> if_any(std::string_view text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

}  // namespace

std::int64_t UploadStore::bytes_taken(db::Tx& tx, AccountId account) {
  return tx
      .one(
          "SELECT bytes + reserved FROM accounts WHERE id = $1",
          [](const db::Row& row) { return row.integer(0); }, account)
      .value_or(0);
}

std::int64_t UploadStore::quota(db::Tx& tx, AccountId account, std::int64_t of_all) {
  return photos::PhotoStore().quota(tx, account, of_all);
}

std::int64_t UploadStore::photos_since(db::Tx& tx, AccountId account, Micros since, int most) {
  const auto newest = tx.one(
      "SELECT created_at FROM photos WHERE owner_id = $1 ORDER BY id DESC LIMIT 1",
      [](const db::Row& row) { return row.integer(0); }, account);
  if (newest.value_or(0) <= since) return 0;
  return tx
      .one(
          "SELECT COUNT(*) FROM (SELECT created_at FROM photos WHERE owner_id = $1"
          " ORDER BY id DESC LIMIT $2) newest WHERE created_at > $3",
          [](const db::Row& row) { return row.integer(0); }, account, most, since)
      .value_or(0);
}

Reservation UploadStore::reserve(db::Tx& tx, AccountId account, std::int64_t bytes,
                                 std::int64_t quota, int in_flight) {
  // The rule is in the statement: of many at once each sees what the one before has taken.
  const bool made = tx.exec(
                        "UPDATE accounts SET reserved = reserved + $2, uploads = uploads + 1"
                        " WHERE id = $1 AND bytes + reserved <= COALESCE(quota, $3) - $2"
                        " AND uploads < $4",
                        account, bytes, quota, in_flight) == 1;
  if (made) return Reservation::made;
  const auto uploads = tx.one(
      "SELECT uploads FROM accounts WHERE id = $1",
      [](const db::Row& row) { return row.integer(0); }, account);
  return uploads.value_or(0) >= in_flight ? Reservation::too_many : Reservation::over_quota;
}

bool UploadStore::insert(db::Tx& tx, const ResumableUpload& upload) {
  const UploadFields& fields = upload.fields;
  return tx.exec("INSERT INTO uploads (" PICSHARZ_UPLOAD_COLUMNS
                 ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,"
                 " $17, $18, $19, $20) ON CONFLICT DO NOTHING",
                 upload.id, upload.account, upload.state, upload.length, upload.received,
                 upload.reserved, if_any(upload.original), upload.photo, fields.title,
                 fields.description, fields.alt, joined(fields.tags), fields.visibility,
                 upload.file_name, if_any(upload.idempotency_key), if_any(upload.fingerprint),
                 upload.created_at, upload.expires_at, upload.metadata, upload.archive) == 1;
}

std::optional<ResumableUpload> UploadStore::find(db::Tx& tx, UploadId id) {
  return tx.one("SELECT " PICSHARZ_UPLOAD_COLUMNS " FROM uploads WHERE id = $1", read_upload, id);
}

std::optional<ResumableUpload> UploadStore::find_by_key(db::Tx& tx, AccountId account,
                                                        std::string_view key) {
  return tx.one("SELECT " PICSHARZ_UPLOAD_COLUMNS
                " FROM uploads WHERE account_id = $1 AND idempotency_key = $2",
                read_upload, account, key);
}

bool UploadStore::advance(db::Tx& tx, UploadId id, std::int64_t received) {
  return tx.exec("UPDATE uploads SET received = $2 WHERE id = $1 AND state = 0", id, received) == 1;
}

bool UploadStore::set_length(db::Tx& tx, const ResumableUpload& upload, std::int64_t length) {
  const bool set = tx.exec(
                       "UPDATE uploads SET length = $2, reserved = $2"
                       " WHERE id = $1 AND state = 0 AND length IS NULL",
                       upload.id, length) == 1;
  if (set) {
    tx.exec("UPDATE accounts SET reserved = reserved - $2 WHERE id = $1", upload.account,
            upload.reserved - length);
  }
  return set;
}

bool UploadStore::set_original(db::Tx& tx, UploadId id, std::int64_t received,
                               std::string_view original) {
  return tx.exec("UPDATE uploads SET received = $2, original = $3 WHERE id = $1 AND state = 0", id,
                 received, original) == 1;
}

bool UploadStore::start_anew(db::Tx& tx, const ResumableUpload& upload) {
  return tx.exec(
             "UPDATE uploads SET received = 0, original = NULL"
             " WHERE id = $1 AND state = 0 AND received = $2",
             upload.id, upload.received) == 1;
}

bool UploadStore::finish(db::Tx& tx, const ResumableUpload& upload, PhotoId photo) {
  const bool finished = tx.exec(
                            "UPDATE uploads SET state = 1, photo_id = $2, received = length"
                            " WHERE id = $1 AND state = 0",
                            upload.id, photo) == 1;
  if (finished) release(tx, upload);
  return finished;
}

bool UploadStore::finish_archive(db::Tx& tx, const ResumableUpload& upload) {
  const bool finished =
      tx.exec("UPDATE uploads SET state = 1, received = length WHERE id = $1 AND state = 0",
              upload.id) == 1;
  if (finished) release(tx, upload);
  return finished;
}

bool UploadStore::take_archive(db::Tx& tx, AccountId account, UploadId id, Micros until) {
  return tx.exec(
             "UPDATE uploads SET state = 3, expires_at = $3"
             " WHERE id = $1 AND account_id = $2 AND archive = 1 AND state = 1",
             id, account, until) == 1;
}

std::vector<ResumableUpload> UploadStore::archives(db::Tx& tx, AccountId account) {
  return tx.all("SELECT " PICSHARZ_UPLOAD_COLUMNS
                " FROM uploads WHERE account_id = $1 AND archive = 1 AND state IN (0, 1)",
                read_upload, account);
}

bool UploadStore::expire(db::Tx& tx, const ResumableUpload& upload) {
  const bool expired =
      tx.exec("UPDATE uploads SET state = 2 WHERE id = $1 AND state = 0", upload.id) == 1;
  if (expired) release(tx, upload);
  return expired;
}

bool UploadStore::remove(db::Tx& tx, const ResumableUpload& upload) {
  if (tx.exec("DELETE FROM uploads WHERE id = $1 AND state = 0", upload.id) == 1) {
    release(tx, upload);
    return true;
  }
  return tx.exec("DELETE FROM uploads WHERE id = $1", upload.id) == 1;
}

void UploadStore::release(db::Tx& tx, const ResumableUpload& upload) {
  tx.exec("UPDATE accounts SET reserved = reserved - $2, uploads = uploads - 1 WHERE id = $1",
          upload.account, upload.reserved);
}

std::vector<ResumableUpload> UploadStore::expired(db::Tx& tx, Micros now, int limit) {
  return tx.all("SELECT " PICSHARZ_UPLOAD_COLUMNS
                " FROM uploads WHERE expires_at <= $1 AND state = 0 ORDER BY expires_at LIMIT $2",
                read_upload, now, limit);
}

std::vector<ResumableUpload> UploadStore::complete(db::Tx& tx, int limit) {
  return tx.all("SELECT " PICSHARZ_UPLOAD_COLUMNS
                " FROM uploads WHERE state = 0 AND received = length ORDER BY id LIMIT $1",
                read_upload, limit);
}

int UploadStore::prune(db::Tx& tx, Micros before) {
  return static_cast<int>(
      tx.exec("DELETE FROM uploads WHERE expires_at <= $1 AND state > 0", before));
}

}  // namespace picsharz::uploads
