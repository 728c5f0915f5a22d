// The tag analysis over real rows on both engines: whose photos it reads, and what it keeps.

#include "features/analytics/tag_analysis_service.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>

#include "base/cpu_meter.h"
#include "base/json_tree.h"
#include "support/people_fixture.h"
#include "support/test_database.h"

namespace picsharz::analytics {
namespace {

using photos::PhotoState;
using photos::Visibility;

class TagAnalysisTest : public test::DatabaseSuite {
 protected:
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    people_ = std::make_unique<test::PeopleFixture>(db());
    service_ = std::make_unique<TagAnalysisService>(db(), people_->clock);
  }
  void TearDown() override {
    service_.reset();
    people_.reset();
    DatabaseSuite::TearDown();
  }

  // Four members, each with such a photo.
  void four(const test::PhotoDraft& draft, bool is_private = false) {
    for (int i = 0; i < 4; ++i) {
      const auto handle = "member" + std::to_string(++joined_);
      people_->photo(people_->join(handle, "", is_private), draft);
    }
  }
  JsonTree made() {
    EXPECT_TRUE(service_->make([](Micros) { return true; }));
    const auto kept = service_->kept();
    EXPECT_TRUE(kept);
    EXPECT_EQ(kept->made_at, people_->clock.now());
    auto tree = JsonTree::parse(kept->json);
    EXPECT_TRUE(tree) << kept->json;
    return *std::move(tree);
  }
  static std::set<std::string> words(const JsonTree& json) {
    std::set<std::string> found;
    for (const JsonTree& row : json["tables"].items()[0]["rows"].items()) {
      found.insert(row.items()[0].text());
    }
    return found;
  }

  std::unique_ptr<test::PeopleFixture> people_;
  std::unique_ptr<TagAnalysisService> service_;
  int joined_ = 0;
};
ON_BOTH_ENGINES(TagAnalysisTest);

TEST_P(TagAnalysisTest, ThereIsNoneBeforeOneWasMade) {
  EXPECT_FALSE(service_->kept());
  EXPECT_TRUE(words(*JsonTree::parse(service_->shown())).empty());
  four({.title = "Lagoon"});
  made();
  EXPECT_EQ(service_->shown(), service_->kept()->json);
}

TEST_P(TagAnalysisTest, ReadsTitlesDescriptionsTagsAndLabels) {
  four({.title = "The harbours",
        .tags = {"trawler"},
        .labels = {"seagull"},
        .description = "Nets, and a lighthouse."});
  const auto found = words(made());
  for (const char* word : {"harbours", "trawler", "seagull", "Nets", "lighthouse"}) {
    EXPECT_TRUE(found.contains(word)) << word;
  }
  EXPECT_FALSE(found.contains("The") || found.contains("and"));
}

TEST_P(TagAnalysisTest, ReadsOnlyWhatEverybodyMaySee) {
  four({.title = "Lagoon"});
  four({.title = "Followers", .visibility = Visibility::followers});
  four({.title = "Diary", .visibility = Visibility::only_me});
  four({.title = "Waiting", .state = PhotoState::held});
  four({.title = "Gone", .state = PhotoState::removed});
  four({.title = "Closed"}, true);
  four({.title = "Barred"});
  for (int i = joined_ - 3; i <= joined_; ++i) {
    db().write([&](db::Tx& tx) {
      tx.exec("UPDATE accounts SET state = 1 WHERE handle = $1", "member" + std::to_string(i));
    });
  }
  const JsonTree json = made();
  EXPECT_EQ(words(json), std::set<std::string>{"Lagoon"});
  EXPECT_EQ(json["figures"].items()[0]["value"].number(), 4);
  EXPECT_EQ(json["figures"].items()[1]["value"].number(), 4);
}

TEST_P(TagAnalysisTest, OneMembersManyPhotosAreOneMembers) {
  const AccountId one = people_->join("collector");
  for (int i = 0; i < 30; ++i) people_->photo(one, {.title = "Stamps"});
  four({.title = "Lagoon"});
  const JsonTree json = made();
  EXPECT_EQ(words(json), std::set<std::string>{"Lagoon"});
  EXPECT_EQ(json["figures"].items()[0]["value"].number(), 34);
}

TEST_P(TagAnalysisTest, PhotosOlderThanAYearAreNotRead) {
  four({.title = "Lagoon"});
  people_->clock.advance(366 * day);
  EXPECT_TRUE(words(made()).empty());
}

// What was kept before goes when it is made next: within six hours.
TEST_P(TagAnalysisTest, WhatAnErasedMemberWroteIsGoneFromTheNext) {
  four({.title = "Lagoon"});
  for (const char* handle : {"ada", "mei", "tom"}) {
    const AccountId member = people_->join(handle);
    people_->photo(member, {.title = "Zanzibarfest", .description = "All of the quokkas"});
  }
  for (const char* word : {"Lagoon", "Zanzibarfest", "quokkas"}) {
    EXPECT_TRUE(words(made()).contains(word)) << word;
  }
  db().write([](db::Tx& tx) {
    tx.exec("DELETE FROM photos WHERE owner_id = (SELECT id FROM accounts WHERE handle = 'mei')");
    tx.exec("DELETE FROM accounts WHERE handle = 'mei'");
  });
  people_->clock.advance(TagAnalysisService::longest);
  service_->make_if_due([](Micros) { return true; });
  const std::string kept = service_->kept()->json;
  EXPECT_TRUE(kept.contains("Lagoon"));
  for (const char* word : {"anzibarfest", "uokkas"}) EXPECT_FALSE(kept.contains(word)) << word;
}

TEST_P(TagAnalysisTest, TheNewestTakesThePlaceOfTheLast) {
  four({.title = "Lagoon"});
  made();
  people_->clock.advance(hour);
  four({.title = "Canyon"});
  EXPECT_EQ(words(made()), (std::set<std::string>{"Canyon", "Lagoon"}));
  const auto rows = db().read([](db::Tx& tx) {
    return *tx.one("SELECT COUNT(*) FROM tag_analyses",
                   [](const db::Row& row) { return row.integer(0); });
  });
  EXPECT_EQ(rows, 1);
}

// Half a percent of a processor at most, and never older than six hours.
TEST_P(TagAnalysisTest, WhatIsQuicklyMadeIsMadeMoreOften) {
  const auto made_at_all = [&](Micros later) {
    people_->clock.advance(later);
    service_->make_if_due([](Micros) { return true; });
    return service_->kept()->made_at == people_->clock.now();
  };
  const auto took = [&](Micros micros) {
    db().write([&](db::Tx& tx) { tx.exec("UPDATE tag_analyses SET took = $1", micros); });
  };
  EXPECT_TRUE(made_at_all(0));
  took(second);
  EXPECT_FALSE(made_at_all(199 * second));
  EXPECT_TRUE(made_at_all(second));
  took(hour);
  EXPECT_FALSE(made_at_all(6 * hour - second));
  EXPECT_TRUE(made_at_all(second));
}

// Under this name it is billed: features/costs/metering_rules.cpp.
TEST_P(TagAnalysisTest, WhatItUsesIsMeteredByItsName) {
  four({.title = "Lagoon"});
  const Micros before = cpu_used()["analysis"];
  made();
  EXPECT_GT(cpu_used()["analysis"], before);
}

TEST_P(TagAnalysisTest, HostileTextsStayTexts) {
  four({.title = "\"><script>alert</script>", .tags = {"x\" onload=\"y", "=cmd"}});
  const std::string json = (made(), service_->kept()->json);
  EXPECT_EQ(json.find("<script"), std::string::npos);
}

}  // namespace
}  // namespace picsharz::analytics
