// ?cursor= and ?limit= in, {"items": [...], "next": ...} out.
//
// Threads:   pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "base/page.h"
#include "crypto/cursor.h"
#include "http/request.h"

namespace picsharz::http {

// `list` names the list, so that its cursors fit nowhere else.
Result<PageRequest> page_request(const Request& request, const crypto::CursorCodec& cursors,
                                 std::string_view list);

// Writes the two fields into a new object; `write` writes one item.
template <class T, class Write>
void write_page(JsonWriter& out, const Page<T>& page, const crypto::CursorCodec& cursors,
                std::string_view list, Write&& write) {
  out.begin_object().key("items").begin_array();
  for (const auto& item : page.items) write(out, item);
  out.end_array().key("next");
  if (page.next) {
    out.value(cursors.encode(list, *page.next));
  } else {
    out.null();
  }
  out.end_object();
}

template <class T, class Write>
Response page_response(const Page<T>& page, const crypto::CursorCodec& cursors,
                       std::string_view list, Write&& write) {
  std::string body;
  JsonWriter out(body);
  write_page(out, page, cursors, list, write);
  return json(200, std::move(body));
}

}  // namespace picsharz::http
