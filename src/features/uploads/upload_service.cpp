#include "features/uploads/upload_service.h"

#include <string>
#include <utility>

#include "crypto/crypto.h"
#include "image/probe.h"

namespace picsharz::uploads {

namespace {

// Fields, boundaries and part headers may take this much beside the file.
constexpr std::int64_t form_overhead = 1 * limits::MiB;

std::unexpected<Error> too_many(std::string_view message, std::string_view action, int seconds) {
  auto failure = fail(ErrorKind::too_many, "too_many_attempts", message, action);
  failure.error().retry_after_seconds = seconds;
  return failure;
}

std::unexpected<Error> storage_error(const storage::StorageError& failure) {
  const bool full = dynamic_cast<const storage::StorageFull*>(&failure) != nullptr;
  auto error =
      full ? fail(ErrorKind::storage_full, "storage_full", "There is no room left on this server.",
                  "Tell the administrator, and try again later.")
           : fail(ErrorKind::unavailable, "unavailable", "The photo could not be stored.",
                  "Try again in a moment.");
  error.error().detail = failure.what();
  return error;
}

}  // namespace

Upload::~Upload() { service_.leave(account_); }

Result<void> Upload::write(std::string_view piece) {
  const auto size = static_cast<std::int64_t>(piece.size());
  if (file_->size() + size > service_.settings_.photo_bytes) return service_.file_too_large();
  try {
    file_->write(piece);
    return {};
  } catch (const storage::StorageError& failure) {
    return storage_error(failure);
  }
}

UploadService::UploadService(photos::PhotoService& photos, storage::Spool& spool,
                             storage::ObjectStore& store, UploadSettings settings)
    : photos_(photos), spool_(spool), store_(store), settings_(settings) {}

Result<std::unique_ptr<Upload>> UploadService::begin(const Viewer& viewer, std::int64_t announced) {
  if (announced > settings_.photo_bytes + form_overhead) return file_too_large();
  TRY(check_day(viewer.account));
  if (!enter(viewer.account)) {
    return too_many("Too many photos are being uploaded at once.",
                    "Wait until some of them have arrived.", 5);
  }
  std::unique_ptr<Upload> upload(new Upload(*this, viewer.account));
  try {
    upload->file_ = spool_.create();
  } catch (const storage::StorageError& failure) {
    return storage_error(failure);
  }
  return upload;
}

Result<photos::PhotoView> UploadService::finish(const Viewer& viewer, Upload& upload,
                                                const UploadFields& fields,
                                                std::string_view file_name) {
  storage::SpoolFile& file = *upload.file_;
  photos::NewPhoto photo{.title = fields.title,
                         .description = fields.description,
                         .alt = fields.alt,
                         .tags = fields.tags,
                         .visibility = fields.visibility,
                         .probe = {},
                         .original = crypto::hex(file.digest()),
                         .bytes = file.size(),
                         .file_name = clean_file_name(file_name)};
  try {
    TRY_ASSIGN(photo.probe, image::probe(file.size(), [&](std::int64_t offset, std::size_t count) {
                 return file.read(offset, count);
               }));
    store_.put(photos::original_key(photo.original), file);
  } catch (const storage::StorageError& failure) {
    return storage_error(failure);
  }
  return photos_.create(viewer, photo);
}

bool UploadService::enter(AccountId account) {
  const std::lock_guard lock(mutex_);
  int& count = in_flight_[account];
  if (count >= settings_.in_flight) return false;
  ++count;
  return true;
}

void UploadService::leave(AccountId account) {
  const std::lock_guard lock(mutex_);
  const auto found = in_flight_.find(account);
  if (--found->second == 0) in_flight_.erase(found);
}

Result<void> UploadService::check_day(AccountId account) {
  const Micros wait = photos_.wait_for_next(account, settings_.per_day, day);
  if (wait == 0) return {};
  return too_many("You have uploaded as many photos as fit into a day.",
                  "Upload the others tomorrow.", static_cast<int>(wait / second + 1));
}

std::unexpected<Error> UploadService::file_too_large() const {
  return fail(
      ErrorKind::too_large, "file_too_large", "This file is too large.",
      "Send a photo of at most " + std::to_string(settings_.photo_bytes / 1'000'000) + " MB.");
}

}  // namespace picsharz::uploads
