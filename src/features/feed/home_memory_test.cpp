// What is remembered of home feeds is what the database says, whatever changed.
#include "features/feed/home_memory.h"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

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

class HomeMemoryTest : public test::DatabaseSuite {
 protected:
  void SetUp() override {
    test::DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    world_.emplace(db());
    ada_ = people().join("ada");
    mei_ = people().join("mei");
    shy_ = people().join("shy", "", true);
    people().follow(ada_, mei_);
    people().follow(ada_, shy_);
  }
  void TearDown() override {
    world_.reset();
    test::DatabaseSuite::TearDown();
  }
  PeopleFixture& people() { return *world_; }

  std::string json(const cards::CardLines& page, AccountId viewer) {
    std::string text;
    JsonWriter out(text);
    out.begin_array();
    for (const auto& line : page.items) {
      cards::write_card(out, line, people().as(viewer), people().signer);
    }
    out.end_array();
    if (page.next) text += " next " + std::to_string(page.next->id);
    return text;
  }
  std::string remembered(AccountId viewer, const PageRequest& page = {}) {
    return json(people().feed.home(people().as(viewer), page), viewer);
  }
  // A service that remembers nothing yet reads all from the database.
  std::string read(AccountId viewer, const PageRequest& page = {}) {
    FeedService fresh(people().database, people().cards, people().clock);
    return json(fresh.home(people().as(viewer), page), viewer);
  }
  void expect_the_truth() {
    const FeedStats before = people().feed.stats();
    EXPECT_EQ(remembered(ada_), read(ada_));
    EXPECT_EQ(remembered(ada_), read(ada_));
    EXPECT_EQ(people().feed.stats().remembered, before.remembered + 2);
    EXPECT_EQ(people().feed.stats().read, before.read);
  }
  void change(const db::Sql& sql) {
    people().database.write([&](db::Tx& tx) { ASSERT_GT(tx.exec(sql), 0); });
  }

  std::optional<PeopleFixture> world_;
  AccountId ada_, mei_, shy_;
};
ON_BOTH_ENGINES(HomeMemoryTest);

TEST_P(HomeMemoryTest, ForgetsACardWhenAnythingThatItShowsChanges) {
  people().photo(mei_, {.title = "Boats", .tags = {"harbour"}});
  people().photo(shy_, {.title = "Cats"});
  people().photo(mei_, {.title = "Friends", .visibility = Visibility::followers});
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
    SCOPED_TRACE(sql.text(GetParam()));
    change(sql);
    expect_the_truth();
    EXPECT_TRUE(seen.insert(remembered(ada_)).second) << "the change shows nowhere";
  }
}

TEST_P(HomeMemoryTest, ForgetsWhoIsFollowedAndWhatTheyShareAtOnce) {
  const PhotoId boat = people().photo(mei_);
  const PhotoId cat = people().photo(shy_);
  const auto home = [&] { return ids_of(people().feed.home(people().as(ada_), {})); };
  EXPECT_EQ(home(), (Ids{cat, boat}));
  change("DELETE FROM follows WHERE followee_id IN (SELECT id FROM accounts WHERE handle = 'mei')");
  EXPECT_EQ(home(), Ids{cat});
  people().follow(ada_, mei_);
  EXPECT_EQ(home(), (Ids{cat, boat}));
  people().withdraw(cat, PhotoState::held);
  EXPECT_EQ(home(), Ids{boat});
  people().set_visibility(boat, Visibility::only_me);
  EXPECT_EQ(home(), Ids{});
  people().set_visibility(boat, Visibility::followers);
  EXPECT_EQ(home(), Ids{boat});
  people().set_state(mei_, AccountState::suspended);
  EXPECT_EQ(home(), Ids{});
  people().set_state(mei_, AccountState::active);
  EXPECT_EQ(home(), Ids{boat});
  people().block(mei_, ada_);  // without taking the follow away, which the service would
  EXPECT_EQ(home(), Ids{});
  const PhotoId second = people().photo(shy_);
  EXPECT_EQ(home(), Ids{second});
  change("UPDATE follows SET state = 0");
  EXPECT_EQ(home(), Ids{});
}

TEST_P(HomeMemoryTest, ACardOfAPrivateAccountIsSignedForItsViewer) {
  people().photo(shy_);
  const AccountId eve = people().join("eve");
  people().follow(eve, shy_);
  for (const AccountId viewer : {ada_, eve, ada_, eve}) {
    EXPECT_NE(remembered(viewer).find("&a=" + viewer.str()), std::string::npos);
    EXPECT_EQ(remembered(viewer), read(viewer));
  }
}

TEST_P(HomeMemoryTest, URLsAreMadeAnewWhenTheyExpire) {
  people().photo(mei_);
  const std::string before = remembered(ada_);
  people().clock.advance(12 * hour);
  EXPECT_NE(remembered(ada_), before);
  expect_the_truth();
}

