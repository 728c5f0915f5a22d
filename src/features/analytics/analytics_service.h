// The dashboards of administrators: an overview, and one for each area.
//
// Threads:   thread-safe.
// Failures:  those of the database are thrown.
#pragma once

#include <string_view>

#include "base/clock.h"
#include "base/error.h"
#include "db/database.h"
#include "features/analytics/analytics.h"
#include "features/analytics/area_service.h"
#include "features/analytics/range_rules.h"
#include "features/analytics/summary_service.h"

namespace picsharz::analytics {

class AnalyticsService {
 public:
  AnalyticsService(db::Database& database, const Clock& clock)
      : clock_(clock), summary_(database, clock), areas_(database, clock, summary_) {}

  Overview overview() { return areas_.overview(); }
  // not_found where there is no such area; else as read_range().
  Result<Dashboard> dashboard(std::string_view area, const RangeQuery& query);
  // For the schedule.
  void refresh_if_due() { summary_.refresh_if_due(); }

 private:
  const Clock& clock_;
  SummaryService summary_;
  AreaService areas_;
};

}  // namespace picsharz::analytics
