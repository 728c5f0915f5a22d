#include "features/accounts/idempotency_service.h"

#include "support/test_database.h"

namespace picsharz::accounts {
namespace {

class IdempotencyTest : public test::DatabaseSuite {
 protected:
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    db().write([](db::Tx& tx) {
      for (const int id : {7, 8}) {
        tx.exec(
            "INSERT INTO accounts (id, handle, email, password_hash, name, country, created_at)"
            " VALUES ($1, $2, $2, '', '', 'MY', 0)",
            id, std::to_string(id));
      }
    });
    keys_ = std::make_unique<IdempotencyService>(db(), ids_, clock_, std::chrono::milliseconds(20));
  }
  IdempotencyClaim claim(std::string_view key, std::string_view fingerprint = "a") {
    return keys_->claim(mei_, key, fingerprint).value();
  }
  std::string refusal(std::string_view key, std::string_view fingerprint = "a") {
    const auto claimed = keys_->claim(mei_, key, fingerprint);
    return claimed ? "" : claimed.error().code;
  }

  FakeClock clock_;
  IdSource ids_{clock_, 1};
  AccountId mei_{7};
  std::unique_ptr<IdempotencyService> keys_;
};
ON_BOTH_ENGINES(IdempotencyTest);

TEST_P(IdempotencyTest, AnAnswerIsGivenAgainForADay) {
  const auto first = claim("k");
  EXPECT_FALSE(first.answer);
  keys_->keep(first.id, {.status = 201, .headers = "Location: /x\n", .body = "{}"});
  const auto again = claim("k");
  ASSERT_TRUE(again.answer);
  EXPECT_EQ(again.answer->status, 201);
  EXPECT_EQ(again.answer->headers, "Location: /x\n");
  EXPECT_EQ(again.answer->body, "{}");
  EXPECT_EQ(refusal("k", "another wish"), "idempotency_key_reused");
  EXPECT_FALSE(keys_->claim(AccountId{8}, "k", "another wish")->answer);
  clock_.advance(24 * hour);
  EXPECT_FALSE(claim("k", "another wish").answer);
}

TEST_P(IdempotencyTest, WhoComesMeanwhileWaitsForTheAnswer) {
  const auto first = claim("k");
  EXPECT_EQ(refusal("k"), "idempotency_key_in_use");
  keys_->release(first.id);
  EXPECT_FALSE(claim("k").answer);
}

TEST_P(IdempotencyTest, AClaimWhoseProcessDiedIsTakenOver) {
  const auto first = claim("k");
  clock_.advance(14 * second);
  EXPECT_EQ(refusal("k"), "idempotency_key_in_use");
  clock_.advance(2 * second);
  EXPECT_EQ(claim("k").id, first.id);
  EXPECT_EQ(refusal("k"), "idempotency_key_in_use");
}

TEST_P(IdempotencyTest, WhatWasMadeIsKnownWhereTheAnswerWasLost) {
  const auto first = claim("k");
  db().write([&](db::Tx& tx) { keys_->made(tx, first.id, 42); });
  keys_->forget_the_dead();
  const auto again = claim("k");
  EXPECT_FALSE(again.answer);
  EXPECT_EQ(again.made, 42);
}

// A photo is committed, and a repetition asks for it before the first request has answered.
TEST_P(IdempotencyTest, TheFirstAnswerIsEverybodys) {
  const auto first = claim("k");
  db().write([&](db::Tx& tx) { keys_->made(tx, first.id, 42); });
  const auto again = claim("k");
  EXPECT_EQ(again.made, 42);
  EXPECT_FALSE(keys_->keep(again.id, {201, "A: b\n", "decoding"}));
  const auto kept = keys_->keep(first.id, {201, "", "received"});
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->body, "decoding");
  EXPECT_EQ(kept->headers, "A: b\n");
  EXPECT_EQ(claim("k").answer->body, "decoding");
}

TEST_P(IdempotencyTest, AKeyThatMadeSomethingIsNeverFree) {
  const auto first = claim("k");
  db().write([&](db::Tx& tx) { keys_->made(tx, first.id, 42); });
  keys_->release(claim("k").id);
  EXPECT_EQ(claim("k").made, 42);
}

// Whose lease was over, and who failed later.
TEST_P(IdempotencyTest, WhoIsLateTakesNoAnswerAway) {
  const auto slow = claim("k");
  clock_.advance(16 * second);
  keys_->keep(claim("k").id, {201, "", "made"});
  keys_->release(slow.id);
  EXPECT_EQ(claim("k").answer->body, "made");
}

TEST_P(IdempotencyTest, UnsoundKeysAreRefusedAndOldOnesForgotten) {
  EXPECT_EQ(refusal(std::string(129, 'k')), "invalid_idempotency_key");
  EXPECT_EQ(refusal("a b"), "invalid_idempotency_key");
  EXPECT_EQ(refusal("\xC3\xA9"), "invalid_idempotency_key");
  claim("k");
  EXPECT_EQ(keys_->prune(), 0);
  clock_.advance(24 * hour);
  EXPECT_EQ(keys_->prune(), 1);
}

}  // namespace
}  // namespace picsharz::accounts
