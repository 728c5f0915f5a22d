#include "features/events/event_service.h"

#include <chrono>
#include <exception>
#include <iterator>
#include <utility>

#include "base/limits.h"
#include "base/log.h"

namespace picsharz::events {

namespace {

constexpr auto interval = std::chrono::seconds(2);

}  // namespace

EventService::~EventService() { stop(); }

Result<void> EventService::listen(const Viewer& viewer, std::shared_ptr<EventListener> listener) {
  const std::lock_guard lock(mutex_);
  std::erase_if(entries_, [](const auto& each) { return each.second.listener->gone(); });
  if (stopping_ || entries_.count(viewer.account) >= limits::event_streams) {
    return fail(ErrorKind::too_many, "too_many_streams", "Too many pages of yours listen already.",
                "Close some of them.");
  }
  entries_.emplace(viewer.account, Entry{viewer, std::move(listener)});
  return {};
}

void EventService::publish(AccountId account, std::string_view name, std::string_view data) {
  const std::lock_guard lock(mutex_);
  const auto [first, last] = entries_.equal_range(account);
  for (auto each = first; each != last;) {
    each = each->second.listener->send(name, data) ? std::next(each) : entries_.erase(each);
  }
}

void EventService::publish_to_staff(std::string_view name, std::string_view data) {
  const std::lock_guard lock(mutex_);
  std::erase_if(entries_, [&](const auto& each) {
    const Entry& entry = each.second;
    return entry.viewer.at_least(Role::moderator) && !entry.listener->send(name, data);
  });
}

bool EventService::nobody_listens() {
  const std::lock_guard lock(mutex_);
  return entries_.empty();
}

bool EventService::listens(AccountId account) {
  const std::lock_guard lock(mutex_);
  return entries_.contains(account);
}

std::size_t EventService::listeners() {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

void EventService::review() {
  for (const Viewer& viewer : viewers()) {
    if (!sessions_.stands(viewer)) end_session(viewer.session);
  }
}

// Of the pages that are still there.
std::vector<Viewer> EventService::viewers() {
  const std::lock_guard lock(mutex_);
  std::erase_if(entries_, [](const auto& each) { return each.second.listener->gone(); });
  std::vector<Viewer> viewers;
  for (const auto& [account, entry] : entries_) viewers.push_back(entry.viewer);
  return viewers;
}

void EventService::end_session(SessionId session) {
  const std::lock_guard lock(mutex_);
  std::erase_if(entries_, [&](const auto& each) {
    if (each.second.viewer.session != session) return false;
    each.second.listener->end();
    return true;
  });
}

void EventService::start() {
  thread_ = std::thread([this] { run(); });
}

void EventService::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const auto& [account, entry] : entries_) entry.listener->end();
    entries_.clear();
  }
  stop_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void EventService::run() {
  std::unique_lock lock(mutex_);
  while (!stop_.wait_for(lock, interval, [this] { return stopping_; })) {
    lock.unlock();
    try {
      review();
    } catch (const std::exception& failure) {
      log_warning("sessions of open pages cannot be looked at", {{"detail", failure.what()}});
    }
    lock.lock();
  }
}

}  // namespace picsharz::events
