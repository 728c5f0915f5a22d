#include "http/request_id.h"

#include <sys/random.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <system_error>

namespace picsharz::http {

namespace {

constexpr std::string_view hex = "0123456789abcdef";
constexpr std::size_t trace_digits = 32;
constexpr std::size_t parent_digits = 16;
constexpr std::size_t traceparent_size = 2 + 1 + trace_digits + 1 + parent_digits + 1 + 2;

// Lower-case digits only, as the standard says.
bool is_hex(std::string_view text) { return text.find_first_not_of(hex) == std::string_view::npos; }
bool is_zero(std::string_view text) {
  return text.find_first_not_of('0') == std::string_view::npos;
}

}  // namespace

std::optional<std::string_view> trace_id(std::string_view traceparent) {
  if (traceparent.size() < traceparent_size) return std::nullopt;
  const std::string_view version = traceparent.substr(0, 2);
  const std::string_view trace = traceparent.substr(3, trace_digits);
  const std::string_view parent = traceparent.substr(4 + trace_digits, parent_digits);
  const std::string_view flags = traceparent.substr(5 + trace_digits + parent_digits, 2);
  const bool separated = traceparent[2] == '-' && traceparent[3 + trace_digits] == '-' &&
                         traceparent[4 + trace_digits + parent_digits] == '-';
  // Version 00 ends here; later ones may say more after another dash.
  const bool ended = traceparent.size() == traceparent_size ||
                     (version != "00" && traceparent[traceparent_size] == '-');
  if (!separated || !ended || version == "ff") return std::nullopt;
  if (!is_hex(version) || !is_hex(trace) || !is_hex(parent) || !is_hex(flags)) return std::nullopt;
  if (is_zero(trace) || is_zero(parent)) return std::nullopt;
  return trace;
}

RequestIds::RequestIds() {
  if (::getrandom(state_, sizeof state_, 0) != static_cast<ssize_t>(sizeof state_)) {
    throw std::system_error(errno, std::generic_category(), "getrandom");
  }
  state_[0] |= 1;  // all zeros is the one state the generator cannot leave
}

// xoroshiro128++ (Blackman and Vigna).
std::uint64_t RequestIds::next() {
  const std::uint64_t a = state_[0];
  std::uint64_t b = state_[1];
  const std::uint64_t result = std::rotl(a + b, 17) + a;
  b ^= a;
  state_[0] = std::rotl(a, 49) ^ b ^ (b << 21);
  state_[1] = std::rotl(b, 28);
  return result;
}

void RequestIds::make(std::string& out) {
  out.resize(trace_digits);
  for (std::size_t half = 0; half < 2; ++half) {
    std::uint64_t bits = next();
    for (std::size_t i = 0; i < 16; ++i, bits >>= 4) out[half * 16 + i] = hex[bits & 15];
  }
}

}  // namespace picsharz::http
