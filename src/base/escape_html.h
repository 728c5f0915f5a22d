// Text as HTML and XML show it, between tags and in attributes with double quotes.
//
// What:      nothing in what comes out begins or ends a tag, a reference or such an attribute.
//            For the text of a script element it does nothing: that is append_json_in_html().
// Threads:   pure functions.
#pragma once

#include <string>
#include <string_view>

namespace picsharz {

std::string escape_html(std::string_view text);
// The same at the end of `out`.
void append_html(std::string& out, std::string_view text);

// JSON that may stand in a script element: it says the same, and no `<` is in it, so that nothing
// ends the element or begins a comment there.
void append_json_in_html(std::string& out, std::string_view json);

}  // namespace picsharz
