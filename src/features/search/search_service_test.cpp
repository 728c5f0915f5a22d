#include "features/search/search_service.h"

#include <gtest/gtest.h>

#include <map>

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
    return ids_of(people_->search_photos(people_->as(viewer), typed));
  }
  Handles found_people(std::string_view typed, AccountId viewer = {}) {
    return handles_of(people_->search_people(people_->as(viewer), typed));
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
  for (const char* typed : {"bo", "boat", "boats", "harb", "#harb", "boats harb"}) {
    EXPECT_EQ(found(typed), Ids{boat}) << typed;
  }
  for (const char* typed : {"oats", "bour", "boatss", "boa harbour", "boa ", "\"boa\""}) {
    EXPECT_EQ(found(typed), Ids{}) << typed;
  }
  EXPECT_EQ(found("b"), Ids{}) << "one letter is a word";
}

TEST_P(SearchServiceTest, ALongBeginningFindsWhateverBeginsSo) {
  const PhotoId one = people().photo(mei_, {.title = "Old kaleidoscope"});
  const PhotoId many =
      people().photo(mei_, {.title = "Old kaleidoscopes", .tags = {"kaleidoscopic"}});
  for (const char* typed : {"kaleidos", "kaleidosc", "kaleidoscop", "kaleidoscope",
                            "old kaleidosco", "old-kaleidosco", "OR kaleidosco"}) {
    EXPECT_EQ(found(typed), (Ids{many, one})) << typed;
  }
  EXPECT_EQ(found("kaleidoscopi"), Ids{many});
  for (const char* typed :
       {"kaleidosx", "kaleidoscopely", "leidoscope", "kaleidosco ", "old -kaleidosc"}) {
    EXPECT_EQ(found(typed), Ids{}) << typed;
  }
}

TEST_P(SearchServiceTest, HoweverManyWordsBeginSo) {
  Ids expected;
  const auto check = [&] { EXPECT_EQ(found("kaleidosco"), expected) << expected.size(); };
  for (int i = 0; i < 2 * completions_max; ++i) {
    const std::string word =
        "kaleidoscope" + std::string(1, static_cast<char>('a' + i % 26)) + std::to_string(i);
    expected.insert(expected.begin(), people().photo(mei_, {.title = word}));
    if (expected.size() > 20) expected.pop_back();
    check();
  }
}

TEST_P(SearchServiceTest, FormsOfOneBeginningCountOnce) {
  const PhotoId forms = people().photo(mei_, {.title = "Kaleidoscope, kaleidoscopic"});
  const PhotoId tag = people().photo(mei_, {.tags = {"kaleidoscope"}});
  const PhotoId text = people().photo(mei_, {.description = "kaleidoscope, kaleidoscopes"});
  const PhotoId again =
      people().photo(mei_, {.title = "kaleidoscopic", .description = "kaleidoscope"});
  EXPECT_EQ(ids_of(people().search_photos({}, "kaleidosc", {}, Sort::relevance)),
            (Ids{again, tag, forms, text}));
}

TEST_P(SearchServiceTest, InflectionsFindEachOther) {
  const PhotoId run = people().photo(mei_, {.title = "She was running"});
  const PhotoId runs = people().photo(mei_, {.title = "He runs"});
  for (const char* typed : {"run", "runs", "running", "running she OR he"}) {
    EXPECT_EQ(found(typed), (Ids{runs, run})) << typed;
  }
  EXPECT_EQ(found("runni"), Ids{run}) << "while it is typed";
}

TEST_P(SearchServiceTest, SynonymsFindEachOther) {
  const PhotoId bike = people().photo(mei_, {.title = "My bikes"});
  const PhotoId bicycle = people().photo(mei_, {.tags = {"bicycle"}});
  const PhotoId york = people().photo(mei_, {.title = "In New York"});
  EXPECT_EQ(found("bicycles"), (Ids{bicycle, bike}));
  EXPECT_EQ(found("bike"), (Ids{bicycle, bike}));
  EXPECT_EQ(found("nyc"), Ids{york});
  EXPECT_EQ(found("\"bike\""), Ids{bike}) << "what is quoted is meant so";
}

