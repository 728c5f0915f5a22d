// How alike two photos are, by their embeddings or by their perceptual hashes.
//
// Threads:   pure functions.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>

#include "features/similar/similar.h"
#include "vision/embedding.h"

namespace picsharz::similar {

inline constexpr int same_hash = 10;  // bits that may differ

// One photo, prepared to be compared with many.
class Comparison {
 public:
  explicit Comparison(const Traits& traits);

  bool has_embedding() const { return !embedding_.empty(); }
  Sketch sketch() const;
  const std::string& model() const { return model_; }
  // The eight turns of its hash; none where it has no hash, or one that says too little.
  std::span<const std::uint64_t> turns() const;

  // Whether these hashes are of the same picture, flipped and turned as well.
  bool copies(std::optional<std::uint64_t> phash) const;
  // The cosine of the embeddings. Where there are not two of one model the hash decides: of the
  // same picture 0.84 to 1, else 0.
  double likeness(const Traits& other) const;

 private:
  std::optional<int> hash_distance(std::optional<std::uint64_t> phash) const;

  std::string model_;
  vision::Embedding embedding_;
  bool hashed_ = false;
  std::array<std::uint64_t, 8> turns_{};
};

}  // namespace picsharz::similar
