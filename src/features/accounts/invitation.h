// An invitation: a link that lets people in. Plain structs, and their bounds.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/ids.h"
#include "base/viewer.h"

namespace picsharz::accounts {

using InvitationId = Id<struct InvitationTag>;

inline constexpr std::int64_t invitation_uses_max = 100;
inline constexpr std::int64_t invitation_days = 7;
inline constexpr std::int64_t invitation_days_max = 90;
inline constexpr std::int64_t open_invitations_max = 100;  // of one moderator or administrator
inline constexpr int invitations_per_day = 200;            // made by one person, revoked ones too
inline constexpr Micros invitation_kept = 30 * day;        // one that nobody used, after its end

struct Invitation {
  InvitationId id;
  AccountId maker;
  std::string email;  // "": whoever has the link
  std::int64_t uses = 0;
  std::int64_t uses_max = 1;
  bool revoked = false;  // by its maker, or because its maker may invite nobody any more
  Micros created_at = 0;
  Micros expires_at = 0;
};

// What a person asks for.
struct InvitationWish {
  std::string email;
  std::int64_t uses = 1;
  std::int64_t days = invitation_days;
};

struct NewInvitation {
  Invitation invitation;
  std::string token;  // shown this once
};

enum class Registration { open, by_invitation, closed };

struct InvitationPolicy {
  Registration registration = Registration::open;
  int per_member = 0;  // people that a member may bring; 0: moderators and administrators only

  Role least() const { return per_member > 0 ? Role::member : Role::moderator; }
};

}  // namespace picsharz::accounts
