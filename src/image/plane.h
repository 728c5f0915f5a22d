// Planes of 8-bit samples, and the picture in planes that the pipeline works on.
//
// Threads:   plain values; no sharing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace picsharz::image {

// New elements have no value: filling planes with zeros that are written over took a hundredth of a
// photo's time.
template <class T>
struct Unset : std::allocator<T> {
  template <class U>
  struct rebind {
    using other = Unset<U>;
  };
  template <class U>
  void construct(U* place) noexcept {
    ::new (static_cast<void*>(place)) U;
  }
  template <class U, class... Arguments>
  void construct(U* place, Arguments&&... arguments) {
    ::new (static_cast<void*>(place)) U(std::forward<Arguments>(arguments)...);
  }
};
using Samples = std::vector<std::uint8_t, Unset<std::uint8_t>>;

// Rows are padded to a multiple of row_align and there are as many bytes behind the last, so that
// loops may work on whole vectors. What the padding holds has no meaning.
struct Plane {
  static constexpr int row_align = 64;

  int width = 0;
  int height = 0;
  int stride = 0;
  Samples samples;  // without a value until they are written

  Plane() = default;
  Plane(int columns, int rows)
      : width(columns),
        height(rows),
        stride((columns + row_align - 1) / row_align * row_align),
        samples(static_cast<std::size_t>(stride) * static_cast<std::size_t>(rows) + row_align) {}

  std::uint8_t* row(int y) { return samples.data() + static_cast<std::ptrdiff_t>(y) * stride; }
  const std::uint8_t* row(int y) const {
    return samples.data() + static_cast<std::ptrdiff_t>(y) * stride;
  }
};

// BT.601, full range as in JPEG files, chroma halved both ways (rounded up) and centred.
struct Yuv {
  Plane y;
  Plane u;
  Plane v;
};

// Interleaved samples without padding: RGB (3 bands) or RGBA (4, not premultiplied).
struct Raster {
  int width = 0;
  int height = 0;
  int bands = 3;
  std::vector<std::uint8_t> samples;
};

}  // namespace picsharz::image
