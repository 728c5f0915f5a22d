#include "features/notifications/taker_service.h"

#include <algorithm>
#include <exception>
#include <set>

#include "base/log.h"
#include "features/notifications/notification_rules.h"

namespace picsharz::notifications {

namespace {

// Small: SQLite's one writer is theirs for as long as it takes.
constexpr int batch = 200;
constexpr Micros interval = second;

}  // namespace

TakerService::~TakerService() { stop(); }

void TakerService::start() {
  thread_ = std::thread([this] { run(); });
}

void TakerService::stop() {
  rest_.end();
  if (thread_.joinable()) thread_.join();
}

void TakerService::run() {
  bool failed = false;
  do {
    try {
      round();
      failed = false;
    } catch (const std::exception& failure) {
      if (!failed) log_warning("notifications wait", {{"detail", failure.what()}});
      failed = true;
    }
  } while (rest_.for_time(interval));
}

void TakerService::round() {
  // Looking is a read, so that idle processes never take the database's one writer.
  while (database_.read([&](db::Tx& tx) { return activity_.any(tx); })) {
    const Micros began = clock_.steady();
    const int taken = take();
    if (taken == 0) break;  // another process has what was seen
    if (taken == batch && !rest_.beside(clock_.steady() - began)) return;
  }
  mails_.send_due();
}

int TakerService::take() {
  return database_.write([&](db::Tx& tx) {
    const auto taken = activity_.take(tx, batch);
    Preferences preferences;
    AccountId account{};
    std::set<AccountId> told;
    for (const News& news : gathered(taken)) {
      if (news.account != account) {
        account = news.account;
        preferences = default_preferences();
        preferences_.load(tx, account, preferences);
      }
      if (tell(tx, news, preferences)) told.insert(account);
    }
    for (const AccountId each : told) rows_.announce(tx, each);
    return static_cast<int>(taken.size());
  });
}

bool TakerService::tell(db::Tx& tx, const News& news, const Preferences& preferences) {
  const Choice& choice = preferences.of(news.kind);
  if (choice.nowhere()) return false;
  const Micros now = clock_.now();
  const auto actors = rows_.heard(tx, news, now - once_in);
  if (actors.empty()) return false;
  rows_.close(tx, news, now - gathers_for, people_max);
  const bool digest = choice.email == Email::digest;
  NewNotification made{.id = ids_.next<NotificationId>(),
                       .account = news.account,
                       .kind = news.kind,
                       .topic = news.topic(),
                       .in_app = choice.in_app,
                       .size = static_cast<std::int64_t>(actors.size()),
                       .now = now,
                       .digest = digest};
  if (news.photo) made.photo = news.photo;
  mails_.plan(made, choice.email);
  const auto put = rows_.put(tx, made);
  // Later than what was told, also where another process's clock was ahead.
  const Micros came = std::max(now, put.told_at + 1);
  rows_.put_actors(tx, put.id, actors, came);
  if (put.id == made.id) rows_.forget_oldest(tx, news.account, kept_max);
  if (digest) {
    const int hour = preferences.digest_hour;
    preferences_.want_digest(tx, news.account, hour, next_digest(now, hour));
  }
  return choice.in_app;
}

}  // namespace picsharz::notifications
