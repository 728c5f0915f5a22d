#include "features/search/search_service.h"

#include <gtest/gtest.h>

#include "support/people_fixture.h"
#include "support/test_database.h"

namespace picsharz::search {
namespace {

using accounts::Account;
using accounts::AccountState;
using photos::PhotoState;
using photos::Visibility;
using test::handles_of;
using test::ids_of;
using test::PeopleFixture;
using Ids = std::vector<PhotoId>;
using Handles = std::vector<std::string>;

class SearchServiceTest : public test::DatabaseSuite {
 protected:
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    people_.emplace(db());
    mei_ = people_->join("mei_lin", "Mei Lin");
    ada_ = people_->join("ada", "Ada Lovelace");
  }
  void TearDown() override {
    people_.reset();
    DatabaseSuite::TearDown();
  }
  PeopleFixture& people() { return *people_; }
  Ids found(std::string_view typed, AccountId viewer = {}) {
    return ids_of(people_->search.photos(people_->as(viewer), typed, {}));
  }
  Handles found_people(std::string_view typed, AccountId viewer = {}) {
    return handles_of(people_->search.people(people_->as(viewer), typed, {}));
  }

  AccountId mei_, ada_;

 private:
  std::optional<PeopleFixture> people_;
};
ON_BOTH_ENGINES(SearchServiceTest);

TEST_P(SearchServiceTest, AWordOfTheTitleATagALabelOrTheOwnerFinds) {
  const PhotoId boat = people().photo(
      mei_, {.title = "Boats at dawn", .tags = {"harbour"}, .labels = {"sailing vessel"}});
  const PhotoId cat = people().photo(ada_, {.title = "A cat", .tags = {"pet"}});
  EXPECT_EQ(found("dawn"), Ids{boat});
  EXPECT_EQ(found("harbour"), Ids{boat});
  EXPECT_EQ(found("vessel"), Ids{boat});
  EXPECT_EQ(found("mei"), Ids{boat});
  EXPECT_EQ(found("lovelace"), Ids{cat});
  EXPECT_EQ(found("DAWN"), Ids{boat});
  EXPECT_EQ(found("dog"), Ids{});
}

TEST_P(SearchServiceTest, TheBeginningOfAWordFindsItsEndDoesNot) {
  const PhotoId boat = people().photo(mei_, {.title = "Boats", .tags = {"harbour"}});
  for (const char* typed : {"b", "bo", "boat", "harb", "#harb"}) {
    EXPECT_EQ(found(typed), Ids{boat}) << typed;
  }
  for (const char* typed : {"oats", "bour", "boatss"}) EXPECT_EQ(found(typed), Ids{}) << typed;
}

TEST_P(SearchServiceTest, APluralFindsItsSingularAndTheOtherWayRound) {
  const PhotoId one = people().photo(
      mei_, {.title = "Evening", .labels = {"acoustic guitar", "guitar", "musical instrument"}});
  const PhotoId two = people().photo(mei_, {.title = "Old guitars"});
  EXPECT_EQ(found("guitar"), (Ids{two, one}));
  EXPECT_EQ(found("guitars"), (Ids{two, one}));
  EXPECT_EQ(found("musical instrument"), Ids{one});
  EXPECT_EQ(found("musical instruments"), Ids{one});
  // A name is no plural.
  people().join("lucas", "Lucas");
  people().join("luca", "Luca");
  EXPECT_EQ(found_people("lucas"), Handles{"lucas"});
}

TEST_P(SearchServiceTest, DiacriticsDoNotCountOnEitherSide) {
  const PhotoId cafe = people().photo(mei_, {.title = "Café in Zürich"});
  const PhotoId plain = people().photo(mei_, {.title = "Cafe"});
  EXPECT_EQ(found("cafe"), (Ids{plain, cafe}));
  EXPECT_EQ(found("café"), (Ids{plain, cafe}));
  EXPECT_EQ(found("CAFÉ zurich"), Ids{cafe});
  people().join("zoe", "Zoë Ångström");
  EXPECT_EQ(found_people("zoe"), Handles{"zoe"});
  EXPECT_EQ(found_people("angstrom"), Handles{"zoe"});
}

TEST_P(SearchServiceTest, OtherScriptsAreFound) {
  const PhotoId tower = people().photo(mei_, {.title = "東京タワー 夜景", .tags = {"море"}});
  EXPECT_EQ(found("東京"), Ids{tower});
  EXPECT_EQ(found("夜景"), Ids{tower});
  EXPECT_EQ(found("МОР"), Ids{tower});
}

TEST_P(SearchServiceTest, EveryWordMustOccurInAnyOrderAndField) {
  const PhotoId both =
      people().photo(mei_, {.title = "Red boat", .tags = {"harbour"}, .labels = {"gondola"}});
  people().photo(mei_, {.title = "Red car"});
  people().photo(mei_, {.title = "Blue boat"});
  EXPECT_EQ(found("red boat"), Ids{both});
  EXPECT_EQ(found("boat red"), Ids{both});
  EXPECT_EQ(found("gondola, red; harb!"), Ids{both});
  EXPECT_EQ(found("red boat submarine"), Ids{});
}

TEST_P(SearchServiceTest, PhotosAreNewestFirstInPages) {
  Ids newest_first;
  for (int i = 0; i < 7; ++i) {
    newest_first.insert(newest_first.begin(), people().photo(mei_, {.title = "Boat"}));
    people().photo(ada_, {.title = "Boat", .visibility = Visibility::only_me});
  }
  for (const int limit : {1, 2, 3, 7, 100}) {
    Ids seen;
    for (const auto& view : test::walk(limit, [&](const PageRequest& page) {
           return people().search.photos({}, "boat", page);
         })) {
      seen.push_back(view.photo.id);
    }
    EXPECT_EQ(seen, newest_first) << limit;
  }
}

TEST_P(SearchServiceTest, WhatTheViewerMayNotSeeIsNeitherFoundNorCounted) {
  people().photo(mei_, {.title = "Boat", .visibility = Visibility::followers});
  people().photo(mei_, {.title = "Boat", .visibility = Visibility::only_me});
  people().photo(mei_, {.title = "Boat", .state = PhotoState::held});
  people().photo(mei_, {.title = "Boat", .state = PhotoState::classifying});
  // A limit of one: had one of them been counted, there would be a next page.
  const auto page = people().search.photos(people().as(ada_), "boat", {.after = {}, .limit = 1});
  EXPECT_TRUE(page.items.empty());
  EXPECT_FALSE(page.next);
  EXPECT_EQ(found("boat", mei_).size(), 2u) << "her own published ones";
}

TEST_P(SearchServiceTest, AFollowOpensAndABlockClosesTheSearch) {
  const PhotoId photo =
      people().photo(mei_, {.title = "Boat", .visibility = Visibility::followers});
  EXPECT_EQ(found("boat", ada_), Ids{});
  ASSERT_TRUE(people().follows.follow(people().as(ada_), "mei_lin"));
  EXPECT_EQ(found("boat", ada_), Ids{photo});
  ASSERT_TRUE(people().follows.block(people().as(mei_), "ada"));
  EXPECT_EQ(found("boat", ada_), Ids{});
}

TEST_P(SearchServiceTest, AWithdrawnPhotoLeavesTheIndex) {
  const PhotoId boat = people().photo(mei_, {.title = "Boat"});
  EXPECT_EQ(people().number("SELECT count(*) FROM photo_search"), 1);
  ASSERT_TRUE(people().withdraw(boat, PhotoState::held));
  EXPECT_EQ(found("boat", mei_), Ids{});
  EXPECT_EQ(people().number("SELECT count(*) FROM photo_search"), 0);
}

TEST_P(SearchServiceTest, PeopleAreFoundByHandleAndName) {
  EXPECT_EQ(found_people("mei_lin"), Handles{"mei_lin"});
  EXPECT_EQ(found_people("@mei_lin"), Handles{"mei_lin"});
  EXPECT_EQ(found_people("lin"), Handles{"mei_lin"});
  EXPECT_EQ(found_people("love"), Handles{"ada"});
  EXPECT_EQ(found_people("lovelace ada"), Handles{"ada"});
  EXPECT_EQ(found_people("ada lin"), Handles{});
  accounts::ProfileChange change;
  change.name = "Countess";
  ASSERT_TRUE(people().accounts.change_profile(people().as(ada_), change));
  EXPECT_EQ(found_people("lovelace"), Handles{});
  EXPECT_EQ(found_people("countess"), Handles{"ada"});
}

TEST_P(SearchServiceTest, TheMostFollowedComeFirstInPages) {
  Handles expected;
  for (int i = 0; i < 7; ++i) {
    const std::string handle = "sam" + std::to_string(i);
    // Pairs with as many followers: then the newer account.
    people().set_followers(people().join(handle, "Sam"), i / 2);
    expected.insert(expected.begin(), handle);
  }
  for (const int limit : {1, 2, 3, 7, 100}) {
    Handles seen;
    for (const Account& account : test::walk(limit, [&](const PageRequest& page) {
           return people().search.people({}, "sam", page);
         })) {
      seen.push_back(account.handle);
    }
    EXPECT_EQ(seen, expected) << limit;
  }
}

TEST_P(SearchServiceTest, WhoIsAwayOrBlockedTheViewerIsNotFound) {
  const AccountId gone = people().join("sam_gone");
  const AccountId cross = people().join("sam_cross");
  people().join("sam_shy", "", true);
  people().set_state(gone, AccountState::suspended);
  people().block(cross, ada_);
  EXPECT_EQ(found_people("sam", ada_), Handles{"sam_shy"}) << "a private account has a name";
  EXPECT_EQ(found_people("sam", mei_), (Handles{"sam_shy", "sam_cross"}));
  EXPECT_EQ(found_people("sam"), (Handles{"sam_shy", "sam_cross"}));
}

TEST_P(SearchServiceTest, NothingTypedFindsNothing) {
  people().photo(mei_, {.title = "Boat"});
  for (const char* typed : {"", " ", "\t\n", "...", "😀", "—", "　"}) {
    EXPECT_EQ(found(typed), Ids{}) << typed;
    EXPECT_EQ(found_people(typed), Handles{}) << typed;
  }
}

// What is an operator to one engine or the other, and what becomes one when its diacritics and wide
// forms are folded. None of them occurs in the only photo and the two people.
TEST_P(SearchServiceTest, HostileQueriesNeitherThrowNorFindEverything) {
  people().photo(mei_, {.title = "Boat"});
  const Handles hostile = {"\"",
                           "*",
                           "NEAR(",
                           "NEAR(x y, 5)",
                           "a' OR 1=1 --",
                           "^",
                           ":*",
                           "!",
                           "&|",
                           "!zzz",
                           "-zzz",
                           "NOT zzz",
                           "zzz OR *",
                           "words : zzz",
                           "{words}: zzz",
                           "zzz\\",
                           "'",
                           "''",
                           "')",
                           "%",
                           "_",
                           "zzz <-> *",
                           "(",
                           "zzz)",
                           "\x01",
                           "zzz’",
                           "’",
                           "it’s",
                           "zzz’｜！’qqq",
                           "zzz｜！qqq",
                           "’：＊",
                           "ｚｚｚ＼",
                           "“zzz”",
                           "ʼ",
                           "＇zzz＂",
                           "😀 zzz",
                           "👩‍👩‍👧",
                           "½",
                           "\u202e",
                           "ﷺ",
                           std::string(200, '"'),
                           std::string(200, '\''),
                           std::string(200, 'z'),
                           std::string(100, '(') + std::string(100, ')')};
  for (const std::string& typed : hostile) {
    EXPECT_NO_THROW(EXPECT_EQ(found(typed), Ids{})) << typed;
    EXPECT_NO_THROW(EXPECT_EQ(found_people(typed), Handles{})) << typed;
  }
}

TEST_P(SearchServiceTest, AWordWithACurlyApostropheIsFoundAsItIsTyped) {
  const PhotoId photo = people().photo(mei_, {.title = "It’s the O’Brien boat"});
  EXPECT_EQ(found("it’s"), Ids{photo});
  EXPECT_EQ(found("it's"), Ids{photo});
  EXPECT_EQ(found("o’brien boat"), Ids{photo});
  EXPECT_EQ(found("o’malley"), Ids{});
}

TEST_P(SearchServiceTest, OperatorsAreWordsLikeOthers) {
  const PhotoId photo = people().photo(mei_, {.title = "Near or not and"});
  people().photo(mei_, {.title = "Boat"});
  EXPECT_EQ(found("near OR not AND"), Ids{photo});
  EXPECT_EQ(found("boat OR near"), Ids{});
}

TEST_P(SearchServiceTest, OfManyWordsEightCount) {
  const PhotoId photo = people().photo(mei_, {.title = "one two three four five six seven eight"});
  EXPECT_EQ(found("one two three four five six seven eight nine"), Ids{photo});
  EXPECT_EQ(found("one two three four five six seven nine"), Ids{});
}

}  // namespace
}  // namespace picsharz::search
