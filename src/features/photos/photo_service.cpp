#include "features/photos/photo_service.h"

#include <algorithm>
#include <cassert>

#include "base/json.h"
#include "base/log.h"
#include "base/tally.h"
#include "features/photos/original_service.h"

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

bool PhotoService::claim_original(std::string_view sha256_hex, std::int64_t bytes) {
  return database_.write([&](db::Tx& tx) {
    const auto row = originals_.claim(tx, sha256_hex, bytes, clock_.now() + claim_lifetime);
    // Told to one upload only: what it stores instead must not be taken away by the next one.
    if (row.damage) originals_.expect_replacement(tx, sha256_hex);
    return row.damage.has_value();
  });
}

void PhotoService::release_original(std::string_view sha256_hex) {
  database_.write([&](db::Tx& tx) {
    originals_.end_claim(tx, sha256_hex);
    enqueue_erasure(queue_, tx, sha256_hex);
  });
}

OriginalClaim::~OriginalClaim() {
  if (used_) return;
  try {
    photos_.release_original(original_);
  } catch (const db::DatabaseError& failure) {
    // It runs out after its lifetime; the sweep finds what was stored.
    log_warning("a claim was not given back", {{"reason", failure.what()}});
  }
}

PhotoView PhotoService::create(const Viewer& viewer, const NewPhoto& upload) {
  const auto nothing = [](db::Tx&, PhotoId) { return Result<void>(); };
  return create(viewer, upload, std::nullopt, nothing).value();
}

Result<PhotoView> PhotoService::create(const Viewer& viewer, const NewPhoto& upload,
                                       std::optional<std::int64_t> quota, First first) {
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
  photo.created_at = std::min(upload.created_at.value_or(clock_.now()), clock_.now());
  auto created = database_.write([&](db::Tx& tx) -> Result<PhotoView> {
    TRY(first(tx, photo.id));
    if (!photos_.charge(tx, photo.owner, photo.bytes, quota)) {
      const std::int64_t most = photos_.quota(tx, photo.owner, quota.value_or(0));
      auto failure =
          fail(ErrorKind::too_large, "quota_exceeded",
               "Your photos have used up the space that you have here, " +
                   std::to_string(most / 1'000'000) + " MB.",
               "Delete photos that you no longer need, or ask the administrator for more.");
      failure.error().limit = most;
      return failure;
    }
    originals_.use(tx, photo.original, photo.bytes);
    photos_.insert(tx, photo, upload.tags);
    enqueue(tx, photo.id, photo.owner);
    return photos_.find(tx, photo.id).value();
  });
  if (created) {
    const std::string_view type = image::content_type(photo.format);
    count_use(Use::upload, type, 0);
    count_use(Use::upload_bytes, type, photo.bytes);
  }
  return created;
}

std::optional<PhotoView> PhotoService::own_original(const Viewer& viewer,
                                                    std::string_view sha256_hex) {
  return database_.read(
      [&](db::Tx& tx) { return photos_.find_own_original(tx, viewer.account, sha256_hex); });
}

std::optional<PhotoView> PhotoService::own_photo(const Viewer& viewer, PhotoId id) {
  auto view = database_.read([&](db::Tx& tx) { return photos_.find(tx, id); });
  if (view && view->photo.owner != viewer.account) view.reset();
  return view;
}

void PhotoService::enqueue(db::Tx& tx, PhotoId id, AccountId owner) {
  const std::string key = id.str();
  std::string payload;
  JsonWriter(payload).begin_object().field("photo", key).end_object();
  queue_.enqueue(tx, {.kind = develop_job,
                      .payload = payload,
                      .lane = jobs::Lane::media,
                      .account = owner,
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
    for (const PhotoStateRow& each : lost) enqueue(tx, each.id, each.owner);
    return static_cast<int>(lost.size());
  });
}

}  // namespace picsharz::photos
