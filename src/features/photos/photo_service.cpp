#include "features/photos/photo_service.h"

#include <algorithm>
#include <cassert>

#include "base/json.h"

namespace picsharz::photos {

namespace {

// The last attempt only records the failure (see develop_service.h): seven may work, over about
// four minutes, which a restart of a database or of a decoder does not take.
constexpr int develop_attempts = 8;
constexpr Micros forgotten_after = 10 * minute;
constexpr int resumed_at_once = 1'000;

std::string tags_json(const std::vector<std::string>& tags) {
  std::string json;
  JsonWriter out(json);
  out.begin_array();
  for (const std::string& tag : tags) out.value(tag);
  out.end_array();
  return json;
}

}  // namespace

PhotoView PhotoService::create(const Viewer& viewer, const NewPhoto& upload) {
  Photo photo;
  photo.id = ids_.next<PhotoId>();
  photo.owner = viewer.account;
  photo.title = upload.title;
  photo.description = upload.description;
  photo.alt = upload.alt;
  photo.tags = tags_json(upload.tags);
  photo.visibility = upload.visibility;
  photo.width = upload.probe.display_width();
  photo.height = upload.probe.display_height();
  photo.original = upload.original;
  photo.format = upload.probe.format;
  photo.bytes = upload.bytes;
  photo.file_name = upload.file_name;
  photo.created_at = clock_.now();
  return database_.write([&](db::Tx& tx) {
    photos_.insert(tx, photo, upload.tags);
    enqueue(tx, photo.id);
    return photos_.find(tx, photo.id).value();
  });
}

void PhotoService::enqueue(db::Tx& tx, PhotoId id) {
  const std::string key = id.str();
  std::string payload;
  JsonWriter(payload).begin_object().field("photo", key).end_object();
  queue_.enqueue(tx, {.kind = develop_job,
                      .payload = payload,
                      .lane = jobs::Lane::media,
                      .key = key,
                      .attempts = develop_attempts});
}

Page<PhotoView> PhotoService::own(const Viewer& viewer, const PageRequest& request) {
  const auto before = request.after ? std::optional(PhotoId{request.after->id}) : std::nullopt;
  Page<PhotoView> page;
  page.items = database_.read(
      [&](db::Tx& tx) { return photos_.list_own(tx, viewer.account, before, request.limit + 1); });
  if (static_cast<int>(page.items.size()) > request.limit) {
    page.items.resize(static_cast<std::size_t>(request.limit));
    page.next = Position{0, page.items.back().photo.id.value};
  }
  return page;
}

Micros PhotoService::wait_for_next(AccountId account, int count, Micros window) {
  const auto oldest =
      database_.read([&](db::Tx& tx) { return photos_.nth_newest(tx, account, count); });
  return oldest ? std::max<Micros>(0, *oldest + window - clock_.now()) : 0;
}

bool PhotoService::withdraw(PhotoId id, PhotoState state, std::string_view reason) {
  assert(state == PhotoState::held || state == PhotoState::removed);
  const bool withdrawn =
      database_.write([&](db::Tx& tx) { return photos_.withdraw(tx, id, state, reason); });
  media_.forget(id);
  return withdrawn;
}

int PhotoService::resume_unfinished() {
  return database_.write([&](db::Tx& tx) {
    const auto lost = photos_.unfinished(tx, clock_.now() - forgotten_after, resumed_at_once);
    for (const PhotoId id : lost) enqueue(tx, id);
    return static_cast<int>(lost.size());
  });
}

}  // namespace picsharz::photos
