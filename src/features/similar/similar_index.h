// The codes of many photos in memory, and which of them differ least from one code.
//
// What:      a linear scan that counts bits. Codes are kept in the order of their photos' ids,
//            which is the order in which photos come: a new one is appended.
// Memory:    16 bytes a photo for its hash, 72 for its sketch.
// Threads:   none of its own; many may ask while nobody changes it.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "features/similar/similar.h"

namespace picsharz::similar {

struct Near {
  PhotoId id;
  int distance = 0;  // bits that differ
};

template <std::size_t words>
class CodeTable {
 public:
  using Bits = std::array<std::uint64_t, words>;

  void put(PhotoId id, const Bits& bits);
  void erase(PhotoId id);
  std::size_t size() const { return ids_.size(); }
  // At most `count` of at most `distance`, nearest first.
  std::vector<Near> nearest(const Bits& bits, int count, int distance) const;

 private:
  std::vector<PhotoId> ids_;
  std::vector<Bits> bits_;
};

class SimilarIndex {
 public:
  // Also in place of what was there of this photo.
  void put(const Code& code);
  void erase(PhotoId id);
  std::size_t size() const;
  // Those whose hash differs from one of these by that much at most.
  std::vector<Near> copies(std::span<const std::uint64_t> turns, int count, int distance) const;
  std::vector<Near> alike(const std::string& model, const Sketch& sketch, int count) const;

 private:
  CodeTable<1> hashes_;
  std::map<std::string, CodeTable<8>> sketches_;  // by model
};

}  // namespace picsharz::similar
