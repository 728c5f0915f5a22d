#include "zip/reader.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/json.h"
#include "zip/crc32.h"

namespace picsharz::zip {

namespace {

constexpr std::size_t piece = 262'144;
constexpr std::size_t end_bytes = 22;
constexpr std::size_t locator_bytes = 20;
constexpr std::size_t end64_bytes = 56;
constexpr std::size_t central_bytes = 46;
constexpr std::size_t local_bytes = 30;
constexpr std::size_t comment_max = 0xFFFF;
constexpr std::int64_t most32 = 0xFFFFFFFF;
constexpr int stored = 0;
constexpr int deflated = 8;
constexpr std::size_t name_max = 1'000;  // bytes

std::unexpected<Error> refused(std::string_view code, std::string_view what) {
  return fail(ErrorKind::unprocessable, code, what, "Make the archive anew, or choose another.");
}

std::unexpected<Error> broken() {
  return refused("archive_broken", "This file is no ZIP archive, or the end of it is missing.");
}

std::unexpected<Error> overlapping() {
  return refused("archive_overlapping", "Files of this archive share the same bytes.");
}

std::unexpected<Error> bomb() {
  return refused("archive_bomb", "This archive unpacks to far more than photos do.");
}

std::unexpected<Error> damaged() {
  return refused("archive_member_damaged", "This file is damaged in the archive.");
}

// Little-endian numbers, one behind the other. Reading beyond the end gives 0 and is remembered.
class Fields {
 public:
  explicit Fields(std::string_view bytes) : rest_(bytes) {}
  std::int64_t u16() { return number(2); }
  std::int64_t u32() { return number(4); }
  std::int64_t u64() { return number(8); }
  std::string_view text(std::int64_t count) {
    if (count < 0 || std::cmp_greater(count, rest_.size())) return missing(), std::string_view();
    const std::string_view taken = rest_.substr(0, static_cast<std::size_t>(count));
    rest_.remove_prefix(taken.size());
    return taken;
  }
  void skip(std::int64_t count) { (void)text(count); }
  bool good() const { return good_; }
  bool empty() const { return rest_.empty(); }

 private:
  std::int64_t number(int bytes) {
    const std::string_view taken = text(bytes);
    std::uint64_t value = 0;
    for (std::size_t i = taken.size(); i > 0; --i) {
      value = value << 8 | static_cast<unsigned char>(taken[i - 1]);
    }
    if (value > static_cast<std::uint64_t>(INT64_MAX)) return missing(), 0;
    return static_cast<std::int64_t>(value);
  }
  void missing() {
    good_ = false;
    rest_ = {};
  }

