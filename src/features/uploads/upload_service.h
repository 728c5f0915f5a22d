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
#include <memory>
#include <mutex>
#include <string_view>
#include <unordered_map>

#include "base/error.h"
#include "base/limits.h"
#include "base/viewer.h"
#include "features/photos/photo_service.h"
#include "features/uploads/upload_rules.h"
#include "storage/spool.h"

namespace picsharz::uploads {

struct UploadSettings {
  std::int64_t photo_bytes = limits::photo_file;
  int in_flight = limits::uploads_in_flight;  // of one account, in this process
  int per_day = limits::photos_per_day;       // of one account
};

class UploadService;

// One photo's bytes while they arrive.
class Upload {
 public:
  ~Upload();
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;
  Result<void> write(std::string_view piece);

 private:
  friend class UploadService;
  Upload(UploadService& service, AccountId account) : service_(service), account_(account) {}

  UploadService& service_;
  const AccountId account_;
  std::unique_ptr<storage::SpoolFile> file_;
};

class UploadService {
 public:
  UploadService(photos::PhotoService& photos, storage::Spool& spool, storage::ObjectStore& store,
                UploadSettings settings = {});

  // `announced`: bytes that the client said will come, or -1.
  Result<std::unique_ptr<Upload>> begin(const Viewer& viewer, std::int64_t announced);
  Result<photos::PhotoView> finish(const Viewer& viewer, Upload& upload, const UploadFields& fields,
                                   std::string_view file_name);

 private:
  friend class Upload;
  bool enter(AccountId account);
  void leave(AccountId account);
  Result<void> check_day(AccountId account);
  std::unexpected<Error> file_too_large() const;

  photos::PhotoService& photos_;
  storage::Spool& spool_;
  storage::ObjectStore& store_;
  const UploadSettings settings_;
  std::mutex mutex_;
  std::unordered_map<AccountId, int> in_flight_;  // accounts with at least one
};

}  // namespace picsharz::uploads
