// What of a log-in is remembered, and how it is told.
//
// Threads:   pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"

namespace picsharz::sessions {

// Where an instance is for members only: the few routes that answer everybody all the same, because
// they lead in, or their address holds all that it takes, or nothing of a member is in them. Every
// other one is denied, a new one too.
bool for_everybody(std::string_view method, std::string_view pattern);

// Whatever a client claims to be, as text that every row and page can hold.
std::string printable(std::string_view user_agent);
// Of known names only: what a mail of ours says must not be a stranger's words. Either may be "".
struct Program {
  std::string browser;
  std::string system;
};
Program program_of(std::string_view user_agent);
// The same in English: "Firefox on Linux"; "" where no browser is known.
std::string describe_program(std::string_view user_agent);
// 203.0.113.7 -> 203.0.113.0/24, 2001:db8:1:2::3 -> 2001:db8:1::/48: enough to recognise a place,
// not enough to name a person.
std::string network_of(std::string_view address);
// Of a program and a network, as bytes; the two cannot be read out of it.
std::string login_mark(std::string_view user_agent, std::string_view network);

// Of an account that its owner deleted, and that can be taken back until then.
std::unexpected<Error> leaving(Micros until);

}  // namespace picsharz::sessions
