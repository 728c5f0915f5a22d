// A sum over the rows of a table that tells whether two tables have the same rows, whatever their
// order and whatever engine they lie in.
//
// What:      each row is written in one canonical way and hashed (SHA-256); the hashes' first 128
//            bits are added up. Values one after the other, in the order of the columns; then
//            end_row(). -0.0 counts as 0.0, because SQLite keeps no sign of zero.
// Threads:   not shared.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace picsharz::backups {

class RowSum {
 public:
  void null() { row_ += 'n'; }
  void integer(std::int64_t value);
  void real(double value);
  void text(std::string_view value);
  void bytes(std::string_view value);
  void end_row();

  std::int64_t rows() const { return rows_; }
  std::string hex() const;  // 32 digits

 private:
  void number(char type, std::uint64_t bits);
  void stretch(char type, std::string_view value);

  std::string row_;
  std::uint64_t low_ = 0;
  std::uint64_t high_ = 0;
  std::int64_t rows_ = 0;
};

}  // namespace picsharz::backups
