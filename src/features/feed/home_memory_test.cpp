// What is remembered of home feeds is what the database says, whatever changed.
#include "features/feed/home_memory.h"

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <string>
#include <thread>

#include "db/change_log.h"
#include "features/feed/feed_service.h"
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

class HomeMemoryTest : public ::testing::Test {
 protected:
  HomeMemoryTest() {
    ada_ = people_.join("ada");
    mei_ = people_.join("mei");
    shy_ = people_.join("shy", "", true);
    people_.follow(ada_, mei_);
    people_.follow(ada_, shy_);
  }

  std::string json(const cards::CardLines& page, AccountId viewer) {
    std::string text;
    JsonWriter out(text);
    out.begin_array();
    for (const auto& line : page.items) {
      cards::write_card(out, line, people_.as(viewer), people_.signer);
    }
    out.end_array();
    if (page.next) text += " next " + std::to_string(page.next->id);
    return text;
  }
  std::string remembered(AccountId viewer, const PageRequest& page = {}) {
    return json(people_.feed.home(people_.as(viewer), page), viewer);
  }
  // A service that remembers nothing yet reads all from the database.
  std::string read(AccountId viewer, const PageRequest& page = {}) {
    FeedService fresh(people_.database, people_.cards, people_.clock);
    return json(fresh.home(people_.as(viewer), page), viewer);
  }
  void expect_the_truth() {
    const FeedStats before = people_.feed.stats();
    EXPECT_EQ(remembered(ada_), read(ada_));
    EXPECT_EQ(remembered(ada_), read(ada_));
    EXPECT_EQ(people_.feed.stats().remembered, before.remembered + 2);
    EXPECT_EQ(people_.feed.stats().read, before.read);
  }
  void change(const db::Sql& sql) {
    people_.database.write([&](db::Tx& tx) { ASSERT_GT(tx.exec(sql), 0); });
  }

  test::TestDatabase database_{db::Engine::sqlite};
  PeopleFixture people_{database_};
  AccountId ada_, mei_, shy_;
};

TEST_F(HomeMemoryTest, ForgetsACardWhenAnythingThatItShowsChanges) {
  people_.photo(mei_, {.title = "Boats", .tags = {"harbour"}});
  people_.photo(shy_, {.title = "Cats"});
  people_.photo(mei_, {.title = "Friends", .visibility = Visibility::followers});
  expect_the_truth();
  static constexpr db::Sql changes[] = {
      "UPDATE photos SET title = title || '!'",
      "UPDATE photos SET description = 'At noon'",
      "UPDATE photos SET alt = 'A boat'",
      R"(UPDATE photos SET tags = '["sea"]')",
      R"(UPDATE photos SET labels = '[{"name":"boat","confidence":0.9}]')",
      "UPDATE photos SET width = 800",
      "UPDATE photos SET height = 700",
      "UPDATE photos SET thumbhash = 'AAAA'",
      "UPDATE photos SET renditions = '320.webp,640.webp'",
      "UPDATE photos SET epoch = epoch + 1",
      "UPDATE photos SET likes = 12",
      "UPDATE photos SET comments = 3",
      "UPDATE photos SET created_at = created_at + 1000000",
      "UPDATE photos SET visibility = 1 WHERE title = 'Boats!'",
      "UPDATE accounts SET handle = 'mei_lin' WHERE handle = 'mei'",
      "UPDATE accounts SET name = 'Mei Lin' WHERE handle = 'mei_lin'",
      "UPDATE accounts SET avatar = 'abc' WHERE handle = 'mei_lin'",
      "UPDATE accounts SET private = 1 - private",
  };
  std::set<std::string> seen{remembered(ada_)};
  for (const auto& sql : changes) {
    SCOPED_TRACE(sql.text(db::Engine::sqlite));
    change(sql);
    expect_the_truth();
    EXPECT_TRUE(seen.insert(remembered(ada_)).second) << "the change shows nowhere";
  }
}

TEST_F(HomeMemoryTest, ForgetsWhoIsFollowedAndWhatTheyShareAtOnce) {
  const PhotoId boat = people_.photo(mei_);
  const PhotoId cat = people_.photo(shy_);
  const auto home = [&] { return ids_of(people_.feed.home(people_.as(ada_), {})); };
  EXPECT_EQ(home(), (Ids{cat, boat}));
  change("DELETE FROM follows WHERE followee_id IN (SELECT id FROM accounts WHERE handle = 'mei')");
  EXPECT_EQ(home(), Ids{cat});
  people_.follow(ada_, mei_);
  EXPECT_EQ(home(), (Ids{cat, boat}));
  people_.withdraw(cat, PhotoState::held);
  EXPECT_EQ(home(), Ids{boat});
  people_.set_visibility(boat, Visibility::only_me);
  EXPECT_EQ(home(), Ids{});
  people_.set_visibility(boat, Visibility::followers);
  EXPECT_EQ(home(), Ids{boat});
  people_.set_state(mei_, AccountState::suspended);
  EXPECT_EQ(home(), Ids{});
  people_.set_state(mei_, AccountState::active);
  EXPECT_EQ(home(), Ids{boat});
  people_.block(mei_, ada_);  // without taking the follow away, which the service would
  EXPECT_EQ(home(), Ids{});
  const PhotoId second = people_.photo(shy_);
  EXPECT_EQ(home(), Ids{second});
  change("UPDATE follows SET state = 0");
  EXPECT_EQ(home(), Ids{});
}

