#include "base/generation_map.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace picsharz {
namespace {

TEST(GenerationMap, FindsWhatWasPutAndForgetsWhatWasErased) {
  GenerationMap<int, std::string> map(100);
  EXPECT_EQ(map.find(1), nullptr);
  map.put(1, "one", 1);
  map.put(1, "uno", 1);
  ASSERT_NE(map.find(1), nullptr);
  EXPECT_EQ(*map.find(1), "uno");
  EXPECT_EQ(map.size(), 1u);
  map.erase(1);
  EXPECT_EQ(map.find(1), nullptr);
  map.put(2, "two", 1);
  map.clear();
  EXPECT_EQ(map.find(2), nullptr);
}

TEST(GenerationMap, WhatIsAskedForStaysAndTheOthersGo) {
  GenerationMap<int, int> map(20);
  map.put(0, 42, 1);
  for (int key = 1; key < 1000; ++key) {
    map.put(key, key, 1);
    ASSERT_NE(map.find(0), nullptr) << key;
    EXPECT_LE(map.size(), 20u);
  }
  EXPECT_EQ(*map.find(0), 42);
  EXPECT_EQ(map.find(1), nullptr);
  EXPECT_NE(map.find(999), nullptr);
}

TEST(GenerationMap, LookingOnlyTellsWhatGoesSoon) {
  GenerationMap<int, int> map(20);
  map.put(0, 42, 1);
  bool aged = false;
  EXPECT_EQ(*map.peek(0, aged), 42);
  EXPECT_FALSE(aged);
  for (int key = 1; key <= 10; ++key) map.put(key, key, 1);
  EXPECT_EQ(*map.peek(0, aged), 42);
  EXPECT_TRUE(aged);
  aged = false;
  EXPECT_EQ(map.peek(99, aged), nullptr);
  EXPECT_FALSE(aged);
  map.find(0);
  EXPECT_EQ(*map.peek(0, aged), 42);
  EXPECT_FALSE(aged);
  for (int key = 11; key <= 30; ++key) map.put(key, key, 1);
  EXPECT_EQ(map.peek(0, aged), nullptr);  // to look is not to ask for it
}

TEST(GenerationMap, NeverHoldsMoreThanItsWeightAndNeverAnOldValue) {
  std::mt19937 random(7);
  GenerationMap<int, int> map(64);
  std::unordered_map<int, int> truth;
  for (int step = 0; step < 20'000; ++step) {
    const int key = static_cast<int>(random() % 50);
    switch (random() % 3) {
      case 0:
        truth[key] = step;
        map.put(key, step, 1 + random() % 8);
        break;
      case 1:
        truth.erase(key);
        map.erase(key);
        break;
      default:
        if (const int* found = map.find(key)) {
          ASSERT_EQ(*found, truth.at(key));
        }
    }
    ASSERT_LE(map.size(), 64u);
  }
}

}  // namespace
}  // namespace picsharz
