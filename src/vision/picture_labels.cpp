#include "vision/picture_labels.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "vision/taxonomy.h"

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O3")
#endif

namespace picsharz::vision {

namespace {

constexpr int sample_size = 64;         // of the longer side
constexpr double found_only = 0.4;      // searched for, not shown
constexpr double colour_share = 0.2;    // of the picture, from which it is of that colour
constexpr double grey_chroma = 6;       // of black and white, to which scans and JPEG add a tint
constexpr double dark_lightness = 30;   // L* of a picture that is dark on the whole
constexpr double panorama_ratio = 2.0;  // wider than any camera's sensor, and than a film's still
constexpr double square_ratio = 1.05;
constexpr double tropic = 23.44;  // degrees

using Colour = std::array<double, 3>;  // red, green, blue: 0..1

// Adds what columns hold up by boxes of `step` pixels.
void add_columns(const std::vector<std::uint32_t>& columns, std::size_t step,
                 std::vector<std::array<std::uint32_t, 3>>& boxes) {
  const std::size_t width = columns.size() / 3;
  for (std::size_t box = 0; box < boxes.size(); ++box) {
    boxes[box] = {};
    for (std::size_t x = box * step; x < std::min((box + 1) * step, width); ++x) {
      for (std::size_t c = 0; c < 3; ++c) boxes[box][c] += columns[3 * x + c];
    }
  }
}

// Means of about equal boxes, so that the noise of a sensor and the grain of a film are no colours.
// Rows are added up first: that is what vector registers do well.
std::vector<Colour> means_of_boxes(const image::Pixels& pixels) {
  if (pixels.width < 1 || pixels.height < 1) return {};
  const auto width = static_cast<std::size_t>(pixels.width);
  const auto height = static_cast<std::size_t>(pixels.height);
  if (pixels.rgb.size() < width * height * 3) return {};
  const std::size_t step = (std::max(width, height) + sample_size - 1) / sample_size;
  std::vector<std::uint32_t> columns(3 * width);
  std::vector<std::array<std::uint32_t, 3>> sums((width + step - 1) / step);
  std::vector<Colour> means;
  for (std::size_t top = 0; top < height; top += step) {
    const std::size_t bottom = std::min(top + step, height);
    std::ranges::fill(columns, 0U);
    for (std::size_t y = top; y < bottom; ++y) {
      const std::uint8_t* const row = pixels.rgb.data() + y * columns.size();
      std::uint32_t* const sum = columns.data();
      for (std::size_t i = 0; i < 3 * width; ++i) sum[i] += row[i];
    }
    add_columns(columns, step, sums);
    for (std::size_t box = 0; box < sums.size(); ++box) {
      const std::size_t count = (std::min((box + 1) * step, width) - box * step) * (bottom - top);
      const double full = 255.0 * static_cast<double>(count);
      means.push_back({sums[box][0] / full, sums[box][1] / full, sums[box][2] / full});
    }
  }
  return means;
}

// CIE L*a*b* of sRGB, D65.
struct Lab {
  double lightness = 0;  // 0..100
  double chroma = 0;
};

Lab lab_of(const Colour& colour) {
  Colour linear{};
  for (std::size_t c = 0; c < 3; ++c) {
    linear[c] =
        colour[c] <= 0.04045 ? colour[c] / 12.92 : std::pow((colour[c] + 0.055) / 1.055, 2.4);
  }
  const auto [r, g, b] = linear;
  const auto f = [](double t) {
    return t > 216.0 / 24389 ? std::cbrt(t) : (24389.0 / 27 * t + 16) / 116;
  };
  const double x = f((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
  const double y = f(0.2126729 * r + 0.7151522 * g + 0.0721750 * b);
  const double z = f((0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883);
  const double green_red = 500 * (x - y);
  const double blue_yellow = 200 * (y - z);
  return {116 * y - 16, std::sqrt(green_red * green_red + blue_yellow * blue_yellow)};
}

struct Hsv {
  double hue = 0;  // degrees; 0 is red, 120 green, 240 blue
  double saturation = 0;
  double value = 0;
};

Hsv hsv_of(const Colour& colour) {
  const auto [r, g, b] = colour;
  const double most = std::max({r, g, b});
  const double range = most - std::min({r, g, b});
  if (range <= 0) return {0, 0, most};
  double hue = 0;
  if (most == r) {
    hue = (g - b) / range;
  } else if (most == g) {
    hue = 2 + (b - r) / range;
  } else {
    hue = 4 + (r - g) / range;
  }
  return {std::fmod(hue * 60 + 360, 360), range / most, most};
}

// The bounds were chosen by looking at photos; what lies between the names has none.
std::string_view word_of(const Hsv& colour) {
  const auto [hue, saturation, value] = colour;
  if (value < 0.2 || saturation < 0.25) return "";
  if (hue >= 335 || hue < 14) {
    const bool cheek = hue >= 5 && hue < 14;
    if (saturation < 0.55) return value >= 0.75 && !cheek ? "pink" : "";
    return value >= 0.35 ? "red" : "brown";
  }
  if (hue < 45) {
    if (value < 0.6) return saturation >= 0.5 ? "brown" : "";
    return saturation >= 0.65 ? "orange" : "";  // skin, sand and wood have less
  }
  if (hue < 68) return saturation >= 0.45 && value >= 0.55 ? "yellow" : "";
  if (hue < 170) return "green";
  if (hue < 255) return "blue";
  if (hue < 295) return "purple";
  return value >= 0.6 ? "pink" : "purple";
}

// One box of the picture.
struct Sample {
  Lab lab;
  std::string_view word;  // "" where its colour has none
};

std::vector<Sample> sampled(const image::Pixels& pixels) {
  std::vector<Sample> samples;
  for (const Colour& mean : means_of_boxes(pixels)) {
    samples.push_back({lab_of(mean), word_of(hsv_of(mean))});
  }
  return samples;
}

int number_at(std::string_view text, std::size_t place) {
  int number = -1;
  if (text.size() < place + 2) return number;
  std::from_chars(text.data() + place, text.data() + place + 2, number);
  return number;
}

// -1 where it is not known. 2008-10-22T16:28:39
int month_of(std::string_view taken_at) { return number_at(taken_at, 5); }
int hour_of(std::string_view taken_at) { return number_at(taken_at, 11); }

std::vector<Label> colour_labels(const std::vector<Sample>& samples) {
  constexpr std::array<std::string_view, 8> words{"red",  "orange", "yellow", "green",
                                                  "blue", "purple", "pink",   "brown"};
  if (samples.empty()) return {};
  std::vector<double> chromas;
  std::array<double, words.size()> counts{};
  for (const Sample& sample : samples) {
    chromas.push_back(sample.lab.chroma);
    const auto word = std::ranges::find(words, sample.word);
    if (word != words.end()) ++counts[static_cast<std::size_t>(word - words.begin())];
  }
  // All but the last hundredth are grey: a date in a corner does not make a picture coloured.
  const auto nearly_all =
      chromas.begin() + static_cast<std::ptrdiff_t>((chromas.size() - 1) * 99 / 100);
  std::ranges::nth_element(chromas, nearly_all);
  if (*nearly_all < grey_chroma) {
    return {{"black and white", 1 - *nearly_all / (2 * grey_chroma)}};
  }
  std::vector<Label> labels;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const double share = counts[i] / static_cast<double>(samples.size());
    if (share < colour_share) continue;
    // Skin can be as brown as wood is, and nobody is to read that off a portrait.
    const double most = words[i] == "brown" ? found_only : 0.95;
    labels.push_back({std::string(words[i]), std::min(0.2 + share, most)});
  }
  return labels;
}

std::vector<Label> night_labels(const std::vector<Sample>& samples, std::string_view taken_at) {
  if (samples.empty()) return {};
  double lightness = 0;
  double warm = 0;
  for (const auto& [lab, word] : samples) {
    lightness += lab.lightness;
    warm += word == "red" || word == "orange" || word == "brown";
  }
  const auto count = static_cast<double>(samples.size());
  if (lightness / count >= dark_lightness) return {};
  const int hour = hour_of(taken_at);
  if (hour < 0) {  // a cave and a room by candle light are dark, too, but warm
    return warm / count < 0.5 ? std::vector<Label>{{"night", found_only}} : std::vector<Label>{};
  }
  if (hour >= 8 && hour < 16) return {};  // dark for another reason
  const bool surely = hour >= 21 || hour < 5;
  return {{"night", surely ? 0.8 : 0.5}};
}

}  // namespace

std::vector<Label> colour_labels(const image::Pixels& pixels) {
  return colour_labels(sampled(pixels));
}

std::vector<Label> format_labels(int width, int height) {
  if (width < 1 || height < 1) return {};
  const double ratio = double{1} * width / height;
  if (ratio < 1 / square_ratio) return {{"vertical", found_only}};
  if (ratio <= square_ratio) return {{"square", found_only}};
  std::vector<Label> labels{{"horizontal", found_only}};
  if (ratio >= panorama_ratio) {
    labels.push_back({"panorama", std::min(0.5 + (ratio - panorama_ratio) * 0.4, 0.9)});
  }
  return labels;
}

std::vector<Label> night_labels(const image::Pixels& pixels, std::string_view taken_at) {
  return night_labels(sampled(pixels), taken_at);
}

std::vector<Label> season_labels(std::string_view taken_at,
                                 const std::optional<image::GeoPosition>& position) {
  constexpr std::array<const char*, 4> seasons{"winter", "spring", "summer", "autumn"};
  const int month = month_of(taken_at);
  if (month < 1 || month > 12) return {};
  if (position && std::abs(position->latitude) < tropic) return {};
  const bool south = position && position->latitude < 0;
  // December to February is one.
  const int quarter = (month % 12 / 3 + (south ? 2 : 0)) % 4;
  return {{seasons[static_cast<std::size_t>(quarter)], found_only}};
}

std::vector<Label> picture_labels(const image::Developed& developed) {
  const image::Metadata& said = developed.metadata;
  const auto samples = sampled(developed.glance);
  auto labels =
      merge_labels(colour_labels(samples), format_labels(developed.width, developed.height));
  labels = merge_labels(std::move(labels), night_labels(samples, said.taken_at));
  return merge_labels(std::move(labels), season_labels(said.taken_at, said.position));
}

}  // namespace picsharz::vision
