#include "features/backups/deletion_store.h"

#include "features/accounts/account_store.h"
#include "features/comments/comment_store.h"
#include "features/departures/departure_store.h"
#include "features/moderation/moderation_store.h"
#include "features/photos/photo_store.h"

namespace picsharz::backups {

namespace {

using moderation::Action;
using photos::PhotoState;

constexpr auto anything = [](const db::Row&) { return true; };
constexpr auto account = [](const db::Row& row) { return row.id<AccountId>(0); };

// Of decisions that are in the journal alone: who made them, and why, is not.
constexpr std::string_view unknown_reason = "other";
constexpr std::string_view restored_note = "Decided before a backup was restored.";
constexpr std::string_view no_facts =
    R"({"models":null,"verdict":null,"scores":[],"thresholds":null})";

Action judged_action(PhotoState state) {
  if (state == PhotoState::removed) return Action::remove;
  return state == PhotoState::published ? Action::approve : Action::keep_hidden;
}

bool set_judged_state(db::Tx& tx, const Judged& judged) {
  const std::string_view reason =
      judged.state == PhotoState::published ? std::string_view() : unknown_reason;
  if (moderation::ModerationStore().set_state(tx, judged.subject, judged.state, reason)) {
    return true;
  }
  // One that develops still would be published at the end of it.
  return !judged.subject.is_comment() && judged.state == PhotoState::removed &&
         photos::PhotoStore().conclude(tx, judged.subject.photo, judged.state, reason);
}

moderation::Case judged_case(db::Tx& tx, const Judged& judged, const moderation::Matter& matter) {
  moderation::ModerationStore rows;
  if (auto open = rows.find_open(tx, judged.subject)) return *std::move(open);
  moderation::Case opened{.id = judged.on,
                          .subject = judged.subject,
                          .reason = std::string(unknown_reason),
                          .facts = std::string(no_facts),
                          .opened_at = judged.at};
  if (judged.subject.is_comment()) opened.words = matter.words;
  rows.open(tx, opened);
  return opened;
}

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

std::optional<moderation::Subject> DeletionStore::subject_of(db::Tx& tx, CommentId comment) {
  return moderation::ModerationStore().subject_of(tx, comment);
}

bool DeletionStore::judge(db::Tx& tx, const Judged& judged) {
  moderation::ModerationStore rows;
  if (!rows.lock(tx, judged.subject.photo)) return false;
  const auto matter = rows.matter(tx, judged.subject);
  const bool removes = judged.state == PhotoState::removed;
  if (!matter || (matter->state == PhotoState::removed) == removes) return false;
  if (!set_judged_state(tx, judged)) return false;
  const moderation::Case on = judged_case(tx, judged, *matter);
  rows.record(tx, {.id = judged.decision,
                   .on = on.id,
                   .subject = judged.subject,
                   .owner = matter->owner,
                   .action = judged_action(judged.state),
                   .reason = std::string(unknown_reason),
                   .note = std::string(restored_note),
                   .before = matter->state,
                   .after = judged.state,
                   .reason_before = matter->reason,
                   .facts = on.facts,
                   .created_at = judged.at});
  rows.close(tx, on.id, judged.decision, rows.standing(tx, judged.subject), judged.at);
  rows.answer_appeals(tx, on.id, judged.decision);
  rows.put_standing(tx, judged.subject, judged.decision, judged.erase_at);
  if (!judged.subject.is_comment()) rows.set_reported(tx, judged.subject.photo, false);
  return true;
}

std::optional<std::string> DeletionStore::let_go_of_bytes(db::Tx& tx, PhotoId photo, Micros at) {
  moderation::ModerationStore rows;
  auto original = rows.let_go_of_bytes(tx, photo);
  if (original) rows.set_erased(tx, photo, at);
  return original;
}

bool DeletionStore::leave(db::Tx& tx, const Left& left) {
  departures::DepartureStore rows;
  const auto known = rows.account(tx, left.account);
  if (!known) return false;
  const bool begun = rows.begin(tx, {.account = left.account,
                                     .before = known->state,
                                     .left_at = left.at,
                                     .erase_at = left.erase_at});
  if (begun) {
    rows.end_access(tx, left.account);
  } else {
    tx.exec(
        "UPDATE departures SET left_at = $2, erase_at = $3"
        " WHERE account_id = $1 AND phase = 0 AND left_at < $4",
        left.account, left.at, left.erase_at, left.back_at);
  }
  return begun;
}

bool DeletionStore::take_back(db::Tx& tx, AccountId id, Micros at) {
  departures::DepartureStore rows;
  const auto departure = rows.lock(tx, id);
  return departure && departure->left_at < at && rows.take_back(tx, id);
}

void DeletionStore::end_grace(db::Tx& tx, AccountId id) {
  departures::DepartureStore().set_erase_at(tx, id, 0);
}

bool DeletionStore::has_account(db::Tx& tx, AccountId id) {
  return tx.one("SELECT 1 FROM accounts WHERE id = $1", anything, id).has_value();
}

std::int64_t DeletionStore::end_sessions(db::Tx& tx, std::span<const SessionId> sessions) {
  static constexpr db::Sql sql(
      "DELETE FROM sessions WHERE id IN (SELECT j.value FROM json_each($1) j)",
      "DELETE FROM sessions WHERE id = ANY (CAST($1 AS BIGINT[]))");
  return tx.exec(sql, db::id_list(tx.engine(), sessions));
}

std::int64_t DeletionStore::revoke_tokens(db::Tx& tx, std::span<const TokenId> tokens) {
  static constexpr db::Sql sql(
      "DELETE FROM tokens WHERE id IN (SELECT j.value FROM json_each($1) j)",
      "DELETE FROM tokens WHERE id = ANY (CAST($1 AS BIGINT[]))");
  return tx.exec(sql, db::id_list(tx.engine(), tokens));
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
