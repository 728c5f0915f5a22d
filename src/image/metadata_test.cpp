#include "image/metadata.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <limits>

#include "image/test_pictures.h"

namespace picsharz::image {
namespace {

std::filesystem::path samples() { return test::shared_folder() / "corpus" / "exif-samples"; }

// A TIFF structure of one directory, put together by hand, little-endian.
class TiffBuilder {
 public:
  static std::string half(std::uint32_t n) {
    return {static_cast<char>(n), static_cast<char>(n >> 8)};
  }
  static std::string word(std::uint32_t n) { return half(n & 0xffff) + half(n >> 16); }

  TiffBuilder& add(std::uint32_t tag, std::uint32_t type, std::uint32_t count,
                   std::uint32_t value) {
    entries_ += half(tag) + half(type) + word(count) + word(value);
    ++count_;
    return *this;
  }
  // `next`: the offset of a next directory; it must never be followed.
  std::string bytes(std::string_view behind = "", std::uint32_t next = 8) const {
    return std::string("II*\0", 4) + word(8) + half(count_) + entries_ + word(next) +
           std::string(behind);
  }
  // Where `behind` begins.
  std::uint32_t end() const { return 8 + 2 + count_ * 12 + 4; }

 private:
  std::string entries_;
  std::uint32_t count_ = 0;
};

Metadata exif(const std::string& tiff) {
  Metadata metadata;
  read_exif(tiff, metadata);
  return metadata;
}

bool says_nothing(const Metadata& said) {
  return said.make.empty() && said.model.empty() && said.lens.empty() &&
         said.exposure_time.empty() && said.taken_at.empty() && said.copyright.empty() &&
         said.artist.empty() && said.description.empty() && said.caption.empty() &&
         said.keywords.empty() && !said.position && said.iso == 0;
}

// What a person read in each file, with another program.
struct Sample {
  const char* file;
  const char* make;
  const char* model;
  const char* exposure;
  double f_number;
  std::int64_t iso;
  double focal_length;
  const char* taken_at;
  const char* copyright;
};

constexpr Sample sample_table[] = {
    {"camera/Canon_40D.jpg", "Canon", "Canon EOS 40D", "1/160", 7.1, 100, 135,
     "2008-05-30T15:56:01", ""},
    {"camera/Fujifilm_FinePix_E500.jpg", "FUJIFILM", "FinePix E500", "1/80", 2.9, 100, 4.7,
     "2006-08-17T09:24:48", ""},
    {"camera/Kodak_CX7530.jpg", "EASTMAN KODAK COMPANY", "KODAK CX7530 ZOOM DIGITAL CAMERA",
     "1/250", 4.6, 0, 16.8, "2005-08-13T09:47:23", ""},
    {"camera/Konica_Minolta_DiMAGE_Z3.jpg", "KONICA MINOLTA", "DiMAGE Z3", "1/40", 2.8, 200,
     5.859375, "2005-03-10T15:10:48", ""},
    {"camera/Nikon_D70.jpg", "NIKON CORPORATION", "NIKON D70", "1/200", 9, 200, 100,
     "2008-03-15T09:52:01", ""},
    {"camera/Olympus_C8080WZ.jpg", "OLYMPUS CORPORATION", "C8080WZ", "1/160", 2.8, 50, 15.8,
     "2006-10-22T15:44:29", ""},
    {"camera/Panasonic_DMC-FZ30.jpg", "Panasonic", "DMC-FZ30", "1/30", 3.2, 100, 14.1,
     "2008-07-16T11:33:20", ""},
    {"camera/Pentax_K10D.jpg", "PENTAX Corporation", "PENTAX K10D", "1/180", 11, 200, 90,
     "2008-05-04T16:47:24", "Laitche (This file is in the public domain.)"},
    {"camera/Samsung_Digimax_i50_MP3.jpg", "Samsung Techwin", "<Digimax i50 MP3, Samsung #1 MP3>",
     "1/6", 3.5, 150, 6.6, "2006-08-15T17:50:57", "COPYRIGHT, 2005"},
    {"camera/Sony_HDR-HC3.jpg", "SONY", "HDR-HC3", "1/60", 4, 0, 5.1, "2007-06-15T04:42:32", ""},
    {"gps/DSCN0010.jpg", "NIKON", "COOLPIX P6000", "1/75", 5.9, 64, 24, "2008-10-22T16:28:39", ""},
    {"tests/11-tests.jpg", "Canon", "Canon DIGITAL IXUS 40", "1/500", 2.8, 0, 5.8,
     "2007-09-03T16:03:45", ""},
    {"tests/22-canon_tags.jpg", "Canon", "Canon PowerShot SD300", "1/6", 2.8, 0, 5.8,
     "2007-11-29T16:16:21", ""},
    {"tests/32-lens_data.jpeg", "NIKON CORPORATION", "NIKON D300", "1/500", 5.6, 200, 105,
     "2012-07-14T16:30:12", "Ilya Kurikhin"},
    {"tests/33-type_error.jpg", "Canon", "Canon PowerShot G9", "1/1250", 5, 80, 7.4,
     "2008-05-25T19:31:26", ""},
    {"tests/35-empty.jpg", "CASIO COMPUTER CO.,LTD", "EX-Z750", "1/250", 4, 0, 7.9,
     "2005-07-19T18:25:29", ""},
    {"tests/36-memory_error.jpg", "CASIO COMPUTER CO.,LTD.", "EX-M2", "1/40", 3.2, 0, 7.5,
     "2002-04-21T00:30:33", ""},
    {"tests/45-gps_ifd.jpg", "Polyphony Digital Inc.", "Gran Turismo 5", "1/59", 45, 0, 59.5,
     "2012-06-23T06:55:49", "TM&Copyright (C) 2010 Sony Computer Entertainment Inc."},
    {"tests/67-0_length_string.jpg", "samsung", "SM-G930F", "", 0, 0, 0, "", ""},
    {"tests/87_OSError.jpg", "NIKON CORPORATION", "NIKON D70s", "1/60", 29, 1000, 60,
     "2005-12-14T14:39:47", ""},
};

class SamplesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (test::shared_folder().empty()) GTEST_SKIP() << "the shared corpus is not here";
  }
  static Metadata metadata(const std::string& name) {
    const std::string bytes = test::read_file(samples() / name);
    EXPECT_FALSE(bytes.empty()) << name;
    return read_metadata(bytes, Format::jpeg);
  }
};

