// What the feature usage keeps, as dashboards read it.
//
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/function_ref.h"
#include "db/database.h"
#include "features/analytics/analytics.h"
#include "features/usage/usage.h"
#include "features/usage/usage_store.h"

namespace picsharz::analytics {

class UseStore {
 public:
  void each_counted(db::Tx& tx, usage::Step step, Micros from, Micros to, std::string_view kind,
                    FunctionRef<void(const usage::CountedView&)> each) {
    usage_.each_counted(tx, step, from, to, kind, each);
  }
  std::vector<usage::ActiveCount> active(db::Tx& tx, Micros from, Micros to) {
    return usage_.active(tx, from, to);
  }
  // When it was measured last what is stored.
  std::optional<Micros> measured(db::Tx& tx) { return usage_.mark(tx, usage::measured_mark); }
  // Of the `count` newest cohorts that began before `to`, or since `from` where those are more, the
  // oldest first.
  std::vector<usage::RetentionWeek> retention(db::Tx& tx, Micros from, Micros to, int count);

  // The words of the range that were looked for most, or without a result; the most first.
  enum class Most { searches, without_result };
  std::vector<usage::SearchedWords> words(db::Tx& tx, Micros from, Micros to, Most most, int count);

 private:
  usage::SearchedWords sums_of(db::Tx& tx, Micros from, Micros to, std::string_view words);

  usage::UsageStore usage_;
};

}  // namespace picsharz::analytics
