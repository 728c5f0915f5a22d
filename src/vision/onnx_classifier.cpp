// The classifier of a pack, and the one that only says why there is none.

#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <semaphore>
#include <stop_token>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "base/cpu_meter.h"
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

// scores_of() relies on the order.
void check_classes(const ModelSpec& spec) {
  const std::vector<std::string> expected{"drawing", "hentai", "neutral", "porn", "sexy"};
  if (spec.labels != expected) {
    throw ClassifierUnavailable("the model " + spec.name +
                                " is not a moderation model; run tools/models/prepare.py");
  }
}

using Time = std::chrono::steady_clock::time_point;
using std::chrono::steady_clock;

// A model of the pack: in memory from when it is asked for until nobody did for long.
class Model {
 public:
  // Looks only whether its file can be read: the second moderation model takes a second and 100 MB,
  // and most servers never ask it.
  Model(const ModelOptions& options, std::shared_ptr<const OnnxRuntime> runtime, ModelSpec spec)
      : options_(options), runtime_(std::move(runtime)), spec_(std::move(spec)) {
    const std::string path = options_.directory + "/" + spec_.file;
    if (::access(path.c_str(), R_OK) != 0) {
      throw ClassifierUnavailable("the model " + path +
                                  " cannot be read: " + std::generic_category().message(errno) +
                                  "; run tools/models/prepare.py");
    }
  }

  // Loads it where it is not there; who comes meanwhile waits for it. One that did not load is not
  // tried again for everybody: try_again() is.
  std::shared_ptr<const Network> network() {
    const std::lock_guard one(loading_);
    if (auto there = present()) return there;
    if (const std::string why = failure(); !why.empty()) throw ClassifierUnavailable(why);
    return load();
  }

  Network::Answer run(const image::Pixels& pixels) {
    const std::shared_ptr<const Network> with = network();  // loading is nobody's picture
    const MeteredWork work("classify");
    return with->run(pixels);
  }

  // Where it failed, and long enough ago: its file may be mended, memory may be there again.
  void try_again(Time failed_before) {
    const std::lock_guard one(loading_);
    try {
      if (!failure().empty() && failed_ <= failed_before) load();
    } catch (const ClassifierUnavailable&) {  // failure() says it
    }
  }

  // True where it goes now; a run that is under way has its own share.
  bool leave_unless_used_since(Time when) {
    const std::lock_guard lock(mutex_);
    if (!network_ || used_ > when) return false;
    network_.reset();
    return true;
  }

  bool loaded() const {
    const std::lock_guard lock(mutex_);
    return network_ != nullptr;
  }

  // Why it did not come the last time; "" where it came, or was never asked for.
  std::string failure() const {
    const std::lock_guard lock(mutex_);
    return failure_;
  }

  const ModelSpec& spec() const { return spec_; }

 private:
  std::shared_ptr<const Network> present() {
    const std::lock_guard lock(mutex_);
    used_ = steady_clock::now();
    return network_;
  }

  std::shared_ptr<const Network> load() {
    std::shared_ptr<const Network> loaded;
    std::string failure;
    try {
      loaded = std::make_shared<Network>(runtime_, options_.directory, spec_, options_.threads);
    } catch (const std::exception& why) {
      failure = why.what();
    }
    // Loading leaves free heap (the file, parsed) that glibc would keep.
    ::malloc_trim(0);
    const std::lock_guard lock(mutex_);
    network_ = loaded;
    failure_ = failure;
    failed_ = used_ = steady_clock::now();
    if (!loaded) throw ClassifierUnavailable(failure);
    return loaded;
  }

  const ModelOptions& options_;
  const std::shared_ptr<const OnnxRuntime> runtime_;
  const ModelSpec spec_;
  std::mutex loading_;  // before mutex_, which nobody holds for long
  Time failed_;         // loading_'s
  mutable std::mutex mutex_;
  std::shared_ptr<const Network> network_;
  std::string failure_;
  Time used_;
};

