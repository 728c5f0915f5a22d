// Which photos are popular: the ranking, and the list that was made of it. No rules, no clock.
//
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <span>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "db/database.h"

namespace picsharz::feed {

struct Ranked {
  PhotoId photo;
  AccountId owner;
  double score = 0;
};

struct PopularList {
  std::vector<PhotoId> photos;  // the most popular first
  Micros ranked_at = 0;         // 0: never
};

class PopularStore {
 public:
  // Photos that everybody may see, the best first, of the `candidates` with the best scores. A like
  // that is `age` old counts (half / (half + age)) squared: one now, a quarter after `half`. Reads
  // every like.
  std::vector<Ranked> rank(db::Tx& tx, Micros now, Micros half, int candidates);
  void replace(db::Tx& tx, std::span<const Ranked> list, Micros now);
  PopularList list(db::Tx& tx);
};

}  // namespace picsharz::feed
