#include "image/vp8_bools.h"

#include <gtest/gtest.h>

#include <random>

namespace picsharz::image::vp8 {
namespace {

// The decoder of RFC 6386, 7.3, a bit at a time.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {
    for (int i = 0; i < 16; ++i) value_ = value_ << 1 | next_bit();
  }

  int read(int probability) {
    const unsigned split = 1 + ((range_ - 1) * static_cast<unsigned>(probability) >> 8);
    const int taken = value_ >= split << 8 ? 1 : 0;
    if (taken != 0) {
      value_ -= split << 8;
      range_ -= split;
    } else {
      range_ = split;
    }
    for (; range_ < 128; range_ <<= 1) value_ = value_ << 1 | next_bit();
    return taken;
  }

 private:
  unsigned next_bit() {
    const std::size_t byte = at_ / 8;
    const unsigned bit =
        byte < bytes_.size() ? static_cast<unsigned char>(bytes_[byte]) >> (7 - at_ % 8) & 1U : 0U;
    ++at_;
    return bit;
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
  unsigned value_ = 0;
  unsigned range_ = 255;
};

struct Said {
  int taken;
  int probability;
};

void expect_read(std::string_view bytes, const std::vector<Said>& all) {
  Reader reader(bytes);
  for (std::size_t i = 0; i < all.size(); ++i) {
    ASSERT_EQ(reader.read(all[i].probability), all[i].taken) << i << " of " << all.size();
  }
}

std::vector<Said> random_list(std::mt19937& random, std::size_t count) {
  const int sharpness = static_cast<int>(random() % 3);  // how often the likely comes
  std::vector<Said> all;
  for (std::size_t i = 0; i < count; ++i) {
    const int probability = 1 + static_cast<int>(random() % 255);
    const bool likely = random() % 256 < static_cast<unsigned>(probability);
    const bool taken = sharpness == 0 ? random() % 2 != 0 : (sharpness == 1 ? !likely : likely);
    all.push_back({taken ? 1 : 0, probability});
  }
  return all;
}

Decisions list_of(const std::vector<Said>& all) {
  Decisions list;
  for (const Said& each : all) list.put(each.taken, each.probability);
  return list;
}

Probabilities probabilities() { return with_fixed(default_probabilities); }

TEST(Vp8Bools, ADecoderReadsWhatWasCoded) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 500; ++round) {
    const auto all = random_list(random, random() % 700);
    expect_read(code(list_of(all).all(), probabilities()), all);
  }
}

// The least likely of all, again and again, lets carries run through full bytes.
TEST(Vp8Bools, CarriesGoThroughFullBytes) {
  for (const int probability : {1, 2, 127, 128, 254, 255}) {
    for (const int first : {0, 1}) {
      std::vector<Said> all;
      for (int i = 0; i < 4'000; ++i) all.push_back({i % 61 == 0 ? 1 - first : first, probability});
      expect_read(code(list_of(all).all(), probabilities()), all);
    }
  }
}

TEST(Vp8Bools, FourAtATimeAreEachAsAlone) {
  std::mt19937 random(11);
  for (int round = 0; round < 100; ++round) {
    std::array<Decisions, lists_at_a_time> lists;
    std::array<std::span<const Decision>, lists_at_a_time> all;
    for (std::size_t i = 0; i < lists.size(); ++i) {
      lists.at(i) = list_of(random_list(random, random() % 900));
      all.at(i) = lists.at(i).all();
    }
    const auto coded = code(all, probabilities());
    for (std::size_t i = 0; i < lists.size(); ++i) {
      ASSERT_EQ(coded.at(i), code(all.at(i), probabilities())) << round;
    }
  }
}

TEST(Vp8Bools, ANumberIsItsBitsAndAPlaceIsItsProbability) {
  Decisions list;
  list.put_number(0b1011, 4);
  Decision* out = list.room_for(2);
  *out++ = decision(7, 1);
  *out++ = decision(7, 0);
  list.end(out);
  Probabilities changed = probabilities();
  changed.at(7) = 3;
  expect_read(code(list.all(), changed), {{1, 128}, {0, 128}, {1, 128}, {1, 128}, {1, 3}, {0, 3}});
}

TEST(Vp8Bools, LikelyDecisionsTakeNearlyNothing) {
  std::vector<Said> all(8'000, Said{0, 255});
  EXPECT_LT(code(list_of(all).all(), probabilities()).size(), 10U);
  all.assign(8'000, Said{1, 128});
  EXPECT_NEAR(static_cast<double>(code(list_of(all).all(), probabilities()).size()), 1'000, 2);
}

}  // namespace
}  // namespace picsharz::image::vp8
