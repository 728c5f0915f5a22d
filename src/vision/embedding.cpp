#include "vision/embedding.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace picsharz::vision {

namespace {

constexpr double whole = 127;

double squares(std::span<const std::int8_t> values) {
  return std::inner_product(values.begin(), values.end(), values.begin(), 0.0);
}

}  // namespace

// The scale is by the largest number and not by the length: of 1,280 numbers of a vector of length
// 1 most would be rounded to 0 or 1. cosine() divides by the lengths.
Embedding embedding_of(std::span<const float> numbers) {
  float largest = 0;
  for (const float number : numbers) largest = std::max(largest, std::abs(number));
  Embedding embedding;
  if (!(largest > 0)) return embedding;
  embedding.reserve(numbers.size());
  for (const float number : numbers) {
    embedding.push_back(static_cast<std::int8_t>(std::lround(whole * number / largest)));
  }
  return embedding;
}

double cosine(std::span<const std::int8_t> a, std::span<const std::int8_t> b) {
  if (a.empty() || a.size() != b.size()) return 0;
  // 8,192 products of at most 127 * 127 fit into 32 bits, and so this is vectorised.
  std::int32_t product = 0;
  for (std::size_t i = 0; i < a.size(); ++i) product += std::int32_t{a[i]} * b[i];
  return product / std::sqrt(squares(a) * squares(b));
}

std::string bytes_of(const Embedding& embedding) {
  std::string bytes;
  bytes.reserve(embedding.size());
  for (const std::int8_t number : embedding) bytes.push_back(static_cast<char>(number));
  return bytes;
}

Embedding embedding_from(std::string_view bytes) {
  Embedding embedding;
  embedding.reserve(bytes.size());
  for (const char byte : bytes) embedding.push_back(static_cast<std::int8_t>(byte));
  return embedding;
}

}  // namespace picsharz::vision
