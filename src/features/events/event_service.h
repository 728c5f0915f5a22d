// Events: what happens is pushed to the people it concerns while they look.
//
// What:      a listener is one open page of one account. publish() reaches all of an account's;
//            nothing is kept for those who are not there: they ask when they come.
// Access:    a listener hears only its own account's events. Every two seconds its session is
//            looked at again: one that ended, or whose account was suspended, hears nothing more.
// Watching:  a page may watch one photo, and then hears what happens to it as well, as long as its
//            viewer may see it (WatchPolicy, which later features know): whoever publishes asks
//            before, and every two seconds all are asked for. Who may not, or no longer, is told
//            "unseen", {"photo"}, and watches no more; it is the same for a photo that does not
//            exist.
// Threads:   thread-safe; listeners are called under a lock: send() must not block.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "base/viewer.h"
#include "features/sessions/session_service.h"

namespace picsharz::events {

class EventListener {
 public:
  virtual ~EventListener() = default;
  // False: the page is gone. `data`: one line of JSON.
  virtual bool send(std::string_view name, std::string_view data) = 0;
  virtual bool gone() const = 0;
  virtual void end() = 0;
};

// What a page watches.
struct Watch {
  Viewer viewer;
  PhotoId photo{};
};

struct Watched {
  PhotoId photo{};
  std::size_t pages = 0;  // that have it open
};

class WatchPolicy {
 public:
  virtual ~WatchPolicy() = default;
  // For each, in order, whether it may.
  virtual std::vector<bool> allowed(std::span<const Watch> watches) = 0;
};

class EventService {
 public:
  explicit EventService(sessions::SessionService& sessions) : sessions_(sessions) {}
  ~EventService();

  // Too many pages of one account are refused; the oldest connection may belong to a page that
  // somebody looks at.
  Result<void> listen(const Viewer& viewer, std::shared_ptr<EventListener> listener,
                      PhotoId watched = {});
  void publish(AccountId account, std::string_view name, std::string_view data);
  void publish_to_staff(std::string_view name, std::string_view data);  // moderators and above
  bool nobody_listens();
  // Once, before start(): without it nobody may watch anything.
  void set_watch_policy(WatchPolicy& policy) { policy_ = &policy; }
  // Sends what `photo` says to those who watch it and may.
  void publish_to_watchers(PhotoId photo, std::string_view name, std::string_view data);
  bool is_watched(PhotoId photo);
  std::vector<Watched> watched();  // by id
  bool listens(AccountId account);
  std::vector<AccountId> listening();  // each once, by id

  void start();   // the thread that looks at the sessions
  void stop();    // ends every listener
  void review();  // one look; the thread's work, and a test's
  std::size_t listeners();

 private:
  struct Entry {
    Viewer viewer;
    std::shared_ptr<EventListener> listener;
    PhotoId watched{};  // 0: none
  };

  std::vector<Viewer> viewers();
  void end(const Viewer& viewer);             // every stream of its session or token
  std::vector<Watch> watches(PhotoId photo);  // 0: all
  bool allowed(const Watch& watch);
  void review_watches();
  void end_watch(const Watch& watch);
  void run();

  sessions::SessionService& sessions_;
  WatchPolicy* policy_ = nullptr;
  std::mutex mutex_;
  std::unordered_multimap<AccountId, Entry> entries_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace picsharz::events
