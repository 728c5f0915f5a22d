#include "features/sessions/log_in_service.h"

#include <utility>

#include "base/limits.h"
#include "base/seen_members.h"
#include "base/tally.h"
#include "features/accounts/account_rules.h"
#include "features/sessions/session_rules.h"

namespace picsharz::sessions {

using accounts::Account;
using accounts::Checked;

LogInService::LogInService(const Clock& clock, mail::Outbox& outbox,
                           accounts::PasswordService& passwords, TotpService& totps,
                           SessionService& sessions, MailContext context, ReturnService* returns)
    : clock_(clock),
      outbox_(outbox),
      passwords_(passwords),
      totps_(totps),
      sessions_(sessions),
      context_(std::move(context)),
      returns_(returns) {}

Result<LoggedIn> LogInService::log_in(const LogIn& wish) {
  TRY_ASSIGN(const Checked checked,
             passwords_.check(wish.login, wish.password, wish.address, wish.device));
  const Account& account = checked.account;
  // Before a code is used up, which is good once.
  const bool deleted = account.state == accounts::AccountState::deleted;
  if (deleted && returns_ == nullptr) return accounts::wrong_login();
  if (deleted) TRY(returns_->may_return(account.id, wish.restore));
  const bool own_device = passwords_.knows(account.id, wish.device);
  TRY(totps_.check(account, wish.totp, wish.address,
                   own_device ? wish.device : std::string_view()));
  bool returned = false;
  TRY_ASSIGN(NewSession session,
             sessions_.open(account.id, wish.user_agent, wish.address,
                            [&](db::Tx& tx, const Session& opened) -> Result<void> {
                              if (!passwords_.hold(tx, checked)) {
                                return accounts::wrong_login();
                              }
                              TRY_ASSIGN(returned, stay(tx, account.id, wish.restore));
                              if (known(tx, opened) || own_device) return {};
                              outbox_.post(
                                  tx, new_login_mail(context_, accounts::reader_of(account),
                                                     {program_of(opened.user_agent), opened.address,
                                                      opened.created_at}));
                              return {};
                            }));
  count_use(Use::log_in);
  seen_members().seen(account.id);
  if (!returned) return LoggedIn{account, std::move(session)};
  return LoggedIn{returns_->returned(account.id), std::move(session)};
}

Result<bool> LogInService::stay(db::Tx& tx, AccountId id, bool restore) {
  const auto account = passwords_.account(tx, id);
  if (!account) return accounts::wrong_login();
  if (account->state != accounts::AccountState::deleted) return false;
  // Without `restore`: it was deleted since this log-in began.
  if (returns_ == nullptr || !restore) return accounts::wrong_login();
  TRY(returns_->take_back(tx, *account));
  return true;
}

NewSession LogInService::first(const Account& account, std::string_view user_agent,
                               std::string_view address) {
  return *sessions_.open(account.id, user_agent, address,
                         [&](db::Tx& tx, const Session& opened) -> Result<void> {
                           known(tx, opened);
                           return {};
                         });
}

bool LogInService::known(db::Tx& tx, const Session& session) {
  const bool first = !store_.has_logins(tx, session.account);
  const std::string mark = login_mark(session.user_agent, session.address);
  const bool added = store_.add_login(tx, session.account, mark, clock_.now());
  if (added) store_.forget_logins(tx, session.account, limits::known_logins);
  return first || !added;
}

}  // namespace picsharz::sessions
