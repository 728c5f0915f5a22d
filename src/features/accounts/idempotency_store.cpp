#include "features/accounts/idempotency_store.h"

namespace picsharz::accounts {

namespace {

#define KEY_COLUMNS "id, fingerprint, made, status, headers, body, claimed_until, created_at"

IdempotencyRow read_key(const db::Row& row) {
  return {.id = row.integer(0),
          .fingerprint = row.string(1),
          .made = row.integer(2),
          .status = static_cast<int>(row.integer(3)),
          .headers = row.string(4),
          .body = row.string(5),
          .claimed_until = row.integer(6),
          .created_at = row.integer(7)};
}

}  // namespace

bool IdempotencyStore::insert(db::Tx& tx, AccountId account, std::string_view key,
                              const IdempotencyRow& row) {
  return tx.exec(
             "INSERT INTO idempotency_keys (id, account_id, key, fingerprint, claimed_until,"
             " created_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
             row.id, account, key, row.fingerprint, row.claimed_until, row.created_at) == 1;
}

std::optional<IdempotencyRow> IdempotencyStore::find(db::Tx& tx, AccountId account,
                                                     std::string_view key) {
  return tx.one("SELECT " KEY_COLUMNS " FROM idempotency_keys WHERE account_id = $1 AND key = $2",
                read_key, account, key);
}

bool IdempotencyStore::take_over(db::Tx& tx, const IdempotencyRow& seen, Micros until) {
  return tx.exec(
             "UPDATE idempotency_keys SET claimed_until = $3"
             " WHERE id = $1 AND status IS NULL AND claimed_until = $2",
             seen.id, seen.claimed_until, until) == 1;
}

void IdempotencyStore::set_made(db::Tx& tx, std::int64_t id, std::int64_t made) {
  tx.exec("UPDATE idempotency_keys SET made = $2 WHERE id = $1", id, made);
}

bool IdempotencyStore::set_answer(db::Tx& tx, std::int64_t id, int status, std::string_view headers,
                                  std::string_view body) {
  return tx.exec(
             "UPDATE idempotency_keys SET status = $2, headers = $3, body = $4"
             " WHERE id = $1 AND status IS NULL",
             id, status, headers, body) == 1;
}

std::optional<IdempotencyRow> IdempotencyStore::answered(db::Tx& tx, std::int64_t id) {
  return tx.one("SELECT " KEY_COLUMNS " FROM idempotency_keys WHERE id = $1 AND status IS NOT NULL",
                read_key, id);
}

void IdempotencyStore::remove(db::Tx& tx, std::int64_t id) {
  tx.exec("DELETE FROM idempotency_keys WHERE id = $1", id);
}

void IdempotencyStore::remove_without_effect(db::Tx& tx, std::int64_t id) {
  tx.exec("DELETE FROM idempotency_keys WHERE id = $1 AND made IS NULL AND status IS NULL", id);
}

void IdempotencyStore::remove_unanswered(db::Tx& tx) {
  tx.exec("DELETE FROM idempotency_keys WHERE status IS NULL AND made IS NULL");
}

int IdempotencyStore::prune(db::Tx& tx, Micros before) {
  return static_cast<int>(tx.exec("DELETE FROM idempotency_keys WHERE created_at <= $1", before));
}

}  // namespace picsharz::accounts
