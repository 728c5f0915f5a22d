#include "features/departures/departure_service.h"

#include <utility>

#include "base/json.h"
#include "base/log.h"
#include "features/accounts/account_rules.h"
#include "features/departures/departure_mails.h"
#include "features/sessions/session_rules.h"

namespace picsharz::departures {

using accounts::Account;
using accounts::AccountState;

namespace {

// Erasing takes mails away: the one that tells of it goes out before.
constexpr Micros mail_first = 5 * second;

}  // namespace

DepartureService::DepartureService(db::Database& database, const Clock& clock, jobs::Queue& queue,
                                   mail::Outbox& outbox, accounts::PasswordService& passwords,
                                   sessions::TotpService& totps, DepartureSettings settings)
    : database_(database),
      clock_(clock),
      queue_(queue),
      outbox_(outbox),
      passwords_(passwords),
      totps_(totps),
      settings_(std::move(settings)) {}

void enqueue(jobs::Queue& queue, db::Tx& tx, const char* job, AccountId account, Micros delay) {
  const std::string key = account.str();
  std::string payload;
  JsonWriter(payload).begin_object().field("account", key).end_object();
  queue.enqueue(
      tx,
      {.kind = job, .payload = payload, .lane = jobs::Lane::upkeep, .delay = delay, .key = key});
}

Result<Departure> DepartureService::leave(const Viewer& viewer, const sessions::Proof& proof) {
  TRY_ASSIGN(const Account account, passwords_.confirm(viewer, proof.password, proof.address));
  TRY(totps_.check(account, proof.code, proof.address, {}));
  TRY_ASSIGN(const Departure left, database_.write([&](db::Tx& tx) {
    return begin(tx, viewer.account, By::owner, settings_.grace);
  }));
  log_info("account deleted", {{"account", left.account.value}});
  settle_now(left.account);
  return left;
}

Result<Departure> DepartureService::remove(std::string_view handle, bool at_once) {
  const std::string known = accounts::normalize_handle(handle);
  TRY_ASSIGN(const Departure left, database_.write([&](db::Tx& tx) -> Result<Departure> {
    const auto account = rows_.account(tx, known);
    if (!account) return not_found();
    const auto leaving = rows_.lock(tx, account->id);
    if (!leaving || leaving->phase == Phase::returning) {
      return begin(tx, account->id, By::operator_, at_once ? 0 : settings_.grace);
    }
    if (!at_once) return sessions::leaving(leaving->erase_at);
    const Micros now = clock_.now();
    rows_.set_erase_at(tx, account->id, now);
    rows_.record(tx, account->id, JournalEvent::left, By::operator_, now);
    enqueue(queue_, tx, erase_job, account->id, mail_first);
    return rows_.find(tx, account->id).value();
  }));
  settle_now(left.account);
  return left;
}

Result<Departure> DepartureService::begin(db::Tx& tx, AccountId id, By by, Micros grace) {
  const std::int64_t administrators = rows_.lock_administrators(tx);
  const auto account = rows_.account(tx, id);
  if (!account) return not_found();
  const bool rules = account->role == Role::administrator && account->state == AccountState::active;
  if (rules && administrators <= 1) {
    return fail(ErrorKind::conflict, "last_administrator",
                "This is the only administrator, without whom nobody could look after this place.",
                "Make somebody else an administrator first.");
  }
  const Micros now = clock_.now();
  const Departure departure{
      .account = id, .before = account->state, .left_at = now, .erase_at = now + grace};
  if (!rows_.begin(tx, departure)) return not_found();
  rows_.end_access(tx, id);
  rows_.record(tx, id, JournalEvent::left, by, now);
  outbox_.post(tx, left_mail(settings_.mail, accounts::reader_of(*account), account->handle, by,
                             departure.erase_at, now));
  enqueue(queue_, tx, settle_job, id);
  if (by == By::operator_ && grace == 0) enqueue(queue_, tx, erase_job, id, mail_first);
  return departure;
}

Result<void> DepartureService::may_return(AccountId account, bool restore) {
  const auto departure = database_.read([&](db::Tx& tx) { return rows_.find(tx, account); });
  if (!departure || departure->phase != Phase::grace) return accounts::wrong_login();
  if (!restore) return sessions::leaving(departure->erase_at);
  return {};
}

Result<void> DepartureService::take_back(db::Tx& tx, const Account& account) {
  const auto departure = rows_.lock(tx, account.id);
  if (departure && departure->before == AccountState::suspended) {
    return fail(ErrorKind::forbidden, "account_suspended", "This account is suspended.",
                "Open the link in the mail about it, and say why that is wrong.");
  }
  return take_back(tx, account, By::owner);
}

Result<void> DepartureService::take_back(db::Tx& tx, const Account& account, By by) {
  if (!rows_.take_back(tx, account.id)) return accounts::wrong_login();
  rows_.record(tx, account.id, JournalEvent::taken_back, by, clock_.now());
  outbox_.post(tx, taken_back_mail(settings_.mail, accounts::reader_of(account), account.handle));
  enqueue(queue_, tx, settle_job, account.id);
  return {};
}

Account DepartureService::returned(AccountId account) {
  settle_now(account);
  return database_.read([&](db::Tx& tx) { return rows_.account(tx, account).value(); });
}

Result<Account> DepartureService::restore(std::string_view handle) {
  const std::string known = accounts::normalize_handle(handle);
  TRY_ASSIGN(const AccountId id, database_.write([&](db::Tx& tx) -> Result<AccountId> {
    const auto account = rows_.account(tx, known);
    if (!account || account->state != AccountState::deleted) return not_found();
    if (!take_back(tx, *account, By::operator_)) return not_found();
    return account->id;
  }));
  return returned(id);
}

// What was decided is committed: whatever goes wrong here, the job does it.
void DepartureService::settle_now(AccountId account) {
  try {
    settle(account, steps_of_a_request);
  } catch (const db::DatabaseError& failure) {
    log_warning("a departure is settled later",
                {{"account", account.value}, {"detail", failure.what()}});
  }
}

bool DepartureService::settle(AccountId account, int steps) {
  for (int done = 0; done < steps; ++done) {
    if (!step(account)) return true;
  }
  return false;
}

// Which way is asked in each step: between two of them the account may be taken back.
bool DepartureService::step(AccountId account) {
  return database_.write([&](db::Tx& tx) {
    settling_.take_turn(tx);
    const auto departure = rows_.lock(tx, account);
    if (!departure || departure->phase == Phase::erased) return false;
    const Way way = departure->phase == Phase::returning ? Way::in : Way::out;
    if (settling_.followers(tx, account, way, rows_at_once) > 0 ||
        settling_.following(tx, account, way, rows_at_once) > 0 ||
        settling_.likes(tx, account, way, rows_at_once) > 0 ||
        settling_.comments(tx, account, way, rows_at_once) > 0) {
      return true;
    }
    if (way == Way::in) rows_.remove(tx, account);
    return false;
  });
}

}  // namespace picsharz::departures
