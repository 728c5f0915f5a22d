// Who asks. Every service method that shows or changes something takes a Viewer.
//
// What:      an account with its role, or nobody (a visitor). Made by sessions for a request, by
//            the command line and by jobs for themselves. By a session or by a token: what a token
//            may do is what its owner may, narrowed to its scopes.
// Threads:   plain value.
#pragma once

#include <cstdint>

#include "base/ids.h"

namespace picsharz {

enum class Role { member = 0, moderator = 1, administrator = 2 };

// What a route needs of a token, as a bit. `session`: a token never reaches it. The values are
// stored.
enum class Scope : std::uint32_t {
  session = 0,
  read = 1,
  photos = 2,  // upload, change and delete the own ones
  social = 4,  // follow, like, comment, report
  account = 8,
  moderation = 16,
  admin = 32,
};

struct Viewer {
  AccountId account{};  // 0: a visitor
  Role role = Role::member;
  SessionId session{};
  TokenId token{};           // instead of a session
  std::uint32_t scopes = 0;  // of the token

  bool signed_in() const { return account.value != 0; }
  bool at_least(Role wanted) const { return signed_in() && role >= wanted; }
  bool within(Scope scope) const {
    return !token || (scopes & static_cast<std::uint32_t>(scope)) != 0;
  }
};

}  // namespace picsharz
