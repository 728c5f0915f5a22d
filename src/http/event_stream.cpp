#include "http/event_stream.h"

#include <utility>

namespace picsharz::http {

std::string event_text(std::string_view name, std::string_view data) {
  std::string text("event: ");
  return text.append(name).append("\ndata: ").append(data).append("\n\n");
}

bool EventStream::send(std::string_view text) {
  std::function<void()> notify;
  {
    const std::lock_guard lock(mutex_);
    if (ended_) return false;
    if (waiting_.size() + text.size() > waiting_max) {
      ended_ = true;
    } else {
      waiting_.append(text);
    }
    notify = notify_;
  }
  if (notify) notify();
  return true;
}

void EventStream::end() {
  std::function<void()> notify;
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    notify = notify_;
  }
  if (notify) notify();
}

bool EventStream::ended() const {
  const std::lock_guard lock(mutex_);
  return ended_;
}

void EventStream::attach(std::function<void()> notify) {
  std::function<void()> now;
  {
    const std::lock_guard lock(mutex_);
    if (!notify) ended_ = true;
    if (notify && (ended_ || !waiting_.empty())) now = notify;
    std::swap(notify_, notify);
  }
  if (now) now();
}

std::string EventStream::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(waiting_, {});
}

}  // namespace picsharz::http
