#include "month.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "db/migrations.h"
#include "features/photos/reindex_service.h"
#include "load_requests.h"
#include "storage/spool.h"

namespace picsharz::bench {
namespace {

class MonthTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "bench_XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
    database_ = db::open_sqlite({.path = directory_ + "/picsharz.db"});
    db::migrate(*database_);
    store_ = storage::make_fake_store();
    month_ = write_month(*database_, *store_,
                         {.scale = {.people = 300, .photos = 2'000, .likes = 5'000, .seed = 7},
                          .sessions = 20,
                          .media = 30,
                          .end = 1'790'000'000 * second});
  }
  void TearDown() override {
    database_.reset();
    std::filesystem::remove_all(directory_);
  }
  std::int64_t number(const db::Sql& sql) {
    return database_->read([&](db::Tx& tx) {
      return tx.one(sql, [](const db::Row& row) { return row.integer(0); }).value();
    });
  }

  std::string directory_;
  std::unique_ptr<db::Database> database_;
  std::unique_ptr<storage::ObjectStore> store_;
  Month month_;
};

TEST_F(MonthTest, EveryCounterIsExact) {
  EXPECT_EQ(number("SELECT count(*) FROM accounts"), 300);
  EXPECT_EQ(number("SELECT count(*) FROM photos"), 2'000);
  EXPECT_EQ(number("SELECT count(*) FROM follows"), month_.follows);
  EXPECT_EQ(number("SELECT count(*) FROM likes"), month_.likes);
  EXPECT_EQ(number("SELECT count(*) FROM accounts a WHERE"
                   " followers <> (SELECT count(*) FROM follows WHERE followee_id = a.id) OR"
                   " following <> (SELECT count(*) FROM follows WHERE follower_id = a.id) OR"
                   " photos <> (SELECT count(*) FROM photos WHERE owner_id = a.id AND state = 3"
                   " AND visibility = 0)"),
            0);
  EXPECT_EQ(number("SELECT count(*) FROM photos p WHERE"
                   " likes <> (SELECT count(*) FROM likes WHERE photo_id = p.id)"),
            0);
  EXPECT_GT(number("SELECT max(followers) FROM accounts"), 60);
}

TEST_F(MonthTest, RowsAreAsTheProgramWritesThem) {
  EXPECT_EQ(number("SELECT count(*) FROM photo_search"),
            number("SELECT count(*) FROM photos WHERE state IN (3, 4)"));
  EXPECT_EQ(number("SELECT count(*) FROM account_search"), 300);
  // As `picsharz verify` compares them.
  const SystemClock clock;
  photos::ReindexService reindexing(*database_, clock);
  const auto found = reindexing.verify(false, [](Micros) { return true; });
  EXPECT_GT(found.photos, 1'900);
  EXPECT_EQ(found.wrong(), 0) << found.missing << " " << found.stale << " " << found.counts;
  EXPECT_EQ(number("SELECT count(*) FROM photo_tags"),
            number("SELECT sum(json_array_length(tags)) FROM photos"));
  EXPECT_EQ(number("SELECT count(*) FROM photo_labels"),
            number("SELECT sum(json_array_length(labels)) FROM photos"));
  EXPECT_EQ(number("SELECT count(*) FROM photos WHERE typeof(owner_id) <> 'integer'"
                   " OR typeof(created_at) <> 'integer' OR typeof(title) <> 'text'"),
            0);
  EXPECT_EQ(number("SELECT count(*) FROM pragma_foreign_key_check"), 0);
  // Ids sort by time, as those that the program makes.
  EXPECT_EQ(number("SELECT count(*) FROM (SELECT created_at, lag(created_at) OVER (ORDER BY id) AS"
                   " earlier FROM photos) WHERE created_at < earlier"),
            0);
}

TEST_F(MonthTest, MediaAndTokensAreThere) {
  ASSERT_EQ(month_.media.size(), 30U);
  for (const MediaObject& each : month_.media) {
    const auto file = store_->open(each.key);
    ASSERT_TRUE(file) << each.key;
    EXPECT_GE(file->size(), 15'000);
    EXPECT_LE(file->size(), 30'000);
  }
  EXPECT_EQ(number("SELECT count(*) FROM photos WHERE renditions = '320.webp'"), 30);
  EXPECT_EQ(std::set(month_.tokens.begin(), month_.tokens.end()).size(), 20U);
  EXPECT_EQ(number("SELECT count(*) FROM sessions"), 20);
}

TEST(PopulationTest, FollowsAreAPowerLawWithAMeanOfAbout30) {
  const Population drawn =
      draw_population({.people = 20'000, .photos = 1'000, .likes = 0, .seed = 3});
  const double mean = static_cast<double>(drawn.follows.size()) / 20'000;
  EXPECT_GT(mean, 24);
  EXPECT_LT(mean, 36);
  const auto most = std::ranges::max(drawn.people, {}, &Person::followers).followers;
  EXPECT_GT(most, 1'000);
  EXPECT_LT(most, 10'000);
}

TEST(PopulationTest, TheSameSeedDrawsTheSameMonth) {
  const Scale scale{.people = 200, .photos = 500, .likes = 500, .seed = 11};
  const Population one = draw_population(scale);
  const Population other = draw_population(scale);
  EXPECT_EQ(one.follows, other.follows);
  EXPECT_EQ(one.likes, other.likes);
  EXPECT_NE(one.follows,
            draw_population({.people = 200, .photos = 500, .likes = 500, .seed = 12}).follows);
}

TEST(PopulationTest, FriendsFollowEachOther) {
  Scale scale{.people = 4, .photos = 100, .likes = 0, .seed = 5};
  scale.friends = {{0, 1}, {1, 0}, {1, 3}, {2, 2}};
  const Population drawn = draw_population(scale);
  EXPECT_EQ(drawn.follows, (std::vector<Pair>{{0, 1}, {1, 0}, {1, 3}, {3, 1}}));
  EXPECT_EQ(drawn.people[1].followers, 2);
  EXPECT_EQ(drawn.people[2].following, 0);
  // Who is followed most uploads.
  EXPECT_TRUE(std::ranges::all_of(drawn.shots, [](const Shot& each) { return each.owner == 1; }));
  scale.friends = {{0, 4}};
  EXPECT_THROW(draw_population(scale), std::out_of_range);
}

TEST(ReplyTest, IsTakenApart) {
  const std::string head = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n";
  EXPECT_FALSE(parse_reply("HTTP/1.1 2").complete);
  EXPECT_FALSE(parse_reply(head + "abcd").complete);
  const Reply reply = parse_reply(head + "abcde");
  EXPECT_TRUE(reply.complete);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body_bytes, 5U);
  EXPECT_TRUE(parse_reply("HTTP/1.1 200 OK\r\nX: 1\r\n\r\n").broken);
  EXPECT_TRUE(parse_reply("SPDY\r\n\r\n").broken);
}

}  // namespace
}  // namespace picsharz::bench
