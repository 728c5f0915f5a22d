// picsharz_score(photo_search, mask): how well a row of photo_search fits its query.
//
// What:      an auxiliary function of FTS5. It adds up, for each phrase that the mask marks with
//            '1', the weight of the first column where the phrase occurs (db/search_query.h).
// Threads:   registered for one connection; pure.
// Failures:  DatabaseError where this SQLite has no FTS5.
#pragma once

#include <sqlite3.h>

namespace picsharz::db {

void add_score_function(sqlite3* connection);

}  // namespace picsharz::db
