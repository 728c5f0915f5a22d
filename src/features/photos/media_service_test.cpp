#include "features/photos/media_service.h"

#include "features/photos/photo_world_test.h"
#include "support/test_database.h"

namespace picsharz::photos {
namespace {

using test::Address;
using test::World;

class MediaTest : public picsharz::test::DatabaseSuite {
 protected:
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    world_ = std::make_unique<World>(db());
    world_->changes.add(world_->media);
    world_->changes.poll();
    mei_ = world_->add_account("mei");
  }
  void TearDown() override {
    world_.reset();
    DatabaseSuite::TearDown();
  }

  Address address(PhotoId photo, AccountId account = {}, std::string_view size = "320") {
    Address address;
    const std::int64_t epoch = world_->find(photo).photo.epoch;
    world_->signer.append_url(address.url, photo, size, epoch, account);
    return address;
  }
  // Everything that a service is asked, as the route does: first what is remembered.
  Result<MediaPicture> get(PhotoId photo, const Address& address, const Viewer& viewer = {},
                           std::string_view size = "320") {
    const std::string signature = address.value("s");
    const std::string account = address.value("a");
    const MediaRequest wanted{
        .photo = photo,
        .rendition = size,
        .account = account.empty() ? AccountId{} : AccountId::parse(account).value(),
        .expires = std::stoll(address.value("e")),
        .signature = signature};
    remembered_ = 0;
    hot_ = false;
    auto describe = [](const MediaPicture& picture) {
      return std::to_string(picture.epoch) + " " + std::to_string(picture.seconds_left);
    };
    if (auto picture = world_->media.cached(wanted, describe)) {
      remembered_ = 1;
      hot_ = picture->held != nullptr;
      return *picture;
    }
    return world_->media.find(wanted, viewer);
  }
  bool shown(PhotoId photo, const Address& address, const Viewer& viewer = {}) {
    const auto picture = get(photo, address, viewer);
    EXPECT_EQ(picture ? "not_found" : picture.error().code, "not_found");
    return picture.has_value();
  }
  void exec(const db::Sql& sql, AccountId one, AccountId other) {
    db().write([&](db::Tx& tx) { tx.exec(sql, one, other); });
  }
  void follow(AccountId follower, AccountId followee, int state = 1) {
    db().write([&](db::Tx& tx) {
      tx.exec(
          "INSERT INTO follows (follower_id, followee_id, state, created_at)"
          " VALUES ($1, $2, $3, 0)",
          follower, followee, state);
    });
  }
  void change(const db::Sql& sql) {
    db().write([&](db::Tx& tx) { tx.exec(sql); });
  }
  void set_state(PhotoId id, PhotoState state) {  // as another process does
    db().write(
        [&](db::Tx& tx) { tx.exec("UPDATE photos SET state = $2 WHERE id = $1", id, state); });
  }

  std::unique_ptr<World> world_;
  AccountId mei_;
  // Asked for until it is answered from memory.
  void heat(PhotoId photo, const Address& address) {
    for (int i = 0; i < 4; ++i) EXPECT_TRUE(shown(photo, address));
    ASSERT_TRUE(hot_);
  }

  int remembered_ = 0;
  bool hot_ = false;  // answered from memory
};
ON_BOTH_ENGINES(MediaTest);

TEST_P(MediaTest, ShowsAPublicPhotoToEverybodyAndRemembersIt) {
  const PhotoId photo = world_->publish(mei_).photo.id;
  const auto first = get(photo, address(photo));
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->for_all);
  EXPECT_EQ(first->format, image::Format::webp);
  EXPECT_GT(first->file->size(), 0);
  EXPECT_GT(first->seconds_left, 12 * 3600);
  EXPECT_EQ(remembered_, 0);
  EXPECT_TRUE(shown(photo, address(photo)));
  EXPECT_EQ(remembered_, 1);
  const auto large = get(photo, address(photo, {}, "1280"), {}, "1280");
  ASSERT_TRUE(large);
  EXPECT_EQ(large->format, image::Format::jpeg);
}

