// One model, ready to look at pictures: preprocessing, session and labels together.
//
// Threads:   run() may be called from many threads at once.
// Failures:  ClassifierUnavailable where the model cannot be loaded, fails its self-test, or
//            answers with something that is no score.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "image/image.h"
#include "vision/model_pack.h"
#include "vision/onnx_runtime.h"

namespace picsharz::vision {

class Network {
 public:
  // Loads the model and compares its answer to a known picture with the recorded one: a damaged
  // file, a wrong conversion or a broken runtime shows here, not in somebody's photo.
  Network(std::shared_ptr<const OnnxRuntime> runtime, const std::string& directory, ModelSpec spec,
          int threads);

  struct Answer {
    std::vector<float> scores;     // 0..1, one for each of spec().labels
    std::vector<float> embedding;  // spec().embedding numbers
  };
  Answer run(const image::Pixels& pixels) const;
  const ModelSpec& spec() const { return spec_; }

 private:
  void self_test() const;

  ModelSpec spec_;
  OnnxSession session_;
};

}  // namespace picsharz::vision
