#include "features/feed/photo_list_service.h"

#include <gtest/gtest.h>

#include "support/people_fixture.h"
#include "support/test_database.h"

namespace picsharz::feed {
namespace {

using photos::PhotoState;
using photos::Visibility;
using test::ids_of;
using test::PeopleFixture;
using Ids = std::vector<PhotoId>;

class PhotoListServiceTest : public test::DatabaseSuite {
 protected:
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    people_.emplace(db());
    mei_ = people_->join("mei");
    ada_ = people_->join("ada");
  }
  void TearDown() override {
    people_.reset();
    DatabaseSuite::TearDown();
  }
  PeopleFixture& people() { return *people_; }
  PhotoListService& lists() { return people_->lists; }
  Ids tagged(AccountId viewer, std::string_view tag) {
    return ids_of(lists().tagged(people().as(viewer), tag, {}));
  }
  Ids liked(AccountId viewer) { return ids_of(lists().liked(people().as(viewer), {})); }
  void like(AccountId who, PhotoId photo) {
    ASSERT_TRUE(people().like(who, photo));
    people().clock.advance(second);
  }
  template <class Fetch>
  static Ids walked(int limit, Fetch&& fetch) {
    Ids seen;
    for (const photos::PhotoView& view : test::walk(limit, fetch)) seen.push_back(view.photo.id);
    return seen;
  }

  AccountId mei_, ada_;

