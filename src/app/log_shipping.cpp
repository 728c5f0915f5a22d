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
                         backups::Arrivals& arrivals, Check check, Tell tell)
    : config_(config),
      foundation_(foundation),
      store_(store),
      arrivals_(arrivals),
      check_(std::move(check)),
      tell_(std::move(tell)),
      watch_(foundation.clock, backups::shipped_at(backup_directory(config))) {}

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
  const auto target_says = [this] { return backups::shipped_at(backup_directory(config_)); };
  std::string told;
  Shipper shipper;
  do {
    try {
      step(shipper);
      if (!told.empty()) log_info("the log is copied again");
      told.clear();
    } catch (const backups::Stopped&) {
      return;
    } catch (const std::exception& failure) {
      if (told != failure.what()) log_error("the log is not copied", {{"why", failure.what()}});
      told = failure.what();
      if (!rest(patience)) return;
    }
    watch_.tell_if_late(target_says, tell_);
  } while (rest(turn));
  try {
    if (shipper && shipper->is_here()) shipper->end();
  } catch (const std::exception& failure) {
    log_error("the end of the log is not copied", {{"why", failure.what()}});
  }
}

void LogShipping::step(Shipper& shipper) {
  // A folder would be made where the disk is missing.
  if (const auto fits = check_(); !fits) throw storage::StorageError(fits.error().message);
  if (shipper && !shipper->is_here()) {
    log_warning("the target of the log is another one, where it begins anew");
    shipper.reset();
  }
  if (!shipper) {
    shipper.emplace(
        *foundation_.database, foundation_.clock, store_, arrivals_,
        backups::ShippingSettings{.directory = backup_directory(config_),
                                  .secret = backup_secret(config_),
                                  .every = config_.duration("backups.log_every"),
                                  .days = static_cast<int>(config_.number("backups.log_days")),
                                  .go_on = [this] { return !stopping_; }});
  }
  shipper->step();
  watch_.note(shipper->shipped_at());
}

}  // namespace picsharz::app
