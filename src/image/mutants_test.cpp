// R10: whatever is done to a picture's bytes hurts that picture alone.
//
// PICSHARZ_MUTANTS (120; a hundred thousand in make check-long) files of the shared corpus with
// bits flipped, through the probe and, where it accepts them, through decoder processes: those of
// this program, or those of PICSHARZ_DECODER, which have the limits of production.
// PICSHARZ_SEED runs one of them again, with PICSHARZ_MUTANTS=1.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "image/decoder_pool.h"
#include "image/decoder_process.h"
#include "image/test_pictures.h"

namespace picsharz::image {
namespace {

using namespace test;  // NOLINT: the helpers of this room's tests

constexpr std::size_t small_file = 64 * 1024;
constexpr unsigned one_in_large = 50;  // mutants of a larger file

std::uint64_t number_of(const char* variable, std::uint64_t otherwise) {
  const char* const text = std::getenv(variable);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

// Sums that fit again, or a PNG would end at its first one.
void repair_png(std::string& bytes) {
  constexpr std::size_t signature = 8, frame = 12;
  for (std::size_t at = signature; at + frame <= bytes.size();) {
    std::size_t length = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      length = length << 8 | static_cast<unsigned char>(bytes[at + i]);
    }
    if (length > bytes.size() - at - frame) return;
    const std::string_view body(bytes.data() + at + 4, length + 4);
    bytes.replace(at, length + frame, png_chunk(body.substr(0, 4), body.substr(4)));
    at += length + frame;
  }
}

// From one bit to one in a hundred, anywhere or in the first kilobyte, where the structure is.
std::string mutant_of(std::string bytes, std::mt19937_64& random) {
  const std::size_t range = random() % 2 ? bytes.size() : std::min<std::size_t>(bytes.size(), 1024);
  const std::size_t most = random() % 2 ? 4 : std::max<std::size_t>(1, range * 8 / 100);
  for (std::size_t flips = 1 + random() % most; flips > 0; --flips) {
    bytes[random() % range] ^= static_cast<char>(1 << random() % 8);
  }
  if (bytes.starts_with("\x89PNG") && random() % 4 != 0) repair_png(bytes);
  return bytes;
}

struct File {
  std::string name, bytes;
};

// Those that are pictures, more or less: of the others nothing but the first bytes is looked at.
std::vector<File> pictures_in(const std::filesystem::path& folder) {
  std::vector<File> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::string bytes = read_file(entry.path());
    const auto found = probe_bytes(bytes);
    if (!found && found.error().code != "image_corrupt") continue;
    if (!bytes.empty()) files.push_back({entry.path().filename().string(), std::move(bytes)});
  }
  std::ranges::sort(files, {}, &File::name);
  return files;
}

struct Slowest {
  Micros took = 0;
  std::uint64_t seed = 0;
  std::string file;
};

class Mutants : public testing::Test {
 protected:
  void SetUp() override {
    if (shared_folder().empty()) GTEST_SKIP() << "the shared corpus is not here";
    for (File& file : pictures_in(shared_folder() / "corpus")) {
      (file.bytes.size() <= small_file ? small_ : large_).push_back(std::move(file));
    }
  }

  static DecoderOptions options() {
    DecoderOptions options;
    options.processes = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    if (const char* const program = std::getenv("PICSHARZ_DECODER")) {
      options.program = program;
      return options;
    }
    options.time_limit_min = 60 * second;  // sanitizers and busy machines are slow
    options.time_limit_max = 60 * second;
    return options;
  }

  void try_one(std::uint64_t seed) {
    std::mt19937_64 random(seed);
    const auto& files = random() % one_in_large == 0 ? large_ : small_;
    const File& file = files[random() % files.size()];
    const std::string bytes = mutant_of(file.bytes, random);
    const Micros begin = clock_.steady();
    const std::string end = end_of(bytes);
    const Micros took = clock_.steady() - begin;
    const std::lock_guard lock(mutex_);
    ++ends_[end];
    EXPECT_TRUE(known_.contains(end)) << end << " " << file.name << " PICSHARZ_SEED=" << seed;
    if (took > slowest_.took) slowest_ = {took, seed, file.name};
  }

  std::string end_of(const std::string& bytes) {
    const auto found = probe_bytes(bytes);
    if (!found) return "probe: " + found.error().code;
    const Descriptor file = empty_memory_file();
    const auto size = static_cast<ssize_t>(bytes.size());
    if (::pwrite(file.get(), bytes.data(), bytes.size(), 0) != size) return "not written";
    try {
      const auto developed = pool_.develop(file.get(), size, *found, Wanted::pixels_too);
      return developed ? "developed" : "decoder: " + developed.error().code;
    } catch (const std::exception& failure) {
      return failure.what();
    }
  }

  void report() const {
    for (const auto& [end, count] : ends_) std::printf("[ %8d ] %s\n", count, end.c_str());
    const DecoderStats stats = pool_.stats();
    std::printf("[  pool    ] %lld killed, %lld of them for a system call; %lld processes\n",
                static_cast<long long>(stats.killed), static_cast<long long>(stats.forbidden),
                static_cast<long long>(stats.started));
    std::printf("[ slowest  ] %lld ms, %s, PICSHARZ_SEED=%llu\n",
                static_cast<long long>(slowest_.took / 1000), slowest_.file.c_str(),
                static_cast<unsigned long long>(slowest_.seed));
  }

  const std::set<std::string> known_{
      "developed",
      "probe: image_corrupt",
      "probe: image_empty",
      "probe: image_too_large",
      "probe: unsupported_format",
      "decoder: image_corrupt",
      "decoder: image_too_large",
      "decoder: image_too_slow",
      "decoder: unsupported_format",
  };
  std::vector<File> small_, large_;
  DecoderPool pool_{options()};
  SystemClock clock_;
  std::mutex mutex_;
  std::map<std::string, int> ends_;
  Slowest slowest_;
};

TEST_F(Mutants, EachIsDevelopedOrRefusedAndNobodyElseNotices) {
  const std::uint64_t first = number_of("PICSHARZ_SEED", std::random_device{}());
  const std::uint64_t count = number_of("PICSHARZ_MUTANTS", 120);
  std::printf("[   seed   ] %llu\n", static_cast<unsigned long long>(first));
  ASSERT_GT(small_.size(), 200U);
  ASSERT_FALSE(large_.empty());
  std::atomic<std::uint64_t> next = first;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < options().processes; ++i) {
      threads.emplace_back([&] {
        for (std::uint64_t seed = next++; seed < first + count; seed = next++) try_one(seed);
      });
    }
  }
  report();
  const std::string photo = jpeg_of(scene(60, 40));
  EXPECT_EQ(end_of(photo), "developed");
}

}  // namespace
}  // namespace picsharz::image
