// Who sees which photo where: the table of the design, walked cell by cell on both engines, again
// after everything that changes it. The expected answers are written down here, not computed.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <future>
#include <memory>
#include <tuple>

#include "features/cards/card_service.h"
#include "features/similar/similar_service.h"
#include "support/people_fixture.h"
#include "support/test_database.h"

namespace picsharz::cards {
namespace {

using accounts::AccountState;
using follows::FollowState;
using photos::PhotoState;
using photos::Visibility;
using test::ids_of;
using test::PeopleFixture;

// Where a photo shows itself to somebody, one letter each, always in this order:
//   p its page   o its owner's list   h the home feed   r the recent feed   l a like
//   s search, what is similar to a photo that everybody sees, the photos of its tag, and
//     somebody's collection that everybody sees: the same; f search alone, before it is published
// Who likes it is named wherever its page is seen, but for what only a role allows.
// The blocked and the blocker still have an approved follow of the owner (which a block ends): so
// it is the block that hides the photo. Nobody asks as the owner of a suspended account: its
// sessions are over.
enum Who {
  anonymous,
  stranger,
  pending,
  follower,
  blocked,
  blocker,
  owner,
  moderator,
  administrator,
  who_count
};
constexpr std::array<const char*, who_count> who_names = {
    "anonymous", "stranger", "pending",   "follower",     "blocked",
    "blocker",   "owner",    "moderator", "administrator"};

enum class OwnerIs { open, hidden, suspended };  // public, private, suspended
constexpr std::array<const char*, 3> owner_names = {"public", "private", "suspended"};

struct Kind {
  const char* name;
  Visibility visibility;
  PhotoState state;
  bool reported = false;  // and undecided
};
constexpr std::array<Kind, 11> kinds = {{
    {"public", Visibility::everyone, PhotoState::published},
    {"followers", Visibility::followers, PhotoState::published},
    {"private", Visibility::only_me, PhotoState::published},
    {"held", Visibility::everyone, PhotoState::held},
    {"removed", Visibility::everyone, PhotoState::removed},
    {"rejected", Visibility::everyone, PhotoState::rejected},
    {"received", Visibility::everyone, PhotoState::received},
    {"classifying", Visibility::everyone, PhotoState::classifying},
    {"reported public", Visibility::everyone, PhotoState::published, true},
    {"reported followers", Visibility::followers, PhotoState::published, true},
    {"reported, then private,", Visibility::only_me, PhotoState::published, true},
}};

using Row = std::array<const char*, who_count>;
using Table = std::array<Row, kinds.size()>;

// A moderator sees on its page what is held, removed (of that, no bytes) or reported, and what a
// suspended account had shown to everybody. Nothing of it is in a list or takes a like.
// clang-format off
constexpr Table public_account = {{
    // anonymous stranger  pending  follower  blocked blocker owner   moderator administrator
    {  "pors",   "porsl",  "porsl", "pohrsl", "",     "",     "porsl", "porsl", "porsl"},
    {  "",       "",       "",      "pohsl",  "",     "",     "posl",  "",      ""},
    {  "",       "",       "",      "",       "",     "",     "posl",  "",      ""},
    {  "",       "",       "",      "",       "",     "",     "pf",    "p",     "p"},
    {  "",       "",       "",      "",       "",     "",     "p",     "p",     "p"},
    {  "",       "",       "",      "",       "",     "",     "p",     "",      ""},
    {  "",       "",       "",      "",       "",     "",     "p",     "",      ""},
    {  "",       "",       "",      "",       "",     "",     "pf",    "",      ""},
    {  "pors",   "porsl",  "porsl", "pohrsl", "",     "",     "porsl", "porsl", "porsl"},
    {  "",       "",       "",      "pohsl",  "",     "",     "posl",  "p",     "p"},
    {  "",       "",       "",      "",       "",     "",     "posl",  "p",     "p"},
}};
constexpr Table private_account = {{
    // anonymous stranger  pending  follower  blocked blocker owner   moderator administrator
    {  "",       "",       "",      "pohsl",  "",     "",     "posl",  "",      ""},
    {  "",       "",       "",      "pohsl",  "",     "",     "posl",  "",      ""},
    {  "",       "",       "",      "",       "",     "",     "posl",  "",      ""},
    {  "",       "",       "",      "",       "",     "",     "pf",    "p",     "p"},
    {  "",       "",       "",      "",       "",     "",     "p",     "p",     "p"},
    {  "",       "",       "",      "",       "",     "",     "p",     "",      ""},
    {  "",       "",       "",      "",       "",     "",     "p",     "",      ""},
    {  "",       "",       "",      "",       "",     "",     "pf",    "",      ""},
    {  "",       "",       "",      "pohsl",  "",     "",     "posl",  "p",     "p"},
    {  "",       "",       "",      "pohsl",  "",     "",     "posl",  "p",     "p"},
    {  "",       "",       "",      "",       "",     "",     "posl",  "p",     "p"},
}};
constexpr Table suspended_account = {{
    // anonymous stranger  pending  follower  blocked blocker owner    moderator administrator
    {  "",       "",       "",      "",       "",     "",     nullptr, "p",     "p"},
    {  "",       "",       "",      "",       "",     "",     nullptr, "",      ""},
    {  "",       "",       "",      "",       "",     "",     nullptr, "",      ""},
    {  "",       "",       "",      "",       "",     "",     nullptr, "p",     "p"},
    {  "",       "",       "",      "",       "",     "",     nullptr, "p",     "p"},
    {  "",       "",       "",      "",       "",     "",     nullptr, "",      ""},
    {  "",       "",       "",      "",       "",     "",     nullptr, "",      ""},
    {  "",       "",       "",      "",       "",     "",     nullptr, "",      ""},
    {  "",       "",       "",      "",       "",     "",     nullptr, "p",     "p"},
    {  "",       "",       "",      "",       "",     "",     nullptr, "p",     "p"},
    {  "",       "",       "",      "",       "",     "",     nullptr, "p",     "p"},
}};
// clang-format on

const Table& table_of(OwnerIs is) {
  return is == OwnerIs::open     ? public_account
         : is == OwnerIs::hidden ? private_account
                                 : suspended_account;
}

class VisibilityTest : public test::DatabaseSuite {
 protected:
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    people_.emplace(db());
    for (std::size_t who = stranger; who < who_count; ++who) {
      accounts_[who] = people_->join(who_names[who]);
    }
    people_->follow(accounts_[pending], accounts_[owner], FollowState::requested);
    for (const Who who : {follower, blocked, blocker}) {
      people_->follow(accounts_[who], accounts_[owner]);
    }
    people_->block(accounts_[owner], accounts_[blocked]);
    people_->block(accounts_[blocker], accounts_[owner]);
    for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
      photos_[kind] = people_->photo(accounts_[owner], {.title = "Lighthouse",
                                                        .visibility = kinds[kind].visibility,
                                                        .state = kinds[kind].state,
                                                        .tags = {"beacon"}});
      people_->set_reported(photos_[kind], kinds[kind].reported);
    }
    neighbour_ = people_->join("neighbour");
    everybodys_ = people_->photo(neighbour_);
    collect();
    similar_.emplace(db(), people_->cards, people_->clock);
  }
  void TearDown() override {
    similar_.reset();
    people_.reset();
    DatabaseSuite::TearDown();
  }
  PeopleFixture& people() { return *people_; }
  Viewer as(std::size_t who) const {
    const Role role = who == moderator       ? Role::moderator
                      : who == administrator ? Role::administrator
                                             : Role::member;
    return people_->as(accounts_[who], role);
  }
  void set_owner(OwnerIs is) {
    people().set_private(accounts_[owner], is == OwnerIs::hidden);
    people().set_state(accounts_[owner],
                       is == OwnerIs::suspended ? AccountState::suspended : AccountState::active);
  }

