#include "image/test_heif.h"

namespace picsharz::image::test {
namespace {

std::string number(std::uint64_t value, int bytes) {
  std::string text;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    text += static_cast<char>(value >> shift);
  }
  return text;
}

std::string box(const std::string& type, const std::string& data) {
  return number(data.size() + 8, 4) + type + data;
}

std::string full(const std::string& type, int version, const std::string& data) {
  return box(type, number(static_cast<std::uint64_t>(version) << 24, 4) + data);
}

std::string item(std::uint32_t id, const std::string& type) {
  return full("infe", 2, number(id, 2) + number(0, 2) + type + std::string(1, '\0'));
}

std::string size(std::uint32_t width, std::uint32_t height) {
  return full("ispe", 0, number(width, 4) + number(height, 4));
}

// Associations of one item: indices of one byte each.
std::string associate(std::uint32_t id, const std::string& indices) {
  return number(id, 2) + number(indices.size(), 1) + indices;
}

constexpr std::uint32_t first_tile = 10;

int tiles_of(const HeifRecipe& recipe) {
  return recipe.tiles >= 0 ? recipe.tiles : recipe.rows * recipe.columns;
}

// The properties: 1 the first item's size, 2 the picture's, 3 the tiles', 4 and 5 crop and turn.
std::string properties(const HeifRecipe& recipe) {
  std::string container = size(recipe.other_side, recipe.other_side) +
                          size(recipe.width, recipe.height) +
                          size(recipe.tile_side, recipe.tile_side);
  std::string clap = number(recipe.crop_width, 4) + number(1, 4) + number(recipe.crop_height, 4) +
                     number(1, 4) + number(0, 4) + number(1, 4) + number(0, 4) + number(1, 4);
  container += box("clap", clap);
  container += box("irot", number(static_cast<std::uint64_t>(recipe.quarters), 1));
  std::string of_picture("\2", 1);
  if (recipe.crop_width > 0) of_picture += '\4';
  if (recipe.quarters > 0) of_picture += '\5';
  std::string entries = associate(1, "\1") + associate(2, of_picture);
  const int tiles = tiles_of(recipe);
  for (int i = 0; i < tiles; ++i) {
    entries += associate(first_tile + static_cast<std::uint32_t>(i), "\3");
  }
  const auto count = std::uint64_t{2} + static_cast<std::uint64_t>(tiles);
  return box("iprp", box("ipco", container) + full("ipma", 0, number(count, 4) + entries));
}

std::string items(const HeifRecipe& recipe) {
  const bool grid = recipe.rows > 0;
  std::string entries = item(1, recipe.codec) + item(2, grid ? "grid" : recipe.codec);
  const int tiles = tiles_of(recipe) + recipe.extra_items;
  for (int i = 0; i < tiles; ++i) {
    entries += item(first_tile + static_cast<std::uint32_t>(i), recipe.codec);
  }
  return full("iinf", 0, number(std::uint64_t{2} + static_cast<std::uint64_t>(tiles), 2) + entries);
}

std::string references(const HeifRecipe& recipe) {
  if (recipe.rows == 0) return "";
  const int tiles = tiles_of(recipe);
  std::string ids = number(2, 2) + number(static_cast<std::uint64_t>(tiles), 2);
  for (int i = 0; i < tiles; ++i) ids += number(first_tile + static_cast<std::uint32_t>(i), 2);
  return full("iref", 0, box("dimg", ids));
}

// The picture's data is the box idat: the grid, or eight bytes of nothing.
std::string data(const HeifRecipe& recipe) {
  const bool grid = recipe.rows > 0;
  const std::uint32_t width = recipe.grid_width > 0 ? recipe.grid_width : recipe.width;
  const std::string bytes = grid ? number(0, 2) +
                                       number(static_cast<std::uint64_t>(recipe.rows - 1), 1) +
                                       number(static_cast<std::uint64_t>(recipe.columns - 1), 1) +
                                       number(width, 2) + number(recipe.height, 2)
                                 : std::string(8, '\0');
  const std::string location = number(2, 2) + number(1, 2) + number(0, 2) + number(1, 2) +
                               number(0, 4) + number(bytes.size(), 4);
  return full("iloc", 1, number(0x4400, 2) + number(1, 2) + location) + box("idat", bytes);
}

}  // namespace

std::string heif_of(const HeifRecipe& recipe) {
  std::string meta = full("pitm", 0, number(recipe.primary, 2)) + items(recipe) +
                     properties(recipe) + references(recipe) + data(recipe);
  for (int i = 0; i < recipe.extra_boxes; ++i) meta += box("free", "");
  for (int i = 0; i < recipe.empty_extents; ++i) {
    meta += full("iloc", 0,
                 number(0, 2) + number(1, 2) + number(7, 2) + number(0, 2) + number(65'535, 2));
  }
  return box("ftyp", recipe.brand + number(0, 4) + "mif1") + full("meta", 0, meta);
}

std::string gif_of(int width, int height, int frames) {
  const auto little16 = [](int value) {
    return std::string{static_cast<char>(value), static_cast<char>(value >> 8)};
  };
  std::string bytes = "GIF89a" + little16(width) + little16(height) + std::string("\x80\0\0", 3) +
                      std::string("\0\0\0\xff\xff\xff", 6);
  const std::string frame = "," + std::string(4, '\0') + little16(width) + little16(height) +
                            std::string("\0\2\2\x44\1\0", 6);
  for (int i = 0; i < frames; ++i) bytes += frame;
  return bytes + ";";
}

}  // namespace picsharz::image::test
