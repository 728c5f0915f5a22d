#include "features/accounts/email_change_routes.h"

#include <string>

#include "base/json.h"
#include "base/limits.h"
#include "features/accounts/account_routes.h"
#include "http/answer.h"

namespace picsharz::accounts {

using http::Request;
using http::Response;

namespace {

Response shown(const EmailState& state) {
  std::string body;
  JsonWriter out(body);
  out.begin_object().field("email", state.email).key("change");
  if (state.change) {
    out.begin_object()
        .field("email", state.change->email)
        .field("new_agreed", state.change->by_code)
        .field("old_agreed", state.change->by_link)
        .time_field("expires_at", state.change->expires_at)
        .end_object();
  } else {
    out.null();
  }
  out.end_object();
  Response response = http::json(200, std::move(body));
  response.header("Cache-Control", "no-store");
  return response;
}

Result<Response> ask(Request& request, EmailChangeService& changes) {
  TRY_ASSIGN(JsonObject body, JsonObject::parse(request.body));
  const std::string email = body.text("email", 1, limits::email_max);
  const std::string password = body.text("password", 1, 1024);
  TRY(body.finish());
  TRY(changes.ask(request.viewer, email, password, request.remote_address));
  Response response;
  response.status = 202;
  return response;
}

Result<Response> confirm(Request& request, EmailChangeService& changes) {
  TRY_ASSIGN(JsonObject body, JsonObject::parse(request.body));
  const std::string code = body.text("code", 1, 40);
  TRY(body.finish());
  TRY_ASSIGN(const EmailState state, changes.confirm(request.viewer, code));
  return shown(state);
}

Result<Response> show(Request& request, EmailChangeService& changes) {
  TRY_ASSIGN(const EmailState state, changes.state(request.viewer));
  return shown(state);
}

Result<Response> withdraw(Request& request, EmailChangeService& changes) {
  changes.withdraw(request.viewer);
  return http::no_content();
}

Result<Response> linked(Request& request, EmailChangeService& changes) {
  TRY_ASSIGN(const EmailState state, changes.linked(request.path_values.at(0)));
  return shown(state);
}

Result<Response> agree(Request& request, EmailChangeService& changes) {
  TRY_ASSIGN(const EmailState state, changes.agree(request.path_values.at(0)));
  return shown(state);
}

Result<Response> stop(Request& request, EmailChangeService& changes) {
  TRY(changes.stop(request.path_values.at(0)));
  return http::no_content();
}

}  // namespace

void add_email_change_routes(http::Router& router, EmailChangeService& changes) {
  using http::Access;
  using http::BodyKind;
  using http::Method;
  using http::Pool;
  using Handle = Result<Response> (*)(Request&, EmailChangeService&);
  const auto add = [&](Method method, std::string pattern, Access access, Handle handle,
                       BodyKind body = BodyKind::none, Pool pool = Pool::web) {
    router.add({.method = method,
                .pattern = std::move(pattern),
                .access = access,
                .handler = http::answer(
                    [&changes, handle](Request& request) { return handle(request, changes); }),
                .body = body,
                .pool = pool,
                .headers = pool == Pool::password ? attempt_policy() : http::Headers(),
                // The ledger would keep a fast hash of what is sent, the password in it.
                .own_idempotency = pool == Pool::password,
                .rate = body == BodyKind::json ? http::RateClass::auth : http::RateClass::derived});
  };
  add(Method::get, "/v1/me/email", Access::member, show);
  add(Method::post, "/v1/me/email", Access::member, ask, BodyKind::json, Pool::password);
  add(Method::del, "/v1/me/email", Access::member, withdraw);
  add(Method::post, "/v1/me/email/confirm", Access::member, confirm, BodyKind::json);
  add(Method::get, "/v1/email-changes/{token}", Access::open, linked);
  add(Method::put, "/v1/email-changes/{token}", Access::open, agree);
  add(Method::del, "/v1/email-changes/{token}", Access::open, stop);
}

}  // namespace picsharz::accounts
