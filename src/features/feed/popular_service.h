// The most popular photos: ranked once a day and on demand, kept hot for those who look.
//
// What:      rank() reads every like, gives each photo the sum of its likes, an older like less,
//            and keeps the best `popular_count`, of one person at most `popular_of_one`. What is on
//            the list gets the pictures that it deserves (AVIF, 2048).
// Hot:       what visitors see is kept in memory for `popular_kept`: its counts are as old at most,
//            and whatever is taken away or changed is gone with the change log, which is never more
//            than a second behind. Members see their own likes and no one of a block: for them the
//            database is asked.
// Threads:   thread-safe.
// Failures:  those of the database are thrown.
#pragma once

#include <mutex>
#include <optional>
#include <span>

#include "base/clock.h"
#include "db/change_log.h"
#include "features/cards/card_service.h"
#include "features/feed/popular_store.h"
#include "features/photos/extra_service.h"

namespace picsharz::feed {

inline constexpr int popular_count = 24;
inline constexpr int popular_of_one = 3;
inline constexpr Micros popular_half = 3 * day;  // a like that old counts a quarter
inline constexpr Micros popular_kept = minute;

class PopularService final : public db::ChangeListener {
 public:
  // Add it to the listeners of `changes`. `extras`: null makes no pictures.
  PopularService(db::Database& database, cards::CardService& cards, const db::ChangeLog& changes,
                 photos::ExtraService* extras, const Clock& clock)
      : database_(database), cards_(cards), changes_(changes), extras_(extras), clock_(clock) {}

  cards::CardLines list(const Viewer& viewer);
  void rank();
  // Where the list is a day old, or short: a young community's changes by the hour.
  void rank_if_due();

  void changed(std::span<const db::Change> changes) override;
  void all_changed() override;

 private:
  struct Hot {
    cards::CardLines lines;
    Micros until = 0;
  };

  std::optional<cards::CardLines> hot();
  cards::CardLines read(const Viewer& viewer);

  db::Database& database_;
  cards::CardService& cards_;
  const db::ChangeLog& changes_;
  photos::ExtraService* const extras_;
  const Clock& clock_;
  PopularStore popular_;
  std::mutex mutex_;
  std::uint64_t forgotten_ = 0;  // how often; guarded by mutex_
  std::optional<Hot> hot_;       // guarded by mutex_
};

}  // namespace picsharz::feed
