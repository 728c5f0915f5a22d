#include "features/notifications/preference_service.h"

#include <algorithm>

#include "base/log.h"
#include "features/notifications/notification_rules.h"

namespace picsharz::notifications {

Preferences PreferenceService::load(db::Tx& tx, AccountId account) {
  Preferences preferences = default_preferences();
  rows_.load(tx, account, preferences);
  return preferences;
}

Preferences PreferenceService::of(AccountId account) {
  return database_.read([&](db::Tx& tx) { return load(tx, account); });
}

Preferences PreferenceService::change(AccountId account, Kind kind,
                                      const PreferenceChange& change) {
  return database_.write([&](db::Tx& tx) {
    rows_.lock_account(tx, account);  // two changes at once are both made
    Preferences preferences = load(tx, account);
    Choice& choice = preferences.of(kind);
    choice.in_app = change.in_app.value_or(choice.in_app);
    choice.email = change.email.value_or(choice.email);
    rows_.set(tx, account, kind, choice);
    return preferences;
  });
}

Preferences PreferenceService::set_digest_hour(AccountId account, int hour) {
  return database_.write([&](db::Tx& tx) {
    rows_.set_digest_hour(tx, account, hour, next_digest(clock_.now(), hour));
    return load(tx, account);
  });
}

Result<PreferenceService::Subscribed> PreferenceService::subscribed(std::string_view token) {
  const auto found = links_.read(token);
  if (!found) return not_found();
  const Preferences preferences = of(found->account);
  if (found->kind) {
    return Subscribed{found->kind, preferences.of(*found->kind).email != Email::never};
  }
  return Subscribed{std::nullopt,
                    std::ranges::count(preferences.choices, Email::digest, &Choice::email) > 0};
}

Result<PreferenceService::Subscribed> PreferenceService::unsubscribe(std::string_view token) {
  const auto found = links_.read(token);
  if (!found) return not_found();
  const bool there = database_.write([&](db::Tx& tx) {
    if (!rows_.lock_account(tx, found->account)) return false;
    Preferences preferences = load(tx, found->account);
    for (const Kind kind : chosen_kinds) {
      Choice& choice = preferences.of(kind);
      const bool meant = found->kind ? kind == *found->kind : choice.email == Email::digest;
      if (!meant) continue;
      choice.email = Email::never;
      rows_.set(tx, found->account, kind, choice);
    }
    return true;
  });
  if (!there) return not_found();
  log_info("unsubscribed", {{"account", found->account.value}});
  return Subscribed{found->kind, false};
}

}  // namespace picsharz::notifications
