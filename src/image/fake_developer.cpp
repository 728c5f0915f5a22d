#include "image/fake_developer.h"

#include <string>

#include "image/renditions.h"

namespace picsharz::image {
namespace {

// The hash of an even grey picture, wider than high.
constexpr std::string_view grey_hash("\xdf\x07\x02\x05\x80\x88\x88\x88\x88\x88\x88\x88", 12);

Rendition tiny_rendition(const PlannedRendition& planned) {
  const Format format = planned.size == 1280 ? Format::jpeg : Format::webp;
  const auto [width, height] = planned.extent;
  const std::string_view magic = format == Format::jpeg ? std::string_view("\xff\xd8\xff\xe0", 4)
                                                        : std::string_view("RIFF\0\0\0\0WEBP", 12);
  std::string bytes(magic);
  bytes += " fake " + std::to_string(width) + "x" + std::to_string(height);
  return {planned.size, format, width, height, std::move(bytes)};
}

}  // namespace

Result<Developed> FakeDeveloper::develop(int, std::int64_t, const Probe& probe) {
  {
    const std::lock_guard lock(mutex_);
    ++calls_;
    if (error_) return std::unexpected(*error_);
  }
  Developed developed;
  developed.width = probe.display_width();
  developed.height = probe.display_height();
  developed.thumbhash = grey_hash;
  developed.phash = 0xf0e1d2c3b4a59687;
  developed.colours = {{128, 128, 128, 700}, {10, 20, 30, 300}};
  for (const auto& planned : plan_renditions(developed.width, developed.height)) {
    developed.renditions.push_back(tiny_rendition(planned));
    if (planned.size > 640) continue;
    const auto [width, height] = planned.extent;
    const auto samples = static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3;
    developed.pixels = {width, height, std::vector<std::uint8_t>(samples, 128)};
  }
  return developed;
}

void FakeDeveloper::set_error(std::optional<Error> error) {
  const std::lock_guard lock(mutex_);
  error_ = std::move(error);
}

int FakeDeveloper::calls() const {
  const std::lock_guard lock(mutex_);
  return calls_;
}

}  // namespace picsharz::image
