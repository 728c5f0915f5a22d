// Mails about what is new: at once and bundled, once a day, or not at all.
#include "features/notifications/notification_mail_service.h"

#include <set>

#include "features/notifications/notification_rules.h"
#include "features/notifications/notification_world_test.h"
#include "mail/mail_limits.h"

namespace picsharz::notifications {
namespace {

using accounts::AccountState;
using activity::ActivityKind;

class NotificationMailTest : public test::Suite {
 protected:
  static constexpr Micros delay = test::World::delay;
  std::vector<mail::Mail> after(Micros time) { return world().mails_after(time); }
  static std::vector<std::string> subjects(const std::vector<mail::Mail>& mails) {
    std::vector<std::string> subjects;
    for (const mail::Mail& mail : mails) subjects.push_back(mail.to + ": " + mail.subject);
    return subjects;
  }
  using Subjects = std::vector<std::string>;
  void choose(Kind kind, Email email) {
    world().preferences.change(mei_, kind, {.in_app = std::nullopt, .email = email});
  }
  // The clock stands at some hour: the next time it is the hour of mei's daily mail.
  Micros until_digest(int hour_of_day = digest_hour_default) {
    return next_digest(world().clock.now(), hour_of_day) - world().clock.now();
  }
  static bool has(const mail::Mail& mail, std::string_view words) {
    return mail.text.find(words) != std::string::npos;
  }
};
ON_BOTH_ENGINES(NotificationMailTest);

TEST_P(NotificationMailTest, WhoFollowsIsMailedAfterAWhileAndBundled) {
  world().follows_now(ada_, "mei");
  EXPECT_TRUE(after(delay - second).empty());
  world().follows_now(tom_, "mei");
  world().follows_now(world().join("kim", "Kim"), "mei");
  const auto mails = after(second);
  ASSERT_EQ(subjects(mails), Subjects{"mei@example.org: Kim and 2 others follow you"});
  EXPECT_TRUE(has(mails[0], "Kim and 2 others follow you at Test."));
  EXPECT_TRUE(has(mails[0], "http://test/activity"));
  EXPECT_TRUE(after(day).empty()) << "once";
}

TEST_P(NotificationMailTest, OneFollowerIsNamedWithTheProfile) {
  world().follows_now(ada_, "mei");
  const auto mails = after(delay);
  ASSERT_EQ(subjects(mails), Subjects{"mei@example.org: Ada follows you"});
  EXPECT_TRUE(has(mails[0], "http://test/@ada"));
  EXPECT_NE(mails[0].html.find("http://test/@ada"), std::string::npos);
}

TEST_P(NotificationMailTest, TheNextMailTellsOnlyOfWhoCameSinceAndNotBeforeAnHour) {
  world().follows_now(ada_, "mei");
  const auto first = after(delay);
  ASSERT_EQ(first.size(), 1u);
  world().follows_now(tom_, "mei");
  EXPECT_TRUE(after(mail_gap * delay - second).empty());
  const auto second_mail = after(2 * second);
  ASSERT_EQ(subjects(second_mail), Subjects{"mei@example.org: Tom follows you"});
  EXPECT_NE(first[0].message_id, second_mail[0].message_id);
}

TEST_P(NotificationMailTest, AMailThatIsPostedAgainIsTheSameMail) {
  world().follows_now(ada_, "mei");
  const auto first = after(delay);
  ASSERT_EQ(first.size(), 1u);
  // As if the transaction that posted it had not been committed.
  world().database.write([&](db::Tx& tx) {
    tx.exec("UPDATE notifications SET mail_at = $1, mails = 0, told_at = 0", world().clock.now());
  });
  const auto again = after(0);
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].message_id, first[0].message_id);
}

TEST_P(NotificationMailTest, WhatWasReadInTheAppIsNotMailed) {
  world().follows_now(ada_, "mei");
  world().taker.round();
  ASSERT_TRUE(world().notifications.read(world().as(mei_), world().only(mei_).id, true));
  EXPECT_TRUE(after(delay).empty());
  world().follows_now(tom_, "mei");
  EXPECT_EQ(subjects(after(delay)), Subjects{"mei@example.org: Tom follows you"})
      << "of the first she read";
}

