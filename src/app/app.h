// The composition root: the only code that names concrete classes and decides what lives how long.
//
// What:      builds the rooms in the order of their arrows, starts them, stops them in reverse.
// Ownership: owns everything; members are destroyed in reverse order of declaration.
// Failures:  StartupError.
// Threads:   start() and stop() from one thread.
#pragma once

#include <memory>
#include <string>

#include "app/config.h"

namespace picsharz::app {

enum class Parts {
  everything,  // serve: web and jobs in one process
  web,         // serve --no-jobs
  jobs,        // worker
};

class App {
 public:
  App(const Config& config, Parts parts);
  ~App();
  void start();
  void stop();

  // "http://127.0.0.1:8080", with the real port.
  std::string address() const;
  std::string metrics_address() const;  // "" where there is none
  // The table of routes, as JSON: method, pattern, who may use it.
  std::string routes_json() const;
  // The first administrator's one-time link, or "" where there is an administrator.
  std::string setup_link();

 private:
  struct Rooms;
  std::unique_ptr<Rooms> rooms_;
};

}  // namespace picsharz::app
