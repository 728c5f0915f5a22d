// Labels and moderation scores of a picture.
//
// What:      Classifier is the interface; the real one runs ONNX models on the CPU in this process,
//            the fake answers what a test tells it.
// Threads:   assess() may be called from any thread; it takes tens of milliseconds, and waits where
//            two others are at it already (memory). open_classifier() before other threads run: it
//            sets an environment variable (onnx_runtime.h says why).
// Failures:  ClassifierUnavailable is thrown where the runtime or a model is missing: the photo is
//            held for review then.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "image/image.h"
#include "vision/embedding.h"

namespace picsharz::vision {

class ClassifierUnavailable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct Label {
  std::string name;       // the word people use
  double confidence = 0;  // 0..1
};

// The five classes of the moderation model; they sum to 1.
struct Scores {
  double drawing = 0;
  double hentai = 0;
  double neutral = 0;
  double porn = 0;
  double sexy = 0;
};

enum class Verdict { safe = 0, suggestive = 1, explicit_ = 2 };
std::string_view verdict_name(Verdict verdict);

struct Thresholds {
  double gate = 0.2;        // first model's P+H+S from which the second is asked
  double explicit_ = 0.8;   // P+H in both models
  double suggestive = 0.5;  // second model's P+H+S
};

struct Assessment {
  std::vector<Label> labels;  // confidence >= 0.3, strongest first
  Verdict verdict = Verdict::safe;
  Scores first;                   // mobilenet_v2
  std::string models;             // names and versions, for the record
  std::optional<Scores> second;   // inception_v3, where the first passed the gate
  Embedding embedding{};          // of the rich pack; empty without it
  std::string embedding_model{};  // the one model of it: only its own embeddings compare
};

class Classifier {
 public:
  virtual ~Classifier() = default;
  virtual Assessment assess(const image::Pixels& pixels) = 0;
  // "base", "rich", or "none: <why>" for people.
  virtual std::string describe() const = 0;
  // Names and versions of the models, as in Assessment::models; "" without any.
  virtual std::string models() const = 0;
  // Whether assess() can work, as far as is known: false where the runtime or a model is missing,
  // or did not load when it was asked for, until it does.
  virtual bool ready() const { return true; }
  // Whether any model is in memory: each comes when it is needed, and leaves when it was idle for
  // long.
  virtual bool loaded() const { return ready(); }
  // Takes all of them into memory; describe() says what is wrong with them.
  virtual void load() {}
};

struct ModelOptions {
  std::string directory;  // converted models: manifest of tools/models, *.onnx, *.labels
  std::string runtime;    // libonnxruntime.so.1; "" = in the directory
  Thresholds thresholds;
  int threads = 1;
  Micros idle_time = 0;        // without use, after which a model leaves memory; 0: never
  Micros retry_time = minute;  // after which one that did not load is tried again
};

// Never throws: without runtime or models it gives a Classifier whose assess() throws
// ClassifierUnavailable and whose describe() says what is missing and what to do. Reads the pack's
// description and looks for its files; what is in them shows when they are needed.
std::unique_ptr<Classifier> open_classifier(const ModelOptions& options);

class FakeClassifier final : public Classifier {
 public:
  Assessment assess(const image::Pixels& pixels) override;
  std::string describe() const override { return "fake"; }
  std::string models() const override;
  bool ready() const override;
  bool loaded() const override;
  void answer(Assessment assessment);
  void unavailable(bool is);
  // As one whose file is damaged, which shows when it is asked.
  void break_when_asked();

 private:
  mutable std::mutex mutex_;
  Assessment answer_;
  bool unavailable_ = false;
  bool breaks_ = false;
};

}  // namespace picsharz::vision
