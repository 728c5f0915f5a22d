// What photos are compared by. Plain structs.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "base/ids.h"

namespace picsharz::similar {

using Sketch = std::array<std::uint64_t, 8>;  // vision/sketch.h

// For a rough comparison: what memory holds.
struct Code {
  PhotoId id;
  std::optional<std::uint64_t> phash{};
  std::string model{};  // of the sketch; "" without one
  std::optional<Sketch> sketch{};
};

// For an exact one. `embedding`: bytes of vision::Embedding.
struct Traits {
  PhotoId id;
  std::optional<std::uint64_t> phash{};
  std::string model{};
  std::string embedding{};
};

}  // namespace picsharz::similar
