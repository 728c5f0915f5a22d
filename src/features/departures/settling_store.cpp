#include "features/departures/settling_store.h"

#include <map>
#include <span>
#include <string>
#include <vector>

namespace picsharz::departures {

namespace {

PhotoId read_photo(const db::Row& row) { return row.id<PhotoId>(0); }
AccountId read_account(const db::Row& row) { return row.id<AccountId>(0); }

template <class Id>
std::string list_of(db::Tx& tx, const std::vector<Id>& ids) {
  return db::id_list(tx.engine(), std::span<const Id>(ids));
}

// Those that are still there, and stay until the transaction ends. FOR UPDATE, as PhotoEditStore.
std::vector<PhotoId> lock_photos(db::Tx& tx, const std::vector<PhotoId>& photos) {
  static constexpr db::Sql sql(
      "SELECT p.id FROM photos p WHERE p.id IN (SELECT value FROM json_each($1)) ORDER BY p.id",
      "SELECT p.id FROM photos p WHERE p.id = ANY (CAST($1 AS BIGINT[])) ORDER BY p.id FOR UPDATE");
  return tx.all(sql, read_photo, list_of(tx, photos));
}

// As FollowStore::lock_requests.
void lock_accounts(db::Tx& tx, AccountId one, std::vector<AccountId> others) {
  static constexpr db::Sql sql(
      "SELECT a.id FROM accounts a WHERE a.id IN (SELECT value FROM json_each($1)) ORDER BY a.id",
      "SELECT a.id FROM accounts a WHERE a.id = ANY (CAST($1 AS BIGINT[])) ORDER BY a.id"
      " FOR NO KEY UPDATE");
  others.push_back(one);
  tx.exec(sql, list_of(tx, others));
}

void count_likes(db::Tx& tx, const std::vector<PhotoId>& photos, int change) {
  static constexpr db::Sql sql(
      "UPDATE photos SET likes = likes + $2 WHERE id IN (SELECT value FROM json_each($1))",
      "UPDATE photos SET likes = likes + $2 WHERE id = ANY (CAST($1 AS BIGINT[]))");
  tx.exec(sql, list_of(tx, photos), change);
}

void remove_likes(db::Tx& tx, AccountId account, const std::string& photos) {
  static constexpr db::Sql sql(
      "DELETE FROM likes WHERE account_id = $1 AND photo_id IN (SELECT value FROM json_each($2))",
      "DELETE FROM likes WHERE account_id = $1 AND photo_id = ANY (CAST($2 AS BIGINT[]))");
  tx.exec(sql, account, photos);
}

std::vector<PhotoId> move_likes_out(db::Tx& tx, AccountId account, const std::string& photos) {
  static constexpr db::Sql sql(
      "INSERT INTO departed_likes (account_id, photo_id, created_at)"
      " SELECT account_id, photo_id, created_at FROM likes WHERE account_id = $1"
      " AND photo_id IN (SELECT value FROM json_each($2)) ON CONFLICT DO NOTHING"
      " RETURNING photo_id",
      "INSERT INTO departed_likes (account_id, photo_id, created_at)"
      " SELECT account_id, photo_id, created_at FROM likes WHERE account_id = $1"
      " AND photo_id = ANY (CAST($2 AS BIGINT[])) ON CONFLICT DO NOTHING RETURNING photo_id");
  return tx.all(sql, read_photo, account, photos);
}

std::vector<PhotoId> move_likes_in(db::Tx& tx, AccountId account, const std::string& photos) {
  static constexpr db::Sql sql(
      "INSERT INTO likes (photo_id, account_id, created_at)"
      " SELECT photo_id, account_id, created_at FROM departed_likes WHERE account_id = $1"
      " AND photo_id IN (SELECT value FROM json_each($2)) ON CONFLICT DO NOTHING"
      " RETURNING photo_id",
      "INSERT INTO likes (photo_id, account_id, created_at)"
      " SELECT photo_id, account_id, created_at FROM departed_likes WHERE account_id = $1"
      " AND photo_id = ANY (CAST($2 AS BIGINT[])) ON CONFLICT DO NOTHING RETURNING photo_id");
  return tx.all(sql, read_photo, account, photos);
}

void remove_departed_likes(db::Tx& tx, AccountId account, const std::string& photos) {
  static constexpr db::Sql sql(
      "DELETE FROM departed_likes WHERE account_id = $1"
      " AND photo_id IN (SELECT value FROM json_each($2))",
      "DELETE FROM departed_likes WHERE account_id = $1"
      " AND photo_id = ANY (CAST($2 AS BIGINT[]))");
  tx.exec(sql, account, photos);
}

void count_follows(db::Tx& tx, const std::vector<AccountId>& followers,
                   const std::vector<AccountId>& followees, int change) {
  static constexpr db::Sql count_followers(
      "UPDATE accounts SET following = following + $2"
      " WHERE id IN (SELECT value FROM json_each($1))",
      "UPDATE accounts SET following = following + $2 WHERE id = ANY (CAST($1 AS BIGINT[]))");
  static constexpr db::Sql count_followees(
      "UPDATE accounts SET followers = followers + $2"
      " WHERE id IN (SELECT value FROM json_each($1))",
      "UPDATE accounts SET followers = followers + $2 WHERE id = ANY (CAST($1 AS BIGINT[]))");
  const auto many = [&](const std::vector<AccountId>& those) {
    return change * static_cast<int>(those.size());
  };
  // One side is the one account, which is counted once for each of the other side.
  tx.exec(count_followers, list_of(tx, followers),
          followers.size() == 1 ? many(followees) : change);
  tx.exec(count_followees, list_of(tx, followees),
          followees.size() == 1 ? many(followers) : change);
}

// Changes the follows between one account and others by `change`, which tells of each the other
// account and the new state; who of them counts, which a request does not.
std::vector<AccountId> turn_follows(db::Tx& tx, const db::Sql& change, AccountId account,
                                    const std::vector<AccountId>& others) {
  std::vector<AccountId> counted;
  if (others.empty()) return counted;
  lock_accounts(tx, account, others);
  tx.each(
      change,
      [&](const db::Row& row) {
        if (row.integer(1) % 2 == 1) counted.push_back(read_account(row));
      },
      account, list_of(tx, others));
  return counted;
}

}  // namespace

void SettlingStore::take_turn(db::Tx& tx) {
  tx.exec("UPDATE departure_turns SET turns = turns + 1 WHERE id = 1");
}

int SettlingStore::likes(db::Tx& tx, AccountId account, Way way, int limit) {
  const bool out = way == Way::out;
  const auto found =
      out ? tx.all("SELECT photo_id FROM likes WHERE account_id = $1 ORDER BY photo_id LIMIT $2",
                   read_photo, account, limit)
          : tx.all(
                "SELECT photo_id FROM departed_likes WHERE account_id = $1"
                " ORDER BY photo_id LIMIT $2",
                read_photo, account, limit);
  if (found.empty()) return 0;
  const std::string photos = list_of(tx, lock_photos(tx, found));
  if (out) {
    count_likes(tx, move_likes_out(tx, account, photos), -1);
    remove_likes(tx, account, photos);
  } else {
    count_likes(tx, move_likes_in(tx, account, photos), 1);
    remove_departed_likes(tx, account, photos);
  }
  return static_cast<int>(found.size());
}

int SettlingStore::comments(db::Tx& tx, AccountId account, Way way, int limit) {
  static constexpr db::Sql change(
      "UPDATE comments SET state = $2 WHERE author_id = $1 AND state = $3"
      " AND photo_id IN (SELECT value FROM json_each($4)) RETURNING photo_id",
      "UPDATE comments SET state = $2 WHERE author_id = $1 AND state = $3"
      " AND photo_id = ANY (CAST($4 AS BIGINT[])) RETURNING photo_id");
  const int from = way == Way::out ? 0 : 3;
  const auto found = tx.all(
      "SELECT DISTINCT photo_id FROM (SELECT photo_id FROM comments WHERE author_id = $1"
      " AND state = $2 LIMIT $3) those",
      read_photo, account, from, limit);
  if (found.empty()) return 0;
  std::map<PhotoId, int> changed;
  const std::string photos = list_of(tx, lock_photos(tx, found));
  tx.each(
      change, [&](const db::Row& row) { ++changed[read_photo(row)]; }, account, 3 - from, from,
      photos);
  for (const auto& [photo, comments] : changed) {
    tx.exec("UPDATE photos SET comments = comments + $2 WHERE id = $1", photo,
            way == Way::out ? -comments : comments);
  }
  return static_cast<int>(found.size());
}

// States: 0 and 1 are a request and a follow, 2 and 3 the same of somebody who is away. Whoever
// made the account public meanwhile has nothing left to ask.
int SettlingStore::following(db::Tx& tx, AccountId account, Way way, int limit) {
  static constexpr db::Sql out(
      "UPDATE follows SET state = state + 2 WHERE follower_id = $1 AND state IN (0, 1)"
      " AND followee_id IN (SELECT value FROM json_each($2)) RETURNING followee_id, state",
      "UPDATE follows SET state = state + 2 WHERE follower_id = $1 AND state IN (0, 1)"
      " AND followee_id = ANY (CAST($2 AS BIGINT[])) RETURNING followee_id, state");
  static constexpr db::Sql in(
      "UPDATE follows SET state = CASE WHEN state = 2 AND EXISTS (SELECT 1 FROM accounts a"
      "  WHERE a.id = follows.followee_id AND a.private = 1) THEN 0 ELSE 1 END"
      " WHERE follower_id = $1 AND state IN (2, 3)"
      " AND followee_id IN (SELECT value FROM json_each($2)) RETURNING followee_id, state",
      "UPDATE follows SET state = CASE WHEN state = 2 AND EXISTS (SELECT 1 FROM accounts a"
      "  WHERE a.id = follows.followee_id AND a.private = 1) THEN 0 ELSE 1 END"
      " WHERE follower_id = $1 AND state IN (2, 3)"
      " AND followee_id = ANY (CAST($2 AS BIGINT[])) RETURNING followee_id, state");
  const auto found =
      way == Way::out
          ? tx.all(
                "SELECT followee_id FROM follows WHERE follower_id = $1 AND state IN (0, 1)"
                " LIMIT $2",
                read_account, account, limit)
          : tx.all(
                "SELECT f.followee_id FROM follows f WHERE f.follower_id = $1"
                " AND f.state IN (2, 3) AND NOT EXISTS (SELECT 1 FROM departures d"
                " WHERE d.account_id = f.followee_id AND d.phase <> 1) LIMIT $2",
                read_account, account, limit);
  const auto counted = turn_follows(tx, way == Way::out ? out : in, account, found);
  if (!counted.empty()) count_follows(tx, {account}, counted, way == Way::out ? -1 : 1);
  return static_cast<int>(found.size());
}

int SettlingStore::followers(db::Tx& tx, AccountId account, Way way, int limit) {
  static constexpr db::Sql out(
      "UPDATE follows SET state = state + 2 WHERE followee_id = $1 AND state IN (0, 1)"
      " AND follower_id IN (SELECT value FROM json_each($2)) RETURNING follower_id, state",
      "UPDATE follows SET state = state + 2 WHERE followee_id = $1 AND state IN (0, 1)"
      " AND follower_id = ANY (CAST($2 AS BIGINT[])) RETURNING follower_id, state");
  static constexpr db::Sql in(
      "UPDATE follows SET state = state - 2 WHERE followee_id = $1 AND state IN (2, 3)"
      " AND follower_id IN (SELECT value FROM json_each($2)) RETURNING follower_id, state",
      "UPDATE follows SET state = state - 2 WHERE followee_id = $1 AND state IN (2, 3)"
      " AND follower_id = ANY (CAST($2 AS BIGINT[])) RETURNING follower_id, state");
  const auto found =
      way == Way::out
          ? tx.all(
                "SELECT follower_id FROM follows WHERE followee_id = $1 AND state IN (0, 1)"
                " LIMIT $2",
                read_account, account, limit)
          : tx.all(
                "SELECT f.follower_id FROM follows f WHERE f.followee_id = $1"
                " AND f.state IN (2, 3) AND NOT EXISTS (SELECT 1 FROM departures d"
                " WHERE d.account_id = f.follower_id AND d.phase <> 1) LIMIT $2",
                read_account, account, limit);
  const auto counted = turn_follows(tx, way == Way::out ? out : in, account, found);
  if (!counted.empty()) count_follows(tx, counted, {account}, way == Way::out ? -1 : 1);
  return static_cast<int>(found.size());
}

}  // namespace picsharz::departures