TEST_P(HomeMemoryTest, PagesGoOnBeyondWhatIsRemembered) {
  Ids all;
  for (int i = 0; i < HomeMemory::author_photos + 30; ++i) {
    all.insert(all.begin(), people().photo(mei_));
    if (i % 5 == 0) all.insert(all.begin(), people().photo(shy_));
  }
  for (const int limit : {1, 7, 20, 63, 64, 65, 100}) {
    Ids walked;
    for (const auto& line : test::walk(limit, [&](const PageRequest& page) {
           return people().feed.home(people().as(ada_), page);
         })) {
      walked.push_back(line.card->view.photo.id);
    }
    EXPECT_EQ(walked, all) << "by " << limit;
  }
}

TEST_P(HomeMemoryTest, ASnapshotThatIsOlderThanTheMemoryIsToldSo) {
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

TEST_P(HomeMemoryTest, ForgetsEverythingWhereTheLogWasPruned) {
  people().photo(mei_, {.title = "Old"});
  EXPECT_NE(remembered(ada_).find("Old"), std::string::npos);
  change("UPDATE photos SET title = 'New'");
  for (int i = 0; i < 5; ++i) change("UPDATE accounts SET name = name || '.' WHERE handle = 'ada'");
  db::ChangeLog::prune(people().database, 1);
  EXPECT_NE(remembered(ada_).find("New"), std::string::npos);
}

// While Ada does not follow her, Mei publishes what is gone before Ada follows again: in no order
// of reading follows, photos and cards may she see one of those.
TEST_P(HomeMemoryTest, NeverMixesTwoMoments) {
  std::atomic<bool> over = false;
  std::atomic<int> wrong = 0;
  std::atomic<int> pages = 0;
  const Viewer ada = people().as(ada_);
  const auto look = [&] {
    while (!over) {
      for (const auto& line : people().feed.home(ada, {}).items) {
        std::string text;
        JsonWriter out(text);
        cards::write_card(out, line, ada, people().signer);
        if (text.find("secret") != std::string::npos) ++wrong;
      }
      ++pages;
    }
  };
  std::thread one(look);
  std::thread two(look);
  for (int round = 0; round < 60; ++round) {
    people().photo(mei_, {.title = "fine"});
    ASSERT_TRUE(people().follows.unfollow(ada, "mei"));
    const PhotoId secret = people().photo(mei_, {.title = "secret"});
    people().withdraw(secret, PhotoState::held);
    ASSERT_TRUE(people().follows.follow(ada, "mei"));
  }
  while (pages < 200) std::this_thread::yield();
  over = true;
  one.join();
  two.join();
  EXPECT_EQ(wrong, 0);
}

// More of them than statements at a time: on PostgreSQL they share one
// (feed/home_glance_service.h).
TEST_P(HomeMemoryTest, WhoAsksTogetherGetsTheirOwnAnswer) {
  constexpr int viewers = 6;
  std::vector<AccountId> all;
  Ids liked;
  for (int i = 0; i < viewers; ++i) {
    all.push_back(people().join("viewer" + std::to_string(i)));
    people().follow(all.back(), mei_);
    liked.push_back(people().photo(mei_));
    db().write([&](db::Tx& tx) {
      tx.exec("INSERT INTO likes (photo_id, account_id, created_at) VALUES ($1, $2, 0)",
              liked.back(), all.back());
    });
  }
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < viewers; ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < 20; ++round) {
        const auto page = people().feed.home(people().as(all[static_cast<std::size_t>(i)]), {});
        if (page.items.size() != viewers) ++wrong;
        for (const auto& line : page.items) {
          if (line.counts.liked != (line.card->view.photo.id == liked[static_cast<std::size_t>(i)]))
            ++wrong;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

// The memory of authors takes 16 MiB: Ada's is looked at again and again and stays, while those of
// 200,000 others go by.
TEST(HomeMemoryBounds, WhatIsLookedAtStays) {
  HomeMemory memory;
  ASSERT_TRUE(memory.advance(5, [](LogPosition) { return db::Changes{}; }));
  const HomeMemory::Ask ask{
      .viewer = AccountId{1}, .before = PhotoId{INT64_MAX}, .limit = 20, .now = 0};
  memory.put_follows(5, ask.viewer, {AccountId{2}});
  memory.put_author(5, AccountId{2}, {{}, true});
  for (std::int64_t other = 0; other < 200'000; ++other) {
    memory.put_author(5, AccountId{1000 + other}, {{PhotoId{other}}, true});
    if (other % 1000 == 0) {
      ASSERT_TRUE(memory.page(5, ask)->missing.nothing()) << other;
    }
  }
  EXPECT_TRUE(memory.page(5, ask)->missing.nothing());
  const HomeMemory::Ask another{
      .viewer = AccountId{7}, .before = PhotoId{INT64_MAX}, .limit = 20, .now = 0};
  memory.put_follows(5, another.viewer, {AccountId{1000}});
  EXPECT_FALSE(memory.page(5, another)->missing.nothing());  // one of the first is gone
}

// Many look while others put and the log goes on: each page is of one moment.
TEST(HomeMemoryBounds, ManyLookAtOnce) {
  HomeMemory memory;
  std::atomic<LogPosition> last = 1;
  std::atomic<bool> over = false;
  std::atomic<int> wrong = 0;
  const HomeMemory::Ask ask{
      .viewer = AccountId{1}, .before = PhotoId{INT64_MAX}, .limit = 20, .now = 0};
  const auto nothing = [](LogPosition) { return db::Changes{}; };
  const auto put = [&](LogPosition at) {
    memory.put_follows(at, ask.viewer, {AccountId{2}});
    memory.put_author(at, AccountId{2}, {{PhotoId{at}}, true});
  };
  memory.advance(1, nothing);
  put(1);
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      while (!over) {
        const LogPosition at = last;
        const auto page = memory.page(at, ask);
        if (!page || !page->missing.authors.empty() || page->missing.follows) continue;
        if (page->missing.cards.size() != 1 || page->missing.cards.front().value > at) ++wrong;
      }
    });
  }
  for (LogPosition at = 2; at < 3000; ++at) {
    memory.advance(at, [&](LogPosition) {
      db::Changes news;
      news.changes.push_back({db::ChangeKind::account, 2, AccountId{2}});
      return news;
    });
    put(at);
    last = at;
  }
  over = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0);
}