TEST_F(SamplesTest, SayWhatTheirCamerasWrote) {
  for (const Sample& expected : sample_table) {
    const Metadata said = metadata(expected.file);
    EXPECT_EQ(said.make, expected.make) << expected.file;
    EXPECT_EQ(said.model, expected.model) << expected.file;
    EXPECT_EQ(said.exposure_time, expected.exposure) << expected.file;
    EXPECT_NEAR(said.f_number, expected.f_number, 0.01) << expected.file;
    EXPECT_EQ(said.iso, expected.iso) << expected.file;
    EXPECT_NEAR(said.focal_length, expected.focal_length, 0.01) << expected.file;
    EXPECT_EQ(said.taken_at, expected.taken_at) << expected.file;
    EXPECT_EQ(said.copyright, expected.copyright) << expected.file;
  }
}

TEST_F(SamplesTest, SayWhereTheyWereTaken) {
  const std::pair<const char*, GeoPosition> places[] = {
      {"gps/DSCN0010.jpg", {43.467448, 11.885127}},
      {"gps/DSCN0042.jpg", {43.464455, 11.881478}},
      {"camera/Kodak_CX7530.jpg", {-0.3713, 36.056417}},
      {"tests/67-0_length_string.jpg", {51.025, 7.591944}},
      {"tests/87_OSError.jpg", {43.785594, 11.234619}},
  };
  for (const auto& [name, place] : places) {
    const auto position = metadata(name).position;
    ASSERT_TRUE(position) << name;
    EXPECT_NEAR(position->latitude, place.latitude, 1e-5) << name;
    EXPECT_NEAR(position->longitude, place.longitude, 1e-5) << name;
  }
  EXPECT_FALSE(metadata("camera/Canon_40D.jpg").position);
}

