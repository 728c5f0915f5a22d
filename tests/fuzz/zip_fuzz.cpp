// Any bytes as an archive: zip::Archive refuses it, or every entry that it unpacks is what its
// record says, shares no byte with another, and is no larger than it may be.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "zip/crc32.h"
#include "zip/reader.h"

using namespace picsharz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const auto read = [&bytes](std::int64_t offset, std::size_t count) {
    if (offset < 0 || static_cast<std::size_t>(offset) > bytes.size()) return std::string();
    return bytes.substr(static_cast<std::size_t>(offset), count);
  };
  const zip::ReaderLimits limits{.entries = 100, .ratio = 20, .spare = 65'536};
  const auto archive = zip::Archive::open(static_cast<std::int64_t>(size), read, limits);
  if (!archive) return 0;
  std::int64_t packed = 0;
  for (const zip::Member& member : archive->members()) {
    packed += member.packed;
    if (packed > static_cast<std::int64_t>(size)) std::abort();
    const std::string path = "/" + member.name + "/";
    if (path.find("/../") != path.npos || member.name.starts_with('/')) std::abort();
    constexpr std::size_t most = 100'000;
    const auto text = archive->text(member, most);
    if (!text) continue;
    zip::Crc32 crc;
    crc.update(*text);
    if (text->size() > most || crc.value() != member.crc) std::abort();
  }
  return 0;
}
