// The real models: against what TensorFlow.js says with the original ones, and on real photos.
//
// They need the converted models (PICSHARZ_MODELS, or data/models or build/models of this
// repository: tools/models/prepare.py makes them) and the photos (PICSHARZ_SHARED, or ../shared),
// and are skipped with the reason where those are absent. With PICSHARZ_RECORD_PIXELS=directory the
// pictures are written there for tools/models/record_references.mjs.

#include <gtest/gtest.h>

#include <cstdio>
// jpeglib.h needs FILE.
#include <jpeglib.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "base/json.h"
#include "support/repository.h"
#include "vision/classifier.h"
#include "vision/network.h"

namespace picsharz::vision {
namespace {

namespace fs = std::filesystem;

constexpr int pictures_made = 3;  // test_picture(0) to test_picture(2)
constexpr int least_width = 640;  // photos are decoded at the smallest eighth that is this wide
const char* const photos[] = {"IMG_8994.jpg", "IMG_9398-2.jpg", "IMG_9516.jpg",
                              "aarhus.jpg",   "train.jpg",      "wild-1.jpg"};

using picsharz::test::repository;

fs::path photo_directory() { return picsharz::test::shared_folder() / "photos"; }

std::string model_directory() {
  if (const char* models = std::getenv("PICSHARZ_MODELS")) {
    return fs::exists(fs::path(models) / "models.json") ? models : "";
  }
  for (const char* place : {"data/models", "build/models"}) {
    if (fs::exists(repository() / place / "models.json")) return (repository() / place).string();
  }
  return {};
}

image::Pixels decode_jpeg(const fs::path& path) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) throw std::runtime_error("cannot open " + path.string());
  jpeg_decompress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_decompress(&jpeg);
  jpeg_stdio_src(&jpeg, file);
  jpeg_read_header(&jpeg, TRUE);
  jpeg.out_color_space = JCS_RGB;
  jpeg.scale_denom = 8;
  jpeg.scale_num = std::min(8U, (least_width * 8 + jpeg.image_width - 1) / jpeg.image_width);
  jpeg_start_decompress(&jpeg);
  image::Pixels pixels{
      static_cast<int>(jpeg.output_width), static_cast<int>(jpeg.output_height), {}};
  const std::size_t stride = std::size_t{jpeg.output_width} * 3;
  pixels.rgb.resize(stride * jpeg.output_height);
  while (jpeg.output_scanline < jpeg.output_height) {
    JSAMPROW row = pixels.rgb.data() + stride * jpeg.output_scanline;
    jpeg_read_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_decompress(&jpeg);
  jpeg_destroy_decompress(&jpeg);
  std::fclose(file);
  return pixels;
}

// 32-bit FNV-1a.
std::int64_t hash_of(const image::Pixels& pixels) {
  std::uint32_t hash = 0x811C9DC5;
  for (const std::uint8_t byte : pixels.rgb) hash = (hash ^ byte) * 0x01000193;
  return hash;
}

struct Picture {
  std::string name;
  image::Pixels pixels;
};

// Those of our own making, and the photos where they are there.
std::vector<Picture> reference_pictures() {
  std::vector<Picture> pictures;
  for (int i = 0; i < pictures_made; ++i) {
    pictures.push_back({"test_picture_" + std::to_string(i), test_picture(i)});
  }
  for (const char* photo : photos) {
    const fs::path path = photo_directory() / photo;
    if (fs::exists(path)) pictures.push_back({photo, decode_jpeg(path)});
  }
  return pictures;
}

class Reference : public testing::Test {
 protected:
  void SetUp() override {
    pictures_ = reference_pictures();
    if (const char* directory = std::getenv("PICSHARZ_RECORD_PIXELS")) {
      record(directory);
      GTEST_SKIP() << "the pictures were written to " << directory;
    }
    directory_ = model_directory();
    if (directory_.empty()) GTEST_SKIP() << "no models: run tools/models/prepare.py build/models";
    read_references("vision_references.json");
  }

  void read_references(const std::string& name) {
    std::ifstream file(repository() / "tests/fixtures" / name);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    auto parsed = JsonObject::parse(text);
    ASSERT_TRUE(parsed) << "tests/fixtures/" << name << " cannot be read";
    references_.emplace(std::move(*parsed));
  }

  // That a picture is the one that was recorded.
  void check_pixels(const Picture& picture) {
    const auto hash = references_->optional_number(picture.name + ".pixels");
    ASSERT_TRUE(hash) << picture.name << " has no recorded reference";
    ASSERT_EQ(*hash, hash_of(picture.pixels))
        << picture.name << " decodes to other pixels than those recorded: another libjpeg?";
  }

