// Use: what was counted in memory is written every ten seconds, and read here.
//
// What:      flush() adds what was counted since the last one to the hour and the day in which that
//            began, in one transaction: several processes add up. With it go who was here today,
//            words that were looked for, views of photos, what others count by themselves (CPU,
//            mails), and once a minute gauges, of which the last value stays. That CPU grew is no
//            reason to write: an idle program does so once a minute.
// Lost:      what a process that is killed has not written: at most ten seconds of it, and of CPU
//            beside which nothing else was counted a minute. What cannot be written because the
//            database is down is kept and written when it is back; where an answer of the database
//            is lost, it may be written twice.
// Privacy:   no person is in anything but active_days, which goes with the account
//            (usage_upkeep_service.h says when it goes anyway).
// Threads:   thread-safe; sources are added before start().
// Failures:  those of the database; the thread logs the first of a row.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/seen_members.h"
#include "base/tally.h"
#include "db/database.h"
#include "features/usage/interest.h"
#include "features/usage/usage.h"
#include "features/usage/usage_store.h"

namespace picsharz::usage {

class UsageService {
 public:
  enum class As { count, amount };
  using Read = std::function<std::int64_t()>;

  UsageService(db::Database& database, const Clock& clock, Tally& tally, SeenMembers& members);
  ~UsageService();
  UsageService(const UsageService&) = delete;
  UsageService& operator=(const UsageService&) = delete;

  // A photo's page was opened by somebody who is not its owner.
  void viewed(PhotoId photo);
  // What somebody typed, whether there was a result, and who: see Interest::searched().
  void searched(std::string_view typed, bool found, std::string_view searcher);

  // What only grows, and is read at every flush; what was before the first reading counts, too.
  void add_counter(std::string kind, std::string label, As as, Read read);
  // Several such at once, label and amount; a label may appear later.
  using ReadAll = std::function<std::vector<std::pair<std::string, std::int64_t>>()>;
  void add_counters(std::string kind, As as, ReadAll read);
  void add_gauge(std::string label, Read read);

  void start();
  void stop();  // after everything that counts: flushes what is left
  // The thread's work, and a test's. `sample`: with gauges, whenever they were read.
  void flush(bool sample = false);

  // Ordered by time, kind and label; from (in) to (out). Of an hour or a day that is not over, what
  // is written already.
  std::vector<Counted> counted(Micros from, Micros to, Step step);
  std::vector<Counted> counted(Micros from, Micros to, Step step,
                               std::span<const std::string_view> kinds);
  std::vector<ActiveCount> active(Micros from, Micros to);
  std::int64_t active_today();
  std::vector<RetentionWeek> retention(Micros from, Micros to);  // of cohorts
  // Most often first; `without_result`: those that found nothing, the most often in vain first.
  std::vector<SearchedWords> searched_words(Micros from, Micros to, bool without_result, int limit);
  std::vector<ViewedPhoto> viewed_photos(Micros from, Micros to, int limit);

 private:
  struct Source {
    std::string kind;
    As as = As::count;
    ReadAll read;
    std::vector<std::pair<std::string, std::int64_t>> written{};  // as far as that
  };
  struct Gauge {
    std::string label;
    Read read;
  };
  // What one flush writes.
  struct Load {
    std::vector<Tally::Count> counts;
    std::vector<AccountId> members;
    std::vector<AccountId> later;  // members whom the next flush writes
    Interest::Taken interest;
    std::vector<Counted> sampled;  // counters' growth
    std::vector<Counted> gauges;
    bool due = false;  // so that gauges were read
    bool empty() const;
    bool is_idle() const;
  };

  void run();
  // `all`: nobody is left for the next one.
  void flush(bool sample, bool all);
  bool write_some(bool sample, Micros at);
  Load take(bool sample);
  void read_counters(Load& load);
  void read_gauges(Load& load);
  void put_back(Load& load);
  void write(db::Tx& tx, const Load& load, Micros at);
  void write_interest(db::Tx& tx, const Interest::Taken& interest, Micros day);
  void is_written(const Load& load);
  Micros until_next() const;

  db::Database& database_;
  const Clock& clock_;
  Tally& tally_;
  SeenMembers& members_;
  Interest interest_;
  UsageStore rows_;
  std::vector<Source> sources_;
  std::vector<Gauge> gauges_;

  std::mutex flushing_;  // one at a time; guards the rest
  Micros since_;         // when what is counted now began
  Micros gauged_at_ = 0;
  // What was read of each source and is about to be written.
  std::vector<std::vector<std::pair<std::string, std::int64_t>>> read_;

  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace picsharz::usage
