// Chance that repeats: everything drawn from one seed.
//
// What:      Dice draws numbers; Weighted draws an index with a probability proportional to its
//            weight.
// Threads:   a Dice belongs to one thread; a Weighted is immutable.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string_view>
#include <utility>
#include <vector>

namespace picsharz::bench {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : source_(seed) {}

  // Of [0, 1). Written out: the distributions of the standard library differ between libraries.
  double real() { return static_cast<double>(source_() >> 11) * 0x1.0p-53; }
  // Of 0 .. count - 1.
  std::size_t below(std::size_t count) {
    return static_cast<std::size_t>(real() * static_cast<double>(count));
  }
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(below(static_cast<std::size_t>(high - low + 1)));
  }
  bool chance(double probability) { return real() < probability; }
  // Heavy tail: at least `least`, mean least * shape / (shape - 1).
  double pareto(double least, double shape) { return least * std::pow(1 - real(), -1 / shape); }
  template <std::size_t N>
  std::string_view one_of(const std::string_view (&words)[N]) {
    return words[below(N)];
  }
  template <class T>
  void shuffle(std::vector<T>& items) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
  }

 private:
  std::mt19937_64 source_;
};

class Weighted {
 public:
  explicit Weighted(const std::vector<double>& weights) {
    double sum = 0;
    for (const double weight : weights) sums_.push_back(sum += weight);
  }
  // Zipf's law over `count` ranks; a larger `offset` flattens the head.
  static Weighted zipf(std::size_t count, double exponent, double offset) {
    std::vector<double> weights(count);
    for (std::size_t rank = 0; rank < count; ++rank) {
      weights[rank] = std::pow(static_cast<double>(rank) + offset, -exponent);
    }
    return Weighted(weights);
  }
  std::size_t draw(Dice& dice) const {
    const auto found = std::ranges::upper_bound(sums_, dice.real() * sums_.back());
    return std::min<std::size_t>(static_cast<std::size_t>(found - sums_.begin()), sums_.size() - 1);
  }

 private:
  std::vector<double> sums_;
};

}  // namespace picsharz::bench
