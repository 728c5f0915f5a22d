// What /metrics shows: counters by route, and gauges that are asked for when it is read.
//
// What:      OpenMetrics text. count() is called once a request: some atomic additions. What is
// kept
//            of it by the hour and the day goes to the Tally at the same place.
// Bounds:    one series a route template and status class; never an id as a label.
// Threads:   thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/tally.h"
#include "http/server.h"

namespace picsharz::app {

class Metrics {
 public:
  // Routes are known before the server starts, so that counting needs no lock. `tally` outlives it.
  Metrics(const http::Router& router, Tally& tally);
  void count(const http::Served& served);
  // `read` is called for every scrape.
  void gauge(std::string name, std::string help, std::function<double()> read);
  void counter(std::string name, std::string help, std::function<double()> read);
  // One counter of several series, each with its labels: `work="web"`.
  using Series = std::vector<std::pair<std::string, double>>;
  void counters(std::string name, std::string help, std::function<Series()> read);
  // What something is, as a label: `name{label="value"} 1`.
  void info(std::string name, std::string help, std::string_view label, std::string_view value);
  std::string text() const;

 private:
  static constexpr std::array<Micros, 9> bounds = {500,    1'000,   2'500,     5'000,    10'000,
                                                   50'000, 250'000, 1'000'000, 5'000'000};
  struct RouteCounts {
    RouteClass about = RouteClass::page;
    bool timed = true;
    std::array<std::atomic<std::int64_t>, 6> by_class{};  // 1xx..5xx
    std::array<std::atomic<std::int64_t>, bounds.size() + 1> by_duration{};
    std::atomic<std::int64_t> microseconds{0};
    std::atomic<std::int64_t> bytes{0};
  };
  struct Reading {
    std::string name;
    std::string help;
    bool counter;
    std::function<double()> read;
  };

  struct Several {
    std::string name;
    std::string help;
    std::function<Series()> read;
  };

  struct Info {
    std::string name;
    std::string help;
    std::string label;
  };

  RouteCounts& counts_of(const http::Served& served);

  std::map<std::string, std::unique_ptr<RouteCounts>, std::less<>> routes_;  // by label
  // The same by the address of the route's pattern and the method: a request costs one look-up
  // without building a label.
  std::map<std::pair<const char*, http::Method>, RouteCounts*> by_pattern_;
  RouteCounts* other_ = nullptr;
  Tally& tally_;
  std::vector<Reading> readings_;
  std::vector<Several> several_;
  std::vector<Info> infos_;
};

// What the requests of a route are about, for the Tally.
RouteClass class_of(const http::Route& route);

}  // namespace picsharz::app
