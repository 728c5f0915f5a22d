// A tag analysis as JSON, in the shape of a dashboard: figures and tables as the other areas have
// them; beside them the cloud's weights, the groups and the graph.
//
// Threads:   pure functions.
#pragma once

#include <string>

#include "features/analytics/tag_analysis.h"

namespace picsharz::analytics {

std::string tag_analysis_json(const TagAnalysis& found);

}  // namespace picsharz::analytics
