// A number of places, given in the order in which they were asked for.
//
// What:      who gives a place back while somebody waits gives it to whoever waits longest. Without
//            that, who comes again at once takes it before the other one is awake, and under load
//            one may wait for ever while places come and go.
// Threads:   all may be called from any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>

namespace picsharz {

class Places {
 public:
  explicit Places(int count) : count_(count), free_(count) {}

  // False: none was free for so long. Who has one gives it back.
  bool take(std::chrono::microseconds patience) {
    std::unique_lock lock(mutex_);
    if (free_ > 0) {  // so nobody waits
      --free_;
      return true;
    }
    Waiter waiter;
    const auto place = waiting_.insert(waiting_.end(), &waiter);
    if (waiter.woken.wait_for(lock, patience, [&] { return waiter.given; })) return true;
    waiting_.erase(place);
    return false;
  }

  void give_back() {
    const std::lock_guard lock(mutex_);
    if (waiting_.empty()) {
      ++free_;
      return;
    }
    Waiter& next = *waiting_.front();
    waiting_.pop_front();
    next.given = true;
    next.woken.notify_one();  // under the lock: it goes as soon as it has that
  }

  int taken() const {
    const std::lock_guard lock(mutex_);
    return count_ - free_;
  }

  int waiting() const {
    const std::lock_guard lock(mutex_);
    return static_cast<int>(waiting_.size());
  }

 private:
  struct Waiter {
    std::condition_variable woken;
    bool given = false;
  };

  const int count_;
  mutable std::mutex mutex_;
  int free_;
  std::list<Waiter*> waiting_;
};

}  // namespace picsharz
