#include "features/accounts/invitation_service.h"

#include <utility>

#include "crypto/crypto.h"
#include "features/accounts/invitation_rules.h"

namespace picsharz::accounts {

InvitationService::InvitationService(db::Database& database, IdSource& ids, const Clock& clock,
                                     InvitationPolicy policy, std::string base_url)
    : database_(database),
      ids_(ids),
      clock_(clock),
      policy_(policy),
      base_url_(std::move(base_url)),
      by_maker_(clock, invitations_per_day, day) {}

Result<void> InvitationService::allow(db::Tx& tx, const Viewer& viewer) {
  invitations_.hold_maker(tx, viewer.account);
  const Micros now = clock_.now();
  const bool staff = viewer.at_least(Role::moderator);
  const bool full = staff ? invitations_.count_open(tx, viewer.account, now) >= open_invitations_max
                          : invitations_.count_spent(tx, viewer.account, now) >= policy_.per_member;
  if (!full) return {};
  return fail(ErrorKind::conflict, "too_many_invitations", "You made as many as you may.",
              "Take back one that nobody used.");
}

Result<NewInvitation> InvitationService::create(const Viewer& viewer, const InvitationWish& asked) {
  if (policy_.registration == Registration::closed) {
    return fail(ErrorKind::forbidden, "registration_closed", "This site takes no new members.",
                "Ask its administrator.");
  }
  if (!viewer.at_least(policy_.least())) {
    return fail(ErrorKind::forbidden, "forbidden", "Only moderators invite people here.",
                "Ask a moderator of this site.");
  }
  TRY_ASSIGN(const InvitationWish wish, check_wish(asked));
  if (!viewer.at_least(Role::moderator) && wish.uses != 1) {
    return fail(ErrorKind::forbidden, "forbidden", "A member's link is good for one person.",
                "Make a link for each.");
  }
  if (const int wait = by_maker_.take(viewer.account.str()); wait > 0) {
    auto failure = fail(ErrorKind::too_many, "too_many_attempts", "Too many invitations were made.",
                        "Wait a while and try again.");
    failure.error().retry_after_seconds = wait;
    return failure;
  }
  NewInvitation made;
  made.token = crypto::base64url(crypto::random_bytes(32));
  const std::string hash(crypto::view(crypto::sha256(made.token)));
  return database_.write([&](db::Tx& tx) -> Result<NewInvitation> {
    TRY(allow(tx, viewer));
    const Micros now = clock_.now();
    made.invitation = {.id = ids_.next<InvitationId>(),
                       .maker = viewer.account,
                       .email = wish.email,
                       .uses = 0,
                       .uses_max = wish.uses,
                       .revoked = false,
                       .created_at = now,
                       .expires_at = now + wish.days * day};
    invitations_.insert(tx, made.invitation, hash);
    return made;
  });
}

Page<Invitation> InvitationService::list(const Viewer& viewer, const PageRequest& request) {
  const auto before = request.after ? std::optional(InvitationId{request.after->id}) : std::nullopt;
  Page<Invitation> page;
  page.items = database_.read([&](db::Tx& tx) {
    return invitations_.list(tx, viewer.account, before, request.limit + 1, policy_.least());
  });
  if (static_cast<int>(page.items.size()) > request.limit) {
    page.items.resize(static_cast<std::size_t>(request.limit));
    page.next = Position{0, page.items.back().id.value};
  }
  return page;
}

Result<void> InvitationService::revoke(const Viewer& viewer, InvitationId id) {
  const bool revoked =
      database_.write([&](db::Tx& tx) { return invitations_.revoke(tx, viewer.account, id); });
  if (!revoked) return not_found();
  return {};
}

Result<InvitationView> InvitationService::look(std::string_view token) {
  const std::string hash(crypto::view(crypto::sha256(token)));
  return database_.read([&](db::Tx& tx) -> Result<InvitationView> {
    auto invitation = invitations_.find(tx, hash, policy_.least());
    TRY(check_invitation(invitation, clock_.now()));
    auto maker = accounts_.find(tx, invitation->maker);
    if (!maker) return not_found();
    return InvitationView{*std::move(invitation), *std::move(maker)};
  });
}

std::string InvitationService::link(std::string_view token) const {
  return base_url_ + "/signup#invitation=" + std::string(token);
}

std::int64_t InvitationService::prune() {
  return database_.write(
      [&](db::Tx& tx) { return invitations_.remove_unused(tx, clock_.now() - invitation_kept); });
}

}  // namespace picsharz::accounts
