#include <utility>

#include "vision/classifier.h"

namespace picsharz::vision {

Assessment FakeClassifier::assess(const image::Pixels&) {
  const std::lock_guard lock(mutex_);
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

void FakeClassifier::answer(Assessment assessment) {
  const std::lock_guard lock(mutex_);
  answer_ = std::move(assessment);
}

void FakeClassifier::unavailable(bool is) {
  const std::lock_guard lock(mutex_);
  unavailable_ = is;
}

}  // namespace picsharz::vision
