// Avatars: what becomes of a file, of the one before it, and of what a crash leaves.
#include <gtest/gtest.h>

#include <filesystem>

#include "features/accounts/account_service.h"
#include "features/accounts/avatar_service.h"
#include "features/photos/photo_world_test.h"
#include "support/test_database.h"

namespace picsharz::accounts {
namespace {

using photos::test::png_bytes;
using photos::test::World;

class AvatarTest : public test::DatabaseSuite {
 protected:
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    world_ = std::make_unique<World>(db());
    mei_ = {.account = world_->add_account("mei")};
    avatars_ = std::make_unique<AvatarService>(
        AvatarRooms{db(), world_->clock, world_->spool, world_->store, world_->files,
                    world_->developer, world_->classifier},
        AvatarOptions{.recognises = [this](std::uint64_t) { return blocklisted_; }});
  }
  void TearDown() override {
    avatars_.reset();
    world_.reset();
    DatabaseSuite::TearDown();
  }

  Result<Account> send(const std::string& bytes) {
    TRY_ASSIGN(const auto file, avatars_->begin(mei_, static_cast<std::int64_t>(bytes.size())));
    TRY(AvatarService::write(*file, bytes));
    return avatars_->put(mei_, *file);
  }
  std::string set() {
    const auto account = send(png_bytes(800, 600));
    EXPECT_TRUE(account) << account.error().code;
    return account ? account->avatar : "";
  }
  std::string code_of(const Result<Account>& answer) { return answer ? "ok" : answer.error().code; }
  void judge(vision::Verdict verdict) {
    vision::Assessment said;
    said.verdict = verdict;
    world_->classifier.answer(said);
  }
  int objects() { return world_->store.objects("avatars/"); }
  std::string now_has() { return AccountService(db()).own(mei_)->avatar; }

  std::unique_ptr<World> world_;
  std::unique_ptr<AvatarService> avatars_;
  Viewer mei_;
  bool blocklisted_ = false;
};
ON_BOTH_ENGINES(AvatarTest);

TEST_P(AvatarTest, IsShownInThreeSizesAndNoOther) {
  const std::string avatar = set();
  EXPECT_EQ(now_has(), avatar);
  EXPECT_EQ(objects(), 3);
  for (const char* size : {"64", "128", "320"}) {
    const auto file = avatars_->open(avatar, size);
    ASSERT_NE(file, nullptr) << size;
    EXPECT_EQ(file->read(8, 4), "WEBP");
  }
  EXPECT_EQ(avatars_->open(avatar, "640"), nullptr);
  EXPECT_EQ(avatars_->open("../originals", "64"), nullptr);
  EXPECT_EQ(avatars_->open(std::string(32, '0'), "64"), nullptr);
  EXPECT_EQ(avatars_->open("", "64"), nullptr);
  EXPECT_EQ(world_->scratch.files(), 0);  // the file itself is not kept
}

TEST_P(AvatarTest, ANewOneTakesThePlaceOfTheOld) {
  const std::string first = set();
  const std::string second_one = set();
  EXPECT_NE(first, second_one);  // the same bytes: an address never changes what it shows
  EXPECT_EQ(avatars_->open(first, "64"), nullptr);
  EXPECT_NE(avatars_->open(second_one, "64"), nullptr);
  EXPECT_EQ(objects(), 3);
  const auto account = avatars_->remove(mei_);
  ASSERT_TRUE(account);
  EXPECT_EQ(account->avatar, "");
  EXPECT_EQ(avatars_->open(second_one, "64"), nullptr);
  EXPECT_EQ(objects(), 0);
  EXPECT_EQ(code_of(avatars_->remove(mei_)), "ok");
}

TEST_P(AvatarTest, OfWhoIsSuspendedOrDeletedNothingIsShown) {
  const std::string avatar = set();
  for (const AccountState state : {AccountState::suspended, AccountState::deleted}) {
    db().write([&](db::Tx& tx) { AccountStore().set_state(tx, mei_.account, state); });
    EXPECT_EQ(avatars_->open(avatar, "64"), nullptr);
  }
  db().write([&](db::Tx& tx) { AccountStore().set_state(tx, mei_.account, AccountState::active); });
  EXPECT_NE(avatars_->open(avatar, "64"), nullptr);
}

TEST_P(AvatarTest, WhatAPhotoWouldBeHeldOrRemovedForIsRefused) {
  const std::string before = set();
  judge(vision::Verdict::suggestive);
  const auto suggestive = send(png_bytes(800, 600));
  EXPECT_EQ(code_of(suggestive), "suggestive");
  EXPECT_EQ(suggestive.error().kind, ErrorKind::unprocessable);
  judge(vision::Verdict::explicit_);
  EXPECT_EQ(code_of(send(png_bytes(800, 600))), "explicit");
  judge(vision::Verdict::safe);
  blocklisted_ = true;
  EXPECT_EQ(code_of(send(png_bytes(800, 600))), "blocklisted");
  EXPECT_EQ(now_has(), before);
  EXPECT_EQ(objects(), 3);
}

TEST_P(AvatarTest, WithoutModelsNobodyJudges) {
  world_->classifier.unavailable(true);
  EXPECT_EQ(code_of(send(png_bytes(800, 600))), "ok");
}

TEST_P(AvatarTest, AFileThatIsNoPictureIsRefused) {
  EXPECT_NE(code_of(send("GIF89a, or so")), "ok");
  EXPECT_EQ(code_of(send(std::string(avatar_file + 1, 'x'))), "file_too_large");
  const auto announced = avatars_->begin(mei_, avatar_file * 2);
  ASSERT_FALSE(announced);
  EXPECT_EQ(announced.error().code, "file_too_large");
  world_->developer.busy = true;
  EXPECT_EQ(code_of(send(png_bytes(800, 600))), "busy");
  EXPECT_EQ(now_has(), "");
  EXPECT_EQ(objects(), 0);
}

TEST_P(AvatarTest, ChangingItAllDayEnds) {
  for (int i = 0; i < avatars_per_hour; ++i) ASSERT_EQ(code_of(send(png_bytes(800, 600))), "ok");
  EXPECT_EQ(code_of(send(png_bytes(800, 600))), "too_many_attempts");
  world_->clock.advance(hour);
  EXPECT_EQ(code_of(send(png_bytes(800, 600))), "ok");
}

TEST_P(AvatarTest, WhatACrashLeavesIsSweptAndNothingElse) {
  set();
  const std::string left(32, 'a');
  world_->store.put_bytes("avatars/aa/" + left + "/64.webp", "left by a crash");
  EXPECT_EQ(avatars_->sweep(), 0);  // it may belong to a change that is not committed yet
  EXPECT_EQ(objects(), 4);
  EXPECT_EQ(avatars_->sweep(), 1);
  EXPECT_EQ(objects(), 3);
  db().write(
      [&](db::Tx& tx) { AccountStore().set_state(tx, mei_.account, AccountState::suspended); });
  EXPECT_EQ(avatars_->sweep() + avatars_->sweep(), 0);  // who comes back has it again
  EXPECT_EQ(objects(), 3);
  db().write([&](db::Tx& tx) { tx.exec("DELETE FROM accounts WHERE id = $1", mei_.account); });
  avatars_->sweep();
  EXPECT_EQ(avatars_->sweep(), 1);
  EXPECT_EQ(objects(), 0);
}

}  // namespace
}  // namespace picsharz::accounts
