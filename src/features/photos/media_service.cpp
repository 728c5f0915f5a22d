#include "features/photos/media_service.h"

#include <algorithm>
#include <bit>
#include <iterator>
#include <system_error>
#include <utility>

#include "base/limits.h"

namespace picsharz::photos {

namespace {

constexpr int hot_max = 16'384;  // at most a kilobyte each, without the bytes of the picture
constexpr Micros told_for = minute;
constexpr Micros public_for = 5 * minute;  // caches may keep what has an address that lasts
// What comes and goes faster is not hot, and reading it would cost more than it saves.
constexpr Micros heating_interval = 2'000;
constexpr int heating_burst = 2'000;
// By what is asked for most where there are many, should they not all fit.
constexpr std::array<std::string_view, 5> kept_hot = {"640.avif", "640", "320", "1280.avif",
                                                      "1280"};
constexpr Micros wish_interval = second / 2;
constexpr int wish_burst = 20;

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
      extras_(options.extras),
      heating_(heating_interval, heating_burst),
      wishes_(wish_interval, wish_burst) {}

MediaService::Shard& MediaService::shard_of(PhotoId id) {
  // Ids made in one millisecond differ in their low bits only, others in their high bits: mix both.
  const auto mixed = static_cast<std::uint64_t>(id.value) * 0x9E37'79B9'7F4A'7C15ULL;
  return shards_[(mixed >> 32) % shard_count];
}

std::optional<MediaPicture> MediaService::cached(const MediaRequest& request, Describe describe) {
  if (request.account || !changes_.fresh()) return std::nullopt;
  Shard& shard = shard_of(request.photo);
  std::shared_ptr<Remembered> photo;
  {
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.entries.find(request.photo);
    if (found == shard.entries.end()) return std::nullopt;
    found->second.used = true;
    if (auto picture = hot_picture(found->second, request)) return picture;
    photo = found->second.photo;
  }
  if (!verify(request, photo->row)) return std::nullopt;
  const std::string_view name = name_of(photo->row.renditions, request.rendition);
  auto picture = open(request, photo->row, name);
  if (!picture) return std::nullopt;
  const bool again = count(*photo, *picture) > 1;
  const bool small = picture->file->size() <= storage::held_object_max;
  if ((again && small && heating_.take(clock_.steady())) || is_pinned(*photo, name)) {
    heat(shard, request, photo, name, *picture, describe);
  }
  return picture;
}

bool MediaService::is_pinned(const Remembered& photo, std::string_view name) const {
  return files_.is_pinned(rendition_key(photo.row.original, name));
}

// Of the requests for the photo. Says whether it has just become popular.
std::uint32_t MediaService::count(Remembered& photo, MediaPicture& picture) {
  const auto requests = photo.requests.fetch_add(1, std::memory_order_relaxed) + 1;
  picture.popular = is_time_to_ask(requests) && wishes_.take(clock_.steady());
  return requests;
}

// With the shard's lock.
std::optional<MediaPicture> MediaService::hot_picture(Entry& entry, const MediaRequest& request) {
  const auto hot = std::ranges::find_if(entry.hot, [&](const Hot& each) {
    return each.expires == request.expires && each.rendition == request.rendition;
  });
  if (hot == entry.hot.end() || !crypto::equal(hot->signature, request.signature)) return {};
  auto held = hot->held.lock();
  if (!held || held->dropped() || hot->until <= clock_.now()) {
    entry.hot.erase(hot);
    return std::nullopt;
  }
  held->use();
  MediaPicture picture{.file = nullptr,
                       .held = std::move(held),
                       .told = hot->told,
                       .format = hot->format,
                       .epoch = entry.photo->row.epoch,
                       .for_all = true};
  count(*entry.photo, picture);
  return picture;
}

// The signature of `request` is good.
void MediaService::heat(Shard& shard, const MediaRequest& request,
                        const std::shared_ptr<Remembered>& photo, std::string_view name,
                        MediaPicture picture, Describe describe) {
  const Micros until = std::min(clock_.now() + told_for, request.expires * second);
  std::shared_ptr<const storage::HeldObject> held;
  try {
    held = files_.hold(rendition_key(photo->row.original, name));
  } catch (const std::system_error&) {
    return;  // what cannot be read is not sent from memory, either
  }
  if (!held) return;
  picture.seconds_left = request.expires - (until + second - 1) / second;
  auto told = std::make_shared<const std::string>(describe(picture));
  const std::lock_guard lock(shard.mutex);
  // Forgotten meanwhile, or read anew.
  const auto found = shard.entries.find(request.photo);
  if (found == shard.entries.end() || found->second.photo != photo) return;
  if (hot_ >= hot_max) cool(shard);
  if (hot_ >= hot_max) return;
  found->second.hot.push_back({.seat = Seat(hot_),
                               .rendition = std::string(request.rendition),
                               .expires = request.expires,
                               .signature = std::string(request.signature),
                               .held = held,
                               .format = picture.format,
                               .told = std::move(told),
                               .until = until});
}

// What is held no more is not hot, nor is an address that nobody asks for.
void MediaService::cool(Shard& shard) {
  const Micros now = clock_.now();
  for (auto& [id, entry] : shard.entries) {
    std::erase_if(entry.hot,
                  [&](const Hot& each) { return each.until <= now || each.held.expired(); });
  }
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

Result<MediaPicture> MediaService::find_public(PhotoId photo, std::string_view rendition) {
  const auto row = database_.read([&](db::Tx& tx) { return photos_.public_media(tx, photo); });
  if (!row) return not_found();
  const MediaRequest request{.photo = photo,
                             .rendition = rendition,
                             .expires = (clock_.now() + public_for) / second,
                             .signature = {}};
  auto picture = open(request, *row, name_of(row->renditions, rendition));
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
  // A forged address of what is hot leads here, too, and changes nothing.
  const auto known = shard.entries.find(id);
  if (known != shard.entries.end() && known->second.photo->row == photo->row) return;
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
      case db::ChangeKind::comments:
      case db::ChangeKind::relations:
      case db::ChangeKind::notification:
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

void MediaService::keep_hot(std::span<const PhotoId> ids) {
  std::vector<MediaRow> rows;
  for (const PhotoId id : ids) {
    if (const auto photo = read_public(id)) rows.push_back(photo->row);
  }
  std::vector<std::string> keys;
  for (const std::string_view address : kept_hot) {
    for (const MediaRow& row : rows) {
      const std::string_view name = name_of(row.renditions, address);
      if (!name.empty()) keys.push_back(rendition_key(row.original, name));
    }
  }
  files_.pin(keys);
}

void MediaService::want_extras(PhotoId id) {
  if (extras_ == nullptr) return;
  extras_->want(id, image::Extra::large);
  extras_->want(id, image::Extra::avif);
}

}  // namespace picsharz::photos