TEST_F(SamplesTest, SayTheirWordsAndLenses) {
  const Metadata square = metadata("camera/xmp_BlueSquare.jpg");
  EXPECT_EQ(square.keywords,
            (std::vector<std::string>{"XMP", "Blue Square", "test file", "Photoshop", ".jpg"}));
  EXPECT_EQ(square.caption,
            "XMPFiles BlueSquare test file, created in Photoshop CS2, saved as .psd, .jpg, and "
            ".tif.");
  EXPECT_EQ(metadata("tests/87_OSError.jpg").lens, "18.0-70.0 mm f/3.5-4.5");
  EXPECT_EQ(metadata("tests/32-lens_data.jpeg").artist, "Ilya Kurikhin");
  const Metadata soldiers = metadata("camera/long_description.jpg");
  EXPECT_EQ(soldiers.artist, "SSG KYLE DAVIS");
  EXPECT_TRUE(soldiers.description.starts_with("Operation Mountain Viper put the soldiers of A"));
}

TEST_F(SamplesTest, HeifFilesOfPhonesToo) {
  const auto heif = [](const char* name) {
    Metadata said;
    read_exif(find_heif_exif(test::read_file(samples() / "phone" / name)), said);
    return said;
  };
  const Metadata iphone = heif("IMG_5195.HEIC");
  EXPECT_EQ(iphone.model, "iPhone 11 Pro Max");
  EXPECT_EQ(iphone.lens, "iPhone 11 Pro Max back triple camera 4.25mm f/1.8");
  EXPECT_EQ(iphone.exposure_time, "1/391");
  EXPECT_EQ(iphone.iso, 32);
  EXPECT_EQ(iphone.taken_at, "2021-04-11T15:47:53-05:00");
  ASSERT_TRUE(iphone.position);
  EXPECT_NEAR(iphone.position->latitude, 39.051344, 1e-5);
  EXPECT_NEAR(iphone.position->longitude, -94.288772, 1e-5);
  const Metadata nokia = heif("HMD_Nokia_8.3_5G_hdr.heif");
  EXPECT_EQ(nokia.exposure_time, "1/125");
  ASSERT_TRUE(nokia.position);
  EXPECT_NEAR(nokia.position->longitude, -3.763741, 1e-5);
  EXPECT_TRUE(says_nothing(heif("samplefilehub.heif")));
  // Cut anywhere, there is all of it or nothing.
  const std::string whole = test::read_file(samples() / "phone" / "IMG_5195.HEIC");
  const std::string_view all = find_heif_exif(whole);
  const auto end = static_cast<std::size_t>(all.data() - whole.data()) + all.size();
  ASSERT_GT(all.size(), 100U);
  for (std::size_t length = 0; length < end + 100; length += 7) {
    const std::string_view cut = find_heif_exif(std::string_view(whole).substr(0, length));
    EXPECT_EQ(cut.size(), length < end ? 0 : all.size()) << length;
  }
}

// EXIF that makes other readers loop: it says nothing here, and the reader ends.
TEST_F(SamplesTest, BrokenOnesEnd) {
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(samples() / "invalid")) {
    EXPECT_FALSE(read_metadata(test::read_file(entry.path()), Format::jpeg).position)
        << entry.path();
    ++files;
  }
  EXPECT_GE(files, 7);
}

TEST(MetadataTest, ReadsTimesWithTheirZones) {
  constexpr std::string_view time("2026:11:23 20:15:00\0", 20);
  constexpr std::string_view zone("+08:00\0", 7);
  TiffBuilder camera;
  camera.add(0x9003, 2, 20, 0).add(0x9011, 2, 7, 0);
  // The camera's directory lies behind the first one.
  TiffBuilder first;
  first.add(0x8769, 4, 1, 0);
  const std::uint32_t directory = first.end();
  const std::uint32_t values = directory + 2 + 2 * 12 + 4;
  TiffBuilder real;
  real.add(0x8769, 4, 1, directory);
  const std::string second =
      TiffBuilder::half(2) + TiffBuilder::half(0x9003) + TiffBuilder::half(2) +
      TiffBuilder::word(20) + TiffBuilder::word(values) + TiffBuilder::half(0x9011) +
      TiffBuilder::half(2) + TiffBuilder::word(7) + TiffBuilder::word(values + 20) +
      TiffBuilder::word(0) + std::string(time) + std::string(zone);
  EXPECT_EQ(exif(real.bytes(second)).taken_at, "2026-11-23T20:15:00+08:00");
  std::string wrong = second;
  wrong.replace(wrong.find("20:15"), 2, "25");
  EXPECT_EQ(exif(real.bytes(wrong)).taken_at, "");
  std::string no_zone = second;
  no_zone.replace(no_zone.find("+08"), 3, "?08");
  EXPECT_EQ(exif(real.bytes(no_zone)).taken_at, "2026-11-23T20:15:00");
}

