// Who follows, blocks and sees whom. Plain structs.
#pragma once

#include <optional>

#include "features/accounts/account.h"

namespace picsharz::follows {

enum class FollowState { requested = 0, approved = 1 };

// How a viewer stands to somebody.
struct Relation {
  bool following = false;
  bool followed_by = false;
  bool requested = false;  // asked to follow a private account; not decided yet
  bool blocked = false;    // by the viewer
  bool muted = false;
};

struct Profile {
  accounts::Account account;
  std::optional<Relation> relation;  // nullopt for a visitor and for oneself
  bool open = true;                  // the viewer may see what it says of itself
};

}  // namespace picsharz::follows
