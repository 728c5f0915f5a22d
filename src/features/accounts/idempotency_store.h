// Rows of the answers that creating requests were given. No rules, no clock.
//
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/ids.h"
#include "db/database.h"

namespace picsharz::accounts {

struct IdempotencyRow {
  std::int64_t id = 0;
  std::string fingerprint;
  std::int64_t made = 0;  // 0: nothing is known to have been made
  int status = 0;         // 0: the request runs, or its process died
  std::string headers;    // "Name: value\n"...
  std::string body;
  Micros claimed_until = 0;
  Micros created_at = 0;
};

class IdempotencyStore {
 public:
  // False where the account has used the key.
  bool insert(db::Tx& tx, AccountId account, std::string_view key, const IdempotencyRow& row);
  std::optional<IdempotencyRow> find(db::Tx& tx, AccountId account, std::string_view key);
  // False where another has taken it over, or it is answered.
  bool take_over(db::Tx& tx, const IdempotencyRow& seen, Micros until);
  void set_made(db::Tx& tx, std::int64_t id, std::int64_t made);
  // False where it has one, or is gone.
  bool set_answer(db::Tx& tx, std::int64_t id, int status, std::string_view headers,
                  std::string_view body);
  std::optional<IdempotencyRow> answered(db::Tx& tx, std::int64_t id);
  void remove(db::Tx& tx, std::int64_t id);
  // Unless something is known to have been made, or it is answered.
  void remove_without_effect(db::Tx& tx, std::int64_t id);
  // Those that have neither an answer nor made anything.
  void remove_unanswered(db::Tx& tx);
  int prune(db::Tx& tx, Micros before);
};

}  // namespace picsharz::accounts
