// Leaving and coming back on both engines: whatever happens in between, every counter is the number
// of its rows, and in the end everything is as it was.

#include "features/departures/departure_service.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "features/comments/comment_service.h"
#include "support/people_fixture.h"
#include "support/test_database.h"

namespace picsharz::departures {
namespace {

using accounts::AccountState;
using test::PeopleFixture;

constexpr crypto::PasswordCost cheap{.memory_bytes = 8 << 20, .passes = 1};

struct World {
  explicit World(db::Database& tested) : people(tested) {}

  Departure leave(AccountId account) {
    const auto left = departures.remove(handles.at(account), false);
    EXPECT_TRUE(left) << left.error().code;
    return *left;
  }
  AccountId join(const std::string& handle, bool is_private = false) {
    const AccountId id = people.join(handle, "", is_private);
    handles[id] = handle;
    return id;
  }
  std::optional<CommentId> comment(AccountId author, PhotoId photo, CommentId to = {}) {
    comments::NewComment text{.text = "Words"};
    if (to) text.reply_to = to;
    const auto written = comments.write(people.as(author), photo, text);
    return written ? std::optional(written->id) : std::nullopt;
  }

  PeopleFixture people;
  std::map<AccountId, std::string> handles;
  jobs::Queue queue{people.database, people.ids, people.clock};
  mail::Outbox outbox{queue};
  mail::Context context{.instance = "Test", .base_url = "https://test.example"};
  accounts::PasswordService passwords{
      people.database, people.clock, queue, outbox, people.key, {.mail = context, .cost = cheap}};
  sessions::TotpService totps{people.database, people.clock, outbox, passwords, context};
  DepartureService departures{people.database, people.clock,     queue, outbox, passwords,
                              totps,           {.mail = context}};
  accounts::IdempotencyService idempotency{people.database, people.ids, people.clock};
  comments::CommentService comments{
      people.database, people.ids,  people.clock,
      people.activity, idempotency, {.per_minute = 1'000'000, .per_hour = 1'000'000}};
};

class DepartureTest : public test::DatabaseSuite {
 protected:
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (!IsSkipped()) world_ = std::make_unique<World>(db());
  }
  void TearDown() override {
    world_.reset();
    DatabaseSuite::TearDown();
  }
  World& world() { return *world_; }
  PeopleFixture& people() { return world_->people; }

  std::int64_t wrong_counts() {
    return people().number(
               "SELECT count(*) FROM photos p WHERE p.likes <> (SELECT count(*) FROM likes l"
               " WHERE l.photo_id = p.id)") +
           people().number(
               "SELECT count(*) FROM photos p WHERE p.comments <> (SELECT count(*) FROM comments c"
               " WHERE c.photo_id = p.id AND c.state = 0)") +
           people().number(
               "SELECT count(*) FROM accounts a WHERE a.followers <> (SELECT count(*) FROM follows"
               " f WHERE f.followee_id = a.id AND f.state = 1) OR a.following <> (SELECT count(*)"
               " FROM follows f WHERE f.follower_id = a.id AND f.state = 1)");
  }
  // What is still counted of people who are away.
  std::int64_t counted_of_the_departed() {
    return people().number(
        "SELECT (SELECT count(*) FROM likes l JOIN departures d ON d.account_id = l.account_id)"
        " + (SELECT count(*) FROM comments c JOIN departures d ON d.account_id = c.author_id"
        "    WHERE c.state = 0)"
        " + (SELECT count(*) FROM follows f JOIN departures d ON d.account_id = f.follower_id"
        "    OR d.account_id = f.followee_id WHERE f.state < 2)");
  }
  std::int64_t put_aside() {
    return people().number(
        "SELECT (SELECT count(*) FROM departed_likes) + (SELECT count(*) FROM departures)"
        " + (SELECT count(*) FROM comments WHERE state = 3)"
        " + (SELECT count(*) FROM follows WHERE state > 1)");
  }

