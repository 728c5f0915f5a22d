#include "features/photos/media_service.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace picsharz::photos {

namespace {

// The name of the rendition of that size in "320.webp,640.webp", or "".
std::string_view name_of(std::string_view renditions, std::string_view size) {
  for (const std::string_view name : rendition_names(renditions)) {
    if (rendition_size(name) == size) return name;
  }
  return {};
}

}  // namespace

MediaService::MediaService(db::Database& database, const Clock& clock, const db::ChangeLog& changes,
                           storage::FileCache& files, const MediaSigner& signer,
                           std::size_t capacity)
    : database_(database),
      clock_(clock),
      changes_(changes),
      files_(files),
      signer_(signer),
      shard_capacity_(std::max<std::size_t>(1, capacity / shard_count)) {}

MediaService::Shard& MediaService::shard_of(PhotoId id) {
  // Ids made in one millisecond differ in their low bits only, others in their high bits: mix both.
  const auto mixed = static_cast<std::uint64_t>(id.value) * 0x9E37'79B9'7F4A'7C15ULL;
  return shards_[(mixed >> 32) % shard_count];
}

std::optional<MediaPicture> MediaService::cached(const MediaRequest& request) {
  if (request.account || !changes_.fresh()) return std::nullopt;
  Shard& shard = shard_of(request.photo);
  std::shared_ptr<const MediaRow> row;
  {
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.entries.find(request.photo);
    if (found == shard.entries.end()) return std::nullopt;
    found->second.used = true;
    row = found->second.row;
  }
  return open(request, *row);
}

Result<MediaPicture> MediaService::find(const MediaRequest& request, const Viewer& viewer) {
  if (signer_.expired(request.expires)) return not_found();
  // Signed for one account, whoever else holds the address.
  if (request.account && request.account != viewer.account) return not_found();
  std::optional<MediaPicture> picture;
  if (!request.account) {
    if (const auto row = read_public(request.photo)) picture = open(request, *row);
  } else {
    const auto row = database_.read(
        [&](db::Tx& tx) { return photos_.visible_media(tx, request.photo, viewer); });
    if (row) picture = open(request, *row);
  }
  if (!picture) return not_found();
  return *std::move(picture);
}

std::shared_ptr<const MediaRow> MediaService::read_public(PhotoId id) {
  Shard& shard = shard_of(id);
  std::uint64_t forgotten_before = 0;
  {
    const std::lock_guard lock(shard.mutex);
    forgotten_before = shard.forgotten;
  }
  auto found = database_.read([&](db::Tx& tx) { return photos_.public_media(tx, id); });
  if (!found) return nullptr;
  auto row = std::make_shared<const MediaRow>(*std::move(found));
  const std::lock_guard lock(shard.mutex);
  // Something of this shard was forgotten meanwhile. If it was this photo, keeping the row would
  // bring it back.
  if (shard.forgotten == forgotten_before) keep(shard, id, row);
  return row;
}

void MediaService::keep(Shard& shard, PhotoId id, std::shared_ptr<const MediaRow> row) {
  if (shard.entries.size() >= shard_capacity_ && !shard.entries.contains(id)) make_room(shard);
  shard.entries.insert_or_assign(id, Entry{std::move(row)});
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
    std::erase_if(shard.entries, [&](const auto& each) { return each.second.row->owner == owner; });
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

std::optional<MediaPicture> MediaService::open(const MediaRequest& request, const MediaRow& row) {
  const MediaClaim claim{.photo = request.photo,
                         .rendition = request.rendition,
                         .epoch = row.epoch,
                         .account = request.account,
                         .expires = request.expires};
  if (!signer_.verify(claim, request.signature)) return std::nullopt;
  const std::string_view name = name_of(row.renditions, request.rendition);
  if (name.empty()) return std::nullopt;
  auto file = files_.open(rendition_key(row.original, name));
  if (!file) return std::nullopt;
  return MediaPicture{.file = std::move(file),
                      .format = rendition_format(name),
                      .epoch = row.epoch,
                      .for_all = !request.account,
                      .seconds_left = request.expires - clock_.now() / second};
}

}  // namespace picsharz::photos
