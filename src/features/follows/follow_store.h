// Rows of follows and blocks, and the two counters that go with them. No rules, no clock.
//
// What:      whoever inserts or removes an approved follow changes both accounts' counters in the
//            same transaction, the smaller id first, so that two such transactions cannot wait for
//            each other.
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <optional>
#include <vector>

#include "base/page.h"
#include "db/database.h"
#include "features/follows/follow.h"

namespace picsharz::follows {

struct Follower {
  accounts::Account account;
  Micros since = 0;
};

class FollowStore {
 public:
  // False where there is one already, in either state.
  bool insert(db::Tx& tx, AccountId follower, AccountId followee, FollowState state, Micros now);
  bool remove(db::Tx& tx, AccountId follower, AccountId followee);
  // False where nothing was requested.
  bool approve(db::Tx& tx, AccountId follower, AccountId followee, Micros now);
  // What is between these two belongs to the caller until the transaction ends: what it reads of
  // them from now on stays true. Without it a follow could slip past a block that commits at the
  // same instant.
  void lock_pair(db::Tx& tx, AccountId one, AccountId other);
  bool insert_block(db::Tx& tx, AccountId blocker, AccountId blocked, Micros now);
  bool remove_block(db::Tx& tx, AccountId blocker, AccountId blocked);
  bool is_blocked(db::Tx& tx, AccountId blocker, AccountId blocked);
  Relation relation(db::Tx& tx, AccountId viewer, AccountId other);

  // Newest first; only active accounts that have not blocked the viewer.
  std::vector<Follower> followers(db::Tx& tx, AccountId of, AccountId viewer, FollowState state,
                                  const PageRequest& page);
  std::vector<Follower> following(db::Tx& tx, AccountId of, AccountId viewer,
                                  const PageRequest& page);

 private:
  void count(db::Tx& tx, AccountId follower, AccountId followee, int change);
};

}  // namespace picsharz::follows
