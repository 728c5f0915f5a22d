#include "features/sessions/totp_service.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "crypto/crypto.h"
#include "crypto/one_time_code.h"

namespace picsharz::sessions {

using accounts::Account;
using accounts::Attempt;

namespace {

// 80 bits: nobody finds them from their hashes, however fast the hash is.
constexpr std::size_t recovery_length = 16;
constexpr int wrong_codes_warned = 4;  // an hour; the next one is told to the owner, once a day

std::string recovery_hash(AccountId account, std::string_view code) {
  return std::string(crypto::view(crypto::sha256(account.str() + ":" + std::string(code))));
}

std::string grouped(std::string_view code) {
  std::string text;
  for (std::size_t at = 0; at < code.size(); at += 4) {
    if (at > 0) text += '-';
    text += code.substr(at, 4);
  }
  return text;
}

RecoveryCodes new_codes() {
  RecoveryCodes codes;
  for (int i = 0; i < limits::recovery_codes; ++i) {
    codes.push_back(crypto::random_code(recovery_length));
  }
  return codes;
}

std::vector<std::string> hashes_of(AccountId account, const RecoveryCodes& codes) {
  std::vector<std::string> hashes;
  for (const std::string& code : codes) hashes.push_back(recovery_hash(account, code));
  return hashes;
}

RecoveryCodes shown(RecoveryCodes codes) {
  for (std::string& code : codes) code = grouped(code);
  return codes;
}

// Everything but unreserved characters; what an authenticator shows as the account's name.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.';
    if (plain) {
      out += c;
    } else {
      out += '%';
      for (const char digit : crypto::hex(std::string_view(&c, 1))) {
        out += digit >= 'a' ? static_cast<char>(digit - 'a' + 'A') : digit;
      }
    }
  }
  return out;
}

std::unexpected<Error> refused(ErrorKind kind, std::string_view code, std::string_view field,
                               std::string_view what, std::string_view action) {
  auto failure = fail(kind, code, what, action);
  failure.error().fields = {{std::string(field), std::string(code), std::string(what)}};
  return failure;
}

std::unexpected<Error> wrong_totp() {
  return refused(ErrorKind::forbidden, "wrong_totp", "code", "This code is not right.",
                 "Type the newest code of your authenticator, or a recovery code.");
}

std::unexpected<Error> totp_off() {
  return fail(ErrorKind::conflict, "totp_off", "No authenticator is set up.", "Set one up first.");
}

std::unexpected<Error> totp_on() {
  return fail(ErrorKind::conflict, "totp_on", "An authenticator is set up already.",
              "Switch it off first.");
}

}  // namespace

TotpService::TotpService(db::Database& database, const Clock& clock, mail::Outbox& outbox,
                         accounts::PasswordService& passwords, MailContext context)
    : database_(database),
      clock_(clock),
      outbox_(outbox),
      passwords_(passwords),
      context_(std::move(context)),
      wrong_codes_(clock, wrong_codes_warned, hour),
      warnings_(clock, 1, day) {}

std::int64_t TotpService::step() const { return clock_.now() / (crypto::totp_seconds * second); }

TotpState TotpService::state(const Viewer& viewer) {
  return database_.read([&](db::Tx& tx) {
    const auto totp = totps_.find(tx, viewer.account);
    if (!totp || totp->on_since == 0) return TotpState{};
    return TotpState{totp->on_since, totps_.count_recovery_codes(tx, viewer.account)};
  });
}

Result<NewTotp> TotpService::begin(const Viewer& viewer, std::string_view password,
                                   std::string_view address) {
  TRY_ASSIGN(const Account account, passwords_.confirm(viewer, password, address));
  const std::string secret = crypto::random_bytes(crypto::totp_secret_bytes);
  const bool begun = database_.write(
      [&](db::Tx& tx) { return totps_.begin(tx, account.id, secret, clock_.now()); });
  if (!begun) return totp_on();
  const std::string text = crypto::base32(secret);
  const std::string issuer = escaped(context_.instance);
  return NewTotp{text, "otpauth://totp/" + issuer + ":" + escaped(account.handle) +
                           "?secret=" + text + "&issuer=" + issuer};
}

Result<RecoveryCodes> TotpService::turn_on(const Viewer& viewer, std::string_view typed,
                                           std::string_view address) {
  const Attempt attempt{.account = {},
                        .address = std::string(address),
                        .device = "code of session " + viewer.session.str()};
  TRY(passwords_.attempts().count(attempt));
  RecoveryCodes codes = new_codes();
  const std::string code = crypto::normalize_code(typed);
  TRY(database_.write([&](db::Tx& tx) -> Result<void> {
    const auto totp = totps_.find(tx, viewer.account);
    const Micros now = clock_.now();
    if (totp && totp->on_since != 0) return totp_on();
    if (!totp || totp->created_at <= now - limits::totp_setup_lifetime) return totp_off();
    const auto used = crypto::totp_step_of(totp->secret, code, step());
    if (!used) return wrong_totp();
    if (!totps_.turn_on(tx, viewer.account, totp->secret, *used, now)) return totp_off();
    totps_.put_recovery_codes(tx, viewer.account, hashes_of(viewer.account, codes));
    if (const auto account = passwords_.account(tx, viewer.account)) {
      outbox_.post(tx, totp_on_mail(context_, accounts::reader_of(*account)));
    }
    return {};
  }));
  passwords_.attempts().forgive(attempt);
  return shown(std::move(codes));
}

