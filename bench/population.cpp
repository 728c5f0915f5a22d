#include "population.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <stdexcept>

#include "dice.h"

namespace picsharz::bench {

namespace {

constexpr double private_share = 0.05;
constexpr double active_share = 0.3;    // of the people upload at all
constexpr double follows_least = 15.5;  // with shape 2: a mean of 30 after repeats are dropped
constexpr double follows_most = 1000;
constexpr double peak = 0.4;  // how far the daily curve leaves its mean

template <class T>
void keep_distinct(std::vector<T>& items) {
  std::ranges::sort(items);
  items.erase(std::ranges::unique(items).begin(), items.end());
}

// The people by how much they are followed.
std::vector<std::uint32_t> draw_ranks(Dice& dice, std::size_t people) {
  std::vector<std::uint32_t> ranks(people);
  std::iota(ranks.begin(), ranks.end(), 0U);
  dice.shuffle(ranks);
  return ranks;
}

void count_follows(Population& out) {
  keep_distinct(out.follows);
  for (const auto& [follower, followee] : out.follows) {
    ++out.people[follower].following;
    ++out.people[followee].followers;
  }
}

// The people by how much they are followed.
std::vector<std::uint32_t> follow_friends(Population& out, const std::vector<Pair>& friends) {
  for (const auto& [one, other] : friends) {
    if (std::max(one, other) >= out.people.size()) throw std::out_of_range("a friend is nobody");
    if (one == other) continue;
    out.follows.emplace_back(one, other);
    out.follows.emplace_back(other, one);
  }
  count_follows(out);
  std::vector<std::uint32_t> ranks(out.people.size());
  std::iota(ranks.begin(), ranks.end(), 0U);
  std::ranges::stable_sort(ranks, std::greater(),
                           [&](std::uint32_t person) { return out.people[person].followers; });
  return ranks;
}

void draw_follows(Population& out, Dice& dice, const std::vector<std::uint32_t>& ranks) {
  const Weighted popularity = Weighted::zipf(ranks.size(), 0.8, 10);
  for (std::uint32_t follower = 0; follower < ranks.size(); ++follower) {
    const double wanted = std::min(dice.pareto(follows_least, 2), follows_most);
    for (int i = 0; i < static_cast<int>(wanted); ++i) {
      const std::uint32_t followee = ranks[popularity.draw(dice)];
      if (followee != follower) out.follows.emplace_back(follower, followee);
    }
  }
  count_follows(out);
}

std::vector<std::uint32_t> draw_graph(Population& out, Dice& dice,
                                      const std::vector<Pair>& friends) {
  if (!friends.empty()) return follow_friends(out, friends);
  auto ranks = draw_ranks(dice, out.people.size());
  draw_follows(out, dice, ranks);
  return ranks;
}

// A moment of the month: evenings are busier.
Micros draw_time(Dice& dice) {
  for (;;) {
    const auto at = static_cast<Micros>(dice.real() * static_cast<double>(month));
    const double hours = static_cast<double>(at % day) / static_cast<double>(hour);
    const double busy = 1 + peak * std::cos((hours - 20) / 24 * 2 * 3.14159265);
    if (dice.real() * (1 + peak) < busy) return at;
  }
}

Shot draw_shot(Dice& dice, std::uint32_t owner) {
  Shot shot{.owner = owner, .at = draw_time(dice)};
  const double seen = dice.real();
  shot.visibility = seen < 0.90   ? photos::Visibility::everyone
                    : seen < 0.98 ? photos::Visibility::followers
                                  : photos::Visibility::only_me;
  const double judged = dice.real();
  shot.state = judged < 0.97    ? photos::PhotoState::published
               : judged < 0.995 ? photos::PhotoState::held
                                : photos::PhotoState::removed;
  return shot;
}

// Those who are followed are those who upload; how much is another question.
void draw_shots(Population& out, Dice& dice, const std::vector<std::uint32_t>& ranks, int count) {
  const auto active = std::max<std::size_t>(
      1, static_cast<std::size_t>(static_cast<double>(ranks.size()) * active_share));
  std::vector<double> weights(active);
  for (double& weight : weights) weight = std::min(dice.pareto(1, 2.5), 20.0);
  const Weighted busy(weights);
  for (int i = 0; i < count; ++i) out.shots.push_back(draw_shot(dice, ranks[busy.draw(dice)]));
  std::ranges::sort(out.shots, {}, &Shot::at);
  for (const Shot& shot : out.shots) {
    if (shot.state == photos::PhotoState::published &&
        shot.visibility == photos::Visibility::everyone) {
      ++out.people[shot.owner].photos;
    }
  }
}

void draw_likes(Population& out, Dice& dice, int count) {
  if (out.shots.empty()) return;
  std::vector<std::uint32_t> by_fame(out.shots.size());
  std::iota(by_fame.begin(), by_fame.end(), 0U);
  dice.shuffle(by_fame);
  const Weighted fame = Weighted::zipf(by_fame.size(), 0.7, 20);
  for (int i = 0; i < count; ++i) {
    const std::uint32_t shot = by_fame[fame.draw(dice)];
    const auto person = static_cast<std::uint32_t>(dice.below(out.people.size()));
    if (out.shots[shot].state == photos::PhotoState::published) {
      out.likes.emplace_back(shot, person);
    }
  }
  keep_distinct(out.likes);
  for (const auto& [shot, person] : out.likes) ++out.shots[shot].likes;
}

}  // namespace

Population draw_population(const Scale& scale) {
  Dice dice(scale.seed);
  Population out;
  out.people.resize(static_cast<std::size_t>(scale.people));
  for (Person& person : out.people) person.is_private = dice.chance(private_share);
  const auto ranks = draw_graph(out, dice, scale.friends);
  draw_shots(out, dice, ranks, scale.photos);
  draw_likes(out, dice, scale.likes);
  return out;
}

}  // namespace picsharz::bench
