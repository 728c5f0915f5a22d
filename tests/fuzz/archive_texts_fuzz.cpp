// Any bytes as the lists and captions of an archive: taken apart the same however they are cut, and
// every text of a photo is readable and within its bounds.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/limits.h"
#include "features/imports/archive_rules.h"

using namespace picsharz;

namespace {

std::vector<std::string> parts(std::string_view text, std::size_t step) {
  JsonList list(10'000);
  std::vector<std::string> found;
  while (!text.empty()) {
    const std::string_view piece = text.substr(0, step);
    text.remove_prefix(piece.size());
    const auto read = list.feed(piece, [&](std::string_view part) {
      found.emplace_back(part);
      return true;
    });
    if (!read) break;
  }
  return found;
}

void check(std::string_view text, std::size_t most) {
  const auto characters = count_characters(text);
  if (!characters || *characters > most) std::abort();
}

void check(const imports::ArchivedPhoto& photo) {
  check(photo.title, limits::title_max);
  check(photo.description, limits::description_max);
  check(photo.alt, limits::alt_max);
  check(photo.place, limits::place_max);
  for (const std::string& tag : photo.tags) check(tag, limits::tag_max);
  if (photo.tags.size() > limits::tags_per_photo) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto whole = parts(input, size + 1);
  if (whole != parts(input, 1)) std::abort();
  for (const std::string& part : whole) {
    const auto element = JsonTree::parse(part);
    if (!element) continue;
    check(imports::read_photo(*element));
    for (const auto& photo : imports::read_post(*element, "")) check(photo);
  }
  (void)imports::parse_time(input);
  (void)imports::mended(input);
  return 0;
}
