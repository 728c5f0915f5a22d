#include "features/sessions/session_service.h"

#include <algorithm>

#include "base/limits.h"
#include "crypto/crypto.h"

namespace picsharz::sessions {

namespace {

constexpr Micros touch_after = 10 * minute;  // how stale "last used" may be: a write is spared

constexpr std::size_t remembered_max = 20'000;

std::string new_token() { return crypto::base64url(crypto::random_bytes(32)); }

std::string hash_of(std::string_view token) {
  return std::string(crypto::view(crypto::sha256(token)));
}

}  // namespace

SessionService::SessionService(db::Database& database, IdSource& ids, const Clock& clock,
                               accounts::PasswordService& passwords, SessionLifetimes lifetimes)
    : database_(database),
      ids_(ids),
      clock_(clock),
      passwords_(passwords),
      lifetimes_(lifetimes),
      remembered_(remembered_max) {}

NewSession SessionService::open(AccountId account, std::string_view user_agent,
                                std::string_view address) {
  return *open(account, user_agent, address,
               [](db::Tx&, const Session&) { return Result<void>(); });
}

Result<NewSession> SessionService::open(AccountId account, std::string_view user_agent,
                                        std::string_view address, Also also) {
  const Micros now = clock_.now();
  const NewSession opened{{.id = ids_.next<SessionId>(),
                           .account = account,
                           .user_agent = printable(user_agent),
                           .address = network_of(address),
                           .created_at = now,
                           .last_used_at = now,
                           .expires_at = now + std::min(lifetimes_.idle, lifetimes_.absolute)},
                          new_token()};
  return database_.write([&](db::Tx& tx) -> Result<NewSession> {
    TRY(also(tx, opened.session));
    sessions_.insert(tx, opened.session, hash_of(opened.token));
    return opened;
  });
}

bool SessionService::is_over(const FoundSession& found) const {
  const Micros now = clock_.now();
  return found.expires_at <= now || found.last_used_at + lifetimes_.idle <= now ||
         found.created_at + lifetimes_.absolute <= now;
}

Viewer SessionService::viewer_of(std::string_view token) {
  const std::string hash = hash_of(token);
  const auto found = database_.read([&](db::Tx& tx) { return sessions_.find(tx, hash); });
  const Micros now = clock_.now();
  if (!found || is_over(*found)) return {};
  if (now - found->last_used_at > touch_after) {
    const Micros expires = std::min(now + lifetimes_.idle, found->created_at + lifetimes_.absolute);
    const SessionId id = found->viewer.session;
    database_.run_write_async(
        [store = sessions_, id, now, expires](db::Tx& tx) mutable {
          store.touch(tx, id, now, expires);
          return true;
        },
        [](const std::exception_ptr&) {});  // a lost touch only makes "last used" older
  }
  const std::lock_guard lock(mutex_);
  remembered_.put(hash, *found, 1);
  return found->viewer;
}

// Once in a while it is looked up all the same, which says that the session is used.
Viewer SessionService::recall(std::string_view token) {
  const std::string hash = hash_of(token);
  const Micros now = clock_.now();
  const std::lock_guard lock(mutex_);
  const FoundSession* const found = remembered_.find(hash);
  if (found == nullptr || is_over(*found)) return {};
  return now - found->last_used_at > touch_after ? Viewer{} : found->viewer;
}

SessionService::Confirm SessionService::confirmer(const Viewer& viewer, std::string_view token) {
  if (!viewer.session) return [viewer](db::Tx&) { return Result<Viewer>(viewer); };
  return [this, viewer, hash = hash_of(token)](db::Tx& tx) -> Result<Viewer> {
    if (const auto role = sessions_.role_in(tx, viewer.session, hash, clock_.now())) {
      Viewer now = viewer;
      now.role = *role;
      return now;
    }
    const std::lock_guard lock(mutex_);
    remembered_.erase(hash);
    return fail(ErrorKind::unauthenticated, "unauthenticated", "Nobody is signed in.", "Log in.");
  };
}

bool SessionService::stands(const Viewer& viewer) {
  return database_.read([&](db::Tx& tx) {
    return viewer.token ? tokens_.stands(tx, viewer.token, viewer.role, clock_.now())
                        : sessions_.stands(tx, viewer.session, viewer.role, clock_.now());
  });
}

std::vector<Session> SessionService::list(const Viewer& viewer) {
  return database_.read([&](db::Tx& tx) { return sessions_.list(tx, viewer.account); });
}

Result<void> SessionService::end(const Viewer& viewer, SessionId id) {
  const bool ended =
      database_.write([&](db::Tx& tx) { return sessions_.remove(tx, viewer.account, id); });
  if (!ended) return not_found();
  return {};
}

void SessionService::end_others(const Viewer& viewer) {
  database_.write([&](db::Tx& tx) { sessions_.remove_others(tx, viewer.account, viewer.session); });
}

Result<RenewedSession> SessionService::change_password(const Viewer& viewer,
                                                       std::string_view old_password,
                                                       std::string_view password,
                                                       std::string_view address) {
  const std::string old_hash = passwords_.hash_of(viewer.account);
  TRY_ASSIGN(const accounts::Account account, passwords_.confirm(viewer, old_password, address));
  TRY_ASSIGN(const std::string hash, passwords_.hash_changed(account, password));
  RenewedSession renewed{ids_.next<SessionId>(), new_token()};
  TRY(database_.write([&](db::Tx& tx) -> Result<void> {
    if (!passwords_.change(tx, account, old_hash, hash)) {
      return fail(ErrorKind::conflict, "password_changed", "Your password was changed meanwhile.",
                  "Log in with the new one.");
    }
    sessions_.remove_others(tx, viewer.account, viewer.session);
    // Whoever copied the cookie of this session is out too, with all that they had begun.
    sessions_.renew(tx, viewer.session, renewed.id, hash_of(renewed.token));
    return {};
  }));
  return renewed;
}

Result<void> SessionService::reset_password(std::string_view token, std::string_view password) {
  TRY_ASSIGN(const std::string hash, passwords_.hash_new(token, password));
  return database_.write([&](db::Tx& tx) -> Result<void> {
    TRY_ASSIGN(const AccountId account, passwords_.reset(tx, token, hash));
    sessions_.remove_all(tx, account);
    tokens_.remove_all(tx, account);
    return {};
  });
}

std::int64_t SessionService::prune() {
  return database_.write([&](db::Tx& tx) { return sessions_.remove_expired(tx, clock_.now()); });
}

}  // namespace picsharz::sessions
