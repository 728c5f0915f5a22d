#include "features/accounts/signup_store.h"

namespace picsharz::accounts {

namespace {

#define SIGNUP_COLUMNS                                                                  \
  "id, handle, email, name, country, password_hash, code_hash, code_expires_at, tries," \
  " binding_hash, taken, created_at, invitation_id, terms_version, terms_accepted_at,"  \
  " confirmed_age, language"

PendingSignup read_signup(const db::Row& row) {
  PendingSignup signup;
  signup.id = row.id<SignupId>(0);
  signup.person.handle = row.string(1);
  signup.person.email = row.string(2);
  signup.person.name = row.string(3);
  signup.person.country = row.string(4);
  signup.password_hash = row.string(5);
  signup.code_hash = std::string(row.bytes(6));
  signup.code_expires_at = row.integer(7);
  signup.tries = static_cast<int>(row.integer(8));
  signup.binding_hash = std::string(row.bytes(9));
  signup.taken = row.truth(10);
  signup.created_at = row.integer(11);
  signup.invitation = row.id<InvitationId>(12);
  signup.accepted = {row.string(13), row.integer(14), row.integer(15)};
  signup.person.language = row.string(16);
  return signup;
}

}  // namespace

bool SignupStore::insert(db::Tx& tx, const PendingSignup& signup) {
  const SignUp& person = signup.person;
  return tx.exec("INSERT INTO signups (" SIGNUP_COLUMNS
                 ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,"
                 " $15, $16, $17)"
                 " ON CONFLICT DO NOTHING",
                 signup.id, person.handle, person.email, person.name, person.country,
                 signup.password_hash, db::Param::bytes(signup.code_hash), signup.code_expires_at,
                 signup.tries, db::Param::bytes(signup.binding_hash), signup.taken,
                 signup.created_at, signup.invitation, signup.accepted.terms_version,
                 signup.accepted.accepted_at, signup.accepted.minimum_age, person.language) == 1;
}

std::optional<PendingSignup> SignupStore::by_handle(db::Tx& tx, std::string_view handle) {
  return tx.one("SELECT " SIGNUP_COLUMNS " FROM signups WHERE handle = $1", read_signup, handle);
}

std::optional<PendingSignup> SignupStore::by_email(db::Tx& tx, std::string_view email,
                                                   std::string_view binding_hash) {
  return tx.one("SELECT " SIGNUP_COLUMNS
                " FROM signups WHERE email = $1 AND binding_hash = $2"
                " ORDER BY created_at DESC LIMIT 1",
                read_signup, email, db::Param::bytes(binding_hash));
}

bool SignupStore::take_try(db::Tx& tx, SignupId id, int most) {
  return tx.exec("UPDATE signups SET tries = tries + 1 WHERE id = $1 AND tries < $2", id, most) > 0;
}

void SignupStore::set_code(db::Tx& tx, SignupId id, std::string_view code_hash, Micros expires_at) {
  tx.exec("UPDATE signups SET code_hash = $2, code_expires_at = $3, tries = 0 WHERE id = $1", id,
          db::Param::bytes(code_hash), expires_at);
}

void SignupStore::remove(db::Tx& tx, SignupId id) {
  tx.exec("DELETE FROM signups WHERE id = $1", id);
}

void SignupStore::remove_of_email(db::Tx& tx, std::string_view email) {
  tx.exec("DELETE FROM signups WHERE email = $1", email);
}

std::int64_t SignupStore::remove_older(db::Tx& tx, Micros created_before) {
  return tx.exec("DELETE FROM signups WHERE created_at < $1", created_before);
}

void SignupStore::put_setup_link(db::Tx& tx, std::string_view token_hash, Micros expires_at) {
  tx.exec("DELETE FROM setup_links");
  tx.exec("INSERT INTO setup_links (token_hash, expires_at) VALUES ($1, $2)",
          db::Param::bytes(token_hash), expires_at);
}

bool SignupStore::has_setup_link(db::Tx& tx, std::string_view token_hash, Micros now) {
  return tx.exec("SELECT 1 FROM setup_links WHERE token_hash = $1 AND expires_at > $2",
                 db::Param::bytes(token_hash), now) > 0;
}

bool SignupStore::take_setup_link(db::Tx& tx, std::string_view token_hash, Micros now) {
  return tx.exec("DELETE FROM setup_links WHERE token_hash = $1 AND expires_at > $2",
                 db::Param::bytes(token_hash), now) > 0;
}

void SignupStore::remove_setup_links(db::Tx& tx) { tx.exec("DELETE FROM setup_links"); }

void SignupStore::put_reset(db::Tx& tx, std::string_view token_hash, AccountId account,
                            Micros expires_at) {
  tx.exec("INSERT INTO password_resets (token_hash, account_id, expires_at) VALUES ($1, $2, $3)",
          db::Param::bytes(token_hash), account, expires_at);
}

std::optional<AccountId> SignupStore::find_reset(db::Tx& tx, std::string_view token_hash,
                                                 Micros now) {
  return tx.one(
      "SELECT account_id FROM password_resets WHERE token_hash = $1 AND expires_at > $2",
      [](const db::Row& row) { return row.id<AccountId>(0); }, db::Param::bytes(token_hash), now);
}

std::optional<AccountId> SignupStore::take_reset(db::Tx& tx, std::string_view token_hash,
                                                 Micros now) {
  return tx.one(
      "DELETE FROM password_resets WHERE token_hash = $1 AND expires_at > $2 RETURNING account_id",
      [](const db::Row& row) { return row.id<AccountId>(0); }, db::Param::bytes(token_hash), now);
}

void SignupStore::remove_resets(db::Tx& tx, AccountId account) {
  tx.exec("DELETE FROM password_resets WHERE account_id = $1", account);
}

}  // namespace picsharz::accounts