TEST_P(NotificationMailTest, WhatWasTakenBackOrIsNotToBeHeardOfIsNotMailed) {
  world().follows_now(ada_, "mei");
  world().follows_now(tom_, "mei");
  world().taker.round();
  ASSERT_TRUE(world().follows.unfollow(world().as(ada_), "mei"));
  world().block(mei_, tom_);
  EXPECT_TRUE(after(delay).empty());
}

TEST_P(NotificationMailTest, WhoIsSuspendedGetsNoMail) {
  world().follows_now(ada_, "mei");
  like(ada_, photo_);
  world().taker.round();
  world().set_state(mei_, AccountState::suspended);
  EXPECT_TRUE(after(2 * day).empty());
}

TEST_P(NotificationMailTest, WhatIsNoLongerWantedWhenItIsDueIsNotMailed) {
  world().follows_now(ada_, "mei");
  like(ada_, photo_);
  world().taker.round();
  choose(Kind::follow, Email::never);
  choose(Kind::like, Email::never);
  EXPECT_TRUE(after(2 * day).empty());
}

TEST_P(NotificationMailTest, WhatIsNotShownInTheAppMayStillBeMailed) {
  world().preferences.change(mei_, Kind::like, {.in_app = false, .email = Email::at_once});
  like(ada_, photo_);
  const auto mails = after(delay);
  ASSERT_EQ(subjects(mails), Subjects{"mei@example.org: Ada likes your photo \"Boat\""});
  EXPECT_TRUE(has(mails[0], "http://test/photo/" + photo_.str()));
  EXPECT_EQ(unread(mei_), 0);
}

TEST_P(NotificationMailTest, WhatIsUnderAPhotoThatIsHiddenMeanwhileIsNotMailed) {
  world().write(ActivityKind::mention, ada_, tom_, photo_);
  world().taker.round();
  world().set_visibility(photo_, photos::Visibility::only_me);
  EXPECT_TRUE(after(delay).empty());
}

TEST_P(NotificationMailTest, EachKindHasItsWords) {
  for (const Kind kind : chosen_kinds) choose(kind, Email::at_once);
  const PhotoId theirs = world().photo(tom_, {.title = ""});
  like(ada_, photo_);
  like(tom_, photo_);
  world().follows_now(mei_, "ada");
  world().set_private(mei_, true);
  world().follows_now(tom_, "mei");
  world().database.write([&](db::Tx& tx) {
    tx.exec(
        "INSERT INTO follows (follower_id, followee_id, state, created_at)"
        " VALUES ($1, $2, 1, 1) ON CONFLICT DO NOTHING",
        mei_, tom_);
    world().activity.record(tx, ActivityKind::follow_approved, tom_, mei_);
  });
  world().write(ActivityKind::comment, ada_, mei_, photo_);
  world().write(ActivityKind::comment, tom_, mei_, photo_);
  world().write(ActivityKind::reply, ada_, mei_, theirs);
  world().write(ActivityKind::mention, ada_, mei_, theirs);
  auto told = subjects(after(delay));
  std::erase(told, "ada@example.org: Mei follows you");
  std::ranges::sort(told);
  const std::string to = "mei@example.org: ";
  EXPECT_EQ(told, (Subjects{to + "Ada mentioned you under the photo",
                            to + "Ada replied to you under the photo",
                            to + "Tom and Ada commented on your photo \"Boat\"",
                            to + "Tom and Ada like your photo \"Boat\"",
                            to + "Tom asks to follow you", to + "Tom lets you follow"}));
}

TEST_P(NotificationMailTest, TheDailyMailTellsEverythingOnceAtItsHour) {
  like(ada_, photo_);
  like(tom_, photo_);
  world().write(ActivityKind::comment, ada_, mei_, photo_);
  EXPECT_TRUE(after(until_digest() - second).empty());
  const auto mails = after(second);
  ASSERT_EQ(subjects(mails), Subjects{"mei@example.org: New for you at Test"});
  EXPECT_TRUE(has(mails[0], "Tom and Ada like your photo \"Boat\"")) << mails[0].text;
  EXPECT_TRUE(has(mails[0], "Ada commented on your photo \"Boat\""));
  EXPECT_TRUE(has(mails[0], "http://test/photo/" + photo_.str()));
  EXPECT_TRUE(after(day).empty()) << "nothing where there is nothing";
  like(world().join("kim", "Kim"), photo_);
  EXPECT_EQ(subjects(after(until_digest())),
            Subjects{"mei@example.org: Kim likes your photo \"Boat\""})
      << "only who came since";
}

