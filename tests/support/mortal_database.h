// A database whose process may die just before and just after each commit. What was committed
// stays.
//
// Threads:   those of `lives`.
#pragma once

#include <cstdlib>
#include <functional>
#include <utility>

#include "db/database.h"

namespace picsharz::test {

class MortalDatabase final : public db::Database {
 public:
  // `lives` is asked before and after each commit; false: the process is dead, which is thrown.
  MortalDatabase(db::Database& real, std::function<bool()> lives)
      : real_(real), lives_(std::move(lives)) {}
  db::Engine engine() const override { return real_.engine(); }
  void run_read(FunctionRef<void(db::Tx&)> work) override { real_.run_read(work); }
  void run_write(Work work) override {
    if (!lives_()) throw db::DatabaseError("died before the commit");
    real_.run_write(work);
    if (!lives_()) throw db::DatabaseError("died after the commit");
  }
  void run_write_async(AsyncWork, Done) override { std::abort(); }
  db::DatabaseStats stats() const override { return real_.stats(); }

 private:
  db::Database& real_;
  const std::function<bool()> lives_;
};

}  // namespace picsharz::test
