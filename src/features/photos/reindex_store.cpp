#include "features/photos/reindex_store.h"

namespace picsharz::photos {

namespace {

NamedAccount read_named(const db::Row& row) {
  return {row.id<AccountId>(0), row.string(1), row.string(2)};
}

}  // namespace

std::optional<IndexWalk> ReindexStore::walk(db::Tx& tx) {
  return tx.one("SELECT account_id, doc FROM search_walk WHERE id = 1", [](const db::Row& row) {
    return IndexWalk{row.id<AccountId>(0), row.integer(1)};
  });
}

void ReindexStore::set_walk(db::Tx& tx, const std::optional<IndexWalk>& walk) {
  tx.exec("DELETE FROM search_walk");
  if (!walk) return;
  tx.exec("INSERT INTO search_walk (id, account_id, doc) VALUES (1, $1, $2)", walk->account,
          walk->doc);
}

std::vector<NamedAccount> ReindexStore::accounts(db::Tx& tx, AccountId after, int limit) {
  return tx.all("SELECT id, handle, name FROM accounts WHERE id > $1 ORDER BY id LIMIT $2",
                read_named, after, limit);
}

std::vector<DocumentRow> ReindexStore::documents(db::Tx& tx, std::int64_t below, int limit) {
  return tx.all(
      "SELECT doc, photo_id FROM search_documents WHERE doc < $1 ORDER BY doc DESC LIMIT $2",
      [](const db::Row& row) {
        return DocumentRow{row.integer(0), row.id<PhotoId>(1)};
      },
      below, limit);
}

std::vector<PhotoStateRow> ReindexStore::photos(db::Tx& tx, PhotoId after, int limit) {
  return tx.all(
      "SELECT id, owner_id, state FROM photos WHERE id > $1 ORDER BY id LIMIT $2",
      [](const db::Row& row) {
        return PhotoStateRow{row.id<PhotoId>(0), row.id<AccountId>(1), row.as<PhotoState>(2), {}};
      },
      after, limit);
}

std::optional<NamedAccount> ReindexStore::renamed(db::Tx& tx) {
  return tx.one(
      "SELECT a.id, a.handle, a.name FROM search_renamed r JOIN accounts a ON a.id = r.account_id"
      " ORDER BY a.id LIMIT 1",
      read_named);
}

std::vector<PhotoId> ReindexStore::indexed(db::Tx& tx, AccountId owner, PhotoId after, int limit) {
  return tx.all(
      "SELECT id FROM photos WHERE owner_id = $1 AND state IN (2, 3, 4) AND id > $2"
      " ORDER BY id LIMIT $3",
      [](const db::Row& row) { return row.id<PhotoId>(0); }, owner, after, limit);
}

bool ReindexStore::end_renaming(db::Tx& tx, const NamedAccount& account) {
  return tx.exec(
             "DELETE FROM search_renamed WHERE account_id = $1 AND EXISTS (SELECT 1 FROM accounts a"
             " WHERE a.id = $1 AND a.handle = $2 AND a.name = $3)",
             account.id, account.handle, account.name) == 1;
}

}  // namespace picsharz::photos
