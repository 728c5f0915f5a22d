// Passwords, addresses, handles, second factors and tokens over time and under races.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <thread>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "crypto/one_time_code.h"
#include "features/accounts/account_rules.h"
#include "features/sessions/role_service.h"
#include "features/sessions/session_rules.h"
#include "features/sessions/sign_in_world_test.h"
#include "features/sessions/token_rules.h"

namespace picsharz::sessions {
namespace {

using accounts::Account;
using test::password;

constexpr std::string_view address = "192.0.2.7";
constexpr std::string_view renewed = "nine quick trains";

template <class T>
std::string code_of(const Result<T>& result) {
  return result ? "ok" : result.error().code;
}

// What follows `before` in the only mail that has it.
std::string after(const std::vector<std::string>& mails, std::string_view before,
                  std::size_t length) {
  for (const std::string& mail : mails) {
    const auto at = mail.find(before);
    if (at != std::string::npos) return mail.substr(at + before.size(), length);
  }
  return "";
}

std::ptrdiff_t count(const std::vector<std::string>& mails, std::string_view text) {
  return std::ranges::count_if(
      mails, [&](const std::string& mail) { return mail.find(text) != std::string::npos; });
}

class AccountSecurityTest : public test::SignInSuite {
 protected:
  // What an authenticator shows for a secret in base32.
  std::string totp(const std::string& secret, int steps_from_now = 0) {
    return crypto::totp_code(
        raw(secret), rooms().clock.now() / (crypto::totp_seconds * second) + steps_from_now);
  }
  static std::string raw(const std::string& base32) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    std::string bytes;
    std::uint32_t held = 0;
    int bits = 0;
    for (const char c : base32) {
      held = (held << 5) | static_cast<std::uint32_t>(alphabet.find(c));
      bits += 5;
      if (bits >= 8) bytes += static_cast<char>(held >> (bits -= 8));
    }
    return bytes;
  }
  // Gives the secret; the codes go to `codes`.
  std::string set_up_totp(const Viewer& viewer, RecoveryCodes* codes = nullptr) {
    const auto begun = rooms().totps.begin(viewer, password, address);
    EXPECT_TRUE(begun) << code_of(begun);
    const auto made = rooms().totps.turn_on(viewer, totp(begun->secret), address);
    EXPECT_TRUE(made) << code_of(made);
    if (codes != nullptr) *codes = *made;
    rooms().clock.advance(crypto::totp_seconds * second);  // that code is used
    rooms().run_jobs();
    return begun->secret;
  }
  struct Asked {
    std::string code;
    std::string token;
  };
  Asked ask_email(const Viewer& viewer, std::string_view email) {
    rooms().run_jobs();  // what came before
    EXPECT_TRUE(rooms().email_changes.ask(viewer, email, password, address));
    const auto mails = rooms().run_jobs();
    EXPECT_EQ(mails.size(), 2U);
    return {after(mails, "Your code for Test: ", 9), after(mails, "/email#token=", 43)};
  }
  std::string email_of(const Account& account) {
    return rooms().people.own({.account = account.id})->email;
  }
  std::string rename(const Account& account, const std::string& handle) {
    accounts::ProfileChange change;
    change.handle = handle;
    return code_of(rooms().handles.change_profile({.account = account.id}, change));
  }
  std::string sign_up(const std::string& handle, const std::string& email) {
    return code_of(rooms().signups.sign_up(test::newcomer(handle, email), "", "192.0.2.99"));
  }
};
ON_BOTH_ENGINES(AccountSecurityTest);

// Passwords

TEST_P(AccountSecurityTest, ANewPasswordEndsEveryOtherSessionAndEveryCopyOfThisOne) {
  const Account mei = rooms().member("mei");
  const NewSession here = rooms().sessions.open(mei.id, "here", address);
  const NewSession there = rooms().sessions.open(mei.id, "there", address);
  const Viewer viewer = rooms().sessions.viewer_of(here.token);
  EXPECT_EQ(code_of(rooms().sessions.change_password(viewer, "not mine", renewed, address)),
            "wrong_password");
  EXPECT_EQ(code_of(rooms().sessions.change_password(viewer, password, "mei", address)),
            "weak_password");
  EXPECT_TRUE(rooms().sessions.viewer_of(there.token).signed_in());
  const auto next = rooms().sessions.change_password(viewer, password, renewed, address);
  ASSERT_TRUE(next) << code_of(next);
  EXPECT_FALSE(rooms().sessions.viewer_of(there.token).signed_in());
  EXPECT_FALSE(rooms().sessions.viewer_of(here.token).signed_in());
  // It is the same session by another name: what its old copy listens to or sends ends.
  const Viewer after_it = rooms().sessions.viewer_of(next->token);
  EXPECT_EQ(after_it.session, next->id);
  EXPECT_FALSE(rooms().sessions.stands(viewer));
  EXPECT_TRUE(rooms().sessions.stands(after_it));
  ASSERT_EQ(rooms().sessions.list(after_it).size(), 1U);
  EXPECT_EQ(rooms().sessions.list(after_it).front().created_at, here.session.created_at);
  EXPECT_EQ(count(rooms().run_jobs(), "was changed"), 1);
  EXPECT_EQ(rooms().log_in("mei"), "wrong_login");
  EXPECT_EQ(rooms().log_in("mei", "", renewed), "ok");
}

TEST_P(AccountSecurityTest, ALogInThatRacesWithANewPasswordLeavesNoSession) {
  const Account mei = rooms().member("mei");
  for (int round = 0; round < 8; ++round) {
    const std::string old_password =
        round == 0 ? std::string(password) : "round number " + std::to_string(round - 1);
    const std::string next = "round number " + std::to_string(round);
    const Viewer viewer = rooms().viewer(mei);
    std::vector<std::string> tokens(6);
    std::vector<std::thread> guests;
    for (std::string& token : tokens) {
      guests.emplace_back([&] {
        const auto in = rooms().log_ins.log_in(
            {.login = "mei", .password = old_password, .address = "192.0.2.1"});
        if (in) token = in->session.token;
      });
    }
    EXPECT_TRUE(rooms().sessions.change_password(viewer, old_password, next, address));
    for (auto& guest : guests) guest.join();
    for (const std::string& token : tokens) {
      EXPECT_FALSE(!token.empty() && rooms().sessions.viewer_of(token).signed_in()) << round;
    }
    rooms().clock.advance(limits::login_window);
  }
}

TEST_P(AccountSecurityTest, GuessingTheOldPasswordInASessionStopsWithoutLockingTheOwnerOut) {
  const Account mei = rooms().member("mei");
  const Viewer thief = rooms().viewer(mei);
  const Viewer owner = rooms().viewer(mei);
  const auto attempt = [&](const Viewer& who, std::string_view typed) {
    return code_of(rooms().sessions.change_password(who, typed, "mei", address));
  };
  for (int i = 0; i < limits::login_per_account; ++i) {
    ASSERT_EQ(attempt(thief, "guess"), "wrong_password");
  }
  EXPECT_EQ(attempt(thief, password), "too_many_attempts");
  EXPECT_EQ(attempt(owner, password), "weak_password");  // the old one was right
  EXPECT_EQ(rooms().log_in("mei"), "ok");
}

TEST_P(AccountSecurityTest, AllOtherSessionsEndAtOnce) {
  const Account mei = rooms().member("mei");
  const NewSession here = rooms().sessions.open(mei.id, "here", address);
  const NewSession there = rooms().sessions.open(mei.id, "there", address);
  const NewSession foreign = rooms().sessions.open(rooms().member("ana").id, "ana", address);
  rooms().sessions.end_others(rooms().sessions.viewer_of(here.token));
  EXPECT_TRUE(rooms().sessions.viewer_of(here.token).signed_in());
  EXPECT_FALSE(rooms().sessions.viewer_of(there.token).signed_in());
  EXPECT_TRUE(rooms().sessions.viewer_of(foreign.token).signed_in());
}

// A new log-in is told

TEST_P(AccountSecurityTest, ALogInFromANewPlaceIsToldOnce) {
  const Account mei = rooms().member("mei");
  const auto from = [&](std::string_view where, std::string_view agent, std::string_view device) {
    const auto in = rooms().log_ins.log_in({.login = "mei",
                                            .password = password,
                                            .address = where,
                                            .device = device,
                                            .user_agent = agent});
    EXPECT_TRUE(in) << code_of(in);
    return count(rooms().run_jobs(), "New log-in to Test");
  };
  const std::string device = rooms().passwords.device_proof(mei.id);
  EXPECT_EQ(from("192.0.2.1", "Firefox/130 Linux", ""), 0) << "the first one of all";
  EXPECT_EQ(from("192.0.2.200", "Firefox/130 Linux", ""), 0) << "the same network";
  EXPECT_EQ(from("198.51.100.1", "Firefox/130 Linux", ""), 1);
  EXPECT_EQ(from("198.51.100.1", "Firefox/130 Linux", ""), 0);
  EXPECT_EQ(from("198.51.100.1", "curl/7", ""), 1);
  EXPECT_EQ(from("203.0.113.9", "Chrome/140", device), 0) << "a browser that was here";
  EXPECT_EQ(from("203.0.113.9", "Chrome/140", "1.forged"), 0) << "it is known by now";
  EXPECT_EQ(from("203.0.113.9", "Safari", "1.forged"), 1);
}

TEST_P(AccountSecurityTest, NothingIsToldOfASignUp) {
  ASSERT_EQ(sign_up("fresh", "fresh@example.org"), "ok");
  const std::string code = after(rooms().run_jobs(), "Your code for Test: ", 9);
  const auto account = rooms().signups.verify("fresh@example.org", code, "");
  ASSERT_TRUE(account);
  rooms().log_ins.first(*account, "test", "192.0.2.1");
  EXPECT_EQ(rooms().log_in("fresh"), "ok");
  EXPECT_EQ(count(rooms().run_jobs(), "New log-in"), 0);
  EXPECT_EQ(rooms().log_in("fresh", "", password, "198.51.100.1"), "ok");
  EXPECT_EQ(count(rooms().run_jobs(), "New log-in"), 1);
}

TEST_P(AccountSecurityTest, SoManyPlacesAreRememberedAndNoMore) {
  const Account mei = rooms().member("mei");
  for (int i = 0; i < limits::known_logins + 5; ++i) {
    rooms().clock.advance(second);
    rooms().log_ins.first(mei, "program " + std::to_string(i), address);
  }
  const auto rows = rooms().database.read([&](db::Tx& tx) {
    return tx.exec("SELECT 1 FROM known_logins WHERE account_id = $1", mei.id);
  });
  EXPECT_EQ(rows, limits::known_logins);
}

TEST(DescribeProgram, SaysNoWordOfTheProgramItself) {
  EXPECT_EQ(describe_program("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Firefox/130.0"),
            "Firefox on Linux");
  EXPECT_EQ(describe_program("Mozilla/5.0 (Linux; Android 14) Chrome/140.0 Mobile Safari/537.36"),
            "Chrome on Android");
  EXPECT_EQ(describe_program("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1"),
            "Safari on iPhone");
  EXPECT_EQ(describe_program("Your account is closed, see https://evil.example"), "");
  EXPECT_EQ(describe_program(""), "");
}

// A new address

TEST_P(AccountSecurityTest, AnAddressChangesWhenBothAgreed) {
  const Account mei = rooms().member("mei");
  const Viewer viewer = rooms().viewer(mei);
  const auto sent = ask_email(viewer, "New@Example.net");
  const auto half = rooms().email_changes.confirm(viewer, sent.code);
  ASSERT_TRUE(half) << code_of(half);
  EXPECT_EQ(half->email, "mei@example.org");
  EXPECT_TRUE(half->change->by_code && !half->change->by_link);
  EXPECT_EQ(email_of(mei), "mei@example.org");
  // A link to a new password that lies in the old mailbox opens nothing afterwards.
  EXPECT_TRUE(rooms().passwords.forgot("mei", address));
  const std::string reset = after(rooms().run_jobs(), "/reset#token=", 43);
  const auto done = rooms().email_changes.agree(sent.token);
  ASSERT_TRUE(done) << code_of(done);
  EXPECT_EQ(email_of(mei), "new@example.net");
  const auto mails = rooms().run_jobs();
  EXPECT_EQ(count(mails, "Your address at Test was changed"), 2);
  EXPECT_EQ(code_of(rooms().sessions.reset_password(reset, renewed)), "reset_expired");
  EXPECT_EQ(code_of(rooms().email_changes.agree(sent.token)), "email_change_over");
  EXPECT_EQ(rooms().log_in("mei@example.org"), "wrong_login");
  EXPECT_EQ(rooms().log_in("new@example.net"), "ok");
}

TEST_P(AccountSecurityTest, TheOldAddressMayAgreeFirstAndMayStopIt) {
  const Account mei = rooms().member("mei");
  const Viewer viewer = rooms().viewer(mei);
  auto sent = ask_email(viewer, "one@example.net");
  EXPECT_EQ(rooms().email_changes.linked(sent.token)->change->email, "one@example.net");
  EXPECT_TRUE(rooms().email_changes.agree(sent.token));
  EXPECT_EQ(email_of(mei), "mei@example.org");
  EXPECT_TRUE(rooms().email_changes.stop(sent.token));
  EXPECT_EQ(code_of(rooms().email_changes.confirm(viewer, sent.code)), "wrong_code");
  EXPECT_EQ(code_of(rooms().email_changes.linked(sent.token)), "email_change_over");
  sent = ask_email(viewer, "two@example.net");
  EXPECT_TRUE(rooms().email_changes.agree(sent.token));
  EXPECT_TRUE(rooms().email_changes.confirm(viewer, sent.code));
  EXPECT_EQ(email_of(mei), "two@example.net");
}

TEST_P(AccountSecurityTest, TheCodeOfAnAddressIsGoodForItsSessionTenMinutesFiveTriesOnce) {
  const Account mei = rooms().member("mei");
  const Viewer viewer = rooms().viewer(mei);
  auto& changes = rooms().email_changes;
  auto sent = ask_email(viewer, "one@example.net");
  EXPECT_EQ(code_of(changes.confirm(rooms().viewer(mei), sent.code)), "wrong_code");
  for (int i = 0; i < limits::code_tries; ++i) {
    EXPECT_EQ(code_of(changes.confirm(viewer, "0000-0000")), "wrong_code");
  }
  EXPECT_EQ(code_of(changes.confirm(viewer, sent.code)), "code_expired");
  const auto old = ask_email(viewer, "one@example.net");
  sent = ask_email(viewer, "one@example.net");
  EXPECT_EQ(code_of(changes.confirm(viewer, old.code)), "wrong_code");
  EXPECT_EQ(code_of(changes.agree(old.token)), "email_change_over");
  EXPECT_EQ(code_of(changes.confirm(viewer, sent.code)), "ok");
  EXPECT_EQ(code_of(changes.confirm(viewer, sent.code)), "code_expired");
  sent = ask_email(viewer, "one@example.net");
  rooms().clock.advance(limits::code_lifetime);
  EXPECT_EQ(code_of(changes.confirm(viewer, sent.code)), "code_expired");
  rooms().clock.advance(limits::email_change_lifetime - limits::code_lifetime);
  EXPECT_EQ(code_of(changes.agree(sent.token)), "email_change_over");
  EXPECT_EQ(changes.state(viewer)->change, std::nullopt);
  EXPECT_EQ(changes.prune(), 1);
}

TEST_P(AccountSecurityTest, AnAddressThatIsTakenLooksTheSameAndNoCodeFits) {
  const Account mei = rooms().member("mei");
  rooms().member("ana");
  const Viewer viewer = rooms().viewer(mei);
  const auto sent = ask_email(viewer, "ana@example.org");
  EXPECT_EQ(sent.code, "") << "its mail says that it has an account";
  EXPECT_TRUE(rooms().email_changes.agree(sent.token));
  EXPECT_EQ(code_of(rooms().email_changes.confirm(viewer, "00000000")), "wrong_code");
  EXPECT_EQ(rooms().email_changes.state(viewer)->change->email, "ana@example.org");
  EXPECT_EQ(email_of(mei), "mei@example.org");
}

TEST_P(AccountSecurityTest, AnAddressThatWasTakenMeanwhileIsRefused) {
  const Account mei = rooms().member("mei");
  const Viewer viewer = rooms().viewer(mei);
  const auto sent = ask_email(viewer, "ana@example.org");
  rooms().member("ana");
  EXPECT_TRUE(rooms().email_changes.agree(sent.token));
  EXPECT_EQ(code_of(rooms().email_changes.confirm(viewer, sent.code)), "email_taken");
  EXPECT_EQ(email_of(mei), "mei@example.org");
}

TEST_P(AccountSecurityTest, BothAgreeingAtTheSameInstantChangeTheAddress) {
  for (int round = 0; round < 5; ++round) {
    const Account mei = rooms().member("mei" + std::to_string(round));
    const Viewer viewer = rooms().viewer(mei);
    const std::string wanted = "new" + std::to_string(round) + "@example.net";
    const auto sent = ask_email(viewer, wanted);
    std::thread old([&] { EXPECT_TRUE(rooms().email_changes.agree(sent.token)); });
    EXPECT_TRUE(rooms().email_changes.confirm(viewer, sent.code));
    old.join();
    EXPECT_EQ(email_of(mei), wanted);
  }
}

TEST_P(AccountSecurityTest, AnAddressNeedsThePasswordAndASoundAddress) {
  const Account mei = rooms().member("mei");
  const Viewer viewer = rooms().viewer(mei);
  const auto ask = [&](std::string_view email, std::string_view typed = password) {
    return code_of(rooms().email_changes.ask(viewer, email, typed, address));
  };
  EXPECT_EQ(ask("new@example.net", "not mine"), "wrong_password");
  EXPECT_EQ(ask("no address"), "invalid_email");
  EXPECT_EQ(ask("MEI@example.org"), "same_email");
  for (int i = 0; i < limits::email_changes_per_hour; ++i) EXPECT_EQ(ask("new@example.net"), "ok");
  EXPECT_EQ(ask("new@example.net"), "too_many_attempts");
}

// Handles

TEST_P(AccountSecurityTest, AnOldHandleLeadsToTheAccountForThirtyDaysAndIsNobodyElses) {
  const Account mei = rooms().member("mei");
  ASSERT_EQ(rename(mei, "@Mei_Tan"), "ok");
  const auto leads_to = [&](std::string_view handle) {
    return rooms().database.read([&](db::Tx& tx) {
      const auto account = rooms().people.renamed(tx, handle);
      return account ? account->handle : "";
    });
  };
  EXPECT_EQ(leads_to("Mei"), "mei_tan");
  EXPECT_EQ(sign_up("mei", "other@example.org"), "handle_taken");
  EXPECT_EQ(code_of(rooms().signups.create({.handle = "mei",
                                            .name = "x",
                                            .email = "other@example.org",
                                            .password = std::string(password),
                                            .country = "SG"},
                                           Role::member)),
            "handle_taken");
  EXPECT_EQ(rename(rooms().member("ana"), "mei"), "handle_taken");
  EXPECT_EQ(rooms().log_in("mei"), "wrong_login");
  EXPECT_EQ(rooms().log_in("mei_tan"), "ok");
  rooms().clock.advance(limits::handle_kept - second);
  rooms().handles.prune();
  EXPECT_EQ(leads_to("mei"), "mei_tan");
  rooms().clock.advance(second);
  EXPECT_EQ(rooms().handles.prune(), 1);
  EXPECT_EQ(leads_to("mei"), "");
  EXPECT_EQ(sign_up("mei", "other@example.org"), "ok");
}

TEST_P(AccountSecurityTest, AHandleChangesOnceInThirtyDaysAndBackAtAnyTime) {
  const Account mei = rooms().member("mei");
  ASSERT_EQ(rename(mei, "mei_two"), "ok");
  EXPECT_EQ(rename(mei, "mei_three"), "handle_too_soon");
  EXPECT_EQ(rename(mei, "mei_two"), "ok") << "no change at all";
  EXPECT_EQ(rename(mei, "mei"), "ok");
  EXPECT_EQ(rename(mei, "mei_two"), "ok");
  EXPECT_EQ(rename(mei, "mei_three"), "handle_too_soon");
  rooms().clock.advance(limits::handle_kept);
  EXPECT_EQ(rename(mei, "mei_three"), "ok");
}

TEST_P(AccountSecurityTest, AHandleFollowsItsRulesAndIsChangedWithTheRestOrNotAtAll) {
  const Account mei = rooms().member("mei");
  rooms().member("ana");
  ASSERT_EQ(sign_up("promised", "p@example.org"), "ok");
  EXPECT_EQ(rename(mei, "ab"), "invalid_handle");
  EXPECT_EQ(rename(mei, "admin"), "handle_reserved");
  EXPECT_EQ(rename(mei, "ANA"), "handle_taken");
  EXPECT_EQ(rename(mei, "promised"), "handle_taken");
  accounts::ProfileChange change;
  change.handle = "mei_two";
  change.country = "ZZ";
  EXPECT_EQ(code_of(rooms().handles.change_profile({.account = mei.id}, change)),
            "invalid_country");
  EXPECT_EQ(rooms().people.own({.account = mei.id})->handle, "mei");
}

TEST_P(AccountSecurityTest, OneOfManyGetsAHandleThatAllWant) {
  std::vector<Account> people;
  for (int i = 0; i < 6; ++i) people.push_back(rooms().member("person" + std::to_string(i)));
  std::atomic<int> got = 0;
  std::atomic<int> taken = 0;
  std::vector<std::thread> all;
  for (const Account& person : people) {
    all.emplace_back([&] {
      const std::string code = rename(person, "the_one");
      got += code == "ok";
      taken += code == "handle_taken";
    });
  }
  for (auto& one : all) one.join();
  EXPECT_EQ(got, 1);
  EXPECT_EQ(taken, 5);
}

// The second factor

TEST_P(AccountSecurityTest, ALogInAsksForTheCodeOnlyAfterTheRightPassword) {
  const Account mei = rooms().member("mei");
  const std::string secret = set_up_totp(rooms().viewer(mei));
  EXPECT_EQ(rooms().log_in("mei"), "totp_required");
  EXPECT_EQ(rooms().log_in("mei", totp(secret), "not hers"), "wrong_login");
  EXPECT_EQ(rooms().log_in("mei", "", "not hers"), "wrong_login");
  EXPECT_EQ(rooms().log_in("mei", "000000"), "wrong_totp");
  EXPECT_EQ(rooms().log_in("mei", totp(secret)), "ok");
}

TEST_P(AccountSecurityTest, ACodeIsGoodOnceAndNeverAfterALaterOne) {
  const Account mei = rooms().member("mei");
  const std::string secret = set_up_totp(rooms().viewer(mei));
  const std::string early = totp(secret, -1);
  const std::string code = totp(secret);
  EXPECT_EQ(rooms().log_in("mei", code), "ok");
  EXPECT_EQ(rooms().log_in("mei", code), "wrong_totp");
  EXPECT_EQ(rooms().log_in("mei", early), "wrong_totp");
  EXPECT_EQ(rooms().log_in("mei", totp(secret, 1)), "ok") << "a clock that is fast";
  rooms().clock.advance(2 * crypto::totp_seconds * second);
  EXPECT_EQ(rooms().log_in("mei", totp(secret, -2)), "wrong_totp");
  EXPECT_EQ(rooms().log_in("mei", totp(secret, 2)), "wrong_totp");
  // Of many at the same instant one is let in.
  const std::string shared = totp(secret);
  std::atomic<int> in = 0;
  std::vector<std::thread> all;
  for (int i = 0; i < 6; ++i) {
    all.emplace_back([&] { in += rooms().log_in("mei", shared) == "ok"; });
  }
  for (auto& one : all) one.join();
  EXPECT_EQ(in, 1);
}

TEST_P(AccountSecurityTest, ARecoveryCodeIsGoodOnceAndTold) {
  const Account mei = rooms().member("mei");
  const Viewer viewer = rooms().viewer(mei);
  RecoveryCodes codes;
  const std::string secret = set_up_totp(viewer, &codes);
  ASSERT_EQ(codes.size(), 10U);
  EXPECT_EQ(rooms().totps.state(viewer).recovery_codes, 10);
  std::string typed = codes[3];
  std::ranges::transform(typed, typed.begin(), [](char c) { return c == '-' ? ' ' : c; });
  EXPECT_EQ(rooms().log_in("mei", typed), "ok");
  EXPECT_EQ(rooms().log_in("mei", codes[3]), "wrong_totp");
  EXPECT_EQ(count(rooms().run_jobs(), "You have 9 left"), 1);
  const auto renewed_codes = rooms().totps.renew_codes(viewer, {password, totp(secret), address});
  ASSERT_TRUE(renewed_codes) << code_of(renewed_codes);
  EXPECT_EQ(rooms().log_in("mei", codes[4]), "wrong_totp");
  EXPECT_EQ(rooms().log_in("mei", renewed_codes->front()), "ok");
  // Another account's codes open nothing.
  const Account ana = rooms().member("ana");
  set_up_totp(rooms().viewer(ana));
  EXPECT_EQ(rooms().log_in("ana", renewed_codes->back()), "wrong_totp");
}

TEST_P(AccountSecurityTest, TheSecondFactorIsSetUpWithACodeAndEndsWithPasswordAndCode) {
  const Account mei = rooms().member("mei");
  const Viewer viewer = rooms().viewer(mei);
  auto& totps = rooms().totps;
  EXPECT_EQ(code_of(totps.begin(viewer, "not mine", address)), "wrong_password");
  EXPECT_EQ(code_of(totps.turn_on(viewer, "000000", address)), "totp_off");
  const auto forgotten = totps.begin(viewer, password, address);
  const auto begun = totps.begin(viewer, password, address);
  ASSERT_TRUE(begun);
  EXPECT_EQ(begun->uri, "otpauth://totp/Test:mei?secret=" + begun->secret + "&issuer=Test");
  EXPECT_EQ(rooms().log_in("mei"), "ok") << "nothing is asked for before it is confirmed";
  EXPECT_EQ(code_of(totps.turn_on(viewer, totp(forgotten->secret), address)), "wrong_totp");
  EXPECT_EQ(code_of(totps.turn_on(viewer, totp(begun->secret), address)), "ok");
  EXPECT_EQ(code_of(totps.turn_on(viewer, totp(begun->secret, 1), address)), "totp_on");
  EXPECT_EQ(code_of(totps.begin(viewer, password, address)), "totp_on");
  EXPECT_EQ(code_of(totps.turn_off(viewer, {"not mine", totp(begun->secret, 1), address})),
            "wrong_password");
  EXPECT_EQ(code_of(totps.turn_off(viewer, {password, "000000", address})), "wrong_totp");
  EXPECT_EQ(rooms().log_in("mei"), "totp_required");
  EXPECT_EQ(code_of(totps.turn_off(viewer, {password, totp(begun->secret, 1), address})), "ok");
  EXPECT_EQ(totps.state(viewer).on_since, 0);
  EXPECT_EQ(rooms().log_in("mei"), "ok");
  EXPECT_EQ(count(rooms().run_jobs(), "asks for no code any more"), 1);
}

TEST_P(AccountSecurityTest, ASecretThatNobodyConfirmsIsForgotten) {
  const Viewer viewer = rooms().viewer(rooms().member("mei"));
  const auto begun = rooms().totps.begin(viewer, password, address);
  rooms().clock.advance(limits::totp_setup_lifetime);
  EXPECT_EQ(code_of(rooms().totps.turn_on(viewer, totp(begun->secret), address)), "totp_off");
  EXPECT_EQ(rooms().totps.prune(), 1);
}

TEST_P(AccountSecurityTest, ANewPasswordByMailDoesNotOpenTheSecondLock) {
  const Account mei = rooms().member("mei");
  const std::string secret = set_up_totp(rooms().viewer(mei));
  ASSERT_TRUE(rooms().passwords.forgot("mei", address));
  const std::string token = after(rooms().run_jobs(), "/reset#token=", 43);
  ASSERT_TRUE(rooms().sessions.reset_password(token, renewed));
  EXPECT_EQ(rooms().log_in("mei", "", renewed), "totp_required");
  EXPECT_EQ(rooms().log_in("mei", totp(secret), renewed), "ok");
}

TEST_P(AccountSecurityTest, WrongCodesAreCountedAndToldAndDoNotLockTheOwnerOut) {
  const Account mei = rooms().member("mei");
  const std::string secret = set_up_totp(rooms().viewer(mei));
  for (int i = 0; i < limits::login_per_account; ++i) {
    ASSERT_EQ(rooms().log_in("mei", "000000"), "wrong_totp");
  }
  EXPECT_EQ(rooms().log_in("mei", totp(secret)), "too_many_attempts");
  EXPECT_EQ(rooms().log_in("mei", totp(secret), password, "198.51.100.1"), "too_many_attempts");
  EXPECT_EQ(count(rooms().run_jobs(), "Somebody knows your password"), 1);
  const std::string device = rooms().passwords.device_proof(mei.id);
  EXPECT_EQ(rooms().log_in("mei", totp(secret), password, "192.0.2.1", device), "ok");
  rooms().clock.advance(limits::login_window);
  EXPECT_EQ(rooms().log_in("mei", totp(secret)), "ok");
}

// A17: ten thousand guesses, from one address and from two hundred.
TEST_P(AccountSecurityTest, TenThousandGuessesAreTenForEachAccountAndAHundredForEachAddress) {
  const Account mei = rooms().member("mei");
  std::map<std::string, int> answers;
  for (int i = 0; i < 10'000; ++i) {
    const std::string from = "198.51." + std::to_string(i % 200) + ".1";
    ++answers[rooms().log_in("mei", "", "guess " + std::to_string(i), from)];
  }
  EXPECT_EQ(answers["wrong_login"], limits::login_per_account);
  EXPECT_EQ(answers["too_many_attempts"], 10'000 - limits::login_per_account);
  EXPECT_EQ(
      rooms().log_in("mei", "", password, "192.0.2.1", rooms().passwords.device_proof(mei.id)),
      "ok");
  answers.clear();
  for (int i = 0; i < 10'000; ++i) {
    const std::string login = "nobody" + std::to_string(i % 1000);
    // One house has 2^64 addresses of IPv6, and is one address.
    const std::string from = "2001:db8:1:2::" + std::to_string(1 + i % 9);
    ++answers[rooms().log_in(login, "", "guess", from)];
  }
  EXPECT_EQ(answers["wrong_login"], limits::login_per_address);
  EXPECT_EQ(answers["too_many_attempts"], 10'000 - limits::login_per_address);
}

// Tokens

TEST_P(AccountSecurityTest, ATokenIsItsOwnerWithinItsScopes) {
  const Account mei = rooms().member("mei", Role::moderator);
  const Viewer viewer = rooms().viewer(mei);
  const auto scopes = scopes_of({"read", "write:photos"});
  ASSERT_TRUE(scopes);
  const auto made =
      rooms().tokens.create(viewer, {"Backup", *scopes, std::nullopt}, password, address);
  ASSERT_TRUE(made) << code_of(made);
  EXPECT_TRUE(made->secret.starts_with(token_prefix));
  const Viewer program = rooms().tokens.viewer_of(made->secret);
  EXPECT_EQ(program.account, mei.id);
  EXPECT_EQ(program.role, Role::member) << "a moderator's rights need their scope";
  EXPECT_TRUE(program.within(Scope::read) && program.within(Scope::photos));
  EXPECT_FALSE(program.within(Scope::social) || program.within(Scope::session) ||
               program.within(Scope::moderation));
  EXPECT_FALSE(rooms().sessions.viewer_of(made->secret).signed_in());
  EXPECT_FALSE(rooms().tokens.viewer_of(made->secret + "x").signed_in());
  EXPECT_EQ(count(rooms().run_jobs(), "A token for a program was made"), 1);
  // A token makes no token, whatever route would let it.
  EXPECT_EQ(
      code_of(rooms().tokens.create(program, {"More", *scopes, std::nullopt}, password, address)),
      "scope_too_wide");
}

TEST_P(AccountSecurityTest, ATokenNeverDoesMoreThanItsOwnerMayNow) {
  const Account ada = rooms().member("ada", Role::administrator);
  rooms().member("second", Role::administrator);
  const Account mei = rooms().member("mei");
  const auto all = scopes_of({"read", "moderation", "admin"});
  const auto wish = TokenWish{"All", *all, std::nullopt};
  EXPECT_EQ(code_of(rooms().tokens.create(rooms().viewer(mei), wish, password, address)),
            "scope_too_wide");
  const auto made = rooms().tokens.create(rooms().viewer(ada), wish, password, address);
  ASSERT_TRUE(made);
  EXPECT_EQ(rooms().tokens.viewer_of(made->secret).role, Role::administrator);
  ASSERT_TRUE(RoleService(rooms().database, rooms().people).set("ada", Role::moderator));
  EXPECT_EQ(rooms().tokens.viewer_of(made->secret).role, Role::moderator);
  ASSERT_TRUE(RoleService(rooms().database, rooms().people).set("ada", Role::member));
  EXPECT_EQ(rooms().tokens.viewer_of(made->secret).role, Role::member);
}

TEST_P(AccountSecurityTest, ATokenEndsByItsDateByItsOwnerAndByAResetPassword) {
  const Account mei = rooms().member("mei");
  const Viewer viewer = rooms().viewer(mei);
  const auto make = [&](std::optional<std::int64_t> days) {
    return *rooms().tokens.create(viewer, {"x", 1, days}, password, address);
  };
  const auto lives = [&](const NewToken& token) {
    return rooms().tokens.viewer_of(token.secret).signed_in();
  };
  EXPECT_EQ(code_of(rooms().tokens.create(viewer, {"x", 1, 1}, "not mine", address)),
            "wrong_password");
  const NewToken week = make(7);
  const NewToken endless = make(std::nullopt);
  const NewToken ended = make(std::nullopt);
  EXPECT_EQ(code_of(rooms().tokens.end(rooms().viewer(rooms().member("ana")), ended.token.id)),
            "not_found");
  EXPECT_TRUE(lives(ended));
  EXPECT_EQ(code_of(rooms().tokens.end(viewer, ended.token.id)), "ok");
  EXPECT_FALSE(lives(ended));
  const Viewer program = rooms().tokens.viewer_of(week.secret);
  EXPECT_TRUE(rooms().sessions.stands(program));
  rooms().clock.advance(7 * day);
  EXPECT_FALSE(lives(week));
  EXPECT_FALSE(rooms().sessions.stands(program));
  EXPECT_EQ(rooms().tokens.prune(), 1);
  // A new password in the settings leaves programs alone; one by a link ends them.
  ASSERT_TRUE(rooms().sessions.change_password(viewer, password, renewed, address));
  EXPECT_TRUE(lives(endless));
  ASSERT_TRUE(rooms().passwords.forgot("mei", address));
  const std::string token = after(rooms().run_jobs(), "/reset#token=", 43);
  ASSERT_TRUE(rooms().sessions.reset_password(token, password));
  EXPECT_FALSE(lives(endless));
}

TEST_P(AccountSecurityTest, AnAccountHasSoManyTokensAndNoMore) {
  const Viewer viewer = rooms().viewer(rooms().member("mei"));
  for (int i = 0; i < limits::tokens_per_account; ++i) {
    ASSERT_TRUE(rooms().tokens.create(viewer, {"x", 1, std::nullopt}, password, address));
  }
  EXPECT_EQ(code_of(rooms().tokens.create(viewer, {"x", 1, std::nullopt}, password, address)),
            "too_many_tokens");
  EXPECT_EQ(rooms().tokens.list(viewer).size(), std::size_t{limits::tokens_per_account});
}

TEST(Scopes, HaveNamesAndUnknownOnesAreRefused) {
  const std::vector<std::string> all = {"read",    "write:photos", "write:social",
                                        "account", "moderation",   "admin"};
  const auto scopes = scopes_of(all);
  ASSERT_TRUE(scopes);
  EXPECT_EQ(scope_names(*scopes), std::vector<std::string_view>(all.begin(), all.end()));
  EXPECT_EQ(scopes_of({}), std::nullopt);
  EXPECT_EQ(scopes_of({"read", "everything"}), std::nullopt);
  EXPECT_EQ(scopes_of({""}), std::nullopt) << "the name of what no token may do";
}

// No secret is in the database as it was given out.
TEST_P(AccountSecurityTest, TheDatabaseHoldsHashesOnly) {
  const Account mei = rooms().member("mei");
  const Viewer viewer = rooms().viewer(mei);
  RecoveryCodes codes;
  set_up_totp(viewer, &codes);
  const auto token = rooms().tokens.create(viewer, {"x", 1, std::nullopt}, password, address);
  const auto sent = ask_email(viewer, "new@example.net");
  const auto held = [&](const db::Sql& sql) {
    return rooms().database.read([&](db::Tx& tx) {
      return tx.all(sql, [](const db::Row& row) { return std::string(row.bytes(0)); });
    });
  };
  const std::vector<std::pair<std::string, std::vector<std::string>>> secrets = {
      {token->secret, held("SELECT token_hash FROM tokens")},
      {codes[0], held("SELECT code_hash FROM recovery_codes")},
      {sent.code, held("SELECT code_hash FROM email_changes")},
      {sent.token, held("SELECT link_hash FROM email_changes")}};
  for (const auto& [secret, rows] : secrets) {
    ASSERT_FALSE(rows.empty());
    for (const std::string& row : rows) {
      EXPECT_EQ(row.size(), 32U);
      EXPECT_EQ(row.find(secret.substr(0, 8)), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace picsharz::sessions
