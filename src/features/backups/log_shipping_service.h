// Copies SQLite's log beside the backups, every half a minute: what a lost host had committed by
// then can be rebuilt (log_rebuild_service.h, docs/adr/0044-log-shipping.md).
//
// What:      a generation is a copy of the database's file, the base, and every step of its log
//            since. Each day there is one more base in it, so that a rebuild has little to replay.
//            Where the log cannot be followed without a gap, and at every start, another generation
//            begins. Each round has the objects that came as well: originals, renditions, avatars;
//            those that its steps speak of come before them. One that cannot be read is left out.
// Keeps:     what is needed to go back to any moment of the last `days`.
// Target:    as a backup's: sealed where there is a key, and the last tenth of the disk is left.
// The
//            folder that was there when it was made: is_here() says whether it still is.
// Breaks:    bases that follow each other cost a tenth of the time at most.
// Threads:   step() on one thread, as long as it takes; shipped_at() on any.
// Failures:  those of the target and of the database are thrown: what waits is tried again by the
//            next step. Stopped where `go_on` says so.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "db/database.h"
#include "db/log_copy.h"
#include "features/backups/arrival_service.h"
#include "features/backups/backup_service.h"
#include "features/backups/log_file_service.h"
#include "storage/object_store.h"

namespace picsharz::backups {

// A tenth of the disk is free where the folder lies, and `bytes` besides.
bool has_room_for(const std::string& folder, std::int64_t bytes);

struct ShippingSettings {
  std::string directory;
  std::string secret{};
  Micros every = 30 * second;
  int days = 2;
  Micros base_every = day;
  std::function<bool(const std::string&, std::int64_t)> has_room = has_room_for;
  std::function<bool()> go_on = [] { return true; };
};

class LogShipper {
 public:
  LogShipper(db::Database& database, const Clock& clock, storage::ObjectStore& source,
             Arrivals& arrivals, ShippingSettings settings);

  // What is due: to be called a few times a second.
  void step();
  // A round at once, and what it needs.
  void ship_now();
  // A last round, where there is a base for it.
  void end();
  // What was committed before that can be rebuilt; 0: nothing yet.
  Micros shipped_at() const { return shipped_at_; }
  bool is_here() const { return vault_.is_here(); }

 private:
  class Listing;
  using Steps = std::vector<db::LogStep>;  // of one file

  void begin_generation();
  Micros wait_for_base() const;
  bool is_due();
  void ship();
  bool ship_round();
  void pause();
  void need_room(std::int64_t bytes) const;
  void take_steps();
  void ship_steps();
  bool ship_arrivals();
  void make_base();
  void list_all();
  void remove_old();

  db::Database& database_;
  const Clock& clock_;
  storage::ObjectStore& source_;
  Arrivals& arrivals_;
  const ShippingSettings settings_;
  Vault vault_;
  BackupStore rows_;
  std::unique_ptr<VaultLock> alone_;  // one process ships
  db::LogCopy copy_;
  std::string generation_;
  std::deque<Steps> waiting_;      // taken, and not in the target yet
  std::set<std::string> arrived_;  // likewise
  std::set<std::string> failed_;   // cannot be read; each round tries them again
  Micros begun_at_ = 0;            // this generation
  int breaks_ = 0;                 // of generations that did not last
  Micros base_took_ = 0;           // the last one
  Micros round_at_ = 0;
  Micros base_at_ = 0;
  bool based_ = false;   // this generation has a base
  bool listed_ = false;  // and all objects since
  bool missed_ = false;  // while they are listed, more came than were remembered
  std::atomic<Micros> shipped_at_{0};
};

// Of an instance's own target to which nobody ships any more: takes away what is not needed to go
// back to any moment of the last `days`, and behind them everything. Nothing while somebody ships.
void expire_log(const std::string& directory, const Clock& clock, int days);

}  // namespace picsharz::backups
