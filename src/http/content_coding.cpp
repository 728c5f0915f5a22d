#include "http/content_coding.h"

#include <algorithm>

#include "http/text.h"

namespace picsharz::http {

bool accepts_coding(std::string_view accept_encoding, std::string_view coding) {
  const auto next = [](std::string_view& list, char end) {
    const std::size_t at = std::min(list.find(end), list.size());
    const std::string_view part = trimmed(list.substr(0, at));
    list.remove_prefix(std::min(at + 1, list.size()));
    return part;
  };
  while (!accept_encoding.empty()) {
    std::string_view one = next(accept_encoding, ',');
    if (!equals_ignoring_case(next(one, ';'), coding)) continue;
    const std::string_view weight = next(one, ';');
    // "q=0" and "q=0.000": not at all.
    return !weight.starts_with("q=0") || weight.find_first_not_of("0.", 2) < weight.size();
  }
  return false;
}

}  // namespace picsharz::http
