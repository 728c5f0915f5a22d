// Whoever looks hears of what came into the home feed, and of nothing else.

#include "features/feed/feed_event_service.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "support/event_line.h"
#include "support/people_fixture.h"
#include "support/test_database.h"

namespace picsharz::feed {
namespace {

using photos::PhotoState;
using photos::Visibility;
using test::Heard;
using test::Page;

class FeedEventsTest : public test::DatabaseSuite {
 protected:
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    people_.emplace(db());
    line_.emplace(*people_);
    told_.emplace(db(), line_->events);
    changes_.emplace(db(), people_->clock);
    changes_->add(*told_);
    for (const char* handle : {"mei", "ada", "tom", "zoe", "ian"}) {
      viewers_.push_back(line_->enter(people_->join(handle)));
    }
    changes_->poll();
  }
  void TearDown() override {
    changes_.reset();
    told_.reset();
    line_.reset();
    people_.reset();
    DatabaseSuite::TearDown();
  }
  static std::string feed(std::initializer_list<PhotoId> photos) {
    std::string list;
    for (const PhotoId photo : photos) list += (list.empty() ? "\"" : ",\"") + photo.str() + "\"";
    return R"(feed {"photos":[)" + list + "]}";
  }
  AccountId at(std::size_t index) const { return viewers_[index].account; }

  std::optional<test::PeopleFixture> people_;
  std::optional<test::EventLine> line_;
  std::optional<FeedEventService> told_;
  std::optional<db::ChangeLog> changes_;
  std::vector<Viewer> viewers_;
};
ON_BOTH_ENGINES(FeedEventsTest);

TEST_P(FeedEventsTest, FollowersWhoListenHearOfANewPhoto) {
  people_->follow(at(1), at(0));
  people_->follow(at(2), at(0));
  people_->follow(at(3), at(0), follows::FollowState::requested);
  people_->mute(at(2), at(0));
  changes_->poll();
  std::vector<std::shared_ptr<Page>> pages;
  for (const Viewer& viewer : viewers_) pages.push_back(line_->open(viewer));
  const PhotoId one = people_->photo(at(0));
  const PhotoId two = people_->photo(at(0), {.visibility = Visibility::followers});
  people_->photo(at(0), {.visibility = Visibility::only_me});
  people_->photo(at(0), {.state = PhotoState::held});
  changes_->poll();
  EXPECT_EQ(distinct(*pages[1]), Heard{feed({two, one})}) << "all at once, the newest first";
  for (const std::size_t other : {0, 2, 3, 4}) EXPECT_TRUE(pages[other]->heard.empty()) << other;
}

TEST_P(FeedEventsTest, WhatBecomesVisibleLaterIsToldThen) {
  people_->follow(at(1), at(0));
  const PhotoId draft = people_->photo(at(0), {.visibility = Visibility::only_me});
  changes_->poll();
  const auto page = line_->open(viewers_[1]);
  people_->set_visibility(draft, Visibility::everyone);
  changes_->poll();
  EXPECT_EQ(distinct(*page), Heard{feed({draft})});
}

TEST_P(FeedEventsTest, NoMoreThanAPageSaysAtOnce) {
  people_->follow(at(1), at(0));
  const auto page = line_->open(viewers_[1]);
  for (int i = 0; i < 60; ++i) people_->photo(at(0));
  changes_->poll();
  ASSERT_FALSE(page->heard.empty());
  EXPECT_EQ(std::ranges::count(page->heard.front(), ','), 49);
}

// What is told is what the home feed shows, for random people between whom there is anything.
TEST_P(FeedEventsTest, IsWhatTheHomeFeedShows) {
  std::mt19937 random(7);
  const auto chance = [&](unsigned one_in) { return random() % one_in == 0; };
  for (std::size_t i = 0; i < viewers_.size(); ++i) {
    people_->set_private(at(i), chance(3));
    for (std::size_t j = 0; j < viewers_.size(); ++j) {
      if (i == j) continue;
      if (!chance(3)) people_->follow(at(i), at(j));
      if (chance(5)) people_->mute(at(i), at(j));
      if (chance(12)) people_->block(at(i), at(j));
    }
  }
  people_->set_state(at(4), accounts::AccountState::suspended);
  changes_->poll();
  std::vector<std::shared_ptr<Page>> pages;
  for (std::size_t i = 0; i < 4; ++i) pages.push_back(line_->open(viewers_[i]));
  for (int i = 0; i < 40; ++i) {
    people_->photo(at(random() % 5), {.visibility = static_cast<Visibility>(random() % 3)});
  }
  changes_->poll();
  std::size_t shown = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    std::string told;
    for (const std::string& heard : pages[i]->heard) told += heard;
    const auto home = people_->feed.home(viewers_[i], {.after = {}, .limit = 60});
    for (const auto& card : home.items) {
      EXPECT_NE(told.find(card.card->view.photo.id.str()), told.npos) << i;
    }
    std::set<std::string> ids;  // a photo may be told again
    for (std::size_t at = 0; (at = told.find_first_of("0123456789", at)) != told.npos;) {
      const std::size_t end = told.find('"', at);
      ids.insert(told.substr(at, end - at));
      at = end;
    }
    EXPECT_EQ(ids.size(), home.items.size()) << i;
    shown += home.items.size();
  }
  EXPECT_GT(shown, 10U);
}

}  // namespace
}  // namespace picsharz::feed
