#include "zip/records.h"

#include <chrono>

namespace picsharz::zip {

namespace {

constexpr std::int64_t most32 = 0xFFFFFFFF;
constexpr std::int64_t most16 = 0xFFFF;
constexpr unsigned plain_version = 20;
constexpr unsigned zip64_version = 45;
constexpr unsigned made_by_unix = 3U << 8;
constexpr unsigned utf8_names = 1U << 11;
constexpr std::uint32_t file_mode = 0100644U << 16;

class Record {
 public:
  Record& u16(std::uint64_t value) { return number(value, 2); }
  Record& u32(std::uint64_t value) { return number(value, 4); }
  Record& u64(std::int64_t value) { return number(static_cast<std::uint64_t>(value), 8); }
  Record& text(std::string_view bytes) {
    bytes_ += bytes;
    return *this;
  }
  std::string take() { return std::move(bytes_); }

 private:
  Record& number(std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) bytes_ += static_cast<char>(value >> (8 * i) & 0xFF);
    return *this;
  }
  std::string bytes_;
};

std::uint64_t capped(std::int64_t value) {
  return static_cast<std::uint64_t>(value >= most32 ? most32 : value);
}

// MS-DOS date and time, two seconds fine, from 1980 to 2107; in UTC.
std::uint32_t dos_time(Micros time) {
  namespace chrono = std::chrono;
  const chrono::sys_time<chrono::microseconds> point{chrono::microseconds(time)};
  const auto days = chrono::floor<chrono::days>(point);
  const chrono::year_month_day date(days);
  const chrono::hh_mm_ss clock(chrono::floor<chrono::seconds>(point - days));
  const int year = static_cast<int>(date.year());
  constexpr std::uint32_t first = 1U << 21 | 1U << 16;  // 1980-01-01
  if (year < 1980 || year > 2107) return first;
  return static_cast<std::uint32_t>(year - 1980) << 25 | static_cast<unsigned>(date.month()) << 21 |
         static_cast<unsigned>(date.day()) << 16 |
         static_cast<std::uint32_t>(clock.hours().count()) << 11 |
         static_cast<std::uint32_t>(clock.minutes().count()) << 5 |
         static_cast<std::uint32_t>(clock.seconds().count()) / 2;
}

}  // namespace

std::string local_header(const Entry& entry) {
  const bool large = entry.size >= most32;
  Record record;
  record.text("PK\x03\x04").u16(large ? zip64_version : plain_version).u16(utf8_names).u16(0);
  record.u32(dos_time(entry.modified)).u32(entry.crc).u32(capped(entry.size));
  record.u32(capped(entry.size)).u16(entry.name.size()).u16(large ? 20 : 0).text(entry.name);
  if (large) record.u16(1).u16(16).u64(entry.size).u64(entry.size);
  return record.take();
}

std::string central_record(const Entry& entry) {
  const bool large = entry.size >= most32;
  const bool far = entry.offset >= most32;
  const unsigned version = large || far ? zip64_version : plain_version;
  const unsigned numbers = (large ? 16 : 0) + (far ? 8 : 0);
  Record record;
  record.text("PK\x01\x02").u16(made_by_unix | version).u16(version).u16(utf8_names).u16(0);
  record.u32(dos_time(entry.modified)).u32(entry.crc).u32(capped(entry.size));
  record.u32(capped(entry.size)).u16(entry.name.size()).u16(numbers > 0 ? numbers + 4 : 0);
  record.u16(0).u16(0).u16(0).u32(file_mode).u32(capped(entry.offset)).text(entry.name);
  if (numbers > 0) record.u16(1).u16(numbers);
  if (large) record.u64(entry.size).u64(entry.size);
  if (far) record.u64(entry.offset);
  return record.take();
}

std::string end_of_archive(std::int64_t entries, std::int64_t offset, std::int64_t size) {
  Record record;
  if (entries >= most16 || offset >= most32 || size >= most32) {
    constexpr std::int64_t rest_of_record = 44;
    record.text("PK\x06\x06").u64(rest_of_record).u16(made_by_unix | zip64_version);
    record.u16(zip64_version).u32(0).u32(0).u64(entries).u64(entries).u64(size).u64(offset);
    record.text("PK\x06\x07").u32(0).u64(offset + size).u32(1);
  }
  const auto count = static_cast<std::uint64_t>(entries >= most16 ? most16 : entries);
  record.text("PK\x05\x06").u16(0).u16(0).u16(count).u16(count);
  return record.u32(capped(size)).u32(capped(offset)).u16(0).take();
}

}  // namespace picsharz::zip
