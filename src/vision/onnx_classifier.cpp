// The classifier of a pack, and the one that only says why there is none.

#include <malloc.h>

#include <chrono>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <semaphore>
#include <stop_token>
#include <thread>
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

// Each one that runs beside another takes memory of its own; two and the models stay below 400 MB.
constexpr int runs_max = 2;

// What is made beside a session's own memory is a few megabytes at a time. glibc learns to keep
// blocks of that size in the heap of the thread that freed them, for ever. It holds for the whole
// process, and is as right for decoded pictures.
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

// scores_of() relies on the order.
void check_classes(const Network& network) {
  const std::vector<std::string> expected{"drawing", "hentai", "neutral", "porn", "sexy"};
  if (network.spec().labels != expected) {
    throw ClassifierUnavailable("the model " + network.spec().name +
                                " is not a moderation model; run tools/models/prepare.py");
  }
}

// The models of a pack in memory.
class Networks {
 public:
  Networks(const ModelOptions& options, const ModelPack& pack,
           const std::shared_ptr<const OnnxRuntime>& runtime)
      : first(runtime, options.directory, required(pack, "moderation_first"), options.threads),
        objects(runtime, options.directory, required(pack, "objects"), options.threads) {
    const ModelSpec* spec = pack.with_role("moderation_second");
    if (spec) second.emplace(runtime, options.directory, *spec, options.threads);
    spec = pack.with_role("classes");
    if (spec) classes.emplace(runtime, options.directory, *spec, options.threads);
    check_classes(first);
    if (second) check_classes(*second);
    // Loading leaves free heap (the files, parsed) that glibc would keep.
    ::malloc_trim(0);
  }

  std::string models() const {
    std::string names;
    for (const Network* each :
         {&first, second ? &*second : nullptr, &objects, classes ? &*classes : nullptr}) {
      if (!each) continue;
      if (!names.empty()) names += ' ';
      names += each->spec().identity();
    }
    return names;
  }

  Network first;
  Network objects;
  std::optional<Network> second;
  std::optional<Network> classes;
};

class OnnxClassifier final : public Classifier {
 public:
  OnnxClassifier(ModelOptions options, ModelPack pack, std::shared_ptr<const OnnxRuntime> runtime)
      : options_(std::move(options)), pack_(std::move(pack)), runtime_(std::move(runtime)) {
    networks_ = std::make_shared<Networks>(options_, pack_, runtime_);
    models_ = networks_->models();
    if (options_.idle_time > 0) idle_ = std::jthread([this](const auto& stop) { watch(stop); });
  }

  Assessment assess(const image::Pixels& pixels) override {
    const Place place(places_);
    const std::shared_ptr<const Networks> with = networks();
    Assessment assessment;
    assessment.first = scores_of(with->first, pixels);
    if (with->second && needs_second_opinion(assessment.first, options_.thresholds)) {
      assessment.second = scores_of(*with->second, pixels);
    }
    assessment.verdict = judge(assessment.first, assessment.second, options_.thresholds);
    assessment.labels = labels_for(with->objects.spec().labels, with->objects.run(pixels).scores);
    if (with->classes) {
      const Network::Answer answer = with->classes->run(pixels);
      assessment.labels =
          merge_labels(std::move(assessment.labels),
                       labels_for_distribution(with->classes->spec().labels, answer.scores));
      assessment.embedding = embedding_of(answer.embedding);
      assessment.embedding_model = with->classes->spec().identity();
    }
    assessment.models = models_;
    return assessment;
  }

  std::string describe() const override {
    const bool both = pack_.with_role("moderation_second") != nullptr;
    return both ? pack_.name : pack_.name + ", without the second moderation model";
  }
  std::string models() const override { return models_; }
  bool loaded() const override {
    const std::lock_guard lock(mutex_);
    return networks_ != nullptr;
  }

 private:
  // Loads them where they were let go; who comes meanwhile waits for it.
  std::shared_ptr<const Networks> networks() {
    const std::lock_guard lock(mutex_);
    if (!networks_) networks_ = std::make_shared<Networks>(options_, pack_, runtime_);
    used_ = std::chrono::steady_clock::now();
    return networks_;
  }

  // Lets the models go when nobody has used them for long.
  void watch(const std::stop_token& stop) {
    const auto idle = std::chrono::microseconds(options_.idle_time);
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
      changed_.wait_until(lock, stop, std::chrono::steady_clock::now() + idle / 2,
                          [] { return false; });
      const bool long_unused = std::chrono::steady_clock::now() - used_ >= idle;
      if (stop.stop_requested() || !networks_ || !long_unused) continue;
      networks_.reset();  // a run that is under way has its own share
      ::malloc_trim(0);
    }
  }

  const ModelOptions options_;
  const ModelPack pack_;
  const std::shared_ptr<const OnnxRuntime> runtime_;
  std::string models_;
  std::counting_semaphore<runs_max> places_{runs_max};
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::shared_ptr<const Networks> networks_;
  std::chrono::steady_clock::time_point used_ = std::chrono::steady_clock::now();
  std::jthread idle_;  // last: it ends before what it looks at
};

class MissingClassifier final : public Classifier {
 public:
  explicit MissingClassifier(std::string why) : why_(std::move(why)) {}
  Assessment assess(const image::Pixels&) override { throw ClassifierUnavailable(why_); }
  std::string describe() const override { return "none: " + why_; }
  std::string models() const override { return ""; }
  bool ready() const override { return false; }

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
