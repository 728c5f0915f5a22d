// Deleting one's account: nobody sees it from the same moment on; some days later it is erased
// (ErasureService); until then its owner can take it back (docs/adr/0025-leaving.md).
//
// Leaving:   one transaction: the account's state (which every list and the one visibility
//            predicate ask for), the end of sessions, tokens and uploads, the journal, the mail.
//            Then what it did to others is taken out of counts and lists, in small transactions
//            (SettlingStore): at once in the request, as far as that goes, the rest by a job.
// Back:      the same the other way round: likes, follows, comments and counts are as before. What
//            others erased meanwhile (a photo that was liked) is gone.
// Who:       the owner, who types the password again, and a code where two-factor is on; an
//            administrator by the command line. Never the last administrator.
// Threads:   thread-safe. leave() hashes a password: call it on the password pool.
// Failures:  wrong_password, totp_required, wrong_totp, last_administrator, account_leaving,
//            account_suspended and not_found as values; those of the database are thrown.
#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"
#include "base/viewer.h"
#include "db/database.h"
#include "features/accounts/password_service.h"
#include "features/departures/departure.h"
#include "features/departures/departure_store.h"
#include "features/departures/settling_store.h"
#include "features/sessions/return_service.h"
#include "features/sessions/totp_service.h"
#include "jobs/queue.h"
#include "mail/outbox.h"

namespace picsharz::departures {

struct DepartureSettings {
  mail::Context mail;
  Micros grace = 14 * day;
};

class DepartureService final : public sessions::ReturnService {
 public:
  DepartureService(db::Database& database, const Clock& clock, jobs::Queue& queue,
                   mail::Outbox& outbox, accounts::PasswordService& passwords,
                   sessions::TotpService& totps, DepartureSettings settings);

  Result<Departure> leave(const Viewer& viewer, const sessions::Proof& proof);
  // By the command line. `at_once`: without grace; also of one that is leaving already.
  Result<Departure> remove(std::string_view handle, bool at_once);
  Result<accounts::Account> restore(std::string_view handle);

  Result<void> may_return(AccountId account, bool restore) override;
  Result<void> take_back(db::Tx& tx, const accounts::Account& account) override;
  accounts::Account returned(AccountId account) override;

  // The next steps, at most `steps` of them; true: nothing is left to do.
  bool settle(AccountId account, int steps);

 private:
  Result<Departure> begin(db::Tx& tx, AccountId account, By by, Micros grace);
  Result<void> take_back(db::Tx& tx, const accounts::Account& account, By by);
  void settle_now(AccountId account);
  bool step(AccountId account);

  db::Database& database_;
  const Clock& clock_;
  jobs::Queue& queue_;
  mail::Outbox& outbox_;
  accounts::PasswordService& passwords_;
  sessions::TotpService& totps_;
  const DepartureSettings settings_;
  DepartureStore rows_;
  SettlingStore settling_;
};

inline constexpr const char* settle_job = "departure.settle";
inline constexpr const char* erase_job = "departure.erase";
// In the transaction that makes it due.
void enqueue(jobs::Queue& queue, db::Tx& tx, const char* job, AccountId account, Micros delay = 0);

}  // namespace picsharz::departures
