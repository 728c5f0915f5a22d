#include "features/backups/deletion_store.h"

#include "features/accounts/account_store.h"
#include "features/comments/comment_store.h"
#include "features/departures/departure_store.h"
#include "features/photos/photo_store.h"

namespace picsharz::backups {

namespace {

constexpr auto anything = [](const db::Row&) { return true; };
constexpr auto account = [](const db::Row& row) { return row.id<AccountId>(0); };

}  // namespace

std::optional<AccountId> DeletionStore::owner_of_photo(db::Tx& tx, PhotoId photo) {
  return tx.one("SELECT p.owner_id FROM photos p WHERE p.id = $1", account, photo);
}

bool DeletionStore::erase_comment(db::Tx& tx, CommentId comment) {
  comments::CommentStore rows;
  const auto known = rows.row(tx, comment);
  // A tombstone has no author; it stays as long as it has replies.
  if (!known || !known->author || !rows.lock(tx, known->photo)) return false;
  rows.erase(tx, *known);
  return true;
}

bool DeletionStore::erase_collection(db::Tx& tx, collections::CollectionId collection) {
  return tx.exec("DELETE FROM collections WHERE id = $1", collection) == 1;
}

bool DeletionStore::drop_avatar(db::Tx& tx, AccountId id, std::string_view avatar) {
  return tx.exec("UPDATE accounts SET avatar = '' WHERE id = $1 AND avatar = $2", id, avatar) == 1;
}

bool DeletionStore::remove_photo(db::Tx& tx, PhotoId photo) {
  return photos::PhotoStore().decide(tx, photo, photos::PhotoState::removed, "moderation");
}

bool DeletionStore::leave(db::Tx& tx, AccountId id, Micros at, Micros erase_at) {
  departures::DepartureStore rows;
  const auto known = rows.account(tx, id);
  if (!known) return false;
  const bool begun =
      rows.begin(tx, {.account = id, .before = known->state, .left_at = at, .erase_at = erase_at});
  if (begun) rows.end_access(tx, id);
  return begun;
}

void DeletionStore::end_grace(db::Tx& tx, AccountId id) {
  departures::DepartureStore().set_erase_at(tx, id, 0);
}

bool DeletionStore::has_account(db::Tx& tx, AccountId id) {
  return tx.one("SELECT 1 FROM accounts WHERE id = $1", anything, id).has_value();
}

std::vector<accounts::Account> DeletionStore::administrators(db::Tx& tx) {
  accounts::AccountStore rows;
  std::vector<accounts::Account> found;
  for (const AccountId id : tx.all(
           "SELECT a.id FROM accounts a WHERE a.role = 2 AND a.state = 0 ORDER BY a.id LIMIT 100",
           account)) {
    if (auto each = rows.find(tx, id)) found.push_back(*std::move(each));
  }
  return found;
}

}  // namespace picsharz::backups
