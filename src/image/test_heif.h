// Containers of AVIF and HEIC, and GIFs, for the tests of the header readers: right or wrong in one
// way. What they hold cannot be decoded.
#pragma once

#include <cstdint>
#include <string>

namespace picsharz::image::test {

struct HeifRecipe {
  std::string brand = "heic";
  std::string codec = "hvc1";
  std::uint32_t width = 64;
  std::uint32_t height = 64;
  std::uint32_t other_side = 32;  // of the first item, which is not the primary one
  std::uint32_t primary = 2;      // the item; 2 is there
  int quarters = 0;               // irot
  std::uint32_t crop_width = 0;   // clap
  std::uint32_t crop_height = 0;
  int rows = 0;  // of a grid; 0: none
  int columns = 0;
  std::uint32_t tile_side = 512;
  int tiles = -1;                // that the grid refers to; -1: as many as it needs
  std::uint32_t grid_width = 0;  // as the grid itself has it; 0: the right one
  int extra_items = 0;
  int extra_boxes = 0;
  int empty_extents = 0;  // boxes that list 65,535 extents without a byte for each item
};

std::string heif_of(const HeifRecipe& recipe);

// `frames` frames that fill the canvas.
std::string gif_of(int width, int height, int frames);

}  // namespace picsharz::image::test
