// Reads ZIP archives that anybody may have made.
//
// What:      the central directory, checked as a whole before anything of it is believed, and
//            entries one by one, stored or deflated. Nothing is ever written under a name that
//            stands in an archive.
// Refused:   what is cut short or no ZIP; several disks; an encrypted entry; a name that is
//            absolute, leads upwards, or is no readable text; a name that comes twice; entries that
//            share bytes with each other or with the directory; more entries than ReaderLimits has;
//            an archive that unpacks to far more than its own size.
// Bounds:    memory for the directory and one piece at a time; an entry that unpacks to more than
//            its record says, or than the caller wants, ends there.
// Source:    APPNOTE.TXT 6.3.10 (PKWARE); D. Fifield, A better zip bomb (WOOT 2019).
// Threads:   an Archive may be read from any thread; one Unpacking by one.
// Failures:  values: the codes of archive_* below. A `read` that throws passes through.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "base/function_ref.h"

namespace picsharz::zip {

// `count` bytes at `offset`; fewer at the end.
using ReadAt = std::function<std::string(std::int64_t offset, std::size_t count)>;

struct ReaderLimits {
  std::int64_t entries = 200'000;
  std::int64_t directory = 64 * 1024 * 1024;  // bytes
  std::int64_t ratio = 20;                    // all of it unpacked, to the archive
  std::int64_t spare = 64 * 1024 * 1024;      // which small archives may exceed that by
};

struct Member {
  std::string name;
  std::int64_t size = 0;    // unpacked
  std::int64_t packed = 0;  // in the archive
  std::int64_t offset = 0;  // of its local header
  std::uint32_t crc = 0;
  int method = 0;
  bool folder() const { return name.ends_with('/'); }
};

class Archive {
 public:
  static Result<Archive> open(std::int64_t size, ReadAt read, const ReaderLimits& limits = {});

  // In the order of their names.
  const std::vector<Member>& members() const { return members_; }
  const Member* find(std::string_view name) const;
  // Gives every byte to `take`, in pieces, which may refuse. `most`: bytes;
  // archive_member_too_large where it has more. What was given counts only where this succeeds: the
  // checksum comes last.
  Result<void> unpack(const Member& member, std::int64_t most,
                      FunctionRef<Result<void>(std::string_view)> take) const;
  Result<std::string> text(const Member& member, std::size_t most) const;

 private:
  Archive(ReadAt read, std::vector<Member> members)
      : read_(std::move(read)), members_(std::move(members)) {}

  ReadAt read_;
  std::vector<Member> members_;
};

}  // namespace picsharz::zip
