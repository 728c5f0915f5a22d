// An account that its owner deleted. Plain structs.
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "base/ids.h"
#include "features/accounts/account.h"

namespace picsharz::departures {

// Numbers are in the database: never renumber.
enum class Phase {
  grace = 0,      // nobody sees it; it can be taken back
  returning = 1,  // it was, and is put together again
  erasing = 2,    // it cannot be taken back any more
  erased = 3,     // but for what is left in the files of the database
};

struct Departure {
  AccountId account{};
  Phase phase = Phase::grace;
  accounts::AccountState before = accounts::AccountState::active;
  Micros left_at = 0;
  Micros erase_at = 0;
};

enum class JournalEvent { left = 0, taken_back = 1, erased = 2 };

// By whom: the person, or an administrator at the command line.
enum class By { owner = 0, operator_ = 1 };

// How much is done in one transaction: other writers wait for it.
inline constexpr int rows_at_once = 200;
// How many such transactions a request does itself, before it leaves the rest to a job. Most people
// have done fewer things than that.
inline constexpr int steps_of_a_request = 20;
// ... and a run of the job, before other jobs have their turn.
inline constexpr int steps_of_a_run = 200;

}  // namespace picsharz::departures
