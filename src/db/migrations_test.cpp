#include "db/migrations.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "support/test_database.h"

namespace picsharz::db {
namespace {

constexpr Migration steps[] = {
    {1, "first", "CREATE TABLE a (id BIGINT PRIMARY KEY);\nINSERT INTO a (id) VALUES (1);\n"},
    {2, "second",
     "-- sqlite\nINSERT INTO a (id) VALUES (20);\n-- end\n"
     "-- postgres\nINSERT INTO a (id) SELECT now()::date - now()::date + 21;\n-- end\n"},
    {3, "third", "INSERT INTO a (id) VALUES (3);\nCREATE TABLE b (id BIGINT);\n"},
};
constexpr Migration broken[] = {
    steps[0], {2, "broken", "INSERT INTO a (id) VALUES (2); INSERT INTO nowhere VALUES (1);"}};

constexpr auto integer = [](const Row& row) { return row.integer(0); };

class MigrationsTest : public testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    if (const char* reason = test::missing(GetParam())) GTEST_SKIP() << reason;
    database_ = std::make_unique<test::TestDatabase>(GetParam(), test::Schema::empty);
  }
  Database& db() { return *database_; }
  std::vector<std::int64_t> rows() {
    return db().read([](Tx& tx) { return tx.all("SELECT id FROM a ORDER BY id", integer); });
  }
  std::int64_t own_row() { return GetParam() == Engine::sqlite ? 20 : 21; }

 private:
  std::unique_ptr<test::TestDatabase> database_;
};
ON_BOTH_ENGINES(MigrationsTest);

TEST(MigrationText, BlocksBelongToTheirEngine) {
  constexpr auto sql = "a\n-- sqlite\nb\n-- end\nc -- sqlite\n-- postgres  \nd\n-- end\n-- note\ne";
  EXPECT_EQ("a\nb\nc -- sqlite\n-- note\ne\n", for_engine(sql, Engine::sqlite));
  EXPECT_EQ("a\nc -- sqlite\nd\n-- note\ne\n", for_engine(sql, Engine::postgres));
}

TEST(MigrationText, BlocksThatDoNotPairStopTheProgram) {
  EXPECT_DEATH(for_engine("-- sqlite\na\n", Engine::sqlite), "no end");
  EXPECT_DEATH(for_engine("a\n-- end\n", Engine::sqlite), "do not pair");
  EXPECT_DEATH(for_engine("-- sqlite\n-- postgres\n-- end\n", Engine::sqlite), "do not pair");
}

TEST(MigrationText, EmbeddedStepsAreNumberedWithoutAGap) {
  ASSERT_FALSE(migrations().empty());
  int expected = 0;
  for (const auto& step : migrations()) EXPECT_EQ(++expected, step.number) << step.name;
}

TEST_P(MigrationsTest, AnEmptyDatabaseHasSchemaZeroAndLookingChangesNothing) {
  EXPECT_EQ(0, schema_state(db(), steps).current);
  EXPECT_EQ(3, schema_state(db(), steps).latest);
  EXPECT_EQ(0, schema_state(db(), steps).current);
}

TEST_P(MigrationsTest, StepsAreAppliedInOrderAndOnce) {
  EXPECT_EQ((std::vector<int>{1, 2}), migrate(db(), std::span(steps).first(2)));
  EXPECT_EQ(2, schema_state(db(), steps).current);
  EXPECT_EQ((std::vector<int>{3}), migrate(db(), steps));
  EXPECT_EQ((std::vector<int>{}), migrate(db(), steps));
  std::vector<std::int64_t> expected{1, 3, own_row()};
  EXPECT_EQ(expected, rows());
}

TEST_P(MigrationsTest, AStepThatFailsLeavesNothingBehind) {
  EXPECT_THROW(migrate(db(), broken), DatabaseError);
  EXPECT_EQ(1, schema_state(db(), broken).current);
  EXPECT_EQ((std::vector<std::int64_t>{1}), rows());
  EXPECT_EQ((std::vector<int>{2, 3}), migrate(db(), steps));
}

TEST_P(MigrationsTest, AStepOfTheOtherEngineAloneIsCounted) {
  constexpr Migration of_each[] = {
      {1, "one", "-- sqlite\nCREATE TABLE a (id BIGINT);\n-- end\n"},
      {2, "other", "-- postgres\nCREATE TABLE a (id BIGINT);\n-- end\n"},
  };
  EXPECT_EQ((std::vector<int>{1, 2}), migrate(db(), of_each));
  EXPECT_EQ((std::vector<std::int64_t>{}), rows());
}

TEST_P(MigrationsTest, ANewerSchemaIsRefused) {
  migrate(db(), steps);
  try {
    migrate(db(), std::span(steps).first(2));
    FAIL() << "nothing was thrown";
  } catch (const SchemaTooNew& refusal) {
    EXPECT_NE(std::string::npos, std::string(refusal.what()).find("schema 3")) << refusal.what();
  }
  EXPECT_EQ(3, schema_state(db(), std::span(steps).first(2)).current);
}

TEST_P(MigrationsTest, NodesThatStartAtOnceApplyEveryStepOnce) {
  std::vector<int> applied;
  std::mutex mutex;
  std::vector<std::thread> nodes;
  for (int i = 0; i < 4; ++i) {
    nodes.emplace_back([&] {
      const auto mine = migrate(db(), steps);
      const std::lock_guard lock(mutex);
      applied.insert(applied.end(), mine.begin(), mine.end());
    });
  }
  for (auto& node : nodes) node.join();
  std::sort(applied.begin(), applied.end());
  EXPECT_EQ((std::vector<int>{1, 2, 3}), applied);
}

TEST_P(MigrationsTest, TheEmbeddedStepsFitBothEngines) {
  const auto applied = migrate(db());
  EXPECT_EQ(migrations().size(), applied.size());
  EXPECT_EQ(schema_state(db()).latest, schema_state(db()).current);
}

}  // namespace
}  // namespace picsharz::db
