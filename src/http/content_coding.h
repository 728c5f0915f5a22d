// Which codings of a body its reader takes (RFC 9110, 12.5.3).
//
// Threads:   pure functions.
#pragma once

#include <string_view>

namespace picsharz::http {

// By the value of Accept-Encoding, of "gzip" or "br". What is not named, or only by "*", is not
// taken: plain bytes please everybody.
bool accepts_coding(std::string_view accept_encoding, std::string_view coding);

}  // namespace picsharz::http
