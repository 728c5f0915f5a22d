// The magic sniffer and the header readers of all formats. Beside what the sanitizers see: no read
// leaves the file, the work is bounded by its size, and what is accepted is within the caps.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "image/caps.h"
#include "image/probe.h"

using namespace picsharz;  // NOLINT: a program of one function

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto length = static_cast<std::int64_t>(size);
  std::int64_t total = 0;
  const auto read = [&](std::int64_t offset, std::size_t count) {
    if (offset < 0 || offset + static_cast<std::int64_t>(count) > length) std::abort();
    total += static_cast<std::int64_t>(count);
    return std::string(bytes.substr(static_cast<std::size_t>(offset), count));
  };
  const auto found = image::probe(length, read, {});
  if (total > 64 * length) std::abort();
  if (!found) return 0;
  const auto pixels = std::int64_t{found->width} * found->height;
  if (found->width < 1 || found->height < 1 || pixels > image::caps::jpeg_pixels) std::abort();
  if (found->width > image::caps::side || found->height > image::caps::side) std::abort();
  if (found->orientation < 1 || found->orientation > 8) std::abort();
  if (found->frames < 1 || found->frames > image::caps::frames) std::abort();
  return 0;
}
