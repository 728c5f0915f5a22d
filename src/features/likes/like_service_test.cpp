#include "features/likes/like_service.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <memory>
#include <random>
#include <thread>

#include "support/people_fixture.h"
#include "support/test_database.h"

namespace picsharz::likes {
namespace {

using photos::PhotoState;
using photos::Visibility;
using test::PeopleFixture;

// Waits for the answer; a failure of the database is thrown.
Result<LikeState> set(LikeService& likes, const Viewer& viewer, PhotoId photo, bool liked) {
  const auto answered = std::make_shared<std::promise<Result<LikeState>>>();
  auto answer = answered->get_future();
  likes.set(viewer, photo, liked, [answered](std::exception_ptr failure, Result<LikeState> state) {
    failure ? answered->set_exception(failure) : answered->set_value(std::move(state));
  });
  return answer.get();
}

// Counts answers that come on threads of the database, which may outlive the test's own interest.
class Tally {
 public:
  explicit Tally(int expected) : state_(std::make_shared<State>(expected)) {}

  LikeService::Done done() {
    return [state = state_](std::exception_ptr failure, const Result<LikeState>& answer) {
      if (failure || !answer) ++state->failures;
      if (--state->missing == 0) state->all.set_value();
    };
  }
  // Waits for all; how many failed.
  int failures() {
    state_->all.get_future().get();
    return state_->failures;
  }

 private:
  struct State {
    explicit State(int expected) : missing(expected) {}
    std::atomic<int> missing;
    std::atomic<int> failures = 0;
    std::promise<void> all;
  };
  std::shared_ptr<State> state_;
};

class LikeServiceTest : public test::DatabaseSuite {
 protected:
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    people_.emplace(db());
    mei_ = people_->join("mei");
    ada_ = people_->join("ada");
    photo_ = people_->photo(mei_);
  }
  void TearDown() override {
    people_.reset();
    DatabaseSuite::TearDown();
  }
  PeopleFixture& people() { return *people_; }
  Result<LikeState> like(AccountId who, PhotoId photo) {
    return set(people_->likes, people_->as(who), photo, true);
  }
  Result<LikeState> unlike(AccountId who, PhotoId photo) {
    return set(people_->likes, people_->as(who), photo, false);
  }
  std::int64_t counted(PhotoId photo) {
    return people_->number("SELECT likes FROM photos WHERE id = $1", photo);
  }
  std::int64_t rows(PhotoId photo) {
    return people_->number("SELECT count(*) FROM likes WHERE photo_id = $1", photo);
  }

  AccountId mei_, ada_;
  PhotoId photo_;

