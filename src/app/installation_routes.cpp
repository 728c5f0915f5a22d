#include "app/installation_routes.h"

#include "app/foundation.h"
#include "app/instance_routes.h"
#include "base/json.h"
#include "db/migrations.h"

namespace picsharz::app {

using http::Request;
using http::Response;

namespace {

void write_settings(JsonWriter& out, const Config& config) {
  out.key("settings").begin_array();
  for (const Setting& setting : settings()) {
    out.begin_object()
        .field("name", setting.name)
        .field("value", config.shown(setting))
        .field("origin", config.origin(setting.name))
        .field("fallback", setting.fallback)
        .field("meaning", setting.meaning)
        .end_object();
  }
  out.end_array();
}

Response show(const Config& config, db::Database& database, Micros started_at) {
  const db::SchemaState schema = db::schema_state(database);
  std::string body;
  JsonWriter out(body);
  out.begin_object().field("version", version()).time_field("started_at", started_at);
  out.key("database")
      .begin_object()
      .field("engine", database.engine() == db::Engine::sqlite ? "sqlite" : "postgres")
      .field("step", schema.current)
      .field("latest", schema.latest)
      .end_object();
  out.field("secure", has_secure_cookies(config));
  write_settings(out, config);
  out.end_object();
  Response response = http::json(200, std::move(body));
  return response.header("Cache-Control", "no-store");
}

}  // namespace

void add_installation_routes(http::Router& router, const Config& config, db::Database& database,
                             Micros started_at) {
  router.add({.method = http::Method::get,
              .pattern = "/v1/admin/installation",
              .access = http::Access::administrator,
              .scope = Scope::admin,
              .handler = [&config, &database, started_at](Request&) {
                return show(config, database, started_at);
              }});
}

}  // namespace picsharz::app
