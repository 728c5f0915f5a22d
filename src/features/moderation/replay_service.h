// A moderation policy, tried on what the classifier said of all stored photos. Changes nothing.
//
// Second:    the second model was asked only where the first one passed the gate of its day. With a
//            lower gate its answer is missing: the first one's stands for both then, as where that
//            model is not installed, and such photos are counted.
// Threads:   thread-safe.
// Failures:  those of the database are thrown.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "db/database.h"
#include "vision/classifier.h"

namespace picsharz::moderation {

struct Replay {
  std::int64_t photos = 0;
  // [what was said][what would be said]: safe, suggestive, explicit.
  std::array<std::array<std::int64_t, 3>, 3> verdicts{};
  std::int64_t without_second = 0;
};

class ReplayService {
 public:
  explicit ReplayService(db::Database& database) : database_(database) {}
  Replay replay(const vision::Thresholds& thresholds);

 private:
  db::Database& database_;
};

}  // namespace picsharz::moderation
