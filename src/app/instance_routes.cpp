#include "app/instance_routes.h"

#include "base/json.h"
#include "base/limits.h"
#include "features/accounts/invitation_rules.h"

#ifndef PICSHARZ_VERSION
#define PICSHARZ_VERSION "unknown"
#endif

namespace picsharz::app {

// Generated from api/openapi.yaml.
std::string_view contract_json();

using http::Request;
using http::Response;

namespace {

void write_limits(JsonWriter& out) {
  const auto limit = [&](std::string_view name, std::size_t value) {
    out.field(name, static_cast<std::int64_t>(value));
  };
  out.key("limits").begin_object();
  out.field("photo_bytes", limits::photo_file);
  limit("title", limits::title_max);
  limit("description", limits::description_max);
  limit("alt", limits::alt_max);
  limit("tag", limits::tag_max);
  limit("tags", limits::tags_per_photo);
  limit("handle_min", limits::handle_min);
  limit("handle_max", limits::handle_max);
  limit("name", limits::name_max);
  limit("bio", limits::bio_max);
  limit("password_min", limits::password_min);
  limit("password_max", limits::password_max);
  out.end_object();
}

std::string instance_json(const InstanceInfo& info, bool setup_needed) {
  std::string body;
  JsonWriter out(body);
  out.begin_object().field("name", info.name).field("description", info.description);
  out.key("rules").begin_array();
  for (const auto& rule : info.rules) out.value(rule);
  out.end_array()
      .field("registration", accounts::registration_name(info.invitations.registration))
      .field("visitors", info.visitors)
      .field("member_invitations", info.invitations.per_member)
      .field("terms_version", info.terms_version)
      .field("minimum_age", info.minimum_age)
      .field("setup_needed", setup_needed)
      .field("version", version());
  write_limits(out);
  out.key("formats").begin_array();
  for (const auto type : image::content_types(info.formats)) out.value(type);
  out.end_array().field("models", info.models).end_object();
  return body;
}

std::string terms_json(const InstanceInfo& info) {
  std::string body;
  JsonWriter out(body);
  out.begin_object()
      .field("version", info.terms_version)
      .field("minimum_age", info.minimum_age)
      .field("text", info.terms);
  out.key("rules").begin_array();
  for (const auto& rule : info.rules) out.value(rule);
  out.end_array().end_object();
  return body;
}

Response health_answer(bool up, std::string_view status) {
  Response response = http::json(up ? 200 : 503, "{\"status\":\"" + std::string(status) + "\"}");
  return response.header("Cache-Control", "no-store");
}

void add_health(http::Router& router, std::string pattern, http::Handler handler) {
  router.add({.method = http::Method::get,
              .pattern = std::move(pattern),
              .access = http::Access::open,
              .handler = std::move(handler),
              .pool = http::Pool::io});
}

}  // namespace

std::string_view version() { return PICSHARZ_VERSION; }

void add_health_routes(http::Router& router, const Health& health) {
  add_health(router, "/livez", [](Request&) { return health_answer(true, "ok"); });
  add_health(router, "/readyz", [&health](Request&) {
    return health_answer(health.ready(), health.ready() ? "ok" : "unavailable");
  });
  add_health(router, "/healthz", [&health](Request&) {
    return health_answer(health.ready(), !health.ready()     ? "unavailable"
                                         : health.degraded() ? "degraded"
                                                             : "ok");
  });
}

void add_instance_routes(http::Router& router, InstanceInfo info,
                         const accounts::SignupService& signups) {
  router.add({.method = http::Method::get,
              .pattern = "/v1/instance/terms",
              .access = http::Access::open,
              .scope = Scope::read,
              .handler = [terms = terms_json(info)](Request&) { return http::json(200, terms); },
              .pool = http::Pool::io});
  router.add({.method = http::Method::get,
              .pattern = "/v1/instance",
              .access = http::Access::open,
              .scope = Scope::read,
              .handler = [info = std::move(info), &signups](Request&) {
                return http::json(200, instance_json(info, signups.setup_needed()));
              }});
  router.add({.method = http::Method::get,
              .pattern = "/v1/openapi.json",
              .access = http::Access::open,
              .scope = Scope::read,
              .handler =
                  [etag = std::string("\"") + std::string(version()) + "-" +
                          std::to_string(std::hash<std::string_view>{}(contract_json())) +
                          "\""](Request&) {
                    Response response;
                    response.body = contract_json();
                    response.header("Content-Type", "application/json");
                    response.header("ETag", etag);
                    return response.header("Cache-Control", "no-cache");
                  },
              .pool = http::Pool::io});
}

}  // namespace picsharz::app
