// Joining: what a sign-up has to bring along, and what an invitation is worth, also under races.
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <thread>
#include <vector>

#include "features/accounts/invitation_service.h"
#include "features/sessions/sign_in_world_test.h"

namespace picsharz::accounts {
namespace {

using sessions::test::newcomer;

class InvitationTest : public sessions::test::SignInSuite {
 protected:
  struct Joining {
    Joining(sessions::test::SignInWorld& world, InvitationPolicy policy)
        : invitations(world.database, world.ids, world.clock, policy, "https://test.example"),
          signups(world.database, world.ids, world.clock, world.queue, world.outbox,
                  {.mail = world.context,
                   .cost = sessions::test::cheap,
                   .invitations = policy,
                   .terms_version = "2026-11",
                   .minimum_age = 16,
                   .per_address = 1'000}) {}
    InvitationService invitations;
    SignupService signups;
  };

  void SetUp() override {
    SignInSuite::SetUp();
    if (IsSkipped()) return;
    by_invitation_.emplace(rooms(), InvitationPolicy{Registration::by_invitation, 0});
    ada_ = rooms().member("ada", Role::moderator);
  }
  void TearDown() override {
    by_invitation_.reset();
    SignInSuite::TearDown();
  }
  Joining& joining() { return *by_invitation_; }
  static Viewer as(const Account& account) { return {.account = account.id, .role = account.role}; }
  NewInvitation invite(const InvitationWish& wish = {}) {
    const auto made = joining().invitations.create(as(ada_), wish);
    EXPECT_TRUE(made) << made.error().code;
    return *made;
  }
  template <class T>
  static std::string code_of(const Result<T>& result) {
    return result ? "ok" : result.error().code;
  }
  std::string sign_up(Joining& at, const std::string& handle, const std::string& token,
                      const std::string& email = "") {
    SignUp person = newcomer(handle, email);
    person.invitation = token;
    return code_of(at.signups.sign_up(person, "", "192.0.2.1"));
  }
  // The code of the newest mail to each address, of those posted since the last time.
  std::map<std::string, std::string> codes() {
    std::map<std::string, std::string> found;
    for (const std::string& mail : rooms().run_jobs()) {
      const auto to = mail.find("\"to\":\"");
      const auto code = mail.find("Your code for Test: ");
      if (code == std::string::npos) continue;
      found[mail.substr(to + 6, mail.find('"', to + 6) - to - 6)] = mail.substr(code + 20, 9);
    }
    return found;
  }
  std::string verify(Joining& at, const std::string& email, const std::string& code) {
    return code_of(at.signups.verify(email, code, ""));
  }
  std::int64_t uses(InvitationId id) {
    return *rooms().database.read([&](db::Tx& tx) {
      return tx.one(
          "SELECT uses FROM invitations WHERE id = $1",
          [](const db::Row& row) { return row.integer(0); }, id);
    });
  }

  Account ada_;

 private:
  std::optional<Joining> by_invitation_;
};
ON_BOTH_ENGINES(InvitationTest);

TEST_P(InvitationTest, WithoutOneNobodyComesIn) {
  EXPECT_EQ(sign_up(joining(), "mei", ""), "invitation_needed");
  EXPECT_EQ(sign_up(joining(), "mei", "no such token"), "invitation_unknown");
  EXPECT_EQ(sign_up(joining(), "mei", invite().token), "ok");
  Joining closed(rooms(), {Registration::closed, 0});
  EXPECT_EQ(sign_up(closed, "kim", invite().token), "registration_closed");
  EXPECT_EQ(code_of(closed.invitations.create(as(ada_), {})), "registration_closed");
}

TEST_P(InvitationTest, AUseIsCountedWhenTheAccountIsMade) {
  const NewInvitation made = invite();
  ASSERT_EQ(sign_up(joining(), "mei", made.token), "ok");
  EXPECT_EQ(uses(made.invitation.id), 0);
  const auto sent = codes();
  EXPECT_EQ(verify(joining(), "mei@example.org", "AAAAAAAA"), "wrong_code");
  EXPECT_EQ(uses(made.invitation.id), 0);
  EXPECT_EQ(verify(joining(), "mei@example.org", sent.at("mei@example.org")), "ok");
  EXPECT_EQ(uses(made.invitation.id), 1);
  EXPECT_EQ(sign_up(joining(), "kim", made.token), "invitation_used");
}

TEST_P(InvitationTest, ASignUpThatNobodyFinishesCostsNoUse) {
  const NewInvitation made = invite();
  ASSERT_EQ(sign_up(joining(), "mei", made.token), "ok");
  rooms().clock.advance(2 * hour);
  EXPECT_GE(joining().signups.prune(), 1);
  ASSERT_EQ(sign_up(joining(), "kim", made.token), "ok");
  EXPECT_EQ(verify(joining(), "kim@example.org", codes().at("kim@example.org")), "ok");
}

TEST_P(InvitationTest, AHandleThatIsGoneGivesTheUseBack) {
  const NewInvitation made = invite();
  ASSERT_EQ(sign_up(joining(), "mei", made.token), "ok");
  const auto sent = codes();
  const Account other = rooms().member("mei");  // the command line does not ask who waits
  rooms().database.write([&](db::Tx& tx) {
    tx.exec("UPDATE accounts SET email = 'other@example.org' WHERE id = $1", other.id);
  });
  EXPECT_EQ(verify(joining(), "mei@example.org", sent.at("mei@example.org")), "handle_taken");
  EXPECT_EQ(uses(made.invitation.id), 0);
}

TEST_P(InvitationTest, OfThirtyTwoAtOnceOneGetsTheLastUse) {
  constexpr int people = 32;
  db().reopen(people);  // a connection for each: nobody's patience is tested here
  const NewInvitation made = invite();
  for (int i = 0; i < people; ++i) {
    ASSERT_EQ(sign_up(joining(), "guest_" + std::to_string(i), made.token), "ok");
  }
  const auto sent = codes();
  ASSERT_EQ(sent.size(), people);
  std::atomic<int> in = 0;
  std::atomic<int> late = 0;
  std::vector<std::thread> guests;
  for (const auto& each : sent) {
    guests.emplace_back([&, each] {
      const std::string outcome = verify(joining(), each.first, each.second);
      if (outcome == "ok") ++in;
      if (outcome == "invitation_used") ++late;
    });
  }
  for (auto& guest : guests) guest.join();
  EXPECT_EQ(in, 1);
  EXPECT_EQ(late, people - 1);
  EXPECT_EQ(uses(made.invitation.id), 1);
  EXPECT_EQ(rooms().database.read([](db::Tx& tx) {
    return *tx.one("SELECT count(*) FROM accounts WHERE handle LIKE 'guest%'",
                   [](const db::Row& row) { return row.integer(0); });
  }),
            1);
}

TEST_P(InvitationTest, EachThatIsOverSaysWhy) {
  const NewInvitation old = invite({.email = "", .uses = 1, .days = 1});
  const NewInvitation revoked = invite();
  ASSERT_TRUE(joining().invitations.revoke(as(ada_), revoked.invitation.id));
  EXPECT_EQ(sign_up(joining(), "mei", revoked.token), "invitation_revoked");
  EXPECT_EQ(code_of(joining().invitations.look(revoked.token)), "invitation_revoked");
  rooms().clock.advance(day);
  EXPECT_EQ(sign_up(joining(), "mei", old.token), "invitation_expired");
  EXPECT_EQ(code_of(joining().invitations.look(old.token)), "invitation_expired");
  EXPECT_EQ(code_of(joining().invitations.look("nobody's")), "invitation_unknown");
  rooms().clock.advance(invitation_kept);
  EXPECT_EQ(joining().invitations.prune(), 1);  // the other one has six days more
}

TEST_P(InvitationTest, WhatIsTakenBackMeanwhileLetsNobodyIn) {
  const NewInvitation made = invite();
  ASSERT_EQ(sign_up(joining(), "mei", made.token), "ok");
  const auto sent = codes();
  ASSERT_TRUE(joining().invitations.revoke(as(ada_), made.invitation.id));
  EXPECT_EQ(verify(joining(), "mei@example.org", sent.at("mei@example.org")), "invitation_revoked");
  EXPECT_EQ(uses(made.invitation.id), 0);
}

TEST_P(InvitationTest, WhoSignedUpInTimeHasUntilTheCodeIsOver) {
  const NewInvitation made = invite({.email = "", .uses = 1, .days = 1});
  rooms().clock.advance(day - second);
  ASSERT_EQ(sign_up(joining(), "mei", made.token), "ok");
  rooms().clock.advance(minute);
  EXPECT_EQ(verify(joining(), "mei@example.org", codes().at("mei@example.org")), "ok");
}

TEST_P(InvitationTest, ItsMakersFallTakesItAlong) {
  const NewInvitation made = invite();
  const auto set = [&](const db::Sql& sql) {
    rooms().database.write([&](db::Tx& tx) { tx.exec(sql, ada_.id); });
  };
  set("UPDATE accounts SET state = 1 WHERE id = $1");
  EXPECT_EQ(sign_up(joining(), "mei", made.token), "invitation_revoked");
  set("UPDATE accounts SET state = 0 WHERE id = $1");
  set("UPDATE accounts SET role = 0 WHERE id = $1");
  EXPECT_EQ(sign_up(joining(), "mei", made.token), "invitation_revoked");
}

TEST_P(InvitationTest, BoundToAnAddress) {
  const NewInvitation made = invite({.email = " Mei@Example.org ", .uses = 1, .days = 7});
  EXPECT_EQ(sign_up(joining(), "eve", made.token), "invitation_other_address");
  EXPECT_EQ(sign_up(joining(), "mei", made.token, "MEI@example.org"), "ok");
}

// A16: with an invitation too, who has an account looks like who has none, and uses nothing.
TEST_P(InvitationTest, AKnownAddressAnswersLikeANewOne) {
  const NewInvitation made = invite({.email = "", .uses = 2, .days = 7});
  EXPECT_EQ(sign_up(joining(), "ada_two", made.token, "ada@example.org"), "ok");
  EXPECT_EQ(sign_up(joining(), "kim", made.token), "ok");
  EXPECT_EQ(sign_up(joining(), "ada_two", "wrong", "ada@example.org"), "invitation_unknown");
  const auto sent = codes();
  EXPECT_EQ(sent.count("ada@example.org"), 0U);
  EXPECT_EQ(verify(joining(), "ada@example.org", "AAAAAAAA"), "wrong_code");
  EXPECT_EQ(uses(made.invitation.id), 0);
  // Nor does making one for an address tell anything.
  EXPECT_EQ(code_of(joining().invitations.create(as(ada_), {.email = "ada@example.org"})), "ok");
}

TEST_P(InvitationTest, MembersInviteAsManyAsTheInstanceLets) {
  const Account mei = rooms().member("mei");
  EXPECT_EQ(code_of(joining().invitations.create(as(mei), {})), "forbidden");
  Joining generous(rooms(), {Registration::by_invitation, 2});
  const auto create = [&](const InvitationWish& wish = {}) {
    return generous.invitations.create(as(mei), wish);
  };
  EXPECT_EQ(code_of(create({.email = "", .uses = 2, .days = 7})), "forbidden");
  const auto first = create();
  const auto second_one = create();
  ASSERT_TRUE(first && second_one);
  EXPECT_EQ(code_of(create()), "too_many_invitations");
  ASSERT_TRUE(generous.invitations.revoke(as(mei), first->invitation.id));
  EXPECT_TRUE(create());  // one that brought nobody makes room
  ASSERT_EQ(sign_up(generous, "kim", second_one->token), "ok");
  ASSERT_EQ(verify(generous, "kim@example.org", codes().at("kim@example.org")), "ok");
  rooms().clock.advance(8 * day);
  EXPECT_TRUE(create());
  EXPECT_EQ(code_of(create()), "too_many_invitations");  // kim counts for ever
}

TEST_P(InvitationTest, ManyAtOnceMakeNoMoreThanTheyMay) {
  const Account mei = rooms().member("mei");
  Joining generous(rooms(), {Registration::by_invitation, 3});
  std::atomic<int> made = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 12; ++i) {
    threads.emplace_back([&] {
      if (generous.invitations.create(as(mei), {})) ++made;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(made, 3);
}

TEST_P(InvitationTest, NobodyElseSeesOrRevokesIt) {
  const NewInvitation made = invite();
  const Account kim = rooms().member("kim", Role::moderator);
  EXPECT_EQ(code_of(joining().invitations.revoke(as(kim), made.invitation.id)), "not_found");
  EXPECT_TRUE(joining().invitations.list(as(kim), {}).items.empty());
  const auto own = joining().invitations.list(as(ada_), {.after = std::nullopt, .limit = 1});
  ASSERT_EQ(own.items.size(), 1U);
  EXPECT_EQ(own.items[0].id, made.invitation.id);
  EXPECT_FALSE(own.next);
}

TEST_P(InvitationTest, TheTokenIsNowhereInTheDatabase) {
  const NewInvitation made = invite();
  const auto hash = *rooms().database.read([&](db::Tx& tx) {
    return tx.one(
        "SELECT token_hash FROM invitations WHERE id = $1",
        [](const db::Row& row) { return std::string(row.bytes(0)); }, made.invitation.id);
  });
  EXPECT_EQ(hash, crypto::view(crypto::sha256(made.token)));
}

TEST_P(InvitationTest, WhoSignsUpAcceptsTheTermsAndConfirmsTheAge) {
  Joining open(rooms(), {Registration::open, 0});
  const auto refused = [&](bool terms, bool age) {
    SignUp person = newcomer("mei");
    person.accept_terms = terms;
    person.confirm_age = age;
    const auto answer = open.signups.sign_up(person, "", "192.0.2.1");
    std::string fields;
    if (answer) return std::string("ok");
    EXPECT_EQ(answer.error().kind, ErrorKind::unprocessable);
    for (const FieldError& field : answer.error().fields) fields += " " + field.field;
    return answer.error().code + ":" + fields;
  };
  EXPECT_EQ(refused(false, false), "terms_not_accepted: accept_terms confirm_age");
  EXPECT_EQ(refused(false, true), "terms_not_accepted: accept_terms");
  EXPECT_EQ(refused(true, false), "age_not_confirmed: confirm_age");
  EXPECT_EQ(refused(true, true), "ok");
  const Micros accepted_at = rooms().clock.now();
  rooms().clock.advance(minute);
  const auto mei = open.signups.verify("mei@example.org", codes().at("mei@example.org"), "");
  ASSERT_TRUE(mei);
  const auto kept = rooms().people.own({.account = mei->id});
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->accepted.terms_version, "2026-11");
  EXPECT_EQ(kept->accepted.accepted_at, accepted_at);
  EXPECT_EQ(kept->accepted.minimum_age, 16);
  EXPECT_EQ(rooms().people.own({.account = ada_.id})->accepted.accepted_at, 0);
}

}  // namespace
}  // namespace picsharz::accounts
