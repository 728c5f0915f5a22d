// Accounts and sessions over time and under races: what black-box tests cannot turn the clock for.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "base/limits.h"
#include "features/moderation/moderation_store.h"
#include "features/sessions/role_service.h"
#include "features/sessions/sign_in_world_test.h"

namespace picsharz::sessions {
namespace {

using test::password;

class SignInTest : public test::SignInSuite {
 protected:
  // Signs up and returns the code from the mail.
  std::string sign_up(const std::string& handle, std::string_view binding = "") {
    const auto made = rooms().signups.sign_up(test::newcomer(handle), binding, "192.0.2.1");
    EXPECT_TRUE(made);
    return code_in(rooms().run_jobs().back());
  }
  // Whether a session was used just now, by the row; waits until it says so.
  bool touched() {
    const Micros now = rooms().clock.now();
    for (int tries = 0; tries < 2'000; ++tries) {
      const bool found = rooms().database.read([&](db::Tx& tx) {
        return tx.exec("SELECT 1 FROM sessions WHERE last_used_at = $1", now) > 0;
      });
      if (found) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return false;
  }
  RoleService roles() { return {rooms().database, rooms().people}; }
  static std::string code_in(const std::string& mail) {
    const auto at = mail.find("Your code for Test: ");
    return at == std::string::npos ? "" : mail.substr(at + 20, 9);
  }
  static std::string token_in(const std::string& mail) {
    const auto at = mail.find("#token=");
    return at == std::string::npos ? "" : mail.substr(at + 7, 43);
  }
  std::string verify(const std::string& handle, std::string_view code,
                     std::string_view binding = "") {
    const auto account = rooms().signups.verify(handle + "@example.org", code, binding);
    return account ? "ok" : account.error().code;
  }
};

ON_BOTH_ENGINES(SignInTest);

TEST_P(SignInTest, ACodeLivesTenMinutes) {
  const std::string late = sign_up("late_one");
  const std::string early = sign_up("early_one");
  rooms().clock.advance(limits::code_lifetime - second);
  EXPECT_EQ(verify("early_one", early), "ok");
  rooms().clock.advance(second);
  EXPECT_EQ(verify("late_one", late), "code_expired");
}

TEST_P(SignInTest, ACodeBelongsToItsBrowserAndItsAddress) {
  const std::string code = sign_up("bound_one", "browser secret");
  const std::string other = sign_up("other_one", "browser secret");
  EXPECT_EQ(verify("bound_one", code), "wrong_code");
  EXPECT_EQ(verify("bound_one", code, "another secret"), "wrong_code");
  EXPECT_EQ(verify("bound_one", other, "browser secret"), "wrong_code");
  EXPECT_EQ(verify("bound_one", code, "browser secret"), "ok");
}

TEST_P(SignInTest, FiveTriesAtTheSameInstantAreFive) {
  const std::string code = sign_up("guessed");
  std::atomic<int> wrong = 0;
  std::vector<std::thread> guessers;
  for (int i = 0; i < 16; ++i) {
    guessers.emplace_back([&] {
      if (verify("guessed", "AAAAAAAA") == "wrong_code") ++wrong;
    });
  }
  for (auto& guesser : guessers) guesser.join();
  EXPECT_EQ(wrong, limits::code_tries);
  EXPECT_EQ(verify("guessed", code), "code_expired");
}

TEST_P(SignInTest, AnAddressThatIsGivenAwayMeanwhileIsSaidToBe) {
  const std::string code = sign_up("slow_one");
  const auto quick = rooms().member("quick_one");
  rooms().database.write([&](db::Tx& tx) {
    tx.exec("UPDATE accounts SET email = 'slow_one@example.org' WHERE id = $1", quick.id);
  });
  EXPECT_EQ(verify("slow_one", code), "email_taken");
  EXPECT_EQ(verify("slow_one", code), "wrong_code") << "it waits no more";
}

TEST_P(SignInTest, AHandleIsKeptForAnHour) {
  sign_up("wanted");
  const auto again = [&] {
    const auto made = rooms().signups.sign_up(test::newcomer("wanted", "somebody.else@example.org"),
                                              "", "192.0.2.1");
    return made ? "ok" : made.error().code;
  };
  EXPECT_EQ(again(), "handle_taken");
  rooms().clock.advance(hour + second);
  EXPECT_EQ(again(), "ok");
}

TEST_P(SignInTest, AResetLinkWorksOnceForHalfAnHour) {
  const auto mei = rooms().member("mei");
  const NewSession session = rooms().sessions.open(mei.id, "test", "192.0.2.7");
  const auto ask = [&] {
    EXPECT_TRUE(rooms().passwords.forgot("mei", "192.0.2.1"));
    return token_in(rooms().run_jobs().back());
  };
  const std::string old = ask();
  rooms().clock.advance(limits::reset_lifetime);
  EXPECT_EQ(rooms().sessions.reset_password(old, "another good secret").error().code,
            "reset_expired");
  const std::string token = ask();
  EXPECT_TRUE(rooms().sessions.viewer_of(session.token).signed_in());
  EXPECT_TRUE(rooms().sessions.reset_password(token, "another good secret"));
  EXPECT_FALSE(rooms().sessions.viewer_of(session.token).signed_in());
  EXPECT_EQ(rooms().sessions.reset_password(token, "a third good secret").error().code,
            "reset_expired");
  EXPECT_TRUE(rooms().passwords.check("mei", "another good secret", "192.0.2.1", ""));
}

TEST_P(SignInTest, TheSetupLinkDies) {
  const auto person = [](const std::string& handle) { return test::newcomer(handle); };
  const auto old = rooms().signups.make_setup_token();
  rooms().clock.advance(limits::setup_lifetime);
  EXPECT_EQ(rooms().signups.create_administrator(*old, person("one")).error().code, "setup_over");
  const auto token = rooms().signups.make_setup_token();
  // Two at the same instant: one becomes the administrator.
  std::atomic<int> made = 0;
  std::vector<std::thread> both;
  for (const char* handle : {"first", "second_one"}) {
    both.emplace_back([&, handle] {
      if (rooms().signups.create_administrator(*token, person(handle))) ++made;
    });
  }
  for (auto& one : both) one.join();
  EXPECT_EQ(made, 1);
  EXPECT_EQ(rooms().signups.make_setup_token(), std::nullopt);
  EXPECT_FALSE(rooms().signups.setup_needed());
}

TEST_P(SignInTest, SessionsEndWithoutUseAndInAnyCase) {
  const auto mei = rooms().member("mei");
  const NewSession idle = rooms().sessions.open(mei.id, "idle", "192.0.2.7");
  const NewSession used = rooms().sessions.open(mei.id, "used", "192.0.2.7");
  const Micros step = 10 * day;
  for (Micros passed = 0; passed + step < SessionLifetimes().absolute; passed += step) {
    rooms().clock.advance(step);
    ASSERT_TRUE(rooms().sessions.viewer_of(used.token).signed_in()) << passed / day;
    ASSERT_TRUE(touched()) << passed / day;  // it is written behind the answer
  }
  EXPECT_FALSE(rooms().sessions.viewer_of(idle.token).signed_in());
  rooms().clock.advance(step);
  EXPECT_FALSE(rooms().sessions.viewer_of(used.token).signed_in());
  EXPECT_GE(rooms().sessions.prune(), 1);
}

TEST_P(SignInTest, SessionsLiveAsLongAsItIsConfigured) {
  const auto mei = rooms().member("mei");
  const auto service = [&](SessionLifetimes lifetimes) {
    return std::make_unique<SessionService>(rooms().database, rooms().ids, rooms().clock,
                                            rooms().passwords, lifetimes);
  };
  const auto strict = service({.idle = 2 * hour, .absolute = 5 * hour});
  const std::string idle = strict->open(mei.id, "idle", "192.0.2.7").token;
  const std::string used = strict->open(mei.id, "used", "192.0.2.7").token;
  const std::string older = rooms().sessions.open(mei.id, "older", "192.0.2.7").token;
  for (int hours = 1; hours < 5; ++hours) {
    rooms().clock.advance(hour);
    ASSERT_TRUE(strict->viewer_of(used).signed_in()) << hours;
    ASSERT_TRUE(touched()) << hours;
    if (hours == 2) {
      EXPECT_FALSE(strict->viewer_of(idle).signed_in());
    }
  }
  rooms().clock.advance(hour);
  EXPECT_FALSE(strict->viewer_of(used).signed_in());
  EXPECT_FALSE(strict->recall(used).signed_in());
  // One that began when they lived longer ends by what is said now.
  EXPECT_FALSE(strict->viewer_of(older).signed_in());
  EXPECT_TRUE(rooms().sessions.viewer_of(older).signed_in());
  // Nobody lives longer without use than in any case.
  const auto odd = service({.idle = 9 * hour, .absolute = hour});
  const std::string brief = odd->open(mei.id, "brief", "192.0.2.7").token;
  rooms().clock.advance(hour);
  EXPECT_FALSE(rooms().sessions.viewer_of(brief).signed_in());
}

TEST_P(SignInTest, TheLastAdministratorStays) {
  rooms().member("one_admin", Role::administrator);
  rooms().member("two_admin", Role::administrator);
  std::vector<std::thread> both;
  std::atomic<int> demoted = 0;
  for (const char* handle : {"one_admin", "two_admin"}) {
    both.emplace_back([&, handle] {
      if (roles().set(handle, Role::member)) ++demoted;
    });
  }
  for (auto& one : both) one.join();
  EXPECT_EQ(demoted, 1);
}

TEST_P(SignInTest, NoAdministratorIsSuspended) {
  const auto ada = rooms().member("ada", Role::administrator);
  const auto mei = rooms().member("mei", Role::moderator);
  rooms().database.write([&](db::Tx& tx) {
    moderation::ModerationStore store;
    store.suspend(tx, ada.id);
    store.suspend(tx, mei.id);
  });
  EXPECT_EQ(rooms().people.own({.account = ada.id})->state, accounts::AccountState::active);
  EXPECT_EQ(rooms().people.own({.account = mei.id})->state, accounts::AccountState::suspended);
  // A suspended one is no administrator who could replace the last.
  ASSERT_TRUE(roles().set("mei", Role::administrator));
  EXPECT_EQ(roles().set("ada", Role::member).error().code, "last_administrator");
  EXPECT_TRUE(roles().set("mei", Role::member)) << "who is suspended is no administrator anyway";
}

TEST_P(SignInTest, AHashGrowsWithALogInAndNeverShrinks) {
  const auto mei = rooms().member("mei");
  const auto check = [&](const crypto::PasswordCost& cost) {
    accounts::PasswordService passwords{rooms().database, rooms().clock,
                                        rooms().queue,    rooms().outbox,
                                        rooms().key,      {.mail = rooms().context, .cost = cost}};
    const auto checked = passwords.check("mei", password, "192.0.2.1", "");
    EXPECT_TRUE(checked);
    const std::string hash = rooms().passwords.hash_of(mei.id);
    EXPECT_EQ(checked ? checked->password_hash : "", hash) << "what the session is opened with";
    return hash;
  };
  const std::string before = rooms().passwords.hash_of(mei.id);
  EXPECT_EQ(check(test::cheap), before);
  const std::string raised = check({.memory_bytes = 9 << 20, .passes = 2});
  EXPECT_NE(raised.find("$m=9216,t=2,"), std::string::npos) << raised;
  EXPECT_EQ(check(test::cheap), raised);
}

TEST_P(SignInTest, WhoseRoleRisesLogsInAnew) {
  const auto mei = rooms().member("mei");
  const auto ada = rooms().member("ada");
  const auto others = rooms().sessions.open(ada.id, "", "192.0.2.1");
  const auto open = [&] { return rooms().sessions.open(mei.id, "", "192.0.2.1").token; };
  const auto signed_in = [&](const std::string& token) {
    return rooms().sessions.viewer_of(token).signed_in();
  };
  for (const Role higher : {Role::moderator, Role::administrator}) {
    const std::string before = open();
    ASSERT_TRUE(signed_in(before));
    ASSERT_TRUE(roles().set("mei", higher));
    EXPECT_FALSE(signed_in(before));
  }
  rooms().member("second", Role::administrator);
  const std::string high = open();
  ASSERT_TRUE(roles().set("mei", Role::administrator));
  EXPECT_TRUE(signed_in(high)) << "nothing was gained";
  ASSERT_TRUE(roles().set("mei", Role::member));
  EXPECT_EQ(rooms().sessions.viewer_of(high).role, Role::member) << "it goes on with less";
  EXPECT_TRUE(signed_in(others.token));
}

TEST_P(SignInTest, FailedLogInsAreCountedAndForgiven) {
  const auto mei = rooms().member("mei");
  const auto attempt = [&](std::string_view typed, std::string_view device = "") {
    const auto account = rooms().passwords.check("mei", typed, "192.0.2.1", device);
    return account ? "ok" : account.error().code;
  };
  for (int i = 0; i < 3 * limits::login_per_account; ++i) ASSERT_EQ(attempt(password), "ok");
  for (int i = 0; i < limits::login_per_account; ++i) ASSERT_EQ(attempt("wrong"), "wrong_login");
  EXPECT_EQ(attempt(password), "too_many_attempts");
  EXPECT_EQ(attempt(password, rooms().passwords.device_proof(mei.id)), "ok");
  EXPECT_EQ(attempt(password, rooms().passwords.device_proof(AccountId{1})), "too_many_attempts");
  // A browser that was a thief's for a while uses up its own attempts, not the owner's.
  const std::string owners = rooms().passwords.device_proof(mei.id);
  const std::string thiefs = rooms().passwords.device_proof(mei.id);
  for (int i = 0; i < limits::login_per_account; ++i) {
    ASSERT_EQ(attempt("wrong", thiefs), "wrong_login");
  }
  EXPECT_EQ(attempt(password, thiefs), "too_many_attempts");
  EXPECT_EQ(attempt(password, owners), "ok");
  rooms().clock.advance(limits::login_window);
  EXPECT_EQ(attempt(password), "ok");
}

TEST(NetworkOf, KeepsThePlaceNotThePerson) {
  EXPECT_EQ(network_of("203.0.113.7"), "203.0.113.0/24");
  EXPECT_EQ(network_of("2001:db8:1:2::3"), "2001:db8:1::/48");
  EXPECT_EQ(network_of("::1"), "::/48");
}

}  // namespace
}  // namespace picsharz::sessions