// ---- What only PostgreSQL's memory does: snapshots without a number.

db::LogReading reading(const char* now, std::vector<db::LogRow> rows = {}) {
  return {.now = db::Snapshot::parse(now), .rows = std::move(rows)};
}

db::LogRow told(std::int64_t transaction, db::ChangeKind kind, std::int64_t id) {
  return {transaction, {kind, id, AccountId{}}};
}

constexpr HomeMemory::Ask all_of_ada{
    .viewer = AccountId{1}, .before = PhotoId{INT64_MAX}, .limit = 20, .now = 0};

TEST(HomeMemorySnapshots, APositionStandsForAllSnapshotsBetweenWhichNothingHappened) {
  HomeMemory memory;
  const auto at = memory.advance(reading("10:10:"));
  ASSERT_TRUE(at);
  memory.put_follows(*at, all_of_ada.viewer, {});
  // A like, which the log does not tell; a comment, which the feed does not remember.
  EXPECT_EQ(memory.advance(reading("12:12:")), at);
  EXPECT_EQ(memory.advance(reading("13:14:", {told(13, db::ChangeKind::comments, 5)})), at);
  EXPECT_EQ(memory.advance(reading("11:11:")), at);  // an older one that came late
  EXPECT_TRUE(memory.draft(all_of_ada));
}

TEST(HomeMemorySnapshots, ASnapshotFromBeforeAChangeIsToldSo) {
  HomeMemory memory;
  const auto before = memory.advance(reading("10:10:"));
  ASSERT_TRUE(before);
  memory.put_follows(*before, all_of_ada.viewer, {});
  const db::LogRow unfollow = told(11, db::ChangeKind::relations, 1);
  const auto after = memory.advance(reading("12:12:", {unfollow}));
  ASSERT_TRUE(after);
  EXPECT_NE(before, after);
  EXPECT_FALSE(memory.draft(all_of_ada));
  EXPECT_FALSE(memory.advance(reading("10:11:")));    // it does not see the unfollow
  EXPECT_FALSE(memory.advance(reading("11:12:11")));  // nor this one, where 11 still runs
  EXPECT_EQ(memory.advance(reading("12:12:")), after);
  memory.put_follows(*before, all_of_ada.viewer, {});  // of the older one: not kept
  EXPECT_FALSE(memory.draft(all_of_ada));
}

TEST(HomeMemorySnapshots, WhatCommitsLateIsForgottenWhenItIsSeen) {
  HomeMemory memory;
  const auto before = memory.advance(reading("10:20:10"));  // 10 began long ago, and runs
  memory.put_follows(*before, all_of_ada.viewer, {});
  EXPECT_EQ(memory.advance(reading("10:22:10")), before);
  EXPECT_TRUE(memory.draft(all_of_ada));
  const db::LogRow late = told(10, db::ChangeKind::relations, 1);
  EXPECT_NE(memory.advance(reading("22:22:", {late})), before);
  EXPECT_FALSE(memory.draft(all_of_ada));
}

TEST(HomeMemorySnapshots, WhatIsToldTwiceIsForgottenOnce) {
  HomeMemory memory;
  ASSERT_TRUE(memory.advance(reading("10:10:")));
  const db::LogRow row = told(10, db::ChangeKind::relations, 1);
  const auto at = memory.advance(reading("11:11:", {row}));
  memory.put_follows(*at, all_of_ada.viewer, {});
  // Asked for before the memory was advanced: the same row again, in a newer snapshot.
  EXPECT_EQ(memory.advance(reading("12:12:", {row})), at);
  EXPECT_TRUE(memory.draft(all_of_ada));
}

TEST(HomeMemorySnapshots, ForgetsEverythingWhereRowsAreMissing) {
  HomeMemory memory;
  const auto at = memory.advance(reading("10:10:"));
  memory.put_follows(*at, all_of_ada.viewer, {});
  db::LogReading missed = reading("11:11:");
  missed.missed = true;
  EXPECT_NE(memory.advance(missed), at);
  EXPECT_FALSE(memory.draft(all_of_ada));
}

}  // namespace
}  // namespace picsharz::feed
