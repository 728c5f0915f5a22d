#include "features/follows/follow_service.h"

#include <memory>
#include <utility>

#include "base/tally.h"
#include "features/accounts/account_rules.h"

namespace picsharz::follows {

using accounts::Account;
using activity::ActivityKind;

namespace {

// One row more than the page was asked for: there is a next one.
Page<Account> to_page(std::vector<Follower> rows, int limit) {
  Page<Account> page;
  const bool more = static_cast<int>(rows.size()) > limit;
  if (more) rows.resize(static_cast<std::size_t>(limit));
  if (more) page.next = Position{rows.back().since, rows.back().account.id.value};
  for (auto& row : rows) page.items.push_back(std::move(row.account));
  return page;
}

struct Changed {
  Relation relation;
  // Somebody began to follow or no longer does, by this wish: not at its repetition, and asking is
  // not following.
  bool counts = false;
};

// Once it is committed.
Result<Relation> counted(const Result<Changed>& done, bool follows) {
  if (!done) return std::unexpected(done.error());
  if (done->counts) count_use(follows ? Use::follow : Use::unfollow);
  return done->relation;
}

Result<Changed> follow_other(db::Tx& tx, FollowStore& follows, activity::ActivityService& activity,
                             AccountId follower, const Other& other, Micros now) {
  Relation relation = other.relation;
  if (relation.blocked) {
    return fail(ErrorKind::conflict, "blocked", "You blocked this person.", "Unblock them first.");
  }
  const auto state = other.is_private ? FollowState::requested : FollowState::approved;
  const bool inserted = follows.insert(tx, follower, other.id, state, now);
  // Asked while the account was private; it no longer is.
  const bool granted =
      !inserted && state == FollowState::approved && follows.approve(tx, follower, other.id, now);
  if (!inserted && !granted) return Changed{relation, false};
  relation.following = state == FollowState::approved;
  relation.requested = state == FollowState::requested;
  activity.record(tx, relation.following ? ActivityKind::follow : ActivityKind::follow_request,
                  follower, other.id);
  return Changed{relation, relation.following};
}

Changed unfollow_other(db::Tx& tx, FollowStore& follows, AccountId follower, const Other& other) {
  const bool removed = follows.remove(tx, follower, other.id);
  Changed done{other.relation, removed && other.relation.following};
  done.relation.following = done.relation.requested = false;
  return done;
}

}  // namespace

Result<Account> FollowService::find(db::Tx& tx, const Viewer& viewer, std::string_view handle) {
  auto account = accounts_.active(tx, handle);
  if (!account || follows_.is_blocked(tx, account->id, viewer.account)) return not_found();
  return *std::move(account);
}

Result<Other> FollowService::visible(db::Tx& tx, const Viewer& viewer, const std::string& handle) {
  const auto other = follows_.other(tx, viewer.account, handle);
  if (!other) return not_found();
  return *other;
}

Result<Other> FollowService::other(db::Tx& tx, const Viewer& viewer, std::string_view handle) {
  const std::string name = accounts::normalize_handle(handle);
  TRY_ASSIGN(const Other other, visible(tx, viewer, name));
  if (other.id == viewer.account) {
    return fail(ErrorKind::invalid, "invalid_request", "This is you.", "Choose somebody else.");
  }
  if (tx.engine() == db::Engine::sqlite) return other;  // nobody else writes
  follows_.lock_pair(tx, viewer.account, other.id);
  return visible(tx, viewer, name);  // as it is now that nobody else can change it
}

Result<Profile> FollowService::profile(const Viewer& viewer, std::string_view handle) {
  return database_.read([&](db::Tx& tx) -> Result<Profile> {
    TRY_ASSIGN(Account account, find(tx, viewer, handle));
    const bool own = viewer.signed_in() && account.id == viewer.account;
    Profile profile{.account = std::move(account), .relation = std::nullopt};
    if (viewer.signed_in() && !own) {
      profile.relation = follows_.relation(tx, viewer.account, profile.account.id);
    }
    profile.open = !profile.account.is_private || own || viewer.at_least(Role::moderator) ||
                   (profile.relation && profile.relation->following);
    return profile;
  });
}

Result<std::string> FollowService::renamed(const Viewer& viewer, std::string_view handle) {
  return database_.read([&](db::Tx& tx) -> Result<std::string> {
    const auto account = accounts_.renamed(tx, handle);
    if (!account || follows_.is_blocked(tx, account->id, viewer.account)) return not_found();
    return account->handle;
  });
}

Result<Relation> FollowService::follow(const Viewer& viewer, std::string_view handle) {
  const auto done = database_.write([&](db::Tx& tx) -> Result<Changed> {
    TRY_ASSIGN(const Other other, this->other(tx, viewer, handle));
    return follow_other(tx, follows_, activity_, viewer.account, other, clock_.now());
  });
  return counted(done, true);
}

Result<Relation> FollowService::unfollow(const Viewer& viewer, std::string_view handle) {
  const auto done = database_.write([&](db::Tx& tx) -> Result<Changed> {
    TRY_ASSIGN(const Other other, this->other(tx, viewer, handle));
    return unfollow_other(tx, follows_, viewer.account, other);
  });
  return counted(done, false);
}

void FollowService::set(const Viewer& viewer, std::string_view handle, bool follows, Done done,
                        sessions::SessionService::Confirm confirm) {
  const auto result = std::make_shared<Result<Changed>>(not_found());
  const auto apply = [this, name = std::string(handle), follows](
                         db::Tx& tx, const Viewer& now) -> Result<Changed> {
    TRY_ASSIGN(const Other other, this->other(tx, now, name));
    if (!follows) return unfollow_other(tx, follows_, now.account, other);
    return follow_other(tx, follows_, activity_, now.account, other, clock_.now());
  };
  database_.run_write_async(
      [viewer, apply, result, confirm = std::move(confirm)](db::Tx& tx) {
        const Result<Viewer> now = confirm ? confirm(tx) : viewer;
        *result = now ? apply(tx, *now) : std::unexpected(now.error());
        return result->has_value();
      },
      [result, follows, done = std::move(done)](const std::exception_ptr& failure) mutable {
        done(failure, failure ? not_found() : counted(*result, follows));
      });
}

Result<Relation> FollowService::block(const Viewer& viewer, std::string_view handle) {
  return database_.write([&](db::Tx& tx) -> Result<Relation> {
    TRY_ASSIGN(const Other other, this->other(tx, viewer, handle));
    follows_.insert_block(tx, viewer.account, other.id, clock_.now());
    follows_.remove(tx, viewer.account, other.id);
    follows_.remove(tx, other.id, viewer.account);
    return Relation{.blocked = true, .muted = other.relation.muted};
  });
}

Result<Relation> FollowService::unblock(const Viewer& viewer, std::string_view handle) {
  return database_.write([&](db::Tx& tx) -> Result<Relation> {
    // Whom one blocked oneself one may name, even where the block is mutual.
    const auto known = accounts_.active(tx, handle);
    if (known && follows_.remove_block(tx, viewer.account, known->id)) {
      return follows_.relation(tx, viewer.account, known->id);
    }
    TRY_ASSIGN(const Other other, this->other(tx, viewer, handle));
    return other.relation;
  });
}

Result<Relation> FollowService::mute(const Viewer& viewer, std::string_view handle) {
  return database_.write([&](db::Tx& tx) -> Result<Relation> {
    TRY_ASSIGN(Other other, this->other(tx, viewer, handle));
    follows_.insert_mute(tx, viewer.account, other.id, clock_.now());
    other.relation.muted = true;
    return other.relation;
  });
}

Result<Relation> FollowService::unmute(const Viewer& viewer, std::string_view handle) {
  return database_.write([&](db::Tx& tx) -> Result<Relation> {
    TRY_ASSIGN(Other other, this->other(tx, viewer, handle));
    follows_.remove_mute(tx, viewer.account, other.id);
    other.relation.muted = false;
    return other.relation;
  });
}

Result<Relation> FollowService::approve(const Viewer& viewer, std::string_view handle) {
  const auto done = database_.write([&](db::Tx& tx) -> Result<Changed> {
    TRY_ASSIGN(Other other, this->other(tx, viewer, handle));
    const bool approved = follows_.approve(tx, other.id, viewer.account, clock_.now());
    if (approved) {
      activity_.record(tx, ActivityKind::follow_approved, viewer.account, other.id);
      other.relation.followed_by = true;
    }
    if (!other.relation.followed_by) return not_found();
    return Changed{other.relation, approved};
  });
  return counted(done, true);
}

Result<Relation> FollowService::decline(const Viewer& viewer, std::string_view handle) {
  return database_.write([&](db::Tx& tx) -> Result<Relation> {
    TRY_ASSIGN(const Other other, this->other(tx, viewer, handle));
    if (follows_.relation(tx, other.id, viewer.account).requested) {
      follows_.remove(tx, other.id, viewer.account);
    }
    return other.relation;
  });
}

Result<Relation> FollowService::remove_follower(const Viewer& viewer, std::string_view handle) {
  return database_.write([&](db::Tx& tx) -> Result<Relation> {
    TRY_ASSIGN(Other other, this->other(tx, viewer, handle));
    if (other.relation.followed_by) follows_.remove(tx, other.id, viewer.account);
    other.relation.followed_by = false;
    return other.relation;
  });
}

Page<Account> FollowService::requests(const Viewer& viewer, const PageRequest& page) {
  return to_page(database_.read([&](db::Tx& tx) {
    return follows_.followers(tx, viewer.account, viewer.account, FollowState::requested, page);
  }),
                 page.limit);
}

Page<Account> FollowService::mutes(const Viewer& viewer, const PageRequest& page) {
  return to_page(
      database_.read([&](db::Tx& tx) { return follows_.muted(tx, viewer.account, page); }),
      page.limit);
}

Page<Account> FollowService::blocks(const Viewer& viewer, const PageRequest& page) {
  return to_page(
      database_.read([&](db::Tx& tx) { return follows_.blocked(tx, viewer.account, page); }),
      page.limit);
}

Result<Account> FollowService::with_open_lists(db::Tx& tx, const Viewer& viewer,
                                               std::string_view handle) {
  TRY_ASSIGN(Account account, find(tx, viewer, handle));
  const bool open = !account.is_private || account.id == viewer.account ||
                    follows_.relation(tx, viewer.account, account.id).following;
  if (!open) return not_found();
  return account;
}

Result<Page<Account>> FollowService::followers(const Viewer& viewer, std::string_view handle,
                                               const PageRequest& page) {
  return database_.read([&](db::Tx& tx) -> Result<Page<Account>> {
    TRY_ASSIGN(const Account account, with_open_lists(tx, viewer, handle));
    return to_page(follows_.followers(tx, account.id, viewer.account, FollowState::approved, page),
                   page.limit);
  });
}

Result<Page<Account>> FollowService::following(const Viewer& viewer, std::string_view handle,
                                               const PageRequest& page) {
  return database_.read([&](db::Tx& tx) -> Result<Page<Account>> {
    TRY_ASSIGN(const Account account, with_open_lists(tx, viewer, handle));
    return to_page(follows_.following(tx, account.id, viewer.account, page), page.limit);
  });
}

}  // namespace picsharz::follows
