// What other programs read of the site: robots.txt, Atom, oEmbed, sitemaps. From the API's answers
// to somebody who is not signed in, so of what everybody may see.
//
// Threads:   pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "features/pages/page.h"

namespace picsharz::pages {

std::string robots(const Site& site);

// `path`: of the page that it is a feed of; `list`: a page of photos.
std::string atom(const Site& site, std::string_view title, std::string_view path,
                 std::string_view list);

struct Box {
  std::int64_t width = 0;  // at most; 0: as it comes
  std::int64_t height = 0;
};
// nullopt where the photo has no picture.
std::optional<std::string> oembed(const Site& site, std::string_view photo, Box most);
// The id in an address of a photo's page here, or "".
std::string_view photo_of(const Site& site, std::string_view url);

// Of what is below the site's address: "/photo/7".
std::string sitemap(const Site& site, const std::vector<std::string>& paths);
std::string sitemap_index(const Site& site, const std::vector<std::string>& paths);

}  // namespace picsharz::pages
