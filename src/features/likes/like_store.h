// Rows of likes, and the counter of the photo that goes with them. No rules, no clock.
//
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/page.h"
#include "base/viewer.h"
#include "db/database.h"
#include "features/accounts/account.h"

namespace picsharz::likes {

// A published photo as the transaction found it.
struct Likeable {
  PhotoId id;
  std::int64_t likes = 0;
  AccountId owner{};
};

class LikeStore {
 public:
  // Where this viewer may see it.
  std::optional<Likeable> likeable(db::Tx& tx, const Viewer& viewer, PhotoId photo);
  // Nothing where it is there already; else the count, which went up with it.
  std::optional<std::int64_t> insert(db::Tx& tx, AccountId account, const Likeable& photo,
                                     Micros now);
  // Nothing where there is none; else the count, which went down with it.
  std::optional<std::int64_t> remove(db::Tx& tx, AccountId account, const Likeable& photo);
  // In any state that this viewer may see as a member: no role looks further here.
  bool is_visible(db::Tx& tx, AccountId viewer, PhotoId photo);
  // Who likes it, newest first: time and account of each like.
  std::vector<Position> likers(db::Tx& tx, PhotoId photo, std::optional<Position> after, int limit);
  // How many like each; a photo that is gone is left out.
  std::unordered_map<PhotoId, std::int64_t> counts(db::Tx& tx, std::span<const PhotoId> photos);
  // Of these the active ones that have not blocked the viewer, in no order.
  std::vector<accounts::Account> named(db::Tx& tx, AccountId viewer,
                                       std::span<const AccountId> ids);
};

}  // namespace picsharz::likes
