// robots.txt, the sitemap, Atom feeds of people and tags, and oEmbed: as somebody who is not signed
// in is answered, whoever asks.
#pragma once

#include "features/pages/page.h"
#include "features/pages/sitemap_service.h"
#include "http/inner.h"
#include "http/router.h"

namespace picsharz::pages {

// `router` and `sitemap` outlive what is added.
void add_syndication_routes(http::Router& router, Site site, SitemapService& sitemap,
                            http::AccessCheck may_use);

}  // namespace picsharz::pages
