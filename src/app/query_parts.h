// What answers questions in SQL, from the configuration: for the server and for commands.
//
// Failures:  none here; a library that is missing is said when a question is asked.
// Threads:   any.
#pragma once

#include <string>

#include "app/config.h"
#include "features/queries/query_service.h"

namespace picsharz::app {

queries::QueryOptions query_options(const Config& config);

// Whether DuckDB is there and the kernel lets it be locked in, in words, with what to do.
struct QueryState {
  bool good = false;
  std::string text;
};
QueryState query_state(const Config& config);

}  // namespace picsharz::app
