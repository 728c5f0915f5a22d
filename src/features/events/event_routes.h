// GET /v1/events: server-sent events for the person who is signed in.
#pragma once

#include "features/events/event_service.h"
#include "http/router.h"

namespace picsharz::events {

void add_event_routes(http::Router& router, EventService& events);

}  // namespace picsharz::events
