// The 2048 and the AVIFs: what they look like, what is not in them, and that nobody has to believe
// the process that makes them.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <thread>

#include "image/colour.h"
#include "image/decoder_pool.h"
#include "image/decoder_process.h"
#include "image/decoder_protocol.h"
#include "image/fake_developer.h"
#include "image/pipeline.h"
#include "image/renditions.h"
#include "image/resize.h"
#include "image/sandbox.h"
#include "image/test_pictures.h"
#include "image/vips_pictures.h"

namespace picsharz::image {
namespace {

using namespace test;  // NOLINT: the helpers of this room's tests

std::vector<Rendition> encode(std::string_view bytes, Extra extra) {
  const auto found = probe_bytes(bytes);
  if (!found) {
    ADD_FAILURE() << found.error().code;
    return {};
  }
  auto made = encode_extra(bytes, *found, extra);
  if (!made) {
    ADD_FAILURE() << made.error().code << " " << made.error().detail;
    return {};
  }
  return *std::move(made);
}

Raster shrunk(const Raster& picture, const Raster& like) {
  return to_raster(resize(to_yuv(picture), like.width, like.height));
}

// Items of the container that hold no picture, and the box of a colour profile.
void expect_clean(const Rendition& made) {
  for (const char* trace : {"Exif", "adobe", "secret", "comment", "behind", "ICC_PROFILE", "mime",
                            "prof", "rICC", "photoshop", "iTXt"}) {
    EXPECT_FALSE(made.bytes.contains(trace)) << trace << " in " << format_name(made.format);
  }
}

class Extras : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_heif_loader()) GTEST_SKIP() << "libvips has no module for AVIF here";
  }
};

TEST_F(Extras, LookLikeTheRenditionsInEveryOrientation) {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    SCOPED_TRACE(orientation);
    const std::string bytes =
        with_exif(jpeg_of(stored_scene(2101, 1403, orientation)), orientation);
    const auto large = encode(bytes, Extra::large);
    ASSERT_EQ(large.size(), 1U);
    EXPECT_EQ(large[0].format, Format::jpeg);
    EXPECT_EQ(large[0].size, 2048);
    const Raster shown = decode(large[0].bytes);
    ASSERT_EQ(shown.width, 2048);
    ASSERT_EQ(shown.height, 1368);
    EXPECT_LT(mean_difference(shown, scene(2048, 1368)), 2.5);

    const auto avif = encode(bytes, Extra::avif);
    ASSERT_EQ(avif.size(), 2U);
    for (const Rendition& made : avif) {
      EXPECT_EQ(made.format, Format::avif);
      EXPECT_EQ(decode(made.bytes).width, made.width);
      EXPECT_LT(mean_difference(decode(made.bytes), scene(made.width, made.height)), 3);
    }
    EXPECT_EQ(avif[0].width, 640);
    EXPECT_EQ(avif[1].height, 855);
  }
}

TEST_F(Extras, KeepWhatIsSeeThrough) {
  for (const std::string& bytes :
       {png_of(scene(2200, 1400, 4)), lossless_webp_of(scene(2200, 1400, 4))}) {
    const auto large = encode(bytes, Extra::large);
    ASSERT_EQ(large.size(), 1U);
    EXPECT_EQ(large[0].format, Format::webp);
    EXPECT_LT(mean_difference(decode(large[0].bytes), over_white(scene(2048, 1303, 4))), 3);
    for (const Rendition& made : encode(bytes, Extra::avif)) {
      const auto found = probe_bytes(made.bytes);
      ASSERT_TRUE(found);
      const auto raster = load_with_vips(made.bytes, *found, {made.width, made.height});
      ASSERT_TRUE(raster);
      ASSERT_EQ(raster->bands, 4);
      EXPECT_LT(mean_difference(over_white(*raster), over_white(scene(made.width, made.height, 4))),
                4);
    }
  }
}

