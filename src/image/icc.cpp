#include "image/icc.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>

#include "image/header_window.h"

namespace picsharz::image {
namespace {

constexpr std::size_t header_bytes = 128;
constexpr std::size_t tag_bytes = 12;
constexpr std::size_t tags_max = 100;

double fixed16(std::string_view bytes, std::size_t at) {
  return static_cast<double>(static_cast<std::int32_t>(big32(bytes, at))) / 65536.0;
}

std::optional<std::string_view> find_tag(std::string_view profile, std::string_view name) {
  const std::size_t count = std::min<std::size_t>(big32(profile, header_bytes), tags_max);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = header_bytes + 4 + i * tag_bytes;
    if (at + tag_bytes > profile.size()) return std::nullopt;
    if (profile.substr(at, 4) != name) continue;
    const std::size_t offset = big32(profile, at + 4);
    const std::size_t length = big32(profile, at + 8);
    if (offset > profile.size() || length > profile.size() - offset) return std::nullopt;
    return profile.substr(offset, length);
  }
  return std::nullopt;
}

bool has_primary(std::string_view profile, std::string_view name,
                 const std::array<double, 3>& wanted) {
  const auto tag = find_tag(profile, name);
  if (!tag || tag->size() < 20 || !tag->starts_with("XYZ ")) return false;
  for (std::size_t i = 0; i < 3; ++i) {
    if (std::abs(fixed16(*tag, 8 + 4 * i) - wanted[i]) > 0.003) return false;
  }
  return true;
}

double srgb_curve(double x) {
  return x <= 0.04045 ? x / 12.92 : std::pow((x + 0.055) / 1.055, 2.4);
}

// A tone curve at x: a table of 16-bit values, or the parametric form that sRGB has.
std::optional<double> curve_at(std::string_view tag, double x) {
  if (tag.size() >= 12 && tag.starts_with("curv")) {
    const std::size_t count = big32(tag, 8);
    if (count < 2 || count > 65536 || tag.size() < 12 + 2 * count) return std::nullopt;
    const auto index = static_cast<std::size_t>(std::lround(x * static_cast<double>(count - 1)));
    return big16(tag, 12 + 2 * index) / 65535.0;
  }
  const bool parametric = tag.size() >= 32 && tag.starts_with("para") && big16(tag, 8) == 3;
  if (!parametric) return std::nullopt;
  const double linear = fixed16(tag, 28);
  if (x < linear) return fixed16(tag, 24) * x;
  return std::pow(fixed16(tag, 16) * x + fixed16(tag, 20), fixed16(tag, 12));
}

bool has_srgb_curve(std::string_view profile, std::string_view name) {
  const auto tag = find_tag(profile, name);
  if (!tag) return false;
  for (const double x : {0.1, 0.25, 0.5, 0.75, 0.9}) {
    const auto value = curve_at(*tag, x);
    // Written so that a not-a-number is a difference.
    if (!value || !(std::abs(*value - srgb_curve(x)) <= 0.004)) return false;
  }
  return true;
}

}  // namespace

bool is_srgb_profile(std::string_view profile) {
  if (profile.size() < header_bytes + 4 || profile.substr(16, 4) != "RGB ") return false;
  if (find_tag(profile, "A2B0")) return false;  // lookup tables would count more than the matrix
  // Adapted to D50, as profiles store them.
  return has_primary(profile, "rXYZ", {0.4361, 0.2225, 0.0139}) &&
         has_primary(profile, "gXYZ", {0.3851, 0.7169, 0.0971}) &&
         has_primary(profile, "bXYZ", {0.1431, 0.0606, 0.7141}) &&
         has_srgb_curve(profile, "rTRC") && has_srgb_curve(profile, "gTRC") &&
         has_srgb_curve(profile, "bTRC");
}

}  // namespace picsharz::image