  // Where this viewer really sees the photo.
  std::string seen(std::size_t who, PhotoId photo) {
    const Viewer viewer = as(who);
    const PageRequest all{.after = {}, .limit = 100};
    const auto in = [&](const auto& page) { return std::ranges::count(ids_of(page), photo) == 1; };
    std::string where;
    if (people().cards.find(viewer, photo)) where += 'p';
    const auto list = people().cards.of_owner(viewer, who_names[owner], all);
    if (list && in(*list)) where += 'o';
    if (viewer.signed_in() && in(people().feed.home(viewer, all))) where += 'h';
    if (in(people().feed.recent(viewer, all))) where += 'r';
    const bool listed = in(similar(viewer));
    const bool found = in(people().search_photos(viewer, "lighthouse", all));
    EXPECT_TRUE(found || !listed) << "similar, viewer: " << who_names[who];
    if (found) where += listed ? 's' : 'f';
    const bool tagged = in(people().lists.tagged(viewer, "beacon", all));
    const bool collected = in(people().collections.photos(viewer, collection_, all).value());
    if (std::ranges::count(photos_, photo) == 1) {
      EXPECT_EQ(tagged, listed) << "tag, viewer: " << who_names[who];
      EXPECT_EQ(collected, listed) << "collection, viewer: " << who_names[who];
    }
    EXPECT_EQ(people().likes.likers(viewer, photo, all).has_value(),
              viewer.at_least(Role::moderator) ? listed : where.starts_with('p'))
        << "who likes it, viewer: " << who_names[who];
    if (viewer.signed_in() && may_like(viewer, photo)) where += 'l';
    return where;
  }

