// Whatever a file holds: the metadata reader ends, stays inside, and what it says fits its record.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/json.h"
#include "image/metadata.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace picsharz::image;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Metadata parts;
  read_exif(bytes, parts);
  read_iptc(bytes, parts);
  read_exif(find_heif_exif(bytes), parts);
  for (const Format format : {Format::jpeg, Format::png, Format::webp}) {
    const Metadata said = from_record(to_record(read_metadata(bytes, format)));
    for (const auto& text : {said.make, said.copyright, said.description, said.caption}) {
      if (!picsharz::count_characters(text)) std::abort();
    }
  }
  return 0;
}
