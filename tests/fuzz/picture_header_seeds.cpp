// Small pictures of every format: seeds_picture_header FOLDER.
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "image/pipeline.h"
#include "image/test_heif.h"
#include "image/test_pictures.h"
#include "image/warm_up_pictures.h"

using namespace picsharz::image;        // NOLINT: a program of one function
using namespace picsharz::image::test;  // NOLINT

int main(int count, char** arguments) {
  if (count != 2) return 2;
  std::vector<std::string> seeds{
      with_exif(jpeg_of(scene(24, 16)), 6),
      progressive_jpeg(24, 16, 4),
      png_of(scene(16, 16, 4)),
      png_header(16, 16, 8, 2) + png_chunk("tEXt", "a seed"),
      lossless_webp_of(scene(16, 16, 4)),
      gif_of(16, 16, 3),
      heif_of({}),
      heif_of({.brand = "avif", .codec = "av01", .quarters = 1, .crop_width = 8, .crop_height = 8}),
      heif_of({.width = 1000, .height = 700, .rows = 2, .columns = 2}),
  };
  for (const Format format : {Format::png, Format::gif, Format::avif, Format::heic}) {
    seeds.emplace_back(warm_up_picture(format));
  }
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    std::ofstream file(std::string(arguments[1]) + "/seed-" + std::to_string(i), std::ios::binary);
    file << seeds[i];
    if (!file.flush()) return 1;
  }
  std::printf("%zu seeds\n", seeds.size());
  return 0;
}
