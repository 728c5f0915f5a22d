// Rows of follows, blocks and mutes, and the two counters that go with them. No rules, no clock.
//
// What:      whoever inserts or removes an approved follow changes both accounts' counters in the
//            same transaction, the smaller id first, so that two such transactions cannot wait for
//            each other.
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/page.h"
#include "db/database.h"
#include "features/follows/follow.h"

namespace picsharz::follows {

struct Follower {
  accounts::Account account;
  Micros since = 0;
};

// Whom a viewer acts on.
struct Other {
  AccountId id{};
  bool is_private = false;
  Relation relation;
};

class FollowStore {
 public:
  // Nobody where the account is not active, or blocked the viewer. `handle` is normalized.
  std::optional<Other> other(db::Tx& tx, AccountId viewer, std::string_view handle);
  // False where there is one already, in either state.
  bool insert(db::Tx& tx, AccountId follower, AccountId followee, FollowState state, Micros now);
  bool remove(db::Tx& tx, AccountId follower, AccountId followee);
  // False where nothing was requested.
  bool approve(db::Tx& tx, AccountId follower, AccountId followee, Micros now);
  // Holds the account's row and those of whoever asks to follow it, in the order of lock_pair().
  void lock_requests(db::Tx& tx, AccountId followee);
  // Every request to `followee`, whose row the caller holds; who asked.
  std::vector<AccountId> approve_all(db::Tx& tx, AccountId followee, Micros now);
  // What is between these two belongs to the caller until the transaction ends: what it reads of
  // them from now on stays true. Without it a follow could slip past a block that commits at the
  // same instant.
  void lock_pair(db::Tx& tx, AccountId one, AccountId other);
  bool insert_block(db::Tx& tx, AccountId blocker, AccountId blocked, Micros now);
  bool remove_block(db::Tx& tx, AccountId blocker, AccountId blocked);
  bool is_blocked(db::Tx& tx, AccountId blocker, AccountId blocked);
  void insert_mute(db::Tx& tx, AccountId muter, AccountId muted, Micros now);
  void remove_mute(db::Tx& tx, AccountId muter, AccountId muted);
  Relation relation(db::Tx& tx, AccountId viewer, AccountId other);

  // Newest first; only active accounts that have not blocked the viewer.
  std::vector<Follower> followers(db::Tx& tx, AccountId of, AccountId viewer, FollowState state,
                                  const PageRequest& page);
  std::vector<Follower> following(db::Tx& tx, AccountId of, AccountId viewer,
                                  const PageRequest& page);
  // Whoever blocked the muter meanwhile is left out.
  std::vector<Follower> muted(db::Tx& tx, AccountId muter, const PageRequest& page);
  // Whom one blocked oneself one may name, even where the block is mutual.
  std::vector<Follower> blocked(db::Tx& tx, AccountId blocker, const PageRequest& page);

 private:
  void count(db::Tx& tx, AccountId follower, AccountId followee, int change);
};

}  // namespace picsharz::follows
