// Uploads: bytes that arrive, are checked by their header, stored, and become a photo.
//
//   begin -> Upload::write ... -> finish: fields, header, object store, row and job
//
// Order:     blob first, row second: a crash leaves at most an object that no photo names. Until
//            finish() succeeded nothing of an upload is left but its spool file, which goes with
//            the Upload.
// Threads:   thread-safe; an Upload one thread at a time. The service outlives its Uploads.
// Failures:  file_too_large, storage_full and what a picture can be refused for are values, as are
//            too many uploads at once or a day. A store or database that is down is `unavailable`
//            or thrown.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/error.h"
#include "base/limits.h"
#include "base/viewer.h"
#include "features/accounts/idempotency_service.h"
#include "features/photos/gate_service.h"
#include "features/photos/photo_service.h"
#include "features/uploads/upload_rules.h"
#include "storage/spool.h"

namespace picsharz::uploads {

inline constexpr std::int64_t archive_max = 20 * limits::GiB;
inline constexpr Micros archive_lifetime = 7 * day;  // of an upload that no import has taken
inline constexpr Micros import_lifetime = 30 * day;  // of one that has been taken

struct UploadSettings {
  std::int64_t photo_bytes = limits::photo_file;
  int in_flight = limits::uploads_in_flight;   // of one account, in this process
  int per_day = limits::photos_per_day;        // of one account
  std::int64_t quota = limits::account_quota;  // bytes of originals of one account
  std::int64_t archive_bytes = archive_max;    // of one that is to be imported
  image::Formats formats{};
};

// What uploads of every kind are refused for.
std::unexpected<Error> storage_failure(const storage::StorageError& failure);
std::unexpected<Error> too_many_uploads();
std::unexpected<Error> quota_exceeded(std::int64_t quota);

class UploadService;

// One photo's bytes while they arrive.
class Upload {
 public:
  ~Upload();
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;
  Result<void> write(std::string_view piece);
  const crypto::Digest& digest() { return file_->digest(); }  // nothing may be written after it

 private:
  friend class UploadService;
  Upload(UploadService& service, AccountId account, std::string key)
      : service_(service), account_(account), key_(std::move(key)) {}

  UploadService& service_;
  const AccountId account_;
  const std::string key_;
  std::unique_ptr<storage::SpoolFile> file_;
};

class UploadService {
 public:
  UploadService(photos::PhotoService& photos, storage::Spool& spool, storage::ObjectStore& store,
                UploadSettings settings = {}, accounts::IdempotencyService* idempotency = nullptr,
                photos::GateService* gate = nullptr);

  // `announced`: bytes that the client said will come, or -1.
  // Repetitions of one request (the same Idempotency-Key, "" for none) count as one upload in
  // flight.
  Result<std::unique_ptr<Upload>> begin(const Viewer& viewer, std::int64_t announced,
                                        std::string_view key = "");
  // `claim`: of the request's Idempotency-Key, committed with the photo; 0: none.
  Result<photos::PhotoView> finish(const Viewer& viewer, Upload& upload, const UploadFields& fields,
                                   std::string_view file_name, std::int64_t claim = 0);
  // Of an import: not counted as one of a day, and of its own date where it has one. `first`: in
  // the photo's transaction, before it.
  Result<photos::PhotoView> take_in(const Viewer& viewer, storage::SpoolFile& file,
                                    const UploadFields& fields, std::string_view file_name,
                                    std::optional<Micros> created_at,
                                    photos::PhotoService::First first);
  // The photo that an earlier try of this request made.
  Result<photos::PhotoView> made(const Viewer& viewer, PhotoId id);

  // For the other way to upload.
  Result<void> check_day(AccountId account);
  std::unexpected<Error> file_too_large() const;
  int in_flight(AccountId account);
  int per_day() const { return settings_.per_day; }
  int per_day(AccountId account) const;  // of this one, which may upload less
  std::int64_t quota() const { return settings_.quota; }

 private:
  friend class Upload;
  Result<photos::PhotoView> store(const Viewer& viewer, storage::SpoolFile& file,
                                  photos::NewPhoto photo, photos::PhotoService::First first);
  bool enter(AccountId account, const std::string& key);
  void leave(AccountId account, const std::string& key);

  photos::PhotoService& photos_;
  storage::Spool& spool_;
  storage::ObjectStore& store_;
  const UploadSettings settings_;
  accounts::IdempotencyService* const idempotency_;
  photos::GateService* const gate_;
  std::mutex mutex_;
  // Accounts with at least one upload in flight; how often each key is.
  std::unordered_map<AccountId, std::map<std::string, int>> in_flight_;
};

}  // namespace picsharz::uploads
