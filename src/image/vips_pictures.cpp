#include "image/vips_pictures.h"

#include <dlfcn.h>
#include <gmodule.h>
#include <vips/vips.h>
// not part of vips.h
#include <vips/vector.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include "image/caps.h"
#include "image/refusals.h"

namespace picsharz::image {
namespace {

// Of 1..100 and 0..9, chosen by measurement: docs/adr/0011-larger-renditions.md.
constexpr int avif_quality = 60;
constexpr int avif_effort = 0;

struct Unref {
  void operator()(VipsImage* image) const { g_object_unref(image); }
};
using Image = std::unique_ptr<VipsImage, Unref>;

// What libvips says last, for the log. std::bad_alloc where that is that memory ended.
std::string take_vips_error() {
  std::string text = vips_error_buffer();
  vips_error_clear();
  for (const char* sign : {"Memory allocation error", "out of memory"}) {
    if (text.find(sign) != std::string::npos) throw std::bad_alloc();
  }
  constexpr std::size_t longest = 200;
  if (text.size() > longest) text.resize(longest);
  return text;
}

void stay_silent(const gchar*, GLogLevelFlags, const gchar*, gpointer) {}

// The power of two by which libjpeg may shrink while it decodes.
int shrink_of(const Probe& probe, Extent target) {
  int shrink = 8;
  while (shrink > 1 &&
         (probe.width / shrink < target.width || probe.height / shrink < target.height)) {
    shrink /= 2;
  }
  return shrink;
}

// libwebp averages areas while it decodes: twice the target is left for a better filter.
double scale_of(const Probe& probe, Extent target) {
  const double wanted =
      std::max(2.0 * target.width / probe.width, 2.0 * target.height / probe.height);
  return probe.frames > 1 ? 1.0 : std::min(1.0, wanted);
}

Image load(std::string_view bytes, const Probe& probe, Extent target) {
  void* const data = const_cast<char*>(bytes.data());  // libvips only reads it
  VipsImage* out = nullptr;
  int failed = -1;
  switch (probe.format) {
    case Format::jpeg:
      failed = vips_jpegload_buffer(data, bytes.size(), &out, "access", VIPS_ACCESS_SEQUENTIAL,
                                    "fail_on", VIPS_FAIL_ON_TRUNCATED, "shrink",
                                    shrink_of(probe, target), nullptr);
      break;
    case Format::png:
      failed = vips_pngload_buffer(data, bytes.size(), &out, "access", VIPS_ACCESS_SEQUENTIAL,
                                   "fail_on", VIPS_FAIL_ON_TRUNCATED, nullptr);
      break;
    case Format::webp:
      failed = vips_webpload_buffer(data, bytes.size(), &out, "access", VIPS_ACCESS_SEQUENTIAL,
                                    "fail_on", VIPS_FAIL_ON_TRUNCATED, "scale",
                                    scale_of(probe, target), nullptr);
      break;
    case Format::gif:  // the first frame
      failed = vips_gifload_buffer(data, bytes.size(), &out, "access", VIPS_ACCESS_SEQUENTIAL,
                                   "fail_on", VIPS_FAIL_ON_ERROR, nullptr);
      break;
    case Format::avif:
    case Format::heic:  // the primary item
      failed = vips_heifload_buffer(data, bytes.size(), &out, "access", VIPS_ACCESS_SEQUENTIAL,
                                    "fail_on", VIPS_FAIL_ON_ERROR, nullptr);
      break;
  }
  return Image(failed ? nullptr : out);
}

// Every call below takes an image and gives a new one, or nothing.
template <class Call>
Image step(const Image& image, Call call) {
  VipsImage* out = nullptr;
  if (!image || call(image.get(), &out)) return nullptr;
  return Image(out);
}

bool has_profile(const Image& image) {
  return vips_image_get_typeof(image.get(), VIPS_META_ICC_NAME) != 0;
}

// An export profile is named only where there is an embedded one: without that, libvips 8.14 goes
// from plain sRGB through XYZ to its sRGB profile, and colours come out three levels off.
Image shrink(const Image& image, Extent target) {
  return step(image, [&](VipsImage* in, VipsImage** out) {
    if (!has_profile(image)) {
      return vips_thumbnail_image(in, out, target.width, "height", target.height, "size",
                                  VIPS_SIZE_FORCE, "no_rotate", TRUE, nullptr);
    }
    return vips_thumbnail_image(in, out, target.width, "height", target.height, "size",
                                VIPS_SIZE_FORCE, "no_rotate", TRUE, "export_profile", "srgb",
                                "intent", VIPS_INTENT_RELATIVE, nullptr);
  });
}

// 8-bit sRGB with three or four bands, whatever thumbnail left of grey and the like.
Image normalise(Image image) {
  if (image && vips_image_get_interpretation(image.get()) != VIPS_INTERPRETATION_sRGB) {
    image = step(image, [](VipsImage* in, VipsImage** out) {
      return vips_colourspace(in, out, VIPS_INTERPRETATION_sRGB, nullptr);
    });
  }
  image =
      step(image, [](VipsImage* in, VipsImage** out) { return vips_cast_uchar(in, out, nullptr); });
  if (image && vips_image_get_bands(image.get()) > 4) {
    image = step(image, [](VipsImage* in, VipsImage** out) {
      return vips_extract_band(in, out, 0, "n", 3, nullptr);
    });
  }
  return image;
}

Result<Raster> write(const Image& image) {
  if (!image) return image_corrupt(take_vips_error());
  Raster raster{vips_image_get_width(image.get()),
                vips_image_get_height(image.get()),
                vips_image_get_bands(image.get()),
                {}};
  if (raster.bands < 3) return image_corrupt("vips: bands");
  std::size_t size = 0;
  const std::unique_ptr<void, void (*)(void*)> memory(
      vips_image_write_to_memory(image.get(), &size), g_free);
  if (!memory) return image_corrupt(take_vips_error());
  const auto* samples = static_cast<const std::uint8_t*>(memory.get());
  raster.samples.assign(samples, samples + size);
  return raster;
}

// Shrinking on load must leave what the header promised, or the header lied.
bool has_expected_size(const Image& image, const Probe& probe) {
  const double across = static_cast<double>(vips_image_get_width(image.get())) / probe.width;
  const double down = static_cast<double>(vips_image_get_height(image.get())) / probe.height;
  const double rounding = 1.0 / std::min(probe.width, probe.height);
  return across <= 1 && down <= 1 && std::abs(across - down) <= rounding;
}

Result<Raster> load_once(std::string_view bytes, const Probe& probe, Extent target, bool profile) {
  const Image image = load(bytes, probe, target);
  if (!image) return image_corrupt(take_vips_error());
  if (!has_expected_size(image, probe)) return image_corrupt("vips: size");
  if (!profile) vips_image_remove(image.get(), VIPS_META_ICC_NAME);
  return write(normalise(shrink(image, target)));
}

// The caller's samples: they outlive the image.
Image over_samples(const Raster& raster) {
  Image image(vips_image_new_from_memory(raster.samples.data(), raster.samples.size(), raster.width,
                                         raster.height, raster.bands, VIPS_FORMAT_UCHAR));
  if (!image) throw std::bad_alloc();
  image->Type = VIPS_INTERPRETATION_sRGB;
  return image;
}

// Debian's libvips has its loader of AVIF and HEIC in a file of its own, beside the library.
std::string heif_module_path() {
  Dl_info library{};
  if (::dladdr(reinterpret_cast<const void*>(&vips_init), &library) == 0) return "";
  return std::filesystem::path(library.dli_fname).parent_path() /
         ("vips-modules-" + std::to_string(VIPS_MAJOR_VERSION) + "." +
          std::to_string(VIPS_MINOR_VERSION)) /
         "vips-heif.so";
}

}  // namespace

bool has_heif_loader() {
  std::error_code ignored;
  return std::filesystem::exists(heif_module_path(), ignored);
}

void init_vips() {
  // libvips loads plug-ins (ImageMagick, PDF, HEIF, ...) from its own folder before anything can be
  // blocked. It finds none under a home of ours: less to attack, and half the time to start. The
  // one that is wanted is loaded by name, and stays.
  g_setenv("VIPSHOME", "/nonexistent", TRUE);
  if (vips_init("picsharz")) throw std::runtime_error("libvips cannot start: " + take_vips_error());
  if (has_heif_loader()) g_module_open(heif_module_path().c_str(), G_MODULE_BIND_LAZY);
  g_log_set_default_handler(stay_silent, nullptr);
  vips_block_untrusted_set(TRUE);
  vips_operation_block_set("VipsForeign", TRUE);
  vips_operation_block_set("VipsForeignLoadJpegBuffer", FALSE);
  vips_operation_block_set("VipsForeignLoadPngBuffer", FALSE);
  vips_operation_block_set("VipsForeignLoadWebpBuffer", FALSE);
  vips_operation_block_set("VipsForeignLoadNsgifBuffer", FALSE);
  vips_operation_block_set("VipsForeignLoadHeifBuffer", FALSE);
  vips_operation_block_set("VipsForeignSaveHeifBuffer", FALSE);
  vips_concurrency_set(1);
  vips_cache_set_max(0);
  vips_vector_set_enabled(FALSE);  // it would generate code at run time
}

Result<Raster> load_with_vips(std::string_view bytes, const Probe& probe, Extent target) {
  auto raster = load_once(bytes, probe, target, true);
  if (!raster && probe.icc) return load_once(bytes, probe, target, false);
  return raster;
}

Raster to_srgb(Raster rgb, std::string_view profile) {
  const Image image = over_samples(rgb);
  vips_image_set_blob_copy(image.get(), VIPS_META_ICC_NAME, profile.data(), profile.size());
  const Image converted = step(image, [](VipsImage* in, VipsImage** out) {
    return vips_icc_transform(in, out, "srgb", "embedded", TRUE, "intent", VIPS_INTENT_RELATIVE,
                              nullptr);
  });
  auto written = write(converted);
  if (!written || written->bands != 3) {
    vips_error_clear();
    return rgb;
  }
  return *std::move(written);
}

// The picture is ours and in order: where this fails, and not for memory, there is no encoder.
Result<std::string> encode_avif(const Raster& picture) {
  const Image image = over_samples(picture);
  void* bytes = nullptr;
  std::size_t size = 0;
  const int failed = vips_heifsave_buffer(image.get(), &bytes, &size, "compression",
                                          VIPS_FOREIGN_HEIF_COMPRESSION_AV1, "Q", avif_quality,
                                          "effort", avif_effort, "bitdepth", 8, "subsample_mode",
                                          VIPS_FOREIGN_SUBSAMPLE_ON, "strip", TRUE, nullptr);
  const std::unique_ptr<void, void (*)(void*)> memory(bytes, g_free);
  if (failed) return no_encoder(take_vips_error());
  return std::string(static_cast<const char*>(bytes), size);
}

// ICC.1:2010, annex B.4: one APP2 segment, for the profile is small.
std::string with_srgb_profile(std::string jpeg) {
  VipsBlob* blob = nullptr;
  if (vips_profile_load("srgb", &blob, nullptr) != 0 || blob == nullptr) {
    vips_error_clear();
    return jpeg;
  }
  std::size_t size = 0;
  const auto* profile = static_cast<const char*>(vips_blob_get(blob, &size));
  std::string segment("ICC_PROFILE\0\1\1", 14);
  segment.append(profile, size);
  vips_area_unref(VIPS_AREA(blob));
  const std::size_t length = segment.size() + 2;
  const bool jfif = jpeg.size() >= 6 && jpeg.compare(2, 2, "\xff\xe0") == 0;
  if (length > 0xffff || !jfif) return jpeg;
  const std::size_t at =
      4 + (static_cast<unsigned char>(jpeg[4]) << 8 | static_cast<unsigned char>(jpeg[5]));
  const std::string head{'\xff', '\xe2', static_cast<char>(length >> 8), static_cast<char>(length)};
  return jpeg.insert(std::min(at, jpeg.size()), head + segment);
}

}  // namespace picsharz::image
