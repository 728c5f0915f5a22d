// The order of PostgreSQL's snapshots, and what the log says between two of them.
#include "db/log_snapshot.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "db/change_log.h"
#include "support/test_database.h"

namespace picsharz::db {
namespace {

TEST(SnapshotTest, SeesWhatIsOver) {
  const Snapshot snapshot = Snapshot::parse("10:20:15,10");
  EXPECT_TRUE(snapshot.sees(9));
  EXPECT_FALSE(snapshot.sees(10));
  EXPECT_TRUE(snapshot.sees(11));
  EXPECT_FALSE(snapshot.sees(15));
  EXPECT_TRUE(snapshot.sees(19));
  EXPECT_FALSE(snapshot.sees(20));
  EXPECT_FALSE(Snapshot().sees(1));
}

TEST(SnapshotTest, OneOfTwoCoversTheOther) {
  const std::vector<std::string> oldest_first = {
      "10:10:", "10:12:10", "12:12:", "12:14:12", "14:15:14", "15:15:"};
  for (std::size_t i = 0; i < oldest_first.size(); ++i) {
    for (std::size_t j = 0; j < oldest_first.size(); ++j) {
      EXPECT_EQ(Snapshot::parse(oldest_first[i]).covers(Snapshot::parse(oldest_first[j])), i >= j)
          << oldest_first[i] << " " << oldest_first[j];
    }
  }
  EXPECT_TRUE(Snapshot::parse("3:3:").covers(Snapshot()));
}

class LogReadingTest : public testing::Test {
 protected:
  void SetUp() override {
    if (const char* reason = test::missing(Engine::postgres)) GTEST_SKIP() << reason;
    db_ = std::make_unique<test::TestDatabase>(Engine::postgres);
  }
  static void tell(Tx& tx, std::int64_t id) {
    tx.exec("INSERT INTO changes (kind, id, account_id) VALUES (1, $1, 7)", id);
  }
  LogReading read(const Snapshot& since) {
    return db_->read([&](Tx& tx) { return read_log(tx, since); });
  }
  // What `reading` sees and `since` does not.
  static std::vector<std::int64_t> news(const LogReading& reading, const Snapshot& since) {
    std::vector<std::int64_t> ids;
    for (const LogRow& row : reading.rows) {
      if (!since.sees(row.transaction)) ids.push_back(row.change.id);
    }
    std::ranges::sort(ids);
    return ids;
  }
  std::unique_ptr<test::TestDatabase> db_;
};

TEST_F(LogReadingTest, TellsEachCommitOnceInWhateverOrderTheyCome) {
  const Snapshot begin = read({}).now;
  EXPECT_TRUE(read(begin).rows.empty());
  Snapshot middle;
  const auto other = open_postgres({.url = db_->url(), .pool = 2});
  other->write([&](Tx& late) {
    tell(late, 1);
    db_->write([](Tx& tx) { tell(tx, 2); });
    const LogReading reading = read(begin);
    EXPECT_EQ(news(reading, begin), std::vector<std::int64_t>{2});
    EXPECT_EQ(reading.rows.at(0).change.owner, AccountId{7});
    middle = reading.now;
    EXPECT_TRUE(middle.covers(begin));
  });
  const LogReading last = read(middle);
  EXPECT_EQ(news(last, middle), std::vector<std::int64_t>{1});
  EXPECT_TRUE(last.now.covers(middle));
  EXPECT_FALSE(last.missed);
  EXPECT_TRUE(news(read(last.now), last.now).empty());
}

TEST_F(LogReadingTest, SaysWhereRowsAreMissing) {
  const Snapshot begin = read({}).now;
  for (int i = 1; i <= 3; ++i) db_->write([&](Tx& tx) { tell(tx, i); });
  EXPECT_FALSE(read(begin).missed);
  ChangeLog::prune(*db_, 1);
  EXPECT_TRUE(read(begin).missed);
  EXPECT_FALSE(read(read(begin).now).missed);
  db_->write([](Tx& tx) {
    tx.exec("INSERT INTO changes (kind, id) SELECT 1, g FROM generate_series(1, 5001) g");
  });
  EXPECT_TRUE(read(begin).missed);
}

}  // namespace
}  // namespace picsharz::db
