// The tag analysis: made in the background, kept, and read at once.
//
// What:      make() reads what everybody may see, a few thousand photos at a time, and keeps what
//            it finds (features/analytics/tag_corpus_rules.h). kept() is one row.
// Freshness: it is made again when its last work is half a percent of what passed since, and after
//            six hours: within minutes in a small community.
// Privacy:   public photos of the last year only; words of fewer than three members are in nothing.
//            What is deleted is gone from it when it is made next.
// Threads:   thread-safe; make() is called by one job at a time.
// Failures:  those of the database.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/clock.h"
#include "db/database.h"
#include "features/analytics/tag_analysis.h"
#include "features/analytics/tag_store.h"

namespace picsharz::analytics {

class TagAnalysisService {
 public:
  // Given how long a step took; false: the program ends, so stop.
  using Rest = std::function<bool(Micros)>;
  static constexpr int rest_of_work = 200;  // times what it took
  static constexpr Micros longest = 6 * hour;

  TagAnalysisService(db::Database& database, const Clock& clock)
      : database_(database), clock_(clock) {}

  // For the schedule.
  void make_if_due(const Rest& rest);
  // False where it was told to stop; then what was kept stays.
  bool make(const Rest& rest);
  // The JSON of tag_report_rules.h, or nothing where none was made yet.
  std::optional<KeptTagAnalysis> kept();
  // The same; before the first one was made, one that found nothing so far.
  std::string shown();

 private:
  db::Database& database_;
  const Clock& clock_;
  TagStore rows_;
};

}  // namespace picsharz::analytics
