// A mail that is kept or waits, as far as an erased account matters. Plain struct.
#pragma once

#include <cstdint>
#include <string>

namespace picsharz::departures {

struct Letter {
  std::int64_t id = 0;
  std::string recipient{};  // an address; of a reset that was asked for, what was typed
  std::string words{};      // subject, text and so on: what it says, nothing of its form
  bool of_people = false;   // it tells its reader what others did
  bool to_member = false;   // somebody has this address, or signs up with it
  bool waits = false;       // it is still to be sent
};

}  // namespace picsharz::departures
