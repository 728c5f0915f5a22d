#include "features/follows/follow_service.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <exception>
#include <future>
#include <random>
#include <thread>
#include <utility>

#include "base/tally.h"
#include "support/people_fixture.h"
#include "support/test_database.h"

namespace picsharz::follows {
namespace {

using accounts::Account;
using accounts::AccountState;
using activity::ActivityKind;
using test::handles_of;
using test::PeopleFixture;
using Handles = std::vector<std::string>;

class FollowServiceTest : public test::DatabaseSuite {
 protected:
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    people_.emplace(db());
    ada_ = people_->join("ada");
    mei_ = people_->join("mei");
    shy_ = people_->join("shy", "", true);
  }
  void TearDown() override {
    people_.reset();
    DatabaseSuite::TearDown();
  }
  PeopleFixture& people() { return *people_; }
  FollowService& follows() { return people_->follows; }
  Viewer as(AccountId account) { return people_->as(account); }
  std::int64_t followers_of(AccountId account) {
    return people_->number("SELECT followers FROM accounts WHERE id = $1", account);
  }
  std::int64_t following_of(AccountId account) {
    return people_->number("SELECT following FROM accounts WHERE id = $1", account);
  }
  std::int64_t follow_rows() { return people_->number("SELECT count(*) FROM follows"); }
  // What was counted since this was asked last: follows and their ends.
  static std::pair<std::int64_t, std::int64_t> counted() {
    std::pair<std::int64_t, std::int64_t> found;
    for (const Tally::Count& each : tally().drain()) {
      if (each.use == Use::follow) found.first += each.count;
      if (each.use == Use::unfollow) found.second += each.count;
    }
    return found;
  }
  Handles requests_to(AccountId account) { return handles_of(follows().requests(as(account), {})); }

  AccountId ada_, mei_, shy_;

