#include "base/cpu_meter.h"

#include <pthread.h>
#include <time.h>

#include <algorithm>
#include <mutex>
#include <utility>
#include <vector>

namespace picsharz {

namespace {

Micros read_clock(clockid_t clock) {
  timespec used{};
  if (::clock_gettime(clock, &used) != 0) return 0;
  return used.tv_sec * second + used.tv_nsec / 1000;
}

struct Meter;

struct Registry {
  std::mutex mutex;
  std::vector<Meter*> threads;
  std::map<std::string_view, Micros> used;  // booked already, of ended threads too
  std::map<std::string_view, Micros> children;
};

// Lives as long as threads may end: until after the last static is gone.
Registry& registry() {
  static auto* const the_process = new Registry;
  return *the_process;
}

struct Meter {
  Meter() {
    if (::pthread_getcpuclockid(::pthread_self(), &clock) != 0) clock = CLOCK_THREAD_CPUTIME_ID;
    booked = read_clock(clock);
    const std::lock_guard lock(registry().mutex);
    registry().threads.push_back(this);
  }
  ~Meter() {
    const std::lock_guard lock(registry().mutex);
    book();
    std::erase(registry().threads, this);
  }
  Meter(const Meter&) = delete;
  Meter& operator=(const Meter&) = delete;

  // With the lock.
  void book() {
    const Micros now = std::max(read_clock(clock), booked);
    if (!label.empty()) registry().used[label] += now - booked;
    booked = now;
  }

  clockid_t clock{};
  Micros booked = 0;
  std::string_view label;
};

// What the thread did until now is booked under its old label; that one is the answer.
std::string_view turn_to(std::string_view label) {
  thread_local Meter meter;
  const std::lock_guard lock(registry().mutex);
  meter.book();
  return std::exchange(meter.label, label);
}

}  // namespace

void meter_thread(std::string_view label) { turn_to(label); }

MeteredWork::MeteredWork(std::string_view label) : before_(turn_to(label)) {}
MeteredWork::~MeteredWork() { turn_to(before_); }

void meter_child(std::string_view label, const rusage& used) {
  const Micros whole = (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * second +
                       used.ru_utime.tv_usec + used.ru_stime.tv_usec;
  const std::lock_guard lock(registry().mutex);
  registry().children[label] += whole;
}

std::map<std::string_view, Micros> cpu_used() {
  Registry& all = registry();
  const std::lock_guard lock(all.mutex);
  // First: what threads use while they are read would be nobody's for ever.
  const Micros whole = read_clock(CLOCK_PROCESS_CPUTIME_ID);
  for (Meter* const thread : all.threads) thread->book();
  Micros known = 0;
  for (const auto& [label, used] : all.used) known += label == "other" ? 0 : used;
  Micros& other = all.used["other"];
  other = std::max(other, whole - known);
  auto answer = all.used;
  for (const auto& [label, used] : all.children) answer[label] += used;  // not of this process
  return answer;
}

}  // namespace picsharz
