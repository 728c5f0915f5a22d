#include "features/likes/like_event_service.h"

#include <chrono>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/log.h"

namespace picsharz::likes {

namespace {

constexpr auto interval = std::chrono::seconds(1);
constexpr int looks_until_told_again = 10;

}  // namespace

LikeEventService::~LikeEventService() { stop(); }

void LikeEventService::look() {
  const std::vector<events::Watched> watched = events_.watched();
  std::vector<PhotoId> ids;
  ids.reserve(watched.size());
  for (const events::Watched& each : watched) ids.push_back(each.photo);
  std::unordered_map<PhotoId, std::int64_t> counts;
  if (!ids.empty()) counts = database_.read([&](db::Tx& tx) { return rows_.counts(tx, ids); });
  const bool again = ++looks_ >= looks_until_told_again;
  if (again) looks_ = 0;
  std::unordered_map<PhotoId, Told> now;
  for (const events::Watched& each : watched) {
    const auto count = counts.find(each.photo);
    if (count == counts.end()) continue;  // deleted
    const Told told{count->second, each.pages};
    now.emplace(each.photo, told);
    const auto before = told_.find(each.photo);
    if (!again && before != told_.end() && before->second == told) continue;
    std::string data;
    JsonWriter(data)
        .begin_object()
        .field("photo", each.photo)
        .field("likes", told.likes)
        .end_object();
    events_.publish_to_watchers(each.photo, "likes", data);
  }
  told_ = std::move(now);
}

void LikeEventService::start() {
  thread_ = std::thread([this] { run(); });
}

void LikeEventService::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void LikeEventService::run() {
  std::unique_lock lock(mutex_);
  while (!stop_.wait_for(lock, interval, [this] { return stopping_; })) {
    lock.unlock();
    try {
      look();
    } catch (const std::exception& failure) {
      log_warning("likes of open pages cannot be looked at", {{"detail", failure.what()}});
    }
    lock.lock();
  }
}

}  // namespace picsharz::likes