  void expect_photo(std::size_t who, PhotoId photo, const char* expected) {
    if (expected != nullptr) {
      EXPECT_EQ(seen(who, photo), expected) << "viewer: " << who_names[who];
    }
  }
  void expect_cell(std::size_t who, std::size_t kind, OwnerIs is, Who like) {
    SCOPED_TRACE(std::string("the ") + kinds[kind].name + " photo of a " +
                 owner_names[static_cast<std::size_t>(is)] + " account");
    expect_photo(who, photos_[kind], table_of(is)[kind][like]);
  }
  void expect_table(OwnerIs is) {
    for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
      for (std::size_t who = 0; who < who_count; ++who) {
        expect_cell(who, kind, is, static_cast<Who>(who));
      }
    }
  }
  // One viewer sees what the table says of another.
  void expect_column(std::size_t who, Who like, OwnerIs is) {
    for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
      expect_cell(who, kind, is, like);
    }
  }

  std::array<AccountId, who_count> accounts_{};
  std::array<PhotoId, kinds.size()> photos_{};

 private:
  // All of them, whatever the neighbour himself may see.
  void collect() {
    collections::CollectionEdit wanted;
    wanted.name = "Lights";
    collection_ =
        people_->collections.create(people_->as(neighbour_), wanted).value().collection.id;
    db().write([&](db::Tx& tx) {
      for (const PhotoId photo : photos_) {
        collections::CollectionStore().append(tx, collection_, photo);
      }
    });
  }
  // All look the same here.
  CardPage similar(const Viewer& viewer) {
    constexpr std::int64_t phash = 0x3c3c'a5a5'3c3c'9696;
    db().write([&](db::Tx& tx) { tx.exec("UPDATE photos SET phash = $1", phash); });
    similar_->all_changed();
    return similar_->find(viewer, everybodys_).value();
  }
  // Likes it, and takes the like back.
  bool may_like(const Viewer& viewer, PhotoId photo) {
    const bool liked = set_like(viewer, photo, true);
    EXPECT_EQ(set_like(viewer, photo, false), liked);
    return liked;
  }
  bool set_like(const Viewer& viewer, PhotoId photo, bool liked) {
    const auto answered = std::make_shared<std::promise<bool>>();
    auto answer = answered->get_future();
    people().likes.set(
        viewer, photo, liked, [answered](std::exception_ptr failure, const auto& state) {
          failure ? answered->set_exception(failure) : answered->set_value(state.has_value());
        });
    return answer.get();
  }

  std::optional<PeopleFixture> people_;
  std::optional<similar::SimilarService> similar_;
  AccountId neighbour_;
  PhotoId everybodys_;
  collections::CollectionId collection_;
};
ON_BOTH_ENGINES(VisibilityTest);

