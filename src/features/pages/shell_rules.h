// Reads what the build of the web application left, and writes the document of a page.
//
// What:      no style attribute, no script but those of the shell, which are files; every text of a
//            person is escaped. The page's data stand in a script element of a type that browsers
//            do not run: <script type="application/json" id="data">.
// Threads:   pure functions.
#pragma once

#include <string>
#include <string_view>

#include "features/pages/page.h"
#include "features/pages/shell.h"

namespace picsharz::pages {

// Either may be empty: then there is nothing of it.
Shell read_shell(std::string_view index_html, std::string_view shell_json);

std::string write_document(const Shell& shell, const Site& site, const Reader& reader,
                           const Page& page);

}  // namespace picsharz::pages
