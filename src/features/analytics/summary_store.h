// The summary: what would take too long to count while somebody waits, counted before.
//
// Threads:   stateless; every method works in the caller's transaction. Whoever writes calls mark()
//            first: of two who count at the same time, the second waits.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "db/database.h"
#include "features/analytics/analytics.h"
#include "features/moderation/moderation.h"

namespace picsharz::analytics {

// When the summary was counted last, and how long that took.
struct SummaryMark {
  Micros at = 0;
  Micros took = 0;
};

// How much there was at the end of a day.
struct DayCount {
  Micros day = 0;
  std::int64_t count = 0;
  bool operator==(const DayCount&) const = default;
};

struct ViewedPerson {
  AccountId account{};
  std::int64_t views = 0;
};

// Decisions that were not taken back.
struct DecisionCount {
  Micros day = 0;
  moderation::Action action{};
  std::string reason{};
  std::int64_t count = 0;
};

// How many seconds each case had waited that was closed on that day, in any order.
struct DayDelays {
  Micros day = 0;
  std::vector<std::int64_t> seconds{};
};

// As the files say it.
struct CameraCount {
  std::string make{};
  std::string model{};
  std::int64_t count = 0;
};

class SummaryStore {
 public:
  // The summary itself.
  std::optional<SummaryMark> mark(db::Tx& tx);
  std::vector<ClassCount> classes(db::Tx& tx, std::string_view kind, int count);  // most first
  // Every day of the range that was counted, and the last one before it.
  std::vector<DayCount> days(db::Tx& tx, std::string_view kind, Micros from, Micros to);

  std::vector<DecisionCount> decisions(db::Tx& tx, Micros from, Micros to);  // of each day
  std::vector<DayDelays> delays(db::Tx& tx, Micros from, Micros to);         // likewise

  void set_mark(db::Tx& tx, const SummaryMark& mark);
  void replace_classes(db::Tx& tx, std::span<const ClassCount> classes);
  void put_days(db::Tx& tx, std::string_view kind, std::span<const DayCount> days);
  void replace_people(db::Tx& tx, Micros day, std::span<const ViewedPerson> people);
  void forget_people(db::Tx& tx, Micros before);
  // Of these days, in place of what there was since then.
  void replace_decisions(db::Tx& tx, Micros from, std::span<const DecisionCount> decisions);
  void replace_delays(db::Tx& tx, Micros from, std::span<const DayDelays> delays);

  // What it is made of, from the rows.
  std::int64_t members(db::Tx& tx);
  std::int64_t photos(db::Tx& tx);  // published
  // Of those there are, how many came on which day.
  std::vector<DayCount> members_by_day(db::Tx& tx);
  std::vector<DayCount> photos_by_day(db::Tx& tx);
  std::vector<ClassCount> countries(db::Tx& tx);
  std::vector<ClassCount> formats(db::Tx& tx);
  std::vector<CameraCount> cameras(db::Tx& tx);
  std::vector<ClassCount> lenses(db::Tx& tx);
  std::optional<Micros> first_views(db::Tx& tx);  // the first day that is kept of them
  // Whose photos were looked at most that day.
  std::vector<ViewedPerson> people(db::Tx& tx, Micros day, int count);
  std::vector<DecisionCount> decided(db::Tx& tx, Micros from, Micros to);  // of each day
  std::vector<DayDelays> waited(db::Tx& tx, Micros from, Micros to);       // likewise
};

}  // namespace picsharz::analytics
