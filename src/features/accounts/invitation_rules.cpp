#include "features/accounts/invitation_rules.h"

#include "features/accounts/account_rules.h"

namespace picsharz::accounts {

namespace {

std::unexpected<Error> over(std::string_view code, std::string_view what) {
  return fail(ErrorKind::gone, code, what, "Ask whoever invited you for a new one.");
}

std::unexpected<Error> out_of_range(std::string_view field, std::string_view what) {
  auto failure =
      fail(ErrorKind::invalid, "invalid_request", what, "Send a number within the bounds.");
  failure.error().fields = {{std::string(field), "out_of_range", std::string(what)}};
  return failure;
}

}  // namespace

std::string_view registration_name(Registration registration) {
  switch (registration) {
    case Registration::open:
      return "open";
    case Registration::by_invitation:
      return "invitation";
    case Registration::closed:
      return "closed";
  }
  return "closed";
}

Registration registration_of(std::string_view name) {
  for (const auto one : {Registration::open, Registration::by_invitation}) {
    if (registration_name(one) == name) return one;
  }
  return Registration::closed;
}

std::string_view invitation_state(const Invitation& invitation, Micros now) {
  if (invitation.revoked) return "revoked";
  if (invitation.uses >= invitation.uses_max) return "used";
  return invitation.expires_at <= now ? "expired" : "open";
}

Result<void> check_invitation(const std::optional<Invitation>& invitation, Micros now) {
  if (!invitation) {
    return fail(ErrorKind::unprocessable, "invitation_unknown", "There is no such invitation.",
                "Check that the link is complete.");
  }
  const std::string_view state = invitation_state(*invitation, now);
  if (state == "used") return over("invitation_used", "This invitation is used up.");
  if (state == "expired") return over("invitation_expired", "This invitation is over.");
  if (state == "revoked") return over("invitation_revoked", "This invitation was taken back.");
  return {};
}

Result<void> check_invited(const Invitation& invitation, std::string_view email) {
  if (invitation.email.empty() || invitation.email == email) return {};
  constexpr std::string_view what = "This invitation is for another e-mail address.";
  auto failure = fail(ErrorKind::unprocessable, "invitation_other_address", what,
                      "Sign up with the address that was invited.");
  failure.error().fields = {{"email", "invitation_other_address", std::string(what)}};
  return failure;
}

Result<InvitationWish> check_wish(InvitationWish wish) {
  wish.email = normalize_email(wish.email);
  if (!wish.email.empty()) TRY(check_email(wish.email));
  if (wish.uses < 1 || wish.uses > invitation_uses_max) {
    return out_of_range("uses", "An invitation is good for 1 to 100 people.");
  }
  if (!wish.email.empty() && wish.uses != 1) {
    return out_of_range("uses", "An invitation for an address is good for one person.");
  }
  if (wish.days < 1 || wish.days > invitation_days_max) {
    return out_of_range("expires_in_days", "An invitation lives 1 to 90 days.");
  }
  return wish;
}

}  // namespace picsharz::accounts
