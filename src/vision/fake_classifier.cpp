#include <utility>

#include "vision/classifier.h"

namespace picsharz::vision {

Assessment FakeClassifier::assess(const image::Pixels&) {
  const std::lock_guard lock(mutex_);
  unavailable_ |= breaks_;
  if (unavailable_) throw ClassifierUnavailable("the fake classifier was told to be unavailable");
  return answer_;
}

std::string FakeClassifier::models() const {
  const std::lock_guard lock(mutex_);
  return unavailable_ ? "" : answer_.models;
}

bool FakeClassifier::ready() const {
  const std::lock_guard lock(mutex_);
  return !unavailable_;
}

bool FakeClassifier::loaded() const {
  const std::lock_guard lock(mutex_);
  return !unavailable_ && !breaks_;
}

void FakeClassifier::answer(Assessment assessment) {
  const std::lock_guard lock(mutex_);
  answer_ = std::move(assessment);
}

void FakeClassifier::unavailable(bool is) {
  const std::lock_guard lock(mutex_);
  unavailable_ = is;
  breaks_ = false;
}

void FakeClassifier::break_when_asked() {
  const std::lock_guard lock(mutex_);
  breaks_ = true;
}

}  // namespace picsharz::vision
