#include "mail/bounce_log.h"

#include <algorithm>

#include "base/json.h"
#include "base/limits.h"
#include "mail/mail_limits.h"

namespace picsharz::mail {

namespace {

// A server may say anything; the database takes UTF-8 only.
std::string readable(std::string_view reason) {
  std::string text(reason.substr(0, limits::reason_max));
  std::ranges::replace_if(
      text, [](char c) { return c < ' ' || c > '~'; }, '?');
  return text;
}

Bounce bounce_of(const db::Row& row) {
  return {.id = row.id<MailId>(0),
          .message_id = row.string(1),
          .to = row.string(2),
          .subject = row.string(3),
          .cause = row.as<BounceCause>(4),
          .reason = row.string(5),
          .refusals = row.integer(6),
          .created_at = row.integer(7)};
}

}  // namespace

std::string_view cause_name(BounceCause cause) {
  switch (cause) {
    case BounceCause::mail:
      return "mail";
    case BounceCause::time:
      return "time";
    case BounceCause::address:
      break;
  }
  return "address";
}

void BounceLog::record(db::Tx& tx, const Mail& mail, BounceCause cause, std::string_view reason) {
  const Micros now = clock_.now();
  const std::string said = readable(reason);
  tx.exec(
      "INSERT INTO bounces (id, message_id, recipient, subject, cause, reason, created_at)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7)",
      ids_.next<MailId>(), mail.message_id, mail.to, mail.subject, cause, said, now);
  if (cause == BounceCause::address) {
    tx.exec(
        "INSERT INTO refusing_addresses (address, refusals, refused_at) VALUES ($1, 1, $2)"
        " ON CONFLICT (address) DO UPDATE SET refusals = refusing_addresses.refusals + 1,"
        " refused_at = excluded.refused_at",
        mail.to, now);
  }
  tx.exec(
      "DELETE FROM bounces WHERE created_at < $1 OR id <= (SELECT id FROM bounces"
      " ORDER BY id DESC LIMIT 1 OFFSET $2)",
      now - limits::bounces_kept_for, limits::bounces_kept);
  tx.exec("DELETE FROM refusing_addresses WHERE refused_at < $1", now - limits::bounces_kept_for);
}

void BounceLog::taken(db::Tx& tx, std::string_view address) {
  tx.exec("DELETE FROM refusing_addresses WHERE address = $1", address);
}

bool BounceLog::is_refusing(db::Tx& tx, std::string_view address) const {
  return tx
      .one(
          "SELECT 1 FROM refusing_addresses WHERE address = $1 AND refusals >= $2"
          " AND refused_at >= $3",
          [](const db::Row&) { return true; }, address, limits::refusals_max,
          clock_.now() - limits::bounces_kept_for)
      .has_value();
}

void BounceLog::forget(db::Tx& tx, std::string_view address) {
  tx.exec("DELETE FROM bounces WHERE recipient = $1", address);
  taken(tx, address);
}

Page<Bounce> BounceLog::list(db::Tx& tx, const PageRequest& page) const {
  const int limit = std::clamp(page.limit, 1, picsharz::limits::page_max);
  const std::int64_t before = page.after ? page.after->id : INT64_MAX;
  Page<Bounce> found;
  found.items = tx.all(
      "SELECT bounces.id, message_id, recipient, subject, cause, reason,"
      " COALESCE(refusals, 0), created_at FROM bounces"
      " LEFT JOIN refusing_addresses ON refusing_addresses.address = bounces.recipient"
      " WHERE bounces.id < $1 AND created_at >= $2 ORDER BY bounces.id DESC LIMIT $3",
      bounce_of, before, clock_.now() - limits::bounces_kept_for, limit + 1);
  if (found.items.size() > static_cast<std::size_t>(limit)) {
    found.items.pop_back();
    const Bounce& last = found.items.back();
    found.next = Position{.key = last.created_at, .id = last.id.value};
  }
  return found;
}

}  // namespace picsharz::mail
