// What of a photo a mail to its owner shows, and when nothing.
#include "features/photos/mail_picture_service.h"

#include "features/accounts/account.h"
#include "features/photos/photo_world_test.h"
#include "support/test_database.h"

namespace picsharz::photos {
namespace {

using test::World;

class MailPictureTest : public picsharz::test::DatabaseSuite {
 protected:
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    world_ = std::make_unique<World>(db());
    pictures_ = std::make_unique<MailPictureService>(db(), world_->store, world_->encoder);
    mei_ = world_->add_account("mei");
    ravi_ = world_->add_account("ravi");
  }
  void TearDown() override {
    pictures_.reset();
    world_.reset();
    DatabaseSuite::TearDown();
  }
  // A published photo whose smallest rendition has a header that can be read.
  PhotoId publish(AccountId owner, Visibility visibility = Visibility::everyone) {
    const PhotoView view = world_->publish(owner, visibility, std::to_string(++salt_));
    const std::string key = rendition_key(view.photo.original, "320.webp");
    world_->store.remove(key);
    world_->store.put_bytes(key, test::png_bytes(320, 160));
    return view.photo.id;
  }
  mail::Picture picture(PhotoId photo, AccountId reader) {
    mail::Picture made{.photo = photo, .reader = reader};
    pictures_->fill(made);
    return made;
  }
  bool shown(PhotoId photo, AccountId reader) { return !picture(photo, reader).jpeg.empty(); }
  bool shown_to(const Viewer& viewer, PhotoId photo) {
    mail::Picture made{.photo = photo, .reader = mei_};
    pictures_->fill_for(viewer, made);
    return !made.jpeg.empty();
  }
  void set_state(PhotoId photo, PhotoState state) {
    db().write(
        [&](db::Tx& tx) { tx.exec("UPDATE photos SET state = $1 WHERE id = $2", state, photo); });
  }
  void set_state(AccountId account, accounts::AccountState state) {
    db().write([&](db::Tx& tx) {
      tx.exec("UPDATE accounts SET state = $1 WHERE id = $2", state, account);
    });
  }

  std::unique_ptr<World> world_;
  std::unique_ptr<MailPictureService> pictures_;
  AccountId mei_, ravi_;
  int salt_ = 0;
};
ON_BOTH_ENGINES(MailPictureTest);

TEST_P(MailPictureTest, OnesOwnPublishedPhotoIsASmallJpeg) {
  const mail::Picture made = picture(publish(mei_), mei_);
  EXPECT_TRUE(made.jpeg.starts_with("\xff\xd8\xff")) << "every mail program shows a JPEG";
  EXPECT_EQ(made.width, 320);
  EXPECT_EQ(made.height, 160);
  EXPECT_EQ(made.alt, "Boats");
  EXPECT_TRUE(shown(publish(mei_, Visibility::only_me), mei_)) << "it is her own";
}

TEST_P(MailPictureTest, NobodyElseGetsOneEvenOfAPublicPhoto) {
  EXPECT_FALSE(shown(publish(mei_), ravi_));
  EXPECT_FALSE(shown(PhotoId{12345}, mei_));
}

TEST_P(MailPictureTest, WhatIsHeldRemovedOrDeletedMeanwhileIsNotShown) {
  const PhotoId photo = publish(mei_);
  for (const PhotoState state : {PhotoState::held, PhotoState::removed, PhotoState::classifying}) {
    set_state(photo, state);
    EXPECT_FALSE(shown(photo, mei_)) << static_cast<int>(state);
  }
  set_state(photo, PhotoState::published);
  EXPECT_TRUE(shown(photo, mei_));
  ASSERT_TRUE(world_->editing.remove({.account = mei_}, photo));
  EXPECT_FALSE(shown(photo, mei_));
}

TEST_P(MailPictureTest, WhoIsSuspendedOrLeftGetsNone) {
  const PhotoId photo = publish(mei_);
  for (const auto state : {accounts::AccountState::suspended, accounts::AccountState::deleted}) {
    set_state(mei_, state);
    EXPECT_FALSE(shown(photo, mei_));
  }
}

TEST_P(MailPictureTest, AnAdministratorSeesInTheMailboxOnlyWhatListsShow) {
  const Viewer administrator{.account = ravi_, .role = Role::administrator};
  EXPECT_TRUE(shown_to(administrator, publish(mei_)));
  EXPECT_FALSE(shown_to(administrator, publish(mei_, Visibility::only_me)));
  EXPECT_FALSE(shown_to(administrator, publish(mei_, Visibility::followers)));
  const PhotoId held = publish(mei_);
  set_state(held, PhotoState::held);
  EXPECT_FALSE(shown_to(administrator, held))
      << "moderators look at it elsewhere, and that is noted";
}

TEST_P(MailPictureTest, APictureThatCannotBeMadeKeepsNoMail) {
  const PhotoId photo = publish(mei_);
  world_->encoder.unavailable = true;
  EXPECT_FALSE(shown(photo, mei_));
  world_->encoder.unavailable = false;
  world_->encoder.error =
      fail(ErrorKind::unprocessable, "image_corrupt", "No picture.", "").error();
  EXPECT_FALSE(shown(photo, mei_));
  world_->encoder.error.reset();
  world_->store.fail_after(0, [] { throw storage::StorageError("the test"); });
  EXPECT_FALSE(shown(photo, mei_));
  EXPECT_TRUE(shown(photo, mei_));
  world_->store.remove(rendition_key(world_->find(photo).photo.original, "320.webp"));
  EXPECT_FALSE(shown(photo, mei_));
}

}  // namespace
}  // namespace picsharz::photos
