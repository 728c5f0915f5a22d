#include "features/photos/develop_service.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <utility>

#include "base/json.h"
#include "base/log.h"
#include "crypto/crypto.h"
#include "features/photos/original_service.h"
#include "image/probe.h"
#include "jobs/worker.h"
#include "vision/picture_labels.h"
#include "vision/taxonomy.h"

namespace picsharz::photos {

namespace {

constexpr Micros wait_for_room = 10 * second;
constexpr double shown_from = 0.5;  // labels below are for search only

std::string card_labels(const std::vector<vision::Label>& labels) {
  std::string json;
  JsonWriter out(json);
  out.begin_array();
  for (const vision::Label& label : labels) {
    if (label.confidence < shown_from) continue;
    out.begin_object().field("name", label.name).field("confidence", label.confidence);
    out.end_object();
  }
  out.end_array();
  return json;
}

// "" where the file names neither a camera nor an exposure.
std::string camera_json(const image::Metadata& said) {
  std::string json;
  JsonWriter out(json);
  out.begin_object();
  if (!said.make.empty()) out.field("make", said.make);
  if (!said.model.empty()) out.field("model", said.model);
  if (!said.lens.empty()) out.field("lens", said.lens);
  if (!said.exposure_time.empty()) out.field("exposure_time", said.exposure_time);
  if (said.f_number > 0) out.field("f_number", said.f_number);
  if (said.iso > 0) out.field("iso", said.iso);
  if (said.focal_length > 0) out.field("focal_length", said.focal_length);
  out.end_object();
  return json == "{}" ? std::string() : json;
}

PhotoMetadata metadata_row(const image::Metadata& said) {
  PhotoMetadata row;
  row.camera = camera_json(said);
  if (!said.taken_at.empty()) row.taken_at = said.taken_at;
  row.copyright = said.copyright;
  row.artist = said.artist;
  row.caption = said.caption.empty() ? said.description : said.caption;
  row.keywords.clear();
  JsonWriter out(row.keywords);
  out.begin_array();
  for (const std::string& keyword : said.keywords) out.value(keyword);
  out.end_array();
  if (said.position) {
    row.latitude = said.position->latitude;
    row.longitude = said.position->longitude;
  }
  return row;
}

std::string colours_json(const std::vector<image::Colour>& colours) {
  std::string json;
  JsonWriter out(json);
  out.begin_array();
  for (const image::Colour& colour : colours) {
    std::array<char, 8> name{};
    std::snprintf(name.data(), name.size(), "#%02x%02x%02x", colour.red, colour.green, colour.blue);
    out.begin_object().field("colour", name.data()).field("share", std::int64_t{colour.share});
    out.end_object();
  }
  out.end_array();
  return json;
}

ScoreRow score_row(const vision::Scores& scores) {
  return {scores.drawing, scores.hentai, scores.neutral, scores.porn, scores.sexy};
}

// Those of the models and those that need none, each with what it came from.
void add_labels(AssessmentRow& row, const vision::Assessment& said,
                const std::vector<vision::Label>& of_picture) {
  const auto labels = vision::merge_labels(said.labels, of_picture);
  for (const vision::Label& label : labels) {
    const bool seen = std::ranges::any_of(said.labels, [&](const vision::Label& each) {
      return each.name == label.name && each.confidence == label.confidence;
    });
    row.labels.push_back(
        {label.name, label.confidence, std::string(seen ? "" : vision::picture_labels_version)});
  }
  row.card_labels = card_labels(labels);
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

// Without models nothing was judged, but the labels that need none are there.
AssessmentRow unjudged(const std::vector<vision::Label>& of_picture) {
  AssessmentRow row;
  add_labels(row, {}, of_picture);
  return row;
}

}  // namespace

bool DevelopService::develop(const jobs::Job& job, PhotoId id) {
  const Micros started = clock_.steady();
  const auto view = database_.read([&](db::Tx& tx) { return photos_.find(tx, id); });
  if (!view || is_final(view->photo.state)) return false;
  const Photo& photo = view->photo;
  if (job.attempt >= job.attempts) {
    const bool developed = photo.state == PhotoState::classifying;
    conclude(job, id, {developed ? PhotoState::held : PhotoState::rejected, "processing_failed"},
             started);
  } else {
    conclude(job, id, work_or_wait(photo), started);
  }
  return true;
}

// A full disk is no failure of the photo: it waits for as long as it takes.
DevelopService::Outcome DevelopService::work_or_wait(const Photo& photo) {
  try {
    return work(photo);
  } catch (const storage::StorageFull& full) {
    throw jobs::Postponed(full.what(), wait_for_room);
  }
}

DevelopService::Outcome DevelopService::work(const Photo& photo) {
  // Or every waiting photo would be decoded for nothing again and again.
  if (!store_.has_room()) throw storage::StorageFull("there is no room for renditions");
  database_.write([&](db::Tx& tx) { photos_.begin_decoding(tx, photo.id); });
  const Result<image::Developed> developed = decode(photo);
  if (!developed) return {PhotoState::rejected, developed.error().code};
  store_renditions(photo, *developed);
  Outcome outcome = classify(*developed);
  if (outcome.state != PhotoState::removed && gate_ && gate_->recognises(developed->phash)) {
    outcome.state = PhotoState::removed;
    outcome.reason = "blocklisted";
  }
  return outcome;
}

Result<image::Developed> DevelopService::decode(const Photo& photo) {
  const auto file = store_.open(original_key(photo.original));
  if (!file) throw storage::StorageError("the original of a photo is missing");
  TRY_ASSIGN(const image::Probe probe, image::probe(*file));
  return developer_.develop(file->descriptor(), file->size(), probe);
}

void DevelopService::store_renditions(const Photo& photo, const image::Developed& developed) {
  DevelopedRow row{.width = developed.width,
                   .height = developed.height,
                   .thumbhash = crypto::base64(developed.thumbhash),
                   .renditions = "",
                   .phash = static_cast<std::int64_t>(developed.phash),
                   .colours = colours_json(developed.colours)};
  std::vector<storage::NewObject> objects;
  std::vector<RenditionRow> stored;
  for (const image::Rendition& rendition : developed.renditions) {
    const std::string name = rendition_name(rendition);
    objects.push_back({rendition_key(photo.original, name), rendition.bytes});
    stored.push_back(rendition_row(name, rendition.bytes));
    if (!row.renditions.empty()) row.renditions += ',';
    row.renditions += name;
  }
  store_.put_all(objects);
  database_.write([&](db::Tx& tx) {
    originals_.lock(tx, photo.original);  // before the photo's row, as whoever stores an extra
    if (!photos_.set_developed(tx, photo.id, row)) {
      // Deleted meanwhile: what was just stored has to go as well.
      if (!photos_.find(tx, photo.id)) enqueue_erasure(queue_, tx, photo.original);
      return;
    }
    details_.set_metadata(tx, photo.id, metadata_row(developed.metadata));
    for (const RenditionRow& each : stored) originals_.put_rendition(tx, photo.original, each);
    originals_.list_extras(tx, photo.original);
  });
}

DevelopService::Outcome DevelopService::classify(const image::Developed& developed) {
  const auto of_picture = vision::picture_labels(developed);
  vision::Assessment said;
  try {
    said = classifier_.assess(developed.pixels);
  } catch (const vision::ClassifierUnavailable&) {
    return {PhotoState::held, "models_missing", unjudged(of_picture)};
  }
  const Likeness likeness{said.embedding_model, said.embedding};
  switch (said.verdict) {
    case vision::Verdict::safe:
      return {PhotoState::published, "", row_of(said, of_picture), likeness};
    case vision::Verdict::suggestive:
      return {PhotoState::held, "suggestive", row_of(said, of_picture), likeness};
    case vision::Verdict::explicit_:
      return {PhotoState::removed, "explicit", row_of(said, of_picture), likeness};
  }
  return {PhotoState::held, "suggestive", row_of(said, of_picture), likeness};
}

void DevelopService::conclude(const jobs::Job& job, PhotoId id, const Outcome& outcome,
                              Micros started) {
  const bool ours =
      database_
          .write([&](db::Tx& tx) -> Result<void> {
            if (!queue_.finish(tx, job)) return not_found();
            if (outcome.assessment) {
              photos_.set_assessment(tx, id, *outcome.assessment, clock_.now());
            }
            const bool concluded = photos_.conclude(tx, id, outcome.state, outcome.reason);
            const bool withheld =
                outcome.state == PhotoState::held || outcome.state == PhotoState::removed;
            if (concluded && withheld && gate_) gate_->withheld(tx, id);
            if (concluded && likeness_) likeness_->developed(tx, id, outcome.likeness);
            return {};
          })
          .has_value();
  if (!ours) {
    log_warning("photo's job lost its lease", {{"photo", id.value}, {"job", job.id.value}});
    return;
  }
  log_info("photo developed", {{"photo", id.value},
                               {"state", state_name(outcome.state)},
                               {"reason", outcome.reason},
                               {"attempt", job.attempt},
                               {"ms", (clock_.steady() - started) / 1000}});
}

}  // namespace picsharz::photos
