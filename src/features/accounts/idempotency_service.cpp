#include "features/accounts/idempotency_service.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "base/limits.h"

namespace picsharz::accounts {

namespace {

// Longer than any handler runs: a body is here before its key is claimed.
constexpr Micros lease = 15 * second;
constexpr std::chrono::milliseconds look_first{5};
constexpr std::chrono::milliseconds look_last{100};

bool sound(std::string_view key) {
  return key.size() <= limits::idempotency_key_max &&
         std::ranges::all_of(key, [](char c) { return c > ' ' && c < 0x7f; });
}

std::unexpected<Error> in_use() {
  auto failure = fail(ErrorKind::conflict, "idempotency_key_in_use",
                      "The first request with this Idempotency-Key has no answer yet.",
                      "Send it again in a moment.");
  failure.error().retry_after_seconds = 5;
  return failure;
}

}  // namespace

Result<IdempotencyClaim> IdempotencyService::claim(AccountId account, std::string_view key,
                                                   std::string_view fingerprint) {
  if (!sound(key)) {
    return fail(ErrorKind::invalid, "invalid_idempotency_key",
                "This Idempotency-Key is too long, or no readable text.",
                "Send at most 128 characters of ASCII without blanks.");
  }
  const auto until = std::chrono::steady_clock::now() + wait_;
  for (auto pause = look_first;; pause = std::min(pause * 2, look_last)) {
    TRY_ASSIGN(auto claimed, try_claim(account, key, fingerprint));
    if (claimed) return *std::move(claimed);
    if (std::chrono::steady_clock::now() >= until) return in_use();
    std::this_thread::sleep_for(pause);
  }
}

// nullopt: another request holds it.
Result<std::optional<IdempotencyClaim>> IdempotencyService::try_claim(
    AccountId account, std::string_view key, std::string_view fingerprint) {
  const Micros now = clock_.now();
  auto row = database_.read([&](db::Tx& tx) { return rows_.find(tx, account, key); });
  if (row && row->created_at + limits::idempotency_lifetime <= now) {
    database_.write([&](db::Tx& tx) { rows_.remove(tx, row->id); });
    row.reset();
  }
  if (!row) {
    IdempotencyRow mine;
    mine.id = ids_.next<Id<struct IdempotencyTag>>().value;
    mine.fingerprint = fingerprint;
    mine.claimed_until = now + lease;
    mine.created_at = now;
    const bool first =
        database_.write([&](db::Tx& tx) { return rows_.insert(tx, account, key, mine); });
    if (!first) return std::nullopt;
    return IdempotencyClaim{.id = mine.id, .made = 0, .answer = {}};
  }
  if (row->fingerprint != fingerprint) {
    return fail(ErrorKind::unprocessable, "idempotency_key_reused",
                "This Idempotency-Key belongs to another request.",
                "Make a new key for each wish.");
  }
  IdempotencyClaim claim{.id = row->id, .made = row->made, .answer = {}};
  if (row->status != 0) {
    claim.answer = KeptAnswer{row->status, row->headers, row->body};
    return claim;
  }
  if (row->made != 0) return claim;
  if (row->claimed_until > now) return std::nullopt;
  const bool mine =
      database_.write([&](db::Tx& tx) { return rows_.take_over(tx, *row, now + lease); });
  return mine ? std::optional(claim) : std::nullopt;
}

void IdempotencyService::made(db::Tx& tx, std::int64_t claim, std::int64_t what) {
  rows_.set_made(tx, claim, what);
}

std::optional<KeptAnswer> IdempotencyService::keep(std::int64_t claim, const KeptAnswer& answer) {
  return database_.write([&](db::Tx& tx) -> std::optional<KeptAnswer> {
    if (rows_.set_answer(tx, claim, answer.status, answer.headers, answer.body)) return {};
    auto row = rows_.answered(tx, claim);
    if (!row) return {};
    return KeptAnswer{row->status, std::move(row->headers), std::move(row->body)};
  });
}

void IdempotencyService::release(std::int64_t claim) {
  database_.write([&](db::Tx& tx) { rows_.remove_without_effect(tx, claim); });
}

void IdempotencyService::forget_the_dead() {
  if (database_.engine() != db::Engine::sqlite) return;
  database_.write([&](db::Tx& tx) { rows_.remove_unanswered(tx); });
}

int IdempotencyService::prune() {
  const Micros before = clock_.now() - limits::idempotency_lifetime;
  return database_.write([&](db::Tx& tx) { return rows_.prune(tx, before); });
}

}  // namespace picsharz::accounts
