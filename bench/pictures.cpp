#include "pictures.h"

#include <algorithm>

#include "image/webp_encoder.h"

namespace picsharz::bench {

namespace {

constexpr int columns = 320;
constexpr int rows = 240;
constexpr int noise_step = 6;
constexpr int noise_most = 110;

void fill(image::Plane& plane, Dice& dice, int noise) {
  for (int y = 0; y < plane.height; ++y) {
    for (int x = 0; x < plane.width; ++x) {
      const int slope = 60 + (x + y) * 110 / (plane.width + plane.height);
      const auto grain = static_cast<int>(dice.between(-noise, noise));
      plane.row(y)[x] = static_cast<std::uint8_t>(std::clamp(slope + grain, 16, 235));
    }
  }
}

}  // namespace

std::string draw_webp(Dice& dice, std::size_t bytes) {
  image::Yuv picture{image::Plane(columns, rows), image::Plane(columns / 2, rows / 2),
                     image::Plane(columns / 2, rows / 2)};
  std::string encoded;
  for (int noise = 0; noise <= noise_most && encoded.size() < bytes; noise += noise_step) {
    fill(picture.y, dice, noise);
    fill(picture.u, dice, noise / 4);
    fill(picture.v, dice, noise / 4);
    encoded = image::encode_webp(picture);
  }
  return encoded;
}

}  // namespace picsharz::bench
