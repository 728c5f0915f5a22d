// How much an account may have here, and has: told by uploads, which accounts know nothing else of.
//
// Ownership: implemented by a later feature, handed to the routes by the composition root.
// Threads:   any, several at once.
// Failures:  those of the database are thrown.
#pragma once

#include <cstdint>

#include "base/ids.h"

namespace picsharz::accounts {

struct Quota {
  std::int64_t used = 0;
  std::int64_t limit = 0;
};

struct Quotas {
  Quota bytes;         // of originals, with what open uploads have reserved
  Quota photos_a_day;  // in the last 24 hours
};

class QuotaSource {
 public:
  virtual ~QuotaSource() = default;
  virtual Quotas quotas(AccountId account) = 0;
};

}  // namespace picsharz::accounts
