// Following, blocking, muting, and what an account shows of itself to whom.
//
// What:      each change is one transaction with both counters. A private account is asked first;
//            its lists of people are for its followers. Who is blocked finds nobody there.
// Threads:   thread-safe.
// Failures:  not_found for an account that does not exist, is not active, or blocked the viewer.
#pragma once

#include <exception>
#include <functional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"
#include "base/page.h"
#include "db/database.h"
#include "features/accounts/account_service.h"
#include "features/activity/activity_service.h"
#include "features/follows/follow_store.h"
#include "features/sessions/session_service.h"

namespace picsharz::follows {

class FollowService {
 public:
  FollowService(db::Database& database, accounts::AccountService& accounts,
                activity::ActivityService& activity, const Clock& clock)
      : database_(database), accounts_(accounts), activity_(activity), clock_(clock) {}

  Result<Profile> profile(const Viewer& viewer, std::string_view handle);
  // The handle that somebody has now who had this one before, if this viewer may know of them.
  Result<std::string> renamed(const Viewer& viewer, std::string_view handle);
  Result<Relation> follow(const Viewer& viewer, std::string_view handle);
  Result<Relation> unfollow(const Viewer& viewer, std::string_view handle);
  // Either of them, without holding the caller's thread; `done` must not block. `confirm` is asked
  // in the transaction, where the viewer was only recalled.
  using Done = std::move_only_function<void(std::exception_ptr, Result<Relation>)>;
  void set(const Viewer& viewer, std::string_view handle, bool follows, Done done,
           sessions::SessionService::Confirm confirm = {});
  // Ends both follows, in both directions.
  Result<Relation> block(const Viewer& viewer, std::string_view handle);
  Result<Relation> unblock(const Viewer& viewer, std::string_view handle);
  // The other's photos leave the viewer's home feed. He is not told, and the follow stays.
  Result<Relation> mute(const Viewer& viewer, std::string_view handle);
  Result<Relation> unmute(const Viewer& viewer, std::string_view handle);
  // not_found where nobody asks, unless it was approved before.
  Result<Relation> approve(const Viewer& viewer, std::string_view handle);
  // Ends no follow that was approved.
  Result<Relation> decline(const Viewer& viewer, std::string_view handle);
  // Ends the other's follow; a request of his stays.
  Result<Relation> remove_follower(const Viewer& viewer, std::string_view handle);
  // The viewer's own lists, newest first.
  Page<accounts::Account> requests(const Viewer& viewer, const PageRequest& page);
  Page<accounts::Account> mutes(const Viewer& viewer, const PageRequest& page);
  Page<accounts::Account> blocks(const Viewer& viewer, const PageRequest& page);
  Result<Page<accounts::Account>> followers(const Viewer& viewer, std::string_view handle,
                                            const PageRequest& page);
  Result<Page<accounts::Account>> following(const Viewer& viewer, std::string_view handle,
                                            const PageRequest& page);

  // In a transaction of the caller: the account, if this viewer may know that it exists.
  Result<accounts::Account> find(db::Tx& tx, const Viewer& viewer, std::string_view handle);

 private:
  // The account that the viewer acts on: visible, not himself, and locked together with his own.
  Result<Other> other(db::Tx& tx, const Viewer& viewer, std::string_view handle);
  Result<Other> visible(db::Tx& tx, const Viewer& viewer, const std::string& handle);
  Result<accounts::Account> with_open_lists(db::Tx& tx, const Viewer& viewer,
                                            std::string_view handle);

  db::Database& database_;
  accounts::AccountService& accounts_;
  activity::ActivityService& activity_;
  const Clock& clock_;
  FollowStore follows_;
};

}  // namespace picsharz::follows
