#include "features/backups/deletion_service.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "features/accounts/avatar_key.h"
#include "features/photos/original_service.h"

namespace picsharz::backups {

namespace {

using Said = Deletion::What;
using photos::PhotoState;

constexpr std::size_t accesses_at_once = 1'000;

// Of two words that take each other back the one that takes away; nullopt: it is for ever.
std::optional<Said> taken_back(Said what) {
  switch (what) {
    case Said::removed:
    case Said::reinstated:
      return Said::removed;
    case Said::comment_removed:
    case Said::comment_reinstated:
      return Said::comment_removed;
    case Said::left:
    case Said::returned:
      return Said::left;
    default:
      return std::nullopt;
  }
}

// Journals of before version 51 do not say what a photo was after it: nearly always published.
PhotoState reinstated_state(const Deletion& deletion) {
  const bool held = deletion.name == std::to_string(static_cast<int>(PhotoState::held));
  return held ? PhotoState::held : PhotoState::published;
}

template <class Id>
std::vector<Id> ids_of(std::span<const Deletion> journal, Said what) {
  std::vector<Id> ids;
  for (const Deletion& each : journal) {
    if (each.what == what) ids.push_back(Id{each.id});
  }
  return ids;
}

}  // namespace

struct DeletionService::Word {
  Deletion deletion;
  Micros back_at = 0;  // of an account: when it came back last
};

std::int64_t DeletionService::replay(std::span<const Deletion> journal) {
  std::int64_t gone = end_access(journal);
  for (const Word& each : last_words(journal)) gone += take_away(each) ? 1 : 0;
  return gone;
}

// What becomes of a thing, as far as the journal knows. The last word about each counts.
std::vector<DeletionService::Word> DeletionService::last_words(std::span<const Deletion> journal) {
  std::map<std::pair<Said, std::int64_t>, Word> last;
  std::vector<Word> words;
  for (const Deletion& each : journal) {
    if (const auto about = taken_back(each.what)) {
      Word& word = last[{*about, each.id}];
      if (each.what == Said::returned) word.back_at = each.at;
      word.deletion = each;
    } else {
      words.push_back({each});
    }
  }
  for (auto& [about, word] : last) words.push_back(std::move(word));
  return words;
}

// There are many of them: people log out.
std::int64_t DeletionService::end_access(std::span<const Deletion> journal) {
  std::int64_t ended = 0;
  const auto in_pieces = [&](const auto& ids, auto end) {
    for (std::span left(ids); !left.empty();) {
      const auto piece = left.first(std::min(left.size(), accesses_at_once));
      ended += rooms_.database.write([&](db::Tx& tx) { return end(tx, piece); });
      left = left.subspan(piece.size());
    }
  };
  in_pieces(ids_of<SessionId>(journal, Said::session),
            [&](db::Tx& tx, auto piece) { return rows_.end_sessions(tx, piece); });
  in_pieces(ids_of<TokenId>(journal, Said::token),
            [&](db::Tx& tx, auto piece) { return rows_.revoke_tokens(tx, piece); });
  return ended;
}

bool DeletionService::take_away(const Word& word) {
  const Deletion& deletion = word.deletion;
  switch (deletion.what) {
    case Said::account:
      return erase_account(AccountId{deletion.id}, deletion.at);
    case Said::photo:
      return erase_photo(PhotoId{deletion.id});
    case Said::comment:
      return rooms_.database.write(
          [&](db::Tx& tx) { return rows_.erase_comment(tx, CommentId{deletion.id}); });
    case Said::collection:
      return rooms_.database.write([&](db::Tx& tx) {
        return rows_.erase_collection(tx, collections::CollectionId{deletion.id});
      });
    case Said::avatar:
      return drop_avatar(AccountId{deletion.id}, deletion.name);
    case Said::removed:
      return judge_photo(PhotoId{deletion.id}, PhotoState::removed, deletion.at);
    case Said::reinstated:
      judge_photo(PhotoId{deletion.id}, reinstated_state(deletion), deletion.at);
      return false;
    case Said::erased:
      return erase_bytes(PhotoId{deletion.id}, deletion.at);
    case Said::comment_removed:
      return judge_comment(CommentId{deletion.id}, PhotoState::removed, deletion.at);
    case Said::comment_reinstated:
      judge_comment(CommentId{deletion.id}, PhotoState::published, deletion.at);
      return false;
    case Said::left:
      return leave(word);
    case Said::returned:
      come_back(AccountId{deletion.id}, deletion.at);
      return false;
    case Said::session:
    case Said::token:
      return false;  // end_access() was there
  }
  return false;
}

bool DeletionService::erase_account(AccountId account, Micros at) {
  const bool there =
      rooms_.database.read([&](db::Tx& tx) { return rows_.has_account(tx, account); });
  if (!there) return false;
  // At once: its grace was over when it went. One that was leaving when it was backed up, too.
  rooms_.database.write([&](db::Tx& tx) {
    rows_.leave(tx, {.account = account, .at = at, .erase_at = at});
    rows_.end_grace(tx, account);
  });
  while (!rooms_.erasures.erase(account)) continue;
  return true;
}

bool DeletionService::leave(const Word& word) {
  const AccountId account{word.deletion.id};
  const Micros at = word.deletion.at;
  const bool begun = rooms_.database.write([&](db::Tx& tx) {
    return rows_.leave(
        tx, {.account = account, .at = at, .erase_at = at + rooms_.grace, .back_at = word.back_at});
  });
  while (begun && !rooms_.departures.settle(account, departures::steps_of_a_run)) continue;
  return begun;
}

void DeletionService::come_back(AccountId account, Micros at) {
  const bool back =
      rooms_.database.write([&](db::Tx& tx) { return rows_.take_back(tx, account, at); });
  while (back && !rooms_.departures.settle(account, departures::steps_of_a_run)) continue;
}

bool DeletionService::erase_photo(PhotoId photo) {
  const auto owner =
      rooms_.database.read([&](db::Tx& tx) { return rows_.owner_of_photo(tx, photo); });
  return owner && rooms_.photos.remove({.account = *owner}, photo).has_value();
}

bool DeletionService::erase_bytes(PhotoId photo, Micros at) {
  return rooms_.database.write([&](db::Tx& tx) {
    judge(tx, photo, PhotoState::removed, at);
    const auto original = rows_.let_go_of_bytes(tx, photo, at);
    if (original) photos::enqueue_erasure(rooms_.queue, tx, *original);
    return original.has_value();
  });
}

bool DeletionService::drop_avatar(AccountId account, std::string_view avatar) {
  const bool dropped =
      rooms_.database.write([&](db::Tx& tx) { return rows_.drop_avatar(tx, account, avatar); });
  for (const int size : accounts::avatar_sizes) {
    if (dropped) rooms_.store.remove(accounts::avatar_key(avatar, std::to_string(size)));
  }
  return dropped;
}

bool DeletionService::judge_photo(PhotoId photo, PhotoState state, Micros at) {
  return rooms_.database.write([&](db::Tx& tx) { return judge(tx, photo, state, at); });
}

bool DeletionService::judge_comment(CommentId comment, PhotoState state, Micros at) {
  return rooms_.database.write([&](db::Tx& tx) {
    const auto subject = rows_.subject_of(tx, comment);
    return subject && judge(tx, *subject, state, at);
  });
}

bool DeletionService::judge(db::Tx& tx, const moderation::Subject& subject, PhotoState state,
                            Micros at) {
  Judged judged{.subject = subject,
                .state = state,
                .at = at,
                .on = rooms_.ids.next<CaseId>(),
                .decision = rooms_.ids.next<DecisionId>()};
  const bool removes = state == PhotoState::removed;
  if (removes && !subject.is_comment()) judged.erase_at = at + rooms_.quarantine;
  if (!rows_.judge(tx, judged)) return false;
  // What is not removed any more is on the blocklist no more.
  if (!removes && !subject.is_comment()) {
    rooms_.blocklist.set_photo(tx, subject.photo, false, std::nullopt);
  }
  return true;
}

}  // namespace picsharz::backups
