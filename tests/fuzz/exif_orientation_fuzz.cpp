// The small reader of EXIF: any bytes give an orientation from 1 to 8.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "image/exif.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const int orientation = picsharz::image::exif_orientation(bytes);
  if (orientation < 1 || orientation > 8) std::abort();
  return 0;
}
