#include "vision/embedding.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <random>

namespace picsharz::vision {
namespace {

TEST(Embedding, TheCosineOfDirections) {
  const Embedding east = embedding_of(std::array{3.0F, 0.0F});
  const Embedding north = embedding_of(std::array{0.0F, 0.1F});
  const Embedding between = embedding_of(std::array{2.0F, 2.0F});
  EXPECT_DOUBLE_EQ(cosine(east, east), 1);
  EXPECT_DOUBLE_EQ(cosine(east, north), 0);
  EXPECT_NEAR(cosine(east, between), std::sqrt(0.5), 1e-9);
  EXPECT_DOUBLE_EQ(cosine(east, embedding_of(std::array{-5.0F, 0.0F})), -1);
}

TEST(Embedding, WhatCannotBeComparedIsNotAlike) {
  const Embedding some = embedding_of(std::array{1.0F, 2.0F});
  EXPECT_EQ(embedding_of({}), Embedding{});
  EXPECT_EQ(embedding_of(std::array{0.0F, 0.0F}), Embedding{});
  EXPECT_EQ(cosine(some, {}), 0);
  EXPECT_EQ(cosine(some, embedding_of(std::array{1.0F, 2.0F, 3.0F})), 0);
}

// Eight bits are enough: of 1,280 numbers as the model gives them the cosine moves by little.
TEST(Embedding, EightBitsAreEnough) {
  std::mt19937 random(7);
  std::exponential_distribution<float> often_small(2);
  std::vector<float> a(1'280), b(1'280);
  for (std::size_t i = 0; i < a.size(); ++i) {
    a[i] = often_small(random);
    b[i] = i % 3 == 0 ? a[i] : often_small(random);
  }
  double product = 0, of_a = 0, of_b = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    product += a[i] * b[i];
    of_a += a[i] * a[i];
    of_b += b[i] * b[i];
  }
  EXPECT_NEAR(cosine(embedding_of(a), embedding_of(b)), product / std::sqrt(of_a * of_b), 0.003);
}

TEST(Embedding, IsTheSameAfterTheDatabase) {
  const Embedding some = embedding_of(std::array{1.0F, -2.0F, 0.0F, 0.5F});
  EXPECT_EQ(embedding_from(bytes_of(some)), some);
  EXPECT_EQ(embedding_from(""), Embedding{});
}

}  // namespace
}  // namespace picsharz::vision
