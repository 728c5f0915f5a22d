#include "features/photos/develop_service.h"

#include <array>
#include <cstdio>
#include <string>
#include <utility>

#include "base/json.h"
#include "base/log.h"
#include "base/tally.h"
#include "crypto/crypto.h"
#include "features/photos/original_service.h"
#include "image/probe.h"
#include "jobs/worker.h"

namespace picsharz::photos {

namespace {

constexpr Micros wait_for_room = 10 * second;
constexpr Micros wait_for_decoders = 10 * second;
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

void count_outcome(PhotoState state) {
  if (state == PhotoState::published) count_judged(Judged::published);
  if (state == PhotoState::held) count_judged(Judged::held);
  if (state == PhotoState::removed) count_judged(Judged::removed);
}

// What has pictures can be looked at.
Outcome failure_of(const Photo& photo) {
  const bool developed = has_pictures(photo.state);
  return {developed ? PhotoState::held : PhotoState::rejected, "processing_failed"};
}

}  // namespace

bool DevelopService::develop(const jobs::Job& job, PhotoId id) {
  const Micros started = clock_.steady();
  const auto view = database_.read([&](db::Tx& tx) { return photos_.find(tx, id); });
  if (!view || is_over(view->photo)) return false;
  const Photo& photo = view->photo;
  if (job.attempt >= job.attempts) {
    conclude(job, photo, {failure_of(photo), {}}, started);
  } else {
    conclude(job, photo, work_or_wait(photo), started);
  }
  return true;
}

void DevelopService::begin(db::Tx& tx, PhotoId id) {
  try {
    if (!store_.has_room()) return;  // it waits
  } catch (const storage::StorageError&) {
    return;  // the job will say so
  }
  photos_.begin_decoding(tx, id);
}

// A full disk and a busy machine are no failures of the photo: it waits for as long as it takes.
DevelopService::Finding DevelopService::work_or_wait(const Photo& photo) {
  try {
    return work(photo);
  } catch (const storage::StorageFull& full) {
    throw jobs::Postponed(full.what(), wait_for_room);
  } catch (const image::DecoderBusy& busy) {
    throw jobs::Postponed(busy.what(), wait_for_decoders);
  }
}

DevelopService::Finding DevelopService::work(const Photo& photo) {
  // Or every waiting photo would be decoded for nothing again and again.
  if (!store_.has_room()) throw storage::StorageFull("there is no room for renditions");
  const auto wanted = classifier_.ready() ? image::Wanted::pixels_too : image::Wanted::renditions;
  const Result<image::Developed> developed = decode(photo, wanted);
  if (!developed) return {{PhotoState::rejected, developed.error().code}, {}};
  Pictures pictures = store_renditions(photo, *developed);
  if (wanted == image::Wanted::renditions) return {judge(photo, *developed), std::move(pictures)};
  // Its owner sees it while the classifier looks.
  database_.write([&](db::Tx& tx) {
    if (list(tx, photo, pictures)) photos_.index(tx, photo.id);
  });
  return {judge(photo, *developed), {}};
}

// A published photo that nobody looked at yet is not.
bool DevelopService::is_over(const Photo& photo) {
  if (photo.state != PhotoState::published) return is_final(photo.state);
  return !database_.read([&](db::Tx& tx) { return photos_.is_unchecked(tx, photo.id); });
}

// Whether a model works shows when it is loaded: until then nothing is shown that cannot be
// checked.
bool DevelopService::may_publish_unchecked(const Photo& photo) {
  if (check_ == Check::before || !classifier_.ready() || !classifier_.loaded()) return false;
  return !gate_ || !database_.read([&](db::Tx& tx) { return gate_->holds_back(tx, photo.owner); });
}

Outcome DevelopService::judge(const Photo& photo, const image::Developed& developed) {
  const bool known = gate_ && gate_->recognises(developed.phash);
  if (!known && may_publish_unchecked(photo)) {
    database_.write([&](db::Tx& tx) { photos_.publish_unchecked(tx, photo.id); });
  }
  Outcome outcome = outcome_of(classifier_, developed);
  if (known) remove_recognised(outcome);
  return outcome;
}

Result<image::Developed> DevelopService::decode(const Photo& photo, image::Wanted wanted) {
  const auto file = store_.open(original_key(photo.original));
  if (!file) throw storage::StorageError("the original of a photo is missing");
  TRY_ASSIGN(const image::Probe probe, image::probe(*file));
  return developer_.develop(file->descriptor(), file->size(), probe, wanted);
}

DevelopService::Pictures DevelopService::store_renditions(const Photo& photo,
                                                          const image::Developed& developed) {
  Pictures pictures;
  DevelopedRow& row = pictures.row;
  row = {.width = developed.width,
         .height = developed.height,
         .thumbhash = crypto::base64(developed.thumbhash),
         .renditions = "",
         .phash = static_cast<std::int64_t>(developed.phash),
         .colours = colours_json(developed.colours)};
  std::vector<storage::NewObject> objects;
  for (const image::Rendition& rendition : developed.renditions) {
    const std::string name = rendition_name(rendition);
    objects.push_back({rendition_key(photo.original, name), rendition.bytes});
    pictures.renditions.push_back(rendition_row(name, rendition.bytes));
    if (!row.renditions.empty()) row.renditions += ',';
    row.renditions += name;
  }
  // Where it is developed again: what its owner asked for meanwhile.
  row.renditions = with_made(row.renditions, made_on_demand(photo.renditions));
  pictures.metadata = metadata_row(developed.metadata);
  store_.put_folder(objects);
  return pictures;
}

bool DevelopService::list(db::Tx& tx, const Photo& photo, const Pictures& pictures) {
  originals_.lock(tx, photo.original);  // before the photo's row, as whoever makes an extra
  if (!photos_.set_developed(tx, photo.id, pictures.row)) {
    // Deleted meanwhile: what was just stored has to go as well.
    if (!photos_.find(tx, photo.id)) enqueue_erasure(queue_, tx, photo.original);
    return false;
  }
  details_.set_metadata(tx, photo.id, pictures.metadata);
  for (const RenditionRow& each : pictures.renditions) {
    originals_.put_rendition(tx, photo.original, each);
  }
  return true;
}

// Safe in the classifier's eyes is not enough for a member who is new here.
Outcome DevelopService::with_policy(db::Tx& tx, const Photo& photo, const Outcome& outcome) {
  const bool published = outcome.state == PhotoState::published;
  if (!published || !gate_ || photos_.is_unchecked(tx, photo.id)) return outcome;
  if (!gate_->holds_back(tx, photo.owner)) return outcome;
  return {PhotoState::held, "new_member", outcome.assessment, outcome.likeness};
}

bool DevelopService::end(db::Tx& tx, PhotoId id, const Outcome& outcome) {
  if (outcome.assessment) photos_.set_assessment(tx, id, *outcome.assessment, clock_.now());
  const bool ended = photos_.conclude(tx, id, outcome.state, outcome.reason) ||
                     photos_.settle(tx, id, outcome.state, outcome.reason);
  const bool withheld = outcome.state == PhotoState::held || outcome.state == PhotoState::removed;
  if (ended && withheld && gate_) gate_->withheld(tx, id);
  if (ended && likeness_) likeness_->developed(tx, id, outcome.likeness);
  return ended;
}

void DevelopService::give_up(db::Tx& tx, PhotoId id) {
  if (const auto view = photos_.find(tx, id)) end(tx, id, failure_of(view->photo));
}

void DevelopService::conclude(const jobs::Job& job, const Photo& photo, const Finding& found,
                              Micros started) {
  Outcome outcome = found.outcome;
  bool ended = false;
  const bool ours = database_
                        .write([&](db::Tx& tx) -> Result<void> {
                          ended = false;
                          if (!queue_.finish(tx, job)) return not_found();
                          const bool listed = found.pictures && list(tx, photo, *found.pictures);
                          if (!listed && !photos_.find(tx, photo.id))
                            return {};  // deleted meanwhile
                          outcome = with_policy(tx, photo, found.outcome);
                          ended = end(tx, photo.id, outcome);
                          return {};
                        })
                        .has_value();
  if (!ours) {
    log_warning("photo's job lost its lease", {{"photo", photo.id.value}, {"job", job.id.value}});
    // Whoever has it now may find the photo deleted, and nothing of it stored.
    if (found.pictures) {
      database_.write([&](db::Tx& tx) {
        if (list(tx, photo, *found.pictures)) photos_.index(tx, photo.id);
      });
    }
    return;
  }
  if (ended) count_outcome(outcome.state);
  log_info("photo developed", {{"photo", photo.id.value},
                               {"state", state_name(outcome.state)},
                               {"reason", outcome.reason},
                               {"attempt", job.attempt},
                               {"ms", (clock_.steady() - started) / 1000}});
}

}  // namespace picsharz::photos
