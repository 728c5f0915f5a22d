#include <cstdio>

#include "app/cli.h"
#include "app/foundation.h"
#include "app/smtp_config.h"
#include "base/json.h"
#include "db/migrations.h"

namespace picsharz::app {

int run_config_check(const Invocation& invocation) {
  // What is wrong by itself never comes this far: it ends with status 2 and its lines.
  smtp_settings(invocation.config);
  std::printf("The configuration is right.\n");
  return done;
}

int run_config_show(const Invocation& invocation) {
  std::string json;
  JsonWriter out(json);
  out.begin_object();
  for (const auto& setting : settings()) {
    const std::string value = invocation.config.shown(setting);
    const std::string origin(invocation.config.origin(setting.name));
    if (invocation.has("--json")) {
      out.key(setting.name).begin_object().field("value", value).field("origin", origin);
      out.end_object();
    } else if (invocation.has("--origin")) {
      std::printf("%s = %s  # %s\n", std::string(setting.name).c_str(), value.c_str(),
                  origin.c_str());
    } else {
      std::printf("%s = %s\n", std::string(setting.name).c_str(), value.c_str());
    }
  }
  out.end_object();
  if (invocation.has("--json")) std::printf("%s\n", json.c_str());
  return done;
}

int run_migrate(const Invocation& invocation) {
  const auto database = open_database(invocation.config);
  try {
    const auto before = db::schema_state(*database);
    if (before.current > before.latest) {
      throw db::SchemaTooNew("step " + std::to_string(before.current) + ", this program knows " +
                             std::to_string(before.latest));
    }
    if (before.current < before.latest && !invocation.has("--dry-run")) db::migrate(*database);
    const bool applied = !invocation.has("--dry-run");
    const int current = applied ? before.latest : before.current;
    if (invocation.has("--json")) {
      std::string json;
      JsonWriter(json)
          .begin_object()
          .field("before", before.current)
          .field("current", current)
          .field("latest", before.latest)
          .end_object();
      std::printf("%s\n", json.c_str());
    } else {
      std::printf("%s: step %d of %d%s\n", describe_database(invocation.config).c_str(), current,
                  before.latest,
                  applied && before.current < before.latest ? ", brought up to date" : "");
    }
    return done;
  } catch (const db::SchemaTooNew& failure) {
    return complain(std::string("The database belongs to a newer Picsharz: ") + failure.what() +
                    "\nStart the newer version, or restore a backup of this one.");
  } catch (const db::DatabaseError& failure) {
    return complain(std::string("The database does not answer: ") + failure.what() +
                    "\nCheck that it runs and that database.url is right.");
  }
}

}  // namespace picsharz::app
