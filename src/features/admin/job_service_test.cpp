#include "features/admin/job_service.h"

#include <gtest/gtest.h>

#include <array>
#include <optional>

#include "support/people_fixture.h"
#include "support/test_database.h"

namespace picsharz::admin {
namespace {

constexpr std::array lanes = {jobs::Lane::media};

struct House {
  explicit House(db::Database& database) : people(database), accounts(database) {}

  JobId dead_job() {
    const JobId id = people.database.write([&](db::Tx& tx) {
      return queue.enqueue(tx, {.kind = "k", .payload = "{}", .lane = jobs::Lane::media});
    });
    queue.fail(*queue.claim(lanes, "w", minute), "the disk is on fire", true);
    return id;
  }

  test::PeopleFixture people;
  accounts::AccountService accounts;
  sessions::RoleService roles{people.database, accounts};
  MemberService members{people.database, roles, people.ids, people.clock};
  jobs::Queue queue{people.database, people.ids, people.clock};
  JobService service{people.database, queue, members};
};

class JobServiceTest : public test::DatabaseSuite {};
ON_BOTH_ENGINES(JobServiceTest);

TEST_P(JobServiceTest, AJobThatGaveUpSaysWhyAndIsTriedAgain) {
  House house(db());
  const Viewer ada = house.people.as(house.people.join("ada"), Role::administrator);
  auto& service = house.service;
  const JobId id = house.dead_job();
  const auto dead = service.list(jobs::State::dead, {.after = {}, .limit = 20});
  ASSERT_EQ(dead.items.size(), 1U);
  EXPECT_EQ(dead.items[0].id, id);
  EXPECT_EQ(dead.items[0].last_error, "the disk is on fire");
  EXPECT_TRUE(service.retry(ada, id));
  EXPECT_TRUE(service.list(jobs::State::dead, {.after = {}, .limit = 20}).items.empty());
  const auto again = house.queue.claim(lanes, "w", minute);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->id, id);
  EXPECT_EQ(again->attempt, 1);
  const auto refused = service.retry(ada, id);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "not_dead");
  const auto log = house.members.log("", {.after = {}, .limit = 20});
  ASSERT_TRUE(log);
  ASSERT_EQ(log->items.size(), 1U);  // of what was refused, nothing
  EXPECT_EQ(log->items[0].kind, ActionKind::job_retried);
  EXPECT_EQ(log->items[0].detail, id.str());
  EXPECT_EQ(log->items[0].actor_handle, "ada");
}

// Else a job would run again, and nobody would know who let it.
TEST_P(JobServiceTest, AJobIsNotTriedAgainWhereThatCannotBeWrittenDown) {
  House house(db());
  const JobId id = house.dead_job();
  db().write([](db::Tx& tx) { tx.exec("ALTER TABLE admin_actions RENAME TO away"); });
  const Viewer ada = house.people.as(house.people.join("ada"), Role::administrator);
  EXPECT_THROW((void)house.service.retry(ada, id), db::DatabaseError);
  EXPECT_EQ(house.service.list(jobs::State::dead, {.after = {}, .limit = 20}).items.size(), 1U);
  db().write([](db::Tx& tx) { tx.exec("ALTER TABLE away RENAME TO admin_actions"); });
}

}  // namespace
}  // namespace picsharz::admin
