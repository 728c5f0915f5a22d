#include "http/byte_range.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "http/text.h"

namespace picsharz::http {

namespace {

// Digits only; a number that does not fit means "beyond every end".
std::optional<std::int64_t> position_of(std::string_view digits) {
  const bool sound =
      !digits.empty() && std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
  if (!sound) return std::nullopt;
  std::int64_t number = 0;
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return result.ec == std::errc{} ? number : INT64_MAX;
}

// "-500": the last bytes.
Asked read_suffix(std::string_view digits, std::int64_t size, ByteRange& range) {
  const auto count = position_of(digits);
  if (!count) return Asked::whole;
  if (*count == 0 || size == 0) return Asked::nothing;
  range.length = std::min(*count, size);
  range.offset = size - range.length;
  return Asked::part;
}

}  // namespace

Asked read_range(std::string_view header, std::int64_t size, ByteRange& range) {
  constexpr std::string_view unit = "bytes=";
  if (!equals_ignoring_case(header.substr(0, unit.size()), unit)) return Asked::whole;
  const std::string_view set = trimmed(header.substr(unit.size()));
  const std::size_t dash = set.find('-');
  if (dash == std::string_view::npos || set.find(',') != std::string_view::npos) {
    return Asked::whole;
  }
  if (dash == 0) return read_suffix(set.substr(1), size, range);
  const auto first = position_of(set.substr(0, dash));
  const std::string_view end = set.substr(dash + 1);
  const auto last = end.empty() ? std::optional<std::int64_t>(INT64_MAX) : position_of(end);
  if (!first || !last || *last < *first) return Asked::whole;
  if (*first >= size) return Asked::nothing;
  range.offset = *first;
  range.length = std::min(*last, size - 1) - *first + 1;
  return Asked::part;
}

bool if_range_fits(std::string_view if_range, std::string_view etag) {
  return if_range.empty() || (if_range == etag && if_range.starts_with('"'));
}

std::string content_range(const ByteRange& range, std::int64_t size) {
  return "bytes " + std::to_string(range.offset) + "-" +
         std::to_string(range.offset + range.length - 1) + "/" + std::to_string(size);
}

}  // namespace picsharz::http