TEST_F(HomeMemoryTest, ACardOfAPrivateAccountIsSignedForItsViewer) {
  people_.photo(shy_);
  const AccountId eve = people_.join("eve");
  people_.follow(eve, shy_);
  for (const AccountId viewer : {ada_, eve, ada_, eve}) {
    EXPECT_NE(remembered(viewer).find("&a=" + viewer.str()), std::string::npos);
    EXPECT_EQ(remembered(viewer), read(viewer));
  }
}

TEST_F(HomeMemoryTest, URLsAreMadeAnewWhenTheyExpire) {
  people_.photo(mei_);
  const std::string before = remembered(ada_);
  people_.clock.advance(12 * hour);
  EXPECT_NE(remembered(ada_), before);
  expect_the_truth();
}

TEST_F(HomeMemoryTest, PagesGoOnBeyondWhatIsRemembered) {
  Ids all;
  for (int i = 0; i < HomeMemory::author_photos + 30; ++i) {
    all.insert(all.begin(), people_.photo(mei_));
    if (i % 5 == 0) all.insert(all.begin(), people_.photo(shy_));
  }
  for (const int limit : {1, 7, 20, 63, 64, 65, 100}) {
    Ids walked;
    for (const auto& line : test::walk(limit, [&](const PageRequest& page) {
           return people_.feed.home(people_.as(ada_), page);
         })) {
      walked.push_back(line.card->view.photo.id);
    }
    EXPECT_EQ(walked, all) << "by " << limit;
  }
}

TEST_F(HomeMemoryTest, ASnapshotThatIsOlderThanTheMemoryIsToldSo) {
  HomeMemory memory;
  const auto nothing = [](LogPosition) { return db::Changes{}; };
  EXPECT_TRUE(memory.advance(5, nothing));
  EXPECT_FALSE(memory.advance(4, nothing));
  const HomeMemory::Ask ask{.viewer = ada_, .before = PhotoId{INT64_MAX}, .limit = 20, .now = 0};
  EXPECT_FALSE(memory.page(4, ask).has_value());
  memory.put_follows(4, ada_, {mei_});  // of an old snapshot: it must not be kept
  EXPECT_TRUE(memory.page(5, ask)->missing.follows);
  memory.put_follows(5, ada_, {mei_});
  EXPECT_EQ(memory.page(5, ask)->missing.authors, std::vector{mei_});
  memory.put_author(5, mei_, {{PhotoId{3}}, true});
  EXPECT_EQ(memory.page(5, ask)->missing.cards, Ids{PhotoId{3}});
}

TEST_F(HomeMemoryTest, ForgetsEverythingWhereTheLogWasPruned) {
  people_.photo(mei_, {.title = "Old"});
  EXPECT_NE(remembered(ada_).find("Old"), std::string::npos);
  change("UPDATE photos SET title = 'New'");
  for (int i = 0; i < 5; ++i) change("UPDATE accounts SET name = name || '.' WHERE handle = 'ada'");
  db::ChangeLog::prune(people_.database, 1);
  EXPECT_NE(remembered(ada_).find("New"), std::string::npos);
}

// While Ada does not follow her, Mei publishes what is gone before Ada follows again: in no order
// of reading follows, photos and cards may she see one of those.
TEST_F(HomeMemoryTest, NeverMixesTwoMoments) {
  std::atomic<bool> over = false;
  std::atomic<int> wrong = 0;
  std::atomic<int> pages = 0;
  const Viewer ada = people_.as(ada_);
  const auto look = [&] {
    while (!over) {
      for (const auto& line : people_.feed.home(ada, {}).items) {
        std::string text;
        JsonWriter out(text);
        cards::write_card(out, line, ada, people_.signer);
        if (text.find("secret") != std::string::npos) ++wrong;
      }
      ++pages;
    }
  };
  std::thread one(look);
  std::thread two(look);
  for (int round = 0; round < 60; ++round) {
    people_.photo(mei_, {.title = "fine"});
    ASSERT_TRUE(people_.follows.unfollow(ada, "mei"));
    const PhotoId secret = people_.photo(mei_, {.title = "secret"});
    people_.withdraw(secret, PhotoState::held);
    ASSERT_TRUE(people_.follows.follow(ada, "mei"));
  }
  while (pages < 200) std::this_thread::yield();
  over = true;
  one.join();
  two.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace picsharz::feed
