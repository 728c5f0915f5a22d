// Questions that are kept, on both engines.
#include "features/queries/saved_query_service.h"

#include <gtest/gtest.h>

#include "features/queries/shipped_queries.h"
#include "support/test_database.h"

namespace picsharz::queries {
namespace {

class SavedQueryTest : public test::DatabaseSuite {
 protected:
  SavedQuery made(const std::string& name) {
    SavedQuery query;
    query.name = name;
    query.sql = "select 1";
    query.chart = Chart::bars;
    return query;
  }

  FakeClock clock_;
  IdSource ids_{clock_, 1};
};
ON_BOTH_ENGINES(SavedQueryTest);

TEST_P(SavedQueryTest, StandBehindThoseThatAreShipped) {
  SavedQueryService service(db(), ids_, clock_);
  const std::size_t shipped = shipped_queries().size();
  EXPECT_EQ(service.list().size(), shipped);
  const auto added = service.add(made("By country"));
  ASSERT_TRUE(added);
  const auto all = service.list();
  ASSERT_EQ(all.size(), shipped + 1);
  EXPECT_FALSE(all.front().id);
  EXPECT_EQ(all.back().id, added->id);
  EXPECT_EQ(all.back().name, "By country");
  EXPECT_EQ(all.back().chart, Chart::bars);
  EXPECT_EQ(all.back().created_at, clock_.now());
}

TEST_P(SavedQueryTest, ChangeInPart) {
  SavedQueryService service(db(), ids_, clock_);
  const auto added = service.add(made("By country"));
  ASSERT_TRUE(added);
  clock_.advance(second);
  const auto changed = service.change(added->id, {.name = {}, .sql = "select 2", .chart = {}});
  ASSERT_TRUE(changed);
  const auto kept = service.list().back();
  EXPECT_EQ(kept.name, "By country");
  EXPECT_EQ(kept.sql, "select 2");
  EXPECT_EQ(kept.chart, Chart::bars);
  EXPECT_EQ(kept.changed_at, added->created_at + second);
  EXPECT_FALSE(service.change(QueryId{1}, {}));
}

TEST_P(SavedQueryTest, GoOnce) {
  SavedQueryService service(db(), ids_, clock_);
  const auto added = service.add(made("By country"));
  ASSERT_TRUE(added);
  EXPECT_TRUE(service.remove(added->id));
  EXPECT_FALSE(service.remove(added->id));
  EXPECT_EQ(service.list().size(), shipped_queries().size());
}

TEST_P(SavedQueryTest, HaveABound) {
  SavedQueryService service(db(), ids_, clock_);
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(service.add(made(std::to_string(i))));
  const auto more = service.add(made("one more"));
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().code, "too_many_queries");
}

}  // namespace
}  // namespace picsharz::queries
