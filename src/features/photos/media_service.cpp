#include "features/photos/media_service.h"

#include <algorithm>
#include <bit>
#include <iterator>
#include <utility>

#include "base/limits.h"

namespace picsharz::photos {

namespace {

// The name of the rendition of that address in "320.webp,640.webp", or "".
std::string_view name_of(std::string_view renditions, std::string_view address) {
  for (const std::string_view name : rendition_names(renditions)) {
    if (rendition_address(name) == address) return name;
  }
  return {};
}

// The largest that every browser shows and that was there from the beginning, or "".
std::string_view interim_name(std::string_view renditions) {
  std::string_view largest;
  for (const std::string_view name : rendition_names(renditions)) {
    if (!is_extra(name)) largest = name;
  }
  return largest;
}

// At popular_from requests and at each doubling: a wish that was not noted comes again, and what
// everybody looks at does not ask the database all the time.
bool is_time_to_ask(std::uint32_t requests) {
  return requests % limits::popular_from == 0 &&
         std::has_single_bit(requests / limits::popular_from);
}

}  // namespace

MediaService::MediaService(db::Database& database, const Clock& clock, const db::ChangeLog& changes,
                           storage::FileCache& files, const MediaSigner& signer,
                           MediaOptions options)
    : database_(database),
      clock_(clock),
      changes_(changes),
      files_(files),
      signer_(signer),
      shard_capacity_(std::max<std::size_t>(1, options.capacity / shard_count)),
      extras_(options.extras) {}

MediaService::Shard& MediaService::shard_of(PhotoId id) {
  // Ids made in one millisecond differ in their low bits only, others in their high bits: mix both.
  const auto mixed = static_cast<std::uint64_t>(id.value) * 0x9E37'79B9'7F4A'7C15ULL;
  return shards_[(mixed >> 32) % shard_count];
}

std::optional<MediaPicture> MediaService::cached(const MediaRequest& request) {
  if (request.account || !changes_.fresh()) return std::nullopt;
  Shard& shard = shard_of(request.photo);
  std::shared_ptr<Remembered> photo;
  {
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.entries.find(request.photo);
    if (found == shard.entries.end()) return std::nullopt;
    found->second.used = true;
    photo = found->second.photo;
  }
  if (!verify(request, photo->row)) return std::nullopt;
  auto picture = open(request, photo->row, name_of(photo->row.renditions, request.rendition));
  if (picture) {
    const auto requests = photo->requests.fetch_add(1, std::memory_order_relaxed) + 1;
    picture->popular = is_time_to_ask(requests);
  }
  return picture;
}

Result<MediaPicture> MediaService::find(const MediaRequest& request, const Viewer& viewer) {
  if (signer_.expired(request.expires)) return not_found();
  // Signed for one account, whoever else holds the address.
  if (request.account && request.account != viewer.account) return not_found();
  std::optional<MediaPicture> picture;
  if (!request.account) {
    if (const auto photo = read_public(request.photo)) picture = open_or_want(request, photo->row);
  } else {
    const auto row = database_.read(
        [&](db::Tx& tx) { return photos_.visible_media(tx, request.photo, viewer); });
    if (row) picture = open_or_want(request, *row);
  }
  if (!picture) return not_found();
  return *std::move(picture);
}

std::shared_ptr<MediaService::Remembered> MediaService::read_public(PhotoId id) {
  Shard& shard = shard_of(id);
  std::uint64_t forgotten_before = 0;
  {
    const std::lock_guard lock(shard.mutex);
    forgotten_before = shard.forgotten;
  }
  auto found = database_.read([&](db::Tx& tx) { return photos_.public_media(tx, id); });
  if (!found) return nullptr;
  auto photo = std::make_shared<Remembered>(*std::move(found));
  const std::lock_guard lock(shard.mutex);
  // Something of this shard was forgotten meanwhile. If it was this photo, keeping the row would
  // bring it back.
  if (shard.forgotten == forgotten_before) keep(shard, id, photo);
  return photo;
}

void MediaService::keep(Shard& shard, PhotoId id, std::shared_ptr<Remembered> photo) {
  if (shard.entries.size() >= shard_capacity_ && !shard.entries.contains(id)) make_room(shard);
  shard.entries.insert_or_assign(id, Entry{std::move(photo)});
}

// A second chance for what was used since the last time: what many look at stays.
void MediaService::make_room(Shard& shard) {
  for (auto each = shard.entries.begin(); each != shard.entries.end();) {
    each = std::exchange(each->second.used, false) ? std::next(each) : shard.entries.erase(each);
  }
  // All of them were used: starting over is cheaper than choosing.
  if (shard.entries.size() >= shard_capacity_) shard.entries.clear();
}

void MediaService::forget(PhotoId id) {
  Shard& shard = shard_of(id);
  const std::lock_guard lock(shard.mutex);
  ++shard.forgotten;
  shard.entries.erase(id);
}

void MediaService::forget_photos_of(AccountId owner) {
  for (Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    ++shard.forgotten;
    std::erase_if(shard.entries,
                  [&](const auto& each) { return each.second.photo->row.owner == owner; });
  }
}

void MediaService::changed(std::span<const db::Change> changes) {
  for (const db::Change& change : changes) {
    switch (change.kind) {
      case db::ChangeKind::photo:
        forget(PhotoId{change.id});
        break;
      case db::ChangeKind::account:
        forget_photos_of(AccountId{change.id});
        break;
      case db::ChangeKind::moderation_case:
      case db::ChangeKind::relations:
        break;
    }
  }
}

void MediaService::all_changed() {
  for (Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    ++shard.forgotten;
    shard.entries.clear();
  }
}

bool MediaService::verify(const MediaRequest& request, const MediaRow& row) const {
  const MediaClaim claim{.photo = request.photo,
                         .rendition = request.rendition,
                         .epoch = row.epoch,
                         .account = request.account,
                         .expires = request.expires};
  return signer_.verify(claim, request.signature);
}

std::optional<MediaPicture> MediaService::open(const MediaRequest& request, const MediaRow& row,
                                               std::string_view name) {
  if (name.empty()) return std::nullopt;
  auto file = files_.open(rendition_key(row.original, name));
  if (!file) return std::nullopt;
  return MediaPicture{.file = std::move(file),
                      .format = rendition_format(name),
                      .epoch = row.epoch,
                      .for_all = !request.account,
                      .seconds_left = request.expires - clock_.now() / second};
}

std::optional<MediaPicture> MediaService::open_or_want(const MediaRequest& request,
                                                       const MediaRow& row) {
  if (!verify(request, row)) return std::nullopt;
  auto picture = open(request, row, name_of(row.renditions, request.rendition));
  // We sign it only for photos that are large enough.
  if (picture || request.rendition != large_rendition) return picture;
  if (extras_ != nullptr) extras_->want(request.photo, image::Extra::large);
  picture = open(request, row, interim_name(row.renditions));
  if (picture) {
    picture->interim = true;
    picture->seconds_left =
        std::min<std::int64_t>(picture->seconds_left, limits::interim_lifetime / second);
  }
  return picture;
}

void MediaService::want_extras(PhotoId id) {
  if (extras_ == nullptr) return;
  extras_->want(id, image::Extra::large);
  extras_->want(id, image::Extra::avif);
}

}  // namespace picsharz::photos
