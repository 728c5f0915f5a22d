// Whoever has a photo's page open sees its likes move.
//
// What:      once a second, while anybody watches a photo, the counts of the watched ones are read
// in
//            one statement, whichever process changed them; {"photo", "likes"} is published as the
//            event "likes" where a count moved or another page came, and every ten seconds: a page
//            whose own like crossed another's taken back shows a number that nobody told it to
//            change. Who liked it is not told. The path of a like, thousands a second, knows
//            nothing of this.
// Threads:   start() and stop() from one thread; look() is the work of its thread, and a test's.
// Failures:  those of the database are logged, and the next look asks again.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "db/database.h"
#include "features/events/event_service.h"
#include "features/likes/like_store.h"

namespace picsharz::likes {

class LikeEventService {
 public:
  LikeEventService(db::Database& database, events::EventService& events)
      : database_(database), events_(events) {}
  ~LikeEventService();

  void start();
  void stop();
  void look();

 private:
  struct Told {
    std::int64_t likes = 0;
    std::size_t pages = 0;
    bool operator==(const Told&) const = default;
  };

  void run();

  db::Database& database_;
  events::EventService& events_;
  LikeStore rows_;
  std::unordered_map<PhotoId, Told> told_;  // of the thread that looks
  int looks_ = 0;                           // likewise: since all was told
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace picsharz::likes
