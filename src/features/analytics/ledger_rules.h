// What was counted by hour or day, put into the parts of a range.
//
// Threads:   a Ledger is a value; the rest are pure functions.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "features/analytics/analytics.h"
#include "features/usage/usage.h"

namespace picsharz::analytics {

// What of a count is meant: how often, or how much.
enum class Of { count, amount };

// How long requests took: how many, by the upper bound of their bucket in microseconds.
using Histogram = std::map<Micros, std::int64_t>;

// Which of what was counted: of a kind, with one label or with any.
struct Which {
  std::string_view kind{};
  std::optional<std::string_view> label{};
};

class Ledger {
 public:
  // Before `known_from` nothing is known, and nothing after `now`.
  Ledger(const Range& range, Micros known_from, Micros now);

  // What was counted of the range, and of as long before it where it is compared; of each kind in
  // the order of time. What lies elsewhere is left out.
  void place(const usage::CountedView& counted);
  // What was placed of the stretch before, but at a time of its day that the range has not come to
  // yet: no total is compared with it.
  void leave_out(const usage::CountedView& counted);

  const std::vector<Micros>& times() const { return times_; }

  // The sum of each part, in `unit`s of what was counted: 1'000'000 makes seconds of microseconds.
  Series sums(std::string id, Which which, Of of = Of::count, double unit = 1) const;
  // The last value of each part, of a gauge; of several labels their sum.
  Series lasts(std::string id, Which which, double unit = 1) const;
  // The quantile of each part, in milliseconds.
  Series quantiles(std::string id, Which which, double q) const;

  // Of the stretch before, as much of it as the range has come by now: whole days, but for what was
  // left out.
  Figure total(std::string id, Which which, Unit unit = Unit::count, Of of = Of::count) const;
  Figure last(std::string id, Which which, Unit unit = Unit::count) const;
  Figure quantile(std::string id, Which which, double q) const;  // milliseconds

  // The labels of a kind that occur in the range, in the order of the alphabet.
  std::vector<std::string> labels(std::string_view kind) const;
  // Of the range alone.
  std::int64_t sum(Which which, Of of = Of::count) const;
  // By what stands before the bound in a label: "photo" of "photo/2500".
  std::map<std::string, Histogram, std::less<>> histograms(std::string_view kind) const;

 private:
  enum class When { now, before };
  // What was counted in a part with one label.
  struct Part {
    std::int64_t count = 0;
    std::int64_t amount = 0;
    std::int64_t last = 0;  // amount
    bool is_there = false;
  };
  struct Line {
    std::string label{};
    std::vector<Part> now{};
    std::vector<Part> before{};  // empty where there is nothing
    Part so_far{};               // of `before`, as much as the range has come
    const std::vector<Part>& of(When when) const { return when == When::now ? now : before; }
  };
  struct Kind {
    std::vector<Line> lines{};
    std::size_t next = 0;  // labels come round and round: the line of the next one, most often
  };

  static std::int64_t measure(const Part& part, Of of);
  static std::int64_t count_of(const std::vector<Part>& parts);
  Line& line_of(std::string_view kind, std::string_view label);
  template <class F>
  void each(When when, Which which, F&& line) const;
  bool known(When when, std::size_t part) const;
  Values sums_of(When when, Which which, Of of, double unit) const;
  Values lasts_of(When when, Which which, double unit) const;
  Values quantiles_of(When when, Which which, double q) const;
  std::int64_t sum_so_far(Which which, Of of) const;
  Value last_of(When when, Which which) const;
  Histogram histogram_of(When when, Which which) const;
  template <class Make>
  Series series(std::string&& id, Make&& make) const;
  template <class Make>
  Figure figure(std::string&& id, Unit unit, Make&& make) const;

  Range range_;
  Micros known_from_;
  Micros now_;
  std::vector<Micros> times_;
  std::map<std::string, Kind, std::less<>> kinds_;
};

inline constexpr double nearly_all = 0.99;
// Between the bounds of a bucket (base/tally.h), whether its neighbours are empty or not, as many
// are thought to be in its lower half as in its upper one. nullopt of nothing.
Value quantile_of(const Histogram& histogram, double q);  // milliseconds
// Of the numbers themselves, the nearest rank.
Value quantile_of(std::vector<std::int64_t> numbers, double q);

// The upper bound of a histogram's label, such as "photo/2500": 2500 microseconds.
std::optional<Micros> bound_of(std::string_view label);

// "NIKON CORPORATION" and "NIKON D750" are one camera: "NIKON D750".
std::string camera_name(std::string_view make, std::string_view model);

}  // namespace picsharz::analytics
