#include "features/pages/sitemap_service.h"

#include <charconv>
#include <system_error>

namespace picsharz::pages {

namespace {

constexpr std::string_view people_part = "people";
constexpr std::string_view photos_part = "photos-";
constexpr Micros counted_for = hour;

}  // namespace

std::int64_t SitemapService::count_parts() {
  const std::lock_guard lock(mutex_);
  if (counted_at_ == 0 || clock_.now() - counted_at_ > counted_for) {
    const std::int64_t photos = database_.read(
        [&](db::Tx& tx) { return store_.count_photos(tx, size_.part * size_.parts); });
    counted_ = (photos + size_.part - 1) / size_.part;
    counted_at_ = clock_.now();
  }
  return counted_;
}

std::vector<std::string> SitemapService::parts() {
  std::vector<std::string> names = {"/sitemap/" + std::string(people_part)};
  for (std::int64_t i = 1; i <= count_parts(); ++i) {
    names.push_back("/sitemap/" + std::string(photos_part) + std::to_string(i));
  }
  return names;
}

std::optional<std::vector<std::string>> SitemapService::part(std::string_view name) {
  std::vector<std::string> paths;
  if (name == people_part) {
    database_.read([&](db::Tx& tx) {
      for (const std::string& handle : store_.people(tx, size_.part)) {
        paths.push_back("/@" + handle);
      }
    });
    return paths;
  }
  if (!name.starts_with(photos_part)) return std::nullopt;
  name.remove_prefix(photos_part.size());
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (failure != std::errc{} || end != name.data() + name.size()) return std::nullopt;
  if (number < 1 || number > size_.parts) return std::nullopt;
  database_.read([&](db::Tx& tx) {
    for (const PhotoId id : store_.photos(tx, (number - 1) * size_.part, size_.part)) {
      paths.push_back("/photo/" + id.str());
    }
  });
  if (paths.empty() && number > 1) return std::nullopt;
  return paths;
}

}  // namespace picsharz::pages
