#include "features/backups/row_sum.h"

#include <bit>
#include <cstddef>

#include "crypto/crypto.h"

namespace picsharz::backups {

namespace {

constexpr int bits_of_byte = 8;

std::uint64_t number_at(const crypto::Digest& digest, std::size_t at) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < sizeof number; ++i) {
    number = number << bits_of_byte | digest.at(at + i);
  }
  return number;
}

void append(std::string& out, std::uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= bits_of_byte) {
    out += static_cast<char>(number >> shift & 0xff);
  }
}

}  // namespace

void RowSum::number(char type, std::uint64_t bits) {
  row_ += type;
  append(row_, bits);
}

void RowSum::stretch(char type, std::string_view value) {
  number(type, value.size());
  row_ += value;
}

void RowSum::integer(std::int64_t value) { number('i', static_cast<std::uint64_t>(value)); }

void RowSum::real(double value) { number('r', std::bit_cast<std::uint64_t>(value + 0.0)); }

void RowSum::text(std::string_view value) { stretch('t', value); }
void RowSum::bytes(std::string_view value) { stretch('b', value); }

void RowSum::end_row() {
  const crypto::Digest digest = crypto::sha256(row_);
  const std::uint64_t low = low_ + number_at(digest, 8);
  high_ += number_at(digest, 0) + (low < low_ ? 1 : 0);
  low_ = low;
  ++rows_;
  row_.clear();
}

std::string RowSum::hex() const {
  std::string sum;
  append(sum, high_);
  append(sum, low_);
  return crypto::hex(sum);
}

}  // namespace picsharz::backups