TEST_P(MediaTest, EachKindOfViewerSeesWhatIsSharedWithThem) {
  const AccountId stranger = world_->add_account("stranger");
  const AccountId follower = world_->add_account("follower");
  const AccountId pending = world_->add_account("pending");
  const AccountId blocked = world_->add_account("blocked");
  const AccountId staff = world_->add_account("staff");
  follow(follower, mei_);
  follow(pending, mei_, 0);
  follow(blocked, mei_);
  exec("INSERT INTO blocks (blocker_id, blocked_id, created_at) VALUES ($1, $2, 0)", mei_, blocked);
  struct Case {
    Visibility visibility;
    PhotoState state;
    // by an address signed for: everybody, and for the stranger, the pending and the approved
    // follower, the blocked one, the owner, a moderator
    std::array<bool, 7> expected;
  };
  const Case cases[] = {
      {Visibility::everyone, PhotoState::published, {1, 1, 1, 1, 0, 1, 1}},
      {Visibility::followers, PhotoState::published, {0, 0, 0, 1, 0, 1, 0}},
      {Visibility::only_me, PhotoState::published, {0, 0, 0, 0, 0, 1, 0}},
      {Visibility::everyone, PhotoState::classifying, {0, 0, 0, 0, 0, 1, 0}},
      {Visibility::everyone, PhotoState::held, {0, 0, 0, 0, 0, 1, 1}},
      {Visibility::everyone, PhotoState::removed, {0, 0, 0, 0, 0, 0, 0}},
      {Visibility::everyone, PhotoState::rejected, {0, 0, 0, 0, 0, 0, 0}},
      {Visibility::everyone, PhotoState::received, {0, 0, 0, 0, 0, 0, 0}},
  };
  for (const Case& each : cases) {
    const PhotoId photo = world_->publish(mei_, each.visibility).photo.id;
    set_state(photo, each.state);
    const Viewer viewers[] = {{},
                              {.account = stranger},
                              {.account = pending},
                              {.account = follower},
                              {.account = blocked},
                              {.account = mei_},
                              {.account = staff, .role = Role::moderator}};
    for (std::size_t i = 0; i < std::size(viewers); ++i) {
      EXPECT_EQ(shown(photo, address(photo, viewers[i].account), viewers[i]), each.expected[i])
          << visibility_name(each.visibility) << " " << state_name(each.state) << " " << i;
    }
  }
}

TEST_P(MediaTest, AnAddressOfSomebodyElseIsOfNoUse) {
  const AccountId follower = world_->add_account("follower");
  const AccountId other = world_->add_account("other");
  follow(follower, mei_);
  follow(other, mei_);
  const PhotoId photo = world_->publish(mei_, Visibility::followers).photo.id;
  const Address mine = address(photo, follower);
  EXPECT_TRUE(shown(photo, mine, {.account = follower}));
  EXPECT_FALSE(shown(photo, mine, {.account = other}));
  EXPECT_FALSE(shown(photo, mine));
}

TEST_P(MediaTest, AForgedAddressIsRefusedWhetherItIsRememberedOrNot) {
  const PhotoId photo = world_->publish(mei_).photo.id;
  const PhotoId other = world_->upload(mei_, Visibility::everyone, "other").photo.id;
  world_->run_job();
  const Address honest = address(photo);
  for (int round = 0; round < 2; ++round) {
    Address forged = honest;
    forged.url.back() = forged.url.back() == 'A' ? 'Q' : 'A';
    EXPECT_FALSE(shown(photo, forged));
    EXPECT_FALSE(shown(other, honest));
    EXPECT_FALSE(get(photo, honest, {}, "640"));
    EXPECT_FALSE(get(photo, honest, {}, ""));
    Address later = honest;
    const std::string expires = honest.value("e");
    later.url.replace(later.url.find(expires), expires.size(),
                      std::to_string(std::stoll(expires) + 12 * 3600));
    EXPECT_FALSE(shown(photo, later));
    Address account = address(photo, mei_);
    account.url.replace(account.url.find("&a="), 3, "&b=");
    EXPECT_FALSE(shown(photo, account));
    EXPECT_TRUE(shown(photo, honest));
    EXPECT_TRUE(shown(other, address(other)));
  }
  EXPECT_FALSE(shown(PhotoId{1}, honest));
}

TEST_P(MediaTest, AnAddressDiesWhenItExpires) {
  const PhotoId photo = world_->publish(mei_).photo.id;
  const Address old = address(photo);
  const Address own = address(photo, mei_);
  world_->clock.advance(24 * hour);
  EXPECT_TRUE(shown(photo, address(photo)));
  EXPECT_FALSE(shown(photo, old));
  EXPECT_FALSE(shown(photo, own, {.account = mei_}));
}

TEST_P(MediaTest, ASmallPhotoHasNoLargeRendition) {
  const PhotoId photo = world_->publish(mei_).photo.id;
  db().write([](db::Tx& tx) { tx.exec("UPDATE photos SET renditions = '320.webp'"); });
  EXPECT_TRUE(shown(photo, address(photo)));
  EXPECT_FALSE(get(photo, address(photo, {}, "640"), {}, "640"));
}

