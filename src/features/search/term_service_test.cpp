#include "features/search/term_service.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/people_fixture.h"
#include "support/test_database.h"

namespace picsharz::search {
namespace {

using accounts::AccountState;
using photos::PhotoState;
using photos::Visibility;
using test::PeopleFixture;
using Strings = std::vector<std::string>;

class TermServiceTest : public test::DatabaseSuite {
 protected:
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    people_.emplace(db());
    mei_ = people_->join("mei", "Mei Tan");
    ada_ = people_->join("ada", "Ada Guitarra");
  }
  void TearDown() override {
    people_.reset();
    DatabaseSuite::TearDown();
  }
  PeopleFixture& people() { return *people_; }
  void photos(AccountId owner, int count, const Strings& tags, const Strings& labels = {}) {
    for (int i = 0; i < count; ++i) people().photo(owner, {.tags = tags, .labels = labels});
  }
  // "guitar 3" of each.
  Strings tags(std::string_view typed, AccountId viewer = {}) {
    Strings list;
    for (const Term& term : people().terms.tags(people().as(viewer), typed, {}).items) {
      list.push_back((term.tagged ? "#" : "") + term.name + " " + std::to_string(term.photos));
    }
    return list;
  }
  // "mei guitar 3 2": of which this month.
  Strings experts(std::string_view typed, AccountId viewer = {}) {
    Strings list;
    for (const Expert& expert : people().terms.experts(people().as(viewer), typed, {}).items) {
      list.push_back(expert.account.handle + " " + expert.term + " " +
                     std::to_string(expert.photos) + " " +
                     std::to_string(expert.photos_this_month));
    }
    return list;
  }
  Strings suggested(std::string_view typed, AccountId viewer = {}) {
    Strings list;
    for (const Suggestion& each : people().terms.suggest(people().as(viewer), typed)) {
      list.push_back(each.q);
    }
    return list;
  }
  std::optional<std::string> meant(std::string_view typed, AccountId viewer = {},
                                   Type type = Type::photos) {
    return people().terms.did_you_mean(people().as(viewer), typed, parse_query(typed).value(),
                                       type);
  }

  AccountId mei_, ada_;

