// What was deleted, in the files of the database.
//
// SQLite:     overwrites what is deleted in its file (secure_delete), but its write-ahead log keeps
//             pages as they were until it is used anew. PostgreSQL looks after its files itself
//             (autovacuum, recycled log).
// Threads:    any, but no closure of a write.
// Failures:   DatabaseError is thrown.
#pragma once

#include "db/database.h"

namespace picsharz::db {

// Everything that was committed is in the file itself, and nothing is in the log. False: a long
// read held the log; try again later. Always true on PostgreSQL.
bool empty_log(Database& database);

}  // namespace picsharz::db