Scores scores_of(Model& model, const image::Pixels& pixels) {
  const std::vector<float> scores = model.run(pixels).scores;
  return {scores[0], scores[1], scores[2], scores[3], scores[4]};
}

class OnnxClassifier final : public Classifier {
 public:
  OnnxClassifier(ModelOptions options, const ModelPack& pack,
                 const std::shared_ptr<const OnnxRuntime>& runtime)
      : options_(std::move(options)),
        pack_(pack.name),
        first_(options_, runtime, required(pack, "moderation_first")),
        objects_(options_, runtime, required(pack, "objects")) {
    const ModelSpec* spec = pack.with_role("moderation_second");
    if (spec) second_.emplace(options_, runtime, *spec);
    spec = pack.with_role("classes");
    if (spec) classes_.emplace(options_, runtime, *spec);
    check_classes(first_.spec());
    if (second_) check_classes(second_->spec());
    for (const Model* each : all()) {
      if (!models_.empty()) models_ += ' ';
      models_ += each->spec().identity();
    }
    watcher_ = std::jthread([this](const auto& stop) { watch(stop); });
  }

  Assessment assess(const image::Pixels& pixels) override {
    const Place place(places_);
    Assessment assessment;
    assessment.first = scores_of(first_, pixels);
    if (second_ && needs_second_opinion(assessment.first, options_.thresholds)) {
      assessment.second = scores_of(*second_, pixels);
    }
    assessment.verdict = judge(assessment.first, assessment.second, options_.thresholds);
    assessment.labels = labels_for(objects_.spec().labels, objects_.run(pixels).scores);
    if (classes_) {
      const Network::Answer answer = classes_->run(pixels);
      assessment.labels =
          merge_labels(std::move(assessment.labels),
                       labels_for_distribution(classes_->spec().labels, answer.scores));
      assessment.embedding = embedding_of(answer.embedding);
      assessment.embedding_model = classes_->spec().identity();
    }
    assessment.models = models_;
    return assessment;
  }

  std::string describe() const override {
    if (const std::string why = failure(); !why.empty()) return "none: " + why;
    return second_ ? pack_ : pack_ + ", without the second moderation model";
  }
  std::string models() const override { return models_; }
  bool ready() const override { return failure().empty(); }
  bool loaded() const override {
    return std::ranges::any_of(all(), [](const Model* each) { return each->loaded(); });
  }
  void load() override {
    try {
      for (Model* each : all()) each->network();
    } catch (const ClassifierUnavailable&) {  // describe() says what it was
    }
  }

 private:
  std::vector<Model*> all() const {
    std::vector<Model*> found{&first_};
    if (second_) found.push_back(&*second_);
    found.push_back(&objects_);
    if (classes_) found.push_back(&*classes_);
    return found;
  }

  std::string failure() const {
    for (const Model* each : all()) {
      if (std::string why = each->failure(); !why.empty()) return why;
    }
    return "";
  }

  // Lets each model go when nobody has used it for long, and tries those again that failed.
  void watch(const std::stop_token& stop) {
    using std::chrono::microseconds;
    const microseconds idle(options_.idle_time);
    const microseconds retry(options_.retry_time);
    const auto turn = idle.count() > 0 ? std::min(idle / 2, retry) : retry;
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
      changed_.wait_until(lock, stop, steady_clock::now() + turn, [] { return false; });
      if (stop.stop_requested()) return;
      bool any = false;
      for (Model* each : all()) {
        each->try_again(steady_clock::now() - retry);
        if (idle.count() > 0) any |= each->leave_unless_used_since(steady_clock::now() - idle);
      }
      if (any) ::malloc_trim(0);
    }
  }

  const ModelOptions options_;
  const std::string pack_;
  std::string models_;
  std::counting_semaphore<runs_max> places_{runs_max};
  // They guard themselves.
  mutable Model first_;
  mutable Model objects_;
  mutable std::optional<Model> second_;
  mutable std::optional<Model> classes_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::jthread watcher_;  // last: it ends before what it looks at
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
