#include "features/costs/decimal.h"

#include <algorithm>
#include <limits>

namespace picsharz::costs {

namespace {

constexpr std::size_t whole_digits = 15;
constexpr std::size_t decimal_digits = 6;

bool digits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::optional<Decimal> Decimal::parse(std::string_view text) {
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view rest =
      point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
  if (whole.empty() || whole.size() > whole_digits || !digits(whole)) return std::nullopt;
  if (rest.size() > decimal_digits || !digits(rest)) return std::nullopt;
  if (point != std::string_view::npos && rest.empty()) return std::nullopt;
  std::string all = std::string(whole) + std::string(rest);
  all.append(decimal_digits - rest.size(), '0');
  Wide millionths = 0;
  for (const char digit : all) millionths = millionths * 10 + (digit - '0');
  return made(millionths);
}

std::string Decimal::text(int decimals) const {
  Wide rest = millionths_ < 0 ? -millionths_ : millionths_;
  std::string reversed;
  for (std::size_t at = 0; at <= decimal_digits || rest > 0; ++at) {
    if (at == decimal_digits) reversed += '.';
    reversed += static_cast<char>('0' + static_cast<int>(rest % 10));
    rest /= 10;
  }
  if (millionths_ < 0) reversed += '-';
  std::string result(reversed.rbegin(), reversed.rend());
  const std::size_t least = result.find('.') + 1 + static_cast<std::size_t>(decimals);
  while (result.size() > least && result.ends_with('0')) result.pop_back();
  if (result.ends_with('.')) result.pop_back();
  return result;
}

std::int64_t Decimal::millionths() const {
  using Bounds = std::numeric_limits<std::int64_t>;
  return static_cast<std::int64_t>(std::clamp<Wide>(millionths_, Bounds::lowest(), Bounds::max()));
}

Decimal Decimal::cents() const {
  constexpr Wide cent = scale / 100;
  return made(rounded(millionths_, cent) * cent);
}

}  // namespace picsharz::costs
