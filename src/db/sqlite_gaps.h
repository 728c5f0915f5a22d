// The unused middle of SQLite's pages, overwritten.
//
// Why:       secure_delete overwrites what is deleted where it stands. Where a page was split or
//            merged before, its rows moved to another page, and copies of them stay in the part of
//            the old page that nothing uses: between the list of its cells and the first cell (file
//            format, 1.6). They can be anybody's, and outlive their row.
// How:       that part is set to zero in the file itself, through SQLite's own handle. Nothing
//            reads it, so readers are not disturbed, and a process that is killed leaves it half
//            zero, which is as good. The log must be empty (a later checkpoint would bring an older
//            page back), and nobody may write meanwhile: the caller has begun a write transaction.
//            Afterwards the connection forgets the pages it has in memory.
// Threads:   the connection's.
// Failures:  DatabaseError is thrown where the file cannot be read or written.
#pragma once

#include <cstdint>

#include "db/sqlite_connection.h"

namespace picsharz::db {

// Whether the write-ahead log is empty.
bool log_is_empty(SqliteConnection& connection);
// Of `count` pages from `first` on (1 is the first); gives the next page, or 0 after the last.
std::int64_t clear_gaps(SqliteConnection& connection, std::int64_t first, std::int64_t count);

}  // namespace picsharz::db
