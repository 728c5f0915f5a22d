// Which letters go with an account that is erased.
//
// What:      those to the person, and those to others that speak of the person: their handle with
//            its @, their address, and, in what tells what people did or went to nobody's address,
//            their name. Handles and names may be words of any text, and the letters of others are
//            not to be lost.
// Threads:   pure functions.
#pragma once

#include <string_view>

#include "features/departures/letter.h"

namespace picsharz::departures {

struct Person {
  std::string_view handle;
  std::string_view email;
  std::string_view name;
};

// Who a job writes to and what it says, of its payload.
Letter letter_of_job(std::string_view payload);

bool goes_with(const Letter& letter, const Person& person);

}  // namespace picsharz::departures