 private:
  std::optional<PeopleFixture> people_;
};
ON_BOTH_ENGINES(FollowServiceTest);

accounts::ProfileChange privacy(bool is_private) {
  accounts::ProfileChange change;
  change.is_private = is_private;
  return change;
}

template <class T>
ErrorKind refusal(const Result<T>& result) {
  EXPECT_FALSE(result.has_value());
  return result.has_value() ? ErrorKind{-1} : result.error().kind;
}

TEST_P(FollowServiceTest, APublicAccountIsFollowedAtOnceAndOnce) {
  for (int again = 0; again < 2; ++again) {
    const auto relation = follows().follow(as(ada_), "mei");
    ASSERT_TRUE(relation);
    EXPECT_TRUE(relation->following);
    EXPECT_FALSE(relation->requested);
    EXPECT_FALSE(relation->followed_by);
  }
  EXPECT_EQ(followers_of(mei_), 1);
  EXPECT_EQ(following_of(ada_), 1);
  EXPECT_EQ(followers_of(ada_) + following_of(mei_), 0);
  EXPECT_EQ(follow_rows(), 1);
  EXPECT_TRUE(follows().profile(as(mei_), "ada")->relation->followed_by);
}

TEST_P(FollowServiceTest, AnUnfollowIsIdempotentToo) {
  ASSERT_TRUE(follows().follow(as(ada_), "mei"));
  for (int again = 0; again < 2; ++again) {
    const auto relation = follows().unfollow(as(ada_), "mei");
    ASSERT_TRUE(relation);
    EXPECT_FALSE(relation->following);
  }
  EXPECT_EQ(followers_of(mei_) + following_of(ada_) + follow_rows(), 0);
}

TEST_P(FollowServiceTest, APrivateAccountIsAskedAndCountsNobodyBeforeItApproves) {
  for (int again = 0; again < 2; ++again) {
    const auto relation = follows().follow(as(ada_), "shy");
    ASSERT_TRUE(relation);
    EXPECT_TRUE(relation->requested);
    EXPECT_FALSE(relation->following);
  }
  EXPECT_FALSE(follows().profile(as(shy_), "ada")->relation->followed_by);
  EXPECT_EQ(followers_of(shy_) + following_of(ada_), 0);
  EXPECT_EQ(requests_to(shy_), Handles{"ada"});
  ASSERT_TRUE(follows().approve(as(shy_), "ada"));
  EXPECT_EQ(requests_to(shy_), Handles{});
  EXPECT_TRUE(follows().profile(as(ada_), "shy")->relation->following);
  EXPECT_EQ(followers_of(shy_), 1);
  EXPECT_EQ(following_of(ada_), 1);
  EXPECT_TRUE(follows().approve(as(shy_), "ada")->followed_by) << "again is nothing new";
  EXPECT_EQ(followers_of(shy_), 1);
  EXPECT_EQ(following_of(ada_), 1);
}

TEST_P(FollowServiceTest, OnlyTheOneWhoWasAskedDecides) {
  ASSERT_TRUE(follows().follow(as(ada_), "shy"));
  EXPECT_EQ(refusal(follows().approve(as(mei_), "ada")), ErrorKind::not_found);
  EXPECT_EQ(refusal(follows().approve(as(ada_), "shy")), ErrorKind::not_found);
  EXPECT_TRUE(follows().decline(as(mei_), "ada"));
  EXPECT_TRUE(follows().decline(as(ada_), "shy"));
  EXPECT_EQ(requests_to(shy_), Handles{"ada"});
}

TEST_P(FollowServiceTest, ADeclinedRequestIsGoneAndMayBeMadeAgain) {
  ASSERT_TRUE(follows().follow(as(ada_), "shy"));
  for (int again = 0; again < 2; ++again) {
    const auto relation = follows().decline(as(shy_), "ada");
    ASSERT_TRUE(relation);
    EXPECT_FALSE(relation->followed_by);
  }
  EXPECT_EQ(refusal(follows().approve(as(shy_), "ada")), ErrorKind::not_found);
  EXPECT_FALSE(follows().profile(as(ada_), "shy")->relation->requested);
  EXPECT_EQ(followers_of(shy_) + following_of(ada_) + follow_rows(), 0);
  EXPECT_TRUE(follows().follow(as(ada_), "shy")->requested);
}

TEST_P(FollowServiceTest, DecliningEndsNoApprovedFollow) {
  people().follow(ada_, shy_);
  EXPECT_TRUE(follows().decline(as(shy_), "ada")->followed_by);
  EXPECT_EQ(followers_of(shy_), 1);
}

TEST_P(FollowServiceTest, ARequestIsTakenBackWithoutCounting) {
  ASSERT_TRUE(follows().follow(as(ada_), "shy"));
  ASSERT_TRUE(follows().unfollow(as(ada_), "shy"));
  EXPECT_EQ(requests_to(shy_), Handles{});
  EXPECT_EQ(followers_of(shy_) + following_of(ada_), 0);
}

TEST_P(FollowServiceTest, WhoAskedFollowsWhenTheAccountIsPublicByNow) {
  ASSERT_TRUE(follows().follow(as(ada_), "shy"));
  people().set_private(shy_, false);
  const auto relation = follows().follow(as(ada_), "shy");
  EXPECT_TRUE(relation->following);
  EXPECT_FALSE(relation->requested);
  EXPECT_EQ(followers_of(shy_), 1);
  EXPECT_EQ(following_of(ada_), 1);
}

TEST_P(FollowServiceTest, AnAccountThatBecomesPublicApprovesEverybodyWhoWaits) {
  const AccountId gone = people().join("gone");
  const AccountId other = people().join("other", "", true);
  for (const AccountId who : {ada_, mei_, gone}) people().follow(who, shy_, FollowState::requested);
  people().follow(ada_, other, FollowState::requested);
  people().set_state(gone, AccountState::suspended);
  ASSERT_TRUE(people().accounts.change_profile(as(shy_), privacy(true)));
  EXPECT_EQ(followers_of(shy_), 0) << "still private";
  ASSERT_TRUE(people().accounts.change_profile(as(shy_), privacy(false)));
  EXPECT_EQ(followers_of(shy_), 3);
  for (const AccountId who : {ada_, mei_, gone}) EXPECT_EQ(following_of(who), 1);
  EXPECT_EQ(requests_to(shy_), Handles{});
  EXPECT_EQ(requests_to(other), Handles{"ada"});
  EXPECT_TRUE(follows().profile(as(ada_), "shy")->relation->following);
  const auto told =
      people().number("SELECT count(*) FROM activity WHERE kind = $1 AND actor_id = $2",
                      ActivityKind::follow_approved, shy_);
  EXPECT_EQ(told, 3);
  ASSERT_TRUE(people().accounts.change_profile(as(shy_), privacy(false)));
  EXPECT_EQ(followers_of(shy_), 3) << "nobody is counted again";
}

// In the figures: who asks does not follow yet.
TEST_P(FollowServiceTest, AFollowIsCountedWhenItIsOne) {
  using Counts = std::pair<std::int64_t, std::int64_t>;
  counted();
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(follows().follow(as(ada_), "mei"));
  EXPECT_EQ(counted(), (Counts{1, 0}));
  ASSERT_TRUE(follows().follow(as(ada_), "shy"));
  ASSERT_TRUE(follows().decline(as(shy_), "ada"));
  ASSERT_TRUE(follows().follow(as(ada_), "shy"));
  ASSERT_TRUE(follows().unfollow(as(ada_), "shy"));
  EXPECT_EQ(counted(), (Counts{0, 0}));
  ASSERT_TRUE(follows().follow(as(ada_), "shy"));
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(follows().approve(as(shy_), "ada"));
  EXPECT_EQ(counted(), (Counts{1, 0}));
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(follows().unfollow(as(ada_), "shy"));
  EXPECT_EQ(counted(), (Counts{0, 1}));
  for (const AccountId each : {ada_, mei_}) ASSERT_TRUE(follows().follow(as(each), "shy"));
  EXPECT_EQ(counted(), (Counts{0, 0}));
  // Whoever waits follows an account that opens.
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(people().accounts.change_profile(as(shy_), privacy(false)));
  }
  EXPECT_EQ(counted(), (Counts{2, 0}));
  // Asked while it was private, granted by asking again now that it is not.
  people().set_private(mei_, true);
  ASSERT_TRUE(follows().follow(as(shy_), "mei"));
  people().set_private(mei_, false);
  EXPECT_EQ(counted(), (Counts{0, 0}));
  ASSERT_TRUE(follows().follow(as(shy_), "mei"));
  EXPECT_EQ(counted(), (Counts{1, 0}));
}

