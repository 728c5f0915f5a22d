#include "features/analytics/tag_statistics_rules.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

namespace picsharz::analytics {

namespace {

double entropy_term(double count, double expected) {
  return count > 0 && expected > 0 ? count * std::log(count / expected) : 0;
}

// How much more the past varies than chance alone makes a count vary, as a part of its square.
double overdispersion(std::span<const Week> past, double rate) {
  double excess = 0;
  double squares = 0;
  for (const Week& week : past) {
    const double expected = rate * static_cast<double>(week.all);
    const double off = static_cast<double>(week.count) - expected;
    excess += off * off - expected;
    squares += expected * expected;
  }
  return squares > 0 ? std::max(0.0, excess / squares) : 0;
}

// A graph whose nodes are moved between communities while that raises its modularity.
class Graph {
 public:
  Graph(std::size_t nodes, std::span<const Link> links)
      : neighbours_(nodes), own_(nodes, 0.0), strength_(nodes, 0.0) {
    for (const Link& link : links) add(link);
  }

  std::vector<std::size_t> settle() const {
    std::vector<std::size_t> home(neighbours_.size());
    std::iota(home.begin(), home.end(), std::size_t{0});
    std::vector<double> weights = strength_;
    // Each move raises the modularity, so this ends; the bound is for rounding errors.
    constexpr int rounds = 100;
    for (int round = 0; round < rounds; ++round) {
      bool moved = false;
      for (std::size_t node = 0; node < home.size(); ++node) moved |= move(node, home, weights);
      if (!moved) break;
    }
    return numbered(home);
  }

  // Communities become nodes; what was between nodes of one is a loop.
  Graph folded(const std::vector<std::size_t>& home, std::size_t count) const {
    std::map<std::pair<std::size_t, std::size_t>, double> sums;
    for (std::size_t node = 0; node < home.size(); ++node) {
      sums[{home[node], home[node]}] += own_[node];
      for (const auto& [other, weight] : neighbours_[node]) {
        if (other < node) continue;
        sums[std::minmax(home[node], home[other])] += weight;
      }
    }
    std::vector<Link> links;
    for (const auto& [ends, weight] : sums) {
      if (weight > 0) links.push_back({ends.first, ends.second, weight});
    }
    return {count, links};
  }

  static std::vector<std::size_t> numbered(const std::vector<std::size_t>& home) {
    std::map<std::size_t, std::size_t> numbers;
    std::vector<std::size_t> result;
    result.reserve(home.size());
    for (const std::size_t each : home) {
      result.push_back(numbers.try_emplace(each, numbers.size()).first->second);
    }
    return result;
  }

 private:
  void add(const Link& link) {
    strength_[link.from] += link.weight;
    strength_[link.to] += link.weight;
    total_ += link.weight;
    if (link.from == link.to) {
      own_[link.from] += link.weight;
      return;
    }
    neighbours_[link.from].emplace_back(link.to, link.weight);
    neighbours_[link.to].emplace_back(link.from, link.weight);
  }

  bool move(std::size_t node, std::vector<std::size_t>& home, std::vector<double>& weights) const {
    std::map<std::size_t, double> towards;
    towards[home[node]];
    for (const auto& [other, weight] : neighbours_[node]) towards[home[other]] += weight;
    const std::size_t before = home[node];
    weights[before] -= strength_[node];
    const auto gain = [&](std::size_t community) {
      return towards[community] - strength_[node] * weights[community] / (2 * total_);
    };
    std::size_t best = before;
    double most = gain(before);
    for (const auto& [community, weight] : towards) {
      constexpr double matters = 1e-12;
      if (const double here = gain(community); here > most + matters) {
        best = community;
        most = here;
      }
    }
    weights[best] += strength_[node];
    home[node] = best;
    return best != before;
  }

  std::vector<std::vector<std::pair<std::size_t, double>>> neighbours_;
  std::vector<double> own_;
  std::vector<double> strength_;
  double total_ = 0;
};

}  // namespace

double bond_of(const Pairing& pair) {
  if (pair.both <= 0 || pair.first <= 0 || pair.second <= 0 || pair.all <= 0) return -1;
  const auto all = static_cast<double>(pair.all);
  const double together = static_cast<double>(pair.both) / all;
  if (together >= 1) return 1;
  const double alone =
      static_cast<double>(pair.first) / all * (static_cast<double>(pair.second) / all);
  return std::log(together / alone) / -std::log(together);
}

double surprise_of(const Pairing& pair) {
  const auto all = static_cast<double>(pair.all);
  const auto first = static_cast<double>(pair.first);
  const auto second = static_cast<double>(pair.second);
  const auto both = static_cast<double>(pair.both);
  if (all <= 0) return 0;
  const double sum =
      entropy_term(both, first * second / all) +
      entropy_term(first - both, first * (all - second) / all) +
      entropy_term(second - both, (all - first) * second / all) +
      entropy_term(all - first - second + both, (all - first) * (all - second) / all);
  return 2 * sum;
}

Deviation deviation_of(std::span<const Week> past, const Week& last) {
  constexpr double unseen = 0.5;  // of one, in all of the past
  constexpr double anscombe = 3.0 / 8.0;
  double count = unseen;
  double all = 0;
  for (const Week& week : past) {
    count += static_cast<double>(week.count);
    all += static_cast<double>(week.all);
  }
  if (all <= 0 || last.all <= 0) return {};
  const double rate = count / all;
  const double expected = rate * static_cast<double>(last.all);
  const double widened = 1 + overdispersion(past, rate) * expected + expected / count;
  const double distance =
      2 * (std::sqrt(static_cast<double>(last.count) + anscombe) - std::sqrt(expected + anscombe));
  return {.expected = expected, .score = distance / std::sqrt(widened)};
}

std::vector<std::size_t> communities(std::size_t nodes, std::span<const Link> links) {
  Graph graph(nodes, links);
  std::vector<std::size_t> home(nodes);
  std::iota(home.begin(), home.end(), std::size_t{0});
  std::size_t count = nodes;
  while (!links.empty()) {
    const std::vector<std::size_t> next = graph.settle();
    const std::size_t fewer = next.empty() ? 0 : 1 + *std::ranges::max_element(next);
    if (fewer == count) break;
    for (std::size_t& each : home) each = next[each];
    graph = graph.folded(next, fewer);
    count = fewer;
  }
  return Graph::numbered(home);
}

}  // namespace picsharz::analytics
