#include "features/similar/similar_index.h"

#include <algorithm>

namespace picsharz::similar {

namespace {

// The processor counts bits itself where it can: 4.5 ms instead of 15.5 for 360,000 sketches. The
// choice is made while the program is loaded, where sanitizers are not ready yet.
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && \
    !defined(__clang__)
#define PICSHARZ_COUNTS_BITS [[gnu::target_clones("popcnt", "default")]]
#else
#define PICSHARZ_COUNTS_BITS
#endif

// `codes`: one after the other, each of as many words as `code`; `distances` has a place for each.
PICSHARZ_COUNTS_BITS
void count_differences(std::span<const std::uint64_t> code, const std::uint64_t* codes,
                       std::span<std::uint16_t> distances) {
  for (std::uint16_t& distance : distances) {
    int bits = 0;
    for (const std::uint64_t word : code) bits += std::popcount(word ^ *codes++);
    distance = static_cast<std::uint16_t>(bits);
  }
}

}  // namespace

template <std::size_t words>
void CodeTable<words>::put(PhotoId id, const Bits& bits) {
  const auto place = std::ranges::lower_bound(ids_, id);
  const auto offset = place - ids_.begin();
  if (place != ids_.end() && *place == id) {
    bits_[static_cast<std::size_t>(offset)] = bits;
    return;
  }
  ids_.insert(place, id);
  bits_.insert(bits_.begin() + offset, bits);
}

template <std::size_t words>
void CodeTable<words>::erase(PhotoId id) {
  const auto place = std::ranges::lower_bound(ids_, id);
  if (place == ids_.end() || *place != id) return;
  bits_.erase(bits_.begin() + (place - ids_.begin()));
  ids_.erase(place);
}

// The distances first, then the ones below the distance that `count` of them have: no sorting of
// hundreds of thousands.
template <std::size_t words>
std::vector<Near> CodeTable<words>::nearest(const Bits& bits, int count, int distance) const {
  std::vector<std::uint16_t> distances(ids_.size());
  if (!bits_.empty()) count_differences(bits, bits_.front().data(), distances);
  std::array<int, 64 * words + 1> histogram{};
  for (const std::uint16_t each : distances) ++histogram[each];
  int limit = -1;
  for (int found = 0; limit < distance && found < count;) {
    found += histogram[static_cast<std::size_t>(++limit)];
  }
  std::vector<Near> near;
  for (std::size_t i = 0; i < ids_.size(); ++i) {
    if (distances[i] <= limit) near.push_back({ids_[i], distances[i]});
  }
  std::ranges::stable_sort(near, {}, &Near::distance);
  if (std::ssize(near) > count) near.resize(static_cast<std::size_t>(count));
  return near;
}

template class CodeTable<1>;
template class CodeTable<8>;

void SimilarIndex::put(const Code& code) {
  if (code.phash) {
    hashes_.put(code.id, {*code.phash});
  } else {
    hashes_.erase(code.id);
  }
  for (auto& [model, table] : sketches_) {
    if (model != code.model) table.erase(code.id);
  }
  if (code.sketch) sketches_[code.model].put(code.id, *code.sketch);
}

void SimilarIndex::erase(PhotoId id) {
  hashes_.erase(id);
  for (auto& [model, table] : sketches_) table.erase(id);
}

std::size_t SimilarIndex::size() const {
  std::size_t size = hashes_.size();
  for (const auto& [model, table] : sketches_) size = std::max(size, table.size());
  return size;
}

std::vector<Near> SimilarIndex::copies(std::span<const std::uint64_t> turns, int count,
                                       int distance) const {
  std::vector<Near> all;
  for (const std::uint64_t turn : turns) {
    for (const Near& near : hashes_.nearest({turn}, count, distance)) {
      const auto known = std::ranges::find(all, near.id, &Near::id);
      if (known == all.end()) {
        all.push_back(near);
      } else {
        known->distance = std::min(known->distance, near.distance);
      }
    }
  }
  std::ranges::stable_sort(all, {}, &Near::distance);
  if (std::ssize(all) > count) all.resize(static_cast<std::size_t>(count));
  return all;
}

std::vector<Near> SimilarIndex::alike(const std::string& model, const Sketch& sketch,
                                      int count) const {
  const auto table = sketches_.find(model);
  if (table == sketches_.end()) return {};
  return table->second.nearest(sketch, count, 64 * 8);
}

}  // namespace picsharz::similar