Result<Account> TotpService::confirmed(const Viewer& viewer, const Proof& proof) {
  if (state(viewer).on_since == 0) return totp_off();
  TRY_ASSIGN(Account account, passwords_.confirm(viewer, proof.password, proof.address));
  TRY(prove(account, proof.code,
            {.account = {},
             .address = std::string(proof.address),
             .device = "code of session " + viewer.session.str()}));
  return account;
}

Result<Account> TotpService::confirm(const Viewer& viewer, const Proof& proof) {
  TRY_ASSIGN(Account account, passwords_.confirm(viewer, proof.password, proof.address));
  if (state(viewer).on_since == 0) return account;
  if (proof.code.empty()) {
    return refused(ErrorKind::forbidden, "totp_required", "code",
                   "This account asks for a code of its authenticator too.",
                   "Type it, or a recovery code in its place.");
  }
  TRY(prove(account, proof.code,
            {.account = {},
             .address = std::string(proof.address),
             .device = "code of session " + viewer.session.str()}));
  return account;
}

Result<void> TotpService::turn_off(const Viewer& viewer, const Proof& proof) {
  TRY_ASSIGN(const Account account, confirmed(viewer, proof));
  database_.write([&](db::Tx& tx) {
    totps_.remove(tx, account.id);
    outbox_.post(tx, totp_off_mail(context_, accounts::reader_of(account)));
  });
  return {};
}

Result<RecoveryCodes> TotpService::renew_codes(const Viewer& viewer, const Proof& proof) {
  TRY_ASSIGN(const Account account, confirmed(viewer, proof));
  RecoveryCodes codes = new_codes();
  database_.write([&](db::Tx& tx) {
    totps_.put_recovery_codes(tx, account.id, hashes_of(account.id, codes));
    outbox_.post(tx, recovery_codes_made_mail(context_, accounts::reader_of(account)));
  });
  return shown(std::move(codes));
}

Result<void> TotpService::check(const Account& account, std::string_view typed,
                                std::string_view address, std::string_view device) {
  const auto totp = database_.read([&](db::Tx& tx) { return totps_.find(tx, account.id); });
  if (!totp || totp->on_since == 0) return {};
  if (typed.empty()) {
    return fail(ErrorKind::unauthenticated, "totp_required",
                "This account asks for a code of its authenticator too.",
                "Send it as totp, or a recovery code in its place.");
  }
  auto proved = prove(account, typed,
                      {.account = "code of " + account.id.str(),
                       .address = std::string(address),
                       .device = device.empty() ? "" : "code of " + std::string(device)});
  if (proved) return {};
  if (proved.error().code == "wrong_totp") {
    warn(account);
    proved.error().kind = ErrorKind::unauthenticated;
    for (FieldError& field : proved.error().fields) field.field = "totp";
  }
  return proved;
}

Result<void> TotpService::prove(const Account& account, std::string_view typed,
                                const Attempt& attempt) {
  TRY(passwords_.attempts().count(attempt));
  const bool right = database_.write([&](db::Tx& tx) { return use(tx, account, typed); });
  if (!right) return wrong_totp();
  passwords_.attempts().forgive(attempt);
  return {};
}

bool TotpService::use(db::Tx& tx, const Account& account, std::string_view typed) {
  const auto totp = totps_.find(tx, account.id);
  if (!totp || totp->on_since == 0) return false;
  const std::string code = crypto::normalize_code(typed);
  if (const auto used = crypto::totp_step_of(totp->secret, code, step())) {
    return totps_.use_step(tx, account.id, *used);
  }
  if (code.size() != recovery_length ||
      !totps_.use_recovery_code(tx, account.id, recovery_hash(account.id, code))) {
    return false;
  }
  outbox_.post(tx, recovery_code_used_mail(context_, accounts::reader_of(account),
                                           totps_.count_recovery_codes(tx, account.id)));
  return true;
}

void TotpService::warn(const Account& account) {
  if (wrong_codes_.take(account.id.str()) == 0 || warnings_.take(account.id.str()) > 0) return;
  database_.write([&](db::Tx& tx) {
    outbox_.post(tx, wrong_codes_mail(context_, accounts::reader_of(account)));
  });
}

bool TotpService::remove(const Account& account) {
  return database_.write([&](db::Tx& tx) {
    const auto totp = totps_.find(tx, account.id);
    if (!totp || totp->on_since == 0) return false;
    totps_.remove(tx, account.id);
    outbox_.post(tx, totp_off_mail(context_, accounts::reader_of(account)));
    return true;
  });
}

std::int64_t TotpService::prune() {
  return database_.write([&](db::Tx& tx) {
    return totps_.remove_unconfirmed(tx, clock_.now() - limits::totp_setup_lifetime);
  });
}

}  // namespace picsharz::sessions
