#include "features/departures/erasure_store.h"

namespace picsharz::departures {

namespace {

// In the order in which they go. Tables that refer to accounts and are not here are few rows each,
// and go with the account's (ON DELETE CASCADE).
constexpr RowKind kinds[] = {
    {"follows",
     "DELETE FROM follows WHERE (follower_id, followee_id) IN (SELECT f.follower_id, f.followee_id"
     " FROM follows f WHERE f.follower_id = $1 LIMIT $2)"},
    {"follows",
     "DELETE FROM follows WHERE (follower_id, followee_id) IN (SELECT f.follower_id, f.followee_id"
     " FROM follows f WHERE f.followee_id = $1 LIMIT $2)"},
    {"blocks",
     "DELETE FROM blocks WHERE (blocker_id, blocked_id) IN (SELECT b.blocker_id, b.blocked_id"
     " FROM blocks b WHERE b.blocker_id = $1 OR b.blocked_id = $1 LIMIT $2)"},
    {"mutes",
     "DELETE FROM mutes WHERE (muter_id, muted_id) IN (SELECT m.muter_id, m.muted_id"
     " FROM mutes m WHERE m.muter_id = $1 OR m.muted_id = $1 LIMIT $2)"},
    {"departed_likes",
     "DELETE FROM departed_likes WHERE account_id = $1 AND photo_id IN"
     " (SELECT l.photo_id FROM departed_likes l WHERE l.account_id = $1 LIMIT $2)"},
    {"collection_photos",
     "DELETE FROM collection_photos WHERE (collection_id, photo_id) IN"
     " (SELECT p.collection_id, p.photo_id FROM collections c JOIN collection_photos p"
     "  ON p.collection_id = c.id WHERE c.owner_id = $1 LIMIT $2)"},
    {"collections",
     "DELETE FROM collections WHERE id IN"
     " (SELECT c.id FROM collections c WHERE c.owner_id = $1 LIMIT $2)"},
    {"comment_mentions",
     "DELETE FROM comment_mentions WHERE (comment_id, account_id) IN (SELECT m.comment_id,"
     " m.account_id FROM comment_mentions m WHERE m.account_id = $1 LIMIT $2)"},
    {"notifications",
     "DELETE FROM notifications WHERE id IN"
     " (SELECT n.id FROM notifications n WHERE n.account_id = $1 LIMIT $2)"},
    {"notification_actors",
     "DELETE FROM notification_actors WHERE (notification_id, actor_id) IN (SELECT"
     " a.notification_id, a.actor_id FROM notification_actors a WHERE a.actor_id = $1 LIMIT $2)"},
    {"activity",
     "DELETE FROM activity WHERE seq IN (SELECT a.seq FROM activity a"
     " WHERE a.actor_id = $1 OR a.account_id = $1 LIMIT $2)"},
    {"reports",
     "DELETE FROM reports WHERE (photo_id, reporter_id, COALESCE(comment_id, 0)) IN (SELECT"
     " r.photo_id, r.reporter_id, COALESCE(r.comment_id, 0) FROM reports r"
     " WHERE r.reporter_id = $1 LIMIT $2)"},
    {"idempotency_keys",
     "DELETE FROM idempotency_keys WHERE id IN"
     " (SELECT k.id FROM idempotency_keys k WHERE k.account_id = $1 LIMIT $2)"},
    {"export_photos",
     "DELETE FROM export_photos WHERE (export_id, photo_id) IN (SELECT p.export_id, p.photo_id"
     " FROM exports e JOIN export_photos p ON p.export_id = e.id WHERE e.account_id = $1"
     " LIMIT $2)"},
    {"import_items",
     "DELETE FROM import_items WHERE (import_id, number) IN (SELECT i.import_id, i.number"
     " FROM imports m JOIN import_items i ON i.import_id = m.id WHERE m.account_id = $1"
     " LIMIT $2)"},
    {"known_logins",
     "DELETE FROM known_logins WHERE account_id = $1 AND mark IN"
     " (SELECT l.mark FROM known_logins l WHERE l.account_id = $1 LIMIT $2)"},
};

#define TO_MEMBER(address)                                              \
  "CASE WHEN EXISTS (SELECT 1 FROM accounts a WHERE a.email = " address \
  ") OR EXISTS (SELECT 1 FROM signups s WHERE s.email = " address ") THEN 1 ELSE 0 END"

Letter read_letter(const db::Row& row) {
  return {.id = row.integer(0),
          .recipient = row.string(1),
          .words = row.string(2),
          .of_people = row.truth(3),
          .to_member = row.truth(4)};
}

LetterJob read_letter_job(const db::Row& row) {
  return {row.integer(0), row.string(1), row.string(2), row.truth(3)};
}

}  // namespace

std::span<const RowKind> row_kinds() { return kinds; }

std::vector<PhotoId> ErasureStore::photos(db::Tx& tx, AccountId account, int limit) {
  return tx.all(
      "SELECT id FROM photos WHERE owner_id = $1 ORDER BY id LIMIT $2",
      [](const db::Row& row) { return row.id<PhotoId>(0); }, account, limit);
}

std::vector<std::int64_t> ErasureStore::uploads(db::Tx& tx, AccountId account, int limit) {
  return tx.all(
      "SELECT id FROM uploads WHERE account_id = $1 ORDER BY id LIMIT $2",
      [](const db::Row& row) { return row.integer(0); }, account, limit);
}

void ErasureStore::remove_upload(db::Tx& tx, std::int64_t upload) {
  tx.exec("DELETE FROM uploads WHERE id = $1", upload);
}

int ErasureStore::remove_rows(db::Tx& tx, const RowKind& kind, AccountId account, int limit) {
  return static_cast<int>(tx.exec(kind.remove, account, limit));
}

int ErasureStore::empty_notes(db::Tx& tx, AccountId account, int limit) {
  return static_cast<int>(
      tx.exec("UPDATE moderation_decisions SET note = '' WHERE id IN (SELECT d.id"
              " FROM moderation_decisions d WHERE d.owner_id = $1 AND d.note <> '' LIMIT $2)",
              account, limit) +
      tx.exec("UPDATE admin_actions SET reason = '' WHERE id IN (SELECT l.id"
              " FROM admin_actions l WHERE l.account_id = $1 AND l.reason <> '' LIMIT $2)",
              account, limit));
}

std::vector<Letter> ErasureStore::mails(db::Tx& tx, std::int64_t after, int limit) {
  return tx.all(
      "SELECT m.id, m.recipient, m.subject || ' ' || m.text || ' ' || m.html,"
      " CASE WHEN m.unsubscribe <> '' THEN 1 ELSE 0 END, " TO_MEMBER(
          "m.recipient") " FROM mails m WHERE m.id > $1 ORDER BY m.id LIMIT $2",
      read_letter, after, limit);
}

std::vector<LetterJob> ErasureStore::jobs(db::Tx& tx, std::int64_t after, int limit) {
  return tx.all(
      "SELECT id, payload, last_error, CASE WHEN state IN (0, 1) THEN 1 ELSE 0 END"
      " FROM jobs WHERE id > $1 AND kind IN ('mail.send', 'account.send_code',"
      " 'account.send_reset') AND state <> 2 ORDER BY id LIMIT $2",
      read_letter_job, after, limit);
}

std::vector<Letter> ErasureStore::bounces(db::Tx& tx, std::int64_t after, int limit) {
  return tx.all("SELECT b.id, b.recipient, b.subject || ' ' || b.reason, 1, " TO_MEMBER(
                    "b.recipient") " FROM bounces b WHERE b.id > $1 ORDER BY b.id LIMIT $2",
                read_letter, after, limit);
}

bool ErasureStore::is_member(db::Tx& tx, std::string_view address) {
  return tx
      .one(
          "SELECT " TO_MEMBER("$1"), [](const db::Row& row) { return row.truth(0); }, address)
      .value();
}

void ErasureStore::remove_bounce(db::Tx& tx, std::int64_t id) {
  tx.exec("DELETE FROM bounces WHERE id = $1", id);
}

void ErasureStore::remove_mail(db::Tx& tx, std::int64_t id) {
  tx.exec("DELETE FROM mails WHERE id = $1", id);
}

void ErasureStore::remove_job(db::Tx& tx, std::int64_t id) {
  tx.exec("DELETE FROM jobs WHERE id = $1 AND state <> 1", id);
}

void ErasureStore::forget_address(db::Tx& tx, std::string_view email) {
  tx.exec("DELETE FROM signups WHERE email = $1", email);
  tx.exec("DELETE FROM email_changes WHERE email = $1", email);
  tx.exec("DELETE FROM refusing_addresses WHERE address = $1", email);
  // An invitation for nobody else lets in nobody.
  tx.exec("UPDATE invitations SET email = '', revoked = 1 WHERE email = $1", email);
}

void ErasureStore::remove_account(db::Tx& tx, AccountId account) {
  tx.exec("DELETE FROM sessions WHERE account_id = $1", account);
  tx.exec("DELETE FROM password_resets WHERE account_id = $1", account);
  index_.remove_account(tx, account);
  tx.exec("DELETE FROM accounts WHERE id = $1", account);
}

}  // namespace picsharz::departures
