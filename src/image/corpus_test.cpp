// Every file of the shared corpus of hostile and unusual pictures, through probe and decoder
// processes.
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <sstream>

#include "image/decoder_pool.h"
#include "image/decoder_process.h"
#include "image/test_pictures.h"

namespace picsharz::image {
namespace {

using namespace test;  // NOLINT: the helpers of this room's tests

struct Line {
  std::string path, format, expected;
};

std::vector<Line> read_lines(const std::filesystem::path& folder) {
  std::ifstream file(folder / "expected.tsv");
  std::vector<Line> lines;
  std::string text;
  std::getline(file, text);  // the names of the columns
  while (std::getline(file, text)) {
    std::stringstream columns(text);
    Line line;
    std::string skipped;
    std::getline(columns, line.path, '\t');
    std::getline(columns, skipped, '\t');
    std::getline(columns, line.format, '\t');
    std::getline(columns, skipped, '\t');
    std::getline(columns, line.expected, '\t');
    lines.push_back(line);
  }
  return lines;
}

class Corpus : public testing::Test {
 protected:
  void SetUp() override {
    if (shared_folder().empty()) GTEST_SKIP() << "the shared corpus is not here";
    folder_ = shared_folder() / "corpus";
  }

  // "accept", or the refusal's code; `probed` tells whether the header alone decided.
  std::string answer(const std::string& bytes, bool& probed) {
    probed = true;
    const auto found = probe_bytes(bytes);
    if (!found) return found.error().code;
    probed = false;
    const Descriptor file = empty_memory_file();
    EXPECT_EQ(::pwrite(file.get(), bytes.data(), bytes.size(), 0),
              static_cast<ssize_t>(bytes.size()));
    const auto developed = pool_.develop(file.get(), static_cast<std::int64_t>(bytes.size()),
                                         *found, Wanted::pixels_too);
    if (!developed) return developed.error().code;
    expect_clean(*developed);
    return "accept";
  }

  static void expect_clean(const Developed& developed) {
    for (const Rendition& made : developed.renditions) {
      for (const std::string_view trace : {"Exif", "http://ns.adobe", "ICC_PROFILE", "photoshop"}) {
        EXPECT_EQ(made.bytes.find(trace), std::string::npos) << trace;
      }
    }
  }

  // Production's, but for a build that is many times as slow.
  static DecoderOptions options() {
    DecoderOptions options;
#ifdef PICSHARZ_SANITIZED
    options.time_limit_min = 60 * second;
    options.time_limit_max = 60 * second;
#endif
    return options;
  }

  std::filesystem::path folder_;
  DecoderPool pool_{options()};
};

TEST_F(Corpus, EveryFileGetsItsAnswer) {
  std::map<std::string, int> answers;
  for (const Line& line : read_lines(folder_)) {
    SCOPED_TRACE(line.path + " " + line.expected);
    bool probed = false;
    const std::string given = answer(read_file(folder_ / line.path), probed);
    ++answers[given];
    if (line.expected == "reject") {
      EXPECT_NE(given, "accept");
    } else if (line.expected != "either") {
      EXPECT_EQ(given, line.expected.substr(line.expected.find(' ') + 1));
    }
    EXPECT_TRUE(probed || given != "image_too_large");  // decided by the header alone
    EXPECT_NE(given, "image_too_slow");
  }
  EXPECT_GT(answers["accept"], 260);
  EXPECT_EQ(pool_.stats().killed, 0);
}

// The sixteen photographs that differ in nothing but how they are stored.
TEST_F(Corpus, OrientationsLookAlike) {
  for (const std::string name : {"Landscape_", "Portrait_"}) {
    Raster first;
    for (int orientation = 1; orientation <= 8; ++orientation) {
      const std::string bytes =
          read_file(folder_ / "orientation" / (name + std::to_string(orientation) + ".jpg"));
      const auto found = probe_bytes(bytes);
      ASSERT_TRUE(found);
      const Descriptor file = empty_memory_file();
      ASSERT_EQ(::pwrite(file.get(), bytes.data(), bytes.size(), 0),
                static_cast<ssize_t>(bytes.size()));
      const auto developed = pool_.develop(file.get(), static_cast<std::int64_t>(bytes.size()),
                                           *found, Wanted::pixels_too);
      ASSERT_TRUE(developed);
      const Raster pixels = decode(developed->renditions.front().bytes);
      if (orientation == 1) first = pixels;
      EXPECT_LT(mean_difference(pixels, first), 25) << name << orientation;
    }
  }
}

}  // namespace
}  // namespace picsharz::image
