// The classifier without models: what it says and does when something is missing or broken.

#include "vision/classifier.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "vision/model_pack.h"
#include "vision/onnx_runtime.h"

namespace picsharz::vision {
namespace {

namespace fs = std::filesystem;

// A directory that disappears with its owner.
class Scratch {
 public:
  Scratch() {
    std::string pattern = (fs::temp_directory_path() / "picsharz-vision-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no scratch directory");
    path_ = pattern;
  }
  ~Scratch() { fs::remove_all(path_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  std::string str() const { return path_.string(); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
  }

 private:
  fs::path path_;
};

std::string description(const std::string& file) {
  return R"({"pack":"base","stamp":"0","runtime.file":"libonnxruntime.so.1",
    "runtime.version":"1.30.0","runtime.sha256":"0","models":["m"],
    "m.role":"objects","m.file":")" +
         file + R"(","m.version":"1.0","m.sha256":")" + std::string(64, 'a') +
         R"(","m.preprocessing":"letterbox_bytes","m.size":32,"m.labels":["cat"],
    "m.self_test":["0.25"]})";
}

void expect_none(const ModelOptions& options, const std::string& mentions) {
  const auto classifier = open_classifier(options);
  const std::string said = classifier->describe();
  EXPECT_TRUE(said.starts_with("none: ")) << said;
  EXPECT_NE(said.find(mentions), std::string::npos) << said;
  EXPECT_NE(said.find("tools/models/prepare.py"), std::string::npos) << said;
  EXPECT_THROW(classifier->assess(test_picture(0)), ClassifierUnavailable);
}

TEST(Classifier, SaysThatTheDirectoryIsMissing) {
  const Scratch scratch;
  expect_none({scratch.str() + "/nowhere", {}, {}, 1}, "nowhere/models.json cannot be read");
}

TEST(Classifier, SaysThatTheDescriptionIsBroken) {
  const Scratch scratch;
  scratch.write("models.json", "{\"pack\":");
  expect_none({scratch.str(), {}, {}, 1}, "models.json is not the JSON that is expected");
  scratch.write("models.json", description("../elsewhere.onnx"));
  expect_none({scratch.str(), {}, {}, 1}, "m.file");
  scratch.write("models.json", std::string(100'000, ' '));
  expect_none({scratch.str(), {}, {}, 1}, "too large");
}

TEST(Classifier, SaysThatTheRuntimeIsMissingOrSomethingElse) {
  const Scratch scratch;
  scratch.write("models.json", description("m.onnx"));
  expect_none({scratch.str(), {}, {}, 1}, "libonnxruntime.so.1 cannot be loaded");
  expect_none({scratch.str(), "libm.so.6", {}, 1}, "is not ONNX Runtime");
}

TEST(ModelPack, ReadsADescription) {
  const Scratch scratch;
  scratch.write("models.json", description("m.onnx"));
  const ModelPack pack = read_model_pack(scratch.str());
  EXPECT_EQ(pack.name, "base");
  ASSERT_EQ(pack.models.size(), 1U);
  EXPECT_EQ(pack.with_role("moderation_first"), nullptr);
  const ModelSpec* model = pack.with_role("objects");
  ASSERT_NE(model, nullptr);
  EXPECT_EQ(model->identity(), "m@1.0+aaaaaaaa");
  EXPECT_EQ(model->preprocessing, Preprocessing::letterbox_bytes);
  EXPECT_EQ(model->size, 32);
  EXPECT_EQ(model->labels, std::vector<std::string>{"cat"});
  EXPECT_EQ(model->self_test, std::vector<float>{0.25F});
}

TEST(FakeClassifier, AnswersWhatItWasTold) {
  FakeClassifier fake;
  fake.answer({{{"cat", 0.9}}, Verdict::suggestive, {}, "fake@1", {}});
  const Assessment given = fake.assess({});
  EXPECT_EQ(given.verdict, Verdict::suggestive);
  ASSERT_EQ(given.labels.size(), 1U);
  EXPECT_EQ(given.labels[0].name, "cat");
  fake.unavailable(true);
  EXPECT_THROW(fake.assess({}), ClassifierUnavailable);
  fake.unavailable(false);
  EXPECT_EQ(fake.assess({}).models, "fake@1");
}

}  // namespace
}  // namespace picsharz::vision