 private:
  std::optional<PeopleFixture> people_;
};
ON_BOTH_ENGINES(PhotoListServiceTest);

TEST_P(PhotoListServiceTest, ATagHoldsItsPhotosNewestFirst) {
  const PhotoId first = people().photo(mei_, {.tags = {"harbour", "boat"}});
  people().photo(mei_, {.tags = {"harbour-wall"}});
  const PhotoId second = people().photo(ada_, {.tags = {"harbour"}});
  EXPECT_EQ(tagged(ada_, "harbour"), (Ids{second, first}));
  EXPECT_EQ(tagged({}, "boat"), Ids{first});
  EXPECT_EQ(tagged({}, "train"), Ids{});
  EXPECT_EQ(tagged({}, ""), Ids{});
}

TEST_P(PhotoListServiceTest, ATagIsTakenAsPeopleTypeIt) {
  const PhotoId photo = people().photo(mei_, {.tags = {"old-harbour"}});
  for (const char* typed : {"old-harbour", "#Old-Harbour", "  Old  Harbour ", "OLD harbour"}) {
    EXPECT_EQ(tagged({}, typed), Ids{photo}) << typed;
  }
}

TEST_P(PhotoListServiceTest, ATagShowsWhatTheViewerMaySee) {
  const AccountId shy = people().join("shy", "", true);
  const AccountId cross = people().join("cross");
  const AccountId gone = people().join("gone");
  const std::vector<std::string> tags = {"sea"};
  const PhotoId everyone = people().photo(mei_, {.tags = tags});
  const PhotoId followers =
      people().photo(mei_, {.visibility = Visibility::followers, .tags = tags});
  const PhotoId own = people().photo(mei_, {.visibility = Visibility::only_me, .tags = tags});
  people().photo(mei_, {.state = PhotoState::held, .tags = tags});
  people().photo(mei_, {.state = PhotoState::classifying, .tags = tags});
  const PhotoId of_shy = people().photo(shy, {.tags = tags});
  const PhotoId of_cross = people().photo(cross, {.tags = tags});
  people().photo(gone, {.tags = tags});
  people().block(cross, ada_);
  people().set_state(gone, accounts::AccountState::suspended);
  EXPECT_EQ(tagged({}, "sea"), (Ids{of_cross, everyone}));
  EXPECT_EQ(tagged(ada_, "sea"), Ids{everyone});
  EXPECT_EQ(tagged(mei_, "sea"), (Ids{of_cross, own, followers, everyone}));
  people().follow(ada_, shy);
  people().follow(ada_, mei_);
  EXPECT_EQ(tagged(ada_, "sea"), (Ids{of_shy, followers, everyone}));
}

// Much that one may not see stands between the few that one may: nothing is missing, no page is
// too long, and the walk ends.
TEST_P(PhotoListServiceTest, PagesOfATagGoOnBehindWhatIsHidden) {
  const std::vector<std::string> tags = {"sea"};
  Ids shown;
  for (int i = 0; i < 60; ++i) {
    const bool hidden = i % 20 != 0;
    const PhotoId photo = people().photo(
        mei_, {.visibility = hidden ? Visibility::only_me : Visibility::everyone, .tags = tags});
    if (!hidden) shown.insert(shown.begin(), photo);
  }
  for (const int limit : {1, 2, 3, 100}) {
    EXPECT_EQ(walked(limit,
                     [&](const PageRequest& page) {
                       return lists().tagged(people().as(ada_), "sea", page);
                     }),
              shown)
        << limit;
  }
}

TEST_P(PhotoListServiceTest, NewPhotosDoNotDisturbAWalkThroughATag) {
  Ids before;
  for (int i = 0; i < 9; ++i) {
    before.insert(before.begin(), people().photo(mei_, {.tags = {"sea"}}));
  }
  const Ids seen = walked(2, [&](const PageRequest& page) {
    people().photo(mei_, {.tags = {"sea"}});
    return lists().tagged(people().as(ada_), "sea", page);
  });
  ASSERT_EQ(seen.size(), before.size() + 1);  // and the one that came before the first page
  EXPECT_EQ(Ids(seen.begin() + 1, seen.end()), before);
}

TEST_P(PhotoListServiceTest, WhatOneLikedComesNewestLikeFirst) {
  Ids photos;
  for (int i = 0; i < 5; ++i) photos.push_back(people().photo(mei_));
  Ids expected;
  for (const std::size_t i : {2U, 0U, 4U, 1U}) {
    like(ada_, photos[i]);
    expected.insert(expected.begin(), photos[i]);
  }
  like(mei_, photos[3]);
  EXPECT_EQ(liked(ada_), expected);
  EXPECT_EQ(liked(mei_), Ids{photos[3]});
  for (const int limit : {1, 3, 100}) {
    EXPECT_EQ(
        walked(limit,
               [&](const PageRequest& page) { return lists().liked(people().as(ada_), page); }),
        expected)
        << limit;
  }
  ASSERT_TRUE(people().like(ada_, photos[4], false));
  EXPECT_EQ(liked(ada_), (Ids{photos[1], photos[0], photos[2]}));
}

TEST_P(PhotoListServiceTest, LikesAtTheSameInstantAreWalkedOnceEach) {
  Ids photos;
  for (int i = 0; i < 6; ++i) photos.insert(photos.begin(), people().photo(mei_));
  for (const PhotoId photo : photos) ASSERT_TRUE(people().like(ada_, photo));
  EXPECT_EQ(
      walked(2, [&](const PageRequest& page) { return lists().liked(people().as(ada_), page); }),
      photos);
}

TEST_P(PhotoListServiceTest, WhatIsNoLongerVisibleIsNoLongerAmongOnesLikes) {
  const AccountId cross = people().join("cross");
  const PhotoId kept = people().photo(mei_);
  const PhotoId hidden = people().photo(mei_);
  const PhotoId held = people().photo(mei_);
  const PhotoId blocked = people().photo(cross);
  for (const PhotoId photo : {kept, hidden, held, blocked}) like(ada_, photo);
  people().set_visibility(hidden, Visibility::followers);
  ASSERT_TRUE(people().withdraw(held, PhotoState::held));
  people().block(cross, ada_);
  EXPECT_EQ(liked(ada_), Ids{kept});
  people().follow(ada_, mei_);
  EXPECT_EQ(liked(ada_), (Ids{hidden, kept})) << "it is there again where it may be seen";
}

}  // namespace
}  // namespace picsharz::feed