constexpr std::array every_account = {OwnerIs::open, OwnerIs::hidden, OwnerIs::suspended};

TEST_P(VisibilityTest, EveryViewerSeesWhatTheTableSays) {
  for (const OwnerIs is : every_account) {
    set_owner(is);
    expect_table(is);
  }
}

TEST_P(VisibilityTest, AfterAnUnfollowAFollowerIsAStranger) {
  ASSERT_TRUE(people().follows.unfollow(as(follower), who_names[owner]));
  for (const OwnerIs is : every_account) {
    set_owner(is);
    expect_column(follower, stranger, is);
  }
}

TEST_P(VisibilityTest, AfterTheApprovalAPendingOneIsAFollower) {
  ASSERT_TRUE(people().follows.approve(as(owner), who_names[pending]));
  for (const OwnerIs is : every_account) {
    set_owner(is);
    expect_column(pending, follower, is);
  }
}

TEST_P(VisibilityTest, AfterABlockEverybodyIsBlockedAndAnUnblockBringsNoFollowBack) {
  for (const Who who : {stranger, pending, follower}) {
    ASSERT_TRUE(people().follows.block(as(owner), who_names[who]));
  }
  for (const OwnerIs is : every_account) {
    set_owner(is);
    for (const Who who : {stranger, pending, follower}) expect_column(who, blocked, is);
  }
  set_owner(OwnerIs::open);
  for (const Who who : {stranger, pending, follower}) {
    ASSERT_TRUE(people().follows.unblock(as(owner), who_names[who]));
    expect_column(who, stranger, OwnerIs::open);
  }
}

TEST_P(VisibilityTest, WhoBlocksTheOwnerSeesNothingOfHim) {
  ASSERT_TRUE(people().follows.block(as(follower), who_names[owner]));
  for (const OwnerIs is : every_account) {
    set_owner(is);
    expect_column(follower, blocker, is);
  }
}

TEST_P(VisibilityTest, APublishedPhotoThatIsWithdrawnIsAsIfItHadAlwaysBeenSo) {
  constexpr std::size_t published = 0, held = 3, removed = 4;
  const PhotoId second = people().photo(accounts_[owner], {.title = "Lighthouse"});
  ASSERT_TRUE(people().withdraw(photos_[published], PhotoState::held));
  ASSERT_TRUE(people().withdraw(second, PhotoState::removed));
  for (const OwnerIs is : every_account) {
    set_owner(is);
    for (std::size_t who = 0; who < who_count; ++who) {
      expect_photo(who, photos_[published], table_of(is)[held][who]);
      expect_photo(who, second, table_of(is)[removed][who]);
    }
  }
}

TEST_P(VisibilityTest, AChangeOfVisibilityCountsAtOnce) {
  constexpr std::size_t everyones = 0, mine = 2;
  people().set_visibility(photos_[everyones], Visibility::only_me);
  people().set_visibility(photos_[mine], Visibility::everyone);
  for (std::size_t who = 0; who < who_count; ++who) {
    expect_photo(who, photos_[everyones], public_account[mine][who]);
    expect_photo(who, photos_[mine], public_account[everyones][who]);
  }
}

