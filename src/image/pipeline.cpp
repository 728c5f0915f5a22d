#include "image/pipeline.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "image/colour.h"
#include "image/dominant_colours.h"
#include "image/icc.h"
#include "image/jpeg_codec.h"
#include "image/orient.h"
#include "image/perceptual_hash.h"
#include "image/refusals.h"
#include "image/renditions.h"
#include "image/resize.h"
#include "image/thumbhash.h"
#include "image/vips_pictures.h"
#include "image/webp_encoder.h"

namespace picsharz::image {
namespace {

constexpr int jpeg_quality = 80;
constexpr int full_size_quality = 90;
constexpr int full_size_quality_small = 75;  // where the other does not fit
constexpr std::size_t full_size_bytes = 30 * 1024 * 1024;
constexpr int jpeg_size = 1280;       // this rendition is a JPEG, unless the picture has alpha
constexpr int classifier_size = 640;  // or the largest below it

using Plan = std::vector<PlannedRendition>;

Extent fit(int width, int height, int side) {
  const double scale = std::min(1.0, static_cast<double>(side) / std::max(width, height));
  return {std::max(1, static_cast<int>(width * scale)),
          std::max(1, static_cast<int>(height * scale))};
}

void add(Developed& developed, int size, Format format, int width, int height, std::string bytes) {
  developed.renditions.push_back({size, format, width, height, std::move(bytes)});
}

Pixels to_pixels(Raster raster) { return {raster.width, raster.height, std::move(raster.samples)}; }

// What is said about a picture: `tiny` is it, or it with alpha, at 100x100 at most.
void describe(const Raster& tiny, Developed& developed) {
  developed.thumbhash = thumbhash(tiny);
  developed.colours = dominant_colours(tiny);
  developed.phash = perceptual_hash(to_yuv(tiny.bands == 4 ? over_white(tiny) : tiny).y);
}

// `picture` has the extent of the largest rendition.
void finish(Yuv picture, const Plan& plan, Developed& developed) {
  for (auto planned = plan.rbegin(); planned != plan.rend(); ++planned) {
    const auto [width, height] = planned->extent;
    if (width != picture.y.width || height != picture.y.height) {
      picture = resize(picture, width, height);
    }
    if (planned->size == classifier_size || developed.pixels.rgb.empty()) {
      if (planned->size <= classifier_size) developed.pixels = to_pixels(to_raster(picture));
    }
    if (planned->size == jpeg_size) {
      add(developed, planned->size, Format::jpeg, width, height,
          encode_jpeg(picture, jpeg_quality));
    } else {
      Yuv studio = picture;
      to_studio_range(studio);
      add(developed, planned->size, Format::webp, width, height, encode_webp(studio));
    }
  }
  const Extent tiny = fit(picture.y.width, picture.y.height, thumbhash_side);
  describe(to_raster(resize(picture, tiny.width, tiny.height)), developed);
}

AlphaPlanes resize(const AlphaPlanes& picture, Extent extent) {
  const auto plane = [&](const Plane& source) {
    return image::resize(source, extent.width, extent.height, Kernel::lanczos3);
  };
  AlphaPlanes resized{plane(picture.red), plane(picture.green), plane(picture.blue),
                      plane(picture.alpha)};
  return resized;
}

void finish_with_alpha(const Raster& top, const Plan& plan, Developed& developed) {
  AlphaPlanes picture = premultiply(top);
  for (auto planned = plan.rbegin(); planned != plan.rend(); ++planned) {
    const Extent extent = planned->extent;
    picture = resize(picture, extent);
    const Raster rgba = unpremultiply(picture);
    if (planned->size <= classifier_size && developed.pixels.rgb.empty()) {
      developed.pixels = to_pixels(over_white(rgba));
    }
    add(developed, planned->size, Format::webp, extent.width, extent.height, encode_webp(rgba));
  }
  const Extent tiny = fit(picture.alpha.width, picture.alpha.height, thumbhash_side);
  describe(unpremultiply(resize(picture, tiny)), developed);
}

// The planes of a scaled JPEG at `target` (as stored), mirrored on the way, then turned.
Yuv compose(ScaledJpeg& jpeg, Extent target, const Turn& turn) {
  const Mapping luma{jpeg.luma_width,
                     jpeg.luma_height,
                     static_cast<double>(target.width),
                     static_cast<double>(target.height),
                     turn.flip_x,
                     turn.flip_y};
  const Mapping chroma{jpeg.chroma_width,   jpeg.chroma_height, target.width / 2.0,
                       target.height / 2.0, turn.flip_x,        turn.flip_y};
  const int columns = (target.width + 1) / 2;
  const int rows = (target.height + 1) / 2;
  const auto plane = [](Plane& source, int width, int height, Kernel kernel,
                        const Mapping& mapping) {
    const bool same = mapping.source_width == mapping.target_width &&
                      mapping.source_height == mapping.target_height && !mapping.flip_x &&
                      !mapping.flip_y;
    return same ? std::move(source) : image::resize(source, width, height, kernel, mapping);
  };
  Yuv picture{plane(jpeg.y, target.width, target.height, Kernel::lanczos3, luma),
              plane(jpeg.u, columns, rows, Kernel::triangle, chroma),
              plane(jpeg.v, columns, rows, Kernel::triangle, chroma)};
  if (!turn.transpose) return picture;
  return {transpose(picture.y), transpose(picture.u), transpose(picture.v)};
}

// nullopt: not a picture for this path.
Result<std::optional<Yuv>> load_fast(std::string_view bytes, const Probe& probe, Extent stored) {
  TRY_ASSIGN(std::optional<ScaledJpeg> jpeg, decode_jpeg_scaled(bytes, stored));
  if (!jpeg) return std::nullopt;
  if (jpeg->width != probe.width || jpeg->height != probe.height) {
    return image_corrupt("jpeg: another size than its header's");
  }
  Yuv picture = compose(*jpeg, stored, turn_of(probe.orientation));
  if (!jpeg->icc.empty() && !is_srgb_profile(jpeg->icc)) {
    picture = to_yuv(to_srgb(to_raster(picture), jpeg->icc));
  }
  return picture;
}

Result<Raster> load_general(std::string_view bytes, const Probe& probe, Extent stored) {
  TRY_ASSIGN(Raster raster, load_with_vips(bytes, probe, stored));
  raster = turn(std::move(raster), turn_of(probe.orientation));
  if (raster.bands == 4 && is_opaque(raster)) raster = without_alpha(raster);
  return raster;
}

Result<void> develop_general(std::string_view bytes, const Probe& probe, const Plan& plan,
                             Extent stored, Developed& developed) {
  TRY_ASSIGN(const Raster raster, load_general(bytes, probe, stored));
  if (raster.bands == 4) {
    finish_with_alpha(raster, plan, developed);
  } else {
    finish(to_yuv(raster), plan, developed);
  }
  return {};
}

}  // namespace

Result<Developed> develop_picture(std::string_view bytes, const Probe& probe, bool fast) {
  Developed developed;
  developed.width = probe.display_width();
  developed.height = probe.display_height();
  const Plan plan = plan_renditions(developed.width, developed.height);
  Extent stored = plan.back().extent;
  if (turn_of(probe.orientation).transpose) std::swap(stored.width, stored.height);

  bool done = false;
  if (fast && probe.format == Format::jpeg) {
    TRY_ASSIGN(std::optional<Yuv> picture, load_fast(bytes, probe, stored));
    done = picture.has_value();
    if (done) finish(*std::move(picture), plan, developed);
  }
  if (!done) TRY(develop_general(bytes, probe, plan, stored, developed));
  std::reverse(developed.renditions.begin(), developed.renditions.end());
  return developed;
}

Result<Rendition> encode_full_size(std::string_view bytes, const Probe& probe) {
  const Extent shown = full_size_extent(probe.display_width(), probe.display_height());
  Extent stored = shown;
  if (turn_of(probe.orientation).transpose) std::swap(stored.width, stored.height);
  std::optional<Yuv> picture;
  if (probe.format == Format::jpeg) {
    TRY_ASSIGN(picture, load_fast(bytes, probe, stored));
  }
  if (!picture) {
    TRY_ASSIGN(Raster raster, load_general(bytes, probe, stored));
    picture = to_yuv(raster.bands == 4 ? over_white(raster) : raster);
  }
  for (const int quality : {full_size_quality, full_size_quality_small}) {
    std::string jpeg = with_srgb_profile(encode_jpeg(*picture, quality));
    if (jpeg.size() > full_size_bytes) continue;
    return Rendition{0, Format::jpeg, shown.width, shown.height, std::move(jpeg)};
  }
  return image_too_large("jpeg: too many bytes at full size");
}

}  // namespace picsharz::image
