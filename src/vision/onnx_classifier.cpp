// The classifier of a pack, and the one that only says why there is none.

#include <malloc.h>

#include <exception>
#include <optional>
#include <semaphore>
#include <utility>

#include "vision/classifier.h"
#include "vision/embedding.h"
#include "vision/model_pack.h"
#include "vision/network.h"
#include "vision/onnx_runtime.h"
#include "vision/taxonomy.h"
#include "vision/verdict.h"

namespace picsharz::vision {

namespace {

// A detector's run takes 50 MB for its time; two beside 150 MB of models stay below 400 MB.
constexpr int runs_max = 2;

// Each layer's values are a few megabytes. glibc learns to keep blocks of that size in the heap of
// the thread that freed them: eight workers held 840 MB, 150 MB with the threshold fixed, at no
// cost in time. It holds for the whole process, and is as right for decoded pictures.
constexpr int returned_from = 1024 * 1024;

// One of the places of a semaphore, while this lives.
class Place {
 public:
  explicit Place(std::counting_semaphore<runs_max>& places) : places_(places) { places_.acquire(); }
  ~Place() { places_.release(); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

 private:
  std::counting_semaphore<runs_max>& places_;
};

const ModelSpec& required(const ModelPack& pack, std::string_view role) {
  if (const ModelSpec* spec = pack.with_role(role)) return *spec;
  throw ClassifierUnavailable("models.json names no model for " + std::string(role) +
                              "; run tools/models/prepare.py");
}

Scores scores_of(const Network& network, const image::Pixels& pixels) {
  const std::vector<float> scores = network.run(pixels).scores;
  return {scores[0], scores[1], scores[2], scores[3], scores[4]};
}

class OnnxClassifier final : public Classifier {
 public:
  OnnxClassifier(const ModelOptions& options, const ModelPack& pack,
                 const std::shared_ptr<const OnnxRuntime>& runtime)
      : thresholds_(options.thresholds),
        pack_(pack.name),
        first_(runtime, options.directory, required(pack, "moderation_first"), options.threads),
        objects_(runtime, options.directory, required(pack, "objects"), options.threads) {
    const ModelSpec* second = pack.with_role("moderation_second");
    if (second) second_.emplace(runtime, options.directory, *second, options.threads);
    const ModelSpec* classes = pack.with_role("classes");
    if (classes) classes_.emplace(runtime, options.directory, *classes, options.threads);
    check_classes(first_);
    if (second_) check_classes(*second_);
    for (const Network* each : networks()) {
      if (!models_.empty()) models_ += ' ';
      models_ += each->spec().identity();
    }
    // Loading leaves free heap (the files, parsed) that glibc would keep.
    ::malloc_trim(0);
  }

  Assessment assess(const image::Pixels& pixels) override {
    const Place place(places_);
    Assessment assessment;
    assessment.first = scores_of(first_, pixels);
    if (second_ && needs_second_opinion(assessment.first, thresholds_)) {
      assessment.second = scores_of(*second_, pixels);
    }
    assessment.verdict = judge(assessment.first, assessment.second, thresholds_);
    assessment.labels = labels_for(objects_.spec().labels, objects_.run(pixels).scores);
    if (classes_) {
      const Network::Answer answer = classes_->run(pixels);
      const auto& classes = classes_->spec().labels;
      assessment.labels = merge_labels(std::move(assessment.labels),
                                       labels_for_distribution(classes, answer.scores));
      assessment.embedding = embedding_of(answer.embedding);
      assessment.embedding_model = classes_->spec().identity();
    }
    assessment.models = models_;
    return assessment;
  }

  std::string describe() const override {
    return second_ ? pack_ : pack_ + ", without the second moderation model";
  }

 private:
  // scores_of() relies on the order.
  static void check_classes(const Network& network) {
    const std::vector<std::string> expected{"drawing", "hentai", "neutral", "porn", "sexy"};
    if (network.spec().labels != expected) {
      throw ClassifierUnavailable("the model " + network.spec().name +
                                  " is not a moderation model; run tools/models/prepare.py");
    }
  }

  std::vector<const Network*> networks() const {
    std::vector<const Network*> all{&first_};
    if (second_) all.push_back(&*second_);
    all.push_back(&objects_);
    if (classes_) all.push_back(&*classes_);
    return all;
  }

  Thresholds thresholds_;
  std::string pack_;
  std::counting_semaphore<runs_max> places_{runs_max};
  Network first_;
  Network objects_;
  std::optional<Network> second_;
  std::optional<Network> classes_;
  std::string models_;
};

class MissingClassifier final : public Classifier {
 public:
  explicit MissingClassifier(std::string why) : why_(std::move(why)) {}
  Assessment assess(const image::Pixels&) override { throw ClassifierUnavailable(why_); }
  std::string describe() const override { return "none: " + why_; }

 private:
  std::string why_;
};

}  // namespace

std::unique_ptr<Classifier> open_classifier(const ModelOptions& options) {
  try {
    ::mallopt(M_MMAP_THRESHOLD, returned_from);
    const ModelPack pack = read_model_pack(options.directory);
    const std::string library =
        options.runtime.empty() ? options.directory + "/" + pack.runtime_file : options.runtime;
    return std::make_unique<OnnxClassifier>(options, pack, OnnxRuntime::load(library));
  } catch (const std::exception& failure) {
    return std::make_unique<MissingClassifier>(failure.what());
  }
}

}  // namespace picsharz::vision
