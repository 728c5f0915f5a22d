#include "features/sessions/token_service.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "crypto/crypto.h"
#include "features/sessions/token_rules.h"

namespace picsharz::sessions {

using accounts::Account;

namespace {

constexpr Micros touch_after = 10 * minute;  // how stale "last used" may be: a write is spared

std::string hash_of(std::string_view secret) {
  return std::string(crypto::view(crypto::sha256(secret)));
}

std::unexpected<Error> too_wide() {
  constexpr std::string_view what = "A token cannot do more than you.";
  auto failure = fail(ErrorKind::forbidden, "scope_too_wide", what, "Choose fewer scopes.");
  failure.error().fields = {{"scopes", "scope_too_wide", std::string(what)}};
  return failure;
}

}  // namespace

TokenService::TokenService(db::Database& database, IdSource& ids, const Clock& clock,
                           mail::Outbox& outbox, accounts::PasswordService& passwords,
                           MailContext context)
    : database_(database),
      ids_(ids),
      clock_(clock),
      outbox_(outbox),
      passwords_(passwords),
      context_(std::move(context)) {}

Result<NewToken> TokenService::create(const Viewer& viewer, const TokenWish& wish,
                                      std::string_view password, std::string_view address) {
  if (viewer.token || viewer.role < highest_role(wish.scopes)) return too_wide();
  TRY_ASSIGN(const Account account, passwords_.confirm(viewer, password, address));
  NewToken made{{.id = ids_.next<TokenId>(),
                 .account = account.id,
                 .name = wish.name,
                 .scopes = wish.scopes,
                 .created_at = clock_.now()},
                token_prefix + crypto::base64url(crypto::random_bytes(32))};
  if (wish.days) made.token.expires_at = made.token.created_at + *wish.days * day;
  TRY(database_.write([&](db::Tx& tx) -> Result<void> {
    if (tokens_.count(tx, account.id) >= limits::tokens_per_account) {
      return fail(ErrorKind::conflict, "too_many_tokens", "You have as many tokens as you may.",
                  "End one that you no longer need.");
    }
    tokens_.insert(tx, made.token, hash_of(made.secret));
    outbox_.post(tx, token_made_mail(context_, accounts::reader_of(account), wish.name));
    return {};
  }));
  return made;
}

std::vector<Token> TokenService::list(const Viewer& viewer) {
  return database_.read([&](db::Tx& tx) { return tokens_.list(tx, viewer.account); });
}

Result<void> TokenService::end(const Viewer& viewer, TokenId id) {
  const bool ended =
      database_.write([&](db::Tx& tx) { return tokens_.remove(tx, viewer.account, id); });
  if (!ended) return not_found();
  return {};
}

Viewer TokenService::viewer_of(std::string_view secret) {
  const std::string hash = hash_of(secret);
  const auto found = database_.read([&](db::Tx& tx) { return tokens_.find(tx, hash); });
  const Micros now = clock_.now();
  if (!found) return {};
  const Token& token = found->token;
  if (token.expires_at != 0 && token.expires_at <= now) return {};
  if (now - token.last_used_at > touch_after) {
    database_.run_write_async(
        [store = tokens_, id = token.id, now](db::Tx& tx) mutable {
          store.touch(tx, id, now);
          return true;
        },
        [](const std::exception_ptr&) {});  // a lost touch only makes "last used" older
  }
  return {.account = token.account,
          .role = std::min(found->owner, highest_role(token.scopes)),
          .token = token.id,
          .scopes = token.scopes};
}

std::int64_t TokenService::prune() {
  return database_.write([&](db::Tx& tx) { return tokens_.remove_expired(tx, clock_.now()); });
}

}  // namespace picsharz::sessions
