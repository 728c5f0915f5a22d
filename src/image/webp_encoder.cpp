#include "image/webp_encoder.h"

#include <webp/encode.h>

#include <new>

#include "image/vp8_encoder.h"

namespace picsharz::image {
namespace {

constexpr int quantiser = 25;
// Of what is see-through: 1 takes a third longer, for a tenth fewer bytes.
constexpr float quality = 75;
constexpr int effort = 0;  // of 0..6

struct Picture {
  WebPPicture raw;
  WebPMemoryWriter writer;

  Picture(int width, int height) {
    WebPMemoryWriterInit(&writer);
    if (!WebPPictureInit(&raw)) throw std::bad_alloc();
    raw.width = width;
    raw.height = height;
    raw.writer = WebPMemoryWrite;
    raw.custom_ptr = &writer;
  }
  ~Picture() {
    WebPPictureFree(&raw);
    WebPMemoryWriterClear(&writer);
  }
  Picture(const Picture&) = delete;
  Picture& operator=(const Picture&) = delete;
};

std::string encode(Picture& picture) {
  WebPConfig config;
  if (!WebPConfigInit(&config)) throw std::bad_alloc();
  config.quality = quality;
  config.method = effort;
  config.alpha_quality = 90;
  if (!WebPEncode(&config, &picture.raw)) throw std::bad_alloc();
  return {reinterpret_cast<const char*>(picture.writer.mem), picture.writer.size};
}

}  // namespace

std::string encode_webp(const Yuv& studio) { return encode_vp8(studio, quantiser); }

std::string encode_webp(const Raster& rgba) {
  Picture picture(rgba.width, rgba.height);
  picture.raw.use_argb = 0;
  if (!WebPPictureImportRGBA(&picture.raw, rgba.samples.data(), 4 * rgba.width)) {
    throw std::bad_alloc();
  }
  return encode(picture);
}

}  // namespace picsharz::image
