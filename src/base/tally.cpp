#include "base/tally.h"

#include <algorithm>

namespace picsharz {

namespace {

using Names = std::span<const std::string_view>;

constexpr std::array<std::string_view, 1> none = {""};
constexpr std::array<std::string_view, 7> types = {
    "image/jpeg", "image/png", "image/webp", "image/gif", "image/avif", "image/heic", "other"};
constexpr std::array<std::string_view, 9> classes = {
    "feed", "photo", "search", "upload", "media", "account", "admin", "page", "other"};
constexpr std::array<std::string_view, 2> errors = {"4xx", "5xx"};
constexpr std::array<std::string_view, 9> judged = {"published", "held",     "removed",
                                                    "approved",  "kept",     "overturned",
                                                    "suspended", "reported", "appealed"};

struct Row {
  std::string_view name;
  Names labels;
  bool by_time = false;  // each label once for each of time_bounds
  constexpr std::size_t slots() const { return labels.size() * (by_time ? time_bounds.size() : 1); }
};

// In the order of Use.
constexpr std::array<Row, Tally::uses> table = {{{"sign_up", none},
                                                 {"log_in", none},
                                                 {"upload", types},
                                                 {"upload_bytes", types},
                                                 {"view", none},
                                                 {"like", none},
                                                 {"unlike", none},
                                                 {"follow", none},
                                                 {"unfollow", none},
                                                 {"comment", none},
                                                 {"search", none},
                                                 {"search_empty", none},
                                                 {"request", classes},
                                                 {"route_time", classes, true},
                                                 {"error", errors},
                                                 {"moderation", judged},
                                                 {"query", none}}};
static_assert(static_cast<std::size_t>(Use::query) + 1 == Tally::uses);
static_assert(static_cast<std::size_t>(RouteClass::other) + 1 == classes.size());
static_assert(static_cast<std::size_t>(Judged::appealed) + 1 == judged.size());

constexpr std::array<std::size_t, Tally::uses + 1> first_slots() {
  std::array<std::size_t, Tally::uses + 1> first{};
  for (std::size_t i = 0; i < Tally::uses; ++i) first[i + 1] = first[i] + table[i].slots();
  return first;
}
constexpr auto first_slot = first_slots();
static_assert(first_slot.back() == Tally::slots);

constexpr const Row& row_of(Use use) { return table[static_cast<std::size_t>(use)]; }

// Of an index beyond the labels the last one's: a count is never lost, nor put elsewhere.
std::size_t slot_of(Use use, std::size_t label) {
  return first_slot[static_cast<std::size_t>(use)] + std::min(label, row_of(use).slots() - 1);
}

Use use_of(std::size_t slot) {
  const auto after = std::ranges::upper_bound(first_slot, slot);
  return static_cast<Use>(after - first_slot.begin() - 1);
}

Tally::Count nothing_of(std::size_t slot) {
  const Use use = use_of(slot);
  return {.use = use, .label = slot - first_slot[static_cast<std::size_t>(use)]};
}

}  // namespace

std::size_t Tally::shard_of_thread() noexcept {
  static std::atomic<std::size_t> threads{0};
  thread_local const std::size_t mine = threads.fetch_add(1, std::memory_order_relaxed) % shards;
  return mine;
}

void Tally::add(Use use, std::size_t label, std::int64_t count, std::int64_t amount) noexcept {
  Cell& cell = shards_[shard_of_thread()].cells[slot_of(use, label)];
  cell.count.fetch_add(count, std::memory_order_relaxed);
  if (amount != 0) cell.amount.fetch_add(amount, std::memory_order_relaxed);
}

void Tally::count(Use use, std::string_view label, std::int64_t amount) noexcept {
  const Names labels = row_of(use).labels;
  const auto found = std::ranges::find(labels, label);
  add(use, static_cast<std::size_t>(found - labels.begin()), 1, amount);
}

void Tally::count_request(RouteClass about, int status, std::int64_t bytes, Micros duration,
                          bool timed) noexcept {
  const auto label = static_cast<std::size_t>(about);
  add(Use::request, label, 1, bytes);
  if (timed) {
    const auto bucket = static_cast<std::size_t>(
        std::ranges::lower_bound(time_bounds, std::min(duration, time_bounds.back())) -
        time_bounds.begin());
    add(Use::route_time, label * time_bounds.size() + bucket, 1, duration);
  }
  if (status >= 400) add(Use::error, status >= 500 ? 1 : 0, 1, 0);
}

std::vector<Tally::Count> Tally::drain() {
  std::vector<Count> counts;
  const std::lock_guard lock(mutex_);
  for (std::size_t slot = 0; slot < slots; ++slot) {
    Count sum = nothing_of(slot);
    for (Shard& shard : shards_) {
      Cell& cell = shard.cells[slot];
      // Mostly there is nothing: a look does not take the line from who counts.
      if (cell.count.load(std::memory_order_relaxed) != 0) {
        sum.count += cell.count.exchange(0, std::memory_order_relaxed);
      }
      if (cell.amount.load(std::memory_order_relaxed) != 0) {
        sum.amount += cell.amount.exchange(0, std::memory_order_relaxed);
      }
    }
    drained_[slot].count += sum.count;
    drained_[slot].amount += sum.amount;
    if (sum.count != 0 || sum.amount != 0) counts.push_back(sum);
  }
  return counts;
}

void Tally::put_back(std::span<const Count> counts) {
  const std::lock_guard lock(mutex_);
  for (const Count& each : counts) {
    add(each.use, each.label, each.count, each.amount);
    Count& drained = drained_[slot_of(each.use, each.label)];
    drained.count -= each.count;
    drained.amount -= each.amount;
  }
}

std::vector<Tally::Count> Tally::totals() {
  std::vector<Count> counts;
  const std::lock_guard lock(mutex_);
  for (std::size_t slot = 0; slot < slots; ++slot) {
    Count sum = nothing_of(slot);
    sum.count = drained_[slot].count;
    sum.amount = drained_[slot].amount;
    for (const Shard& shard : shards_) {
      sum.count += shard.cells[slot].count.load(std::memory_order_relaxed);
      sum.amount += shard.cells[slot].amount.load(std::memory_order_relaxed);
    }
    sum.count = told_[slot] = std::max(told_[slot], sum.count);
    counts.push_back(sum);
  }
  return counts;
}

std::string_view name_of(Use use) { return row_of(use).name; }

std::size_t labels_of(Use use) { return row_of(use).slots(); }

std::string label_of(Use use, std::size_t label) {
  const Row& row = row_of(use);
  label = std::min(label, row.slots() - 1);
  if (!row.by_time) return std::string(row.labels[label]);
  std::string text(row.labels[label / time_bounds.size()]);
  return text.append("/").append(std::to_string(time_bounds[label % time_bounds.size()]));
}

Tally& tally() {
  static Tally the_process;
  return the_process;
}

}  // namespace picsharz
