#include "image/pipeline.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

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
constexpr int classifier_size = 640;  // or the largest below it

using Plan = std::vector<PlannedRendition>;

Extent fit(int width, int height, int side) {
  const double scale = std::min(1.0, static_cast<double>(side) / std::max(width, height));
  return {std::max(1, static_cast<int>(width * scale)),
          std::max(1, static_cast<int>(height * scale))};
}

Pixels to_pixels(Raster raster) { return {raster.width, raster.height, std::move(raster.samples)}; }

// What is said about a picture: `tiny` is it, or it with alpha, at 100x100 at most.
void describe(Raster tiny, Developed& developed) {
  developed.thumbhash = thumbhash(tiny);
  developed.colours = dominant_colours(tiny);
  if (tiny.bands == 4) tiny = over_white(tiny);
  developed.phash = perceptual_hash(to_yuv(tiny).y);
  developed.glance = to_pixels(std::move(tiny));
}

Result<std::string> encode(const Yuv& picture, Format format) {
  if (format == Format::jpeg) return encode_jpeg(picture, jpeg_quality);
  if (format == Format::avif) return encode_avif(to_raster(picture));
  Yuv studio = picture;
  to_studio_range(studio);
  return encode_webp(studio);
}

Result<std::string> encode(const Raster& rgba, Format format) {
  return format == Format::avif ? encode_avif(rgba) : encode_webp(rgba);
}

// Every rendition, largest first, each from the one before it; `picture` has the extent of the
// largest, and ends as the smallest. `see` is shown each.
template <class See>
Result<std::vector<Rendition>> encode_all(Yuv& picture, const Plan& plan, See see) {
  std::vector<Rendition> made;
  for (auto planned = plan.rbegin(); planned != plan.rend(); ++planned) {
    const auto [width, height] = planned->extent;
    if (width != picture.y.width || height != picture.y.height) {
      picture = resize(picture, width, height);
    }
    see(*planned, picture);
    TRY_ASSIGN(std::string bytes, encode(picture, planned->format));
    made.push_back({planned->size, planned->format, width, height, std::move(bytes)});
  }
  std::reverse(made.begin(), made.end());
  return made;
}

AlphaPlanes resize(const AlphaPlanes& picture, Extent extent) {
  const auto plane = [&](const Plane& source) {
    return image::resize(source, extent.width, extent.height, Kernel::lanczos3);
  };
  AlphaPlanes resized{plane(picture.red), plane(picture.green), plane(picture.blue),
                      plane(picture.alpha)};
  return resized;
}

// The same for a picture that is see-through; `see` is shown it as RGBA.
template <class See>
Result<std::vector<Rendition>> encode_all(AlphaPlanes& picture, const Plan& plan, See see) {
  std::vector<Rendition> made;
  for (auto planned = plan.rbegin(); planned != plan.rend(); ++planned) {
    const auto [width, height] = planned->extent;
    picture = resize(picture, planned->extent);
    const Raster rgba = unpremultiply(picture);
    see(*planned, rgba);
    TRY_ASSIGN(std::string bytes, encode(rgba, planned->with_alpha));
    made.push_back({planned->size, planned->with_alpha, width, height, std::move(bytes)});
  }
  std::reverse(made.begin(), made.end());
  return made;
}

// Whether this is the rendition whose pixels are wanted: the first one that is no larger.
bool shows_pixels(const PlannedRendition& planned, Wanted wanted, const Developed& developed) {
  return wanted == Wanted::pixels_too && planned.size <= classifier_size &&
         developed.pixels.rgb.empty();
}

Result<void> finish(Yuv picture, const Plan& plan, Wanted wanted, Developed& developed) {
  const auto keep_pixels = [&](const PlannedRendition& planned, const Yuv& shown) {
    if (!shows_pixels(planned, wanted, developed)) return;
    developed.pixels = to_pixels(to_raster(shown));
  };
  TRY_ASSIGN(developed.renditions, encode_all(picture, plan, keep_pixels));
  const Extent tiny = fit(picture.y.width, picture.y.height, thumbhash_side);
  describe(to_raster(resize(picture, tiny.width, tiny.height)), developed);
  return {};
}

