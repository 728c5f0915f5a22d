// Rows of resumable uploads, and what they reserve of their account. No rules, no clock.
//
// What:      accounts.reserved and accounts.uploads are kept with the rows: a row in the state open
//            has reserved its bytes, no other has.
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "db/database.h"
#include "features/uploads/upload.h"

namespace picsharz::uploads {

enum class Reservation { made, over_quota, too_many };

class UploadStore {
 public:
  // Bytes of the account's originals, and those that its open uploads have reserved.
  std::int64_t bytes_taken(db::Tx& tx, AccountId account);
  // Photos that the account made after `since`, whatever became of them; at most `most`.
  std::int64_t photos_since(db::Tx& tx, AccountId account, Micros since, int most);
  // The account's own, or else `of_all`.
  std::int64_t quota(db::Tx& tx, AccountId account, std::int64_t of_all);
  // Takes `bytes` of the quota (`quota` where the account has none of its own) and one of
  // `in_flight` uploads.
  Reservation reserve(db::Tx& tx, AccountId account, std::int64_t bytes, std::int64_t quota,
                      int in_flight);
  // False where the account has an upload under that key already.
  bool insert(db::Tx& tx, const ResumableUpload& upload);
  std::optional<ResumableUpload> find(db::Tx& tx, UploadId id);
  std::optional<ResumableUpload> find_by_key(db::Tx& tx, AccountId account, std::string_view key);

  // All of these: false where the upload is not open any more.
  bool advance(db::Tx& tx, UploadId id, std::int64_t received);
  bool set_length(db::Tx& tx, const ResumableUpload& upload, std::int64_t length);
  bool set_original(db::Tx& tx, UploadId id, std::int64_t received, std::string_view original);
  // Its bytes were lost. False also where it has moved on since `upload` was read.
  bool start_anew(db::Tx& tx, const ResumableUpload& upload);
  bool finish(db::Tx& tx, const ResumableUpload& upload, PhotoId photo);
  bool expire(db::Tx& tx, const ResumableUpload& upload);
  // Whatever its state. False where it is gone.
  bool remove(db::Tx& tx, const ResumableUpload& upload);

  // An archive that is complete: its file stays. False where it is not open any more.
  bool finish_archive(db::Tx& tx, const ResumableUpload& upload);
  // From done to taken, until `until`. False where it is no archive of this account, or not whole.
  bool take_archive(db::Tx& tx, AccountId account, UploadId id, Micros until);
  // Those that no import has.
  std::vector<ResumableUpload> archives(db::Tx& tx, AccountId account);
  std::vector<ResumableUpload> expired(db::Tx& tx, Micros now, int limit);
  std::vector<ResumableUpload> complete(db::Tx& tx, int limit);
  int prune(db::Tx& tx, Micros before);

 private:
  void release(db::Tx& tx, const ResumableUpload& upload);
};

}  // namespace picsharz::uploads
