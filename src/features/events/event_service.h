// Events: what happens is pushed to the people it concerns while they look.
//
// What:      a listener is one open page of one account. publish() reaches all of an account's;
//            nothing is kept for those who are not there: they ask when they come.
// Access:    a listener hears only its own account's events. Every two seconds its session is
//            looked at again: one that ended, or whose account was suspended, hears nothing more.
// Threads:   thread-safe; listeners are called under a lock: send() must not block.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
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

class EventService {
 public:
  explicit EventService(sessions::SessionService& sessions) : sessions_(sessions) {}
  ~EventService();

  // Too many pages of one account are refused; the oldest connection may belong to a page that
  // somebody looks at.
  Result<void> listen(const Viewer& viewer, std::shared_ptr<EventListener> listener);
  void publish(AccountId account, std::string_view name, std::string_view data);
  void publish_to_staff(std::string_view name, std::string_view data);  // moderators and above
  bool nobody_listens();
  bool listens(AccountId account);

  void start();   // the thread that looks at the sessions
  void stop();    // ends every listener
  void review();  // one look; the thread's work, and a test's
  std::size_t listeners();

 private:
  struct Entry {
    Viewer viewer;
    std::shared_ptr<EventListener> listener;
  };

  std::vector<Viewer> viewers();
  void end_session(SessionId session);
  void run();

  sessions::SessionService& sessions_;
  std::mutex mutex_;
  std::unordered_multimap<AccountId, Entry> entries_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace picsharz::events
