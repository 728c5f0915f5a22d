#include "features/events/event_service.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <iterator>
#include <map>
#include <string>
#include <utility>

#include "base/json.h"
#include "base/limits.h"
#include "base/log.h"

namespace picsharz::events {

namespace {

constexpr auto interval = std::chrono::seconds(2);
constexpr int streams_retry_seconds = 10;  // a stream whose page is gone is noticed by then

std::string unseen(PhotoId photo) {
  std::string data;
  JsonWriter(data).begin_object().field("photo", photo).end_object();
  return data;
}

}  // namespace

EventService::~EventService() { stop(); }

Result<void> EventService::listen(const Viewer& viewer, std::shared_ptr<EventListener> listener,
                                  PhotoId watched) {
  if (watched && !allowed({viewer, watched})) {
    listener->send("unseen", unseen(watched));
    watched = {};
  }
  const std::lock_guard lock(mutex_);
  std::erase_if(entries_, [](const auto& each) { return each.second.listener->gone(); });
  if (stopping_ || entries_.count(viewer.account) >= limits::event_streams) {
    auto failure = fail(ErrorKind::too_many, "too_many_streams",
                        "Too many pages of yours listen already.", "Close some of them.");
    failure.error().retry_after_seconds = streams_retry_seconds;
    return failure;
  }
  entries_.emplace(viewer.account, Entry{viewer, std::move(listener), watched});
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

std::vector<AccountId> EventService::listening() {
  std::vector<AccountId> accounts;
  {
    const std::lock_guard lock(mutex_);
    accounts.reserve(entries_.size());
    for (const auto& [account, entry] : entries_) accounts.push_back(account);
  }
  std::ranges::sort(accounts);
  accounts.erase(std::ranges::unique(accounts).begin(), accounts.end());
  return accounts;
}

std::vector<Watched> EventService::watched() {
  std::map<PhotoId, std::size_t> pages;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [account, entry] : entries_) {
      if (entry.watched) ++pages[entry.watched];
    }
  }
  std::vector<Watched> photos;
  photos.reserve(pages.size());
  for (const auto& [photo, count] : pages) photos.push_back({photo, count});
  return photos;
}

std::size_t EventService::listeners() {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

void EventService::review() {
  for (const Viewer& viewer : viewers()) {
    if (!sessions_.stands(viewer)) end(viewer);
  }
  review_watches();
}

void EventService::review_watches() {
  const auto all = watches({});
  if (all.empty()) return;
  const auto may = policy_->allowed(all);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!may[i]) end_watch(all[i]);
  }
}

bool EventService::allowed(const Watch& watch) {
  return policy_ != nullptr && policy_->allowed(std::span(&watch, 1)).front();
}

// Each viewer and photo once: what one account has open stands together.
std::vector<Watch> EventService::watches(PhotoId photo) {
  const std::lock_guard lock(mutex_);
  std::vector<Watch> found;
  for (const auto& [account, entry] : entries_) {
    if (!entry.watched || (photo && entry.watched != photo)) continue;
    bool known = false;
    for (auto each = found.rbegin(); each != found.rend() && each->viewer.account == account;
         ++each) {
      known = known || each->photo == entry.watched;
    }
    if (!known) found.push_back({entry.viewer, entry.watched});
  }
  return found;
}

void EventService::end_watch(const Watch& watch) {
  const std::string data = unseen(watch.photo);
  const std::lock_guard lock(mutex_);
  const auto [first, last] = entries_.equal_range(watch.viewer.account);
  for (auto each = first; each != last; ++each) {
    if (each->second.watched != watch.photo) continue;
    each->second.watched = {};
    each->second.listener->send("unseen", data);
  }
}

bool EventService::is_watched(PhotoId photo) {
  const std::lock_guard lock(mutex_);
  return std::ranges::any_of(entries_,
                             [&](const auto& each) { return each.second.watched == photo; });
}

void EventService::publish_to_watchers(PhotoId photo, std::string_view name,
                                       std::string_view data) {
  const auto all = watches(photo);
  if (all.empty()) return;
  const auto may = policy_->allowed(all);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!may[i]) {
      end_watch(all[i]);
      continue;
    }
    const std::lock_guard lock(mutex_);
    const auto [first, last] = entries_.equal_range(all[i].viewer.account);
    for (auto each = first; each != last;) {
      const bool gone = each->second.watched == photo && !each->second.listener->send(name, data);
      each = gone ? entries_.erase(each) : std::next(each);
    }
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

void EventService::end(const Viewer& viewer) {
  const std::lock_guard lock(mutex_);
  std::erase_if(entries_, [&](const auto& each) {
    const Viewer& other = each.second.viewer;
    if (other.session != viewer.session || other.token != viewer.token) return false;
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
