// What becomes of a photo after the classifier looked at it.
//
// What:      safe is published, suggestive is held, explicit is removed; where there are no models
//            it is held, with the labels that need none. One that must not come back is removed
//            whatever the models say of it.
// Threads:   a pure function, but for the classifier's time.
#pragma once

#include <optional>
#include <string>

#include "features/photos/likeness_service.h"
#include "features/photos/photo.h"
#include "features/photos/photo_store.h"
#include "image/image.h"
#include "vision/classifier.h"

namespace picsharz::photos {

struct Outcome {
  PhotoState state = PhotoState::published;
  std::string reason{};  // a code; "" where it is published
  std::optional<AssessmentRow> assessment{};
  Likeness likeness{};
};

inline constexpr std::string_view models_missing = "models_missing";

Outcome outcome_of(vision::Classifier& classifier, const image::Developed& developed);

// Of a picture that the gate recognises. What is explicit by itself stays that.
void remove_recognised(Outcome& outcome);

}  // namespace picsharz::photos
