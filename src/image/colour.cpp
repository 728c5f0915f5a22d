#include "image/colour.h"

#include <algorithm>

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O3")
#endif
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(PICSHARZ_SANITIZED)
#define PICSHARZ_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define PICSHARZ_CLONES
#endif

namespace picsharz::image {
namespace {

constexpr int strip = 64;  // pixels handled between memory and registers

std::uint8_t to_byte(int value) { return static_cast<std::uint8_t>(std::clamp(value, 0, 255)); }

// 16.16 fixed point: R = Y + 1.402 Cr, G = Y - 0.34414 Cb - 0.71414 Cr, B = Y + 1.772 Cb.
PICSHARZ_CLONES void rgb_row(const std::uint8_t* y, const std::uint8_t* u, const std::uint8_t* v,
                             int width, std::uint8_t* out) {
  constexpr int half = 1 << 15;
  std::uint8_t red[strip];
  std::uint8_t green[strip];
  std::uint8_t blue[strip];
  std::uint8_t blues[strip];  // chroma, each sample twice
  std::uint8_t reds[strip];
  for (int x = 0; x < width; x += strip) {
    const int count = std::min(strip, width - x);
    for (int i = 0; i < (count + 1) / 2; ++i) {
      blues[2 * i] = blues[2 * i + 1] = u[x / 2 + i];
      reds[2 * i] = reds[2 * i + 1] = v[x / 2 + i];
    }
    for (int i = 0; i < count; ++i) {
      const int luma = y[x + i] << 16;
      const int cb = blues[i] - 128;
      const int cr = reds[i] - 128;
      red[i] = to_byte((luma + 91881 * cr + half) >> 16);
      green[i] = to_byte((luma - 22554 * cb - 46802 * cr + half) >> 16);
      blue[i] = to_byte((luma + 116130 * cb + half) >> 16);
    }
    std::uint8_t* pixel = out + std::ptrdiff_t{3} * x;
    for (int i = 0; i < count; ++i, pixel += 3) {
      pixel[0] = red[i];
      pixel[1] = green[i];
      pixel[2] = blue[i];
    }
  }
}

PICSHARZ_CLONES void luma_row(const std::uint8_t* rgb, int width, std::uint8_t* out) {
  for (int x = 0; x < width; ++x, rgb += 3) {
    out[x] =
        static_cast<std::uint8_t>((19595 * rgb[0] + 38470 * rgb[1] + 7471 * rgb[2] + 32768) >> 16);
  }
}

// Two rows of RGB to one of chroma; the last column of an odd width stands for its missing
// neighbour.
PICSHARZ_CLONES void chroma_row(const std::uint8_t* upper, const std::uint8_t* lower, int width,
                                std::uint8_t* u, std::uint8_t* v) {
  constexpr int centre = (128 << 18) + (1 << 17);
  for (int x = 0; x < width; x += 2) {
    const int left = 3 * x;
    const int right = 3 * std::min(x + 1, width - 1);
    const int red = upper[left] + upper[right] + lower[left] + lower[right];
    const int green = upper[left + 1] + upper[right + 1] + lower[left + 1] + lower[right + 1];
    const int blue = upper[left + 2] + upper[right + 2] + lower[left + 2] + lower[right + 2];
    u[x / 2] = to_byte((-11059 * red - 21709 * green + 32768 * blue + centre) >> 18);
    v[x / 2] = to_byte((32768 * red - 27439 * green - 5329 * blue + centre) >> 18);
  }
}

PICSHARZ_CLONES void scale_samples(std::uint8_t* samples, std::size_t count, int factor,
                                   int offset) {
  for (std::size_t i = 0; i < count; ++i) {
    samples[i] = static_cast<std::uint8_t>((samples[i] * factor + offset) >> 16);
  }
}

void scale_plane(Plane& plane, int factor, int offset) {
  scale_samples(plane.samples.data(), plane.samples.size(), factor, offset);
}

}  // namespace

Raster to_raster(const Yuv& picture) {
  Raster raster{picture.y.width, picture.y.height, 3, {}};
  const auto row_bytes = static_cast<std::size_t>(raster.width) * 3;
  raster.samples.resize(row_bytes * static_cast<std::size_t>(raster.height));
  for (int y = 0; y < raster.height; ++y) {
    rgb_row(picture.y.row(y), picture.u.row(y / 2), picture.v.row(y / 2), raster.width,
            raster.samples.data() + row_bytes * static_cast<std::size_t>(y));
  }
  return raster;
}

Yuv to_yuv(const Raster& rgb) {
  Yuv picture{Plane(rgb.width, rgb.height), Plane((rgb.width + 1) / 2, (rgb.height + 1) / 2),
              Plane((rgb.width + 1) / 2, (rgb.height + 1) / 2)};
  const auto row = [&](int y) {
    return rgb.samples.data() + static_cast<std::size_t>(rgb.width) * 3 * static_cast<unsigned>(y);
  };
  for (int y = 0; y < rgb.height; ++y) luma_row(row(y), rgb.width, picture.y.row(y));
  for (int y = 0; y < rgb.height; y += 2) {
    chroma_row(row(y), row(std::min(y + 1, rgb.height - 1)), rgb.width, picture.u.row(y / 2),
               picture.v.row(y / 2));
  }
  return picture;
}

void to_studio_range(Yuv& picture) {
  // 16 + 219/255 * y; 128 + 224/255 * (c - 128).
  scale_plane(picture.y, 56284, (16 << 16) + 32768);
  scale_plane(picture.u, 57569, (128 << 16) - 128 * 57569 + 32768);
  scale_plane(picture.v, 57569, (128 << 16) - 128 * 57569 + 32768);
}

AlphaPlanes premultiply(const Raster& rgba) {
  AlphaPlanes planes{Plane(rgba.width, rgba.height), Plane(rgba.width, rgba.height),
                     Plane(rgba.width, rgba.height), Plane(rgba.width, rgba.height)};
  const std::uint8_t* pixel = rgba.samples.data();
  for (int y = 0; y < rgba.height; ++y) {
    for (int x = 0; x < rgba.width; ++x, pixel += 4) {
      const int alpha = pixel[3];
      planes.red.row(y)[x] = static_cast<std::uint8_t>((pixel[0] * alpha + 127) / 255);
      planes.green.row(y)[x] = static_cast<std::uint8_t>((pixel[1] * alpha + 127) / 255);
      planes.blue.row(y)[x] = static_cast<std::uint8_t>((pixel[2] * alpha + 127) / 255);
      planes.alpha.row(y)[x] = pixel[3];
    }
  }
  return planes;
}

Raster unpremultiply(const AlphaPlanes& picture) {
  Raster rgba{picture.alpha.width, picture.alpha.height, 4, {}};
  rgba.samples.resize(static_cast<std::size_t>(rgba.width) * static_cast<unsigned>(rgba.height) *
                      4);
  std::uint8_t* pixel = rgba.samples.data();
  for (int y = 0; y < rgba.height; ++y) {
    for (int x = 0; x < rgba.width; ++x, pixel += 4) {
      const int alpha = picture.alpha.row(y)[x];
      const auto restore = [alpha](int value) {
        return alpha == 0 ? std::uint8_t{0} : to_byte((value * 255 + alpha / 2) / alpha);
      };
      pixel[0] = restore(picture.red.row(y)[x]);
      pixel[1] = restore(picture.green.row(y)[x]);
      pixel[2] = restore(picture.blue.row(y)[x]);
      pixel[3] = static_cast<std::uint8_t>(alpha);
    }
  }
  return rgba;
}

bool is_opaque(const Raster& rgba) {
  for (std::size_t i = 3; i < rgba.samples.size(); i += 4) {
    if (rgba.samples[i] != 255) return false;
  }
  return true;
}

Raster over_white(const Raster& rgba) {
  Raster rgb{rgba.width, rgba.height, 3, {}};
  rgb.samples.reserve(rgba.samples.size() / 4 * 3);
  for (std::size_t i = 0; i < rgba.samples.size(); i += 4) {
    const int alpha = rgba.samples[i + 3];
    for (std::size_t band = 0; band < 3; ++band) {
      const int mixed = rgba.samples[i + band] * alpha + 255 * (255 - alpha);
      rgb.samples.push_back(static_cast<std::uint8_t>((mixed + 127) / 255));
    }
  }
  return rgb;
}

Raster without_alpha(const Raster& rgba) {
  Raster rgb{rgba.width, rgba.height, 3, {}};
  rgb.samples.reserve(rgba.samples.size() / 4 * 3);
  for (std::size_t i = 0; i < rgba.samples.size(); i += 4) {
    for (std::size_t band = 0; band < 3; ++band) rgb.samples.push_back(rgba.samples[i + band]);
  }
  return rgb;
}

}  // namespace picsharz::image