TEST_P(FollowServiceTest, AFollowerIsRemovedAndMayComeBack) {
  ASSERT_TRUE(follows().follow(as(ada_), "mei"));
  ASSERT_TRUE(follows().follow(as(mei_), "ada"));
  for (int again = 0; again < 2; ++again) {
    const auto relation = follows().remove_follower(as(mei_), "ada");
    ASSERT_TRUE(relation);
    EXPECT_FALSE(relation->followed_by);
    EXPECT_TRUE(relation->following) << "one's own follow stays";
  }
  EXPECT_EQ(followers_of(mei_) + following_of(ada_), 0);
  EXPECT_EQ(followers_of(ada_) + following_of(mei_), 2);
  EXPECT_TRUE(follows().follow(as(ada_), "mei")->following);
}

TEST_P(FollowServiceTest, RemovingAFollowerDeclinesNoRequest) {
  ASSERT_TRUE(follows().follow(as(ada_), "shy"));
  ASSERT_TRUE(follows().remove_follower(as(shy_), "ada"));
  EXPECT_EQ(requests_to(shy_), Handles{"ada"});
  EXPECT_EQ(followers_of(shy_) + following_of(ada_), 0);
}

TEST_P(FollowServiceTest, AMuteIsTheMutersOwnAndTheFollowStays) {
  ASSERT_TRUE(follows().follow(as(ada_), "mei"));
  ASSERT_TRUE(follows().follow(as(mei_), "ada"));
  for (int again = 0; again < 2; ++again) {
    const auto relation = follows().mute(as(ada_), "mei");
    ASSERT_TRUE(relation);
    EXPECT_TRUE(relation->muted);
    EXPECT_TRUE(relation->following);
    EXPECT_TRUE(relation->followed_by);
  }
  const auto theirs = follows().profile(as(mei_), "ada")->relation;
  EXPECT_FALSE(theirs->muted) << "they are never told";
  EXPECT_TRUE(theirs->following && theirs->followed_by);
  EXPECT_EQ(followers_of(mei_) + following_of(ada_), 2);
  EXPECT_EQ(people().number("SELECT count(*) FROM activity"), 2) << "the two follows";
  EXPECT_EQ(handles_of(follows().mutes(as(ada_), {})), Handles{"mei"});
  EXPECT_EQ(handles_of(follows().mutes(as(mei_), {})), Handles{});
  for (int again = 0; again < 2; ++again) {
    EXPECT_FALSE(follows().unmute(as(ada_), "mei")->muted);
  }
  EXPECT_EQ(handles_of(follows().mutes(as(ada_), {})), Handles{});
}

