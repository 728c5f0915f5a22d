// Lists come in pages, walked by keyset cursors.
//
// What:      a cursor is a position (the sort key and the id of the last item), opaque and signed,
//            so that it cannot be forged and never scans from the start.
// Threads:   plain values; CursorCodec is immutable.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace picsharz {

// Where the next page begins: strictly after (key, id) in the list's own order.
struct Position {
  std::int64_t key = 0;
  std::int64_t id = 0;
};

struct PageRequest {
  std::optional<Position> after;
  int limit = 20;
};

template <class T>
struct Page {
  std::vector<T> items;
  std::optional<Position> next;  // nullopt: this was the last page
};

}  // namespace picsharz