 private:
  std::optional<PeopleFixture> people_;
};
ON_BOTH_ENGINES(TermServiceTest);

TEST_P(TermServiceTest, TagsBeginSoTheMostUsedFirst) {
  photos(mei_, 1, {"guitar-solo"});
  photos(mei_, 3, {"guitars"});
  photos(ada_, 2, {"guitar"}, {"acoustic guitar"});
  photos(ada_, 1, {"gull"});
  EXPECT_EQ(tags("gui"), (Strings{"#guitars 5", "#guitar-solo 1"}));
  EXPECT_EQ(tags("g"), (Strings{"#guitars 5", "#gull 1", "#guitar-solo 1"}));
  EXPECT_EQ(tags("GU"), (Strings{"#guitars 5", "#gull 1", "#guitar-solo 1"}));
  EXPECT_EQ(tags("guitar"), (Strings{"#guitars 5", "#guitar-solo 1"}));
  EXPECT_EQ(tags("guitar solo"), Strings{"#guitar-solo 1"});
  EXPECT_EQ(tags("acoustic"), Strings{"acoustic guitar 2"});
  EXPECT_EQ(tags("piano"), Strings{});
  EXPECT_EQ(tags(" -x from:mei"), Strings{});
  Strings walked;
  for (const Term& term :
       test::walk(1, [&](const PageRequest& page) { return people().terms.tags({}, "g", page); })) {
    walked.push_back(term.name);
  }
  EXPECT_EQ(walked, (Strings{"guitars", "gull", "guitar-solo"}));
}

TEST_P(TermServiceTest, OnlyWhatEverybodySeesIsCounted) {
  photos(mei_, 2, {"quokka"});
  people().photo(mei_, {.visibility = Visibility::followers, .tags = {"quokka"}});
  people().photo(mei_, {.visibility = Visibility::only_me, .tags = {"quokka"}});
  people().photo(mei_, {.state = PhotoState::held, .tags = {"quokka"}});
  people().photo(mei_, {.visibility = Visibility::only_me, .tags = {"quagga"}});
  EXPECT_EQ(tags("qu"), Strings{"#quokka 2"});
  EXPECT_EQ(tags("qu", mei_), Strings{"#quokka 2"}) << "also for their owner";
  people().set_private(mei_, true);
  people().follow(ada_, mei_);
  EXPECT_EQ(tags("qu", ada_), Strings{});
  EXPECT_EQ(experts("quokka", ada_), Strings{});
  EXPECT_EQ(suggested("quok", ada_), Strings{});
  people().set_private(mei_, false);
  people().set_state(mei_, AccountState::suspended);
  EXPECT_EQ(tags("qu"), Strings{});
  people().set_state(mei_, AccountState::active);
  EXPECT_EQ(tags("qu"), Strings{"#quokka 2"});
}

TEST_P(TermServiceTest, ABlockTakesThePhotosOutOfTheCountsOfBoth) {
  photos(mei_, 3, {"quokka"});
  const AccountId tom = people().join("tom");
  photos(tom, 2, {"quokka"});
  people().block(mei_, ada_);
  EXPECT_EQ(tags("quokka", ada_), Strings{"#quokka 2"});
  EXPECT_EQ(experts("quokka", ada_), Strings{"tom quokka 2 2"});
  people().block(ada_, mei_);
  EXPECT_EQ(tags("quokka", ada_), Strings{"#quokka 2"}) << "not taken out twice";
  people().block(tom, ada_);
  EXPECT_EQ(tags("quokka", ada_), Strings{});
  EXPECT_EQ(suggested("quo", ada_), Strings{});
  EXPECT_EQ(tags("quokka", tom), Strings{"#quokka 5"});
}

TEST_P(TermServiceTest, WhoUploadsItOftenIsRankedWithTheEvidence) {
  people().clock.advance(-20 * day);  // 2026-09-01
  photos(mei_, 2, {"guitars"});
  photos(ada_, 1, {}, {"guitar"});
  people().clock.advance(40 * day);  // October
  photos(mei_, 1, {}, {"guitar"});
  photos(ada_, 4, {"guitar"}, {"guitar"});
  photos(people().join("tom"), 1, {"guitar"});
  EXPECT_EQ(experts("guitar"), (Strings{"ada guitars 5 4", "mei guitars 3 1"}));
  EXPECT_EQ(experts("guitars from:tom -piano"), (Strings{"ada guitars 5 4", "mei guitars 3 1"}));
  EXPECT_EQ(experts("guit"), (Strings{"ada guitars 5 4", "mei guitars 3 1"}));
  EXPECT_EQ(experts("piano"), Strings{});
  people().clock.advance(40 * day);
  EXPECT_EQ(experts("guitar"), (Strings{"ada guitars 5 0", "mei guitars 3 0"}));
  photos(mei_, 2, {"bicycle"});
  EXPECT_EQ(experts("bikes"), Strings{"mei bicycle 2 2"}) << "a synonym";
}

TEST_P(TermServiceTest, SuggestionsArePeopleTagsAndLabels) {
  photos(mei_, 2, {"guitar"});
  photos(mei_, 1, {}, {"guitarist"});
  EXPECT_EQ(suggested("guit"), (Strings{"from:ada", "guitar", "guitarist"}));
  EXPECT_EQ(suggested("red guit"), (Strings{"red guitar", "red guitarist"}));
  EXPECT_EQ(suggested("m"), Strings{"from:mei"});
  EXPECT_EQ(suggested("zzz"), Strings{});
  EXPECT_EQ(suggested(" "), Strings{});
  EXPECT_EQ(suggested("before:x"), Strings{}) << "nothing is wrong yet";
  for (int i = 0; i < 20; ++i) {
    photos(mei_, 1, {"guitar" + std::to_string(i)});
    people().join("guitarra" + std::to_string(i));
  }
  EXPECT_EQ(suggested("guitar").size(), std::size_t{suggestions_max});
  people().block(ada_, mei_);
  const Strings list = suggested("guitarra", mei_);
  EXPECT_EQ(std::ranges::count(list, "from:ada"), 0) << "she blocked them";
}

TEST_P(TermServiceTest, AnErrorInATagOrANameIsForgiven) {
  photos(mei_, 1, {"guitar", "kaleidoscope"});
  people().join("zoe", "Zoë Müller");
  for (const char* typed : {"gutar", "guiitar", "giutar", "guitat", "guitarx", "Gütar"}) {
    EXPECT_EQ(meant(typed), "guitar") << typed;
  }
  EXPECT_EQ(meant("tag:x gutar"), std::nullopt) << "that finds nothing either";
  EXPECT_EQ(meant("from:mei gutar"), "from:mei guitar");
  EXPECT_EQ(meant("kalaidoscope"), "kaleidoscope");
  EXPECT_EQ(meant("guitar"), std::nullopt);
  EXPECT_EQ(meant("gtar"), std::nullopt) << "two errors in a short word";
  EXPECT_EQ(meant("\"gutar\""), std::nullopt);
  EXPECT_EQ(meant("muler", {}, Type::people), "muller");
  EXPECT_EQ(meant("gutar", {}, Type::tags), "guitar");
  EXPECT_EQ(meant("gutar", {}, Type::experts), std::nullopt) << "nobody uploads it often";
}

TEST_P(TermServiceTest, NobodyIsToldOfWordsTheyMayNotFind) {
  people().photo(mei_, {.visibility = Visibility::only_me, .tags = {"quokka"}});
  EXPECT_EQ(meant("quoka"), std::nullopt);
  EXPECT_EQ(meant("quoka", mei_), std::nullopt) << "only public words are known";
  photos(mei_, 1, {"wombat"});
  EXPECT_EQ(meant("wonbat"), "wombat");
  people().set_private(mei_, true);
  EXPECT_EQ(meant("wonbat"), std::nullopt);
  people().set_private(mei_, false);
  people().block(mei_, ada_);
  EXPECT_EQ(meant("wonbat", ada_), std::nullopt);
}

}  // namespace
}  // namespace picsharz::search
