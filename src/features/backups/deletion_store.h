// Rows that a restored instance loses again, each with all that hangs on it, and whom to tell when
// there is nothing to restore from. No rules, no clock.
//
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "db/database.h"
#include "features/accounts/account.h"
#include "features/collections/collection.h"
#include "features/moderation/moderation.h"

namespace picsharz::backups {

// What moderation decided of a photo or a comment. The decision itself is lost: the audit log gets
// one by nobody in its place.
struct Judged {
  moderation::Subject subject;
  photos::PhotoState state = photos::PhotoState::removed;
  Micros at = 0;
  std::optional<Micros> erase_at{};  // of a photo's bytes
  CaseId on{};                       // where no case about it is open
  DecisionId decision{};
};

struct Left {
  AccountId account;
  Micros at = 0;
  Micros erase_at = 0;
  Micros back_at = 0;  // when it had come back last before that; 0: it had not
};

class DeletionStore {
 public:
  // Each is nothing where it is gone already.
  std::optional<AccountId> owner_of_photo(db::Tx& tx, PhotoId photo);
  bool erase_comment(db::Tx& tx, CommentId comment);
  bool erase_collection(db::Tx& tx, collections::CollectionId collection);
  bool drop_avatar(db::Tx& tx, AccountId account, std::string_view avatar);

  // nullopt: it is gone, or a tombstone.
  std::optional<moderation::Subject> subject_of(db::Tx& tx, CommentId comment);
  // As moderation does; a photo is removed in whatever state it is, also while it develops. False
  // where it is gone, removed already, or not removed any more.
  bool judge(db::Tx& tx, const Judged& judged);
  // As moderation does with a removed photo: the hash of the bytes, whose erasure is to be
  // enqueued.
  std::optional<std::string> let_go_of_bytes(db::Tx& tx, PhotoId photo, Micros at);

  // The account is leaving; false where there is none, or it is leaving already. Of one that had
  // come back meanwhile and left again its grace is that of the second time.
  bool leave(db::Tx& tx, const Left& left);
  // It is not leaving any more, if it left before `at`.
  bool take_back(db::Tx& tx, AccountId account, Micros at);
  void end_grace(db::Tx& tx, AccountId account);
  bool has_account(db::Tx& tx, AccountId account);

  // How many there were.
  std::int64_t end_sessions(db::Tx& tx, std::span<const SessionId> sessions);
  std::int64_t revoke_tokens(db::Tx& tx, std::span<const TokenId> tokens);

  std::vector<accounts::Account> administrators(db::Tx& tx);
};

}  // namespace picsharz::backups
