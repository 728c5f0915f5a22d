// Keeps SQLite's log from being overwritten by others while it is copied: a read that is open.
//
// What:      the log is overwritten from its start by the first write that finds all of it in the
//            file and nobody reading it. While a read of it is open other processes write behind
//            what is there, whatever they bring into the file.
// How:       of two connections one reads. A read is of the log only where the log has something
//            that is not in the file: so it begins right behind a commit, and moves on before a
//            checkpoint, which brings no more into the file than what is read.
// Threads:   the writer's.
// Failures:  where a read cannot begin nothing is held, or what was held before.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "db/sqlite_connection.h"

namespace picsharz::db {

class SqliteLogHold {
 public:
  explicit SqliteLogHold(std::string path) : path_(std::move(path)) {}

  bool held() const { return reading_ != nullptr; }
  // Right behind a commit that is in the log.
  void take();
  // Where the log has something that it had not when it was taken; nothing where it is not held.
  void move_on();
  void let_go();

 private:
  std::unique_ptr<SqliteConnection> begin();

  const std::string path_;
  std::unique_ptr<SqliteConnection> reading_;  // null: nothing is held
  std::unique_ptr<SqliteConnection> idle_;     // null: there was no need of it yet
  bool told_ = false;                          // that it cannot begin
};

}  // namespace picsharz::db
