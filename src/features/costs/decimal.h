// Dollars and quantities without a rounding error: whole millionths.
//
// What:      a fixed-point number. Sums and differences are exact; a product or a quotient is
//            rounded to the nearest millionth, a half away from zero.
// Bounds:    a value has at most 15 digits before the point where it is read; 128 bits hold the
//            product of any two of those.
// Threads:   plain values.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace picsharz::costs {

class Decimal {
 public:
  static constexpr std::int64_t scale = 1'000'000;

  constexpr Decimal() = default;
  constexpr Decimal(std::int64_t whole)  // NOLINT(google-explicit-constructor)
      : millionths_(static_cast<Wide>(whole) * scale) {}
  static constexpr Decimal of_millionths(std::int64_t count) {
    Decimal made;
    made.millionths_ = count;
    return made;
  }
  // "72", "0.0004"; digits and at most one point with up to six digits behind it. No sign.
  static std::optional<Decimal> parse(std::string_view text);

  // At least `decimals` digits behind the point, and no more zeros than that: "72.00", "0.0004".
  std::string text(int decimals = 2) const;
  // For a column; values beyond 64 bits stop at its ends.
  std::int64_t millionths() const;
  Decimal cents() const;  // to the nearest cent
  bool zero() const { return millionths_ == 0; }

  friend constexpr Decimal operator+(Decimal a, Decimal b) {
    return made(a.millionths_ + b.millionths_);
  }
  friend constexpr Decimal operator-(Decimal a, Decimal b) {
    return made(a.millionths_ - b.millionths_);
  }
  friend constexpr Decimal operator*(Decimal a, Decimal b) {
    return made(rounded(a.millionths_ * b.millionths_, scale));
  }
  // By anything but zero.
  friend constexpr Decimal operator/(Decimal a, Decimal b) {
    return made(rounded(a.millionths_ * scale, b.millionths_));
  }
  constexpr Decimal& operator+=(Decimal more) { return *this = *this + more; }
  friend constexpr bool operator==(Decimal a, Decimal b) { return a.millionths_ == b.millionths_; }
  friend constexpr std::strong_ordering operator<=>(Decimal a, Decimal b) {
    return a.millionths_ < b.millionths_   ? std::strong_ordering::less
           : a.millionths_ > b.millionths_ ? std::strong_ordering::greater
                                           : std::strong_ordering::equal;
  }

 private:
  using Wide = __int128;

  static constexpr Decimal made(Wide millionths) {
    Decimal value;
    value.millionths_ = millionths;
    return value;
  }
  static constexpr Wide rounded(Wide numerator, Wide denominator) {
    const bool negative = (numerator < 0) != (denominator < 0);
    const Wide n = numerator < 0 ? -numerator : numerator;
    const Wide d = denominator < 0 ? -denominator : denominator;
    const Wide result = (n + d / 2) / d;
    return negative ? -result : result;
  }

  Wide millionths_ = 0;
};

}  // namespace picsharz::costs
