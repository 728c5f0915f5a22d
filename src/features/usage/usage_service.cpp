#include "features/usage/usage_service.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <iterator>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "base/cpu_meter.h"
#include "base/log.h"
#include "features/usage/usage_rules.h"

namespace picsharz::usage {

namespace {

// By time, kind and label, each once: two processes write rows in one order, and nobody waits for
// the other's.
std::vector<Counted> rows_of(std::span<const Tally::Count> counts, std::span<const Counted> sampled,
                             Micros at) {
  std::map<std::pair<std::string, std::string>, Counted> rows;
  const auto add = [&](const std::string& kind, const std::string& label, std::int64_t count,
                       std::int64_t amount) {
    Counted& row = rows[{kind, label}];
    row = {at, kind, label, row.count + count, row.amount + amount};
  };
  for (const Tally::Count& each : counts) {
    const std::string label = label_of(each.use, each.label);
    add(std::string(name_of(each.use)), label, each.count, each.amount);
    if (each.use == Use::route_time) {
      add("request_time", label.substr(label.find('/') + 1), each.count, each.amount);
    }
  }
  for (const Counted& each : sampled) add(each.kind, each.label, each.count, each.amount);
  std::vector<Counted> sorted;
  sorted.reserve(rows.size());
  for (auto& [key, row] : rows) sorted.push_back(std::move(row));
  return sorted;
}

// A source that cannot be read is left out this time: it keeps nothing else from being written.
template <class Read>
auto reading(const Read& read) -> std::optional<decltype(read())> {
  try {
    return read();
  } catch (const std::exception& failure) {
    log_warning("a source of counts was not read", {{"detail", failure.what()}});
    return std::nullopt;
  }
}

std::int64_t value_of(std::span<const std::pair<std::string, std::int64_t>> values,
                      std::string_view label) {
  const auto found = std::ranges::find(values, label, &std::pair<std::string, std::int64_t>::first);
  return found == values.end() ? 0 : found->second;
}

}  // namespace

UsageService::UsageService(db::Database& database, const Clock& clock, Tally& tally,
                           SeenMembers& members)
    : database_(database), clock_(clock), tally_(tally), members_(members), since_(clock.now()) {}

UsageService::~UsageService() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void UsageService::viewed(PhotoId photo) {
  tally_.count(Use::view);
  interest_.viewed(photo);
}

void UsageService::searched(std::string_view typed, bool found, std::string_view searcher) {
  tally_.count(Use::search);
  if (!found) tally_.count(Use::search_empty);
  interest_.searched(kept_words(typed), found, searcher);
}

void UsageService::add_counter(std::string kind, std::string label, As as, Read read) {
  add_counters(std::move(kind), as, [label = std::move(label), read = std::move(read)] {
    return std::vector<std::pair<std::string, std::int64_t>>{{label, read()}};
  });
}

void UsageService::add_counters(std::string kind, As as, ReadAll read) {
  sources_.push_back({std::move(kind), as, std::move(read)});
}

void UsageService::add_gauge(std::string label, Read read) {
  gauges_.push_back({std::move(label), std::move(read)});
}

bool UsageService::Load::empty() const {
  return counts.empty() && members.empty() && interest.empty() && sampled.empty() && gauges.empty();
}

// Nothing but what the program uses itself, which always grows: amounts, as CPU is.
bool UsageService::Load::is_idle() const {
  const auto is_amount = [](const Counted& each) { return each.amount > 0; };
  return counts.empty() && members.empty() && interest.empty() &&
         std::ranges::all_of(sampled, is_amount);
}

UsageService::Load UsageService::take(bool wanted) {
  Load load;
  const Micros now = clock_.now();
  load.due = wanted || now >= gauged_at_ + sample_interval || now < gauged_at_ ||
             hour_of(now) != hour_of(since_);
  read_counters(load);
  if (load.due) read_gauges(load);
  load.counts = tally_.drain();
  load.members = members_.take();
  if (load.members.size() > members_at_once) {
    load.later.assign(load.members.begin() + members_at_once, load.members.end());
    load.members.resize(members_at_once);
  }
  std::ranges::sort(load.members);
  load.interest = interest_.take();
  if (!load.due && load.is_idle()) {
    load.sampled.clear();
    read_.clear();
  }
  return load;
}

void UsageService::read_counters(Load& load) {
  read_.assign(sources_.size(), {});
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    const Source& source = sources_[i];
    read_[i] = reading(source.read).value_or(source.written);
    for (const auto& [label, value] : read_[i]) {
      const std::int64_t more = value - value_of(source.written, label);
      if (more <= 0) continue;
      load.sampled.push_back({.at = 0,
                              .kind = source.kind,
                              .label = label,
                              .count = source.as == As::count ? more : 1,
                              .amount = source.as == As::count ? 0 : more});
    }
  }
}

void UsageService::read_gauges(Load& load) {
  for (const Gauge& gauge : gauges_) {
    const auto value = reading(gauge.read);
    if (!value) continue;
    load.gauges.push_back(
        {.at = 0, .kind = "gauge", .label = gauge.label, .count = 1, .amount = *value});
  }
  std::ranges::sort(load.gauges, {}, &Counted::label);
}

