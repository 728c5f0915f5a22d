#include "features/accounts/account_jobs.h"

#include "base/json.h"
#include "base/limits.h"
#include "crypto/crypto.h"

namespace picsharz::accounts {

void add_account_jobs(jobs::HandlerTable& table, SignupService& signups,
                      PasswordService& passwords) {
  table.add(send_code_job, [&](const jobs::Job& job) -> Result<jobs::Finished> {
    TRY_ASSIGN(JsonObject payload, JsonObject::parse(job.payload));
    const std::string email = payload.text("email", 1, limits::email_max);
    const auto binding = crypto::from_base64url(payload.text("binding", 0, 64));
    TRY(payload.finish());
    signups.send_code(email, binding.value_or(""));
    return jobs::Finished::no;
  });
  table.add(send_reset_job, [&](const jobs::Job& job) -> Result<jobs::Finished> {
    TRY_ASSIGN(JsonObject payload, JsonObject::parse(job.payload));
    const std::string login = payload.text("login", 0, limits::email_max);
    TRY(payload.finish());
    passwords.send_reset(login);
    return jobs::Finished::no;
  });
}

}  // namespace picsharz::accounts