TEST_P(FollowServiceTest, WhoIsNotFollowedMayBeMuted) {
  EXPECT_TRUE(follows().mute(as(ada_), "mei")->muted);
  EXPECT_TRUE(follows().follow(as(ada_), "mei")->muted) << "until it is taken back";
}

TEST_P(FollowServiceTest, ListsOfMutesAndBlocksAreOnesOwnAndNewestFirst) {
  Handles newest_first;
  for (int i = 0; i < 5; ++i) {
    const std::string handle = "person" + std::to_string(i);
    const AccountId person = people().join(handle);
    people().mute(ada_, person);
    people().block(ada_, person);
    if (i % 2 == 1) people().clock.advance(second);
    newest_first.insert(newest_first.begin(), handle);
  }
  people().mute(mei_, shy_);
  people().block(mei_, shy_);
  for (const auto list : {&FollowService::mutes, &FollowService::blocks}) {
    for (const int limit : {1, 2, 5, 100}) {
      Handles found;
      for (const Account& one : test::walk(
               limit, [&](const PageRequest& page) { return (follows().*list)(as(ada_), page); })) {
        found.push_back(one.handle);
      }
      EXPECT_EQ(found, newest_first) << limit;
    }
  }
}

TEST_P(FollowServiceTest, MutesAndRequestsHideWhoBlockedOneOrIsAwayAndBlocksHideNobodyWhoIsThere) {
  const AccountId gone = people().join("gone");
  const AccountId cross = people().join("cross");
  for (const AccountId one : {gone, cross, mei_}) {
    people().mute(shy_, one);
    people().block(shy_, one);
    people().follow(one, shy_, FollowState::requested);
  }
  people().set_state(gone, AccountState::suspended);
  people().block(cross, shy_);
  EXPECT_EQ(handles_of(follows().mutes(as(shy_), {})), Handles{"mei"});
  EXPECT_EQ(requests_to(shy_), Handles{"mei"});
  EXPECT_EQ(handles_of(follows().blocks(as(shy_), {})), (Handles{"cross", "mei"}));
  EXPECT_FALSE(follows().unblock(as(shy_), "cross")->blocked);
  EXPECT_EQ(refusal(follows().unmute(as(shy_), "cross")), ErrorKind::not_found);
}

TEST_P(FollowServiceTest, NobodyActsOnOneself) {
  for (const auto change :
       {&FollowService::follow, &FollowService::unfollow, &FollowService::block,
        &FollowService::unblock, &FollowService::mute, &FollowService::unmute,
        &FollowService::approve, &FollowService::decline, &FollowService::remove_follower}) {
    EXPECT_EQ(refusal((follows().*change)(as(ada_), "ada")), ErrorKind::invalid);
  }
  EXPECT_EQ(follow_rows() + people().number("SELECT count(*) FROM blocks"), 0);
  EXPECT_EQ(people().number("SELECT count(*) FROM mutes"), 0);
  EXPECT_FALSE(follows().profile(as(ada_), "ada")->relation.has_value());
}

TEST_P(FollowServiceTest, WhoIsMissingSuspendedOrDeletedIsNotFound) {
  people().set_state(mei_, AccountState::suspended);
  people().set_state(shy_, AccountState::deleted);
  for (const char* handle : {"nobody", "mei", "shy", "", "%", "ada' OR '1'='1"}) {
    EXPECT_EQ(refusal(follows().profile(as(ada_), handle)), ErrorKind::not_found) << handle;
    EXPECT_EQ(refusal(follows().follow(as(ada_), handle)), ErrorKind::not_found) << handle;
    EXPECT_EQ(refusal(follows().followers(as(ada_), handle, {})), ErrorKind::not_found) << handle;
  }
  EXPECT_EQ(follow_rows(), 0);
}