TEST_P(MediaTest, AWithdrawnPhotoIsGoneAtOnceHere) {
  const PhotoId photo = world_->publish(mei_).photo.id;
  const Address old = address(photo);
  EXPECT_TRUE(shown(photo, old));
  EXPECT_TRUE(world_->photos.withdraw(photo, PhotoState::removed, "reported"));
  EXPECT_FALSE(shown(photo, old));
  EXPECT_FALSE(shown(photo, address(photo, mei_), {.account = mei_}));
  EXPECT_EQ(world_->count("SELECT photos FROM accounts"), 0);
  EXPECT_EQ(world_->count("SELECT count(*) FROM photo_search"), 0);
  EXPECT_FALSE(world_->photos.withdraw(photo, PhotoState::held, "again"));
  EXPECT_EQ(world_->count("SELECT photos FROM accounts"), 0);
}

// What another process does to a photo that this one remembers, and how it is undone.
constexpr db::Sql changes_elsewhere[] = {
    "UPDATE photos SET state = 5", "UPDATE photos SET visibility = 1",
    "UPDATE photos SET epoch = epoch + 1", "UPDATE accounts SET private = 1",
    "UPDATE accounts SET state = 1"};

TEST_P(MediaTest, WhatAnotherProcessChangesIsForgottenWhenItIsHeardOf) {
  for (const db::Sql& each : changes_elsewhere) {
    const PhotoId photo = world_->publish(mei_).photo.id;
    const Address old = address(photo);
    world_->changes.poll();
    EXPECT_TRUE(shown(photo, old));
    EXPECT_TRUE(shown(photo, old));
    EXPECT_EQ(remembered_, 1);
    change(each);
    world_->changes.poll();
    EXPECT_FALSE(shown(photo, old)) << each.text(GetParam());
    change("UPDATE accounts SET private = 0, state = 0");
  }
}

TEST_P(MediaTest, WhatIsHotIsForgottenLikeEverythingElse) {
  for (const db::Sql& each : changes_elsewhere) {
    const PhotoId photo = world_->publish(mei_).photo.id;
    const Address old = address(photo);
    world_->changes.poll();
    heat(photo, old);
    change(each);
    world_->changes.poll();
    EXPECT_FALSE(shown(photo, old)) << each.text(GetParam());
    change("UPDATE accounts SET private = 0, state = 0");
  }
}

TEST_P(MediaTest, WhatIsHotIsSilentWhereNothingIsHeardForASecond) {
  for (const db::Sql& each : changes_elsewhere) {
    const PhotoId photo = world_->publish(mei_).photo.id;
    const Address old = address(photo);
    world_->changes.poll();
    heat(photo, old);
    change(each);
    world_->clock.advance(second);
    EXPECT_FALSE(shown(photo, old)) << each.text(GetParam());
    change("UPDATE accounts SET private = 0, state = 0");
  }
}

TEST_P(MediaTest, WhatIsHotIsTheSamePicture) {
  const PhotoId photo = world_->publish(mei_).photo.id;
  const Address good = address(photo);
  world_->changes.poll();
  const auto file = get(photo, good);
  ASSERT_TRUE(file && file->file);
  heat(photo, good);
  const auto hot = get(photo, good);
  ASSERT_TRUE(hot && hot->held);
  EXPECT_EQ(hot->held->bytes(), file->file->read(0, static_cast<std::size_t>(file->file->size())));
  EXPECT_EQ(hot->format, file->format);
  EXPECT_TRUE(hot->for_all);
}

TEST_P(MediaTest, AForgedAddressOfWhatIsHotIsRefused) {
  const PhotoId photo = world_->publish(mei_).photo.id;
  const Address honest = address(photo);
  world_->changes.poll();
  heat(photo, honest);
  Address forged = honest;
  forged.url.back() = forged.url.back() == 'A' ? 'Q' : 'A';
  EXPECT_FALSE(shown(photo, forged));
  EXPECT_FALSE(get(photo, honest, {}, "640"));
  EXPECT_FALSE(get(photo, honest, {}, ""));
  EXPECT_TRUE(shown(photo, honest));
  EXPECT_TRUE(hot_);
}

