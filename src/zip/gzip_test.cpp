#include "zip/gzip.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>
#include <thread>
#include <vector>

namespace picsharz::zip {
namespace {

std::string unpacked(std::string_view packed) {
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);  // nothing but gzip
  std::string text(4 * 1024 * 1024, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  EXPECT_EQ(stream.avail_in, 0u);  // and nothing behind it
  text.resize(stream.total_out);
  inflateEnd(&stream);
  return text;
}

TEST(Gzip, GivesBackWhatWasPacked) {
  std::string noise(1'000'000, '\0');
  unsigned state = 1;
  for (char& c : noise) c = static_cast<char>((state = state * 1664525u + 1013904223u) >> 24);
  for (const std::string& text : {std::string(), std::string("a"), std::string(3'000'000, 'x'),
                                  std::string("\0\n", 2), noise}) {
    EXPECT_EQ(unpacked(gzip(text)), text);
  }
  EXPECT_LT(gzip(std::string(3'000'000, 'x')).size(), 30'000u);
}

TEST(Gzip, UnpacksWhatItPackedAndNothingElse) {
  const std::string text = std::string(2'500'000, 'x') + "end";
  const std::string packed = gzip(text);
  EXPECT_EQ(gunzip(packed, text.size()), text);
  EXPECT_EQ(gunzip(gzip(""), 0), "");
  EXPECT_EQ(gunzip(packed, text.size() - 1), std::nullopt);
  EXPECT_EQ(gunzip(packed + "x", text.size()), std::nullopt);
  EXPECT_EQ(gunzip(packed.substr(0, packed.size() - 1), text.size()), std::nullopt);
  EXPECT_EQ(gunzip("", 10), std::nullopt);
  std::string altered = packed;
  altered[altered.size() - 6] ^= 1;  // of its checksum
  EXPECT_EQ(gunzip(altered, text.size()), std::nullopt);
}

TEST(Gzip, IsTheSameForTheSameTextAndWhateverCameBefore) {
  const std::string text = "One page, and one more page, and the next page.";
  const std::string packed = gzip(text);
  gzip(std::string(100'000, 'y'));
  EXPECT_EQ(gzip(text), packed);
}

TEST(Gzip, OnManyThreads) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([i] {
      for (int round = 0; round < 50; ++round) {
        const std::string text(static_cast<std::size_t>(1000 * (i + 1) + round), 'a');
        EXPECT_EQ(unpacked(gzip(text)), text);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace picsharz::zip
