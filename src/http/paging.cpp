#include "http/paging.h"

#include <charconv>

#include "base/limits.h"

namespace picsharz::http {

Result<PageRequest> page_request(const Request& request, const crypto::CursorCodec& cursors,
                                 std::string_view list) {
  PageRequest page;
  page.limit = limits::page_default;
  if (const auto limit = request.query_value("limit")) {
    const auto [end, failure] =
        std::from_chars(limit->data(), limit->data() + limit->size(), page.limit);
    if (failure != std::errc{} || end != limit->data() + limit->size() || page.limit < 1 ||
        page.limit > limits::page_max) {
      return fail(ErrorKind::invalid, "invalid_limit", "A page holds 1 to 100 items.",
                  "Send a limit between 1 and 100.");
    }
  }
  if (const auto cursor = request.query_value("cursor")) {
    TRY_ASSIGN(page.after, cursors.decode(list, *cursor));
  }
  return page;
}

}  // namespace picsharz::http
