#include "image/fake_developer.h"

#include <string>

#include "image/renditions.h"

namespace picsharz::image {
namespace {

// The hash of an even grey picture, wider than high.
constexpr std::string_view grey_hash("\xdf\x07\x02\x05\x80\x88\x88\x88\x88\x88\x88\x88", 12);

std::string_view magic_of(Format format) {
  if (format == Format::jpeg) return {"\xff\xd8\xff\xe0", 4};
  if (format == Format::avif)
    return {
        "\0\0\0\x1c"
        "ftypavif",
        12};
  return {"RIFF\0\0\0\0WEBP", 12};
}

Rendition tiny_rendition(const PlannedRendition& planned) {
  const auto [width, height] = planned.extent;
  std::string bytes(magic_of(planned.format));
  bytes += " fake " + std::to_string(width) + "x" + std::to_string(height);
  return {planned.size, planned.format, width, height, std::move(bytes)};
}

}  // namespace

Result<Developed> FakeDeveloper::develop(int, std::int64_t, const Probe& probe, Wanted wanted) {
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
    if (wanted == Wanted::renditions) continue;
    const auto [width, height] = planned.extent;
    const auto samples = static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3;
    developed.pixels = {width, height, std::vector<std::uint8_t>(samples, 128)};
  }
  developed.glance = {10, 10, std::vector<std::uint8_t>(std::size_t{10} * 10 * 3, 128)};
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

Result<std::vector<Rendition>> FakeExtraEncoder::encode(int, std::int64_t, const Probe& probe,
                                                        Extra extra) {
  ++calls;
  if (unavailable) throw DecoderUnavailable("the fake decoder is down");
  if (before) before();
  if (error) return std::unexpected(*error);
  std::vector<Rendition> made;
  for (const auto& planned : plan_extra(extra, probe.display_width(), probe.display_height())) {
    made.push_back(tiny_rendition(planned));
  }
  return made;
}

}  // namespace picsharz::image
