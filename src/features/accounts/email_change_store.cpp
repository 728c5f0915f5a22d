#include "features/accounts/email_change_store.h"

namespace picsharz::accounts {

namespace {

#define EMAIL_CHANGE_COLUMNS                                                              \
  "account_id, session_id, email, taken, code_hash, code_expires_at, link_hash, by_code," \
  " by_link, expires_at"

EmailChange read_change(const db::Row& row) {
  EmailChange change;
  change.account = row.id<AccountId>(0);
  change.session = row.id<SessionId>(1);
  change.email = row.string(2);
  change.taken = row.truth(3);
  change.code_hash = std::string(row.bytes(4));
  change.code_expires_at = row.integer(5);
  change.link_hash = std::string(row.bytes(6));
  change.by_code = row.truth(7);
  change.by_link = row.truth(8);
  change.expires_at = row.integer(9);
  return change;
}

}  // namespace

void EmailChangeStore::insert(db::Tx& tx, const EmailChange& change) {
  tx.exec("INSERT INTO email_changes (" EMAIL_CHANGE_COLUMNS
          ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
          change.account, change.session, change.email, change.taken,
          db::Param::bytes(change.code_hash), change.code_expires_at,
          db::Param::bytes(change.link_hash), change.by_code, change.by_link, change.expires_at);
}

std::optional<EmailChange> EmailChangeStore::find(db::Tx& tx, AccountId account) {
  return tx.one("SELECT " EMAIL_CHANGE_COLUMNS " FROM email_changes WHERE account_id = $1",
                read_change, account);
}

std::optional<EmailChange> EmailChangeStore::find_by_link(db::Tx& tx, std::string_view link_hash) {
  return tx.one("SELECT " EMAIL_CHANGE_COLUMNS " FROM email_changes WHERE link_hash = $1",
                read_change, db::Param::bytes(link_hash));
}

bool EmailChangeStore::take_try(db::Tx& tx, AccountId account, int most) {
  return tx.exec(
             "UPDATE email_changes SET tries = tries + 1"
             " WHERE account_id = $1 AND tries < $2 AND by_code = 0",
             account, most) > 0;
}

std::optional<EmailChange> EmailChangeStore::confirm_by_code(db::Tx& tx, AccountId account) {
  return tx.one(
      "UPDATE email_changes SET by_code = 1 WHERE account_id = $1"
      " RETURNING " EMAIL_CHANGE_COLUMNS,
      read_change, account);
}

std::optional<EmailChange> EmailChangeStore::confirm_by_link(db::Tx& tx,
                                                             std::string_view link_hash) {
  return tx.one(
      "UPDATE email_changes SET by_link = 1 WHERE link_hash = $1"
      " RETURNING " EMAIL_CHANGE_COLUMNS,
      read_change, db::Param::bytes(link_hash));
}

bool EmailChangeStore::remove(db::Tx& tx, AccountId account) {
  return tx.exec("DELETE FROM email_changes WHERE account_id = $1", account) > 0;
}

std::int64_t EmailChangeStore::remove_expired(db::Tx& tx, Micros now) {
  return tx.exec("DELETE FROM email_changes WHERE expires_at <= $1", now);
}

}  // namespace picsharz::accounts
