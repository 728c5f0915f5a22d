// What the pages say, from the answers of the API that they show.
//
// What:      an answer comes in as the API wrote it, for the viewer of the page; nothing is asked
//            for here, so a page can say no more than its viewer may see. Cards for other sites are
//            for visitors only: what a visitor may see, everybody may.
// Threads:   pure functions.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_tree.h"
#include "features/pages/page.h"
#include "features/pages/shell.h"

namespace picsharz::pages {

// How a page is made: for whom, of what, in which document.
struct Making {
  const Site& site;
  const Shell& shell;
  bool visitor = false;
};

// The answer to a GET, as the web application would have asked for it.
struct Answer {
  std::string path;
  std::string body;
};
// {"answers": {"/v1/me": {...}}}
std::string data_of(std::span<const Answer> answers);

// Nothing but the application itself: of what is not there or may not be seen, and of everything
// that needs no more.
Page plain_page(const Making& making, int status = 200);
// Photos of a list. `title`: "" for the site itself.
Page list_page(const Making& making, std::string_view kind, std::string_view title,
               std::string path, std::string_view list);
Page photo_page(const Making& making, std::string_view photo);
Page profile_page(const Making& making, std::string_view profile, std::string_view list);
Page collection_page(const Making& making, std::string_view collection, std::string_view list);
Page search_page(const Making& making, std::string_view typed);

// At most `most` items of a list that the API wrote.
std::vector<JsonTree> items_of(std::string_view list, std::size_t most);
// As web/src/lib/renditions.ts writes it.
std::string srcset(const JsonTree& photo, bool avif);

// Whether nobody else can have sent the reader here: then it tells nothing how long the page is
// when it is packed (ADR 0035). Browsers say so where the site is encrypted.
bool came_by_themselves(const Site& site, std::string_view sec_fetch_site);

// `account_language`: of the settings of whoever is signed in, or "".
Reader read_reader(const Shell& shell, std::string_view theme_cookie,
                   std::string_view language_cookie, std::string_view account_language,
                   std::string_view accept_language);

}  // namespace picsharz::pages
