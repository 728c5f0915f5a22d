#include "vision/network.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <utility>

#include "vision/classifier.h"

namespace picsharz::vision {

namespace {

// Processors with other vector instructions round differently (1e-5); a wrong model is far off.
constexpr float self_test_tolerance = 0.01F;
constexpr float rounding = 1e-3F;

bool is_finite(float value) { return std::isfinite(value); }

}  // namespace

Network::Network(std::shared_ptr<const OnnxRuntime> runtime, const std::string& directory,
                 ModelSpec spec, int threads)
    : spec_(std::move(spec)), session_(std::move(runtime), directory + "/" + spec_.file, threads) {
  self_test();
}

Network::Answer Network::run(const image::Pixels& pixels) const {
  constexpr std::array names{"scores", "embedding"};
  const std::size_t outputs = spec_.embedding > 0 ? 2 : 1;
  auto made = session_.run(preprocess(pixels, spec_.preprocessing, spec_.size), spec_.size,
                           std::span(names).first(outputs));
  Answer answer{std::move(made.front()), {}};
  if (outputs > 1) answer.embedding = std::move(made.back());
  // Written so that "not a number" fails too: compared with a threshold it would read as harmless.
  const bool plausible = std::ranges::all_of(
      answer.scores, [](float score) { return score >= -rounding && score <= 1 + rounding; });
  const bool whole = answer.scores.size() == spec_.labels.size() &&
                     answer.embedding.size() == static_cast<std::size_t>(spec_.embedding);
  if (!plausible || !whole || !std::ranges::all_of(answer.embedding, is_finite)) {
    throw ClassifierUnavailable("the model " + spec_.name + " answers nonsense");
  }
  return answer;
}

void Network::self_test() const {
  const std::vector<float> scores = run(test_picture(0)).scores;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (std::abs(scores[i] - spec_.self_test[i]) <= self_test_tolerance) continue;
    throw ClassifierUnavailable("the model " + spec_.name +
                                " fails its self-test; run tools/models/prepare.py");
  }
}

}  // namespace picsharz::vision
