// Who asks. Every service method that shows or changes something takes a Viewer.
//
// What:      an account with its role, or nobody (a visitor). Made by sessions for a request, by
// the
//            command line and by jobs for themselves.
// Threads:   plain value.
#pragma once

#include "base/ids.h"

namespace picsharz {

enum class Role { member = 0, moderator = 1, administrator = 2 };

struct Viewer {
  AccountId account{};  // 0: a visitor
  Role role = Role::member;
  SessionId session{};

  bool signed_in() const { return account.value != 0; }
  bool at_least(Role wanted) const { return signed_in() && role >= wanted; }
};

}  // namespace picsharz
