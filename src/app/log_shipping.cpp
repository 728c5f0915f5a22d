#include "app/log_shipping.h"

#include <chrono>
#include <string>
#include <utility>

#include "app/backup_parts.h"
#include "base/cpu_meter.h"
#include "base/log.h"
#include "features/backups/log_file_service.h"

namespace picsharz::app {

namespace {

constexpr Micros turn = second / 4;
constexpr Micros patience = 5 * second;  // after a failure

}  // namespace

bool ships_log(const Config& config) {
  return config.duration("backups.every") > 0 && config.duration("backups.log_every") > 0 &&
         describe_database(config).starts_with("SQLite");
}

LogShipping::LogShipping(const Config& config, Foundation& foundation, storage::ObjectStore& store,
                         backups::Arrivals& arrivals, Check check)
    : config_(config),
      foundation_(foundation),
      store_(store),
      arrivals_(arrivals),
      check_(std::move(check)),
      // What an earlier process shipped is in the target; where there is nothing, from now on.
      shipped_at_(backups::shipped_at(backup_directory(config)).value_or(foundation.clock.now())) {}

LogShipping::~LogShipping() { stop(); }

void LogShipping::start() {
  thread_ = std::thread([this] {
    meter_thread("log shipping");
    run();
  });
}

void LogShipping::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool LogShipping::rest(Micros time) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, std::chrono::microseconds(time), [this] { return !!stopping_; });
}

// Where a failure is of the shipper itself, as of its secret, it is made again.
void LogShipping::run() {
  std::string told;
  std::optional<backups::LogShipper> shipper;
  do {
    try {
      if (!shipper) {
        // A folder would be made where the disk is missing.
        if (const auto fits = check_(); !fits) throw storage::StorageError(fits.error().message);
        shipper.emplace(
            *foundation_.database, foundation_.clock, store_, arrivals_,
            backups::ShippingSettings{.directory = backup_directory(config_),
                                      .secret = backup_secret(config_),
                                      .every = config_.duration("backups.log_every"),
                                      .days = static_cast<int>(config_.number("backups.log_days")),
                                      .go_on = [this] { return !stopping_; }});
      }
      shipper->step();
      if (const Micros at = shipper->shipped_at()) shipped_at_ = at;
      if (!told.empty()) log_info("the log is copied again");
      told.clear();
    } catch (const backups::Stopped&) {
      return;
    } catch (const std::exception& failure) {
      if (told != failure.what()) log_error("the log is not copied", {{"why", failure.what()}});
      told = failure.what();
      if (!rest(patience)) return;
    }
  } while (rest(turn));
  try {
    if (shipper) shipper->end();
  } catch (const std::exception& failure) {
    log_error("the end of the log is not copied", {{"why", failure.what()}});
  }
}

}  // namespace picsharz::app
