#include "features/feed/popular_rules.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "image/renditions.h"

namespace picsharz::feed {

namespace {

constexpr std::array<int, 4> plain_sizes = {320, 640, 1280, 2048};
constexpr std::array<int, 2> avif_sizes = {640, 1280};

// What follows `"key":` where the API wrote it. What people write has no bare quote in it, so they
// cannot write a key.
std::string_view after(std::string_view text, std::string_view key) {
  const std::string quoted = std::string("\"").append(key).append("\":");
  const auto at = text.rfind(quoted);
  return at == std::string_view::npos ? std::string_view() : text.substr(at + quoted.size());
}

int number(std::string_view text, std::string_view key) {
  int value = 0;
  const std::string_view rest = after(text, key);
  std::from_chars(rest.data(), rest.data() + rest.size(), value);
  return value;
}

std::string_view url_of(std::string_view text, const std::string& address) {
  std::string_view rest = after(text, address);
  if (!rest.starts_with('"')) return {};
  rest.remove_prefix(1);
  return rest.substr(0, rest.find('"'));
}

struct Candidate {
  int size = 0;
  std::string_view url;
};

std::vector<Candidate> candidates(std::string_view text, bool avif) {
  std::vector<Candidate> found;
  const std::span<const int> wanted = avif ? std::span<const int>(avif_sizes) : plain_sizes;
  for (const int size : wanted) {
    const auto url = url_of(text, std::to_string(size) + (avif ? ".avif" : ""));
    if (!url.empty()) found.push_back({size, url});
  }
  return found;
}

std::string srcset(std::string_view text, std::span<const Candidate> pictures) {
  const int width = number(text, "width");
  const int height = number(text, "height");
  std::string set;
  if (width <= 0 || height <= 0) return set;
  for (const auto& [size, url] : pictures) {
    if (!set.empty()) set += ", ";
    set.append(url).append(" ");
    set.append(std::to_string(image::rendition_extent(width, height, size).width)).append("w");
  }
  return set;
}

void announce(std::string& links, std::string_view text, std::string_view sizes) {
  auto pictures = candidates(text, true);
  const bool avif = !pictures.empty();
  if (!avif) pictures = candidates(text, false);
  if (pictures.empty()) return;
  // As renditions.ts chooses it for what does not read srcset.
  const auto plain = std::ranges::find(pictures, 640, &Candidate::size);
  if (!links.empty()) links += ", ";
  links.append("<").append((plain == pictures.end() ? pictures.front() : *plain).url);
  links.append(">; rel=preload; as=image");
  if (avif) links.append(R"(; type="image/avif")");
  const std::string set = sizes.empty() ? std::string() : srcset(text, pictures);
  if (set.empty()) return;
  links.append("; imagesrcset=\"").append(set);
  links.append("\"; imagesizes=\"").append(sizes).append("\"");
}

}  // namespace

std::string announcement(std::span<const std::string_view> photos, std::string_view sizes) {
  std::string links;
  for (const std::string_view text : photos.first(std::min(photos.size(), popular_announced))) {
    announce(links, text, sizes);
  }
  return links;
}

}  // namespace picsharz::feed