  // Of a model with very many classes the strongest are recorded, "number score"; the others are
  // below 0.0005.
  std::vector<float> recorded_strongest(const std::string& field, std::size_t classes) {
    std::vector<float> scores(classes);
    const std::vector<std::string> strongest = references_->optional_list(field, 2'000, 32).value();
    for (const std::string& text : strongest) {
      const std::size_t space = text.find(' ');
      scores.at(std::stoul(text.substr(0, space))) = std::stof(text.substr(space));
    }
    return scores;
  }

  void record(const fs::path& directory) const {
    for (const Picture& picture : pictures_) {
      std::ofstream out(directory / (picture.name + ".ppm"), std::ios::binary);
      out << "P6\n" << picture.pixels.width << ' ' << picture.pixels.height << "\n255\n";
      out.write(reinterpret_cast<const char*>(picture.pixels.rgb.data()),
                static_cast<std::streamsize>(picture.pixels.rgb.size()));
      ASSERT_TRUE(out.flush());
    }
  }

  std::vector<float> recorded(const std::string& field) {
    std::vector<float> scores;
    const auto texts = references_->optional_list(field, 1'000, 32);
    for (const auto& text : texts.value_or(std::vector<std::string>{})) {
      scores.push_back(std::strtof(text.c_str(), nullptr));
    }
    return scores;
  }

  // At most 0.001 between us and TensorFlow.js, for every score of every picture.
  void compare(const std::string& role) {
    const ModelPack pack = read_model_pack(directory_);
    const ModelSpec* spec = pack.with_role(role);
    ASSERT_NE(spec, nullptr);
    const Network network(OnnxRuntime::load(directory_ + "/" + pack.runtime_file), directory_,
                          *spec, 1);
    float furthest = 0;
    for (const Picture& picture : pictures_) {
      ASSERT_NO_FATAL_FAILURE(check_pixels(picture));
      const auto expected = recorded(picture.name + "." + spec->name);
      const auto found = network.run(picture.pixels).scores;
      ASSERT_EQ(found.size(), expected.size()) << picture.name;
      for (std::size_t i = 0; i < found.size(); ++i) {
        EXPECT_NEAR(found[i], expected[i], 1e-3) << picture.name << ' ' << spec->labels[i];
        furthest = std::max(furthest, std::abs(found[i] - expected[i]));
      }
    }
    std::cout << role << ": " << pictures_.size() << " pictures, at most " << furthest
              << " from the reference\n";
    if (pictures_.size() == pictures_made) {
      GTEST_SKIP() << "only the synthetic pictures: set PICSHARZ_SHARED for the photos";
    }
  }

  std::vector<Picture> pictures_;
  std::string directory_;
  std::optional<JsonObject> references_;
};

TEST_F(Reference, FirstModerationModel) { compare("moderation_first"); }
TEST_F(Reference, SecondModerationModel) { compare("moderation_second"); }
TEST_F(Reference, ObjectModel) { compare("objects"); }

// The rich model, against an evaluation of its graph that shares nothing with ours but the weights.
TEST_F(Reference, RichModel) {
  const ModelPack pack = read_model_pack(directory_);
  const ModelSpec* spec = pack.with_role("classes");
  if (spec == nullptr) GTEST_SKIP() << "no rich pack: set PICSHARZ_MODEL_MIRROR for prepare.py";
  ASSERT_NO_FATAL_FAILURE(read_references("vision_references_rich.json"));
  const Network network(OnnxRuntime::load(directory_ + "/" + pack.runtime_file), directory_, *spec,
                        1);
  constexpr std::size_t every = 20;  // of the embedding's numbers one in so many is recorded
  for (const Picture& picture : pictures_) {
    ASSERT_NO_FATAL_FAILURE(check_pixels(picture));
    const Network::Answer found = network.run(picture.pixels);
    const auto scores = recorded_strongest(picture.name + ".classes", found.scores.size());
    for (std::size_t i = 0; i < scores.size(); ++i) {
      EXPECT_NEAR(found.scores[i], scores[i], 1e-3) << picture.name << ' ' << spec->labels[i];
    }
    const auto embedding = recorded(picture.name + ".embedding");
    ASSERT_EQ(embedding.size() * every, found.embedding.size());
    for (std::size_t i = 0; i < embedding.size(); ++i) {
      EXPECT_NEAR(found.embedding[i * every], embedding[i], 1e-3) << picture.name << ' ' << i;
    }
  }
  if (pictures_.size() == pictures_made) {
    GTEST_SKIP() << "only the synthetic pictures: set PICSHARZ_SHARED for the photos";
  }
}

class RealPhotos : public testing::Test {
 protected:
  void SetUp() override {
    if (model_directory().empty()) {
      GTEST_SKIP() << "no models: run tools/models/prepare.py build/models";
    }
    if (!fs::exists(photo_directory())) {
      GTEST_SKIP() << "no photos: set PICSHARZ_SHARED to the directory that has photos/";
    }
    classifier_ = open_classifier({model_directory(), {}, {}, 1});
    const std::string pack = classifier_->describe();
    ASSERT_TRUE(pack == "rich" || pack == "base") << pack;
  }

  Assessment assess(const std::string& photo) {
    return classifier_->assess(decode_jpeg(photo_directory() / photo));
  }

  std::unique_ptr<Classifier> classifier_;
};

bool has(const Assessment& assessment, std::string_view name) {
  return std::ranges::any_of(assessment.labels,
                             [&](const Label& label) { return label.name == name; });
}

std::string listed(const Assessment& assessment) {
  std::string text;
  for (const Label& label : assessment.labels) {
    text += label.name + "=" + std::to_string(label.confidence) + " ";
  }
  return text;
}

// What is on them was written down by looking at them, before any model saw them. Not asked for:
// the fox of IMG_9516.jpg and the squirrels, which the object model has no class for.
TEST_F(RealPhotos, NamesWhatIsOnThem) {
  const std::pair<const char*, const char*> expected[] = {
      {"train.jpg", "train"},        // a train on an embankment behind a lake
      {"train.jpg", "vehicle"},      //
      {"IMG_9398-2.jpg", "bear"},    // two bear cubs wrestling
      {"IMG_9398-2.jpg", "animal"},  //
      {"wild-2.jpg", "bear"},        // two bear cubs on a rock
      {"IMG_6297.jpg", "person"},    // a squirrel, and two people behind it
      {"wild-1.jpg", "car"},         // a gate of stone, a white car under it
  };
  for (const auto& [photo, label] : expected) {
    const Assessment assessment = assess(photo);
    EXPECT_TRUE(has(assessment, label))
        << photo << " has no " << label << ": " << listed(assessment);
  }
}

// Written down from looking at the pictures. What the rich pack gets wrong is not asked for: it
// takes the bear cubs for baboons and the fox of IMG_9516.jpg for a lynx.
TEST_F(RealPhotos, TheRichPackNamesMore) {
  if (classifier_->describe() != "rich") {
    GTEST_SKIP() << "no rich pack: set PICSHARZ_MODEL_MIRROR for prepare.py";
  }
  const std::pair<const char*, const char*> expected[] = {
      {"IMG_5910.jpg", "squirrel"},   // a squirrel on a rock, from near
      {"IMG_5910.jpg", "animal"},     //
      {"IMG_6297.jpg", "squirrel"},   // the one with two people behind it
      {"IMG_1252.jpg", "water"},      // the Golden Gate Bridge over its bay
      {"train.jpg", "train"},         // the train
      {"train.jpg", "lake"},          // and the lake before it
      {"hochuferweg.jpg", "nature"},  // a path above a lake, mountains
      {"IMG_6263.jpg", "cliff"},      // walls of a canyon
      {"IMG_6296.jpg", "valley"},     // a river's valley between mountains
      {"wild-1.jpg", "car"},          //
  };
  for (const auto& [photo, label] : expected) {
    const Assessment assessment = assess(photo);
    EXPECT_TRUE(has(assessment, label))
        << photo << " has no " << label << ": " << listed(assessment);
    EXPECT_EQ(assessment.embedding.size(), 1'280U);
  }
}

// The same photo is its own near duplicate when it is small, and no two of these photos are alike.
TEST_F(RealPhotos, TheEmbeddingTellsPhotosApart) {
  if (classifier_->describe() != "rich") {
    GTEST_SKIP() << "no rich pack: set PICSHARZ_MODEL_MIRROR for prepare.py";
  }
  std::vector<Embedding> all;
  for (const char* photo : {"IMG_5910.jpg", "train.jpg", "wild-1.jpg", "IMG_9516.jpg"}) {
    const image::Pixels pixels = decode_jpeg(photo_directory() / photo);
    all.push_back(classifier_->assess(pixels).embedding);
    image::Pixels mirrored = pixels;
    for (int y = 0; y < pixels.height; ++y) {
      for (int x = 0; x < pixels.width; ++x) {
        const std::size_t from = (static_cast<std::size_t>(y) * pixels.width + x) * 3;
        const std::size_t to = (static_cast<std::size_t>(y + 1) * pixels.width - 1 - x) * 3;
        std::copy_n(pixels.rgb.data() + from, 3, mirrored.rgb.data() + to);
      }
    }
    EXPECT_GE(cosine(all.back(), classifier_->assess(mirrored).embedding), near_duplicate_from)
        << photo;
  }
  for (std::size_t a = 0; a < all.size(); ++a) {
    for (std::size_t b = 0; b < a; ++b) EXPECT_LT(cosine(all[a], all[b]), near_duplicate_from);
  }
}

TEST_F(RealPhotos, IdleModelsLeaveMemoryAndComeBack) {
  const auto idle = open_classifier({model_directory(), {}, {}, 1, 1});
  const image::Pixels pixels = decode_jpeg(photo_directory() / "train.jpg");
  const Assessment first = idle->assess(pixels);
  while (idle->loaded()) std::this_thread::yield();
  const Assessment again = idle->assess(pixels);
  EXPECT_EQ(again.models, first.models);
  ASSERT_EQ(again.labels.size(), first.labels.size());
  EXPECT_EQ(again.labels[0].name, first.labels[0].name);
  EXPECT_EQ(again.first.neutral, first.first.neutral);
  classifier_->assess(pixels);
  EXPECT_TRUE(classifier_->loaded());  // without a time they stay
}

TEST_F(RealPhotos, AreOrdinary) {
  for (const char* photo : {"train.jpg", "IMG_9398-2.jpg", "IMG_9516.jpg", "wild-1.jpg",
                            "wild-2.jpg", "aarhus.jpg", "IMG_1252.jpg"}) {
    const Assessment assessment = assess(photo);
    const Scores& s = assessment.first;
    EXPECT_EQ(assessment.verdict, Verdict::safe)
        << photo << " drawing " << s.drawing << " hentai " << s.hentai << " neutral " << s.neutral
        << " porn " << s.porn << " sexy " << s.sexy;
    EXPECT_NEAR(s.drawing + s.hentai + s.neutral + s.porn + s.sexy, 1, 1e-3) << photo;
  }
}

TEST_F(RealPhotos, LabelsAreSortedAndAboveTheFloor) {
  const Assessment assessment = assess("wild-1.jpg");
  double last = 1;
  for (const Label& label : assessment.labels) {
    EXPECT_LE(label.confidence, last);
    EXPECT_GE(label.confidence, 0.3);
    last = label.confidence;
  }
}

TEST_F(RealPhotos, TheSecondModelIsAskedFromTheGateOn) {
  const image::Pixels pixels = decode_jpeg(photo_directory() / "wild-2.jpg");
  const auto always = open_classifier({model_directory(), {}, {0, 0.8, 0.5}, 1});
  const auto never = open_classifier({model_directory(), {}, {1.1, 0.8, 0.5}, 1});
  EXPECT_TRUE(always->assess(pixels).second);
  EXPECT_FALSE(never->assess(pixels).second);
}

TEST_F(RealPhotos, ManyThreadsGetTheSameAnswer) {
  const image::Pixels pixels = decode_jpeg(photo_directory() / "train.jpg");
  const std::string expected = listed(classifier_->assess(pixels));
  std::vector<std::string> answers(3);
  {
    std::vector<std::jthread> threads;
    for (std::string& answer : answers) {
      threads.emplace_back([&] { answer = listed(classifier_->assess(pixels)); });
    }
  }
  for (const std::string& answer : answers) EXPECT_EQ(answer, expected);
}

// The official builds of the runtime report to their maker unless they are told not to. A process
// of its own, because the library decides once; its home shows what it would have left there.
TEST_F(RealPhotos, TheRuntimeKeepsNoRecordOfItsUse) {
  std::string pattern = (fs::temp_directory_path() / "picsharz-home-XXXXXX").string();
  ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
  const std::string command =
      "env -u CI -u ORT_DISABLE_TELEMETRY -u XDG_CACHE_HOME HOME=" + pattern +
      " PICSHARZ_MODELS=" + fs::absolute(model_directory()).string() + " " +
      fs::read_symlink("/proc/self/exe").string() +
      " --gtest_filter=DamagedPack.WholeItWorks > /dev/null";
  EXPECT_EQ(std::system(command.c_str()), 0);
  EXPECT_TRUE(fs::is_empty(pattern)) << fs::recursive_directory_iterator(pattern)->path();
  fs::remove_all(pattern);
}

// A directory with one file of the pack replaced, the others linked.
class DamagedPack : public testing::Test {
 protected:
  void SetUp() override {
    if (model_directory().empty()) {
      GTEST_SKIP() << "no models: run tools/models/prepare.py build/models";
    }
    std::string pattern = (fs::temp_directory_path() / "picsharz-pack-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    copy_ = pattern;
    for (const auto& entry : fs::directory_iterator(model_directory())) {
      fs::create_symlink(fs::absolute(entry.path()), copy_ / entry.path().filename());
    }
  }
  void TearDown() override {
    if (!copy_.empty()) fs::remove_all(copy_);
  }

  std::string describe() const {
    const auto classifier = open_classifier({copy_.string(), {}, {}, 1});
    classifier->load();
    return classifier->describe();
  }

  std::string content(const std::string& name) const {
    std::ifstream file(copy_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  void replace(const std::string& name, const std::string& bytes) const {
    fs::remove(copy_ / name);
    std::ofstream(copy_ / name, std::ios::binary) << bytes;
  }

  fs::path copy_;
};

TEST_F(DamagedPack, WholeItWorks) {
  EXPECT_TRUE(describe() == "rich" || describe() == "base") << describe();
}

TEST_F(DamagedPack, SaysThatAModelIsMissing) {
  fs::remove(copy_ / "centernet.onnx");
  const std::string said = describe();
  EXPECT_TRUE(said.starts_with("none: the model ")) << said;
  EXPECT_NE(said.find("centernet.onnx cannot be read"), std::string::npos) << said;
}

TEST_F(DamagedPack, SaysThatAModelIsCutOff) {
  const std::string whole = content("nsfw_mobilenet_v2.onnx");
  replace("nsfw_mobilenet_v2.onnx", whole.substr(0, whole.size() / 2));
  const auto classifier = open_classifier({copy_.string(), {}, {}, 1});
  EXPECT_TRUE(classifier->ready());  // nobody has asked it
  EXPECT_THROW(classifier->assess(test_picture(0)), ClassifierUnavailable);
  EXPECT_FALSE(classifier->ready());
  EXPECT_NE(classifier->describe().find("nsfw_mobilenet_v2.onnx cannot be loaded"),
            std::string::npos)
      << classifier->describe();
  EXPECT_THROW(classifier->assess(test_picture(0)), ClassifierUnavailable);
}

TEST_F(DamagedPack, IsTriedAgainByItself) {
  const std::string whole = content("nsfw_mobilenet_v2.onnx");
  replace("nsfw_mobilenet_v2.onnx", "no model");
  const auto classifier = open_classifier({copy_.string(), {}, {}, 1, 0, 1000});
  EXPECT_THROW(classifier->assess(test_picture(0)), ClassifierUnavailable);
  EXPECT_FALSE(classifier->ready());
  replace("nsfw_mobilenet_v2.onnx", whole);
  while (!classifier->ready()) std::this_thread::yield();
  EXPECT_NO_THROW(classifier->assess(test_picture(0)));
  EXPECT_TRUE(classifier->describe() == "rich" || classifier->describe() == "base");
}

TEST_F(DamagedPack, ModelsComeWhenTheyAreNeeded) {
  const auto pack = read_model_pack(copy_.string());
  const ModelSpec* second = pack.with_role("moderation_second");
  if (second == nullptr) GTEST_SKIP() << "the base pack has no second moderation model";
  replace(second->file, "not a model");
  const auto classifier = open_classifier({copy_.string(), {}, {1.1, 0.8, 0.5}, 1});
  EXPECT_FALSE(classifier->loaded());
  EXPECT_NO_THROW(classifier->assess(test_picture(0)));  // never asks the second one
  EXPECT_TRUE(classifier->loaded());
  EXPECT_TRUE(classifier->ready());
  classifier->load();
  EXPECT_TRUE(classifier->describe().starts_with("none: ")) << classifier->describe();
}

// It loads and it answers, but wrongly: only the self-test sees it.
TEST_F(DamagedPack, SaysThatWeightsAreDamaged) {
  std::string bytes = content("nsfw_mobilenet_v2.onnx");
  // Inside the first dense layer: 1.3 MB of weights that end 0.14 MB before the file does.
  const std::size_t at = bytes.size() - 1'200'000;
  std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), 700'000, '\x3D');
  replace("nsfw_mobilenet_v2.onnx", bytes);
  const std::string said = describe();
  EXPECT_NE(said.find("nsfw_mobilenet_v2 fails its self-test"), std::string::npos) << said;
}

}  // namespace
}  // namespace picsharz::vision
