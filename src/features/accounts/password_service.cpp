#include "features/accounts/password_service.h"

#include <algorithm>

#include "base/json.h"
#include "base/limits.h"
#include "features/accounts/account_rules.h"

namespace picsharz::accounts {

namespace {

constexpr int resets_per_address = 30;  // an hour
constexpr int resets_per_login = 5;

std::string normalize_login(std::string_view typed) {
  return typed.find('@') == std::string_view::npos || typed.starts_with('@')
             ? normalize_handle(typed)
             : normalize_email(typed);
}

std::unexpected<Error> reset_over() {
  return fail(ErrorKind::gone, "reset_expired", "This link is used or over.",
              "Ask for a new link; it works once, for 30 minutes.");
}

std::string token_hash(std::string_view token) {
  return std::string(crypto::view(crypto::sha256(token)));
}

}  // namespace

PasswordService::PasswordService(db::Database& database, const Clock& clock, jobs::Queue& queue,
                                 mail::Outbox& outbox, const crypto::HmacKey& key,
                                 PasswordSettings settings)
    : database_(database),
      clock_(clock),
      queue_(queue),
      outbox_(outbox),
      key_(key),
      settings_(std::move(settings)),
      nobodys_hash_(crypto::hash_password(crypto::random_bytes(16), settings_.cost)),
      attempts_(clock),
      resets_by_address_(clock, resets_per_address, hour),
      resets_by_login_(clock, resets_per_login, hour) {}

std::string PasswordService::device_proof(AccountId account) const {
  const std::string device = account.str() + "." + crypto::base64url(crypto::random_bytes(16));
  return device + "." + crypto::base64url(crypto::view(key_.sign("device:" + device)));
}

bool PasswordService::knows(AccountId account, std::string_view device) const {
  const std::size_t end = device.rfind('.');
  if (end == std::string_view::npos || !device.starts_with(account.str() + ".")) return false;
  const std::string signed_part = "device:" + std::string(device.substr(0, end));
  return crypto::equal(device.substr(end + 1),
                       crypto::base64url(crypto::view(key_.sign(signed_part))));
}

Result<Checked> PasswordService::check(std::string_view typed, std::string_view password,
                                       std::string_view address, std::string_view device) {
  const std::string login = normalize_login(typed);
  const auto known = database_.read([&](db::Tx& tx) { return accounts_.credentials(tx, login); });
  const bool own_device = known && knows(known->id, device);
  const Attempt attempt{.account = login,
                        .address = std::string(address),
                        .device = own_device ? std::string(device) : std::string()};
  if (auto allowed = attempts_.count(attempt); !allowed) {
    allowed.error().message = "Too many attempts to log in.";
    allowed.error().action = "Wait a few minutes, or choose a new password by e-mail.";
    return std::unexpected(std::move(allowed).error());
  }
  const bool right =
      crypto::verify_password(known ? known->password_hash : nobodys_hash_, password);
  if (!known || !right) return wrong_login();
  attempts_.forgive(attempt);
  if (known->state == AccountState::suspended) {
    return fail(ErrorKind::forbidden, "account_suspended", "This account is suspended.",
                "Open the link in the mail about it, and say why that is wrong.");
  }
  Checked checked{.account = {}, .password_hash = known->password_hash};
  if (const auto cost = crypto::raised_cost(known->password_hash, settings_.cost)) {
    const std::string stronger = crypto::hash_password(password, *cost);
    const bool replaced = database_.write([&](db::Tx& tx) {
      return accounts_.replace_password(tx, known->id, known->password_hash, stronger);
    });
    if (replaced) checked.password_hash = stronger;
  }
  checked.account = *database_.read([&](db::Tx& tx) { return accounts_.find(tx, known->id); });
  return checked;
}

bool PasswordService::hold(db::Tx& tx, const Checked& checked) {
  return accounts_.replace_password(tx, checked.account.id, checked.password_hash,
                                    checked.password_hash);
}

Result<Account> PasswordService::confirm(const Viewer& viewer, std::string_view password,
                                         std::string_view address) {
  const Attempt attempt{
      .account = {}, .address = std::string(address), .device = "session " + viewer.session.str()};
  TRY(attempts_.count(attempt));
  if (!crypto::verify_password(hash_of(viewer.account), password)) {
    auto failure = fail(ErrorKind::forbidden, "wrong_password", "This is not your password.",
                        "Type it again, or choose a new one by e-mail.");
    failure.error().fields = {{"password", "wrong_password", "This is not your password."}};
    return failure;
  }
  attempts_.forgive(attempt);
  return *database_.read([&](db::Tx& tx) { return accounts_.find(tx, viewer.account); });
}

Result<void> PasswordService::forgot(std::string_view typed, std::string_view address) {
  const std::string login = normalize_login(typed);
  const int wait =
      std::max(resets_by_address_.take(client_of(address)), resets_by_login_.take(login));
  if (wait > 0) {
    auto failure = fail(ErrorKind::too_many, "too_many_attempts", "Too many links were asked for.",
                        "Look into your mail, also into the spam folder, or wait a while.");
    failure.error().retry_after_seconds = wait;
    return failure;
  }
  std::string payload;
  JsonWriter(payload).begin_object().field("login", login).end_object();
  database_.write([&](db::Tx& tx) {
    queue_.enqueue(tx, {.kind = send_reset_job, .payload = payload, .lane = jobs::Lane::mail});
  });
  return {};
}

void PasswordService::send_reset(std::string_view login) {
  const std::string token = crypto::base64url(crypto::random_bytes(32));
  database_.write([&](db::Tx& tx) {
    const auto known = accounts_.credentials(tx, login);
    if (!known) return;
    const auto account = accounts_.find(tx, known->id);
    signups_.put_reset(tx, token_hash(token), known->id, clock_.now() + limits::reset_lifetime);
    outbox_.post(tx, reset_mail(settings_.mail, reader_of(*account), token));
  });
}

Result<std::string> PasswordService::hash_new(std::string_view token, std::string_view password) {
  const auto account = database_.read([&](db::Tx& tx) -> std::optional<Account> {
    const auto id = signups_.find_reset(tx, token_hash(token), clock_.now());
    return id ? accounts_.find(tx, *id) : std::nullopt;
  });
  if (!account) return reset_over();
  TRY(check_password(password, account->handle, account->email));
  return crypto::hash_password(password, settings_.cost);
}

Result<AccountId> PasswordService::reset(db::Tx& tx, std::string_view token,
                                         std::string_view password_hash) {
  const auto id = signups_.take_reset(tx, token_hash(token), clock_.now());
  if (!id) return reset_over();
  accounts_.set_password(tx, *id, password_hash);
  signups_.remove_resets(tx, *id);
  const auto account = accounts_.find(tx, *id);
  outbox_.post(tx,
               password_changed_mail(settings_.mail, reader_of(*account), PasswordChange::by_link));
  return *id;
}

std::string PasswordService::hash_of(AccountId account) {
  return database_.read([&](db::Tx& tx) { return accounts_.password_hash(tx, account); })
      .value_or(nobodys_hash_);
}

Result<std::string> PasswordService::hash_changed(const Account& account,
                                                  std::string_view password) const {
  auto fits = check_password(password, account.handle, account.email);
  if (!fits) {
    for (FieldError& field : fits.error().fields) field.field = "new_password";
    return std::unexpected(std::move(fits).error());
  }
  return crypto::hash_password(password, settings_.cost);
}

bool PasswordService::change(db::Tx& tx, const Account& account, std::string_view old_hash,
                             std::string_view password_hash) {
  if (!accounts_.replace_password(tx, account.id, old_hash, password_hash)) return false;
  signups_.remove_resets(tx, account.id);
  outbox_.post(
      tx, password_changed_mail(settings_.mail, reader_of(account), PasswordChange::in_settings));
  return true;
}

}  // namespace picsharz::accounts
