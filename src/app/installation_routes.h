// What administrators see of the installation: its version, its database, its settings.
#pragma once

#include "app/config.h"
#include "base/clock.h"
#include "db/database.h"
#include "http/router.h"

namespace picsharz::app {

// `started_at`: when this process was.
void add_installation_routes(http::Router& router, const Config& config, db::Database& database,
                             Micros started_at);

}  // namespace picsharz::app
