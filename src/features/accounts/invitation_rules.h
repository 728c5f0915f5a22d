// Whether an invitation is good, and what is said of one that is not.
//
// Threads:   pure functions.
#pragma once

#include <optional>
#include <string_view>

#include "base/error.h"
#include "features/accounts/invitation.h"

namespace picsharz::accounts {

std::string_view registration_name(Registration registration);  // "invitation"
Registration registration_of(std::string_view name);            // one of the configuration's

// "open", "used", "expired" or "revoked".
std::string_view invitation_state(const Invitation& invitation, Micros now);
// Each of those has its own code; so has a token that is nobody's.
Result<void> check_invitation(const std::optional<Invitation>& invitation, Micros now);
// Whether the person of this address is meant. Tells nothing of accounts.
Result<void> check_invited(const Invitation& invitation, std::string_view email);
// Its e-mail address, normalised, and its bounds.
Result<InvitationWish> check_wish(InvitationWish wish);

}  // namespace picsharz::accounts
