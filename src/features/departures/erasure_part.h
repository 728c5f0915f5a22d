// What else belongs to an account and lies outside the rows that departures knows: a picture of the
// person, an archive that was made for download. Whoever stores such a thing has a part here, and
// names it in app.cpp beside the others.
//
// Ownership: implemented by the feature that stores it, handed to ErasureService by the composition
//            root.
// Threads:   called by one worker at a time.
// Failures:  what it throws is tried again later, from the beginning.
#pragma once

#include "base/ids.h"

namespace picsharz::departures {

class ErasurePart {
 public:
  virtual ~ErasurePart() = default;
  // Some of what there is, bytes before rows, in transactions of its own; may be repeated. How
  // much was there; 0: nothing is left.
  virtual int erase_some(AccountId account, int most) = 0;
};

}  // namespace picsharz::departures
