#include "base/seen_members.h"

#include <utility>

namespace picsharz {

// Two threads may both find a place free: one of them writes over the other, who is new again then.
void SeenMembers::remember(AccountId account) noexcept {
  for (std::size_t step = 0; step < near; ++step) {
    auto& place = table_[place_of(account, step)];
    if (place.load(std::memory_order_relaxed) != 0) continue;
    place.store(account.value, std::memory_order_relaxed);
    return;
  }
  table_[place_of(account, 0)].store(account.value, std::memory_order_relaxed);
}

void SeenMembers::note(AccountId account) noexcept {
  const std::lock_guard lock(mutex_);
  if (known(account) || new_.size() >= places) return;
  try {
    new_.push_back(account);
  } catch (...) {
    return;  // without memory for it the next request tries again
  }
  remember(account);
}

std::vector<AccountId> SeenMembers::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(new_, {});
}

void SeenMembers::put_back(const std::vector<AccountId>& accounts) {
  const std::lock_guard lock(mutex_);
  for (const AccountId account : accounts) {
    if (new_.size() < places) new_.push_back(account);
  }
}

void SeenMembers::forget() {
  const std::lock_guard lock(mutex_);
  for (auto& place : table_) place.store(0, std::memory_order_relaxed);
}

SeenMembers& seen_members() {
  static SeenMembers the_process;
  return the_process;
}

}  // namespace picsharz
