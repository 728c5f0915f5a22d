#include "features/accounts/email_change_service.h"

#include <utility>

#include "base/limits.h"
#include "crypto/crypto.h"
#include "features/accounts/account_rules.h"

namespace picsharz::accounts {

namespace {

constexpr std::size_t code_length = 8;

std::string hash_of(std::string_view secret) {
  return std::string(crypto::view(crypto::sha256(secret)));
}

// Bound to its account, so that equal codes of two changes have different hashes.
std::string code_hash(AccountId account, std::string_view code) {
  return hash_of(account.str() + ":" + std::string(code));
}

std::unexpected<Error> change_over() {
  return fail(ErrorKind::gone, "email_change_over", "This change is done, stopped or over.",
              "Ask for it again in the settings.");
}

std::unexpected<Error> code_expired() {
  return fail(ErrorKind::gone, "code_expired", "This code is over.",
              "Ask for the change again; a new code comes with it.");
}

std::unexpected<Error> wrong_code() {
  auto failure = fail(ErrorKind::unprocessable, "wrong_code", "This code is not right.",
                      "Type the code from the newest mail, in the browser that asked for it.");
  failure.error().fields = {{"code", "wrong_code", "This code is not right."}};
  return failure;
}

std::unexpected<Error> same_email() {
  auto failure = fail(ErrorKind::invalid, "same_email", "This is your address already.",
                      "Type the address that you want instead.");
  failure.error().fields = {{"email", "same_email", "This is your address already."}};
  return failure;
}

}  // namespace

EmailChangeService::EmailChangeService(db::Database& database, const Clock& clock,
                                       mail::Outbox& outbox, PasswordService& passwords,
                                       MailContext context)
    : database_(database),
      clock_(clock),
      outbox_(outbox),
      passwords_(passwords),
      context_(std::move(context)),
      by_account_(clock, limits::email_changes_per_hour, hour) {}

Result<void> EmailChangeService::ask(const Viewer& viewer, std::string_view typed,
                                     std::string_view password, std::string_view address) {
  const std::string email = normalize_email(typed);
  TRY(check_email(email));
  TRY_ASSIGN(const Account account, passwords_.confirm(viewer, password, address));
  if (email == account.email) return same_email();
  if (const int wait = by_account_.take(account.id.str()); wait > 0) {
    auto failure = fail(ErrorKind::too_many, "too_many_attempts",
                        "You asked for too many changes of your address.", "Wait an hour.");
    failure.error().retry_after_seconds = wait;
    return failure;
  }
  const std::string code = crypto::random_code(code_length);
  const std::string token = crypto::base64url(crypto::random_bytes(32));
  const Micros now = clock_.now();
  EmailChange change;
  change.account = account.id;
  change.session = viewer.session;
  change.email = email;
  change.code_hash = code_hash(account.id, code);
  change.code_expires_at = now + limits::code_lifetime;
  change.link_hash = hash_of(token);
  change.expires_at = now + limits::email_change_lifetime;
  database_.write([&](db::Tx& tx) {
    change.taken = accounts_.email_exists(tx, email);
    changes_.remove(tx, account.id);
    changes_.insert(tx, change);
    Reader to = reader_of(account);
    outbox_.post(tx, old_address_mail(context_, to, email, token));
    to.email = email;
    outbox_.post(tx, change.taken ? new_address_taken_mail(context_, to)
                                  : new_address_mail(context_, to, code));
  });
  return {};
}

Result<EmailState> EmailChangeService::state(const Viewer& viewer) {
  return database_.read([&](db::Tx& tx) -> Result<EmailState> {
    const auto account = accounts_.find(tx, viewer.account);
    if (!account) return not_found();
    auto change = changes_.find(tx, viewer.account);
    if (change && change->expires_at <= clock_.now()) change.reset();
    return EmailState{account->email, std::move(change)};
  });
}

void EmailChangeService::withdraw(const Viewer& viewer) {
  database_.write([&](db::Tx& tx) { changes_.remove(tx, viewer.account); });
}

Result<EmailState> EmailChangeService::confirm(const Viewer& viewer, std::string_view typed) {
  const std::string code = crypto::normalize_code(typed);
  enum class Outcome { right, wrong, over };
  Outcome outcome = Outcome::wrong;
  // A wrong try must be counted, so this commits whatever the outcome is.
  database_.write([&](db::Tx& tx) {
    outcome = Outcome::wrong;
    const auto change = changes_.find(tx, viewer.account);
    if (!change || change->session != viewer.session) return;
    if (change->code_expires_at <= clock_.now() ||
        !changes_.take_try(tx, viewer.account, limits::code_tries)) {
      outcome = Outcome::over;
      return;
    }
    if (change->taken || !crypto::equal(change->code_hash, code_hash(viewer.account, code))) return;
    outcome = Outcome::right;
  });
  if (outcome == Outcome::over) return code_expired();
  if (outcome == Outcome::wrong) return wrong_code();
  return database_.write([&](db::Tx& tx) -> Result<EmailState> {
    const auto change = changes_.confirm_by_code(tx, viewer.account);
    if (!change || !crypto::equal(change->code_hash, code_hash(viewer.account, code))) {
      return change_over();
    }
    return finish(tx, *change);
  });
}

Result<EmailState> EmailChangeService::linked(std::string_view token) {
  return database_.read([&](db::Tx& tx) -> Result<EmailState> {
    auto change = changes_.find_by_link(tx, hash_of(token));
    if (!change || change->expires_at <= clock_.now()) return change_over();
    const auto account = accounts_.find(tx, change->account);
    if (!account) return change_over();
    return EmailState{account->email, std::move(change)};
  });
}

Result<EmailState> EmailChangeService::agree(std::string_view token) {
  return database_.write([&](db::Tx& tx) -> Result<EmailState> {
    const auto change = changes_.confirm_by_link(tx, hash_of(token));
    if (!change || change->expires_at <= clock_.now()) return change_over();
    return finish(tx, *change);
  });
}

Result<void> EmailChangeService::stop(std::string_view token) {
  return database_.write([&](db::Tx& tx) -> Result<void> {
    const auto change = changes_.find_by_link(tx, hash_of(token));
    if (!change || !changes_.remove(tx, change->account)) return change_over();
    return {};
  });
}

Result<EmailState> EmailChangeService::finish(db::Tx& tx, const EmailChange& change) {
  const auto account = accounts_.find(tx, change.account);
  if (!account || account->state != AccountState::active) return change_over();
  if (!change.by_code || !change.by_link) return EmailState{account->email, change};
  // Somebody signed up with it since the code was sent. The one who asks can read its mails.
  if (!accounts_.set_email(tx, change.account, change.email)) {
    return email_taken();
  }
  changes_.remove(tx, change.account);
  // A link to a new password that lies in the old mailbox must not open the account any more.
  signups_.remove_resets(tx, change.account);
  Reader to = reader_of(*account);
  for (const std::string& address : {account->email, change.email}) {
    to.email = address;
    outbox_.post(tx, email_changed_mail(context_, to, change.email));
  }
  return EmailState{change.email, std::nullopt};
}

std::int64_t EmailChangeService::prune() {
  return database_.write([&](db::Tx& tx) { return changes_.remove_expired(tx, clock_.now()); });
}

}  // namespace picsharz::accounts
