#include "features/analytics/analytics_service.h"

#include <array>

namespace picsharz::analytics {

namespace {

struct Area {
  std::string_view name;
  Dashboard (AreaService::*show)(const Range&);
};
constexpr std::array<Area, 6> areas = {{{"people", &AreaService::people},
                                        {"photos", &AreaService::photos},
                                        {"engagement", &AreaService::engagement},
                                        {"search", &AreaService::search},
                                        {"moderation", &AreaService::moderation},
                                        {"system", &AreaService::system}}};

}  // namespace

Result<Dashboard> AnalyticsService::dashboard(std::string_view area, const RangeQuery& query) {
  for (const Area& each : areas) {
    if (each.name != area) continue;
    TRY_ASSIGN(const Range range, read_range(query, clock_.now()));
    return (areas_.*each.show)(range);
  }
  return not_found();
}

}  // namespace picsharz::analytics
