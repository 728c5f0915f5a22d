// What people write about, for administrators.
#pragma once

#include "features/analytics/tag_analysis_service.h"
#include "http/router.h"

namespace picsharz::analytics {

void add_tag_routes(http::Router& router, TagAnalysisService& tags);

}  // namespace picsharz::analytics
