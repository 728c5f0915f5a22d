// Text as HTML and XML show it, between tags and in attributes with double quotes.
//
// What:      nothing in what comes out begins or ends a tag, a reference or such an attribute.
//            Elements whose text is not read as markup's (script, style) are not for it.
// Threads:   pure functions.
#pragma once

#include <string>
#include <string_view>

namespace picsharz {

std::string escape_html(std::string_view text);
// The same at the end of `out`.
void append_html(std::string& out, std::string_view text);

}  // namespace picsharz
