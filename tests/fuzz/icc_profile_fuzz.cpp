// The reader that tells sRGB from other colour profiles: what the sanitizers see.
#include <cstdint>
#include <string_view>

#include "image/icc.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  static_cast<void>(picsharz::image::is_srgb_profile(bytes));
  return 0;
}
