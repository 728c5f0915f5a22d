#include "features/photos/extra_service.h"

#include <algorithm>
#include <cassert>

#include "base/json.h"
#include "base/limits.h"
#include "base/log.h"
#include "image/probe.h"
#include "image/renditions.h"
#include "jobs/worker.h"

namespace picsharz::photos {

namespace {

constexpr Micros wait_for_room = 10 * second;
constexpr Micros wait_for_decoders = minute;
// A decoder that fails is an error at once, and what is down costs no attempt: these are for
// workers that were killed.
constexpr int attempts = 4;

bool is_of(std::string_view name, image::Extra extra) {
  const bool avif = rendition_format(name) == image::Format::avif;
  return is_extra(name) && avif == (extra == image::Extra::avif);
}

bool lists(std::string_view renditions, image::Extra extra) {
  return std::ranges::any_of(rendition_names(renditions),
                             [&](std::string_view name) { return is_of(name, extra); });
}

std::string key_of(PhotoId photo, image::Extra extra) {
  return photo.str().append(".").append(extra_name(extra));
}

}  // namespace

std::string_view extra_name(image::Extra extra) {
  return extra == image::Extra::avif ? "avif" : "large";
}

std::optional<image::Extra> extra_of(std::string_view name) {
  for (const image::Extra each : {image::Extra::large, image::Extra::avif}) {
    if (extra_name(each) == name) return each;
  }
  return std::nullopt;
}

void ExtraService::want(PhotoId id, image::Extra extra) {
  assert(extra == image::Extra::large || extra == image::Extra::avif);
  if (extra == image::Extra::avif && !avif_) return;
  try {
    const auto account = database_.read([&](db::Tx& tx) { return look_up(tx, id, extra); });
    if (!account) return;
    std::string payload;
    JsonWriter(payload)
        .begin_object()
        .field("photo", id)
        .field("extra", extra_name(extra))
        .end_object();
    database_.write([&](db::Tx& tx) {
      queue_.enqueue(tx, {.kind = extra_job,
                          .payload = payload,
                          .lane = jobs::Lane::extras,
                          .account = *account,
                          .key = key_of(id, extra),
                          .attempts = attempts});
    });
  } catch (const db::DatabaseError& failure) {
    log_warning("a wish was not noted", {{"photo", id.value}, {"reason", failure.what()}});
  }
}

// What speaks against it is looked up in a read, so that a wish that is repeated all the time never
// takes the database's writer.
std::optional<AccountId> ExtraService::look_up(db::Tx& tx, PhotoId id, image::Extra extra) {
  const auto view = photos_.find(tx, id);
  if (!view || !has_pictures(view->photo.state)) return std::nullopt;
  const Photo& photo = view->photo;
  if (lists(photo.renditions, extra)) return std::nullopt;
  if (image::plan_extra(extra, photo.width, photo.height).empty()) return std::nullopt;
  if (queue_.knows(tx, extra_job, key_of(id, extra))) return std::nullopt;
  if (rows_.is_damaged(tx, photo.original)) return std::nullopt;
  const int waiting = queue_.waiting(tx, jobs::Lane::extras, limits::extras_waiting);
  if (waiting >= limits::extras_waiting) return std::nullopt;
  return photo.owner;
}

Result<void> ExtraService::make(PhotoId id, image::Extra extra) {
  const auto view = database_.read([&](db::Tx& tx) { return photos_.find(tx, id); });
  if (!view || !has_pictures(view->photo.state)) return {};
  if (lists(view->photo.renditions, extra)) return {};
  const auto file = originals_.open_checked(view->photo.original);
  if (!file) return {};  // that is recorded, and shown to the administrator
  const auto made = encode(*file, extra);
  if (!made && made.error().kind == ErrorKind::unsupported) {
    // No fault of the photo: another machine may be able to.
    log_warning("no encoder", {{"extra", extra_name(extra)}, {"detail", made.error().detail}});
    return {};
  }
  if (!made) return std::unexpected(made.error());
  try {
    keep(view->photo, *made);
  } catch (const storage::StorageFull& full) {
    throw jobs::Postponed(full.what(), wait_for_room);
  }
  return {};
}

Result<std::vector<image::Rendition>> ExtraService::encode(const FileHandle& file,
                                                           image::Extra extra) {
  TRY_ASSIGN(const image::Probe probe, image::probe(file));
  try {
    return encoder_.encode(file.descriptor(), file.size(), probe, extra);
  } catch (const image::DecoderUnavailable& unavailable) {
    throw jobs::Postponed(unavailable.what(), wait_for_decoders);
  }
}

void ExtraService::keep(const Photo& photo, const std::vector<image::Rendition>& made) {
  std::vector<storage::NewObject> objects;
  std::vector<std::string> names;
  for (const image::Rendition& rendition : made) {
    names.push_back(rendition_name(rendition));
    objects.push_back({rendition_key(photo.original, names.back()), rendition.bytes});
  }
  store_.put_all(objects);
  originals_.note_made(queue_, photo.id, photo.original, names);
}

}  // namespace picsharz::photos