TEST_P(MediaTest, WhatIsToldOfAHotPictureIsNeverLongerThanItsAddressLives) {
  const PhotoId photo = world_->publish(mei_).photo.id;
  const Address old = address(photo);
  const std::int64_t expires = std::stoll(old.value("e"));
  world_->changes.poll();
  heat(photo, old);
  int hot = 0;
  while (world_->clock.now() < expires * second) {
    const auto picture = get(photo, old);
    ASSERT_TRUE(picture);
    if (picture->held) {
      const std::int64_t told = std::stoll(picture->told->substr(picture->told->find(' ')));
      EXPECT_LE(told, expires - world_->clock.now() / second);
      EXPECT_GE(told, expires - world_->clock.now() / second - 60);
      ++hot;
    }
    const Micros left = expires * second - world_->clock.now();
    // Far from the end in leaps, then by the second.
    world_->clock.advance(left > 10 * minute ? left - 5 * minute : 10 * second);
    world_->changes.poll();
  }
  EXPECT_GT(hot, 10);
  EXPECT_FALSE(shown(photo, old));
}

TEST_P(MediaTest, WhatIsHotGoesWithItsObject) {
  const PhotoId photo = world_->publish(mei_).photo.id;
  const Address good = address(photo);
  world_->changes.poll();
  heat(photo, good);
  const std::string key = rendition_key(world_->find(photo).photo.original, "320.webp");
  const auto sending = get(photo, good);  // and somebody is just being sent it
  ASSERT_TRUE(world_->store.remove(key));
  world_->files.forget(key);
  EXPECT_FALSE(shown(photo, good));
  EXPECT_FALSE(sending->held->bytes().empty());
}

// A process that hears nothing for a second asks the database again.
TEST_P(MediaTest, WhatAnotherProcessChangesCountsWithinASecondWhateverIsHeard) {
  for (const db::Sql& each : changes_elsewhere) {
    const PhotoId photo = world_->publish(mei_).photo.id;
    const Address old = address(photo);
    world_->changes.poll();
    EXPECT_TRUE(shown(photo, old));
    change(each);
    world_->clock.advance(second);
    EXPECT_FALSE(shown(photo, old)) << each.text(GetParam());
    change("UPDATE accounts SET private = 0, state = 0");
  }
}

TEST_P(MediaTest, RemembersForAsLongAsNothingChanges) {
  const PhotoId photo = world_->publish(mei_).photo.id;
  const Address old = address(photo);
  const PhotoId other = world_->publish(mei_).photo.id;
  world_->changes.poll();
  EXPECT_TRUE(shown(photo, old));
  for (int i = 0; i < 5; ++i) {
    world_->clock.advance(minute);
    change("UPDATE photos SET likes = likes + 1");
    db().write([&](db::Tx& tx) { tx.exec("UPDATE photos SET state = 5 WHERE id = $1", other); });
    world_->changes.poll();
    EXPECT_TRUE(shown(photo, old));
    EXPECT_EQ(remembered_, 1);
  }
}

// An unfollow, a block: what is signed for one account is looked up every time.
TEST_P(MediaTest, AnUnfollowCountsAtOnce) {
  const AccountId follower = world_->add_account("follower");
  follow(follower, mei_);
  const PhotoId photo = world_->publish(mei_, Visibility::followers).photo.id;
  const Address mine = address(photo, follower);
  EXPECT_TRUE(shown(photo, mine, {.account = follower}));
  exec("DELETE FROM follows WHERE follower_id = $1 AND followee_id = $2", follower, mei_);
  EXPECT_FALSE(shown(photo, mine, {.account = follower}));
}

TEST_P(MediaTest, APhotoIsShownAsSoonAsItIsPublished) {
  const PhotoId photo = world_->upload(mei_).photo.id;
  EXPECT_FALSE(shown(photo, address(photo)));
  world_->run_job();
  EXPECT_TRUE(shown(photo, address(photo)));
}

TEST_P(MediaTest, RemembersABoundedNumberOfPhotos) {
  MediaService small(db(), world_->clock, world_->changes, world_->files, world_->signer,
                     {.capacity = 16});
  std::vector<std::pair<PhotoId, Address>> photos;
  for (int i = 0; i < 40; ++i) {
    const PhotoId photo = world_->publish(mei_).photo.id;
    photos.emplace_back(photo, address(photo));
  }
  int remembered = 0;
  for (int round = 0; round < 2; ++round) {
    for (const auto& [photo, url] : photos) {
      const std::string signature = url.value("s");
      const MediaRequest wanted{.photo = photo,
                                .rendition = "320",
                                .expires = std::stoll(url.value("e")),
                                .signature = signature};
      if (round == 1) remembered += small.cached(wanted).has_value() ? 1 : 0;
      EXPECT_TRUE(round == 1 || small.find(wanted, {}));
    }
  }
  EXPECT_GT(remembered, 0);
  EXPECT_LE(remembered, 16);
}

}  // namespace
}  // namespace picsharz::photos
