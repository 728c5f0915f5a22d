// /v1/admin/query: questions in SQL over backups, for administrators who are signed in.
#pragma once

#include <functional>
#include <string>

#include "base/viewer.h"
#include "features/queries/query_service.h"
#include "features/queries/saved_query_service.h"
#include "http/router.h"

namespace picsharz::queries {

// Writes down who asked what: the backup, and the tables that the question names. Not its words:
// they may hold somebody's address, and what is written down stays for ever.
using NoteQuestion = std::function<void(const Viewer& by, const std::string& what)>;

void add_query_routes(http::Router& router, QueryService& queries, SavedQueryService& saved,
                      const NoteQuestion& note);

}  // namespace picsharz::queries
