// What of its quotas an account has used: the space of its photos, and how many a day.
//
// What:      the same rows and bounds by which UploadService and ResumableService refuse.
// Threads:   thread-safe.
// Failures:  those of the database are thrown.
#pragma once

#include "base/clock.h"
#include "features/accounts/quota_source.h"
#include "features/uploads/upload_service.h"
#include "features/uploads/upload_store.h"

namespace picsharz::uploads {

class QuotaService final : public accounts::QuotaSource {
 public:
  QuotaService(db::Database& database, const Clock& clock, UploadService& uploads)
      : database_(database), clock_(clock), uploads_(uploads) {}

  accounts::Quotas quotas(AccountId account) override;

 private:
  db::Database& database_;
  const Clock& clock_;
  UploadService& uploads_;
  UploadStore rows_;
};

}  // namespace picsharz::uploads
