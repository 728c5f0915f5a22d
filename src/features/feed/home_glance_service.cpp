#include "features/feed/home_glance_service.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <utility>

namespace picsharz::feed {

// One request. It lives on the stack of its thread, which waits until somebody has answered it or
// has told it to ask itself.
struct HomeGlanceService::Waiting {
  CountsWanted wanted;
  Glance glance{};
  std::exception_ptr failure{};
  bool done = false;
  bool leads = false;  // it is not in waiting_
  std::condition_variable told{};
};

Glance HomeGlanceService::ask(AccountId viewer, const std::vector<PhotoId>& photos) {
  Waiting self{.wanted = {viewer, &photos}};
  std::unique_lock lock(mutex_);
  if (askers_ < askers_max) {
    ++askers_;
    self.leads = true;
  } else {
    waiting_.push_back(&self);
  }
  self.told.wait(lock, [&] { return self.done || self.leads; });
  if (!self.done) lead(lock, self);
  lock.unlock();
  if (self.failure) std::rethrow_exception(self.failure);
  return std::move(self.glance);
}

// Another one leads the next ones, where some have come meanwhile: nobody asks for ever for others.
void HomeGlanceService::lead(std::unique_lock<std::mutex>& lock, Waiting& leader) {
  std::vector<Waiting*> together{&leader};
  const std::ptrdiff_t others = asked_at_once - 1;
  const auto end = waiting_.begin() + std::min(others, std::ssize(waiting_));
  together.insert(together.end(), waiting_.begin(), end);
  waiting_.erase(waiting_.begin(), end);
  lock.unlock();
  std::exception_ptr failure;
  try {
    answer(together);
  } catch (...) {
    failure = std::current_exception();
  }
  lock.lock();
  for (Waiting* const each : together) {
    each->failure = failure;
    each->done = true;
    if (each != &leader) each->told.notify_one();
  }
  if (waiting_.empty()) {
    --askers_;
  } else {
    Waiting& next = *waiting_.front();
    waiting_.erase(waiting_.begin());
    next.leads = true;
    next.told.notify_one();
  }
}

void HomeGlanceService::answer(std::span<Waiting* const> together) {
  std::vector<CountsWanted> wanted;
  wanted.reserve(together.size());
  for (const Waiting* const each : together) wanted.push_back(each->wanted);
  const db::Snapshot since = memory_.newest();
  GlanceRows rows = database_.read([&](db::Tx& tx) { return feeds_.glance(tx, since, wanted); });
  const auto log = std::make_shared<const db::LogReading>(std::move(rows.log));
  for (std::size_t i = 0; i < together.size(); ++i) {
    together[i]->glance = {log, std::move(rows.counts[i])};
  }
}

}  // namespace picsharz::feed