void UsageService::is_written(const Load& load) {
  for (std::size_t i = 0; i < read_.size(); ++i) sources_[i].written = std::move(read_[i]);
  read_.clear();
  if (load.due) gauged_at_ = clock_.now();
}

void UsageService::put_back(Load& load) {
  tally_.put_back(load.counts);
  members_.put_back(load.members);
  members_.put_back(load.later);
  interest_.put_back(load.interest);
  read_.clear();
}

void UsageService::flush(bool sample) { flush(sample, false); }

// Who was here belongs to the day on which that was noticed: at its end nobody is left, either.
void UsageService::flush(bool sample, bool all) {
  const std::lock_guard lock(flushing_);
  const Micros at = since_;
  const Micros now = clock_.now();
  const bool day_is_over = day_of(now) != day_of(at);
  while (write_some(sample, at) && (all || day_is_over)) sample = false;
  since_ = now;
  if (!day_is_over) return;
  members_.forget();
  interest_.forget_searchers();
}

// Whether members are left for the next one.
bool UsageService::write_some(bool sample, Micros at) {
  Load load = take(sample);
  if (load.empty()) return false;
  try {
    database_.write([&](db::Tx& tx) { write(tx, load, at); });
  } catch (...) {
    put_back(load);
    throw;
  }
  is_written(load);
  members_.put_back(load.later);
  return !load.later.empty();
}

void UsageService::write(db::Tx& tx, const Load& load, Micros at) {
  for (const Step step : {Step::hour, Step::day}) {
    const Micros begin = step == Step::hour ? hour_of(at) : day_of(at);
    for (const Counted& row : rows_of(load.counts, load.sampled, begin)) rows_.add(tx, step, row);
    for (Counted gauge : load.gauges) {
      gauge.at = begin;
      rows_.set(tx, step, gauge);
    }
  }
  for (const AccountId account : load.members) rows_.add_active(tx, day_of(at), account);
  write_interest(tx, load.interest, day_of(at));
}

void UsageService::write_interest(db::Tx& tx, const Interest::Taken& interest, Micros at) {
  for (const auto& [photo, views] : interest.views) rows_.add_views(tx, at, photo, views);
  if (interest.words.empty()) return;
  // What nobody can fill: a day has room for so many different searches.
  std::int64_t room = words_per_day - rows_.words_of_day(tx, at);
  for (const auto& [words, counted] : interest.words) {
    const SearchedWords row{words, counted.searches, counted.without_result};
    if (rows_.add_words(tx, at, row, true)) continue;
    if (room-- > 0) rows_.add_words(tx, at, row, false);
  }
}

void UsageService::start() {
  thread_ = std::thread([this] { run(); });
}

void UsageService::stop() {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
  }
  stop_.notify_all();
  if (!thread_.joinable()) return;
  thread_.join();
  try {
    flush(true, true);
  } catch (const std::exception& failure) {
    log_warning("the last counts of use are lost", {{"detail", failure.what()}});
  }
}

// Not beyond the end of an hour: what is counted belongs to the hour in which it began to be.
Micros UsageService::until_next() const {
  const Micros now = clock_.now();
  return std::clamp(hour_of(now) + hour - now, second / 100, flush_interval);
}

void UsageService::run() {
  meter_thread("upkeep");
  bool failed = false;
  std::unique_lock lock(mutex_);
  while (!stop_.wait_for(lock, std::chrono::microseconds(until_next()),
                         [this] { return stopping_; })) {
    lock.unlock();
    try {
      flush();
      failed = false;
    } catch (const std::exception& failure) {
      if (!failed) log_warning("counts of use wait", {{"detail", failure.what()}});
      failed = true;
    }
    lock.lock();
  }
}

std::vector<Counted> UsageService::counted(Micros from, Micros to, Step step) {
  return database_.read([&](db::Tx& tx) { return rows_.counted(tx, step, from, to); });
}

std::vector<Counted> UsageService::counted(Micros from, Micros to, Step step,
                                           std::span<const std::string_view> kinds) {
  return database_.read([&](db::Tx& tx) { return rows_.counted(tx, step, from, to, kinds); });
}

std::vector<ActiveCount> UsageService::active(Micros from, Micros to) {
  return database_.read([&](db::Tx& tx) { return rows_.active(tx, from, to); });
}

std::int64_t UsageService::active_today() {
  const Micros today = day_of(clock_.now());
  return database_.read([&](db::Tx& tx) { return rows_.active_on(tx, today); });
}

std::vector<RetentionWeek> UsageService::retention(Micros from, Micros to) {
  return database_.read([&](db::Tx& tx) { return rows_.retention(tx, from, to); });
}

std::vector<SearchedWords> UsageService::searched_words(Micros from, Micros to, bool without_result,
                                                        int limit) {
  return database_.read(
      [&](db::Tx& tx) { return rows_.words(tx, from, to, without_result, limit); });
}

std::vector<ViewedPhoto> UsageService::viewed_photos(Micros from, Micros to, int limit) {
  return database_.read([&](db::Tx& tx) { return rows_.viewed(tx, from, to, limit); });
}

}  // namespace picsharz::usage