TEST(MailPictures, AreSmallJpegsOverWhiteOfTheSmallestRendition) {
  for (const std::string& bytes : {png_of(scene(320, 200, 4)), lossless_webp_of(scene(320, 200, 4)),
                                   jpeg_of(scene(1500, 938))}) {
    const auto made = encode(bytes, Extra::mail);
    ASSERT_EQ(made.size(), 1U);
    EXPECT_EQ(made[0].format, Format::jpeg);
    EXPECT_EQ(made[0].width, 320);
    EXPECT_EQ(made[0].height, 200);
    EXPECT_LT(made[0].bytes.size(), 60'000U);
    expect_clean(made[0]);
  }
  const auto see_through = encode(png_of(scene(320, 200, 4)), Extra::mail);
  EXPECT_LT(mean_difference(decode(see_through[0].bytes), over_white(scene(320, 200, 4))), 3);
  EXPECT_EQ(encode(png_of(scene(3, 100)), Extra::mail).front().width, 3) << "none is enlarged";
}

TEST_F(Extras, HaveNothingOfTheFile) {
  std::string source = with_exif(jpeg_of(scene(1500, 1000)), 1);
  source = with_segment(source, 0xe1, "http://ns.adobe.com/xap/1.0/ the owner's secret");
  source = with_segment(source, 0xfe, "a comment") + "behind the end";
  for (const Extra extra : {Extra::large, Extra::avif}) {
    for (const Rendition& made : encode(source, extra)) expect_clean(made);
  }
}

TEST_F(Extras, SmallPicturesHaveNone) {
  EXPECT_TRUE(encode(jpeg_of(scene(1280, 900)), Extra::large).empty());
  EXPECT_TRUE(encode(png_of(scene(320, 200)), Extra::avif).empty());
  const auto avif = encode(png_of(scene(3, 1300)), Extra::avif);
  ASSERT_EQ(avif.size(), 2U);
  EXPECT_EQ(decode(avif[1].bytes).width, 3);
}

// --- The parent believes nothing -----------------------------------------------------------------

class ExtraReply : public testing::TestWithParam<Extra> {
 protected:
  ExtraReply() : output_(empty_memory_file()) {
    FakeExtraEncoder fake;
    made_ = *fake.encode(-1, 0, photo(), GetParam());
    reply_ = write_extra_reply(made_, output_.get());
  }
  static Probe photo() {
    Probe probe;
    probe.width = 3000;
    probe.height = 2000;
    probe.orientation = 6;
    return probe;
  }
  std::string answer() const {
    const auto read = read_extra_reply(reply_, output_.get(), photo(), GetParam());
    return read ? "made" : read.error().code;
  }
  void expect_refused(const std::function<void(Reply&)>& change) {
    const Reply honest = reply_;
    change(reply_);
    EXPECT_EQ(answer(), "image_corrupt");
    reply_ = honest;
  }

  Descriptor output_;
  std::vector<Rendition> made_;
  Reply reply_;
};
INSTANTIATE_TEST_SUITE_P(All, ExtraReply,
                         testing::Values(Extra::full_size, Extra::large, Extra::avif));

TEST_P(ExtraReply, CarriesWhatWasMade) {
  const auto read = read_extra_reply(reply_, output_.get(), photo(), GetParam());
  ASSERT_TRUE(read);
  ASSERT_EQ(read->size(), made_.size());
  for (std::size_t i = 0; i < made_.size(); ++i) {
    EXPECT_EQ((*read)[i].bytes, made_[i].bytes);
    EXPECT_EQ((*read)[i].format, made_[i].format);
    EXPECT_EQ((*read)[i].size, made_[i].size);
    EXPECT_EQ((*read)[i].height, made_[i].height);
  }
}

TEST_P(ExtraReply, IsNotBelieved) {
  const auto last = made_.size() - 1;
  for (const std::int32_t value : {-1, 0, 3, 4, 0x7fffffff}) {
    expect_refused([&](Reply& r) { r.renditions = value; });
    expect_refused([&](Reply& r) { r.rendition[last].width = value; });
    expect_refused([&](Reply& r) { r.rendition[0].height = value; });
    expect_refused([&](Reply& r) { r.rendition[0].format = value; });
    if (value != 0) expect_refused([&](Reply& r) { r.rendition[0].size = value; });
  }
  for (const std::int64_t bytes :
       {std::int64_t{-1}, std::int64_t{0}, std::int64_t{1} << 40, decoder_output_max + 1}) {
    expect_refused([&](Reply& r) { r.rendition[last].bytes = bytes; });
  }
  expect_refused([&](Reply& r) { r.rendition[last].bytes += 1; });
  expect_refused([](Reply& r) { r.magic = 0; });
  expect_refused([](Reply& r) { r.status = 77; });
  // A page in the place of a picture.
  ASSERT_EQ(::pwrite(output_.get(), "<html><body>", 12, 0), 12);
  EXPECT_EQ(answer(), "image_corrupt");
}

TEST_P(ExtraReply, IsOfTheFormatThatWasAskedFor) {
  for (const Format format : {Format::jpeg, Format::webp, Format::avif, Format::png}) {
    const PlannedRendition planned = plan_extra(GetParam(), 2000, 3000).front();
    if (format == planned.format || format == planned.with_alpha) continue;
    expect_refused([&](Reply& r) { r.rendition[0].format = static_cast<std::int32_t>(format); });
  }
}

TEST_P(ExtraReply, SaysThatThereIsNoEncoder) {
  reply_ = failure_reply(ReplyStatus::no_encoder, "");
  EXPECT_EQ(answer(), "unsupported_format");
  reply_ = failure_reply(ReplyStatus::out_of_memory, "");
  EXPECT_EQ(answer(), "image_too_large");
}

// --- In the locked process -----------------------------------------------------------------------

class ExtraPool : public Extras {
 protected:
  void SetUp() override {
    Extras::SetUp();
    if (IsSkipped()) return;
    if (!available_sandbox().complete()) GTEST_SKIP() << describe(available_sandbox());
  }

  static DecoderOptions options() {
    DecoderOptions options;
    options.processes = 1;
    options.time_limit_min = 120 * second;  // sanitizers and busy machines are slow
    options.time_limit_max = 120 * second;
    options.idle_time = 300 * second;
    options.niceness = 5;
    return options;
  }

  Result<std::vector<Rendition>> encode(std::string_view bytes, Extra extra) {
    TRY_ASSIGN(const Probe found, probe_bytes(bytes));
    const Descriptor file = empty_memory_file();
    EXPECT_EQ(::pwrite(file.get(), bytes.data(), bytes.size(), 0),
              static_cast<ssize_t>(bytes.size()));
    return pool_.encode(file.get(), static_cast<std::int64_t>(bytes.size()), found, extra);
  }

  DecoderPool pool_{options()};
};

TEST_F(ExtraPool, StartsItsProcessWhenItIsNeededAndGivesWay) {
  EXPECT_TRUE(encode(png_of(scene(300, 200)), Extra::avif)->empty());
  EXPECT_EQ(pool_.stats().started, 0);
  ASSERT_TRUE(encode(png_of(scene(700, 500)), Extra::avif));
  EXPECT_EQ(pool_.stats().started, 1);
  ASSERT_EQ(pool_.processes().size(), 1U);
  const auto process = static_cast<id_t>(pool_.processes().front());
  EXPECT_EQ(::getpriority(PRIO_PROCESS, process), std::max(5, ::getpriority(PRIO_PROCESS, 0)));
}

TEST_F(ExtraPool, EndsItsProcessWhenNobodyNeedsItAndStartsAnotherOne) {
  DecoderOptions short_lived = options();
  short_lived.idle_time = 10'000;
  DecoderPool pool(short_lived);
  const std::string bytes = png_of(scene(700, 500));
  const Descriptor file = empty_memory_file();
  ASSERT_EQ(::pwrite(file.get(), bytes.data(), bytes.size(), 0),
            static_cast<ssize_t>(bytes.size()));
  for (int round = 1; round <= 3; ++round) {
    ASSERT_TRUE(
        pool.develop(file.get(), static_cast<std::int64_t>(bytes.size()), *probe_bytes(bytes)));
    EXPECT_EQ(pool.stats().started, round);
    for (int i = 0; i < 2'000 && !pool.processes().empty(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    EXPECT_TRUE(pool.processes().empty());
  }
}

TEST_F(ExtraPool, OneThatCannotStartIsTriedAgainForTheNextCaller) {
  DecoderOptions broken = options();
  broken.program = "/nonexistent/picsharz";
  DecoderPool pool(broken);
  const std::string bytes = png_of(scene(700, 500));
  const Descriptor file = empty_memory_file();
  ASSERT_EQ(::pwrite(file.get(), bytes.data(), bytes.size(), 0),
            static_cast<ssize_t>(bytes.size()));
  for (int caller = 1; caller <= 2; ++caller) {
    EXPECT_THROW((void)pool.encode(file.get(), static_cast<std::int64_t>(bytes.size()),
                                   *probe_bytes(bytes), Extra::avif),
                 DecoderUnavailable);
    EXPECT_GE(pool.stats().started, 3 * caller);
  }
}

TEST_F(ExtraPool, MakesBothOfPhotosAndOfWhatIsSeeThrough) {
  for (const std::string& bytes : {jpeg_of(scene(2500, 1700)), png_of(scene(2500, 1700, 4))}) {
    const auto large = encode(bytes, Extra::large);
    ASSERT_TRUE(large) << large.error().detail;
    EXPECT_EQ(decode(large->front().bytes).width, 2048);
    const auto avif = encode(bytes, Extra::avif);
    ASSERT_TRUE(avif) << avif.error().detail;
    ASSERT_EQ(avif->size(), 2U);
    EXPECT_LT(mean_difference(decode((*avif)[0].bytes),
                              shrunk(decode(large->front().bytes), decode((*avif)[0].bytes))),
              4);
  }
  EXPECT_EQ(pool_.stats().killed, 0);
  EXPECT_EQ(pool_.stats().started, 1);
}

TEST_F(ExtraPool, ABrokenPictureCostsItselfAlone) {
  const std::string photo = jpeg_of(scene(1500, 1000));
  const auto broken = encode(photo.substr(0, photo.size() / 2), Extra::avif);
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, "image_corrupt");
  EXPECT_TRUE(encode(photo, Extra::avif));
}

// Real photographs, through the real limits: nothing is forbidden that the encoder needs, and what
// comes out looks like what the development made.
TEST_F(ExtraPool, RealPhotographsLookLikeTheirRenditions) {
  if (shared_folder().empty()) GTEST_SKIP() << "the shared corpus is not here";
  int photos = 0;
  for (const char* name : {"train.jpg", "mongolia.jpeg", "wild-1.jpg", "IMG_8824.jpg", "aarhus.jpg",
                           "classic-car.heic"}) {
    SCOPED_TRACE(name);
    const std::string bytes = read_file(shared_folder() / "photos" / name);
    const auto found = probe_bytes(bytes);
    ASSERT_TRUE(found);
    const auto developed = develop_picture(bytes, *found);
    ASSERT_TRUE(developed);
    const auto avif = encode(bytes, Extra::avif);
    ASSERT_TRUE(avif) << avif.error().detail;
    for (const Rendition& made : *avif) {
      expect_clean(made);
      const Rendition* other = rendition(*developed, made.size);
      ASSERT_NE(other, nullptr);
      // Fur and grass lose something in both.
      EXPECT_LT(mean_difference(decode(made.bytes), decode(other->bytes)), 6);
      EXPECT_LT(made.bytes.size(), other->bytes.size());
    }
    const auto large = encode(bytes, Extra::large);
    ASSERT_TRUE(large) << large.error().detail;
    if (large->empty()) continue;
    expect_clean(large->front());
    const Raster small = decode(rendition(*developed, 1280)->bytes);
    EXPECT_LT(mean_difference(shrunk(decode(large->front().bytes), small), small), 4);
    ++photos;
  }
  EXPECT_GT(photos, 2);
  EXPECT_EQ(pool_.stats().killed, 0);
  EXPECT_EQ(pool_.stats().forbidden, 0);
}

}  // namespace
}  // namespace picsharz::image
