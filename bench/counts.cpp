// bench_counts    CPU nanoseconds of counting one request, one like, one member who is known, one
//                 view of a photo and one search, by as many threads as there are cores: the
//                 fastest of many rounds
#include <algorithm>
#include <atomic>
#include <barrier>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <limits>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/seen_members.h"
#include "base/tally.h"
#include "features/usage/interest.h"
#include "features/usage/usage_limits.h"
#include "features/usage/usage_rules.h"

namespace picsharz::bench {

namespace {

constexpr int members = 10'000;
constexpr int rounds = 50;

double cpu_now() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

// Of the slowest thread in the fastest round.
template <class Work>
double fastest(Work&& work) {
  const auto threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  std::vector<double> spent(static_cast<std::size_t>(threads));
  double best = std::numeric_limits<double>::max();
  for (int round = 0; round < rounds; ++round) {
    std::barrier begin(threads);
    std::vector<std::jthread> running;
    running.reserve(spent.size());
    for (int thread = 0; thread < threads; ++thread) {
      running.emplace_back([&, thread] {
        begin.arrive_and_wait();
        const double began = cpu_now();
        for (int i = 1; i <= members; ++i) work(i);
        spent[static_cast<std::size_t>(thread)] = (cpu_now() - began) / members;
      });
    }
    running.clear();
    best = std::min(best, *std::ranges::max_element(spent));
  }
  return best;
}

int run() {
  const auto tally = std::make_unique<Tally>();
  SeenMembers here;
  const double request =
      fastest([&](int i) { tally->count_request(RouteClass::feed, 200, 20'000, 100 + i, true); });
  const double like = fastest([&](int) { tally->count(Use::like); });
  const double seen = fastest([&](int i) { here.seen(AccountId{i}); });
  // Views of as many photos, and words of as many searches, as are kept until they are written.
  usage::Interest interest;
  const double view = fastest([&](int i) {
    tally->count(Use::view);
    interest.viewed(PhotoId{i % static_cast<int>(usage::views_waiting)});
  });
  std::vector<std::string> typed;
  typed.reserve(usage::words_waiting);
  for (std::size_t i = 0; i < usage::words_waiting; ++i) {
    typed.push_back("Harbour at dawn " + std::to_string(i));
  }
  // Somebody new each time; the day ends with each round.
  std::atomic<int> searcher = 0;
  const double search = fastest([&](int i) {
    if (i == 1) interest.forget_searchers();
    tally->count(Use::search);
    interest.searched(usage::kept_words(typed[static_cast<std::size_t>(i) % typed.size()]), true,
                      std::to_string(searcher.fetch_add(1)));
  });
  std::printf("%.0f %.0f %.0f %.0f %.0f\n", request, like, seen, view, search);
  return tally->drain().empty() ? 1 : 0;
}

}  // namespace

}  // namespace picsharz::bench

int main() { return picsharz::bench::run(); }
