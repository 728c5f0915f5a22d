#include "features/accounts/signup_service.h"

#include "base/json.h"
#include "base/limits.h"
#include "base/seen_members.h"
#include "base/tally.h"
#include "crypto/crypto.h"
#include "features/accounts/account_rules.h"
#include "features/accounts/attempt_limits.h"
#include "features/accounts/invitation_rules.h"
#include "mail/texts.h"

namespace picsharz::accounts {

namespace {

constexpr std::size_t code_length = 8;
constexpr int codes_per_email = 5;  // an hour

std::string hash_of(std::string_view secret) {
  return secret.empty() ? std::string() : std::string(crypto::view(crypto::sha256(secret)));
}

// Bound to its row, so that equal codes of two sign-ups have different hashes.
std::string code_hash(SignupId id, std::string_view code) {
  return hash_of(id.str() + ":" + std::string(code));
}

std::unexpected<Error> wrong_code() {
  return fail(ErrorKind::unprocessable, "wrong_code", "This code is not right.",
              "Type the code from the newest mail, in the browser in which you signed up.");
}

std::unexpected<Error> code_expired() {
  return fail(ErrorKind::gone, "code_expired", "This code is over.", "Ask for a new code.");
}

std::unexpected<Error> too_many(int seconds, std::string_view what) {
  auto failure =
      fail(ErrorKind::too_many, "too_many_attempts", what, "Wait a while and try again.");
  failure.error().retry_after_seconds = seconds;
  return failure;
}

// Good when the person signed up, and used up or taken back before the code came.
std::unexpected<Error> uninvited(const std::optional<Invitation>& invitation, Micros now) {
  if (auto good = check_invitation(invitation, now); !good) {
    return std::unexpected(std::move(good).error());
  }
  return fail(ErrorKind::gone, "invitation_used", "This invitation is used up.",
              "Ask whoever invited you for a new one.");
}

std::unexpected<Error> setup_over() {
  return fail(ErrorKind::gone, "setup_over", "This link is used or over.",
              "Restart the server for a new link, or run: picsharz account create --admin.");
}

}  // namespace

SignupService::SignupService(db::Database& database, IdSource& ids, const Clock& clock,
                             jobs::Queue& queue, mail::Outbox& outbox, SignupSettings settings)
    : database_(database),
      ids_(ids),
      clock_(clock),
      queue_(queue),
      outbox_(outbox),
      settings_(std::move(settings)),
      by_address_(clock,
                  settings_.per_address > 0 ? settings_.per_address : limits::signups_per_address,
                  limits::signup_window),
      codes_by_email_(clock, codes_per_email, limits::signup_window) {}

Result<SignUp> SignupService::prepare(SignUp person) const {
  person.language = mail::language_for(person.language);
  return check_sign_up(std::move(person));
}

Account SignupService::new_account(const SignUp& person, Role role) {
  Account account;
  account.id = ids_.next<AccountId>();
  account.handle = person.handle;
  account.email = person.email;
  account.name = person.name;
  account.country = person.country;
  account.language = person.language;
  account.role = role;
  account.created_at = clock_.now();
  return account;
}

Result<Account> SignupService::sign_up(SignUp typed, std::string_view binding,
                                       std::string_view address) {
  if (settings_.invitations.registration == Registration::closed) {
    return fail(ErrorKind::forbidden, "registration_closed", "This site takes no new members.",
                "Ask its administrator.");
  }
  TRY(check_acceptance(typed, settings_.minimum_age));
  TRY_ASSIGN(const SignUp person, prepare(std::move(typed)));
  if (const int wait = by_address_.take(client_of(address)); wait > 0) {
    return too_many(wait, "Too many people signed up from here.");
  }
  PendingSignup signup;
  TRY_ASSIGN(signup.invitation, invited(person));
  signup.person = person;
  signup.password_hash = crypto::hash_password(person.password, settings_.cost);
  signup.binding_hash = hash_of(binding);
  const std::string code = crypto::random_code(code_length);

  return database_.write([&](db::Tx& tx) -> Result<Account> {
    const Micros now = clock_.now();
    signup.id = ids_.next<SignupId>();
    signup.created_at = now;
    signup.accepted = {settings_.terms_version, now, settings_.minimum_age};
    signup.code_expires_at = now + limits::code_lifetime;
    signup.code_hash = code_hash(signup.id, code);
    signup.taken = accounts_.email_exists(tx, person.email);
    if (accounts_.handle_exists(tx, person.handle)) return handle_taken();
    if (const auto other = signups_.by_handle(tx, person.handle)) {
      const bool same_person = other->person.email == person.email ||
                               (!binding.empty() && other->binding_hash == signup.binding_hash);
      if (!same_person && other->created_at > now - limits::signup_lifetime) return handle_taken();
      signups_.remove(tx, other->id);
    }
    if (!signups_.insert(tx, signup)) return handle_taken();
    post_code(tx, signup, code);
    Account account = new_account(person, Role::member);
    account.created_at = now;
    return account;
  });
}

// Before the address is looked up, and without it: the answer tells nothing of accounts.
Result<InvitationId> SignupService::invited(const SignUp& person) {
  const InvitationPolicy& policy = settings_.invitations;
  if (person.invitation.empty()) {
    if (policy.registration == Registration::open) return InvitationId{};
    return fail(ErrorKind::forbidden, "invitation_needed",
                "This site takes new members by invitation.", "Ask a member for a link.");
  }
  const std::string hash = hash_of(person.invitation);
  const auto invitation =
      database_.read([&](db::Tx& tx) { return invitations_.find(tx, hash, policy.least()); });
  TRY(check_invitation(invitation, clock_.now()));
  TRY(check_invited(*invitation, person.email));
  return invitation->id;
}

void SignupService::post_code(db::Tx& tx, const PendingSignup& signup, std::string_view code) {
  const SignUp& person = signup.person;
  const Reader to{.email = person.email, .name = person.name, .language = person.language};
  outbox_.post(tx, signup.taken ? address_taken_mail(settings_.mail, to)
                                : code_mail(settings_.mail, to, code));
}

Result<Account> SignupService::verify(std::string_view typed_email, std::string_view typed_code,
                                      std::string_view binding) {
  const std::string email = normalize_email(typed_email);
  const std::string code = crypto::normalize_code(typed_code);
  enum class Outcome { made, wrong, over, handle_gone, address_gone, uninvited };
  Outcome outcome = Outcome::wrong;
  Account account;
  std::optional<Invitation> invitation;
  // A wrong try must be counted, so the transaction commits whatever the outcome is.
  database_.write([&](db::Tx& tx) {
    outcome = Outcome::wrong;
    const auto signup = signups_.by_email(tx, email, hash_of(binding));
    if (!signup) return;
    if (signup->code_expires_at <= clock_.now() ||
        !signups_.take_try(tx, signup->id, limits::code_tries)) {
      outcome = Outcome::over;
      return;
    }
    if (signup->taken || !crypto::equal(signup->code_hash, code_hash(signup->id, code))) return;
    account = new_account(signup->person, Role::member);
    account.accepted = signup->accepted;
    signups_.remove_of_email(tx, email);
    const auto counted = count_invitation(tx, *signup);
    if (!counted) {
      invitation = invitations_.find(tx, signup->invitation, settings_.invitations.least());
      outcome = Outcome::uninvited;
      return;
    }
    const bool made = accounts_.insert(tx, account, signup->password_hash);
    outcome = made                                ? Outcome::made
              : accounts_.email_exists(tx, email) ? Outcome::address_gone
                                                  : Outcome::handle_gone;
    if (!made && *counted) invitations_.give_back(tx, signup->invitation);
  });
  switch (outcome) {
    case Outcome::made:
      count_use(Use::sign_up);
      seen_members().seen(account.id);
      return account;
    case Outcome::over:
      return code_expired();
    case Outcome::handle_gone:
      return handle_taken();
    case Outcome::address_gone:  // told to nobody but who reads its mails
      return email_taken();
    case Outcome::uninvited:
      return uninvited(invitation, clock_.now());
    case Outcome::wrong:
      break;
  }
  return wrong_code();
}

// Its end does not count here: who signed up in time has until the code is over.
std::optional<bool> SignupService::count_invitation(db::Tx& tx, const PendingSignup& signup) {
  if (!signup.invitation) return false;
  const InvitationPolicy& policy = settings_.invitations;
  const bool counted = invitations_.take(tx, signup.invitation, policy.least());
  if (!counted && policy.registration != Registration::open) return std::nullopt;
  return counted;
}

Result<void> SignupService::request_code(std::string_view typed_email, std::string_view binding,
                                         std::string_view address) {
  const std::string email = normalize_email(typed_email);
  TRY(check_email(email));
  if (const int wait = by_address_.take(client_of(address)); wait > 0) {
    return too_many(wait, "Too many codes were asked for from here.");
  }
  if (const int wait = codes_by_email_.take(email); wait > 0) {
    return too_many(wait, "Too many codes were asked for.");
  }
  std::string payload;
  JsonWriter(payload)
      .begin_object()
      .field("email", email)
      .field("binding", crypto::base64url(hash_of(binding)))
      .end_object();
  database_.write([&](db::Tx& tx) {
    queue_.enqueue(tx, {.kind = send_code_job, .payload = payload, .lane = jobs::Lane::mail});
  });
  return {};
}

void SignupService::send_code(std::string_view email, std::string_view binding_hash) {
  const std::string code = crypto::random_code(code_length);
  database_.write([&](db::Tx& tx) {
    const auto signup = signups_.by_email(tx, email, binding_hash);
    if (!signup) return;
    signups_.set_code(tx, signup->id, code_hash(signup->id, code),
                      clock_.now() + limits::code_lifetime);
    post_code(tx, *signup, code);
  });
}

std::optional<std::string> SignupService::make_setup_token() {
  const std::string token = crypto::base64url(crypto::random_bytes(32));
  const bool made = database_.write([&](db::Tx& tx) {
    if (accounts_.count_administrators(tx) > 0) return false;
    signups_.put_setup_link(tx, hash_of(token), clock_.now() + limits::setup_lifetime);
    return true;
  });
  return made ? std::optional(token) : std::nullopt;
}

bool SignupService::setup_needed() const {
  // The last administrator stays one (last_administrator): once is for ever.
  if (set_up_.load(std::memory_order_relaxed)) return false;
  const bool needed =
      database_.read([&](db::Tx& tx) { return accounts_.count_administrators(tx) == 0; });
  if (!needed) set_up_.store(true, std::memory_order_relaxed);
  return needed;
}

Result<Account> SignupService::create_administrator(std::string_view token, SignUp typed) {
  TRY_ASSIGN(const SignUp person, prepare(std::move(typed)));
  const std::string token_hash = hash_of(token);
  const bool plausible = database_.read(
      [&](db::Tx& tx) { return signups_.has_setup_link(tx, token_hash, clock_.now()); });
  if (!plausible) return setup_over();
  const std::string hash = crypto::hash_password(person.password, settings_.cost);
  auto made = database_.write([&](db::Tx& tx) -> Result<Account> {
    if (!signups_.take_setup_link(tx, token_hash, clock_.now()) ||
        accounts_.count_administrators(tx) > 0) {
      return setup_over();
    }
    Account account = new_account(person, Role::administrator);
    if (accounts_.handle_exists(tx, person.handle)) return handle_taken();
    if (!accounts_.insert(tx, account, hash)) return handle_taken();
    signups_.remove_setup_links(tx);
    return account;
  });
  if (!made) return made;
  count_use(Use::sign_up);
  seen_members().seen(made->id);
  return made;
}

Result<Account> SignupService::create(SignUp typed, Role role) {
  TRY_ASSIGN(const SignUp person, prepare(std::move(typed)));
  const std::string hash = crypto::hash_password(person.password, settings_.cost);
  return database_.write([&](db::Tx& tx) -> Result<Account> {
    Account account = new_account(person, role);
    if (accounts_.email_exists(tx, person.email)) {
      return email_taken();
    }
    if (accounts_.handle_exists(tx, person.handle)) return handle_taken();
    if (!accounts_.insert(tx, account, hash)) return handle_taken();
    if (role == Role::administrator) signups_.remove_setup_links(tx);
    return account;
  });
}

std::int64_t SignupService::prune() {
  return database_.write([&](db::Tx& tx) {
    return signups_.remove_older(tx, clock_.now() - limits::signup_lifetime);
  });
}

}  // namespace picsharz::accounts
