// What a departed account did to others: taken out of lists and counts, and put back. No rules, no
// clock.
//
// What:      a like moves to departed_likes; a follow or a request gets 2 added to its state, a
//            published comment the state 3. Nothing else knows these places and states, so a list
//            or a count that reads what it always read has nothing of the departed, and every
//            counter goes on being the number of its rows.
// Order:     each method does one step of at most `limit` rows, in one transaction, and tells how
//            many; 0: nothing is left. Locks as their features take them: photos and accounts in
//            the order of their ids.
// Threads:   stateless; every method works in the caller's transaction, which has taken its turn.
#pragma once

#include "db/database.h"

namespace picsharz::departures {

enum class Way { out, in };

class SettlingStore {
 public:
  // Waits until no other transaction settles anything.
  void take_turn(db::Tx& tx);

  int likes(db::Tx& tx, AccountId account, Way way, int limit);
  int comments(db::Tx& tx, AccountId account, Way way, int limit);
  // Whom the account follows, or asked to. Where the other one is away too, it stays out.
  int following(db::Tx& tx, AccountId account, Way way, int limit);
  // Who follows the account, or asked to.
  int followers(db::Tx& tx, AccountId account, Way way, int limit);
};

}  // namespace picsharz::departures
