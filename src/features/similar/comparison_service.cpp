#include "features/similar/comparison_service.h"

#include <algorithm>
#include <limits>

#include "image/perceptual_hash.h"
#include "vision/sketch.h"

namespace picsharz::similar {

static_assert(std::is_same_v<Sketch, vision::Sketch>);

Comparison::Comparison(const Traits& traits)
    : model_(traits.model), embedding_(vision::embedding_from(traits.embedding)) {
  if (!traits.phash || !image::hash_says_enough(*traits.phash)) return;
  hashed_ = true;
  turns_ = image::hash_turns(*traits.phash);
}

Sketch Comparison::sketch() const { return vision::sketch_of(embedding_); }

std::span<const std::uint64_t> Comparison::turns() const {
  return hashed_ ? std::span<const std::uint64_t>(turns_) : std::span<const std::uint64_t>();
}

std::optional<int> Comparison::hash_distance(std::optional<std::uint64_t> phash) const {
  if (!phash || !hashed_ || !image::hash_says_enough(*phash)) return std::nullopt;
  int nearest = std::numeric_limits<int>::max();
  for (const std::uint64_t turn : turns_) {
    nearest = std::min(nearest, image::hash_distance(turn, *phash));
  }
  return nearest <= same_hash ? std::optional(nearest) : std::nullopt;
}

bool Comparison::copies(std::optional<std::uint64_t> phash) const {
  return hash_distance(phash).has_value();
}

double Comparison::likeness(const Traits& other) const {
  if (has_embedding() && !other.embedding.empty() && other.model == model_) {
    return vision::cosine(embedding_, vision::embedding_from(other.embedding));
  }
  const auto distance = hash_distance(other.phash);
  return distance ? 1 - *distance / 64.0 : 0;
}

}  // namespace picsharz::similar
