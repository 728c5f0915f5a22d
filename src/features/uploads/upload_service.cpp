#include "features/uploads/upload_service.h"

#include <algorithm>
#include <string>
#include <utility>

#include "crypto/crypto.h"
#include "image/probe.h"

namespace picsharz::uploads {

namespace {

constexpr int repetitions = 32;  // of one request, at the same time
// Fields, boundaries and part headers may take this much beside the file.
constexpr std::int64_t form_overhead = 1 * limits::MiB;

std::unexpected<Error> too_many(std::string_view message, std::string_view action, int seconds) {
  auto failure = fail(ErrorKind::too_many, "too_many_attempts", message, action);
  failure.error().retry_after_seconds = seconds;
  return failure;
}

photos::NewPhoto new_photo(const UploadFields& fields, std::string_view file_name) {
  return {.title = fields.title,
          .description = fields.description,
          .alt = fields.alt,
          .tags = fields.tags,
          .visibility = fields.visibility,
          .probe = {},
          .original = {},
          .bytes = 0,
          .file_name = clean_file_name(file_name)};
}

}  // namespace

std::unexpected<Error> storage_failure(const storage::StorageError& failure) {
  const bool full = dynamic_cast<const storage::StorageFull*>(&failure) != nullptr;
  auto error =
      full ? fail(ErrorKind::storage_full, "storage_full", "There is no room left on this server.",
                  "Tell the administrator, and try again later.")
           : fail(ErrorKind::unavailable, "unavailable", "The photo could not be stored.",
                  "Try again in a moment.");
  error.error().detail = failure.what();
  return error;
}

std::unexpected<Error> too_many_uploads() {
  return too_many("Too many photos are being uploaded at once.",
                  "Wait until some of them have arrived.", 5);
}

std::unexpected<Error> quota_exceeded(std::int64_t quota) {
  auto failure = fail(ErrorKind::too_large, "quota_exceeded",
                      "This file does not fit into the space that you have here, " +
                          std::to_string(quota / 1'000'000) + " MB.",
                      "Delete photos that you no longer need, or finish uploads that wait.");
  failure.error().limit = quota;
  return failure;
}

Upload::~Upload() { service_.leave(account_, key_); }

Result<void> Upload::write(std::string_view piece) {
  const auto size = static_cast<std::int64_t>(piece.size());
  if (file_->size() + size > service_.settings_.photo_bytes) return service_.file_too_large();
  try {
    file_->write(piece);
    return {};
  } catch (const storage::StorageError& failure) {
    return storage_failure(failure);
  }
}

UploadService::UploadService(photos::PhotoService& photos, storage::Spool& spool,
                             storage::ObjectStore& store, UploadSettings settings,
                             accounts::IdempotencyService* idempotency, photos::GateService* gate)
    : photos_(photos),
      spool_(spool),
      store_(store),
      settings_(settings),
      idempotency_(idempotency),
      gate_(gate) {}

Result<std::unique_ptr<Upload>> UploadService::begin(const Viewer& viewer, std::int64_t announced,
                                                     std::string_view key) {
  if (announced > settings_.photo_bytes + form_overhead) return file_too_large();
  TRY(check_day(viewer.account));
  // One without a key is a wish of its own.
  std::string wish(key.empty() ? crypto::random_bytes(16) : std::string(key));
  if (!enter(viewer.account, wish)) return too_many_uploads();
  std::unique_ptr<Upload> upload(new Upload(*this, viewer.account, std::move(wish)));
  try {
    upload->file_ = spool_.create();
  } catch (const storage::StorageError& failure) {
    return storage_failure(failure);
  }
  return upload;
}

Result<photos::PhotoView> UploadService::finish(const Viewer& viewer, Upload& upload,
                                                const UploadFields& fields,
                                                std::string_view file_name, std::int64_t claim) {
  return store(viewer, *upload.file_, new_photo(fields, file_name), [&](db::Tx& tx, PhotoId id) {
    if (claim != 0 && idempotency_ != nullptr) idempotency_->made(tx, claim, id.value);
    return Result<void>();
  });
}

Result<photos::PhotoView> UploadService::take_in(const Viewer& viewer, storage::SpoolFile& file,
                                                 const UploadFields& fields,
                                                 std::string_view file_name,
                                                 std::optional<Micros> created_at,
                                                 photos::PhotoService::First first) {
  photos::NewPhoto photo = new_photo(fields, file_name);
  photo.created_at = created_at;
  return store(viewer, file, std::move(photo), first);
}

Result<photos::PhotoView> UploadService::store(const Viewer& viewer, storage::SpoolFile& file,
                                               photos::NewPhoto photo,
                                               photos::PhotoService::First first) {
  photo.original = crypto::hex(file.digest());
  photo.bytes = file.size();
  try {
    const auto read = [&](std::int64_t offset, std::size_t count) {
      return file.read(offset, count);
    };
    TRY_ASSIGN(photo.probe, image::probe(file.size(), read, settings_.formats));
    photos::OriginalClaim original(photos_, photo.original, photo.bytes);
    const std::string key = photos::original_key(photo.original);
    if (original.damaged()) store_.remove(key);
    store_.put(key, file);
    auto view = photos_.create(viewer, photo, settings_.quota, first);
    if (view) original.used();
    return view;
  } catch (const storage::StorageError& failure) {
    return storage_failure(failure);
  }
}

Result<photos::PhotoView> UploadService::made(const Viewer& viewer, PhotoId id) {
  auto view = photos_.own_photo(viewer, id);
  if (!view) return not_found();
  return *std::move(view);
}

int UploadService::in_flight(AccountId account) {
  const std::lock_guard lock(mutex_);
  const auto found = in_flight_.find(account);
  return found == in_flight_.end() ? 0 : static_cast<int>(found->second.size());
}

bool UploadService::enter(AccountId account, const std::string& key) {
  const std::lock_guard lock(mutex_);
  auto& keys = in_flight_[account];
  const auto known = keys.find(key);
  const bool allowed =
      known != keys.end() ? known->second < repetitions : std::ssize(keys) < settings_.in_flight;
  if (allowed) ++keys[key];
  return allowed;
}

void UploadService::leave(AccountId account, const std::string& key) {
  const std::lock_guard lock(mutex_);
  auto& keys = in_flight_[account];
  if (--keys[key] == 0) keys.erase(key);
  if (keys.empty()) in_flight_.erase(account);
}

int UploadService::per_day(AccountId account) const {
  const auto fewer = gate_ ? gate_->photos_per_day(account) : std::nullopt;
  return std::min(settings_.per_day, fewer.value_or(settings_.per_day));
}

Result<void> UploadService::check_day(AccountId account) {
  const int per_day = this->per_day(account);
  const Micros wait = photos_.wait_for_next(account, per_day, day);
  if (wait == 0) return {};
  if (per_day < settings_.per_day) {
    return too_many("Several of your photos were refused, so you may upload " +
                        std::to_string(per_day) + " in a day for a while.",
                    "Upload the others tomorrow.", static_cast<int>(wait / second + 1));
  }
  return too_many(
      "You have uploaded as many photos as fit into a day: " + std::to_string(per_day) + ".",
      "Upload the others tomorrow.", static_cast<int>(wait / second + 1));
}

std::unexpected<Error> UploadService::file_too_large() const {
  auto failure =
      fail(ErrorKind::too_large, "file_too_large", "This file is too large.",
           "Send a photo of at most " + std::to_string(settings_.photo_bytes / 1'000'000) + " MB.");
  failure.error().limit = settings_.photo_bytes;
  return failure;
}

}  // namespace picsharz::uploads
