// Similar photos and near duplicates on both engines, with embeddings that a test makes up: the
// first number is what two photos have in common, the second what they have not.

#include "features/similar/similar_service.h"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>

#include "features/photos/photo_edit_store.h"
#include "features/similar/duplicate_service.h"
#include "support/people_fixture.h"
#include "support/test_database.h"

namespace picsharz::similar {
namespace {

using photos::PhotoState;
using photos::Visibility;
using test::ids_of;
using test::PeopleFixture;
using Ids = std::vector<PhotoId>;

constexpr const char* model = "classes@1+aaaaaaaa";

// Its cosine with likeness(1) is `cosine`; the rest points along `axis`.
vision::Embedding embedding(double cosine, std::size_t axis = 1) {
  std::vector<float> numbers(1280, 0.0F);
  // Spread over many numbers, as those of a model are: 64 a direction.
  for (std::size_t i = 0; i < 64; ++i) {
    numbers[i] = static_cast<float>(cosine);
    numbers[64 * axis + i] = static_cast<float>(std::sqrt(1 - cosine * cosine));
  }
  return vision::embedding_of(numbers);
}

class SimilarTest : public test::DatabaseSuite {
 protected:
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    people_ = std::make_unique<PeopleFixture>(db());
    changes_ = std::make_unique<db::ChangeLog>(db(), people_->clock);
    duplicates_ = std::make_unique<DuplicateService>(db());
    similar_ = std::make_unique<SimilarService>(db(), people_->cards, people_->clock);
    changes_->add(*similar_);
    changes_->poll();
    mei_ = people_->join("mei");
    ana_ = people_->join("ana");
  }
  void TearDown() override {
    similar_.reset();
    duplicates_.reset();
    changes_.reset();
    people_.reset();
    DatabaseSuite::TearDown();
  }

  struct Draft {
    double cosine = 1;
    std::size_t axis = 1;
    std::string by = model;
    std::optional<std::uint64_t> phash{};
    Visibility visibility = Visibility::everyone;
    PhotoState state = PhotoState::published;
  };
  PhotoId photo(AccountId owner, const Draft& draft) {
    const PhotoId id =
        people_->photo(owner, {.visibility = draft.visibility, .state = draft.state});
    db().write([&](db::Tx& tx) {
      if (draft.phash) {
        tx.exec("UPDATE photos SET phash = $2 WHERE id = $1", id,
                static_cast<std::int64_t>(*draft.phash));
      }
      photos::Likeness likeness;
      if (!draft.by.empty()) likeness = {draft.by, embedding(draft.cosine, draft.axis)};
      duplicates_->developed(tx, id, likeness);
    });
    return id;
  }
  PhotoId hashed(AccountId owner, std::uint64_t phash) {
    return photo(owner, {.by = "", .phash = phash});
  }
  Viewer as(AccountId who) const { return people_->as(who); }
  // As a second later: the log has told.
  Ids similar(const Viewer& viewer, PhotoId id) {
    changes_->poll();
    const auto page = similar_->find(viewer, id);
    return page ? ids_of(*page) : Ids{PhotoId{-1}};
  }
  Ids duplicates(const Viewer& viewer, PhotoId id) {
    const auto page = duplicates_->list(viewer, id);
    return page ? ids_of(*page) : Ids{PhotoId{-1}};
  }

