#include "features/departures/departure_jobs.h"

#include <utility>

#include "base/json.h"

namespace picsharz::departures {

namespace {

Result<AccountId> account_of(const jobs::Job& job) {
  TRY_ASSIGN(JsonObject payload, JsonObject::parse(job.payload));
  const auto id = AccountId::parse(payload.text("account", 1, 20));
  TRY(payload.finish());
  if (!id) return not_found();
  return *id;
}

constexpr Micros log_held_for = 10 * second;  // until a long read may have ended

// Other jobs have their turn, and no attempt is spent.
void go_on_unless(bool done, Micros delay = 0) {
  if (!done) throw jobs::Postponed("goes on", delay);
}

}  // namespace

void add_departure_jobs(jobs::HandlerTable& table, DepartureService& departures,
                        ErasureService& erasures, std::function<bool(Micros)> rest) {
  table.add(settle_job, [&](const jobs::Job& job) -> Result<jobs::Finished> {
    TRY_ASSIGN(const AccountId account, account_of(job));
    go_on_unless(departures.settle(account, steps_of_a_run));
    return jobs::Finished::no;
  });
  table.add(erase_job, [&](const jobs::Job& job) -> Result<jobs::Finished> {
    TRY_ASSIGN(const AccountId account, account_of(job));
    go_on_unless(erasures.erase(account));
    return jobs::Finished::no;
  });
  table.add(wipe_job, [&, rest = std::move(rest)](const jobs::Job&) -> Result<jobs::Finished> {
    go_on_unless(erasures.wipe(rest), log_held_for);
    return jobs::Finished::no;
  });
}

}  // namespace picsharz::departures
