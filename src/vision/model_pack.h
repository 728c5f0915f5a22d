// The set of converted models in a directory, as tools/models/prepare.py describes it in
// models.json.
//
// What:      models.json is one flat object: "models" lists names, "<name>.file", "<name>.role" and
//            so on describe each.
// Threads:   plain values.
// Failures:  ClassifierUnavailable with a sentence for people.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "vision/preprocess.h"

namespace picsharz::vision {

struct ModelSpec {
  std::string name;     // "centernet"
  std::string role;     // moderation_first, moderation_second, objects or classes
  std::string file;     // inside the directory
  std::string version;  // of the package it was converted from
  std::string sha256;   // of the file
  Preprocessing preprocessing = Preprocessing::stretch_unit;
  int size = 0;                     // side of the square it takes
  std::vector<std::string> labels;  // one for each score
  std::vector<float> self_test;     // scores of test_picture(0), recorded with the original
  int embedding = 0;                // how many numbers it gives of what a picture is like

  // "centernet@3.0.4+0f3a9c12": the version, and the file's own identity.
  std::string identity() const;
};

struct ModelPack {
  std::string name;          // "base" or "rich"
  std::string runtime_file;  // inside the directory
  std::vector<ModelSpec> models;

  const ModelSpec* with_role(std::string_view role) const;
};

ModelPack read_model_pack(const std::string& directory);

// A small synthetic picture, 64 x 48: the same in every implementation because it is whole-number
// arithmetic. `variant` 0 is the self-test's.
image::Pixels test_picture(int variant);

}  // namespace picsharz::vision