  std::unique_ptr<PeopleFixture> people_;
  std::unique_ptr<db::ChangeLog> changes_;
  std::unique_ptr<DuplicateService> duplicates_;
  std::unique_ptr<SimilarService> similar_;
  AccountId mei_;
  AccountId ana_;
};
ON_BOTH_ENGINES(SimilarTest);

constexpr std::uint64_t hash = 0xf0f0'a5a5'3c3c'9696;
constexpr std::uint64_t hash_near = hash ^ 0x0101'0101'0101'0101;  // 8 bits
constexpr std::uint64_t hash_far = hash ^ 0x0107'0101'0101'0103;   // 11 bits
const Ids none;
const Ids refused{PhotoId{-1}};

TEST_P(SimilarTest, TheMostAlikeComeFirstAndWhatIsNotAlikeNotAtAll) {
  const PhotoId asked = photo(mei_, {});
  const PhotoId some = photo(ana_, {.cosine = 0.6, .axis = 2});
  photo(ana_, {.cosine = 0.4, .axis = 3});
  const PhotoId more = photo(ana_, {.cosine = 0.9, .axis = 4});
  EXPECT_EQ(similar({}, asked), (Ids{more, some}));
  EXPECT_EQ(similar(as(mei_), asked), (Ids{more, some}));
}

TEST_P(SimilarTest, NoMoreThanTwelveAreShown) {
  const PhotoId asked = photo(mei_, {});
  for (int i = 0; i < 14; ++i) photo(ana_, {.cosine = 0.9});
  EXPECT_EQ(similar({}, asked).size(), 12u);
}

TEST_P(SimilarTest, OnlyWhatTheViewerMaySee) {
  const PhotoId asked = photo(mei_, {});
  const PhotoId followers = photo(ana_, {.cosine = 0.9, .visibility = Visibility::followers});
  const PhotoId own = photo(ana_, {.cosine = 0.8, .visibility = Visibility::only_me});
  const PhotoId shown = photo(ana_, {.cosine = 0.7});
  photo(ana_, {.cosine = 0.9, .state = PhotoState::held});
  photo(ana_, {.cosine = 0.9, .state = PhotoState::removed});
  const AccountId fan = people_->join("fan");
  people_->follow(fan, ana_);
  EXPECT_EQ(similar({}, asked), Ids{shown});
  EXPECT_EQ(similar(as(mei_), asked), Ids{shown});
  EXPECT_EQ(similar(as(fan), asked), (Ids{followers, shown}));
  EXPECT_EQ(similar(as(ana_), asked), (Ids{followers, own, shown}));
  EXPECT_EQ(similar(people_->as(mei_, Role::moderator), asked), Ids{shown});
  people_->block(ana_, mei_);
  EXPECT_EQ(similar(as(mei_), asked), none);
}

TEST_P(SimilarTest, APhotoThatTheViewerMayNotSeeHasNoAnswer) {
  const PhotoId hidden = photo(mei_, {.visibility = Visibility::only_me});
  const PhotoId shown = photo(ana_, {});
  EXPECT_EQ(similar(as(ana_), hidden), refused);
  EXPECT_EQ(similar(as(ana_), PhotoId{1}), refused);
  EXPECT_EQ(similar(as(mei_), hidden), Ids{shown});
}

TEST_P(SimilarTest, WhoHidesManyCopiesHidesNobodyElsesPhotos) {
  const PhotoId asked = photo(mei_, {});
  for (int i = 0; i < 300; ++i) photo(ana_, {.cosine = 1, .visibility = Visibility::only_me});
  const PhotoId shown = photo(ana_, {.cosine = 0.9});
  EXPECT_EQ(similar({}, asked), Ids{shown});
}

TEST_P(SimilarTest, WhatIsPublishedHeldOrDeletedLaterIsNoticed) {
  const PhotoId asked = photo(mei_, {});
  EXPECT_EQ(similar({}, asked), none);
  const PhotoId late = photo(ana_, {.cosine = 0.9});
  const PhotoId held = photo(ana_, {.cosine = 0.8, .state = PhotoState::held});
  EXPECT_EQ(similar({}, asked), Ids{late});
  db().write([&](db::Tx& tx) {
    photos::PhotoStore().decide(tx, held, PhotoState::published, "");
    photos::PhotoEditStore().erase(tx, late);
  });
  EXPECT_EQ(similar({}, asked), Ids{held});
  EXPECT_EQ(similar_->remembered(), 2u);
  EXPECT_EQ(people_->number("SELECT count(*) FROM photo_sketches"), 2);
  EXPECT_EQ(people_->number("SELECT count(*) FROM photo_embeddings"), 2);
}

TEST_P(SimilarTest, EmbeddingsOfAnotherModelDoNotCompare) {
  const PhotoId asked = photo(mei_, {});
  photo(ana_, {.cosine = 1, .by = "classes@2+bbbbbbbb"});
  const PhotoId same = photo(ana_, {.cosine = 0.6});
  EXPECT_EQ(similar({}, asked), Ids{same});
}

TEST_P(SimilarTest, WithoutEmbeddingsTheHashFindsCopies) {
  const PhotoId asked = hashed(mei_, hash);
  const PhotoId near = hashed(ana_, hash_near);
  const PhotoId with_both = photo(ana_, {.phash = hash});
  hashed(ana_, hash_far);
  EXPECT_EQ(similar({}, asked), (Ids{with_both, near}));
  EXPECT_EQ(similar({}, with_both), (Ids{asked, near}));  // no embedding to compare with
}

TEST_P(SimilarTest, AHashOfNextToNothingFindsNothing) {
  const PhotoId asked = hashed(mei_, 1);
  hashed(mei_, 1);
  EXPECT_EQ(similar({}, asked), none);
}

TEST_P(SimilarTest, MemoryIsGivenBackWhenNobodyAsks) {
  const PhotoId asked = photo(mei_, {});
  const PhotoId other = photo(ana_, {});
  EXPECT_EQ(similar({}, asked), Ids{other});
  EXPECT_EQ(similar_->remembered(), 2u);
  people_->clock.advance(11 * minute);
  const PhotoId late = photo(ana_, {.cosine = 0.9});
  changes_->poll();
  EXPECT_EQ(similar_->remembered(), 0u);
  EXPECT_EQ(similar({}, asked), (Ids{other, late}));
}

TEST_P(SimilarTest, TheNewerOfTwoTellsItsOwnerAlone) {
  const PhotoId older = photo(mei_, {});
  const PhotoId newer = photo(mei_, {.cosine = 0.85});
  const PhotoId unlike = photo(mei_, {.cosine = 0.75, .axis = 2});
  const PhotoId foreign = photo(ana_, {});
  EXPECT_EQ(duplicates(as(mei_), newer), Ids{older});
  EXPECT_EQ(duplicates(as(mei_), older), none);
  EXPECT_EQ(duplicates(as(mei_), unlike), none);
  EXPECT_EQ(duplicates(as(ana_), foreign), none);  // of others' photos nothing is told
  EXPECT_EQ(duplicates(as(ana_), newer), refused);
  EXPECT_EQ(duplicates(people_->as(ana_, Role::administrator), newer), refused);
  EXPECT_EQ(duplicates(as(mei_), PhotoId{1}), refused);
}

TEST_P(SimilarTest, DuplicatesAreFoundByTheirHashAsWell) {
  const PhotoId older = hashed(mei_, hash);
  const PhotoId newer = hashed(mei_, hash_near);
  EXPECT_EQ(duplicates(as(mei_), newer), Ids{older});
  EXPECT_EQ(duplicates(as(mei_), hashed(mei_, ~hash)), none);
}

TEST_P(SimilarTest, WhichWasDevelopedFirstDoesNotMatter) {
  const PhotoId older = people_->photo(mei_);
  const PhotoId newer = photo(mei_, {});
  EXPECT_EQ(duplicates(as(mei_), newer), none);
  db().write([&](db::Tx& tx) { duplicates_->developed(tx, older, {model, embedding(1)}); });
  EXPECT_EQ(duplicates(as(mei_), newer), Ids{older});
}

TEST_P(SimilarTest, ARemovedPhotoIsNobodysDuplicate) {
  photo(mei_, {.state = PhotoState::removed});
  const PhotoId held = photo(mei_, {.state = PhotoState::held});
  const PhotoId newer = photo(mei_, {});
  EXPECT_EQ(duplicates(as(mei_), newer), Ids{held});
  ASSERT_TRUE(people_->withdraw(newer, PhotoState::removed));
  EXPECT_EQ(duplicates(as(mei_), newer), none);
}

TEST_P(SimilarTest, KeptOrDeletedTheyAreNotToldAgain) {
  const PhotoId first = photo(mei_, {});
  const PhotoId second = photo(mei_, {});
  const PhotoId third = photo(mei_, {});
  EXPECT_EQ(duplicates(as(mei_), third), (Ids{first, second}));
  EXPECT_FALSE(duplicates_->keep(as(ana_), third));
  db().write([&](db::Tx& tx) { photos::PhotoEditStore().erase(tx, first); });
  EXPECT_EQ(duplicates(as(mei_), third), Ids{second});
  EXPECT_EQ(duplicates(as(mei_), second), none);
  ASSERT_TRUE(duplicates_->keep(as(mei_), third));
  EXPECT_EQ(duplicates(as(mei_), third), none);
}

}  // namespace
}  // namespace picsharz::similar