TEST_P(FollowServiceTest, ABlockEndsBothFollowsAndTheirCounts) {
  ASSERT_TRUE(follows().follow(as(ada_), "mei"));
  ASSERT_TRUE(follows().follow(as(mei_), "ada"));
  for (int again = 0; again < 2; ++again) {
    const auto relation = follows().block(as(mei_), "ada");
    ASSERT_TRUE(relation);
    EXPECT_TRUE(relation->blocked);
    EXPECT_FALSE(relation->following);
    EXPECT_FALSE(relation->followed_by);
  }
  EXPECT_EQ(follow_rows(), 0);
  EXPECT_EQ(followers_of(ada_) + following_of(ada_) + followers_of(mei_) + following_of(mei_), 0);
}

TEST_P(FollowServiceTest, ABlockEndsARequest) {
  ASSERT_TRUE(follows().follow(as(ada_), "shy"));
  ASSERT_TRUE(follows().block(as(shy_), "ada"));
  EXPECT_EQ(requests_to(shy_), Handles{});
  EXPECT_EQ(refusal(follows().approve(as(shy_), "ada")), ErrorKind::not_found);
  EXPECT_EQ(followers_of(shy_) + follow_rows(), 0);
}

TEST_P(FollowServiceTest, WhoIsBlockedFindsNobody) {
  ASSERT_TRUE(follows().block(as(mei_), "ada"));
  EXPECT_EQ(refusal(follows().profile(as(ada_), "mei")), ErrorKind::not_found);
  EXPECT_EQ(refusal(follows().follow(as(ada_), "mei")), ErrorKind::not_found);
  EXPECT_EQ(refusal(follows().unfollow(as(ada_), "mei")), ErrorKind::not_found);
  EXPECT_EQ(refusal(follows().block(as(ada_), "mei")), ErrorKind::not_found);
  EXPECT_EQ(refusal(follows().mute(as(ada_), "mei")), ErrorKind::not_found);
  EXPECT_EQ(refusal(follows().unmute(as(ada_), "mei")), ErrorKind::not_found);
  EXPECT_EQ(refusal(follows().remove_follower(as(ada_), "mei")), ErrorKind::not_found);
  EXPECT_EQ(refusal(follows().followers(as(ada_), "mei", {})), ErrorKind::not_found);
  EXPECT_EQ(refusal(follows().following(as(ada_), "mei", {})), ErrorKind::not_found);
  EXPECT_TRUE(follows().profile({}, "mei")) << "a visitor still does";
}

TEST_P(FollowServiceTest, WhoBlockedSeesTheBlockAndMustEndItToFollow) {
  ASSERT_TRUE(follows().block(as(mei_), "ada"));
  EXPECT_TRUE(follows().profile(as(mei_), "ada")->relation->blocked);
  const auto refused = follows().follow(as(mei_), "ada");
  EXPECT_EQ(refusal(refused), ErrorKind::conflict);
  EXPECT_EQ(refused.error().code, "blocked");
  EXPECT_FALSE(follows().unblock(as(mei_), "ada")->blocked);
  EXPECT_FALSE(follows().unblock(as(mei_), "ada")->blocked);
  EXPECT_TRUE(follows().follow(as(mei_), "ada")->following);
  EXPECT_TRUE(follows().follow(as(ada_), "mei")->following);
}

TEST_P(FollowServiceTest, ListsAreNewestFirstInPages) {
  Handles newest_first;
  for (int i = 0; i < 7; ++i) {
    const std::string handle = "fan" + std::to_string(i);
    const AccountId fan = people().join(handle);
    people().follow(fan, mei_);
    people().follow(ada_, fan);
    // Two of each three at the same instant: then the id decides.
    if (i % 3 == 2) people().clock.advance(second);
    newest_first.insert(newest_first.begin(), handle);
  }
  for (const int limit : {1, 2, 3, 7, 100}) {
    Handles followers, following;
    for (const Account& one : test::walk(limit, [&](const PageRequest& page) {
           return follows().followers({}, "mei", page).value();
         })) {
      followers.push_back(one.handle);
    }
    for (const Account& one : test::walk(limit, [&](const PageRequest& page) {
           return follows().following(as(mei_), "ada", page).value();
         })) {
      following.push_back(one.handle);
    }
    EXPECT_EQ(followers, newest_first) << limit;
    EXPECT_EQ(following, newest_first) << limit;
  }
}

