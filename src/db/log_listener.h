// Who is told of what SQLite's writer does with the write-ahead log.
//
// Why:       the log is overwritten from its start once all of it is in the file. Whoever copies it
//            has to be told before that, and has to know whether anybody else wrote.
// Held:      while somebody listens the writer alone lets the log start anew (sqlite_log_hold.h):
//            other processes write behind what is there. Its first transaction writes a page more.
// Threads:   all three come on the writer's thread, and hold it up. They do not throw, and write
//            nothing to the database.
// Cost:      nothing where nobody listens.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/file_handle.h"
#include "db/database.h"

namespace picsharz::db {

class LogListener {
 public:
  virtual ~LogListener() = default;
  // A transaction holds the lock on writing, and has written nothing yet: nobody can write until it
  // ends. `others_wrote`: since the last time another process may have, or may have emptied the
  // log; so also the first time.
  virtual void begun(bool others_wrote) = 0;
  // One is durable; the log has so many frames now.
  virtual void committed(int frames) = 0;
  // Pages of the log are about to be brought into the file; afterwards the next transaction may
  // overwrite the log.
  virtual void before_checkpoint() = 0;
};

struct LogFiles {
  // The database itself. The process loses SQLite's locks on it when any descriptor of it is
  // closed: this one is the database's own, and closed with it. Never open the file otherwise.
  std::shared_ptr<const FileHandle> database;
  std::string log;  // a path; SQLite locks nothing in it
};

// nullptr: nobody listens any more, and the one who did is not called any more when it returns.
// Nothing on PostgreSQL, which has no such log.
void listen_to_log(Database& database, LogListener* listener);
// DatabaseError where it is no SQLite.
LogFiles log_files(Database& database);

}  // namespace picsharz::db
