#include "zip/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <cassert>
#include <limits>
#include <new>
#include <utility>

namespace picsharz::zip {

namespace {

constexpr int fastest = 1;
constexpr int gzip_window = 15 + 16;  // 32 KiB, in the words of zlib: with gzip's head and end
constexpr int memory = 8;             // zlib's own choice

class Deflater {
 public:
  Deflater() {
    if (deflateInit2(&stream_, fastest, Z_DEFLATED, gzip_window, memory, Z_DEFAULT_STRATEGY) !=
        Z_OK) {
      throw std::bad_alloc();
    }
  }
  ~Deflater() { deflateEnd(&stream_); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  std::string pack(std::string_view text) {
    assert(text.size() <= std::numeric_limits<uInt>::max() / 2);
    deflateReset(&stream_);
    std::string packed(deflateBound(&stream_, text.size()), '\0');
    // zlib does not write to what it reads.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream_.avail_in = static_cast<uInt>(text.size());
    stream_.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream_.avail_out = static_cast<uInt>(packed.size());
    const int end = deflate(&stream_, Z_FINISH);
    assert(end == Z_STREAM_END && "there is room for all of it");
    packed.resize(stream_.total_out);
    return packed;
  }

 private:
  z_stream stream_{};
};

class GzipInflater {
 public:
  GzipInflater() {
    if (inflateInit2(&stream_, gzip_window) != Z_OK) throw std::bad_alloc();
  }
  ~GzipInflater() { inflateEnd(&stream_); }
  GzipInflater(const GzipInflater&) = delete;
  GzipInflater& operator=(const GzipInflater&) = delete;

  std::optional<std::string> unpack(std::string_view packed, std::size_t most) {
    if (packed.size() > std::numeric_limits<uInt>::max()) return std::nullopt;
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream_.avail_in = static_cast<uInt>(packed.size());
    std::string text;
    for (;;) {
      // One byte more than it may be: whoever writes it is too long.
      const std::size_t before = text.size();
      text.resize(before + std::min(piece, most + 1 - before));
      stream_.next_out = reinterpret_cast<Bytef*>(text.data() + before);
      stream_.avail_out = static_cast<uInt>(text.size() - before);
      const int outcome = inflate(&stream_, Z_NO_FLUSH);
      text.resize(text.size() - stream_.avail_out);
      if (text.size() > most || (outcome != Z_OK && outcome != Z_STREAM_END)) return std::nullopt;
      if (outcome == Z_STREAM_END) break;
    }
    return stream_.avail_in == 0 ? std::optional(std::move(text)) : std::nullopt;
  }

 private:
  static constexpr std::size_t piece = std::size_t{1} << 20;
  z_stream stream_{};
};

}  // namespace

std::string gzip(std::string_view text) {
  thread_local Deflater deflater;
  return deflater.pack(text);
}

std::optional<std::string> gunzip(std::string_view packed, std::size_t most) {
  return GzipInflater().unpack(packed, most);
}

}  // namespace picsharz::zip
