#include "features/departures/departure_routes.h"

#include <string>

#include "base/json.h"
#include "features/sessions/session_routes.h"
#include "http/answer.h"

namespace picsharz::departures {

using http::Request;
using http::Response;

namespace {

constexpr std::size_t code_max = 40;
constexpr std::size_t password_max = 1024;

Result<Response> leave(Request& request, DepartureService& departures, bool secure_cookies) {
  TRY_ASSIGN(JsonObject body, JsonObject::parse(request.body));
  const std::string password = body.text("password", 1, password_max);
  const std::string totp = body.optional_text("totp", code_max).value_or("");
  TRY(body.finish());
  TRY_ASSIGN(const Departure left,
             departures.leave(request.viewer, {password, totp, request.remote_address}));
  std::string answer;
  JsonWriter(answer).begin_object().time_field("erased_at", left.erase_at).end_object();
  return http::json(200, std::move(answer))
      .header("Cache-Control", "no-store")
      .header("Set-Cookie", sessions::ended_cookie(secure_cookies));
}

}  // namespace

void add_departure_routes(http::Router& router, DepartureService& departures, bool secure_cookies) {
  router.add({.method = http::Method::del,
              .pattern = "/v1/me",
              .access = http::Access::member,
              .handler = http::answer([&departures, secure_cookies](Request& request) {
                return leave(request, departures, secure_cookies);
              }),
              .body = http::BodyKind::json,
              .pool = http::Pool::password});
}

}  // namespace picsharz::departures
