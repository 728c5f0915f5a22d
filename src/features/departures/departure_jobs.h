// The jobs of departures: settling what a departed account did to others, erasing it, and wiping
// the files of the database.
#pragma once

#include <functional>

#include "base/clock.h"
#include "features/departures/departure_service.h"
#include "features/departures/erasure_service.h"
#include "jobs/worker.h"

namespace picsharz::departures {

// `rest` is called after a step of the longest with the time that it took; false ends the work.
void add_departure_jobs(jobs::HandlerTable& table, DepartureService& departures,
                        ErasureService& erasures, std::function<bool(Micros)> rest);

}  // namespace picsharz::departures
