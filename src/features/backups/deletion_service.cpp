#include "features/backups/deletion_service.h"

#include <map>
#include <set>
#include <utility>

#include "features/accounts/avatar_key.h"

namespace picsharz::backups {

namespace {

// What becomes of a thing, as far as the journal knows. The last word about each counts.
std::vector<Deletion> last_words(std::span<const Deletion> journal) {
  using What = Deletion::What;
  std::map<std::pair<What, std::int64_t>, Deletion> last;
  std::vector<Deletion> words;
  for (const Deletion& each : journal) {
    if (each.what == What::removed || each.what == What::reinstated) {
      last[{What::removed, each.id}] = each;
    } else if (each.what == What::left || each.what == What::returned) {
      last[{What::left, each.id}] = each;
    } else {
      words.push_back(each);
    }
  }
  for (const auto& [key, each] : last) {
    if (each.what == key.first) words.push_back(each);
  }
  return words;
}

}  // namespace

std::int64_t DeletionService::replay(std::span<const Deletion> journal) {
  std::int64_t gone = 0;
  for (const Deletion& each : last_words(journal)) gone += take_away(each) ? 1 : 0;
  return gone;
}

bool DeletionService::take_away(const Deletion& deletion) {
  switch (deletion.what) {
    case Deletion::What::account:
      return erase_account(AccountId{deletion.id}, deletion.at);
    case Deletion::What::photo:
      return erase_photo(PhotoId{deletion.id});
    case Deletion::What::comment:
      return rooms_.database.write(
          [&](db::Tx& tx) { return rows_.erase_comment(tx, CommentId{deletion.id}); });
    case Deletion::What::collection:
      return rooms_.database.write([&](db::Tx& tx) {
        return rows_.erase_collection(tx, collections::CollectionId{deletion.id});
      });
    case Deletion::What::avatar:
      return drop_avatar(AccountId{deletion.id}, deletion.name);
    case Deletion::What::removed:
      return rooms_.database.write(
          [&](db::Tx& tx) { return rows_.remove_photo(tx, PhotoId{deletion.id}); });
    case Deletion::What::left:
      return leave(AccountId{deletion.id}, deletion.at);
    case Deletion::What::reinstated:
    case Deletion::What::returned:
      return false;
  }
  return false;
}

bool DeletionService::erase_account(AccountId account, Micros at) {
  const bool there =
      rooms_.database.read([&](db::Tx& tx) { return rows_.has_account(tx, account); });
  if (!there) return false;
  // At once: its grace was over when it went. One that was leaving when it was backed up, too.
  rooms_.database.write([&](db::Tx& tx) {
    rows_.leave(tx, account, at, at);
    rows_.end_grace(tx, account);
  });
  while (!rooms_.erasures.erase(account)) continue;
  return true;
}

bool DeletionService::leave(AccountId account, Micros at) {
  const bool begun = rooms_.database.write(
      [&](db::Tx& tx) { return rows_.leave(tx, account, at, at + rooms_.grace); });
  while (begun && !rooms_.departures.settle(account, departures::steps_of_a_run)) continue;
  return begun;
}

bool DeletionService::erase_photo(PhotoId photo) {
  const auto owner =
      rooms_.database.read([&](db::Tx& tx) { return rows_.owner_of_photo(tx, photo); });
  return owner && rooms_.photos.remove({.account = *owner}, photo).has_value();
}

bool DeletionService::drop_avatar(AccountId account, std::string_view avatar) {
  const bool dropped =
      rooms_.database.write([&](db::Tx& tx) { return rows_.drop_avatar(tx, account, avatar); });
  for (const int size : accounts::avatar_sizes) {
    if (dropped) rooms_.store.remove(accounts::avatar_key(avatar, std::to_string(size)));
  }
  return dropped;
}

}  // namespace picsharz::backups