// Otherwise the number on the profile would tell of what is hidden.
TEST_P(VisibilityTest, TheProfileCountsOnlyWhatEverybodyMayKnowOf) {
  const auto counted = [&] {
    return people().number("SELECT photos FROM accounts WHERE id = $1", accounts_[owner]);
  };
  EXPECT_EQ(counted(), 2);                                   // one of them reported
  people().set_visibility(photos_[8], Visibility::only_me);  // that one
  EXPECT_EQ(counted(), 1);
  people().set_visibility(photos_[1], Visibility::everyone);  // followers before
  EXPECT_EQ(counted(), 2);
  people().set_visibility(photos_[0], Visibility::only_me);
  people().set_visibility(photos_[2], Visibility::followers);  // only its owner before
  people().set_visibility(photos_[3], Visibility::followers);  // held
  EXPECT_EQ(counted(), 1);
  ASSERT_TRUE(people().withdraw(photos_[0], PhotoState::held));
  EXPECT_EQ(counted(), 1);
  ASSERT_TRUE(people().withdraw(photos_[1], PhotoState::removed));
  EXPECT_EQ(counted(), 0);
  people().photo(accounts_[owner], {.title = "Hidden", .visibility = Visibility::only_me});
  EXPECT_EQ(counted(), 0);
}

TEST_P(VisibilityTest, NotVisibleAnswersAsAnIdThatDoesNotExist) {
  const auto missing = people().cards.find({}, PhotoId{1});
  ASSERT_FALSE(missing);
  for (std::size_t kind = 1; kind < kinds.size(); ++kind) {
    if (kinds[kind].reported && kinds[kind].visibility == Visibility::everyone) continue;
    const auto hidden = people().cards.find({}, photos_[kind]);
    ASSERT_FALSE(hidden) << kinds[kind].name;
    EXPECT_EQ(hidden.error().kind, missing.error().kind);
    EXPECT_EQ(hidden.error().code, missing.error().code);
    EXPECT_EQ(hidden.error().message, missing.error().message);
    EXPECT_EQ(hidden.error().action, missing.error().action);
  }
}

TEST_P(VisibilityTest, ALookThatOnlyARoleAllowsIsRecorded) {
  const auto look = [&](std::size_t who, std::size_t kind) {
    std::ignore = people().cards.find_page(as(who), photos_[kind]);
  };
  const auto looks = [&] { return people().number("SELECT count(*) FROM staff_views"); };
  constexpr std::size_t everyones = 0, followers = 1, held = 3, removed = 4, reported = 9;
  for (const std::size_t kind : {everyones, held, removed}) {
    look(owner, kind);
    look(stranger, kind);
  }
  look(moderator, everyones);
  look(moderator, followers);
  EXPECT_EQ(looks(), 0);
  for (const std::size_t kind : {held, removed, reported}) {
    EXPECT_TRUE(people().cards.find_page(as(moderator), photos_[kind]));
  }
  EXPECT_EQ(looks(), 3);
}

TEST_P(VisibilityTest, TheOwnersListIsThereForWhoeverMayKnowHim) {
  const auto list = [&](std::size_t who) {
    return people().cards.of_owner(as(who), who_names[owner], {}).has_value();
  };
  for (const OwnerIs is : {OwnerIs::open, OwnerIs::hidden}) {
    set_owner(is);
    for (std::size_t who = 0; who < who_count; ++who) {
      EXPECT_EQ(list(who), who != blocked) << who_names[who];
    }
  }
  set_owner(OwnerIs::suspended);
  for (std::size_t who = 0; who < who_count; ++who) EXPECT_FALSE(list(who)) << who_names[who];
}

TEST_P(VisibilityTest, CardsKeepTheOrderOfTheirIdsAndLeaveOutTheInvisible) {
  const PhotoId other = people().photo(accounts_[stranger]);
  const std::array<PhotoId, 5> wanted = {photos_[0], photos_[1], PhotoId{7}, other, photos_[4]};
  const auto cards =
      db().read([&](db::Tx& tx) { return people().cards.hydrate(tx, as(stranger), wanted); });
  ASSERT_EQ(cards.size(), 2u);
  EXPECT_EQ(cards[0].photo.id, photos_[0]);
  EXPECT_EQ(cards[1].photo.id, other);
  EXPECT_TRUE(
      db().read([&](db::Tx& tx) { return people().cards.hydrate(tx, as(owner), {}); }).empty());
}

}  // namespace
}  // namespace picsharz::cards
