// What the instance costs, for administrators: a month, the price books, projections; JSON and CSV.
#pragma once

#include "features/costs/cost_service.h"
#include "http/router.h"

namespace picsharz::costs {

void add_cost_routes(http::Router& router, CostService& costs);

}  // namespace picsharz::costs
