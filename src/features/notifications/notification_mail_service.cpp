#include "features/notifications/notification_mail_service.h"

#include <algorithm>

#include "features/notifications/notification_details_service.h"
#include "features/notifications/notification_rules.h"

namespace picsharz::notifications {

namespace {

constexpr int sent_at_once = 50;

}  // namespace

void NotificationMailService::plan(NewNotification& made, Email email) const {
  if (email != Email::at_once) return;
  made.mail_at = made.now + settings_.delay;
  made.mail_gap = settings_.delay * mail_gap;
}

int NotificationMailService::send_due() {
  const Micros now = clock_.now();
  std::vector<Due<NotificationId>> mails;
  std::vector<Due<AccountId>> digests;
  database_.read([&](db::Tx& tx) {
    mails = rows_.due_mails(tx, now, sent_at_once);
    digests = preferences_.due_digests(tx, now, sent_at_once);
  });
  const auto sent =
      std::ranges::count_if(mails, [&](const auto& due) { return send(due); }) +
      std::ranges::count_if(digests, [&](const auto& due) { return send_digest(due); });
  return static_cast<int>(sent);
}

bool NotificationMailService::send(const Due<NotificationId>& due) {
  return database_.write(
      [&](db::Tx& tx) { return rows_.take_mail(tx, due) && compose(tx, due.id, clock_.now()); });
}

bool NotificationMailService::send_digest(const Due<AccountId>& due) {
  return database_.write([&](db::Tx& tx) {
    return preferences_.take_digest(tx, due) && compose_digest(tx, due, clock_.now());
  });
}

bool NotificationMailService::compose(db::Tx& tx, NotificationId id, Micros now) {
  auto found = rows_.find_unread(tx, id);
  const auto to = found ? rows_.recipient(tx, found->account) : std::nullopt;
  if (!to || load(tx, to->id).of(found->kind).email != Email::at_once) return false;
  add_people(tx, rows_, *found, found->told_at);
  if (found->people.count == 0) return false;
  add_photos(tx, rows_, to->id, {&*found, 1});
  outbox_.post(tx, notification_mail(context(to->id, found->kind), *to, *found));
  rows_.set_mailed(tx, id, now);
  return true;
}

bool NotificationMailService::compose_digest(db::Tx& tx, const Due<AccountId>& due, Micros now) {
  const auto to = rows_.recipient(tx, due.id);
  if (!to) return false;
  auto found = rows_.for_digest(tx, due.id, digest_lines + 1);
  const bool more = found.size() > digest_lines;
  if (more) found.resize(digest_lines);
  const Preferences preferences = load(tx, due.id);
  for (Notification& each : found) add_people(tx, rows_, each, each.told_at);
  std::erase_if(found, [&](const Notification& each) {
    return each.people.count == 0 || preferences.of(each.kind).email != Email::digest;
  });
  rows_.set_digested(tx, due.id, now);
  if (found.empty()) return false;
  add_photos(tx, rows_, due.id, found);
  outbox_.post(tx, digest_mail(context(due.id, std::nullopt), *to, found, more, due.at));
  return true;
}

Preferences NotificationMailService::load(db::Tx& tx, AccountId account) {
  Preferences preferences = default_preferences();
  preferences_.load(tx, account, preferences);
  return preferences;
}

MailContext NotificationMailService::context(AccountId account, std::optional<Kind> kind) const {
  return {settings_.mail,
          settings_.mail.base_url + "/v1/unsubscribe/" + links_.token({account, kind})};
}

}  // namespace picsharz::notifications
