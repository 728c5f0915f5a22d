// The writer's log of SQLite, written by the batch instead of by the page.
//
// What:      a VFS that is the default one, but for files opened as a write-ahead log: what is
//            written to them one piece behind the other is put together, up to 124 KiB, and written
//            when the file is synced, read, measured, truncated or closed. SQLite writes two pieces
//            a page, 24 and 4096 bytes: a third of a batch of likes.
// Only for:  connections with PRAGMA synchronous = FULL. Only there every commit is synced before
//            other connections are told of its pages.
// Failures:  a write that fails is told by the call that brings it about, and what was put together
//            is dropped with it, as its transaction is.
// Threads:   safe to ask for from any; a file belongs to its connection.
// Source:    SQLite's documentation, "The SQLite OS Interface or VFS" and "Write-Ahead Logging".
#pragma once

namespace picsharz::db {

// Its name, for sqlite3_open_v2(). Registers it, once. Nothing before the library is configured.
const char* batched_log_vfs();

}  // namespace picsharz::db
