// The program cannot start: what happened and what to do, for a person.
#pragma once

#include <stdexcept>

namespace picsharz::app {

class StartupError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace picsharz::app