TEST_P(SearchServiceTest, APluralFindsItsSingularAndTheOtherWayRound) {
  const PhotoId one = people().photo(
      mei_, {.title = "Evening", .labels = {"acoustic guitar", "guitar", "musical instrument"}});
  const PhotoId two = people().photo(mei_, {.title = "Old guitars"});
  EXPECT_EQ(found("guitar"), (Ids{two, one}));
  EXPECT_EQ(found("guitars"), (Ids{two, one}));
  EXPECT_EQ(found("musical instrument"), Ids{one});
  EXPECT_EQ(found("musical instruments"), Ids{one});
  EXPECT_EQ(found("guitars evening"), Ids{one});
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
  EXPECT_EQ(found("タワ"), Ids{tower}) << "also within";
  EXPECT_EQ(found("景"), Ids{tower});
  EXPECT_EQ(found("京"), Ids{tower});
  EXPECT_EQ(found("ー"), Ids{tower});
  EXPECT_EQ(found("東京 море 夜"), Ids{tower});
  EXPECT_EQ(found("京東"), Ids{});
  EXPECT_EQ(found("ワ夜"), Ids{});
  const PhotoId sea = people().photo(mei_, {.title = "ทะเลสวย", .description = "바다에서"});
  EXPECT_EQ(found("ทะเล"), Ids{sea});
  EXPECT_EQ(found("바다"), Ids{sea});
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
           return people().search_photos({}, "boat", page);
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
  const auto page = people().search_photos(people().as(ada_), "boat", {.after = {}, .limit = 1});
  EXPECT_TRUE(page.items.empty());
  EXPECT_FALSE(page.next);
  EXPECT_EQ(found("boat", mei_).size(), 4u) << "her own";
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

TEST_P(SearchServiceTest, OwnersFindWhatIsDevelopedAndNobodyElseBeforeItIsPublished) {
  using enum PhotoState;
  std::map<PhotoState, PhotoId> photos;
  for (const PhotoState state :
       {received, decoding, classifying, published, held, removed, rejected}) {
    photos[state] = people().photo(mei_, {.title = "Boat", .state = state});
  }
  const Ids own{photos[held], photos[published], photos[classifying]};
  EXPECT_EQ(found("boat", mei_), own);
  EXPECT_EQ(found("boat -car", mei_), own);
  for (const Sort sort : {Sort::relevance, Sort::likes}) {
    EXPECT_EQ(ids_of(people().search_photos(people().as(mei_), "boat", {}, sort)), own);
  }
  const Viewer moderator{.account = ada_, .role = Role::moderator};
  for (const Viewer& viewer : {people().as(ada_), people().as({}), moderator}) {
    EXPECT_EQ(ids_of(people().search_photos(viewer, "boat")), Ids{photos[published]});
  }
}

TEST_P(SearchServiceTest, AWithdrawnPhotoIsItsOwnersAndARemovedOneLeavesTheIndex) {
  const PhotoId boat = people().photo(mei_, {.title = "Boat"});
  EXPECT_EQ(people().number("SELECT count(*) FROM photo_search"), 1);
  ASSERT_TRUE(people().withdraw(boat, PhotoState::held));
  EXPECT_EQ(found("boat", mei_), Ids{boat});
  EXPECT_EQ(found("boat", ada_), Ids{});
  ASSERT_TRUE(people().database.write([&](db::Tx& tx) {
    return photos::PhotoStore().decide(tx, boat, PhotoState::removed, "test");
  }));
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
           return people().search_people({}, "sam", page);
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
                           "zzz' OR 1=1 --",
                           "^",
                           ":*",
                           "!",
                           "&|",
                           "!zzz",
                           "NOT zzz",
                           "zzz OR *",
                           "OR OR zzz",
                           "zzz -",
                           "\"zzz",
                           "zzz\"\"\"",
                           "foo:zzz",
                           "from:",
                           "from:@ zzz",
                           "tag:\"",
                           "likes:>99999",
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

TEST_P(SearchServiceTest, TheEnginesOperatorsAreWordsLikeOthers) {
  const PhotoId photo = people().photo(mei_, {.title = "Near or not and"});
  people().photo(mei_, {.title = "Boat"});
  EXPECT_EQ(found("near or NOT AND"), Ids{photo});
  EXPECT_EQ(found("boat or near"), Ids{});
}

TEST_P(SearchServiceTest, OfManyWordsTwelveCount) {
  const PhotoId photo = people().photo(mei_, {.title = "a b c d e f g h i j k l"});
  EXPECT_EQ(found("a b c d e f g h i j k l zzz"), Ids{photo});
  EXPECT_EQ(found("a b c d e f g h i j k zzz"), Ids{});
}

TEST_P(SearchServiceTest, OrPutsOneInThePlaceOfTheOther) {
  const PhotoId cat = people().photo(mei_, {.title = "A black cat"});
  const PhotoId dog = people().photo(mei_, {.title = "A black dog"});
  people().photo(mei_, {.title = "A white dog"});
  people().photo(mei_, {.title = "A black horse"});
  EXPECT_EQ(found("cat OR dog black"), (Ids{dog, cat}));
  EXPECT_EQ(found("black cat OR dog"), (Ids{dog, cat}));
  EXPECT_EQ(found("black cat OR dog -dog"), Ids{cat});
}

TEST_P(SearchServiceTest, AMinusLeavesOut) {
  const PhotoId boat = people().photo(mei_, {.title = "Red boat"});
  const PhotoId car = people().photo(mei_, {.title = "Red car", .tags = {"old town"}});
  EXPECT_EQ(found("red -boats"), Ids{car});
  EXPECT_EQ(found("red -\"old town\""), Ids{boat});
  EXPECT_EQ(found("-boat"), Ids{car});
  EXPECT_EQ(found("red -from:mei_lin"), Ids{});
  EXPECT_EQ(found("well-known"), Ids{});
}

TEST_P(SearchServiceTest, QuotationMarksKeepWordsTogether) {
  const PhotoId photo = people().photo(mei_, {.title = "The old harbour at night"});
  people().photo(mei_, {.title = "Harbour, old"});
  EXPECT_EQ(found("\"old harbour\""), Ids{photo});
  EXPECT_EQ(found("“Old Harbour”"), Ids{photo});
  EXPECT_EQ(found("old-harb"), Ids{photo});
  EXPECT_EQ(found("\"old harb\""), Ids{});
}

TEST_P(SearchServiceTest, FromIsWhoseItIs) {
  const PhotoId hers = people().photo(mei_, {.title = "Boat"});
  const PhotoId others = people().photo(ada_, {.title = "Boat with Mei"});
  EXPECT_EQ(found("boat from:mei_lin"), Ids{hers});
  EXPECT_EQ(found("from:@MEI_LIN"), Ids{hers});
  EXPECT_EQ(found("from:mei_lin OR from:ada"), (Ids{others, hers}));
  EXPECT_EQ(found("from:nobody boat"), Ids{});
  EXPECT_EQ(found("-from:nobody boat"), (Ids{others, hers}));
  EXPECT_EQ(found("is:mine", ada_), Ids{others});
  EXPECT_EQ(found("boat from:me", mei_), Ids{hers});
  EXPECT_EQ(found("is:mine"), Ids{}) << "a visitor has none";
}

TEST_P(SearchServiceTest, TagIsAWholeTag) {
  const PhotoId hour = people().photo(mei_, {.tags = {"golden-hour", "sea"}});
  const PhotoId gold = people().photo(mei_, {.title = "hour", .tags = {"golden"}});
  EXPECT_EQ(found("tag:golden-hour"), Ids{hour});
  EXPECT_EQ(found("tag:\"Golden Hour\""), Ids{hour});
  EXPECT_EQ(found("tag:golden"), Ids{gold});
  EXPECT_EQ(found("tag:#sea"), Ids{hour});
  EXPECT_EQ(found("tag:gold"), Ids{});
  EXPECT_EQ(found("hour -tag:sea"), Ids{gold});
}

TEST_P(SearchServiceTest, LooksAreLabels) {
  const PhotoId red = people().photo(mei_, {.labels = {"red", "horizontal"}});
  const PhotoId grey = people().photo(mei_, {.labels = {"black and white"}});
  people().photo(mei_, {.title = "Red, and no bw"});
  EXPECT_EQ(found("color:red"), Ids{red});
  EXPECT_EQ(found("colour:RED is:horizontal"), Ids{red});
  EXPECT_EQ(found("is:bw"), Ids{grey});
  EXPECT_EQ(found("is:bw OR color:red"), (Ids{grey, red}));
}

TEST_P(SearchServiceTest, CameraIsWhatItsOwnerShows) {
  const PhotoId shown = people().photo(mei_);
  const PhotoId hidden = people().photo(mei_);
  people().database.write([&](db::Tx& tx) {
    for (const PhotoId id : {shown, hidden}) {
      tx.exec("UPDATE photo_details SET camera = $2, show_camera = $3 WHERE photo_id = $1", id,
              R"({"make":"FUJIFILM","model":"X-T5","lens":"XF 35 \"R\"","iso":200})", id == shown);
      photos::PhotoStore().index(tx, id);
    }
  });
  EXPECT_EQ(found("camera:fujifilm"), Ids{shown});
  EXPECT_EQ(found("camera:\"x-t5 fujifilm\""), Ids{shown});
  EXPECT_EQ(found("camera:x-t5", mei_), Ids{shown});
  EXPECT_EQ(found("camera:nikon"), Ids{});
  EXPECT_EQ(found("-camera:fujifilm"), Ids{hidden});
}

TEST_P(SearchServiceTest, LikesAndDaysBound) {
  const PhotoId old = people().photo(mei_, {.title = "Boat"});  // 2026-09-21
  people().clock.advance(40 * day);
  const PhotoId liked = people().photo(mei_, {.title = "Boat"});  // 2026-10-31
  ASSERT_TRUE(people().like(ada_, liked));
  ASSERT_TRUE(people().like(mei_, liked));
  EXPECT_EQ(found("boat likes:>1"), Ids{liked});
  EXPECT_EQ(found("boat likes:>2"), Ids{});
  EXPECT_EQ(found("boat likes:2"), Ids{liked});
  EXPECT_EQ(found("boat likes:<2"), Ids{old});
  EXPECT_EQ(found("boat -likes:>=2"), Ids{old});
  EXPECT_EQ(found("likes:>0"), Ids{liked});
  EXPECT_EQ(found("before:2026-10"), Ids{old});
  EXPECT_EQ(found("boat after:2026-10-01"), Ids{liked});
  EXPECT_EQ(found("boat after:2026 before:2027"), (Ids{liked, old}));
  EXPECT_EQ(found("boat after:2026-09-22"), Ids{liked});
  EXPECT_EQ(found("boat -before:2026-09-22"), Ids{liked});
  EXPECT_EQ(found("boat before:2020"), Ids{});
  EXPECT_EQ(found("boat after:2030"), Ids{});
  EXPECT_EQ(found("boat before:2200"), (Ids{liked, old}));
  EXPECT_EQ(found("boat after:2200"), Ids{});
  EXPECT_EQ(found("is:liked", ada_), Ids{liked});
  EXPECT_EQ(found("-is:liked", ada_), Ids{old});
  EXPECT_EQ(found("is:liked"), Ids{});
}

TEST_P(SearchServiceTest, FollowingIsWhoseFollowIsApproved) {
  const PhotoId hers = people().photo(mei_, {.title = "Boat"});
  const PhotoId own = people().photo(ada_, {.title = "Boat"});
  EXPECT_EQ(found("boat is:following", ada_), Ids{});
  people().follow(ada_, mei_, follows::FollowState::requested);
  EXPECT_EQ(found("boat is:following", ada_), Ids{});
  people().database.write([&](db::Tx& tx) { follows::FollowStore().approve(tx, ada_, mei_, 0); });
  EXPECT_EQ(found("boat is:following", ada_), Ids{hers});
  EXPECT_EQ(found("boat -is:following", ada_), Ids{own});
}

TEST_P(SearchServiceTest, RelevanceIsTheMostTellingPlace) {
  const PhotoId title = people().photo(mei_, {.title = "Boat"});
  const PhotoId both = people().photo(mei_, {.title = "Boat", .labels = {"vessel"}});
  const PhotoId label = people().photo(mei_, {.labels = {"boat"}});
  const PhotoId text = people().photo(mei_, {.description = "the boat"});
  const PhotoId owner = people().photo(people().join("boat_fan", "Boat Fan"), {});
  const auto by_relevance = [&](std::string_view typed) {
    return ids_of(people().search_photos({}, typed, {}, Sort::relevance));
  };
  EXPECT_EQ(by_relevance("\"boat\""), (Ids{both, title, label, owner, text}));
  EXPECT_EQ(by_relevance("boat"), (Ids{both, title, label, owner, text})) << "and its synonym";
  EXPECT_EQ(by_relevance("-boat"), Ids{});
  for (const int limit : {1, 2, 3, 10}) {
    Ids seen;
    for (const auto& view : test::walk(limit, [&](const PageRequest& page) {
           return people().search_photos({}, "boat", page, Sort::relevance);
         })) {
      seen.push_back(view.photo.id);
    }
    EXPECT_EQ(seen, (Ids{both, title, label, owner, text})) << limit;
  }
}

TEST_P(SearchServiceTest, TheMostLikedComeFirst) {
  Ids expected;
  for (const int likes : {3, 0, 7, 3}) {
    const PhotoId id = people().photo(mei_, {.title = "Boat"});
    people().database.write(
        [&](db::Tx& tx) { tx.exec("UPDATE photos SET likes = $2 WHERE id = $1", id, likes); });
    expected.push_back(id);
  }
  expected = {expected[2], expected[3], expected[0], expected[1]};
  for (const int limit : {1, 2, 10}) {
    Ids seen;
    for (const auto& view : test::walk(limit, [&](const PageRequest& page) {
           return people().search_photos({}, "boat", page, Sort::likes);
         })) {
      seen.push_back(view.photo.id);
    }
    EXPECT_EQ(seen, expected) << limit;
  }
}

}  // namespace
}  // namespace picsharz::search
