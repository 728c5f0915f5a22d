// Whether a text speaks of a person.
//
// Threads:   pure functions.
#pragma once

#include <string_view>

namespace picsharz::departures {

struct Person {
  std::string_view handle;
  std::string_view email;
  std::string_view name;
};

// Handle, address or name stands in it as words of their own: "mei" does not in "Meissen".
bool speaks_of(std::string_view text, const Person& person);
// Handle or address alone: of what may be common words a text that still matters is not lost.
bool names_account(std::string_view text, const Person& person);

}  // namespace picsharz::departures
