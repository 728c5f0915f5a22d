// A session: one browser or program that is signed in. Plain structs.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/ids.h"

namespace picsharz::sessions {

struct Session {
  SessionId id;
  AccountId account;
  std::string user_agent;
  std::string address;  // the network part only
  Micros created_at = 0;
  Micros last_used_at = 0;
  Micros expires_at = 0;
};

// The secret is shown once, to its owner; the database holds its hash.
struct NewSession {
  Session session;
  std::string token;
};

// What a session is after its owner changed the password in it.
struct RenewedSession {
  SessionId id;
  std::string token;
};

}  // namespace picsharz::sessions