TEST_P(FollowServiceTest, ListsLeaveOutWhoIsAwayWhoBlockedTheViewerAndWhoOnlyAsked) {
  const AccountId gone = people().join("gone");
  const AccountId cross = people().join("cross");
  const AccountId fan = people().join("fan");
  for (const AccountId one : {gone, cross, fan}) {
    people().follow(one, mei_);
    people().follow(mei_, one);
  }
  people().follow(shy_, mei_, FollowState::requested);
  people().follow(mei_, shy_, FollowState::requested);
  people().set_state(gone, AccountState::suspended);
  people().block(cross, ada_);
  EXPECT_EQ(handles_of(*follows().followers(as(ada_), "mei", {})), Handles{"fan"});
  EXPECT_EQ(handles_of(*follows().following(as(ada_), "mei", {})), Handles{"fan"});
  EXPECT_EQ(handles_of(*follows().followers({}, "mei", {})), (Handles{"fan", "cross"}));
  EXPECT_EQ(handles_of(*follows().following({}, "mei", {})), (Handles{"fan", "cross"}));
}

TEST_P(FollowServiceTest, ThePeopleOfAPrivateAccountAreForItsFollowers) {
  people().follow(mei_, shy_);
  people().follow(shy_, mei_);
  const AccountId pending = people().join("pending");
  people().follow(pending, shy_, FollowState::requested);
  for (const AccountId outsider : {AccountId{}, ada_, pending}) {
    EXPECT_TRUE(follows().profile(as(outsider), "shy"));
    EXPECT_EQ(refusal(follows().followers(as(outsider), "shy", {})), ErrorKind::not_found);
    EXPECT_EQ(refusal(follows().following(as(outsider), "shy", {})), ErrorKind::not_found);
  }
  for (const AccountId insider : {mei_, shy_}) {
    EXPECT_EQ(handles_of(*follows().followers(as(insider), "shy", {})), Handles{"mei"});
    EXPECT_EQ(handles_of(*follows().following(as(insider), "shy", {})), Handles{"mei"});
  }
}

// ---- Without holding the caller's thread.

Result<Relation> set(FollowService& follows, const Viewer& viewer, std::string_view handle,
                     bool wanted, sessions::SessionService::Confirm confirm = {}) {
  std::promise<Result<Relation>> answered;
  follows.set(
      viewer, handle, wanted,
      [&](std::exception_ptr failure, Result<Relation> relation) {
        failure ? answered.set_exception(failure) : answered.set_value(std::move(relation));
      },
      std::move(confirm));
  return answered.get_future().get();
}

TEST_P(FollowServiceTest, AnAsynchronousFollowIsTheSame) {
  for (int time = 0; time < 2; ++time) {
    EXPECT_TRUE(set(follows(), as(ada_), "mei", true)->following);
    EXPECT_TRUE(set(follows(), as(ada_), "shy", true)->requested);
    EXPECT_EQ(followers_of(mei_), 1);
    EXPECT_EQ(following_of(ada_), 1);
  }
  EXPECT_EQ(refusal(set(follows(), as(ada_), "nobody", true)), ErrorKind::not_found);
  EXPECT_EQ(refusal(set(follows(), as(ada_), "ada", true)), ErrorKind::invalid);
  for (int time = 0; time < 2; ++time) {
    EXPECT_FALSE(set(follows(), as(ada_), "mei", false)->following);
    EXPECT_EQ(followers_of(mei_), 0);
    EXPECT_EQ(following_of(ada_), 0);
  }
}

TEST_P(FollowServiceTest, WhoIsNotConfirmedChangesNothing) {
  const auto refuse = [](db::Tx&) -> Result<Viewer> { return not_found(); };
  EXPECT_EQ(refusal(set(follows(), as(ada_), "mei", true, refuse)), ErrorKind::not_found);
  EXPECT_EQ(follow_rows(), 0);
  ASSERT_TRUE(follows().follow(as(ada_), "mei"));
  EXPECT_EQ(refusal(set(follows(), as(ada_), "mei", false, refuse)), ErrorKind::not_found);
  EXPECT_EQ(follow_rows(), 1);
}

// ---- Many at once.

class FollowStorm : public FollowServiceTest {
 protected:
  static constexpr int thread_count = 16;
  static constexpr int person_count = 8;

