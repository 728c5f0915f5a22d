// Which addresses search engines are told, and how they are divided.
#include "features/pages/sitemap_service.h"

#include <gtest/gtest.h>

#include "support/people_fixture.h"
#include "support/test_database.h"

namespace picsharz::pages {
namespace {

using accounts::AccountState;
using photos::PhotoState;
using photos::Visibility;
using Paths = std::vector<std::string>;

class SitemapTest : public test::DatabaseSuite {
 protected:
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    people_.emplace(db());
    sitemap_.emplace(db(), people_->clock, SitemapSize{.part = 2, .parts = 3});
    mei_ = people_->join("mei");
  }
  void TearDown() override {
    people_.reset();
    DatabaseSuite::TearDown();
  }
  static std::string path(PhotoId id) { return "/photo/" + id.str(); }

  std::optional<test::PeopleFixture> people_;
  std::optional<SitemapService> sitemap_;
  AccountId mei_{};
};

TEST_P(SitemapTest, OnlyWhatEverybodyMaySee) {
  const AccountId shy = people_->join("shy", "", true);
  const AccountId over = people_->join("over");
  people_->join("silent");
  const PhotoId shown = people_->photo(mei_);
  people_->photo(mei_, {.visibility = Visibility::followers});
  people_->photo(mei_, {.visibility = Visibility::only_me});
  people_->photo(mei_, {.state = PhotoState::held});
  people_->photo(mei_, {.state = PhotoState::classifying});
  people_->photo(shy);
  people_->photo(over);
  people_->set_state(over, AccountState::suspended);
  EXPECT_EQ(sitemap_->part("photos-1"), Paths{path(shown)});
  EXPECT_EQ(sitemap_->part("people"), Paths{"/@mei"});
  people_->withdraw(shown, PhotoState::removed);
  EXPECT_EQ(sitemap_->part("photos-1"), Paths{});
  EXPECT_EQ(sitemap_->part("people"), Paths{});
}

TEST_P(SitemapTest, TheNewestInPartsOfWhatEnginesTake) {
  std::vector<PhotoId> ids;
  for (int i = 0; i < 7; ++i) ids.push_back(people_->photo(mei_));
  EXPECT_EQ(sitemap_->parts(), (Paths{"/sitemap/people", "/sitemap/photos-1", "/sitemap/photos-2",
                                      "/sitemap/photos-3"}));
  EXPECT_EQ(sitemap_->part("photos-1"), (Paths{path(ids[6]), path(ids[5])}));
  EXPECT_EQ(sitemap_->part("photos-3"), (Paths{path(ids[2]), path(ids[1])}));
  for (const std::string_view none : {"photos-4", "photos-0", "photos-", "photos-1x", "x", ""}) {
    EXPECT_EQ(sitemap_->part(none), std::nullopt) << none;
  }
}

TEST_P(SitemapTest, HowManyPartsIsCountedOnceAnHour) {
  EXPECT_EQ(sitemap_->parts().size(), 1u);
  people_->photo(mei_);
  EXPECT_EQ(sitemap_->parts().size(), 1u);
  people_->clock.advance(hour + second);
  EXPECT_EQ(sitemap_->parts().size(), 2u);
}

ON_BOTH_ENGINES(SitemapTest);

}  // namespace
}  // namespace picsharz::pages
