// How far the walk is that looks at old photos again, and its next photo.
//
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "base/ids.h"
#include "db/database.h"

namespace picsharz::photos {

struct Relabelling {
  std::int64_t before = 0;  // the next photo is older; 0: the walk is over
  std::int64_t photos = 0;  // when it was asked for
  std::int64_t seen = 0;
  std::int64_t changed = 0;
  Micros asked_at = 0;
  std::optional<Micros> ended_at{};
};

class RelabelStore {
 public:
  std::optional<Relabelling> find(db::Tx& tx);
  void begin(db::Tx& tx, Micros now);  // anew, over every photo that has pictures
  // The next photo that other models have labelled; nullopt: there is none.
  std::optional<PhotoId> next(db::Tx& tx, std::int64_t before, std::string_view models);
  void advance(db::Tx& tx, PhotoId past, bool changed);
  void end(db::Tx& tx, Micros now);

  // The newest photo that waits because there were no models, older than `before`.
  std::optional<PhotoId> next_unchecked(db::Tx& tx, std::int64_t before);
};

}  // namespace picsharz::photos
