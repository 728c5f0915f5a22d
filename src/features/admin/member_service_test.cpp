#include "features/admin/member_service.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string_view>

#include "base/tally.h"
#include "support/people_fixture.h"
#include "support/test_database.h"

namespace picsharz::admin {
namespace {

struct World {
  explicit World(db::Database& database) : people(database), accounts(database) {}

  Viewer person(std::string_view handle, Role role = Role::member) {
    const AccountId id = people.join(handle);
    people.database.write([&](db::Tx& tx) { accounts::AccountStore().set_role(tx, id, role); });
    return people.as(id, role);
  }

  test::PeopleFixture people;
  accounts::AccountService accounts;
  sessions::RoleService roles{people.database, accounts};
  MemberService members{people.database, roles, people.ids, people.clock};
};

class MemberServiceTest : public test::DatabaseSuite {};
ON_BOTH_ENGINES(MemberServiceTest);

constexpr PageRequest page{.after = {}, .limit = 20};

TEST_P(MemberServiceTest, NobodyChangesTheLog) {
  World world(db());
  const Viewer ada = world.person("ada", Role::administrator);
  world.person("mei");
  ASSERT_TRUE(world.members.suspend(ada, {"mei", "Spam"}));
  const auto refused = [&](auto&& change) {
    EXPECT_THROW(db().write([&](db::Tx& tx) { change(tx); }), db::DatabaseError);
  };
  refused([](db::Tx& tx) { tx.exec("UPDATE admin_actions SET reason = 'none'"); });
  refused([](db::Tx& tx) { tx.exec("DELETE FROM admin_actions"); });
  const auto log = world.members.log("mei", page);
  ASSERT_TRUE(log);
  ASSERT_EQ(log->items.size(), 1U);
  EXPECT_EQ(log->items[0].reason, "Spam");
  EXPECT_EQ(log->items[0].actor_handle, "ada");
}

TEST_P(MemberServiceTest, WhatIsDoneToNoAccountIsInTheLogOfAll) {
  World world(db());
  const Viewer ada = world.person("ada", Role::administrator);
  world.person("mei");
  ASSERT_TRUE(world.members.suspend(ada, {"mei", "Spam"}));
  world.members.note(ada, ActionKind::backup_downloaded, "20261129t001500z accounts");
  const auto log = world.members.log("", page);
  ASSERT_TRUE(log);
  ASSERT_EQ(log->items.size(), 2U);
  EXPECT_EQ(log->items[0].kind, ActionKind::backup_downloaded);
  EXPECT_EQ(log->items[0].detail, "20261129t001500z accounts");
  EXPECT_EQ(log->items[0].actor_handle, "ada");
  EXPECT_EQ(log->items[0].account_handle, "");
  EXPECT_EQ(world.members.log("mei", page)->items.size(), 1U);
}

TEST_P(MemberServiceTest, WhatIsRefusedIsNotWrittenDown) {
  World world(db());
  const Viewer ada = world.person("ada", Role::administrator);
  world.person("bea", Role::administrator);
  EXPECT_FALSE(world.members.suspend(ada, {"bea", "-"}));
  EXPECT_FALSE(world.members.set_role(ada, {"ada", "-"}, Role::member));
  EXPECT_FALSE(world.members.reinstate(ada, {"bea", "-"}));
  EXPECT_TRUE(world.members.log("", page)->items.empty());
}

// A line of the log says what was done; this would be nothing.
TEST_P(MemberServiceTest, TheRoleThatSomebodyHasIsNotGivenAgain) {
  World world(db());
  const Viewer ada = world.person("ada", Role::administrator);
  world.person("mei");
  const auto same = world.members.set_role(ada, {"mei", "-"}, Role::member);
  ASSERT_FALSE(same);
  EXPECT_EQ(same.error().code, "role_unchanged");
  EXPECT_TRUE(world.members.log("mei", page)->items.empty());
  EXPECT_TRUE(world.members.set_role(ada, {"mei", "Helps"}, Role::moderator));
}

// Whoever steals an account makes a token.
TEST_P(MemberServiceTest, TokensEndWithTheSessions) {
  World world(db());
  const Viewer ada = world.person("ada", Role::administrator);
  const Viewer mei = world.person("mei");
  const Viewer tom = world.person("tom");
  sessions::TokenStore tokens;
  const auto give = [&](const Viewer& owner, std::string_view hash) {
    sessions::Token token;
    token.id = world.people.ids.next<TokenId>();
    token.account = owner.account;
    db().write([&](db::Tx& tx) { tokens.insert(tx, token, hash); });
  };
  const auto count = [&](const Viewer& owner) {
    return db().read([&](db::Tx& tx) { return tokens.count(tx, owner.account); });
  };
  give(mei, "one");
  give(mei, "two");
  give(tom, "three");
  ASSERT_TRUE(world.members.end_sessions(ada, {"mei", "Stolen"}));
  EXPECT_EQ(count(mei), 0);
  EXPECT_EQ(count(tom), 1);
  EXPECT_EQ(world.members.log("mei", page)->items[0].detail, "0 2");
  ASSERT_TRUE(world.members.end_sessions(ada, {"mei", "Once more"}));
  EXPECT_EQ(world.members.log("mei", page)->items[0].detail, "0");
  give(mei, "four");
  ASSERT_TRUE(world.members.suspend(ada, {"mei", "Spam"}));
  EXPECT_EQ(count(mei), 0);
}

// In the figures of moderation, beside those by moderators.
TEST_P(MemberServiceTest, ASuspensionIsCountedOnceItIsDone) {
  World world(db());
  const Viewer ada = world.person("ada", Role::administrator);
  world.person("mei");
  const auto counted = [] {
    std::int64_t found = 0;
    for (const Tally::Count& each : tally().drain()) {
      if (each.use == Use::moderation && label_of(each.use, each.label) == "suspended") {
        found += each.count;
      }
    }
    return found;
  };
  counted();
  ASSERT_TRUE(world.members.suspend(ada, {"mei", "Spam"}));
  EXPECT_EQ(counted(), 1);
  EXPECT_FALSE(world.members.suspend(ada, {"mei", "Spam"}));
  EXPECT_FALSE(world.members.suspend(ada, {"nobody", "Spam"}));
  ASSERT_TRUE(world.members.reinstate(ada, {"mei", "A mistake"}));
  EXPECT_EQ(counted(), 0);
  ASSERT_TRUE(world.members.suspend(ada, {"mei", "Again"}));
  EXPECT_EQ(counted(), 1);
}

// Whatever the case of letters that are not English either.
TEST_P(MemberServiceTest, IsFoundByAPartOfWhatTheyAreCalledInAnyCase) {
  World world(db());
  world.person("mei");
  world.people.join("elo", "Élodie Ångström");
  for (const char* text : {"élodie", "ÉLODIE", "elodie å", "ÅNG", "ström", "lodi", "ELO"}) {
    const auto found = world.members.list({.text = text, .role = {}, .state = {}}, page);
    ASSERT_EQ(found.items.size(), 1U) << text;
    EXPECT_EQ(found.items[0].handle, "elo") << text;
  }
  for (const char* text : {"elodie x", "--", "\"", "' OR 1 *", "mei elodie"}) {
    EXPECT_TRUE(world.members.list({.text = text, .role = {}, .state = {}}, page).items.empty())
        << text;
  }
}

// As PostgreSQL runs writes side by side: whoever looks first does not decide.
TEST_P(MemberServiceTest, WhoBecameAnAdministratorMeanwhileIsNotSuspended) {
  World world(db());
  MemberStore rows;
  const Viewer mei = world.person("mei", Role::administrator);
  const bool changed = db().write([&](db::Tx& tx) {
    return rows.set_state(tx, mei.account, accounts::AccountState::active,
                          accounts::AccountState::suspended);
  });
  EXPECT_FALSE(changed);
}

}  // namespace
}  // namespace picsharz::admin