TEST(MetadataTest, NothingLoopsOrReachesOutside) {
  // Both sub-directories are the first one itself, and so is the next one.
  EXPECT_TRUE(says_nothing(exif(TiffBuilder().add(0x8769, 4, 1, 8).add(0x8825, 4, 1, 8).bytes())));
  // Counts and offsets of all sizes, for every tag that is read, in every type.
  const std::uint32_t numbers[] = {0, 1, 7, 8, 26, 27, 0x7fffffff, 0x80000000, 0xfffffff8, ~0U};
  for (const std::uint32_t tag : {0x10eU, 0x10fU, 0x110U, 0x13bU, 0x8298U, 0x8769U, 0x8825U}) {
    for (std::uint32_t type = 0; type < 15; ++type) {
      for (const std::uint32_t count : numbers) {
        for (const std::uint32_t offset : numbers) {
          const Metadata said = exif(TiffBuilder().add(tag, type, count, offset).bytes("tail"));
          EXPECT_LE(said.make.size() + said.description.size(), 40U);
        }
      }
    }
  }
  std::string many("II*\0\x08\0\0\0\xff\xff", 10);
  EXPECT_TRUE(says_nothing(exif(many + std::string(60'000, '\xff'))));
  EXPECT_TRUE(says_nothing(exif("")));
  EXPECT_TRUE(says_nothing(exif("II*")));
}

TEST(MetadataTest, OfManySegmentsAFewAreRead) {
  const auto segment = [](char marker, const std::string& content) {
    const std::size_t length = content.size() + 2;
    return std::string{'\xff', marker, static_cast<char>(length >> 8), static_cast<char>(length)} +
           content;
  };
  const std::string head("Exif\0\0", 6);
  TiffBuilder make;
  make.add(0x10f, 2, 4, 0x656d6341);  // "Acme" stands in the entry itself
  const std::string silent = segment('\xe1', head + TiffBuilder().add(1, 3, 1, 1).bytes());
  const std::string saying = segment('\xe1', head + make.bytes());
  EXPECT_EQ(read_metadata("\xff\xd8" + saying + silent, Format::jpeg).make, "Acme");
  EXPECT_EQ(read_metadata("\xff\xd8" + silent + saying, Format::jpeg).make, "");

  const auto words = [&](int number) {
    const std::string value = "word " + std::to_string(number);
    const std::string record =
        std::string("\x1c\x02\x19\0", 4) + static_cast<char>(value.size()) + value;
    const std::string resource =
        std::string("8BIM\x04\x04\0\0\0\0\0", 11) + static_cast<char>(record.size()) + record;
    return segment('\xed', std::string("Photoshop 3.0\0", 14) + resource);
  };
  std::string many = "\xff\xd8";
  for (int i = 0; i < 20; ++i) many += words(i);
  EXPECT_EQ(read_metadata(many, Format::jpeg).keywords.size(), 8U);
}

TEST(MetadataTest, EveryCutOfAFileIsHarmless) {
  constexpr std::string_view make("Acme\0", 5);
  TiffBuilder tiff;
  tiff.add(0x10f, 2, 5, 8 + 2 + 12 + 4);
  const std::string whole = tiff.bytes(make, 0);
  EXPECT_EQ(exif(whole).make, "Acme");
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_TRUE(says_nothing(exif(whole.substr(0, length)))) << length;
  }
}

TEST(MetadataTest, TextsAreReadableWhateverTheyWere) {
  const auto artist = [](std::string_view text) {
    TiffBuilder tiff;
    tiff.add(0x13b, 2, static_cast<std::uint32_t>(text.size()), tiff.end() + 12);
    return exif(tiff.bytes(text, 0)).artist;
  };
  EXPECT_EQ(artist("  J\xc3\xbcrgen \0"), "J\xc3\xbcrgen");
  EXPECT_EQ(artist("J\xfcrgen"), "J\xc3\xbcrgen");  // Latin-1
  EXPECT_EQ(artist("a\x01\x1b[2Jb"), "a  [2Jb");
  EXPECT_LE(artist(std::string(5'000, 'x')).size(), 128U);
}

TEST(MetadataTest, KeywordsAreBoundedAndEachOnce) {
  std::string records;
  const auto add = [&](char number, const std::string& value) {
    records += std::string("\x1c\x02", 2) + number + static_cast<char>(value.size() >> 8) +
               static_cast<char>(value.size()) + value;
  };
  for (int i = 0; i < 100; ++i) add(25, "word " + std::to_string(i / 2));
  add(120, "A caption");
  Metadata said;
  read_iptc(records, said);
  EXPECT_EQ(said.keywords.size(), MetadataRecord::keywords_max);
  EXPECT_EQ(said.keywords[1], "word 1");
  EXPECT_EQ(said.caption, "A caption");
  Metadata cut;
  read_iptc(records.substr(0, records.size() - 1), cut);
  EXPECT_EQ(cut.caption, "");
}

TEST(MetadataTest, OtherContainersCarryTheSameExif) {
  constexpr std::string_view make("Acme\0", 5);
  TiffBuilder builder;
  builder.add(0x10f, 2, 5, 8 + 2 + 12 + 4);
  const std::string tiff = builder.bytes(make, 0);
  const auto big = [](std::size_t n) {
    return std::string{static_cast<char>(n >> 24), static_cast<char>(n >> 16),
                       static_cast<char>(n >> 8), static_cast<char>(n)};
  };
  const std::string png =
      "\x89PNG\r\n\x1a\n" + big(3) + "IHDRabc" + big(0) + big(tiff.size()) + "eXIf" + tiff + big(0);
  EXPECT_EQ(read_metadata(png, Format::png).make, "Acme");
  const auto size = static_cast<std::uint32_t>(tiff.size());
  const std::string webp = "RIFF" + TiffBuilder::word(0) + "WEBPVP8X" + TiffBuilder::word(3) +
                           std::string("abc\0", 4) + "EXIF" + TiffBuilder::word(size) + tiff;
  EXPECT_EQ(read_metadata(webp, Format::webp).make, "Acme");
  // A length beyond the end, and one that would wrap around.
  EXPECT_TRUE(says_nothing(
      read_metadata("\x89PNG\r\n\x1a\n" + big(0xffffffff) + "IHDRabc" + big(0), Format::png)));
}

TEST(MetadataTest, ARecordComesBackAndIsNotBelieved) {
  Metadata said;
  said.make = "Acme";
  said.description = std::string(2'047, 'x') + "\xc3\xbc";  // does not fit
  said.keywords = {"one", "two"};
  said.taken_at = "2026-11-23T20:15:00Z";
  said.position = GeoPosition{1.25, 103.75};
  const Metadata back = from_record(to_record(said));
  EXPECT_EQ(back.make, "Acme");
  EXPECT_EQ(back.description, std::string(2'047, 'x'));
  EXPECT_EQ(back.keywords, said.keywords);
  EXPECT_EQ(back.taken_at, said.taken_at);
  EXPECT_EQ(back.position->longitude, 103.75);

  MetadataRecord hostile = to_record(said);
  hostile.make.fill('\xff');
  hostile.lens.fill('A');  // no end
  hostile.taken_at = {'<', 's', 'c', 'r', 'i', 'p', 't', '>'};
  hostile.f_number = std::numeric_limits<double>::quiet_NaN();
  hostile.latitude = std::numeric_limits<double>::infinity();
  hostile.iso = -5;
  const Metadata tamed = from_record(hostile);
  EXPECT_EQ(tamed.make, "");
  EXPECT_EQ(tamed.lens, std::string(128, 'A'));
  EXPECT_EQ(tamed.taken_at, "");
  EXPECT_EQ(tamed.f_number, 0);
  EXPECT_EQ(tamed.iso, 0);
  EXPECT_FALSE(tamed.position);
}

}  // namespace
}  // namespace picsharz::image
