// The records of a ZIP archive whose entries are stored as they are, byte by byte.
//
//   local_header(a) bytes of a  local_header(b) bytes of b  central_record(a) central_record(b) end
//
// What:      sizes and checksums are known before anything is written, so that every record is a
//            pure function and any part of an archive can be made without the others. ZIP64 where
//            a number needs it, and only there.
// Source:    APPNOTE.TXT 6.3.10 (PKWARE).
// Threads:   pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace picsharz::zip {

struct Entry {
  std::string name;  // UTF-8, segments parted by '/'; at most 65,535 bytes
  std::int64_t size = 0;
  std::uint32_t crc = 0;
  std::int64_t offset = 0;  // of its local header
  Micros modified = 0;
};

std::string local_header(const Entry& entry);
std::string central_record(const Entry& entry);
// `offset`, `size`: of the central records.
std::string end_of_archive(std::int64_t entries, std::int64_t offset, std::int64_t size);

}  // namespace picsharz::zip
