// What each dashboard shows, area by area: the contract's figures, charts and tables.
//
// What:      what happened (sign-ups, uploads, likes) comes of use counted when it happened, so it
//            stays when its rows go; what there is (members, formats, countries) comes of the
//            summary; decisions of today and delays of moderation come of their rows.
// Bounds:    no answer depends on how many photos or likes there are: see most.h and
//            summary_service.h.
// Threads:   thread-safe.
// Failures:  those of the database are thrown.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "db/database.h"
#include "features/analytics/analytics.h"
#include "features/analytics/ledger_rules.h"
#include "features/analytics/row_store.h"
#include "features/analytics/summary_service.h"
#include "features/analytics/summary_store.h"
#include "features/analytics/use_store.h"

namespace picsharz::analytics {

class AreaService {
 public:
  AreaService(db::Database& database, const Clock& clock, SummaryService& summary)
      : database_(database), clock_(clock), summary_(summary) {}

  Dashboard people(const Range& range);
  Dashboard photos(const Range& range);
  Dashboard engagement(const Range& range);
  Dashboard search(const Range& range);
  Dashboard moderation(const Range& range);
  Dashboard system(const Range& range);
  // Six figures of now and of a week before, each with its last 30 days. What happened in a week is
  // compared with the one that was as far, as what happened in a range is.
  Overview overview();

 private:
  using Kinds = std::initializer_list<std::string_view>;
  struct Counts {
    Ledger parts;                  // as the range is drawn
    std::optional<Ledger> days{};  // where that is by the hour
    // For figures and tables: days are known for longer than their hours.
    const Ledger& whole() const { return days ? *days : parts; }
  };

  Dashboard begin(const Range& range) const;
  Ledger ledger(db::Tx& tx, const Range& range, Kinds kinds);
  Counts count(db::Tx& tx, const Range& range, Kinds kinds);
  void leave_out_later(db::Tx& tx, Ledger& days, const Range& range, Kinds kinds);
  // The older of the summary and what is stored.
  Micros oldest_of(db::Tx& tx, Micros summary);
  // How much there was at the end of each part, and of the range.
  Series totals(db::Tx& tx, std::string_view kind, const Range& range);
  Figure standing(db::Tx& tx, std::string_view kind, const Range& range);
  void add_active(db::Tx& tx, Dashboard& to);
  Table retention(db::Tx& tx, const Range& range);
  Table classes(db::Tx& tx, std::string id, std::string_view kind, Column label, bool bytes);
  using Decided = std::pair<std::pair<moderation::Action, std::string>, std::int64_t>;
  std::vector<Decided> decisions(db::Tx& tx, const Range& range);
  Micros summed_until(db::Tx& tx, Micros from, Micros to);
  Chart delays(db::Tx& tx, const Range& range);
  Table routes(const Ledger& ledger);
  double later_a_week_ago(db::Tx& tx, std::string_view kind);

  db::Database& database_;
  const Clock& clock_;
  SummaryService& summary_;
  SummaryStore summaries_;
  UseStore use_;
  RowStore rows_;
};

}  // namespace picsharz::analytics