  std::string_view rest_;
  bool good_ = true;
};

struct Directory {
  std::int64_t entries = 0;
  std::int64_t size = 0;
  std::int64_t offset = 0;
};

// Where a number did not fit, the extra field of ZIP64 has it, in this order.
bool read_zip64(std::string_view extra, Member& member) {
  const bool wants = member.size == most32 || member.packed == most32 || member.offset == most32;
  if (!wants) return true;
  Fields fields(extra);
  while (fields.good() && !fields.empty()) {
    const std::int64_t kind = fields.u16();
    Fields content(fields.text(fields.u16()));
    if (kind != 1) continue;
    for (std::int64_t* number : {&member.size, &member.packed, &member.offset}) {
      if (*number == most32) *number = content.u64();
    }
    return fields.good() && content.good();
  }
  return fields.good();  // it is 4 GiB less one byte
}

// Relative, downwards, readable.
bool safe_name(std::string_view name) {
  if (name.empty() || name.size() > name_max || name.front() == '/') return false;
  if (!count_characters(name)) return false;
  if (name.find_first_of("\\\t\n") != name.npos || name.find(':') == 1) return false;
  while (!name.empty()) {
    const std::size_t slash = std::min(name.find('/'), name.size());
    const std::string_view segment = name.substr(0, slash);
    if (segment.empty() || segment == "." || segment == "..") return false;
    name.remove_prefix(std::min(slash + 1, name.size()));
  }
  return true;
}

Result<Directory> find_directory(std::int64_t size, const ReadAt& read) {
  const auto from = std::max<std::int64_t>(
      0, size - static_cast<std::int64_t>(end_bytes + comment_max + locator_bytes));
  const std::string tail = read(from, static_cast<std::size_t>(size - from));
  std::size_t at = tail.rfind("PK\x05\x06");
  while (at != tail.npos && at + end_bytes > tail.size()) {
    at = at == 0 ? tail.npos : tail.rfind("PK\x05\x06", at - 1);
  }
  if (at == tail.npos) return broken();
  Fields end(std::string_view(tail).substr(at + 4));
  const std::int64_t disk = end.u16();
  if (disk != end.u16() || (disk != 0 && disk != 0xFFFF)) {
    return refused("archive_in_parts", "This archive is one of several parts.");
  }
  end.skip(2);
  Directory directory{.entries = end.u16(), .size = end.u32(), .offset = end.u32()};
  if (at < locator_bytes || tail.compare(at - locator_bytes, 4, "PK\x06\x07") != 0) {
    return directory;
  }
  Fields locator(std::string_view(tail).substr(at - locator_bytes + 8, 8));
  const std::string record = read(locator.u64(), end64_bytes);
  if (record.size() != end64_bytes || !record.starts_with("PK\x06\x06")) return broken();
  Fields end64(std::string_view(record).substr(32));
  directory = {.entries = end64.u64(), .size = end64.u64(), .offset = end64.u64()};
  if (!end64.good()) return broken();
  return directory;
}

Result<Member> read_member(Fields& fields) {
  if (fields.text(4) != "PK\x01\x02") return broken();
  fields.skip(4);
  const std::int64_t flags = fields.u16();
  Member member;
  member.method = static_cast<int>(fields.u16());
  fields.skip(4);
  member.crc = static_cast<std::uint32_t>(fields.u32());
  member.packed = fields.u32();
  member.size = fields.u32();
  const std::int64_t name = fields.u16();
  const std::int64_t extra = fields.u16();
  const std::int64_t comment = fields.u16();
  fields.skip(8);
  member.offset = fields.u32();
  member.name = fields.text(name);
  const std::string_view more = fields.text(extra);
  fields.skip(comment);
  if (!fields.good() || !read_zip64(more, member)) return broken();
  constexpr std::int64_t encrypted = 1 | 1 << 6 | 1 << 13;
  if ((flags & encrypted) != 0) {
    return refused("archive_encrypted", "This archive is encrypted.");
  }
  if (!safe_name(member.name)) {
    return refused("archive_unsafe_name", "This archive has names that lead out of it.");
  }
  return member;
}

// Each name once; whatever is in the archive belongs to one entry.
Result<void> check_members(std::vector<Member>& members, const Directory& directory,
                           std::int64_t size, const ReaderLimits& limits) {
  std::ranges::sort(members, {}, &Member::offset);
  std::int64_t end = 0;
  std::int64_t unpacked = 0;
  for (const Member& member : members) {
    const auto head = static_cast<std::int64_t>(local_bytes + member.name.size());
    if (member.offset < end) return overlapping();
    if (member.packed > size || member.offset > size) return broken();
    end = member.offset + head + member.packed;
    if (member.size > (size * limits.ratio + limits.spare) - unpacked) return bomb();
    unpacked += member.size;
  }
  if (end > directory.offset) return overlapping();
  std::ranges::sort(members, {}, &Member::name);
  const auto twice = std::ranges::adjacent_find(members, {}, &Member::name);
  if (twice != members.end()) {
    return refused("archive_name_twice", "Two files of this archive have the same name.");
  }
  return {};
}

class Inflater {
 public:
  Inflater() { good_ = ::inflateInit2(&stream_, -MAX_WBITS) == Z_OK; }
  ~Inflater() { ::inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // False: this is no deflated data, or `take` refused.
  template <class Take>
  Result<void> feed(std::string_view packed, Take take) {
    std::array<char, 65'536> out;
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream_.avail_in = static_cast<uInt>(packed.size());
    while (good_ && !over_) {
      stream_.next_out = reinterpret_cast<Bytef*>(out.data());
      stream_.avail_out = out.size();
      const int outcome = ::inflate(&stream_, Z_NO_FLUSH);
      over_ = outcome == Z_STREAM_END;
      good_ = over_ || outcome == Z_OK || outcome == Z_BUF_ERROR;
      const std::size_t made = out.size() - stream_.avail_out;
      if (made > 0) TRY(take(std::string_view(out.data(), made)));
      if (made < out.size()) break;
    }
    if (!good_) return damaged();
    return {};
  }
  bool over() const { return over_; }

 private:
  z_stream stream_{};
  bool good_ = false;
  bool over_ = false;
};

}  // namespace

Result<Archive> Archive::open(std::int64_t size, ReadAt read, const ReaderLimits& limits) {
  TRY_ASSIGN(const Directory directory, find_directory(size, read));
  const auto least = static_cast<std::int64_t>(central_bytes);
  if (directory.offset > size || directory.size > size - directory.offset) return broken();
  if (directory.entries > limits.entries || directory.size > limits.directory) {
    return refused("archive_too_many_files", "This archive has more files than fit here.");
  }
  if (directory.entries > directory.size / least) return broken();
  const std::string bytes = read(directory.offset, static_cast<std::size_t>(directory.size));
  Fields fields(bytes);
  std::vector<Member> members;
  members.reserve(static_cast<std::size_t>(directory.entries));
  for (std::int64_t i = 0; i < directory.entries; ++i) {
    TRY_ASSIGN(Member member, read_member(fields));
    members.push_back(std::move(member));
  }
  TRY(check_members(members, directory, size, limits));
  return Archive(std::move(read), std::move(members));
}

const Member* Archive::find(std::string_view name) const {
  const auto found = std::ranges::lower_bound(members_, name, {}, &Member::name);
  return found != members_.end() && found->name == name ? &*found : nullptr;
}

Result<void> Archive::unpack(const Member& member, std::int64_t most,
                             FunctionRef<Result<void>(std::string_view)> take) const {
  if (member.method != stored && member.method != deflated) {
    return refused("archive_method", "This file is packed in a way that is not read here.");
  }
  if (member.size > most) {
    return refused("archive_member_too_large", "This file is larger than what is taken here.");
  }
  const std::string head = read_(member.offset, local_bytes);
  if (head.size() != local_bytes || !head.starts_with("PK\x03\x04")) return damaged();
  Fields fields(std::string_view(head).substr(26));
  const std::int64_t name = fields.u16();
  const std::int64_t extra = fields.u16();
  std::int64_t at = member.offset + static_cast<std::int64_t>(local_bytes) + name + extra;
  std::int64_t left = member.packed;
  std::int64_t given = 0;
  Crc32 crc;
  const auto give = [&](std::string_view bytes) -> Result<void> {
    given += static_cast<std::int64_t>(bytes.size());
    if (given > member.size) return damaged();
    crc.update(bytes);
    return take(bytes);
  };
  Inflater inflater;
  while (left > 0) {
    const std::string packed =
        read_(at, static_cast<std::size_t>(std::min(left, static_cast<std::int64_t>(piece))));
    if (packed.empty()) return damaged();
    at += static_cast<std::int64_t>(packed.size());
    left -= static_cast<std::int64_t>(packed.size());
    if (member.method == stored) {
      TRY(give(packed));
    } else {
      TRY(inflater.feed(packed, give));
    }
  }
  const bool whole = member.method == stored || inflater.over() || member.size == 0;
  if (!whole || given != member.size || crc.value() != member.crc) return damaged();
  return {};
}

Result<std::string> Archive::text(const Member& member, std::size_t most) const {
  std::string all;
  TRY(unpack(member, static_cast<std::int64_t>(most), [&](std::string_view bytes) {
    all += bytes;
    return Result<void>();
  }));
  return all;
}

}  // namespace picsharz::zip
