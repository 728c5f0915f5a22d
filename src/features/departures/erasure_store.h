// What is deleted of an account that is erased, row by row. No rules, no clock.
//
// What:      each method deletes at most `limit` rows and tells how many; 0: nothing is left. The
//            follows and likes are those that SettlingStore has taken out of all counts before.
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "db/database.h"
#include "db/search_index.h"
#include "features/departures/letter.h"

namespace picsharz::departures {

// Rows of one kind, of one account.
struct RowKind {
  std::string_view table;
  db::Sql remove;  // $1: the account, $2: the limit
};
std::span<const RowKind> row_kinds();

// A job that holds a mail or an address.
struct LetterJob {
  std::int64_t id = 0;
  std::string payload{};
  std::string last_error{};
  bool waits = false;
};

class ErasureStore {
 public:
  std::vector<PhotoId> photos(db::Tx& tx, AccountId account, int limit);
  std::vector<std::int64_t> uploads(db::Tx& tx, AccountId account, int limit);
  void remove_upload(db::Tx& tx, std::int64_t upload);
  int remove_rows(db::Tx& tx, const RowKind& kind, AccountId account, int limit);
  // Of the audit log ids stay.
  int empty_notes(db::Tx& tx, AccountId account, int limit);

  // In the order of their ids.
  std::vector<Letter> mails(db::Tx& tx, std::int64_t after, int limit);
  std::vector<LetterJob> jobs(db::Tx& tx, std::int64_t after, int limit);
  std::vector<Letter> bounces(db::Tx& tx, std::int64_t after, int limit);
  // Somebody has it, or signs up with it.
  bool is_member(db::Tx& tx, std::string_view address);
  void remove_mail(db::Tx& tx, std::int64_t id);
  void remove_job(db::Tx& tx, std::int64_t id);
  void remove_bounce(db::Tx& tx, std::int64_t id);
  // What others typed of this address, or somebody who began to sign up with it.
  void forget_address(db::Tx& tx, std::string_view email);

  // The account's row, with what refers to it.
  void remove_account(db::Tx& tx, AccountId account);

 private:
  db::SearchIndex index_;
};

}  // namespace picsharz::departures
