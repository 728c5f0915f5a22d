// The routes of dashboards, for administrators.
#pragma once

#include "features/analytics/analytics_service.h"
#include "features/photos/media_urls.h"
#include "http/router.h"

namespace picsharz::analytics {

void add_analytics_routes(http::Router& router, AnalyticsService& analytics,
                          const photos::MediaSigner& signer);

}  // namespace picsharz::analytics
