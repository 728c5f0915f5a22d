// Who may invite whom, and what a link still is worth.
//
// What:      moderators and administrators invite; members where the instance lets them, one person
//            a link, and no more people than it says. A link is shown once: only its hash is kept.
//            SignupService counts the uses (docs/adr/0022-joining.md).
// Threads:   thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/page.h"
#include "base/rate_limiter.h"
#include "db/database.h"
#include "features/accounts/account_mails.h"
#include "features/accounts/account_store.h"
#include "features/accounts/invitation.h"
#include "features/accounts/invitation_store.h"

namespace picsharz::accounts {

// What the holder of a link is shown before signing up.
struct InvitationView {
  Invitation invitation;
  Account maker;
};

class InvitationService {
 public:
  InvitationService(db::Database& database, IdSource& ids, const Clock& clock,
                    InvitationPolicy policy, std::string base_url);

  Result<NewInvitation> create(const Viewer& viewer, const InvitationWish& wish);
  // Own ones, the newest first.
  Page<Invitation> list(const Viewer& viewer, const PageRequest& page);
  Result<void> revoke(const Viewer& viewer, InvitationId id);
  // The refusals are those of a sign-up with it.
  Result<InvitationView> look(std::string_view token);
  std::string link(std::string_view token) const;
  Micros now() const { return clock_.now(); }
  // Forgets those that nobody used, a while after their end.
  std::int64_t prune();

 private:
  Result<void> allow(db::Tx& tx, const Viewer& viewer);

  db::Database& database_;
  IdSource& ids_;
  const Clock& clock_;
  const InvitationPolicy policy_;
  const std::string base_url_;
  RateLimiter by_maker_;
  InvitationStore invitations_;
  AccountStore accounts_;
};

}  // namespace picsharz::accounts
