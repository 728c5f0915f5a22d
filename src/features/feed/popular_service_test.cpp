// The popular list: what is on it, in which order, for whom, and how soon it forgets.
#include "features/feed/popular_service.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/people_fixture.h"
#include "support/test_database.h"

namespace picsharz::feed {
namespace {

using accounts::AccountState;
using photos::PhotoState;
using photos::Visibility;
using test::ids_of;
using test::PeopleFixture;
using Ids = std::vector<PhotoId>;

class PopularServiceTest : public test::DatabaseSuite {
 protected:
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    people_.emplace(db());
    changes_.emplace(db(), people_->clock);
    popular_.emplace(db(), people_->cards, *changes_, nullptr, people_->clock);
    changes_->add(*popular_);
    changes_->poll();
    for (int i = 0; i < 6; ++i) fans_.push_back(people_->join("fan" + std::to_string(i)));
    mei_ = people_->join("mei");
  }
  void TearDown() override {
    popular_.reset();
    changes_.reset();
    people_.reset();
    DatabaseSuite::TearDown();
  }
  PeopleFixture& people() { return *people_; }
  PopularService& popular() { return *popular_; }
  PhotoId liked(AccountId owner, int likes, const test::PhotoDraft& draft = {}) {
    const PhotoId photo = people().photo(owner, draft);
    like(photo, likes);
    return photo;
  }
  void like(PhotoId photo, int likes) {
    db().write([&](db::Tx& tx) {
      for (int i = 0; i < likes; ++i) {
        const AccountId fan = fans_.at(static_cast<std::size_t>(i));
        likes::LikeStore().insert(tx, fan, likes::Likeable{photo}, people().clock.now());
      }
    });
  }
  Ids seen_by(const Viewer& viewer) { return ids_of(popular().list(viewer)); }
  Ids seen() { return seen_by({}); }

  std::vector<AccountId> fans_;
  AccountId mei_;

 private:
  std::optional<PeopleFixture> people_;
  std::optional<db::ChangeLog> changes_;
  std::optional<PopularService> popular_;

 protected:
  db::ChangeLog& changes() { return *changes_; }
};
ON_BOTH_ENGINES(PopularServiceTest);

TEST_P(PopularServiceTest, MoreLikesAndNewerOnesComeFirst) {
  EXPECT_TRUE(seen().empty());
  const PhotoId old = liked(mei_, 5);
  people().clock.advance(6 * day);
  const PhotoId one = liked(fans_[0], 1);
  const PhotoId three = liked(fans_[1], 3);
  people().photo(mei_);  // that nobody likes
  popular().rank();
  EXPECT_EQ(seen(), (Ids{three, one, old}));
  like(old, 6);  // one of them is new
  popular().rank();
  EXPECT_EQ(seen(), (Ids{three, old, one}));
}

TEST_P(PopularServiceTest, HoldsOnlyWhatEverybodyMaySeeAndAFewOfEachPerson) {
  const AccountId shy = people().join("shy", "", true);
  const AccountId gone = people().join("gone");
  liked(shy, 6);
  liked(gone, 6);
  people().set_state(gone, AccountState::suspended);
  liked(mei_, 6, {.visibility = Visibility::followers});
  liked(mei_, 6, {.visibility = Visibility::only_me});
  liked(mei_, 6, {.state = PhotoState::held});
  Ids best;
  for (int likes = 5; likes > 0; --likes) best.push_back(liked(mei_, likes));
  best.resize(popular_of_one);
  popular().rank();
  EXPECT_EQ(seen(), best);
}

TEST_P(PopularServiceTest, IsNeverLongerThanItIsPromised) {
  for (int person = 0; person < 12; ++person) {
    const AccountId owner = people().join("owner" + std::to_string(person));
    for (int i = 0; i < popular_of_one; ++i) liked(owner, 1 + person % 5);
  }
  popular().rank();
  EXPECT_EQ(seen().size(), static_cast<std::size_t>(popular_count));
}

TEST_P(PopularServiceTest, WhatIsTakenAwayIsGoneWithTheNextLookAtTheChanges) {
  const AccountId tom = people().join("tom");
  const PhotoId first = liked(mei_, 4);
  const PhotoId second = liked(tom, 3);
  const PhotoId third = liked(fans_[0], 2);
  popular().rank();
  changes().poll();
  EXPECT_EQ(seen(), (Ids{first, second, third}));
  people().withdraw(first, PhotoState::removed);
  people().set_visibility(second, Visibility::followers);
  changes().poll();
  EXPECT_EQ(seen(), Ids{third});
  people().set_private(fans_[0], true);
  changes().poll();
  EXPECT_TRUE(seen().empty());
}

TEST_P(PopularServiceTest, VisitorsAreAnsweredFromMemoryAsLongAsItIsFresh) {
  const PhotoId photo = liked(mei_, 1);
  popular().rank();
  changes().poll();
  ASSERT_EQ(seen(), Ids{photo});
  const auto reads = [&] { return db().stats().reads; };
  const auto before = reads();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(seen(), Ids{photo});
  EXPECT_EQ(reads(), before);
  people().clock.advance(2 * second);  // nobody looked at the changes for so long
  seen();
  EXPECT_GT(reads(), before);
}

TEST_P(PopularServiceTest, AMemberSeesOwnLikesAndNobodyOfABlock) {
  const AccountId tom = people().join("tom");
  const PhotoId meis = liked(mei_, 2);
  const PhotoId toms = liked(tom, 1);
  popular().rank();
  people().block(fans_[0], tom);
  people().block(mei_, fans_[5]);
  EXPECT_EQ(seen_by(people().as(fans_[0])), Ids{meis});
  EXPECT_TRUE(popular().list(people().as(fans_[0])).items.at(0).counts.liked);
  EXPECT_FALSE(popular().list(people().as(fans_[2])).items.at(0).counts.liked);
  EXPECT_EQ(seen_by(people().as(fans_[5])), Ids{toms});
  EXPECT_EQ(seen(), (Ids{meis, toms}));
}

TEST_P(PopularServiceTest, IsRankedOnceADayWhereItIsFull) {
  const auto fill = [&] {
    for (int person = 0; person < popular_count; ++person) {
      liked(people().join("owner" + std::to_string(person)), 1);
    }
  };
  popular().rank_if_due();
  const PhotoId first = liked(mei_, 6);
  popular().rank_if_due();  // short: at every look
  EXPECT_EQ(seen(), Ids{first});
  fill();
  popular().rank_if_due();
  ASSERT_EQ(seen().size(), static_cast<std::size_t>(popular_count));
  const PhotoId later = liked(fans_[0], 6);
  const auto holds = [&] { return std::ranges::count(seen_by(people().as(mei_)), later) == 1; };
  people().clock.advance(23 * hour);
  popular().rank_if_due();
  EXPECT_FALSE(holds());
  people().clock.advance(2 * hour);
  popular().rank_if_due();
  EXPECT_TRUE(holds());
}

}  // namespace
}  // namespace picsharz::feed
