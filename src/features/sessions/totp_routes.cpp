#include "features/sessions/totp_routes.h"

#include <string>

#include "base/json.h"
#include "features/accounts/account_routes.h"
#include "http/answer.h"

namespace picsharz::sessions {

using http::Request;
using http::Response;

namespace {

constexpr std::size_t code_max = 40;
constexpr std::size_t password_max = 1024;

Response secret_json(int status, std::string body) {
  Response response = http::json(status, std::move(body));
  response.header("Cache-Control", "no-store");
  return response;
}

Response codes_json(const RecoveryCodes& codes) {
  std::string body;
  JsonWriter out(body);
  out.begin_object().key("recovery_codes").begin_array();
  for (const std::string& code : codes) out.value(code);
  out.end_array().end_object();
  return secret_json(200, std::move(body));
}

struct Typed {
  std::string password;
  std::string code;
};

Result<Typed> read_proof(const Request& request) {
  TRY_ASSIGN(JsonObject body, JsonObject::parse(request.body));
  Typed typed{body.text("password", 1, password_max), body.text("code", 1, code_max)};
  TRY(body.finish());
  return typed;
}

Result<Response> show(Request& request, TotpService& totps) {
  const TotpState state = totps.state(request.viewer);
  const bool on = state.on_since != 0;
  std::string body;
  JsonWriter out(body);
  out.begin_object().field("on", on);
  if (on) {
    out.time_field("since", state.on_since);
  } else {
    out.null_field("since");
  }
  out.field("recovery_codes", state.recovery_codes).end_object();
  return http::json(200, std::move(body));
}

Result<Response> begin(Request& request, TotpService& totps) {
  TRY_ASSIGN(JsonObject body, JsonObject::parse(request.body));
  const std::string password = body.text("password", 1, password_max);
  TRY(body.finish());
  TRY_ASSIGN(const NewTotp made, totps.begin(request.viewer, password, request.remote_address));
  std::string answer;
  JsonWriter(answer)
      .begin_object()
      .field("secret", made.secret)
      .field("uri", made.uri)
      .end_object();
  return secret_json(201, std::move(answer)).header("Location", "/v1/me/totp");
}

Result<Response> turn_on(Request& request, TotpService& totps) {
  TRY_ASSIGN(JsonObject body, JsonObject::parse(request.body));
  const std::string code = body.text("code", 1, code_max);
  TRY(body.finish());
  TRY_ASSIGN(const RecoveryCodes codes,
             totps.turn_on(request.viewer, code, request.remote_address));
  return codes_json(codes);
}

Result<Response> turn_off(Request& request, TotpService& totps) {
  TRY_ASSIGN(const Typed typed, read_proof(request));
  TRY(totps.turn_off(request.viewer, {typed.password, typed.code, request.remote_address}));
  return http::no_content();
}

Result<Response> renew_codes(Request& request, TotpService& totps) {
  TRY_ASSIGN(const Typed typed, read_proof(request));
  TRY_ASSIGN(
      const RecoveryCodes codes,
      totps.renew_codes(request.viewer, {typed.password, typed.code, request.remote_address}));
  return codes_json(codes);
}

}  // namespace

void add_totp_routes(http::Router& router, TotpService& totps) {
  using http::BodyKind;
  using http::Method;
  using http::Pool;
  using Handle = Result<Response> (*)(Request&, TotpService&);
  const auto add = [&](Method method, std::string pattern, Handle handle, Pool pool) {
    router.add({.method = method,
                .pattern = std::move(pattern),
                .access = http::Access::member,
                .handler = http::answer(
                    [&totps, handle](Request& request) { return handle(request, totps); }),
                .body = method == Method::get ? BodyKind::none : BodyKind::json,
                .pool = pool,
                .headers = method == Method::get ? http::Headers() : accounts::attempt_policy(),
                // The ledger would keep a fast hash of what is sent, the password in it.
                .own_idempotency = pool == Pool::password,
                .rate = method == Method::get ? http::RateClass::derived : http::RateClass::auth});
  };
  add(Method::get, "/v1/me/totp", show, Pool::web);
  add(Method::post, "/v1/me/totp", begin, Pool::password);
  add(Method::post, "/v1/me/totp/on", turn_on, Pool::web);
  add(Method::post, "/v1/me/totp/off", turn_off, Pool::password);
  add(Method::post, "/v1/me/totp/recovery-codes", renew_codes, Pool::password);
}

}  // namespace picsharz::sessions
