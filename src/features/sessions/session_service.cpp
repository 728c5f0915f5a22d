#include "features/sessions/session_service.h"

#include <algorithm>

#include "base/limits.h"
#include "crypto/crypto.h"

namespace picsharz::sessions {

namespace {

constexpr Micros touch_after = 10 * minute;  // how stale "last used" may be: a write is spared
constexpr std::size_t user_agent_max = 300;

std::string hash_of(std::string_view token) {
  return std::string(crypto::view(crypto::sha256(token)));
}

// Whatever a client claims to be, as text that every row and page can hold.
std::string printable(std::string_view user_agent) {
  std::string text(user_agent.substr(0, user_agent_max));
  std::ranges::replace_if(
      text, [](char c) { return c < 0x20 || c > 0x7E; }, '?');
  return text;
}

}  // namespace

SessionService::SessionService(db::Database& database, IdSource& ids, const Clock& clock,
                               accounts::PasswordService& passwords)
    : database_(database), ids_(ids), clock_(clock), passwords_(passwords) {}

NewSession SessionService::open(AccountId account, std::string_view user_agent,
                                std::string_view address) {
  const Micros now = clock_.now();
  NewSession opened{{.id = ids_.next<SessionId>(),
                     .account = account,
                     .user_agent = printable(user_agent),
                     .address = network_of(address),
                     .created_at = now,
                     .last_used_at = now,
                     .expires_at = now + limits::session_idle},
                    crypto::base64url(crypto::random_bytes(32))};
  database_.write([&](db::Tx& tx) { sessions_.insert(tx, opened.session, hash_of(opened.token)); });
  return opened;
}

Viewer SessionService::viewer_of(std::string_view token) {
  const std::string hash = hash_of(token);
  const auto found = database_.read([&](db::Tx& tx) { return sessions_.find(tx, hash); });
  const Micros now = clock_.now();
  if (!found || found->expires_at <= now) return {};
  if (now - found->last_used_at > touch_after) {
    const Micros expires =
        std::min(now + limits::session_idle, found->created_at + limits::session_absolute);
    const SessionId id = found->viewer.session;
    database_.run_write_async(
        [store = sessions_, id, now, expires](db::Tx& tx) mutable {
          store.touch(tx, id, now, expires);
          return true;
        },
        [](const std::exception_ptr&) {});  // a lost touch only makes "last used" older
  }
  return found->viewer;
}

bool SessionService::stands(const Viewer& viewer) {
  return database_.read(
      [&](db::Tx& tx) { return sessions_.stands(tx, viewer.session, clock_.now()); });
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

Result<void> SessionService::reset_password(std::string_view token, std::string_view password) {
  TRY_ASSIGN(const std::string hash, passwords_.hash_new(token, password));
  return database_.write([&](db::Tx& tx) -> Result<void> {
    TRY_ASSIGN(const AccountId account, passwords_.reset(tx, token, hash));
    sessions_.remove_all(tx, account);
    return {};
  });
}

std::int64_t SessionService::prune() {
  return database_.write([&](db::Tx& tx) { return sessions_.remove_expired(tx, clock_.now()); });
}

std::string network_of(std::string_view address) {
  if (const auto dot = address.rfind('.');
      dot != std::string_view::npos && address.find(':') == std::string_view::npos) {
    return std::string(address.substr(0, dot)) + ".0/24";
  }
  std::size_t groups = 0;
  for (std::size_t i = 0; i < address.size(); ++i) {
    const bool gap = address.substr(i, 2) == "::";
    if (gap || (address[i] == ':' && ++groups == 3)) {
      return std::string(address.substr(0, i)) + "::/48";
    }
  }
  return std::string(address);
}

}  // namespace picsharz::sessions
