#include "features/accounts/invitation_store.h"

namespace picsharz::accounts {

namespace {

// $2: the least role of a maker.
#define INVITATION_SELECT                                                                      \
  "SELECT i.id, i.maker_id, i.email, i.uses, i.uses_max, i.created_at, i.expires_at,"          \
  " CASE WHEN i.revoked = 1 OR m.state <> 0 OR m.role < $2 THEN 1 ELSE 0 END FROM invitations" \
  " i JOIN accounts m ON m.id = i.maker_id"

Invitation read_invitation(const db::Row& row) {
  return {.id = row.id<InvitationId>(0),
          .maker = row.id<AccountId>(1),
          .email = row.string(2),
          .uses = row.integer(3),
          .uses_max = row.integer(4),
          .revoked = row.truth(7),
          .created_at = row.integer(5),
          .expires_at = row.integer(6)};
}

std::int64_t number(const db::Row& row) { return row.integer(0); }

}  // namespace

void InvitationStore::insert(db::Tx& tx, const Invitation& invitation,
                             std::string_view token_hash) {
  tx.exec(
      "INSERT INTO invitations (id, maker_id, token_hash, email, uses, uses_max, revoked,"
      " created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
      invitation.id, invitation.maker, db::Param::bytes(token_hash), invitation.email,
      invitation.uses, invitation.uses_max, invitation.revoked, invitation.created_at,
      invitation.expires_at);
}

std::optional<Invitation> InvitationStore::find(db::Tx& tx, std::string_view token_hash,
                                                Role least) {
  return tx.one(INVITATION_SELECT " WHERE i.token_hash = $1", read_invitation,
                db::Param::bytes(token_hash), least);
}

std::optional<Invitation> InvitationStore::find(db::Tx& tx, InvitationId id, Role least) {
  return tx.one(INVITATION_SELECT " WHERE i.id = $1", read_invitation, id, least);
}

bool InvitationStore::take(db::Tx& tx, InvitationId id, Role least) {
  return tx.exec(
             "UPDATE invitations SET uses = uses + 1 WHERE id = $1 AND uses < uses_max"
             " AND revoked = 0 AND EXISTS (SELECT 1 FROM accounts m"
             " WHERE m.id = invitations.maker_id AND m.state = 0 AND m.role >= $2)",
             id, least) == 1;
}

void InvitationStore::give_back(db::Tx& tx, InvitationId id) {
  tx.exec("UPDATE invitations SET uses = uses - 1 WHERE id = $1 AND uses > 0", id);
}

std::vector<Invitation> InvitationStore::list(db::Tx& tx, AccountId maker,
                                              std::optional<InvitationId> before, int limit,
                                              Role least) {
  return tx.all(INVITATION_SELECT
                " WHERE i.maker_id = $1 AND i.id < $3 ORDER BY i.id DESC LIMIT $4",
                read_invitation, maker, least, before.value_or(InvitationId{INT64_MAX}), limit);
}

bool InvitationStore::revoke(db::Tx& tx, AccountId maker, InvitationId id) {
  return tx.exec("UPDATE invitations SET revoked = 1 WHERE id = $1 AND maker_id = $2", id, maker) >
         0;
}

void InvitationStore::hold_maker(db::Tx& tx, AccountId maker) {
  tx.exec("UPDATE accounts SET role = role WHERE id = $1", maker);
}

std::int64_t InvitationStore::count_open(db::Tx& tx, AccountId maker, Micros now) {
  return *tx.one(
      "SELECT count(*) FROM invitations WHERE maker_id = $1 AND revoked = 0 AND uses < uses_max"
      " AND expires_at > $2",
      number, maker, now);
}

std::int64_t InvitationStore::count_spent(db::Tx& tx, AccountId maker, Micros now) {
  return *tx.one(
      "SELECT count(*) FROM invitations WHERE maker_id = $1"
      " AND (uses > 0 OR (revoked = 0 AND expires_at > $2))",
      number, maker, now);
}

std::int64_t InvitationStore::remove_unused(db::Tx& tx, Micros expired_before) {
  return tx.exec("DELETE FROM invitations WHERE uses = 0 AND expires_at <= $1", expired_before);
}

}  // namespace picsharz::accounts
