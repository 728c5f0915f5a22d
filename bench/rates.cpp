// bench_rates    CPU nanoseconds of counting one request for its address and its member and of
//                writing the two lines of the answer: the fastest of many rounds
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <limits>
#include <string>
#include <vector>

#include "http/rate_limits.h"

namespace picsharz::bench {

namespace {

constexpr int senders = 10'000;
constexpr int rounds = 100;

double cpu_now() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

int run() {
  http::RateRules rules;
  rules.per_minute.fill(1'000'000);
  const SystemClock clock;
  http::RateLimits limits(clock, rules);
  std::vector<std::string> addresses;
  addresses.reserve(senders);
  for (int i = 0; i < senders; ++i) {
    addresses.push_back("10." + std::to_string(i % 7) + "." + std::to_string(i / 250) + "." +
                        std::to_string(i % 250));
  }
  std::string head;
  std::size_t written = 0;
  double fastest = std::numeric_limits<double>::max();
  for (int round = 0; round < rounds; ++round) {
    const double began = cpu_now();
    for (int i = 0; i < senders; ++i) {
      const Viewer viewer{.account = AccountId{i + 1}};
      limits.count(http::RateClass::read, addresses[static_cast<std::size_t>(i)]);
      const auto told = limits.count(http::RateClass::read, viewer);
      head.clear();
      limits.append_lines(head, told);
      written += head.size();
    }
    fastest = std::min(fastest, (cpu_now() - began) / senders);
  }
  std::printf("%.0f\n", fastest);
  return written > 0 ? 0 : 1;
}

}  // namespace

}  // namespace picsharz::bench

int main() { return picsharz::bench::run(); }