  void SetUp() override {
    FollowServiceTest::SetUp();
    if (IsSkipped()) return;
    db().reopen(thread_count);  // a connection for each: nobody's patience is tested here
    for (int i = 0; i < person_count; ++i) {
      handles_.push_back("person" + std::to_string(i));
      ids_.push_back(people().join(handles_.back(), "", i % 4 == 3));
    }
  }

  // Each thread makes `rounds` changes between random pairs, in both directions.
  template <class Change>
  void storm(int rounds, Change&& change) {
    std::vector<std::thread> threads;
    for (unsigned seed = 0; seed < thread_count; ++seed) {
      threads.emplace_back([&, seed] {
        std::mt19937 random(seed);
        for (int round = 0; round < rounds; ++round) {
          const std::size_t who = random() % person_count;
          const std::size_t whom = (who + 1 + random() % (person_count - 1)) % person_count;
          change(people().as(ids_[who]), handles_[whom], random());
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }

  void expect_exact_counts() {
    for (const AccountId id : ids_) {
      EXPECT_EQ(
          followers_of(id),
          people().number("SELECT count(*) FROM follows WHERE followee_id = $1 AND state = 1", id));
      EXPECT_EQ(
          following_of(id),
          people().number("SELECT count(*) FROM follows WHERE follower_id = $1 AND state = 1", id));
    }
  }

  // Whom one follows has him among the followers, and the two profiles say the same.
  void expect_both_directions_agree() {
    for (std::size_t one = 0; one < ids_.size(); ++one) {
      for (std::size_t other = 0; other < ids_.size(); ++other) {
        if (one == other) continue;
        const auto mine = follows().profile(people().as(ids_[one]), handles_[other]);
        const auto theirs = follows().profile(people().as(ids_[other]), handles_[one]);
        if (!mine || !theirs) continue;  // blocked
        EXPECT_EQ(mine->relation->following, theirs->relation->followed_by);
        EXPECT_EQ(mine->relation->followed_by, theirs->relation->following);
      }
    }
  }

 private:
  std::vector<std::string> handles_;
  std::vector<AccountId> ids_;
};
ON_BOTH_ENGINES(FollowStorm);

TEST_P(FollowStorm, CountersAreExact) {
  std::atomic<int> followed = 0;
  storm(30, [&](const Viewer& viewer, const std::string& handle, unsigned chance) {
    const auto relation =
        chance % 2 ? follows().follow(viewer, handle) : follows().unfollow(viewer, handle);
    EXPECT_TRUE(relation);
    if (relation && (relation->following || relation->requested)) ++followed;
  });
  EXPECT_GT(followed, 0);
  expect_exact_counts();
}

// Everything that two people can do to each other, and what one of them can do alone.
TEST_P(FollowStorm, RelationsStayConsistentWhateverHappensAtOnce) {
  storm(40, [&](const Viewer& viewer, const std::string& handle, unsigned chance) {
    using Change = Result<Relation> (FollowService::*)(const Viewer&, std::string_view);
    constexpr std::array<Change, 8> changes = {
        &FollowService::block,   &FollowService::unblock,  &FollowService::approve,
        &FollowService::decline, &FollowService::unfollow, &FollowService::remove_follower,
        &FollowService::mute,    &FollowService::unmute,
    };
    const std::size_t which = chance % 16;
    if (which < changes.size()) {
      (void)(follows().*changes[which])(viewer, handle);
    } else if (which < 10) {
      EXPECT_TRUE(people().accounts.change_profile(viewer, privacy(which == 8)));
    } else {
      (void)follows().follow(viewer, handle);
    }
  });
  EXPECT_EQ(people().number("SELECT count(*) FROM follows f JOIN blocks b"
                            " ON (b.blocker_id = f.follower_id AND b.blocked_id = f.followee_id)"
                            " OR (b.blocker_id = f.followee_id AND b.blocked_id = f.follower_id)"),
            0)
      << "a follow outlived a block";
  EXPECT_EQ(people().number("SELECT count(*) FROM follows f JOIN accounts a"
                            " ON a.id = f.followee_id WHERE f.state = 0 AND a.private = 0"),
            0)
      << "somebody waits for a public account";
  EXPECT_GT(people().number("SELECT count(*) FROM blocks"), 0);
  EXPECT_GT(people().number("SELECT count(*) FROM mutes"), 0);
  expect_exact_counts();
  expect_both_directions_agree();
}

}  // namespace
}  // namespace picsharz::follows
