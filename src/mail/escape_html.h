// Text as HTML shows it, between tags and in quoted attributes.
#pragma once

#include <string>
#include <string_view>

namespace picsharz::mail {

std::string escape_html(std::string_view text);

}  // namespace picsharz::mail
