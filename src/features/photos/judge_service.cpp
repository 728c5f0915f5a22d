#include "features/photos/judge_service.h"

#include <algorithm>
#include <vector>

#include "vision/picture_labels.h"
#include "vision/taxonomy.h"

namespace picsharz::photos {

namespace {

ScoreRow score_row(const vision::Scores& scores) {
  return {scores.drawing, scores.hentai, scores.neutral, scores.porn, scores.sexy};
}

// Those of the models and those that need none, each with what it came from.
void add_labels(AssessmentRow& row, const vision::Assessment& said,
                const std::vector<vision::Label>& of_picture) {
  for (const vision::Label& label : vision::merge_labels(said.labels, of_picture)) {
    const bool seen = std::ranges::any_of(said.labels, [&](const vision::Label& each) {
      return each.name == label.name && each.confidence == label.confidence;
    });
    row.labels.push_back(
        {label.name, label.confidence, std::string(seen ? "" : vision::picture_labels_version)});
  }
}

AssessmentRow row_of(const vision::Assessment& said, const std::vector<vision::Label>& of_picture) {
  AssessmentRow row;
  row.models = said.models;
  row.verdict = static_cast<int>(said.verdict);
  row.stages.push_back(score_row(said.first));
  if (said.second) row.stages.push_back(score_row(*said.second));
  add_labels(row, said, of_picture);
  return row;
}

}  // namespace

Outcome outcome_of(vision::Classifier& classifier, const image::Developed& developed) {
  const auto of_picture = vision::picture_labels(developed);
  vision::Assessment said;
  try {
    // They were not asked for where there was no classifier.
    if (developed.pixels.rgb.empty()) throw vision::ClassifierUnavailable("no pixels");
    said = classifier.assess(developed.pixels);
  } catch (const vision::ClassifierUnavailable&) {
    AssessmentRow unjudged;
    add_labels(unjudged, {}, of_picture);
    return {PhotoState::held, std::string(models_missing), std::move(unjudged), {}};
  }
  const Likeness likeness{said.embedding_model, said.embedding};
  switch (said.verdict) {
    case vision::Verdict::safe:
      return {PhotoState::published, "", row_of(said, of_picture), likeness};
    case vision::Verdict::suggestive:
      break;
    case vision::Verdict::explicit_:
      return {PhotoState::removed, "explicit", row_of(said, of_picture), likeness};
  }
  return {PhotoState::held, "suggestive", row_of(said, of_picture), likeness};
}

void remove_recognised(Outcome& outcome) {
  if (outcome.state == PhotoState::removed) return;
  outcome.state = PhotoState::removed;
  outcome.reason = "blocklisted";
}

}  // namespace picsharz::photos
