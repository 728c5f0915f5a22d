// DELETE /v1/me.
#pragma once

#include "features/departures/departure_service.h"
#include "http/router.h"

namespace picsharz::departures {

void add_departure_routes(http::Router& router, DepartureService& departures, bool secure_cookies);

}  // namespace picsharz::departures
