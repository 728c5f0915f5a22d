#include "vision/model_pack.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <iterator>

#include "base/json.h"
#include "base/limits.h"
#include "vision/classifier.h"

namespace picsharz::vision {

namespace {

constexpr std::size_t models_max = 8;
constexpr std::size_t labels_max = 2'000;
constexpr std::size_t text_max = 200;
constexpr int size_max = 1'024;
constexpr int embedding_max = 8'192;

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
  throw ClassifierUnavailable(path + " " + why + "; run tools/models/prepare.py");
}

std::string read_description(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) refuse(path, "cannot be read");
  std::string text(limits::json_body + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > limits::json_body) refuse(path, "is too large");
  return text;
}

Preprocessing preprocessing_named(JsonObject& json, const std::string& field) {
  const std::string name = json.text(field, 1, text_max);
  if (name == "letterbox_bytes") return Preprocessing::letterbox_bytes;
  if (name == "crop_signed") return Preprocessing::crop_signed;
  if (name != "stretch_unit") json.refuse(field, "unknown", "There is no such preprocessing.");
  return Preprocessing::stretch_unit;
}

// Decimal numbers stand in models.json as text: the JSON reader takes whole numbers only.
std::vector<float> numbers(JsonObject& json, const std::string& field) {
  std::vector<float> values;
  for (const std::string& text :
       json.optional_list(field, labels_max, 32).value_or(std::vector<std::string>{})) {
    float value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || !std::isfinite(value)) {
      json.refuse(field, "wrong_type", "This is not a list of numbers.");
    }
    values.push_back(value);
  }
  return values;
}

// A file's name inside the directory, never a path out of it.
std::string file_name(JsonObject& json, const std::string& field) {
  std::string name = json.text(field, 1, text_max);
  if (name.find('/') != std::string::npos)
    json.refuse(field, "invalid", "This is not a file name.");
  return name;
}

ModelSpec read_model(JsonObject& json, const std::string& name) {
  const auto field = [&](std::string_view key) { return name + "." + std::string(key); };
  ModelSpec model;
  model.name = name;
  model.role = json.text(field("role"), 1, text_max);
  model.file = file_name(json, field("file"));
  model.version = json.text(field("version"), 1, text_max);
  model.sha256 = json.text(field("sha256"), 64, 64);
  model.preprocessing = preprocessing_named(json, field("preprocessing"));
  const std::int64_t size = json.number(field("size"));
  if (size < 1 || size > size_max) json.refuse(field("size"), "invalid", "1 to 1024 pixels.");
  model.size = static_cast<int>(std::clamp<std::int64_t>(size, 1, size_max));
  model.labels = json.optional_list(field("labels"), labels_max, text_max)
                     .value_or(std::vector<std::string>{});
  if (model.labels.empty()) json.refuse(field("labels"), "required", "A model needs labels.");
  model.self_test = numbers(json, field("self_test"));
  if (model.self_test.size() != model.labels.size()) {
    json.refuse(field("self_test"), "invalid", "One score for each label is needed.");
  }
  model.embedding = static_cast<int>(std::clamp<std::int64_t>(
      json.optional_number(field("embedding")).value_or(0), 0, embedding_max));
  return model;
}

}  // namespace

std::string ModelSpec::identity() const { return name + "@" + version + "+" + sha256.substr(0, 8); }

const ModelSpec* ModelPack::with_role(std::string_view role) const {
  const auto found = std::ranges::find(models, role, &ModelSpec::role);
  return found == models.end() ? nullptr : &*found;
}

ModelPack read_model_pack(const std::string& directory) {
  const std::string path = directory + "/models.json";
  auto json = JsonObject::parse(read_description(path));
  if (!json) refuse(path, "is not the JSON that is expected");
  ModelPack pack;
  pack.name = json->text("pack", 1, text_max);
  pack.runtime_file = file_name(*json, "runtime.file");
  const auto names =
      json->optional_list("models", models_max, text_max).value_or(std::vector<std::string>{});
  for (const std::string& name : names) pack.models.push_back(read_model(*json, name));
  // For prepare.py itself; named, so that finish() finds only real mistakes.
  for (const char* known : {"stamp", "runtime.version", "runtime.sha256"}) {
    json->optional_text(known, text_max);
  }
  if (const auto valid = json->finish(); !valid) {
    const auto& fields = valid.error().fields;
    refuse(path, "is not right (" + (fields.empty() ? "" : fields.front().field) + ")");
  }
  return pack;
}

image::Pixels test_picture(int variant) {
  image::Pixels picture{64, 48, {}};
  const int k = variant + 1;
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x) {
      picture.rgb.push_back(static_cast<std::uint8_t>(k * x * x + 3 * y));
      picture.rgb.push_back(static_cast<std::uint8_t>(5 * x + k * y * y));
      picture.rgb.push_back(static_cast<std::uint8_t>(x * y * (k + 1)));
    }
  }
  return picture;
}

}  // namespace picsharz::vision
