#include "features/admin/job_service.h"

#include <gtest/gtest.h>

#include <array>
#include <optional>

#include "support/test_database.h"

namespace picsharz::admin {
namespace {

class JobServiceTest : public test::DatabaseSuite {};
ON_BOTH_ENGINES(JobServiceTest);

TEST_P(JobServiceTest, AJobThatGaveUpSaysWhyAndIsTriedAgain) {
  const FakeClock clock;
  IdSource ids(clock, 1);
  jobs::Queue queue(db(), ids, clock);
  JobService service(db(), queue);
  constexpr std::array lanes = {jobs::Lane::media};
  const JobId id = db().write([&](db::Tx& tx) {
    return queue.enqueue(tx, {.kind = "k", .payload = "{}", .lane = jobs::Lane::media});
  });
  queue.fail(*queue.claim(lanes, "w", minute), "the disk is on fire", true);
  const auto dead = service.list(jobs::State::dead, {.after = {}, .limit = 20});
  ASSERT_EQ(dead.items.size(), 1U);
  EXPECT_EQ(dead.items[0].id, id);
  EXPECT_EQ(dead.items[0].last_error, "the disk is on fire");
  EXPECT_TRUE(service.retry(id));
  EXPECT_TRUE(service.list(jobs::State::dead, {.after = {}, .limit = 20}).items.empty());
  const auto again = queue.claim(lanes, "w", minute);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->id, id);
  EXPECT_EQ(again->attempt, 1);
  const auto refused = service.retry(id);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "not_dead");
}

}  // namespace
}  // namespace picsharz::admin
