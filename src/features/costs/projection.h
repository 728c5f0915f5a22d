// What a month would cost: assumptions in, the thirteen lines of the original's bill out. Plain
// structs; projection_rules.h has the arithmetic.
//
// Units:     dollars a month. KB, MB, GB and TB are powers of ten, but for the memory of a
// function,
//            which is billed in powers of two.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "features/costs/price_book.h"

namespace picsharz::costs {

enum class Assumption {
  members,
  active,
  months,
  uploads,
  log_ins,
  feeds,
  thumbnails,
  thumbnail_kb,
  our_thumbnail_kb,
  cache_hits,
  function_calls_per_feed,
  other_function_calls,
  function_mb,
  function_ms,
  api_calls_per_feed,
  other_api_calls,
  looks_per_picture,
  writes_per_picture,
  picture_kb,
  archived_mb,
  scanned_mb,
  batch_runs,
  node_hours_per_run,
  search_nodes,
  hours,
  mails_per_member,
  analysts,
  servers,
};
inline constexpr std::size_t assumption_count = 28;

// Where a default comes from.
enum class Source {
  given,     // the original says so
  inferred,  // nobody says so: its recorded amount implies it
  ours,      // of Picsharz itself
};

struct AssumptionInfo {
  Assumption assumption;
  std::string_view id;
  Decimal value;  // by default
  Decimal most;
  Source source;
  std::string_view meaning;
};

class Assumptions {
 public:
  Assumptions();  // the defaults

  Decimal& operator[](Assumption each) { return values_[static_cast<std::size_t>(each)]; }
  Decimal operator[](Assumption each) const { return values_[static_cast<std::size_t>(each)]; }
  bool operator==(const Assumptions&) const = default;

 private:
  std::array<Decimal, assumption_count> values_;
};

// Why a derived amount is, or is not, the recorded one.
enum class Reason {
  follows,              // it follows from the assumptions alone
  feeds_only,           // the assumptions tell of feeds only
  size_inferred,        // the size of what is kept is what the amount implies
  thumbnails_inferred,  // the size of a thumbnail is what the amount implies
  volume_inferred,      // how much there was is what the amount implies
  people_only,          // a part of it is nowhere explained
  not_derivable,        // nothing tells how much was used
};

// How much more of something the recorded amount would take.
struct Missing {
  Decimal quantity;
  std::string_view unit;
};

struct ProjectedLine {
  Service service{};
  Decimal recorded;                // the original's own number
  std::optional<Decimal> derived;  // from the assumptions, at the original's prices
  std::optional<Decimal> machine;  // Picsharz on one machine, at its prices
  Reason reason{};
  std::optional<Missing> missing{};  // under the original's own assumptions only
};

struct Projection {
  Assumptions assumptions;
  std::array<ProjectedLine, service_count> lines{};
  Decimal recorded;  // exact sums of what the lines show rounded, rounded once
  Decimal derived;
  Decimal machine;
};

}  // namespace picsharz::costs
