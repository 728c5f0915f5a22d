#include "features/accounts/account_rules.h"

#include <algorithm>
#include <array>

#include "base/json.h"
#include "base/limits.h"
#include "crypto/password.h"

namespace picsharz::accounts {

namespace {

constexpr std::array reserved_handles = {
    "about",     "account",       "accounts",    "activity",
    "admin",     "administrator", "anonymous",   "api",
    "assets",    "auth",          "collections", "contact",
    "deleted",   "everyone",      "explore",     "feed",
    "forgot",    "healthz",       "help",        "home",
    "info",      "livez",         "login",       "logout",
    "mail",      "mailbox",       "me",          "media",
    "metrics",   "moderation",    "moderator",   "notifications",
    "null",      "oauth",         "official",    "photo",
    "photos",    "picsharz",      "popular",     "postmaster",
    "privacy",   "readyz",        "recent",      "register",
    "reset",     "robots",        "root",        "rules",
    "search",    "security",      "settings",    "setup",
    "signup",    "staff",         "static",      "support",
    "system",    "tag",           "tags",        "terms",
    "undefined", "upload",        "uploads",     "user",
    "users",     "verify",        "webmaster",   "www"};

// ISO 3166-1 alpha-2, officially assigned, two letters after two letters.
constexpr std::string_view countries =
    "ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCM"
    "CN"
    "COCRCUCVCWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHK"
    "HM"
    "HNHRHTHUIDIEILIMINIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMH"
    "MK"
    "MLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORSRU"
    "RW"
    "SASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUMUSUYUZVAVCVEVG"
    "VI"
    "VNVUWFWSYEYTZAZMZW";

std::string lower_trimmed(std::string_view typed) {
  const auto first = typed.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  std::string text(typed.substr(first, typed.find_last_not_of(" \t\r\n") - first + 1));
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

std::unexpected<Error> refuse(std::string_view code, std::string_view field, std::string_view what,
                              std::string_view action) {
  auto failure = fail(ErrorKind::invalid, code, what, action);
  failure.error().fields = {{std::string(field), std::string(code), std::string(what)}};
  return failure;
}

bool plain_host(std::string_view domain) {
  const bool characters = std::ranges::all_of(domain, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           static_cast<unsigned char>(c) >= 0x80;
  });
  return characters && domain.find('.') != std::string_view::npos &&
         domain.find("..") == std::string_view::npos && domain.front() != '.' &&
         domain.back() != '.' && domain.front() != '-';
}

}  // namespace

std::string normalize_handle(std::string_view typed) {
  std::string handle = lower_trimmed(typed);
  if (handle.starts_with('@')) handle.erase(0, 1);
  return handle;
}

std::string normalize_email(std::string_view typed) { return lower_trimmed(typed); }

Result<void> check_handle(std::string_view handle) {
  const bool characters = std::ranges::all_of(
      handle, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
  if (!characters || handle.size() < limits::handle_min || handle.size() > limits::handle_max) {
    return refuse("invalid_handle", "handle",
                  "A handle has 3 to 30 characters: a to z, 0 to 9 and _.",
                  "Choose a handle of those characters.");
  }
  if (std::ranges::find(reserved_handles, handle) != reserved_handles.end()) {
    return refuse("handle_reserved", "handle", "This handle is kept for the site itself.",
                  "Choose another handle.");
  }
  return {};
}

Result<void> check_email(std::string_view email) {
  const auto at = email.find('@');
  const bool shape = at != std::string_view::npos && at >= 1 && at <= 64 &&
                     email.find('@', at + 1) == std::string_view::npos &&
                     email.size() <= limits::email_max && email.size() > at + 3 &&
                     count_characters(email).has_value() &&
                     email.find_first_of(" \t\r\n\"<>(),;:\\[]") == std::string_view::npos &&
                     plain_host(email.substr(at + 1));
  if (shape) return {};
  return refuse("invalid_email", "email", "This is not an e-mail address.",
                "Type an address like name@example.org.");
}

Result<void> check_password(std::string_view password, std::string_view handle,
                            std::string_view email) {
  const auto characters = count_characters(password);
  if (!characters || *characters < limits::password_min || *characters > limits::password_max) {
    return refuse("weak_password", "password", "A password has 8 to 128 characters.",
                  "Choose a longer one; a few unrelated words are easy to remember.");
  }
  const std::string lower = lower_trimmed(password);
  if (crypto::is_breached(password) || lower == handle || lower == email) {
    return refuse("weak_password", "password",
                  "This password is among the first that an attacker tries.",
                  "Choose one that is yours alone; a few unrelated words are easy to remember.");
  }
  return {};
}

std::unexpected<Error> unknown_language() {
  return refuse("unknown_language", "language", "There are no mails in this language.",
                "Send one of en, de, es, fr, ms, ta and zh-Hans.");
}

Result<void> check_country(std::string_view country) {
  for (std::size_t at = 0; country.size() == 2 && at < countries.size(); at += 2) {
    if (countries.substr(at, 2) == country) return {};
  }
  return refuse("invalid_country", "country", "This is not a country's two-letter code.",
                "Send a code of ISO 3166-1, such as SG.");
}

std::unexpected<Error> wrong_login() {
  return fail(ErrorKind::unauthenticated, "wrong_login",
              "No account has this login with this password.",
              "Check both, or choose a new password by e-mail.");
}

std::unexpected<Error> email_taken() {
  return fail(ErrorKind::conflict, "email_taken", "This e-mail address has an account.",
              "Use another address.");
}

std::unexpected<Error> handle_taken() {
  auto failure = fail(ErrorKind::conflict, "handle_taken", "This handle belongs to somebody else.",
                      "Choose another handle.");
  failure.error().fields = {{"handle", "handle_taken", "This handle belongs to somebody else."}};
  return failure;
}

std::unexpected<Error> handle_too_soon(Micros changed_at, Micros now) {
  constexpr std::string_view what = "A handle can be changed once in 30 days.";
  auto failure = fail(ErrorKind::too_many, "handle_too_soon", what,
                      "Wait, or go back to the one that you had before.");
  failure.error().fields = {{"handle", "handle_too_soon", std::string(what)}};
  failure.error().retry_after_seconds =
      static_cast<int>((changed_at + limits::handle_kept - now) / second) + 1;
  return failure;
}

Result<void> check_acceptance(const SignUp& sign_up, std::int64_t minimum_age) {
  constexpr std::string_view terms = "Who signs up accepts the terms of this site.";
  const std::string age =
      "Members of this site are at least " + std::to_string(minimum_age) + " years old.";
  const bool of_age = sign_up.confirm_age || minimum_age == 0;
  if (sign_up.accept_terms && of_age) return {};
  auto failure =
      sign_up.accept_terms
          ? fail(ErrorKind::unprocessable, "age_not_confirmed", age, "Confirm it, if it is so.")
          : fail(ErrorKind::unprocessable, "terms_not_accepted", terms, "Read and accept them.");
  if (sign_up.accept_terms) failure.error().limit = minimum_age;
  auto& fields = failure.error().fields;
  if (!sign_up.accept_terms) {
    fields.push_back({"accept_terms", "terms_not_accepted", std::string(terms)});
  }
  if (!of_age) fields.push_back({"confirm_age", "age_not_confirmed", age, minimum_age});
  return failure;
}

Result<SignUp> check_sign_up(SignUp sign_up) {
  sign_up.handle = normalize_handle(sign_up.handle);
  sign_up.email = normalize_email(sign_up.email);
  std::ranges::transform(sign_up.country, sign_up.country.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c; });
  TRY(check_handle(sign_up.handle));
  TRY(check_email(sign_up.email));
  TRY(check_password(sign_up.password, sign_up.handle, sign_up.email));
  TRY(check_country(sign_up.country));
  return sign_up;
}

}  // namespace picsharz::accounts
