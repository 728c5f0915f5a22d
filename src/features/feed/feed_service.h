// Feeds, pulled when they are read: a new follow shows the past, an unfollow hides at once.
//
// What:      the home feed comes out of memory (feed/home_memory.h), which is exactly as old as the
//            snapshot that the counts are read from; what memory cannot tell is asked of the
//            database. On PostgreSQL a page that memory has costs a part of one statement
//            (feed/home_glance_service.h).
// Threads:   thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "features/cards/card_service.h"
#include "features/feed/feed_store.h"
#include "features/feed/home_glance_service.h"
#include "features/feed/home_memory.h"

namespace picsharz::feed {

// Pages of home feeds since the start.
struct FeedStats {
  std::int64_t remembered = 0;  // from memory
  std::int64_t read = 0;        // from the database alone
};

class FeedService {
 public:
  FeedService(db::Database& database, cards::CardService& cards, const Clock& clock);

  // The people whom the viewer follows and has not muted, newest first.
  cards::CardLines home(const Viewer& viewer, const PageRequest& page);
  // Everybody's public photos, newest first.
  cards::CardPage recent(const Viewer& viewer, const PageRequest& page);
  FeedStats stats() const { return {remembered_, read_}; }

 private:
  // A page that the memory has, as it was when somebody looked at the log.
  std::optional<cards::CardLines> at_a_glance(const HomeMemory::Ask& ask);
  std::optional<cards::CardLines> remembered(db::Tx& tx, const Viewer& viewer,
                                             const PageRequest& page);
  // The memory's position for this snapshot; nothing where it is newer.
  std::optional<LogPosition> advance(db::Tx& tx);
  // False: a photo of the page is not this viewer's to see, whatever memory says.
  bool read(db::Tx& tx, const Viewer& viewer, LogPosition at, const HomeMemory::Missing& missing);

  db::Database& database_;
  cards::CardService& cards_;
  const Clock& clock_;
  FeedStore feeds_;
  HomeMemory memory_;
  HomeGlanceService glance_;
  std::atomic<std::int64_t> remembered_{0};
  std::atomic<std::int64_t> read_{0};
};

}  // namespace picsharz::feed
