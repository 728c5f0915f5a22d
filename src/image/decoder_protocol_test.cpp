#include "image/decoder_protocol.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "image/decoder_process.h"
#include "image/fake_developer.h"

namespace picsharz::image {
namespace {

Probe photo() {
  Probe probe;
  probe.width = 2000;
  probe.height = 1500;
  probe.orientation = 6;
  return probe;
}

class DecoderProtocol : public testing::Test {
 protected:
  DecoderProtocol() : output_(empty_memory_file()) {
    FakeDeveloper fake;
    developed_ = *fake.develop(-1, 0, photo(), Wanted::pixels_too);
    reply_ = write_reply(developed_, output_.get());
  }

  std::string answer() const {
    const auto read = read_reply(reply_, output_.get(), photo(), wanted_);
    return read ? "developed" : read.error().code;
  }

  Wanted wanted_ = Wanted::pixels_too;
  Descriptor output_;
  Developed developed_;
  Reply reply_;
};

TEST_F(DecoderProtocol, CarriesEverything) {
  const auto read = read_reply(reply_, output_.get(), photo(), wanted_);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->width, 1500);
  EXPECT_EQ(read->height, 2000);
  ASSERT_EQ(read->renditions.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(read->renditions[i].bytes, developed_.renditions[i].bytes);
    EXPECT_EQ(read->renditions[i].format, developed_.renditions[i].format);
  }
  EXPECT_EQ(read->thumbhash, developed_.thumbhash);
  EXPECT_EQ(read->pixels.rgb, developed_.pixels.rgb);
  EXPECT_EQ(read->glance.rgb, developed_.glance.rgb);
  EXPECT_EQ(read->phash, developed_.phash);
  ASSERT_EQ(read->colours.size(), 2U);
  EXPECT_EQ(read->colours[1].blue, developed_.colours[1].blue);
  EXPECT_EQ(read->colours[1].share, developed_.colours[1].share);
  const Probe copy = to_probe(to_request(photo(), 7));
  EXPECT_EQ(copy.width, 2000);
  EXPECT_EQ(copy.orientation, 6);
}

TEST_F(DecoderProtocol, PixelsComeWhereTheyAreWantedAndNowhereElse) {
  wanted_ = Wanted::renditions;
  EXPECT_EQ(answer(), "image_corrupt");
  const Descriptor other = empty_memory_file();
  developed_.pixels = {};
  reply_ = write_reply(developed_, other.get());
  const auto read = read_reply(reply_, other.get(), photo(), wanted_);
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->pixels.rgb.empty());
  EXPECT_EQ(read->glance.rgb, developed_.glance.rgb);
  EXPECT_EQ(read->renditions.size(), 3U);
  wanted_ = Wanted::pixels_too;
  EXPECT_EQ(answer(), "image_corrupt");
}

// It says nothing of the picture, which is not refused for it.
TEST_F(DecoderProtocol, WhatCouldNotBeReadIsNoRefusal) {
  reply_ = failure_reply(ReplyStatus::unreadable, "read");
  EXPECT_THROW(answer(), std::runtime_error);
}

TEST_F(DecoderProtocol, ColoursAreBounded) {
  const Reply honest = reply_;
  reply_.colours = 6;
  EXPECT_EQ(answer(), "image_corrupt");
  reply_.colours = -1;
  EXPECT_EQ(answer(), "image_corrupt");
  reply_ = honest;
  reply_.colour[0].share = 900;  // with the other's more than there is
  EXPECT_EQ(answer(), "image_corrupt");
  reply_.colour[0].share = -5;
  EXPECT_EQ(answer(), "image_corrupt");
  reply_ = honest;
  EXPECT_EQ(answer(), "developed");
}

TEST_F(DecoderProtocol, FailuresBecomeTheirCodes) {
  reply_ = failure_reply(ReplyStatus::corrupt, std::string(1000, 'x'));
  EXPECT_EQ(answer(), "image_corrupt");
  reply_ = failure_reply(ReplyStatus::out_of_memory, "");
  EXPECT_EQ(answer(), "image_too_large");
  reply_.status = 77;
  EXPECT_EQ(answer(), "image_corrupt");
}

// A decoder that was taken over may answer anything: each number is changed on its own.
TEST_F(DecoderProtocol, BelievesNothing) {
  const Reply honest = reply_;
  const auto expect_refused = [&](auto change) {
    reply_ = honest;
    change(reply_);
    EXPECT_EQ(answer(), "image_corrupt");
  };
  for (const std::int32_t value : {-1, 0, 1, 4, 0x7fffffff}) {
    expect_refused([&](Reply& r) { r.renditions = value; });
    expect_refused([&](Reply& r) { r.pixels_width = value; });
    expect_refused([&](Reply& r) { r.pixels_height = value; });
    expect_refused([&](Reply& r) { r.rendition[0].size = value; });
    expect_refused([&](Reply& r) { r.rendition[1].width = value; });
    expect_refused([&](Reply& r) { r.rendition[2].height = value; });
    expect_refused([&](Reply& r) { r.rendition[0].format = value; });
  }
  for (const std::int32_t side : {-1, 0, 101, 0x7fffffff}) {
    expect_refused([&](Reply& r) { r.glance_width = side; });
    expect_refused([&](Reply& r) { r.glance_height = side; });
  }
  for (const std::int64_t bytes :
       {std::int64_t{-1}, std::int64_t{0}, std::int64_t{1} << 40, decoder_output_max}) {
    expect_refused([&](Reply& r) { r.rendition[0].bytes = bytes; });
  }
  for (const std::int32_t bytes : {-1, 0, 26, 0x7fffffff}) {
    expect_refused([&](Reply& r) { r.thumbhash_bytes = bytes; });
  }
  expect_refused([](Reply& r) { r.magic = 0; });
  expect_refused([](Reply& r) { ++r.rendition[0].bytes; });  // the next one loses its magic bytes
}

TEST_F(DecoderProtocol, ShortOrForeignOutputIsRefused) {
  ASSERT_EQ(::ftruncate(output_.get(), 100), 0);
  EXPECT_EQ(answer(), "image_corrupt");
  const std::string page(10'000'000, '<');
  ASSERT_EQ(::pwrite(output_.get(), page.data(), page.size(), 0),
            static_cast<ssize_t>(page.size()));
  EXPECT_EQ(answer(), "image_corrupt");
}

TEST(SealedCopy, IsMadeOfWhatCouldBeWrittenTo) {
  const Descriptor file = empty_memory_file();
  const std::string path = "/proc/self/fd/" + std::to_string(file.get());
  const Descriptor read_only(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  EXPECT_FALSE(may_be_lent(file.get(), 7));
  EXPECT_TRUE(may_be_lent(read_only.get(), 7));
  EXPECT_FALSE(may_be_lent(read_only.get(), 200'000'000));  // read, it would take that much memory
  EXPECT_FALSE(may_be_lent(-1, 7));
}

TEST(SealedCopy, CannotBeChanged) {
  const Descriptor source = empty_memory_file();
  ASSERT_EQ(::write(source.get(), "picture", 7), 7);
  const Descriptor copy = sealed_copy(source.get(), 7);
  EXPECT_EQ(::pwrite(copy.get(), "x", 1, 0), -1);
  EXPECT_NE(::ftruncate(copy.get(), 0), 0);
  EXPECT_THROW(sealed_copy(source.get(), 8), std::runtime_error);
}

}  // namespace
}  // namespace picsharz::image
