#include "base/rest.h"

#include <gtest/gtest.h>

#include <thread>

namespace picsharz {
namespace {

TEST(Rest, LastsAsLongAsItIsSaid) {
  Rest rest;
  const SystemClock clock;
  const Micros begin = clock.steady();
  EXPECT_TRUE(rest.for_time(5'000));
  EXPECT_GE(clock.steady() - begin, 5'000);
  EXPECT_TRUE(rest.beside(1'000));
  EXPECT_GE(clock.steady() - begin, 14'000);
}

TEST(Rest, TheEndCutsItShortAndAllThatFollow) {
  Rest rest;
  std::thread sleeper([&] { EXPECT_FALSE(rest.for_time(hour)); });
  rest.end();
  sleeper.join();
  EXPECT_FALSE(rest.beside(hour));
}

}  // namespace
}  // namespace picsharz
