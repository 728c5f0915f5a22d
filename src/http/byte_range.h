// Range requests (RFC 9110, section 14): one range of bytes of what a GET would answer.
//
// What:      several ranges, or a unit other than bytes, are answered with the whole: allowed, and
//            no way to make a server send the same bytes many times.
// Threads:   pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace picsharz::http {

struct ByteRange {
  std::int64_t offset = 0;
  std::int64_t length = 0;
};

enum class Asked {
  whole,    // no range, or one that is to be ignored
  part,     // `range` is filled
  nothing,  // a range that begins behind the end: 416
};

// `header`: the value of Range, or "". `size`: of the whole, at least 0.
Asked read_range(std::string_view header, std::int64_t size, ByteRange& range);

// Whether If-Range (an entity tag, compared strongly; "" fits always) still means this one. A date
// never fits: nothing here has a Last-Modified.
bool if_range_fits(std::string_view if_range, std::string_view etag);

std::string content_range(const ByteRange& range, std::int64_t size);  // "bytes 0-99/1234"

}  // namespace picsharz::http
