// Rows of likes, and the counter of the photo that goes with them. No rules, no clock.
//
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/page.h"
#include "base/viewer.h"
#include "db/database.h"
#include "features/accounts/account.h"

namespace picsharz::likes {

struct Liker {
  accounts::Account account;
  Micros since = 0;
};

class LikeStore {
 public:
  // The count of a published photo that this viewer may see.
  std::optional<std::int64_t> visible_count(db::Tx& tx, const Viewer& viewer, PhotoId photo);
  // False where it is there already; else the counter went up with it.
  bool insert(db::Tx& tx, AccountId account, PhotoId photo, Micros now);
  // False where there is none; else the counter went down with it.
  bool remove(db::Tx& tx, AccountId account, PhotoId photo);
  // In any state that this viewer may see as a member: no role looks further here.
  bool is_visible(db::Tx& tx, AccountId viewer, PhotoId photo);
  // Who likes it, newest first: active accounts that have not blocked the viewer, and one more than
  // the page was asked for.
  std::vector<Liker> likers(db::Tx& tx, AccountId viewer, PhotoId photo, const PageRequest& page);
};

}  // namespace picsharz::likes
