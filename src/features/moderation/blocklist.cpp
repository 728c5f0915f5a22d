#include "features/moderation/blocklist.h"

#include <charconv>

namespace picsharz::moderation {

namespace {

constexpr std::size_t digits = 16;

}  // namespace

std::string phash_text(std::uint64_t phash) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::string text(digits, '0');
  for (std::size_t i = digits; i-- > 0; phash >>= 4) text[i] = hex[phash & 15];
  return text;
}

std::optional<std::uint64_t> phash_of(std::string_view text) {
  std::uint64_t phash = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), phash, 16);
  const bool whole = failure == std::errc{} && end == text.data() + text.size();
  return whole && text.size() == digits ? std::optional(phash) : std::nullopt;
}

}  // namespace picsharz::moderation