TEST_P(NotificationMailTest, OneDailyMailADayWhateverHappens) {
  int count = 0;
  for (int round = 0; round < 48; ++round) {
    like(ada_, world().photo(mei_));
    count += static_cast<int>(after(hour).size());
  }
  EXPECT_EQ(count, 2);
}

TEST_P(NotificationMailTest, ADailyMailIsNoLongerThanItMayBe) {
  for (int i = 0; i < digest_lines + 5; ++i) like(ada_, world().photo(mei_));
  const auto mails = after(until_digest());
  ASSERT_EQ(mails.size(), 1u);
  EXPECT_TRUE(has(mails[0], "There is more than that."));
  std::size_t lines = 0;
  for (std::size_t at = 0; (at = mails[0].text.find("- Ada likes", at)) != std::string::npos;
       ++at) {
    ++lines;
  }
  EXPECT_EQ(lines, static_cast<std::size_t>(digest_lines));
}

TEST_P(NotificationMailTest, WhatWasReadIsNotInTheDailyMail) {
  like(ada_, photo_);
  world().taker.round();
  ASSERT_TRUE(world().notifications.read(world().as(mei_), world().only(mei_).id, true));
  EXPECT_TRUE(after(2 * day).empty());
}

TEST_P(NotificationMailTest, TheHourOfTheDailyMailIsChosen) {
  like(ada_, photo_);
  world().taker.round();
  const int later = (digest_hour_default + 3) % 24;
  EXPECT_EQ(world().preferences.set_digest_hour(mei_, later).digest_hour, later);
  EXPECT_TRUE(after(until_digest(later) - second).empty());
  EXPECT_EQ(after(second).size(), 1u);
  like(tom_, photo_);
  EXPECT_TRUE(after(until_digest(later) - second).empty());
  EXPECT_EQ(after(second).size(), 1u) << "the next one too";
}

TEST_P(NotificationMailTest, OneClickEndsTheMailsOfAKindAndOfNoOther) {
  world().follows_now(ada_, "mei");
  const auto mails = after(delay);
  ASSERT_EQ(mails.size(), 1u);
  constexpr std::string_view address = "http://test/v1/unsubscribe/";
  ASSERT_TRUE(mails[0].unsubscribe.starts_with(address)) << mails[0].unsubscribe;
  EXPECT_TRUE(has(mails[0], mails[0].unsubscribe));
  EXPECT_NE(mails[0].html.find(mails[0].unsubscribe), std::string::npos);
  const std::string token = mails[0].unsubscribe.substr(address.size());
  EXPECT_TRUE(world().preferences.subscribed(token)->still) << "looking changes nothing";
  EXPECT_TRUE(world().preferences.subscribed(token)->still);
  for (int time = 0; time < 2; ++time) {
    const auto ended = world().preferences.unsubscribe(token);
    ASSERT_TRUE(ended);
    EXPECT_EQ(ended->kind, Kind::follow);
    EXPECT_FALSE(ended->still);
  }
  const Preferences left = world().preferences.of(mei_);
  EXPECT_EQ(left.of(Kind::follow).email, Email::never);
  EXPECT_TRUE(left.of(Kind::follow).in_app);
  EXPECT_EQ(left.of(Kind::mention).email, Email::at_once);
  EXPECT_EQ(world().preferences.of(ada_).of(Kind::follow).email, Email::at_once);
  world().follows_now(tom_, "mei");
  EXPECT_TRUE(after(day).empty());
}

TEST_P(NotificationMailTest, OneClickEndsTheDailyMail) {
  like(ada_, photo_);
  const auto mails = after(until_digest());
  ASSERT_EQ(mails.size(), 1u);
  const std::string token = mails[0].unsubscribe.substr(mails[0].unsubscribe.rfind('/') + 1);
  ASSERT_TRUE(world().preferences.unsubscribe(token));
  EXPECT_EQ(world().preferences.of(mei_).of(Kind::like).email, Email::never);
  EXPECT_EQ(world().preferences.of(mei_).of(Kind::follow).email, Email::at_once);
  EXPECT_FALSE(world().preferences.subscribed(token)->still);
  like(tom_, photo_);
  EXPECT_TRUE(after(2 * day).empty());
}

