// Pictures that must not come back, by their perceptual hashes. Plain structs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/ids.h"

namespace picsharz::moderation {

using BlockId = Id<struct BlockTag>;

struct BlockedPicture {
  BlockId id{};
  std::uint64_t phash = 0;
  std::optional<PhotoId> photo{};       // that was removed
  std::optional<AccountId> added_by{};  // nullopt: the classifier
  std::string note{};
  Micros created_at = 0;
  std::optional<std::string> added_by_handle{};
};

// 16 hexadecimal digits, and back.
std::string phash_text(std::uint64_t phash);
std::optional<std::uint64_t> phash_of(std::string_view text);

}  // namespace picsharz::moderation
