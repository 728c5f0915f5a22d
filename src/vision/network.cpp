#include "vision/network.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "vision/classifier.h"

namespace picsharz::vision {

namespace {

// Processors with other vector instructions round differently (1e-5); a wrong model is far off.
constexpr float self_test_tolerance = 0.01F;
constexpr float rounding = 1e-3F;

}  // namespace

Network::Network(std::shared_ptr<const OnnxRuntime> runtime, const std::string& directory,
                 ModelSpec spec, int threads)
    : spec_(std::move(spec)), session_(std::move(runtime), directory + "/" + spec_.file, threads) {
  self_test();
}

std::vector<float> Network::run(const image::Pixels& pixels) const {
  std::vector<float> scores =
      session_.run(preprocess(pixels, spec_.preprocessing, spec_.size), spec_.size);
  // Written so that "not a number" fails too: compared with a threshold it would read as harmless.
  const bool plausible = std::ranges::all_of(
      scores, [](float score) { return score >= -rounding && score <= 1 + rounding; });
  if (!plausible || scores.size() != spec_.labels.size()) {
    throw ClassifierUnavailable("the model " + spec_.name + " answers nonsense");
  }
  return scores;
}

void Network::self_test() const {
  const std::vector<float> scores = run(test_picture(0));
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (std::abs(scores[i] - spec_.self_test[i]) <= self_test_tolerance) continue;
    throw ClassifierUnavailable("the model " + spec_.name +
                                " fails its self-test; run tools/models/prepare.py");
  }
}

}  // namespace picsharz::vision
