// The rooms that signing in needs, on one database, with a clock that tests turn.
//
//   SignInWorld world(db());
//   const accounts::Account mei = world.member("mei");
//   world.log_in("mei");
//   world.run_jobs();  // gives the texts of the mails
//
// Threads:   the services are thread-safe; run_jobs belongs to one thread.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "features/accounts/account_jobs.h"
#include "features/accounts/account_service.h"
#include "features/accounts/email_change_service.h"
#include "features/accounts/handle_service.h"
#include "features/sessions/log_in_service.h"
#include "features/sessions/session_service.h"
#include "features/sessions/token_service.h"
#include "features/sessions/totp_service.h"
#include "support/test_database.h"

namespace picsharz::sessions::test {

inline constexpr std::string_view password = "four unrelated words";
inline constexpr crypto::PasswordCost cheap{.memory_bytes = 8 << 20, .passes = 1};

// Who signs up the way that is asked of everybody.
inline accounts::SignUp newcomer(const std::string& handle, const std::string& email = "") {
  return {.handle = handle,
          .name = handle,
          .email = email.empty() ? handle + "@example.org" : email,
          .password = std::string(password),
          .country = "SG",
          .accept_terms = true,
          .confirm_age = true};
}

struct SignInWorld {
  explicit SignInWorld(db::Database& db) : database(db) {
    accounts::add_account_jobs(handlers, signups, passwords);
  }

  // Runs the jobs that are due and returns the payloads of the mails that they and others posted.
  std::vector<std::string> run_jobs() {
    std::vector<std::string> mails;
    constexpr std::array lanes = {jobs::Lane::mail};
    while (const auto job = queue.claim(lanes, "test", minute)) {
      if (job->kind == mail::send_job) {
        mails.push_back(job->payload);
      } else {
        EXPECT_TRUE((*handlers.find(job->kind))(*job));
      }
      database.write([&](db::Tx& tx) { queue.finish(tx, *job); });
    }
    return mails;
  }

  accounts::Account member(const std::string& handle, Role role = Role::member) {
    const auto made = signups.create(newcomer(handle), role);
    EXPECT_TRUE(made) << made.error().code;
    return *made;
  }
  // The viewer of a fresh session.
  Viewer viewer(const accounts::Account& account) {
    return sessions.viewer_of(sessions.open(account.id, "test", "192.0.2.7").token);
  }
  // "ok", or the code of the refusal.
  std::string log_in(std::string_view login, std::string_view totp = "",
                     std::string_view typed = password, std::string_view address = "192.0.2.1",
                     std::string_view device = "") {
    const auto done = log_ins.log_in({.login = login,
                                      .password = typed,
                                      .totp = totp,
                                      .address = address,
                                      .device = device,
                                      .user_agent = "test"});
    return done ? "ok" : done.error().code;
  }

  db::Database& database;
  FakeClock clock;
  IdSource ids{clock, 1};
  jobs::Queue queue{database, ids, clock};
  mail::Outbox outbox{queue};
  crypto::HmacKey key{"a key for tests"};
  accounts::MailContext context{.instance = "Test", .base_url = "https://test.example"};
  accounts::SignupService signups{
      database, ids, clock, queue, outbox, {.mail = context, .cost = cheap, .per_address = 0}};
  accounts::PasswordService passwords{database, clock, queue,
                                      outbox,   key,   {.mail = context, .cost = cheap}};
  accounts::AccountService people{database};
  accounts::HandleService handles{database, clock, people};
  accounts::EmailChangeService email_changes{database, clock, outbox, passwords, context};
  SessionService sessions{database, ids, clock, passwords};
  TotpService totps{database, clock, outbox, passwords, context};
  TokenService tokens{database, ids, clock, outbox, passwords, context};
  LogInService log_ins{clock, outbox, passwords, totps, sessions, context};
  jobs::HandlerTable handlers;
};

class SignInSuite : public picsharz::test::DatabaseSuite {
 protected:
  void SetUp() override {
    picsharz::test::DatabaseSuite::SetUp();
    if (!IsSkipped()) world_.emplace(db());
  }
  void TearDown() override {
    world_.reset();
    picsharz::test::DatabaseSuite::TearDown();
  }
  SignInWorld& rooms() { return *world_; }

 private:
  std::optional<SignInWorld> world_;
};

}  // namespace picsharz::sessions::test