Result<void> finish(const Raster& rgba, const Plan& plan, Wanted wanted, Developed& developed) {
  const auto keep_pixels = [&](const PlannedRendition& planned, const Raster& shown) {
    if (!shows_pixels(planned, wanted, developed)) return;
    developed.pixels = to_pixels(over_white(shown));
  };
  AlphaPlanes picture = premultiply(rgba);
  TRY_ASSIGN(developed.renditions, encode_all(picture, plan, keep_pixels));
  const Extent tiny = fit(picture.alpha.width, picture.alpha.height, thumbhash_side);
  describe(unpremultiply(resize(picture, tiny)), developed);
  return {};
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

// The picture at `shown`, upright: in planes, or as RGBA where it is see-through.
using Loaded = std::variant<Yuv, Raster>;

Result<Loaded> load(std::string_view bytes, const Probe& probe, Extent shown, bool fast) {
  Extent stored = shown;
  if (turn_of(probe.orientation).transpose) std::swap(stored.width, stored.height);
  if (fast && probe.format == Format::jpeg) {
    TRY_ASSIGN(std::optional<Yuv> picture, load_fast(bytes, probe, stored));
    if (picture) return *std::move(picture);
  }
  TRY_ASSIGN(Raster raster, load_general(bytes, probe, stored));
  if (raster.bands == 4) return raster;
  return to_yuv(raster);
}

Yuv opaque(Loaded loaded) {
  auto* planes = std::get_if<Yuv>(&loaded);
  return planes ? std::move(*planes) : to_yuv(over_white(std::get<Raster>(loaded)));
}

Result<Rendition> encode_full_size(Loaded loaded, Extent shown) {
  const Yuv picture = opaque(std::move(loaded));
  for (const int quality : {full_size_quality, full_size_quality_small}) {
    std::string jpeg = with_srgb_profile(encode_jpeg(picture, quality));
    if (jpeg.size() > full_size_bytes) continue;
    return Rendition{0, Format::jpeg, shown.width, shown.height, std::move(jpeg)};
  }
  return image_too_large("jpeg: too many bytes at full size");
}

}  // namespace

Result<Developed> develop_picture(std::string_view bytes, const Probe& probe, Wanted wanted,
                                  bool fast) {
  Developed developed;
  developed.width = probe.display_width();
  developed.height = probe.display_height();
  const Plan plan = plan_renditions(developed.width, developed.height);
  TRY_ASSIGN(Loaded loaded, load(bytes, probe, plan.back().extent, fast));
  TRY(std::visit([&](auto& picture) { return finish(std::move(picture), plan, wanted, developed); },
                 loaded));
  return developed;
}

Result<std::vector<Rendition>> encode_extra(std::string_view bytes, const Probe& probe,
                                            Extra extra) {
  const Plan plan = plan_extra(extra, probe.display_width(), probe.display_height());
  if (plan.empty()) return std::vector<Rendition>();
  TRY_ASSIGN(Loaded loaded, load(bytes, probe, plan.back().extent, true));
  if (extra == Extra::full_size) {
    TRY_ASSIGN(Rendition made, encode_full_size(std::move(loaded), plan.back().extent));
    return std::vector{std::move(made)};
  }
  const auto unseen = [](const PlannedRendition&, const auto&) {};
  if (extra == Extra::mail) {
    Yuv picture = opaque(std::move(loaded));
    return encode_all(picture, plan, unseen);
  }
  if (auto* planes = std::get_if<Yuv>(&loaded)) return encode_all(*planes, plan, unseen);
  AlphaPlanes picture = premultiply(std::get<Raster>(loaded));
  return encode_all(picture, plan, unseen);
}

}  // namespace picsharz::image
