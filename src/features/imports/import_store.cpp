#include "features/imports/import_store.h"

#include "base/viewer.h"
#include "features/photos/photo_visibility.h"

namespace picsharz::imports {

namespace {

#define IMPORT_COLUMNS                                                                      \
  "i.id, i.account_id, i.upload_id, i.with_people, i.with_profile, i.key, i.kind, i.state," \
  " i.reason, i.detail, i.photos, i.people, i.people_unknown, i.likes, i.likes_unknown,"    \
  " i.comments_left, i.created_at, i.finished_at,"                                          \
  " (SELECT COUNT(*) FROM import_items t WHERE t.import_id = i.id AND t.outcome <= 1),"     \
  " (SELECT COUNT(*) FROM import_items t WHERE t.import_id = i.id AND t.outcome = 2),"      \
  " (SELECT COUNT(*) FROM import_items t WHERE t.import_id = i.id AND t.outcome = 3),"      \
  " (SELECT COUNT(*) FROM import_items t WHERE t.import_id = i.id AND t.number = 0)"

Import read_import(const db::Row& row) {
  Import import;
  import.id = row.id<ImportId>(0);
  import.account = row.id<AccountId>(1);
  import.wish = {.upload = row.id<UploadId>(2), .people = row.truth(3), .profile = row.truth(4)};
  import.key = row.string(5);
  import.kind = row.as<ArchiveKind>(6);
  import.state = row.as<ImportState>(7);
  import.reason = row.string(8);
  import.detail = row.string(9);
  import.photos = row.integer(10);
  import.people = row.integer(11);
  import.people_unknown = row.integer(12);
  import.likes = row.integer(13);
  import.likes_unknown = row.integer(14);
  import.comments_left = row.integer(15);
  import.created_at = row.integer(16);
  import.finished_at = row.maybe_integer(17);
  import.taken = row.integer(18);
  import.known = row.integer(19);
  import.refused = row.integer(20);
  import.avatars_refused = row.integer(21);
  return import;
}

#define ITEM_COLUMNS "number, file, old_id, photo_id, outcome, reason, detail"

ImportItem read_item(const db::Row& row) {
  ImportItem item{.number = row.integer(0),
                  .file = row.string(1),
                  .old_id = row.string(2),
                  .photo = std::nullopt,
                  .outcome = row.as<Outcome>(4),
                  .reason = row.string(5),
                  .detail = row.string(6)};
  if (!row.null(3)) item.photo = row.id<PhotoId>(3);
  return item;
}

}  // namespace

bool ImportStore::begin(db::Tx& tx, const Import& fresh) {
  tx.exec("DELETE FROM imports WHERE account_id = $1 AND state <> 0", fresh.account);
  return tx.exec(
             "INSERT INTO imports (id, account_id, upload_id, with_people, with_profile, key,"
             " created_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
             fresh.id, fresh.account, fresh.wish.upload, fresh.wish.people, fresh.wish.profile,
             fresh.key, fresh.created_at) == 1;
}

std::optional<Import> ImportStore::of_account(db::Tx& tx, AccountId account) {
  return tx.one("SELECT " IMPORT_COLUMNS " FROM imports i WHERE i.account_id = $1", read_import,
                account);
}

std::optional<Import> ImportStore::find(db::Tx& tx, ImportId id) {
  return tx.one("SELECT " IMPORT_COLUMNS " FROM imports i WHERE i.id = $1", read_import, id);
}

void ImportStore::set_counted(db::Tx& tx, ImportId id, ArchiveKind kind, std::int64_t photos) {
  tx.exec("UPDATE imports SET kind = $2, photos = $3 WHERE id = $1", id, kind, photos);
}

void ImportStore::set_tally(db::Tx& tx, const Import& import) {
  tx.exec(
      "UPDATE imports SET people = $2, people_unknown = $3, likes = $4, likes_unknown = $5,"
      " comments_left = $6 WHERE id = $1",
      import.id, import.people, import.people_unknown, import.likes, import.likes_unknown,
      import.comments_left);
}

bool ImportStore::runs(db::Tx& tx, ImportId id) {
  return tx.exec(
             "SELECT 1 FROM imports i JOIN accounts a ON a.id = i.account_id"
             " WHERE i.id = $1 AND i.state = 0 AND a.state = 0",
             id) > 0;
}

bool ImportStore::end(db::Tx& tx, const Import& ended) {
  return tx.exec(
             "UPDATE imports SET state = $2, reason = $3, detail = $4, finished_at = $5"
             " WHERE id = $1 AND state = 0",
             ended.id, ended.state, ended.reason, ended.detail, ended.finished_at) == 1;
}

std::optional<ImportItem> ImportStore::last(db::Tx& tx, ImportId id) {
  return tx.one("SELECT " ITEM_COLUMNS
                " FROM import_items WHERE import_id = $1 ORDER BY number DESC LIMIT 1",
                read_item, id);
}

void ImportStore::insert(db::Tx& tx, ImportId id, const ImportItem& item) {
  tx.exec(
      "INSERT INTO import_items (import_id, number, file, old_id, photo_id, outcome, reason,"
      " detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
      id, item.number, item.file, item.old_id, item.photo, item.outcome, item.reason, item.detail);
}

void ImportStore::note_avatar(db::Tx& tx, ImportId id, const ImportItem& item) {
  tx.exec("DELETE FROM import_items WHERE import_id = $1 AND number = 0", id);
  insert(tx, id, item);
}

void ImportStore::set_outcome(db::Tx& tx, ImportId id, std::int64_t number, Outcome outcome) {
  tx.exec("UPDATE import_items SET outcome = $3 WHERE import_id = $1 AND number = $2", id, number,
          outcome);
}

std::optional<PhotoId> ImportStore::known_photo(db::Tx& tx, const Import& import,
                                                std::string_view original) {
  return tx.one(
      "SELECT p.id FROM photos p WHERE p.owner_id = $1 AND p.original = $2 AND p.state <> 5"
      " AND NOT EXISTS (SELECT 1 FROM import_items t WHERE t.import_id = $3"
      " AND t.photo_id = p.id) ORDER BY p.id LIMIT 1",
      [](const db::Row& row) { return row.id<PhotoId>(0); }, import.account, original, import.id);
}

std::optional<PhotoId> ImportStore::photo_of(db::Tx& tx, ImportId id, std::string_view old_id) {
  return tx.one(
      "SELECT photo_id FROM import_items WHERE import_id = $1 AND old_id = $2"
      " AND photo_id IS NOT NULL ORDER BY number LIMIT 1",
      [](const db::Row& row) { return row.id<PhotoId>(0); }, id, old_id);
}

Page<ImportItem> ImportStore::refused(db::Tx& tx, ImportId id, const PageRequest& request) {
  Page<ImportItem> page;
  page.items = tx.all("SELECT " ITEM_COLUMNS
                      " FROM import_items WHERE import_id = $1 AND outcome = 3 AND number > $2"
                      " ORDER BY number LIMIT $3",
                      read_item, id, request.after ? request.after->id : -1, request.limit + 1);
  if (static_cast<int>(page.items.size()) > request.limit) {
    page.items.resize(static_cast<std::size_t>(request.limit));
    page.next = Position{0, page.items.back().number};
  }
  return page;
}

bool ImportStore::develops(db::Tx& tx, ImportId id) {
  return tx.exec(
             "SELECT 1 FROM photos p JOIN import_items t ON t.photo_id = p.id"
             " WHERE t.import_id = $1 AND p.state < 3 LIMIT 1",
             id) > 0;
}

bool ImportStore::is_visible(db::Tx& tx, AccountId account, PhotoId photo, std::string_view owner) {
  return tx.exec(
             "SELECT 1 FROM photos p JOIN accounts o ON o.id = p.owner_id"
             " WHERE p.id = $3 AND o.handle = $4 AND " PICSHARZ_PHOTO_LISTED,
             account, Role::member, photo, owner) > 0;
}

}  // namespace picsharz::imports
