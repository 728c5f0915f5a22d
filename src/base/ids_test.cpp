#include "base/ids.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <set>
#include <thread>
#include <vector>

namespace picsharz {
namespace {

TEST(Ids, ParseTakesDigitsOnly) {
  EXPECT_EQ(PhotoId::parse("42"), PhotoId{42});
  EXPECT_EQ(PhotoId::parse("9223372036854775807"),
            PhotoId{std::numeric_limits<std::int64_t>::max()});
  for (const char* text : {"", "0", "-1", "+1", "042", "4 2", "4a", "9223372036854775808",
                           "99999999999999999999", "1e3"}) {
    EXPECT_EQ(PhotoId::parse(text), std::nullopt) << text;
  }
}

TEST(Ids, GrowWithTimeAndNeverRepeat) {
  FakeClock clock;
  IdSource source(clock, 7);
  std::int64_t last = 0;
  for (int i = 0; i < 50'000; ++i) {  // more than one millisecond holds
    const auto id = source.next<PhotoId>().value;
    ASSERT_GT(id, last);
    last = id;
  }
  clock.advance(-hour);  // a clock that steps back
  EXPECT_GT(source.next<PhotoId>().value, last);
  clock.advance(2 * hour);
  EXPECT_GT(source.next<PhotoId>().value, last);
}

TEST(Ids, AreUniqueAcrossThreadsAndNodes) {
  const FakeClock clock;
  IdSource first(clock, 1);
  IdSource second(clock, 2);
  std::vector<std::vector<std::int64_t>> made(4);
  std::vector<std::thread> threads;
  threads.reserve(made.size());
  for (std::size_t t = 0; t < made.size(); ++t) {
    threads.emplace_back([&, t] {
      IdSource& source = t % 2 == 0 ? first : second;
      for (int i = 0; i < 5'000; ++i) made[t].push_back(source.next<JobId>().value);
    });
  }
  for (auto& thread : threads) thread.join();
  std::set<std::int64_t> all;
  for (const auto& ids : made) all.insert(ids.begin(), ids.end());
  EXPECT_EQ(all.size(), 20'000U);
}

TEST(FormatTime, IsRfc3339) {
  EXPECT_EQ(format_time(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(format_time(1'795'377'600 * second + 123'456), "2026-11-22T20:00:00.123Z");
}

}  // namespace
}  // namespace picsharz
