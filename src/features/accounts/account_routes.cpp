#include "features/accounts/account_routes.h"

#include "base/limits.h"
#include "crypto/crypto.h"
#include "features/accounts/account_json.h"
#include "http/answer.h"

namespace picsharz::accounts {

using http::Request;
using http::Response;

namespace {

bool is_browser(const Request& request) { return request.has_header("Sec-Fetch-Site"); }

std::string cookie_header(std::string_view binding, bool secure) {
  std::string cookie(signup_cookie);
  cookie.append("=").append(binding).append("; Path=/v1; Max-Age=3600; HttpOnly; SameSite=Lax");
  if (secure) cookie += "; Secure";
  return cookie;
}

Result<Response> sign_up(Request& request, SignupService& signups, bool secure) {
  TRY_ASSIGN(JsonObject body, JsonObject::parse(request.body));
  SignUp person = read_sign_up(body);
  person.invitation = body.optional_text("invitation", 200).value_or("");
  person.accept_terms = body.optional_truth("accept_terms").value_or(false);
  person.confirm_age = body.optional_truth("confirm_age").value_or(false);
  TRY(body.finish());
  person.language = wanted_languages(request);
  std::string binding = signup_binding(request);
  const bool fresh = binding.empty() && is_browser(request);
  if (fresh) binding = crypto::base64url(crypto::random_bytes(32));
  TRY_ASSIGN(const Account account,
             signups.sign_up(std::move(person), binding, request.remote_address));
  Response response = http::json(201, account_json(account, Shown::all));
  response.header("Location", "/v1/accounts/" + account.handle);
  if (fresh) response.header("Set-Cookie", cookie_header(binding, secure));
  return response;
}

Result<Response> resend(Request& request, SignupService& signups) {
  TRY_ASSIGN(JsonObject body, JsonObject::parse(request.body));
  const std::string email = body.text("email", 1, limits::email_max);
  TRY(body.finish());
  TRY(signups.request_code(email, signup_binding(request), request.remote_address));
  Response response;
  response.status = 202;
  return response;
}

Result<Response> show_me(Request& request, AccountService& accounts, QuotaSource& quotas) {
  TRY_ASSIGN(const Account account, accounts.own(request.viewer));
  return http::json(200, own_account_json(account, quotas.quotas(account.id)));
}

Result<Response> change_me(Request& request, HandleService& handles, QuotaSource& quotas) {
  TRY_ASSIGN(JsonObject body, JsonObject::parse(request.body));
  ProfileChange change;
  if (body.has("handle")) change.handle = body.text("handle", 1, 100);
  if (body.has("name")) change.name = body.text("name", 1, limits::name_max);
  change.bio = body.optional_text("bio", limits::bio_max);
  change.country = body.optional_text("country", 2);
  change.language = body.optional_text("language", 20);
  change.is_private = body.optional_truth("private");
  change.show_camera = body.optional_truth("show_camera");
  change.allow_download = body.optional_truth("allow_download");
  change.comments_allowed = body.optional_truth("comments_allowed");
  TRY(body.finish());
  TRY_ASSIGN(const Account account, handles.change_profile(request.viewer, change));
  return http::json(200, own_account_json(account, quotas.quotas(account.id)));
}

}  // namespace

std::string signup_binding(const Request& request) {
  return is_browser(request) ? std::string(request.cookie(signup_cookie)) : std::string();
}

std::string wanted_languages(const Request& request) {
  const std::string_view chosen = request.cookie("lang");
  std::string wanted(request.header("Accept-Language"));
  if (!chosen.empty()) wanted.insert(0, std::string(chosen) + ", ");
  return wanted;
}

SignUp read_sign_up(JsonObject& body) {
  SignUp person;
  person.handle = body.text("handle", 1, 100);
  person.name = body.text("name", 1, limits::name_max);
  person.email = body.text("email", 1, limits::email_max);
  // Longer than allowed, so that the rule about passwords answers, not the rule about fields.
  person.password = body.text("password", 0, 1024);
  person.country = body.text("country", 1, 10);
  return person;
}

http::Headers attempt_policy() {
  return {http::rate_policy("too_many_attempts", limits::login_per_account, limits::login_window)};
}

void add_account_routes(http::Router& router, AccountService& accounts, HandleService& handles,
                        SignupService& signups, QuotaSource& quotas, bool secure_cookies) {
  using http::Access;
  using http::BodyKind;
  using http::Method;
  using http::Pool;
  router.add({.method = Method::post,
              .pattern = "/v1/accounts",
              .access = Access::open,
              .handler = http::answer([&signups, secure_cookies](Request& request) {
                return sign_up(request, signups, secure_cookies);
              }),
              .body = BodyKind::json,
              .pool = Pool::password,
              .headers = {http::rate_policy("too_many_attempts", signups.per_address(),
                                            limits::signup_window)},
              // The ledger would keep a fast hash of what is sent, the password in it.
              .own_idempotency = true});
  router.add(
      {.method = Method::post,
       .pattern = "/v1/accounts/verify/resend",
       .access = Access::open,
       .handler = http::answer([&signups](Request& request) { return resend(request, signups); }),
       .body = BodyKind::json,
       .headers = {http::rate_policy("too_many_attempts", signups.per_address(),
                                     limits::signup_window)},
       .rate = http::RateClass::auth});
  router.add({.method = Method::get,
              .pattern = "/v1/me",
              .access = Access::member,
              .scope = Scope::read,
              .handler = http::answer(
                  [&](Request& request) { return show_me(request, accounts, quotas); })});
  router.add({.method = Method::patch,
              .pattern = "/v1/me",
              .access = Access::member,
              .scope = Scope::account,
              .handler = http::answer(
                  [&](Request& request) { return change_me(request, handles, quotas); }),
              .body = BodyKind::json,
              .headers = {http::rate_policy("handle_too_soon", 1, limits::handle_kept)}});
}

}  // namespace picsharz::accounts
