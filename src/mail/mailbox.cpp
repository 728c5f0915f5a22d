#include <algorithm>

#include "base/limits.h"
#include "mail/mailer.h"
#include "mail/pictures.h"

namespace picsharz::mail {

namespace {

constexpr int newest_kept = 1'000;
constexpr Micros kept_for = 30 * day;

// Ids are ordered by time: everything up to the 1,001st newest goes.
void forget_old(db::Tx& tx, Micros now) {
  tx.exec("DELETE FROM mails WHERE id <= (SELECT id FROM mails ORDER BY id DESC LIMIT 1 OFFSET $1)",
          newest_kept);
  tx.exec("DELETE FROM mails WHERE created_at < $1", now - kept_for);
}

#define MAIL_COLUMNS \
  "id, recipient, subject, text, html, message_id, unsubscribe, created_at, pictures"

KeptMail kept_mail(const db::Row& row) {
  return {.id = row.id<MailId>(0),
          .mail = {.to = row.string(1),
                   .subject = row.string(2),
                   .text = row.string(3),
                   .html = row.string(4),
                   .message_id = row.string(5),
                   .unsubscribe = row.string(6),
                   .pictures = parse_pictures(row.string(8))},
          .created_at = row.integer(7)};
}

}  // namespace

Mailbox::Mailbox(db::Database& database, IdSource& ids, const Clock& clock)
    : database_(database), ids_(ids), clock_(clock) {}

void Mailbox::send(const Mail& mail) {
  const Micros now = clock_.now();
  try {
    database_.write([&](db::Tx& tx) {
      tx.exec(
          "INSERT INTO mails (id, message_id, recipient, subject, text, html, created_at,"
          " unsubscribe, pictures) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
          " ON CONFLICT (message_id) DO NOTHING",
          ids_.next<MailId>(), mail.message_id, mail.to, mail.subject, mail.text, mail.html, now,
          mail.unsubscribe, pictures_text(mail.pictures));
      forget_old(tx, now);
    });
  } catch (const db::DatabaseError& failure) {
    throw MailError(failure.what());
  }
}

Page<KeptMail> Mailbox::list(const PageRequest& page) const {
  const int limit = std::clamp(page.limit, 1, limits::page_max);
  const std::int64_t before = page.after ? page.after->id : INT64_MAX;
  Page<KeptMail> found;
  found.items = database_.read([&](db::Tx& tx) {
    return tx.all("SELECT " MAIL_COLUMNS
                  " FROM mails WHERE id < $1 AND created_at >= $2 ORDER BY id DESC LIMIT $3",
                  kept_mail, before, clock_.now() - kept_for, limit + 1);
  });
  if (found.items.size() > static_cast<std::size_t>(limit)) {
    found.items.pop_back();
    const KeptMail& last = found.items.back();
    found.next = Position{.key = last.created_at, .id = last.id.value};
  }
  return found;
}

std::optional<KeptMail> Mailbox::find(MailId id) const {
  return database_.read([&](db::Tx& tx) {
    return tx.one("SELECT " MAIL_COLUMNS " FROM mails WHERE id = $1 AND created_at >= $2",
                  kept_mail, id, clock_.now() - kept_for);
  });
}

}  // namespace picsharz::mail