TEST_P(NotificationMailTest, ATokenThatIsNotOursEndsNothing) {
  const std::string good = world().links.token({mei_, Kind::follow});
  std::string other_kind = good;
  other_kind[mei_.str().size() + 1] = '4';
  std::vector<std::string> bad{"",
                               ".",
                               "1.1.",
                               good + "A",
                               good.substr(0, good.size() - 1),
                               other_kind,
                               world().links.token({ada_, Kind::follow}).substr(1),
                               mei_.str() + ".9" + good.substr(mei_.str().size() + 2),
                               mei_.str() + ".1",
                               mei_.str()};
  for (const std::string& token : bad) {
    const auto refused = world().preferences.unsubscribe(token);
    ASSERT_FALSE(refused) << token;
    EXPECT_EQ(refused.error().kind, ErrorKind::not_found);
    EXPECT_FALSE(world().preferences.subscribed(token));
  }
  EXPECT_EQ(world().number("SELECT COUNT(*) FROM notification_settings"), 0);
  EXPECT_FALSE(world().preferences.unsubscribe(world().links.token({AccountId{5}, std::nullopt})))
      << "an account that is erased";
}

TEST_P(NotificationMailTest, AHostileNameIsText) {
  const AccountId rude = world().join("rude", "<b>Rude</b>\r\nBcc: all@example.org");
  world().follows_now(rude, "mei");
  const auto mails = after(delay);
  ASSERT_EQ(mails.size(), 1u);
  EXPECT_EQ(mails[0].subject.find_first_of("\r\n"), std::string::npos);
  EXPECT_EQ(mails[0].html.find("<b>Rude"), std::string::npos);
  EXPECT_NE(mails[0].html.find("&lt;b&gt;Rude"), std::string::npos);
}

TEST_P(NotificationMailTest, AMailShowsTheReadersOwnPhotoAndNobodyElses) {
  choose(Kind::comment, Email::at_once);
  choose(Kind::like, Email::at_once);
  world().preferences.change(ada_, Kind::mention,
                             {.in_app = std::nullopt, .email = Email::at_once});
  world().write(ActivityKind::comment, tom_, mei_, photo_);
  world().write(ActivityKind::mention, tom_, ada_, photo_);
  const auto mails = after(delay);
  ASSERT_EQ(mails.size(), 2u);
  for (const mail::Mail& mail : mails) {
    const bool own = mail.to == "mei@example.org";
    ASSERT_EQ(mail.pictures.size(), own ? 1u : 0u) << mail.to;
    if (!own) continue;
    EXPECT_EQ(mail.pictures[0].photo, photo_);
    EXPECT_EQ(mail.pictures[0].reader, mei_);
  }
}

TEST_P(NotificationMailTest, TheDailyMailShowsEachPhotoOnceAndAFewAtMost) {
  choose(Kind::comment, Email::digest);
  const PhotoId other = world().photo(mei_);
  const auto later = [&] {
    world().taker.round();
    world().clock.advance(second);
  };
  like(ada_, photo_);
  later();
  like(tom_, other);
  later();
  world().write(ActivityKind::comment, tom_, mei_, photo_);
  auto mails = after(until_digest());
  ASSERT_EQ(mails.size(), 1u);
  std::set<PhotoId> shown;
  for (const mail::Picture& each : mails[0].pictures) shown.insert(each.photo);
  EXPECT_EQ(mails[0].pictures.size(), 2u);
  EXPECT_EQ(shown, (std::set<PhotoId>{photo_, other}));
  // What is about one photo stands below its one picture.
  const std::string& html = mails[0].html;
  const std::size_t liked = html.find("Ada likes your photo &quot;Boat&quot;");
  const std::size_t commented = html.find("Tom commented on your photo &quot;Boat&quot;");
  ASSERT_NE(liked, html.npos) << html;
  ASSERT_NE(commented, html.npos) << html;
  const std::size_t first = std::min(liked, commented);
  EXPECT_EQ(html.substr(first, std::max(liked, commented) - first).find("<!--picture"), html.npos);
  for (int i = 0; i < 10; ++i) like(ada_, world().photo(mei_));
  mails = after(day);
  ASSERT_EQ(mails.size(), 1u);
  EXPECT_EQ(mails[0].pictures.size(), mail::limits::pictures_max);
}

}  // namespace
}  // namespace picsharz::notifications
