// The thread that ships SQLite's log (backups/log_shipping_service.h), of the process that does the
// jobs.
//
// Target:    is looked at before each step: where another folder is in its place the log begins
// anew
//            there, and where it is missing nothing is made.
// Late:      behind ten minutes without a round, as where the target is full or gone, somebody is
// told,
//            once until there is one.
// Threads:   start() and stop() from one; shipped_at() and late_since() from any.
// Failures:  those of the target are in the log, once each, and tried again.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "app/config.h"
#include "app/foundation.h"
#include "base/error.h"
#include "features/backups/arrival_service.h"
#include "features/backups/log_shipping_service.h"
#include "features/backups/log_watch_service.h"
#include "storage/object_store.h"

namespace picsharz::app {

// Whether this configuration has a log that is to be copied.
bool ships_log(const Config& config);

class LogShipping {
 public:
  // Whether the target is there, and this instance's own.
  using Check = std::function<Result<void>()>;
  // Since when the log is not copied. May throw: then it is told again.
  using Tell = std::function<void(Micros since)>;

  LogShipping(const Config& config, Foundation& foundation, storage::ObjectStore& store,
              backups::Arrivals& arrivals, Check check, Tell tell);
  ~LogShipping();
  LogShipping(const LogShipping&) = delete;
  LogShipping& operator=(const LogShipping&) = delete;

  void start();
  // With a last round, so that what was acknowledged before an orderly end is in the target.
  void stop();
  // Up to when what was committed is in the target.
  Micros shipped_at() const { return watch_.shipped_at(); }
  // nullopt: it is not late.
  std::optional<Micros> late_since() const { return watch_.late_since(); }

 private:
  using Shipper = std::optional<backups::LogShipper>;

  void run();
  void step(Shipper& shipper);
  bool rest(Micros time);

  const Config& config_;
  Foundation& foundation_;
  storage::ObjectStore& store_;
  backups::Arrivals& arrivals_;
  const Check check_;
  const Tell tell_;
  backups::LogWatch watch_;
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::thread thread_;
};

}  // namespace picsharz::app
