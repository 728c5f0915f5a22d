#include "features/uploads/quota_service.h"

namespace picsharz::uploads {

accounts::Quotas QuotaService::quotas(AccountId account) {
  const int per_day = uploads_.per_day(account);
  return database_.read([&](db::Tx& tx) {
    return accounts::Quotas{
        .bytes = {rows_.bytes_taken(tx, account), rows_.quota(tx, account, uploads_.quota())},
        .photos_a_day = {rows_.photos_since(tx, account, clock_.now() - day, per_day), per_day}};
  });
}

}  // namespace picsharz::uploads
