#include "base/json.h"
#include "features/notifications/notification_routes.h"
#include "features/notifications/notification_rules.h"
#include "http/answer.h"

namespace picsharz::notifications {

using http::Request;
using http::Response;

namespace {

constexpr int hours = 24;

Response preferences_response(const Preferences& preferences) {
  std::string body;
  JsonWriter out(body);
  out.begin_object().key("kinds").begin_array();
  for (const Kind kind : chosen_kinds) {
    const Choice& choice = preferences.of(kind);
    out.begin_object()
        .field("kind", kind_name(kind))
        .field("in_app", choice.in_app)
        .field("email", email_name(choice.email))
        .end_object();
  }
  out.end_array().field("digest_hour", preferences.digest_hour).end_object();
  return http::json(200, std::move(body)).header("Cache-Control", "no-store");
}

Result<Response> change_kind(Request& request, PreferenceService& preferences) {
  const auto kind = chosen_kind_of(request.path_values.at(0));
  if (!kind) return not_found();
  TRY_ASSIGN(JsonObject body, JsonObject::parse(request.body));
  PreferenceChange change{.in_app = body.optional_truth("in_app"), .email = std::nullopt};
  if (const auto email = body.optional_text("email", 20)) {
    change.email = email_of(*email);
    if (!change.email) {
      body.refuse("email", "unknown_value", "This is at_once, digest or never.");
    }
  }
  TRY(body.finish());
  return preferences_response(preferences.change(request.viewer.account, *kind, change));
}

Result<Response> change_hour(Request& request, PreferenceService& preferences) {
  TRY_ASSIGN(JsonObject body, JsonObject::parse(request.body));
  const auto hour = body.number("digest_hour");
  if (hour < 0 || hour >= hours) {
    body.refuse("digest_hour", "out_of_range", "An hour is 0 to 23.");
  }
  TRY(body.finish());
  return preferences_response(
      preferences.set_digest_hour(request.viewer.account, static_cast<int>(hour)));
}

Response subscription_response(const PreferenceService::Subscribed& found) {
  std::string body;
  JsonWriter(body)
      .begin_object()
      .field("kind", found.kind ? kind_name(*found.kind) : "digest")
      .field("subscribed", found.still)
      .end_object();
  return http::json(200, std::move(body)).header("Cache-Control", "no-store");
}

// Who follows the link of a mail is shown a page with a button; to look changes nothing, because
// what protects people from bad mails follows every link.
Result<Response> show_subscription(Request& request, PreferenceService& preferences) {
  const std::string& token = request.path_values.at(0);
  if (request.header("Accept").find("text/html") != std::string_view::npos) {
    Response response;
    response.status = 303;
    response.header("Location", "/unsubscribe#token=" + http::percent_encode(token));
    response.header("Cache-Control", "no-store");
    return response;
  }
  TRY_ASSIGN(const auto found, preferences.subscribed(token));
  return subscription_response(found);
}

}  // namespace

void add_preference_routes(http::Router& router, PreferenceService& preferences) {
  using http::Access;
  using http::BodyKind;
  using http::Method;
  const std::string own = "/v1/me/notifications";
  const std::string link = "/v1/unsubscribe/{token}";
  router.add({.method = Method::get,
              .pattern = own,
              .access = Access::member,
              .scope = Scope::account,
              .handler = http::answer([&preferences](Request& request) -> Result<Response> {
                return preferences_response(preferences.of(request.viewer.account));
              })});
  router.add({.method = Method::patch,
              .pattern = own,
              .access = Access::member,
              .scope = Scope::account,
              .handler = http::answer(
                  [&preferences](Request& request) { return change_hour(request, preferences); }),
              .body = BodyKind::json});
  router.add({.method = Method::patch,
              .pattern = own + "/{kind}",
              .access = Access::member,
              .scope = Scope::account,
              .handler = http::answer(
                  [&preferences](Request& request) { return change_kind(request, preferences); }),
              .body = BodyKind::json});
  router.add({.method = Method::get,
              .pattern = link,
              .access = Access::open,
              .handler = http::answer([&preferences](Request& request) {
                return show_subscription(request, preferences);
              })});
  router.add({.method = Method::post,
              .pattern = link,
              .access = Access::open,
              .handler = http::answer([&preferences](Request& request) -> Result<Response> {
                TRY_ASSIGN(const auto ended, preferences.unsubscribe(request.path_values.at(0)));
                return subscription_response(ended);
              }),
              .body = BodyKind::text,
              .carries_own_token = true});
}

}  // namespace picsharz::notifications
