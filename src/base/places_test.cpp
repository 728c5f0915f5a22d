#include "base/places.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace picsharz {
namespace {

using namespace std::chrono_literals;

void wait_for_waiting(const Places& places, int count) {
  while (places.waiting() != count) std::this_thread::yield();
}

TEST(Places, AreAsManyAsThereAre) {
  Places places(2);
  EXPECT_TRUE(places.take(0us));
  EXPECT_TRUE(places.take(0us));
  EXPECT_FALSE(places.take(1ms));
  EXPECT_EQ(places.taken(), 2);
  EXPECT_EQ(places.waiting(), 0);
  places.give_back();
  EXPECT_EQ(places.taken(), 1);
  EXPECT_TRUE(places.take(0us));
}

TEST(Places, WhoWaitsIsNotOvertaken) {
  Places places(1);
  ASSERT_TRUE(places.take(0us));
  std::atomic<bool> given = false;
  std::thread other([&] { given = places.take(1h); });
  wait_for_waiting(places, 1);
  places.give_back();
  EXPECT_FALSE(places.take(0us));  // it is the other one's, awake or not
  other.join();
  EXPECT_TRUE(given);
  places.give_back();
  EXPECT_TRUE(places.take(0us));
}

TEST(Places, ComeInTheOrderInWhichTheyWereAskedFor) {
  Places places(1);
  ASSERT_TRUE(places.take(0us));
  std::vector<int> order;
  std::vector<std::thread> threads;
  for (int i = 0; i < 5; ++i) {
    threads.emplace_back([&, i] {
      if (!places.take(1h)) return;
      order.push_back(i);
      places.give_back();
    });
    wait_for_waiting(places, i + 1);
  }
  places.give_back();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4}));
  EXPECT_EQ(places.taken(), 0);
}

TEST(Places, WhoGaveUpIsNotWaitedFor) {
  Places places(1);
  ASSERT_TRUE(places.take(0us));
  EXPECT_FALSE(places.take(1ms));
  std::thread other([&] { EXPECT_TRUE(places.take(1h)); });
  wait_for_waiting(places, 1);
  places.give_back();
  other.join();
  EXPECT_EQ(places.taken(), 1);
}

}  // namespace
}  // namespace picsharz
