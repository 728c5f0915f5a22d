// The jobs of accounts: mails whose sending must not show whether an address is known.
#pragma once

#include "features/accounts/password_service.h"
#include "features/accounts/signup_service.h"
#include "jobs/worker.h"

namespace picsharz::accounts {

void add_account_jobs(jobs::HandlerTable& table, SignupService& signups,
                      PasswordService& passwords);

}  // namespace picsharz::accounts
