// What was deleted, in the files of the database.
//
// SQLite:     overwrites what is deleted (secure_delete), but its write-ahead log keeps pages as
//             they were until it is used anew, and pages that were split keep copies
//             (sqlite_gaps.h). PostgreSQL looks after its files itself: autovacuum takes dead rows
//             away, and its log is used anew.
// Threads:    any, but no closure of a write.
// Failures:   DatabaseError is thrown.
#pragma once

#include "base/clock.h"
#include "base/function_ref.h"
#include "db/database.h"

namespace picsharz::db {

// Takes what was deleted before out of SQLite's files, in steps of a few milliseconds in which
// nobody else writes. `rest` is called after each with the time that it took, and ends the work
// with false. False: it was ended so, or a long read holds the log; begin again later.
bool wipe_traces(Database& database, FunctionRef<bool(Micros)> rest);

}  // namespace picsharz::db
