#include "features/notifications/notification_service.h"

#include "features/notifications/notification_rules.h"
#include "features/notifications/notification_world_test.h"

namespace picsharz::notifications {
namespace {

using accounts::AccountState;
using activity::ActivityKind;
using photos::PhotoState;
using photos::Visibility;

class NotificationTest : public test::Suite {};
ON_BOTH_ENGINES(NotificationTest);

TEST_P(NotificationTest, WhoLikesOnePhotoIsGatheredWithTheNewestAndTheExactCount) {
  const auto people = crowd(5);
  for (const AccountId each : people) {
    like(each, photo_);
    world().taker.round();
    world().clock.advance(minute);
  }
  const Notification what = world().only(mei_);
  EXPECT_EQ(what.kind, Kind::like);
  EXPECT_EQ(what.people.count, 5);
  EXPECT_EQ(handles(what), (Handles{"p4", "p3", "p2"}));
  ASSERT_TRUE(what.photo);
  EXPECT_EQ(what.photo->photo.title, "Boat");
  EXPECT_TRUE(what.unread);
  EXPECT_EQ(unread(mei_), 1);
  EXPECT_TRUE(world().list(ada_).items.empty()) << "it is hers alone";
}

TEST_P(NotificationTest, PhotosAndKindsAreKeptApartAndTheNewestIsFirst) {
  const PhotoId other = world().photo(mei_, {.title = "Bridge"});
  like(ada_, photo_);
  world().taker.round();
  world().clock.advance(second);
  world().follows_now(ada_, "mei");
  world().taker.round();
  world().clock.advance(second);
  like(ada_, other);
  world().taker.round();
  world().clock.advance(second);
  like(tom_, photo_);
  world().taker.round();
  std::vector<std::pair<Kind, PhotoId>> seen;
  for (const Notification& each : world().list(mei_).items) {
    seen.emplace_back(each.kind, each.photo_id);
  }
  EXPECT_EQ(seen, (std::vector<std::pair<Kind, PhotoId>>{
                      {Kind::like, photo_}, {Kind::like, other}, {Kind::follow, PhotoId{}}}));
  EXPECT_EQ(unread(mei_), 3);
}

TEST_P(NotificationTest, AnUnlikeTakesItselfOutAndWhatNobodyStandsBehindIsGone) {
  like(ada_, photo_);
  like(tom_, photo_);
  world().taker.round();
  unlike(tom_, photo_);
  EXPECT_EQ(handles(world().only(mei_)), Handles{"ada"});
  EXPECT_EQ(world().only(mei_).people.count, 1);
  unlike(ada_, photo_);
  EXPECT_TRUE(world().list(mei_).items.empty());
  EXPECT_EQ(unread(mei_), 0);
}

TEST_P(NotificationTest, AnUnlikeBeforeAnybodyWasToldIsNoNews) {
  like(ada_, photo_);
  unlike(ada_, photo_);
  world().taker.round();
  EXPECT_EQ(world().number("SELECT COUNT(*) FROM notifications"), 0);
  EXPECT_EQ(world().number("SELECT COUNT(*) FROM activity"), 0);
}

TEST_P(NotificationTest, FollowsAreGatheredAndAnUnfollowTakesItselfOut) {
  world().follows_now(ada_, "mei");
  world().follows_now(tom_, "mei");
  world().taker.round();
  EXPECT_EQ(world().only(mei_).people.count, 2);
  EXPECT_FALSE(world().only(mei_).photo);
  ASSERT_TRUE(world().follows.unfollow(world().as(ada_), "mei"));
  EXPECT_EQ(handles(world().only(mei_)), Handles{"tom"});
}

TEST_P(NotificationTest, ARequestIsThereUntilItIsAnsweredAndItsAnswerIsTold) {
  world().set_private(mei_, true);
  world().follows_now(ada_, "mei");
  world().follows_now(tom_, "mei");
  world().taker.round();
  EXPECT_EQ(world().only(mei_).kind, Kind::follow_request);
  EXPECT_EQ(world().only(mei_).people.count, 2);
  ASSERT_TRUE(world().follows.approve(world().as(mei_), "ada"));
  ASSERT_TRUE(world().follows.decline(world().as(mei_), "tom"));
  world().taker.round();
  EXPECT_TRUE(world().list(mei_).items.empty());
  EXPECT_EQ(world().only(ada_).kind, Kind::follow_approved);
  EXPECT_EQ(handles(world().only(ada_)), Handles{"mei"});
  EXPECT_TRUE(world().list(tom_).items.empty());
}

TEST_P(NotificationTest, WhoIsBlockedOrSuspendedIsNotHeardOf) {
  const AccountId blocked = world().join("blocked");
  const AccountId blocking = world().join("blocking");
  const AccountId away = world().join("away");
  for (const AccountId each : {ada_, blocked, blocking, away}) like(each, photo_);
  world().block(mei_, blocked);
  world().taker.round();
  EXPECT_EQ(world().only(mei_).people.count, 3);
  world().block(blocking, mei_);
  world().set_state(away, AccountState::suspended);
  EXPECT_EQ(handles(world().only(mei_)), Handles{"ada"}) << "later ones are gone from the list";
  world().block(mei_, ada_);
  EXPECT_TRUE(world().list(mei_).items.empty());
  EXPECT_EQ(unread(mei_), 0);
}

TEST_P(NotificationTest, WhoIsMutedIsNotHeardOfAsLongAsTheMuteLasts) {
  like(tom_, photo_);
  world().taker.round();
  ASSERT_TRUE(world().follows.mute(world().as(mei_), "tom"));
  EXPECT_TRUE(world().list(mei_).items.empty());
  EXPECT_EQ(unread(mei_), 0);
  like(ada_, photo_);
  world().taker.round();
  EXPECT_EQ(handles(world().only(mei_)), Handles{"ada"});
  ASSERT_TRUE(world().follows.unmute(world().as(mei_), "tom"));
  EXPECT_EQ(world().only(mei_).people.count, 2);
}

TEST_P(NotificationTest, ACommentIsQuotedUntilItIsGone) {
  const CommentId words = world().write(ActivityKind::comment, ada_, mei_, photo_);
  world().taker.round();
  EXPECT_EQ(world().only(mei_).excerpt, "Well seen.");
  world().database.write(
      [&](db::Tx& tx) { tx.exec("UPDATE comments SET state = 2 WHERE id = $1", words); });
  EXPECT_TRUE(world().list(mei_).items.empty());
  EXPECT_EQ(unread(mei_), 0);
}

TEST_P(NotificationTest, WhatSomebodyBlockedDidIsNotToldWhenTheBlockEnds) {
  world().block(mei_, ada_);
  world().database.write([&](db::Tx& tx) {
    tx.exec("INSERT INTO likes (photo_id, account_id, created_at) VALUES ($1, $2, 1)", photo_,
            ada_);
    world().activity.record(tx, ActivityKind::like, ada_, mei_, photo_);
  });
  world().taker.round();
  ASSERT_TRUE(world().follows.unblock(world().as(mei_), "ada"));
  EXPECT_TRUE(world().list(mei_).items.empty());
}

TEST_P(NotificationTest, WhatIsUnderAPhotoThatMayNoLongerBeSeenIsNotShown) {
  world().write(ActivityKind::mention, ada_, tom_, photo_);
  world().taker.round();
  EXPECT_EQ(world().only(tom_).kind, Kind::mention);
  world().set_visibility(photo_, Visibility::followers);
  EXPECT_TRUE(world().list(tom_).items.empty());
  EXPECT_EQ(unread(tom_), 0);
  world().follow(tom_, mei_);
  EXPECT_EQ(unread(tom_), 1);
  ASSERT_TRUE(world().withdraw(photo_, PhotoState::removed));
  EXPECT_TRUE(world().list(tom_).items.empty());
  // Nor by a role: a moderator's looks are recorded elsewhere.
  EXPECT_TRUE(world().notifications.list(world().as(tom_, Role::moderator), {}).items.empty());
}

TEST_P(NotificationTest, WhatMayNotBeSeenWhenItIsTakenIsNoNews) {
  world().set_visibility(photo_, Visibility::only_me);
  world().write(ActivityKind::mention, ada_, tom_, photo_);
  world().taker.round();
  world().set_visibility(photo_, Visibility::everyone);
  EXPECT_TRUE(world().list(tom_).items.empty());
}

TEST_P(NotificationTest, ItGoesWithItsPhotoAndWithItsPeople) {
  const AccountId guest = world().join("guest");
  world().write(ActivityKind::comment, guest, mei_, photo_);
  world().write(ActivityKind::comment, guest, mei_, PhotoId{12345});  // long gone
  world().write(ActivityKind::comment, AccountId{12345}, mei_, photo_);
  world().taker.round();
  EXPECT_EQ(world().only(mei_).people.count, 1);
  world().database.write([&](db::Tx& tx) { tx.exec("DELETE FROM accounts WHERE id = $1", guest); });
  EXPECT_TRUE(world().list(mei_).items.empty());
  EXPECT_EQ(world().number("SELECT COUNT(*) FROM notification_actors"), 0);
}

TEST_P(NotificationTest, ReadingOneLeavesTheOthersAndReadingUpToOneLeavesTheNewer) {
  std::vector<NotificationId> ids;
  for (int i = 0; i < 4; ++i) {
    const PhotoId photo = world().photo(mei_);
    like(ada_, photo);
    world().taker.round();
    ids.push_back(world().list(mei_).items.front().id);
    world().clock.advance(second);
  }
  EXPECT_EQ(world().notifications.read(world().as(mei_), ids[2], false), 3);
  EXPECT_EQ(world().notifications.read(world().as(mei_), ids[2], false), 3) << "again";
  EXPECT_EQ(world().notifications.read(world().as(mei_), ids[1], true), 1);
  std::vector<bool> unread;
  for (const Notification& each : world().list(mei_).items) unread.push_back(each.unread);
  EXPECT_EQ(unread, (std::vector<bool>{true, false, false, false}));
  const auto foreign = world().notifications.read(world().as(ada_), ids[3], true);
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().kind, ErrorKind::not_found);
  EXPECT_EQ(this->unread(mei_), 1);
}

TEST_P(NotificationTest, WhoComesLaterMakesItUnreadAgainForHalfADayThenAnotherOneBegins) {
  like(ada_, photo_);
  world().taker.round();
  const NotificationId id = world().only(mei_).id;
  ASSERT_TRUE(world().notifications.read(world().as(mei_), id, true));
  world().clock.advance(gathers_for - second);
  like(tom_, photo_);
  world().taker.round();
  EXPECT_EQ(world().only(mei_).id, id);
  EXPECT_EQ(world().only(mei_).people.count, 2);
  EXPECT_TRUE(world().only(mei_).unread);
  world().clock.advance(day);
  like(world().join("unread_still"), photo_);
  world().taker.round();
  EXPECT_EQ(world().only(mei_).people.count, 3) << "it was not read: it goes on";
  ASSERT_TRUE(world().notifications.read(world().as(mei_), id, true));
  like(world().join("later"), photo_);
  world().taker.round();
  ASSERT_EQ(world().list(mei_).items.size(), 2u);
  EXPECT_EQ(handles(world().list(mei_).items[0]), Handles{"later"});
  EXPECT_EQ(unread(mei_), 1);
}

TEST_P(NotificationTest, WhoTakesItBackAndDoesItAgainIsToldOfOnceADay) {
  like(ada_, photo_);
  world().taker.round();
  const Notification first = world().only(mei_);
  ASSERT_TRUE(world().notifications.read(world().as(mei_), first.id, true));
  for (int time = 0; time < 3; ++time) {
    unlike(ada_, photo_);
    like(ada_, photo_);
    world().clock.advance(hour);
    world().taker.round();
  }
  EXPECT_EQ(world().only(mei_).id, first.id);
  EXPECT_EQ(unread(mei_), 0);
  world().clock.advance(once_in);
  unlike(ada_, photo_);
  like(ada_, photo_);
  world().taker.round();
  EXPECT_EQ(unread(mei_), 1);
}

TEST_P(NotificationTest, TwoCommentsOfOnePersonAreOnePerson) {
  world().write(ActivityKind::comment, ada_, mei_, photo_);
  world().taker.round();
  world().write(ActivityKind::comment, ada_, mei_, photo_);
  world().write(ActivityKind::comment, ada_, mei_, photo_);
  world().taker.round();
  EXPECT_EQ(world().only(mei_).people.count, 1);
}

TEST_P(NotificationTest, PagesAreExact) {
  std::vector<NotificationId> whole;
  for (int i = 0; i < 11; ++i) {
    like(ada_, world().photo(mei_));
    if (i % 3 == 0) world().taker.round();  // several at one instant: then the id decides
  }
  world().taker.round();
  for (const Notification& each : world().list(mei_).items) whole.push_back(each.id);
  ASSERT_EQ(whole.size(), 11u);
  for (const int limit : {1, 2, 3, 11, 100}) {
    std::vector<NotificationId> walked;
    for (const Notification& each : picsharz::test::walk(limit, [&](const PageRequest& page) {
           return world().notifications.list(world().as(mei_), page);
         })) {
      walked.push_back(each.id);
    }
    EXPECT_EQ(walked, whole) << limit;
  }
}

TEST_P(NotificationTest, ItTakesAThousandPeopleThenAnotherOneBegins) {
  const auto people = crowd(people_max + 1);
  world().database.write([&](db::Tx& tx) {
    for (const AccountId each : people) {
      tx.exec("INSERT INTO likes (photo_id, account_id, created_at) VALUES ($1, $2, 1)", photo_,
              each);
      if (each != people.back())
        world().activity.record(tx, ActivityKind::like, each, mei_, photo_);
    }
  });
  world().taker.round();
  EXPECT_EQ(world().only(mei_).people.count, people_max);
  world().clock.advance(second);
  world().database.write([&](db::Tx& tx) {
    world().activity.record(tx, ActivityKind::like, people.back(), mei_, photo_);
  });
  world().taker.round();
  ASSERT_EQ(world().list(mei_).items.size(), 2u);
  EXPECT_EQ(world().list(mei_).items[0].people.count, 1);
}

TEST_P(NotificationTest, TheNewestThousandAreKeptForNinetyDays) {
  world().database.write([&](db::Tx& tx) {
    for (int i = 0; i < kept_max; ++i) {
      world().notifications.decided(tx, mei_, photo_, i + 1, {"shown", false, {}});
    }
  });
  EXPECT_EQ(unread(mei_), unread_max) << "the count has a bound";
  world().clock.advance(second);
  like(ada_, photo_);
  world().taker.round();
  EXPECT_EQ(world().number("SELECT COUNT(*) FROM notifications"), kept_max);
  EXPECT_EQ(world().list(mei_).items.front().kind, Kind::like);
  EXPECT_EQ(world().notifications.prune(), 0);
  world().clock.advance(kept_for - day);
  like(tom_, photo_);  // it is not old as long as people join it
  world().taker.round();
  world().clock.advance(2 * day);
  int pruned = 0;
  while (const int some = world().notifications.prune()) pruned += some;
  EXPECT_EQ(pruned, kept_max - 1);
  EXPECT_EQ(world().only(mei_).people.count, 2);
}

TEST_P(NotificationTest, ADecisionIsToldOnceAndStandsByItself) {
  for (int time = 0; time < 2; ++time) {
    world().database.write([&](db::Tx& tx) {
      world().notifications.decided(tx, mei_, photo_, 77, {"removed", true, {}});
    });
  }
  ASSERT_TRUE(world().withdraw(photo_, PhotoState::removed));
  const Notification what = world().only(mei_);
  EXPECT_EQ(what.kind, Kind::decision);
  EXPECT_EQ(what.ruling.outcome, "removed");
  EXPECT_TRUE(what.ruling.appealed);
  EXPECT_EQ(what.people.count, 0);
  ASSERT_TRUE(what.photo) << "one's own photo, whatever became of it";
  EXPECT_EQ(unread(mei_), 1);
}

TEST_P(NotificationTest, WhoWantsNotToSeeAKindInTheAppDoesNot) {
  world().preferences.change(mei_, Kind::like, {.in_app = false, .email = std::nullopt});
  like(ada_, photo_);
  world().follows_now(ada_, "mei");
  world().taker.round();
  EXPECT_EQ(world().only(mei_).kind, Kind::follow);
  EXPECT_EQ(unread(mei_), 1);
  world().preferences.change(mei_, Kind::like, {.in_app = {}, .email = Email::never});
  const auto before = world().number("SELECT COUNT(*) FROM notifications");
  like(ada_, world().photo(mei_));
  world().taker.round();
  EXPECT_EQ(world().number("SELECT COUNT(*) FROM notifications"), before) << "nowhere: no row";
}

}  // namespace
}  // namespace picsharz::notifications
