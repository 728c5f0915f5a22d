#include "features/follows/follow_store.h"

#include <limits>
#include <span>

#include "features/accounts/account_store.h"

namespace picsharz::follows {

namespace {

constexpr std::int64_t latest = std::numeric_limits<std::int64_t>::max();

Follower read_follower(const db::Row& row) {
  return {accounts::read_account(row), row.integer(accounts::account_columns)};
}

}  // namespace

bool FollowStore::insert(db::Tx& tx, AccountId follower, AccountId followee, FollowState state,
                         Micros now) {
  const bool inserted = tx.exec(
                            "INSERT INTO follows (follower_id, followee_id, state, created_at)"
                            " VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                            follower, followee, state, now) > 0;
  if (inserted && state == FollowState::approved) count(tx, follower, followee, 1);
  return inserted;
}

bool FollowStore::remove(db::Tx& tx, AccountId follower, AccountId followee) {
  const auto state = tx.one(
      "DELETE FROM follows WHERE follower_id = $1 AND followee_id = $2 RETURNING state",
      [](const db::Row& row) { return row.as<FollowState>(0); }, follower, followee);
  if (state == FollowState::approved) count(tx, follower, followee, -1);
  return state.has_value();
}

bool FollowStore::approve(db::Tx& tx, AccountId follower, AccountId followee, Micros now) {
  const bool approved = tx.exec(
                            "UPDATE follows SET state = 1, created_at = $3"
                            " WHERE follower_id = $1 AND followee_id = $2 AND state = 0",
                            follower, followee, now) > 0;
  if (approved) count(tx, follower, followee, 1);
  return approved;
}

void FollowStore::lock_requests(db::Tx& tx, AccountId followee) {
  // SQLite has one writer.
  static constexpr db::Sql lock_in_order(
      "SELECT id FROM accounts WHERE id = $1",
      "SELECT a.id FROM accounts a WHERE a.id = $1 OR a.id IN"
      " (SELECT f.follower_id FROM follows f WHERE f.followee_id = $1 AND f.state = 0)"
      " ORDER BY a.id FOR NO KEY UPDATE OF a");
  tx.exec(lock_in_order, followee);
}

std::vector<AccountId> FollowStore::approve_all(db::Tx& tx, AccountId followee, Micros now) {
  const auto followers = tx.all(
      "UPDATE follows SET state = 1, created_at = $2 WHERE followee_id = $1 AND state = 0"
      " RETURNING follower_id",
      [](const db::Row& row) { return row.id<AccountId>(0); }, followee, now);
  if (followers.empty()) return followers;
  static constexpr db::Sql count_each(
      "UPDATE accounts SET following = following + 1"
      " WHERE id IN (SELECT value FROM json_each($1))",
      "UPDATE accounts SET following = following + 1 WHERE id = ANY (CAST($1 AS BIGINT[]))");
  tx.exec(count_each, db::id_list(tx.engine(), std::span<const AccountId>(followers)));
  tx.exec("UPDATE accounts SET followers = followers + $2 WHERE id = $1", followee,
          static_cast<std::int64_t>(followers.size()));
  return followers;
}

void FollowStore::count(db::Tx& tx, AccountId follower, AccountId followee, int change) {
  const auto count_follower = [&] {
    tx.exec("UPDATE accounts SET following = following + $2 WHERE id = $1", follower, change);
  };
  const auto count_followee = [&] {
    tx.exec("UPDATE accounts SET followers = followers + $2 WHERE id = $1", followee, change);
  };
  if (follower < followee) {
    count_follower();
    count_followee();
  } else {
    count_followee();
    count_follower();
  }
}

void FollowStore::lock_pair(db::Tx& tx, AccountId one, AccountId other) {
  count(tx, one, other, 0);  // an UPDATE is the one lock that both engines know
}

bool FollowStore::insert_block(db::Tx& tx, AccountId blocker, AccountId blocked, Micros now) {
  return tx.exec(
             "INSERT INTO blocks (blocker_id, blocked_id, created_at) VALUES ($1, $2, $3)"
             " ON CONFLICT DO NOTHING",
             blocker, blocked, now) > 0;
}

bool FollowStore::remove_block(db::Tx& tx, AccountId blocker, AccountId blocked) {
  return tx.exec("DELETE FROM blocks WHERE blocker_id = $1 AND blocked_id = $2", blocker, blocked) >
         0;
}

bool FollowStore::is_blocked(db::Tx& tx, AccountId blocker, AccountId blocked) {
  return tx.exec("SELECT 1 FROM blocks WHERE blocker_id = $1 AND blocked_id = $2", blocker,
                 blocked) > 0;
}

void FollowStore::insert_mute(db::Tx& tx, AccountId muter, AccountId muted, Micros now) {
  tx.exec(
      "INSERT INTO mutes (muter_id, muted_id, created_at) VALUES ($1, $2, $3)"
      " ON CONFLICT DO NOTHING",
      muter, muted, now);
}

void FollowStore::remove_mute(db::Tx& tx, AccountId muter, AccountId muted) {
  tx.exec("DELETE FROM mutes WHERE muter_id = $1 AND muted_id = $2", muter, muted);
}

namespace {

// How $1 stands to the account $2, which may be a column.
#define PICSHARZ_RELATION(other)                                                \
  "(SELECT state FROM follows WHERE follower_id = $1 AND followee_id = " other  \
  "), (SELECT state FROM follows WHERE follower_id = " other                    \
  " AND followee_id = $1),"                                                     \
  " (SELECT COUNT(*) FROM blocks WHERE blocker_id = $1 AND blocked_id = " other \
  "), (SELECT COUNT(*) FROM mutes WHERE muter_id = $1 AND muted_id = " other ")"

Relation read_relation(const db::Row& row, int first) {
  const auto is = [&](int column, FollowState state) {
    return !row.null(first + column) && row.as<FollowState>(first + column) == state;
  };
  return {.following = is(0, FollowState::approved),
          .followed_by = is(1, FollowState::approved),
          .requested = is(0, FollowState::requested),
          .blocked = row.integer(first + 2) > 0,
          .muted = row.integer(first + 3) > 0};
}

}  // namespace

Relation FollowStore::relation(db::Tx& tx, AccountId viewer, AccountId other) {
  return *tx.one(
      "SELECT " PICSHARZ_RELATION("$2"), [](const db::Row& row) { return read_relation(row, 0); },
      viewer, other);
}

// One statement: people follow one another thousands of times a second.
std::optional<Other> FollowStore::other(db::Tx& tx, AccountId viewer, std::string_view handle) {
  return tx.one(
      "SELECT a.id, a.private, " PICSHARZ_RELATION("a.id")
      " FROM accounts a WHERE a.handle = $2 AND a.state = 0"
      " AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.blocker_id = a.id AND b.blocked_id = $1)",
      [](const db::Row& row) {
        return Other{row.id<AccountId>(0), row.truth(1), read_relation(row, 2)};
      },
      viewer, handle);
}

#undef PICSHARZ_RELATION

std::vector<Follower> FollowStore::followers(db::Tx& tx, AccountId of, AccountId viewer,
                                             FollowState state, const PageRequest& page) {
  const Position after = page.after.value_or(Position{latest, latest});
  return tx.all(
      "SELECT " PICSHARZ_ACCOUNT_COLUMNS(
          "a") ", f.created_at FROM follows f JOIN accounts a ON a.id = f.follower_id"
               " WHERE f.followee_id = $1 AND f.state = $3 AND a.state = 0"
               " AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.blocker_id = a.id"
               "  AND b.blocked_id = $2)"
               " AND (f.created_at, f.follower_id) < ($4, $5)"
               " ORDER BY f.created_at DESC, f.follower_id DESC LIMIT $6",
      read_follower, of, viewer, state, after.key, after.id, page.limit + 1);
}

std::vector<Follower> FollowStore::following(db::Tx& tx, AccountId of, AccountId viewer,
                                             const PageRequest& page) {
  const Position after = page.after.value_or(Position{latest, latest});
  return tx.all(
      "SELECT " PICSHARZ_ACCOUNT_COLUMNS(
          "a") ", f.created_at FROM follows f JOIN accounts a ON a.id = f.followee_id"
               " WHERE f.follower_id = $1 AND f.state = 1 AND a.state = 0"
               " AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.blocker_id = a.id"
               "  AND b.blocked_id = $2)"
               " AND (f.created_at, f.followee_id) < ($3, $4)"
               " ORDER BY f.created_at DESC, f.followee_id DESC LIMIT $5",
      read_follower, of, viewer, after.key, after.id, page.limit + 1);
}

std::vector<Follower> FollowStore::muted(db::Tx& tx, AccountId muter, const PageRequest& page) {
  const Position after = page.after.value_or(Position{latest, latest});
  return tx.all(
      "SELECT " PICSHARZ_ACCOUNT_COLUMNS(
          "a") ", m.created_at FROM mutes m JOIN accounts a ON a.id = m.muted_id"
               " WHERE m.muter_id = $1 AND a.state = 0"
               " AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.blocker_id = a.id"
               "  AND b.blocked_id = $1)"
               " AND (m.created_at, m.muted_id) < ($2, $3)"
               " ORDER BY m.created_at DESC, m.muted_id DESC LIMIT $4",
      read_follower, muter, after.key, after.id, page.limit + 1);
}

std::vector<Follower> FollowStore::blocked(db::Tx& tx, AccountId blocker, const PageRequest& page) {
  const Position after = page.after.value_or(Position{latest, latest});
  return tx.all(
      "SELECT " PICSHARZ_ACCOUNT_COLUMNS(
          "a") ", b.created_at FROM blocks b JOIN accounts a ON a.id = b.blocked_id"
               " WHERE b.blocker_id = $1 AND a.state = 0"
               " AND (b.created_at, b.blocked_id) < ($2, $3)"
               " ORDER BY b.created_at DESC, b.blocked_id DESC LIMIT $4",
      read_follower, blocker, after.key, after.id, page.limit + 1);
}

}  // namespace picsharz::follows