 private:
  std::unique_ptr<World> world_;
};
ON_BOTH_ENGINES(DepartureTest);

TEST_P(DepartureTest, MoreThanAStepIsTakenOutAndPutBack) {
  const AccountId mei = world().join("mei");
  const AccountId tom = world().join("tom");
  const int many = 2 * rows_at_once + 7;
  const PhotoId first = people().photo(tom);
  for (int i = 0; i < many; ++i) {
    const AccountId other = world().join("person_" + std::to_string(i));
    people().follow(other, mei);
    people().follow(mei, other);
    const PhotoId photo = people().photo(tom);
    ASSERT_TRUE(people().like(mei, photo));
    ASSERT_TRUE(world().comment(mei, first));
  }
  world().leave(mei);
  EXPECT_EQ(counted_of_the_departed(), 0);
  EXPECT_EQ(wrong_counts(), 0);
  EXPECT_EQ(people().number("SELECT comments FROM photos WHERE id = $1", first), 0);
  ASSERT_TRUE(world().departures.restore("mei"));
  EXPECT_EQ(put_aside(), 0);
  EXPECT_EQ(wrong_counts(), 0);
  EXPECT_EQ(people().number("SELECT comments FROM photos WHERE id = $1", first), many);
  EXPECT_EQ(people().number("SELECT followers + following FROM accounts WHERE id = $1", mei),
            2 * many);
  EXPECT_EQ(people().number("SELECT count(*) FROM likes WHERE account_id = $1", mei), many);
}

TEST_P(DepartureTest, TakenBackHalfWayItIsWhole) {
  const AccountId mei = world().join("mei");
  const AccountId tom = world().join("tom");
  for (int i = 0; i < rows_at_once + 5; ++i) {
    people().follow(world().join("person_" + std::to_string(i)), mei);
    ASSERT_TRUE(people().like(mei, people().photo(tom)));
  }
  const auto likes = people().number("SELECT sum(likes) FROM photos");
  // As a job that was cut off leaves it.
  db().write([&](db::Tx& tx) {
    DepartureStore().begin(tx, {.account = mei, .left_at = 1, .erase_at = 2});
  });
  for (int steps = 1; steps <= 5; ++steps) {
    EXPECT_EQ(world().departures.settle(mei, steps), steps > 3) << steps;
    EXPECT_EQ(wrong_counts(), 0);
    if (steps == 2) break;
  }
  ASSERT_TRUE(world().departures.restore("mei"));
  EXPECT_EQ(put_aside(), 0);
  EXPECT_EQ(wrong_counts(), 0);
  EXPECT_EQ(people().number("SELECT sum(likes) FROM photos"), likes);
}

TEST_P(DepartureTest, AJudgedCommentComesBackAsItWasJudged) {
  const AccountId mei = world().join("mei");
  const PhotoId photo = people().photo(world().join("tom"));
  const CommentId removed = world().comment(mei, photo).value();
  const CommentId lifted = world().comment(mei, photo).value();
  const auto judge = [&](CommentId id, comments::CommentState state) {
    db().write([&](db::Tx& tx) {
      comments::CommentStore store;
      store.lock(tx, photo);
      store.set_state(tx, store.row(tx, id).value(), state);
    });
  };
  judge(lifted, comments::CommentState::removed);
  world().leave(mei);
  judge(removed, comments::CommentState::removed);
  judge(lifted, comments::CommentState::published);
  EXPECT_EQ(people().number("SELECT comments FROM photos WHERE id = $1", photo), 0);
  ASSERT_TRUE(world().departures.restore("mei"));
  EXPECT_EQ(wrong_counts(), 0);
  EXPECT_EQ(people().number("SELECT state FROM comments WHERE id = $1", removed), 2);
  EXPECT_EQ(people().number("SELECT state FROM comments WHERE id = $1", lifted), 0);
}

TEST_P(DepartureTest, ASuspensionOutlivesTheWayBack) {
  const AccountId mei = world().join("mei");
  const auto state = [&] {
    return people().number("SELECT state FROM accounts WHERE id = $1", mei);
  };
  const auto suspend = [&](AccountState to) {
    db().write([&](db::Tx& tx) { accounts::AccountStore().set_state(tx, mei, to); });
  };
  world().leave(mei);
  suspend(AccountState::suspended);
  EXPECT_EQ(state(), static_cast<int>(AccountState::deleted));
  const auto refused = db().write([&](db::Tx& tx) -> Result<void> {
    return world().departures.take_back(tx, accounts::AccountStore().find(tx, mei).value());
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "account_suspended");
  suspend(AccountState::active);  // it was lifted
  ASSERT_TRUE(world().departures.restore("mei"));
  EXPECT_EQ(state(), static_cast<int>(AccountState::active));
}

TEST_P(DepartureTest, WhoOpensAnAccountAnswersTheRequestsOfThoseWhoAreAway) {
  const AccountId mei = world().join("mei");
  const AccountId shy = world().join("shy", true);
  people().follow(mei, shy, follows::FollowState::requested);
  world().leave(mei);
  accounts::ProfileChange open;
  open.is_private = false;
  ASSERT_TRUE(people().accounts.change_profile(people().as(shy), open));
  ASSERT_TRUE(world().departures.restore("mei"));
  EXPECT_EQ(people().number("SELECT state FROM follows"), 1);
  EXPECT_EQ(wrong_counts(), 0);
}

// Anybody does anything, in any order, with departures that are settled only in part.
TEST_P(DepartureTest, CountersAreRowsWhateverHappens) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto below = [&](std::size_t bound) { return random() % bound; };
  std::vector<AccountId> all;
  std::vector<PhotoId> photos;
  for (int i = 0; i < 6; ++i) {
    all.push_back(world().join("person_" + std::to_string(i), i == 5));
    for (int j = 0; j < 3; ++j) photos.push_back(people().photo(all.back()));
  }
  const auto is = [&](AccountId account, AccountState state) {
    return people().number("SELECT state FROM accounts WHERE id = $1", account) ==
           static_cast<int>(state);
  };
  for (int turn = 0; turn < 250; ++turn) {
    const AccountId who = all[below(all.size())];
    const AccountId other = all[below(all.size())];
    const PhotoId photo = photos[below(photos.size())];
    if (is(who, AccountState::deleted)) {
      if (below(3) == 0) {
        EXPECT_TRUE(world().departures.restore(world().handles[who]));
      } else if (below(2) == 0) {
        world().departures.settle(who, 1);
      }
    } else if (const auto what = below(12); what == 0) {
      world().leave(who);
    } else if (what < 3 && who != other) {
      (void)people().follows.follow(people().as(who), world().handles[other]);
    } else if (what == 3 && who != other) {
      (void)people().follows.unfollow(people().as(who), world().handles[other]);
    } else if (what < 7) {
      (void)people().like(who, photo, what != 6);
    } else if (what < 11) {
      const auto written = world().comment(who, photo);
      if (written && what == 10) (void)world().comments.remove(people().as(who), *written);
    } else if (who != other) {
      (void)people().follows.block(people().as(who), world().handles[other]);
      (void)people().follows.unblock(people().as(who), world().handles[other]);
    }
    ASSERT_EQ(wrong_counts(), 0) << "turn " << turn;
  }
  for (const AccountId each : all) {
    if (is(each, AccountState::deleted)) {
      EXPECT_TRUE(world().departures.restore(world().handles[each]));
    }
    world().departures.settle(each, 100);
  }
  EXPECT_EQ(put_aside(), 0);
  EXPECT_EQ(wrong_counts(), 0);
}

}  // namespace
}  // namespace picsharz::departures