 private:
  std::optional<PeopleFixture> people_;
};
ON_BOTH_ENGINES(LikeServiceTest);

TEST_P(LikeServiceTest, ALikeCountsOnce) {
  for (int again = 0; again < 3; ++again) {
    const auto state = like(ada_, photo_);
    ASSERT_TRUE(state);
    EXPECT_EQ(state->likes, 1);
    EXPECT_TRUE(state->liked);
  }
  EXPECT_EQ(like(mei_, photo_)->likes, 2) << "one's own photo may be liked";
  EXPECT_EQ(counted(photo_), 2);
  EXPECT_EQ(rows(photo_), 2);
}

TEST_P(LikeServiceTest, AnUnlikeCountsOnce) {
  ASSERT_TRUE(like(ada_, photo_));
  ASSERT_TRUE(like(mei_, photo_));
  for (int again = 0; again < 3; ++again) {
    const auto state = unlike(ada_, photo_);
    ASSERT_TRUE(state);
    EXPECT_EQ(state->likes, 1);
    EXPECT_FALSE(state->liked);
  }
  EXPECT_EQ(counted(photo_), 1);
  EXPECT_EQ(rows(photo_), 1);
}

TEST_P(LikeServiceTest, WhatCannotBeSeenCannotBeLikedOrUnliked) {
  const AccountId cross = people().join("cross");
  people().block(cross, ada_);
  const PhotoId theirs = people().photo(cross);
  const PhotoId followers = people().photo(mei_, {.visibility = Visibility::followers});
  const PhotoId hidden = people().photo(mei_, {.visibility = Visibility::only_me});
  const PhotoId held = people().photo(mei_, {.state = PhotoState::held});
  const PhotoId developing = people().photo(mei_, {.state = PhotoState::decoding});
  const PhotoId missing{1};
  for (const PhotoId photo : {theirs, followers, hidden, held, developing, missing}) {
    for (const bool liked : {true, false}) {
      const auto state = set(people().likes, people().as(ada_), photo, liked);
      ASSERT_FALSE(state);
      EXPECT_EQ(state.error().kind, ErrorKind::not_found);
    }
  }
  EXPECT_EQ(people().number("SELECT count(*) FROM likes"), 0);
  EXPECT_EQ(people().number("SELECT sum(likes) FROM photos"), 0);
}

TEST_P(LikeServiceTest, AFollowerLikesWhatFollowersSee) {
  const PhotoId photo = people().photo(mei_, {.visibility = Visibility::followers});
  people().follow(ada_, mei_);
  EXPECT_EQ(like(ada_, photo)->likes, 1);
}

TEST_P(LikeServiceTest, AWithdrawnPhotoKeepsItsLikesAndTakesNoMore) {
  ASSERT_TRUE(like(ada_, photo_));
  ASSERT_TRUE(people().withdraw(photo_, PhotoState::held));
  EXPECT_EQ(unlike(ada_, photo_).error().kind, ErrorKind::not_found);
  EXPECT_EQ(like(mei_, photo_).error().kind, ErrorKind::not_found);
  EXPECT_EQ(counted(photo_), 1);
  EXPECT_EQ(rows(photo_), 1);
}

TEST_P(LikeServiceTest, AFailureOfTheDatabaseReachesTheAnswerAndLeavesNothing) {
  const AccountId nobody{12345};  // no such row: the database itself refuses the like
  EXPECT_THROW((void)like(nobody, photo_), db::DatabaseError);
  EXPECT_EQ(counted(photo_), 0);
  EXPECT_EQ(rows(photo_), 0);
  EXPECT_EQ(like(ada_, photo_)->likes, 1) << "the next one works";
}

TEST_P(LikeServiceTest, WhoLikesIsToldNewestFirstInPages) {
  std::vector<std::string> newest_first;
  for (int i = 0; i < 7; ++i) {
    const std::string handle = "fan" + std::to_string(i);
    ASSERT_TRUE(like(people().join(handle), photo_));
    // Two of each three at the same instant: then the id decides.
    if (i % 3 == 2) people().clock.advance(second);
    newest_first.insert(newest_first.begin(), handle);
  }
  ASSERT_TRUE(like(ada_, people().photo(mei_)));
  for (const int limit : {1, 2, 7, 100}) {
    std::vector<std::string> found;
    for (const accounts::Account& one : test::walk(limit, [&](const PageRequest& page) {
           return people().likes.likers(people().as(ada_), photo_, page).value();
         })) {
      found.push_back(one.handle);
    }
    EXPECT_EQ(found, newest_first) << limit;
  }
  EXPECT_EQ(test::handles_of(people().likes.likers({}, photo_, {}).value()), newest_first)
      << "a visitor sees the same of a public photo";
}

TEST_P(LikeServiceTest, WhoLikesIsForThoseWhoMaySeeThePhoto) {
  const AccountId cross = people().join("cross");
  people().block(cross, ada_);
  const PhotoId followers = people().photo(mei_, {.visibility = Visibility::followers});
  const PhotoId hidden = people().photo(mei_, {.visibility = Visibility::only_me});
  const PhotoId held = people().photo(mei_, {.state = PhotoState::held});
  const std::vector<PhotoId> secrets = {people().photo(cross), followers, hidden, held, PhotoId{1}};
  for (const Role role : {Role::member, Role::moderator, Role::administrator}) {
    for (const PhotoId photo : secrets) {
      const auto refused = people().likes.likers(people().as(ada_, role), photo, {});
      ASSERT_FALSE(refused);
      EXPECT_EQ(refused.error().kind, ErrorKind::not_found);
    }
  }
  for (const PhotoId photo : {followers, hidden, held}) {
    EXPECT_TRUE(people().likes.likers(people().as(mei_), photo, {})) << "its owner sees them";
  }
  people().follow(ada_, mei_);
  EXPECT_TRUE(people().likes.likers(people().as(ada_), followers, {}));
}

TEST_P(LikeServiceTest, WhoIsAwayOrBlockedTheViewerIsNotNamedAmongThoseWhoLike) {
  const AccountId cross = people().join("cross");
  const AccountId gone = people().join("gone");
  const AccountId muted = people().join("muted");
  for (const AccountId one : {cross, gone, muted}) ASSERT_TRUE(like(one, photo_));
  people().block(cross, ada_);
  people().mute(ada_, muted);
  people().set_state(gone, accounts::AccountState::suspended);
  const auto seen_by = [&](AccountId who) {
    return test::handles_of(people().likes.likers(people().as(who), photo_, {}).value());
  };
  EXPECT_EQ(seen_by(ada_), std::vector<std::string>{"muted"});
  EXPECT_EQ(seen_by(mei_), (std::vector<std::string>{"muted", "cross"}));
  EXPECT_EQ(counted(photo_), 3) << "the count is the same for everybody";
}

TEST_P(LikeServiceTest, PagesOfWhoLikesGoOnBehindThoseWhoAreNotNamed) {
  std::vector<std::string> named;
  for (int i = 0; i < 40; ++i) {
    const std::string handle = "fan" + std::to_string(i);
    const AccountId fan = people().join(handle);
    ASSERT_TRUE(like(fan, photo_));
    if (i % 13 != 0) {
      people().set_state(fan, accounts::AccountState::suspended);
    } else {
      named.insert(named.begin(), handle);
    }
  }
  for (const int limit : {1, 3, 100}) {
    std::vector<std::string> found;
    for (const accounts::Account& one : test::walk(limit, [&](const PageRequest& page) {
           return people().likes.likers(people().as(ada_), photo_, page).value();
         })) {
      found.push_back(one.handle);
    }
    EXPECT_EQ(found, named) << limit;
  }
}

// A thousand people like and unlike one photo from many threads, none of which waits for the
// database: exactly the last wish of each is there at the end, and counted.
TEST_P(LikeServiceTest, AThousandTogglersAreCountedExactly) {
  constexpr int togglers = 1000;
  constexpr unsigned thread_count = 8;
  std::vector<AccountId> accounts;
  for (int i = 0; i < togglers; ++i) accounts.push_back(people().join("p" + std::to_string(i)));
  std::vector<char> wishes(togglers);
  for (int round = 0; round < 2; ++round) {
    Tally tally(togglers);
    std::vector<std::thread> threads;
    for (unsigned thread = 0; thread < thread_count; ++thread) {
      threads.emplace_back([&, thread] {
        std::mt19937 random(thread + 100u * static_cast<unsigned>(round));
        for (std::size_t i = thread; i < accounts.size(); i += thread_count) {
          wishes[i] = round == 0 || random() % 2;
          people().likes.set(people().as(accounts[i]), photo_, wishes[i] != 0, tally.done());
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(tally.failures(), 0);
    EXPECT_EQ(rows(photo_), std::ranges::count_if(wishes, [](char wish) { return wish != 0; }));
    EXPECT_EQ(counted(photo_), rows(photo_));
  }
  EXPECT_LT(rows(photo_), togglers) << "the second round took likes back";
}

// The same people at the same instant, each both ways: whatever comes out last, the count agrees.
TEST_P(LikeServiceTest, OnePersonsTwoHandsDoNotMiscount) {
  constexpr int rounds = 200;
  Tally tally(4 * rounds);
  std::vector<std::thread> threads;
  for (int hand = 0; hand < 4; ++hand) {
    threads.emplace_back([&, hand] {
      for (int round = 0; round < rounds; ++round) {
        const AccountId who = hand < 2 ? ada_ : mei_;
        people().likes.set(people().as(who), photo_, (hand + round) % 2 == 0, tally.done());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(tally.failures(), 0);
  EXPECT_EQ(counted(photo_), rows(photo_));
}

// A thousand wishes at once, of few people about few photos, none of which waits for another.
TEST_P(LikeServiceTest, AThousandTasksOnTheSamePhotosAreCountedExactly) {
  constexpr unsigned tasks = 1000;
  constexpr unsigned thread_count = 8;
  std::vector<AccountId> fans;
  for (int i = 0; i < 20; ++i) fans.push_back(people().join("fan" + std::to_string(i)));
  const std::vector<PhotoId> photos = {photo_, people().photo(mei_), people().photo(ada_)};
  Tally tally(tasks);
  std::vector<std::thread> threads;
  for (unsigned thread = 0; thread < thread_count; ++thread) {
    threads.emplace_back([&, thread] {
      std::mt19937 random(thread);
      for (unsigned task = thread; task < tasks; task += thread_count) {
        const AccountId who = fans[random() % fans.size()];
        const PhotoId photo = photos[random() % photos.size()];
        people().likes.set(people().as(who), photo, random() % 2 == 0, tally.done());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(tally.failures(), 0);
  for (const PhotoId photo : photos) {
    EXPECT_EQ(counted(photo), rows(photo));
    EXPECT_GT(rows(photo), 0);
  }
}

// ---- A database that is down, and one that is full.

class BrokenDatabase final : public db::Database {
 public:
  explicit BrokenDatabase(bool full) : full_(full) {}
  db::Engine engine() const override { return db::Engine::sqlite; }
  void run_read(FunctionRef<void(db::Tx&)>) override { throw db::DatabaseError("down"); }
  void run_write(Work) override { throw db::DatabaseError("down"); }
  void run_write_async(AsyncWork, Done done) override {
    if (full_) throw db::DatabaseError("too many are waiting");
    done(std::make_exception_ptr(db::DatabaseError("down")));
  }
  db::DatabaseStats stats() const override { return {}; }

 private:
  const bool full_;
};

TEST(LikeServiceOnABrokenDatabase, TellsDoneThatTheDatabaseIsDown) {
  BrokenDatabase down(false);
  FakeClock clock;
  activity::ActivityService activity(clock);
  LikeService likes(down, activity, clock);
  EXPECT_THROW((void)set(likes, {.account = AccountId{1}}, PhotoId{2}, true), db::DatabaseError);
}

TEST(LikeServiceOnABrokenDatabase, ThrowsAndTellsNobodyWhereTheQueueIsFull) {
  BrokenDatabase full(true);
  FakeClock clock;
  activity::ActivityService activity(clock);
  LikeService likes(full, activity, clock);
  bool told = false;
  const auto done = [&](std::exception_ptr, const Result<LikeState>&) { told = true; };
  EXPECT_THROW(likes.set({.account = AccountId{1}}, PhotoId{2}, false, done), db::DatabaseError);
  EXPECT_FALSE(told);
}

}  // namespace
}  // namespace picsharz::likes
