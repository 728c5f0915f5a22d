#include "features/collections/collection_service.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <thread>

#include "features/collections/collection_rules.h"
#include "features/photos/photo_edit_store.h"
#include "support/people_fixture.h"
#include "support/test_database.h"

namespace picsharz::collections {
namespace {

using photos::PhotoState;
using photos::Visibility;
using test::PeopleFixture;
using Ids = std::vector<PhotoId>;

class CollectionServiceTest : public test::DatabaseSuite {
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
  CollectionService& collections() { return people_->collections; }
  Viewer as(AccountId account) { return people_->as(account); }
  CollectionId make(AccountId owner, const std::string& name = "Harbours",
                    Visibility visibility = Visibility::everyone) {
    CollectionEdit wanted;
    wanted.name = name;
    wanted.visibility = visibility;
    return collections().create(as(owner), wanted).value().collection.id;
  }
  Ids photos(AccountId viewer, CollectionId id, int limit = 20) {
    Ids seen;
    for (const photos::PhotoView& view : test::walk(limit, [&](const PageRequest& page) {
           return collections().photos(as(viewer), id, page).value();
         })) {
      seen.push_back(view.photo.id);
    }
    return seen;
  }
  std::vector<std::string> names(AccountId viewer, std::string_view owner) {
    const auto page = collections().of_owner(as(viewer), owner, {}).value();
    std::vector<std::string> found;
    for (const CollectionView& view : page.items) found.push_back(view.collection.name);
    return found;
  }
  template <class T>
  static std::string code(const Result<T>& result) {
    return result ? "none" : result.error().code;
  }

  AccountId mei_, ada_;

 private:
  std::optional<PeopleFixture> people_;
};
ON_BOTH_ENGINES(CollectionServiceTest);

TEST_P(CollectionServiceTest, HoldsPhotosInTheOrderInWhichTheyWereAddedEachOnce) {
  const CollectionId id = make(mei_);
  Ids added;
  for (int i = 0; i < 5; ++i) added.push_back(people().photo(i % 2 ? mei_ : ada_));
  std::ranges::reverse(added);
  for (const PhotoId photo : added) {
    ASSERT_TRUE(collections().add(as(mei_), id, photo));
    ASSERT_TRUE(collections().add(as(mei_), id, added.front())) << "again is nothing new";
  }
  for (const int limit : {1, 2, 5, 100}) EXPECT_EQ(photos(ada_, id, limit), added) << limit;
  for (int again = 0; again < 2; ++again) {
    ASSERT_TRUE(collections().take_out(as(mei_), id, added[1]));
  }
  EXPECT_EQ(photos(ada_, id), (Ids{added[0], added[2], added[3], added[4]}));
}

TEST_P(CollectionServiceTest, IsOrderedAnewAndWhatIsNotNamedComesBehind) {
  const CollectionId id = make(mei_);
  Ids added;
  for (int i = 0; i < 5; ++i) {
    added.push_back(people().photo(mei_));
    ASSERT_TRUE(collections().add(as(mei_), id, added.back()));
  }
  const PhotoId stranger = people().photo(ada_);
  const Ids wanted = {added[4], stranger, added[1]};
  ASSERT_TRUE(collections().order(as(mei_), id, wanted));
  EXPECT_EQ(photos(ada_, id, 2), (Ids{added[4], added[1], added[0], added[2], added[3]}));
  ASSERT_TRUE(collections().add(as(mei_), id, stranger));
  EXPECT_EQ(photos(ada_, id).back(), stranger);
}

TEST_P(CollectionServiceTest, IsSeenByTheRulesOfAPhoto) {
  const CollectionId everyone = make(mei_, "everyone");
  const CollectionId followers = make(mei_, "followers", Visibility::followers);
  const CollectionId own = make(mei_, "own", Visibility::only_me);
  const AccountId fan = people().join("fan");
  const AccountId rude = people().join("rude");
  const AccountId cross = people().join("cross");
  people().follow(fan, mei_);
  people().block(mei_, rude);
  people().block(cross, mei_);
  struct Case {
    Viewer viewer;
    std::vector<std::string> names;
  };
  const auto expect_seen = [&](const std::vector<Case>& cases) {
    for (const auto& [viewer, seen] : cases) {
      for (const auto& [id, name] : {std::pair{everyone, "everyone"},
                                     std::pair{followers, "followers"}, std::pair{own, "own"}}) {
        const bool visible = std::ranges::count(seen, name) > 0;
        EXPECT_EQ(collections().find(viewer, id).has_value(), visible) << name;
        EXPECT_EQ(collections().photos(viewer, id, {}).has_value(), visible) << name;
      }
    }
  };
  expect_seen({{{}, {"everyone"}},
               {as(ada_), {"everyone"}},
               {people().as(ada_, Role::administrator), {"everyone"}},
               {as(fan), {"everyone", "followers"}},
               {as(mei_), {"everyone", "followers", "own"}},
               {as(rude), {}},
               {as(cross), {}}});
  EXPECT_EQ(names(fan, "mei"), (std::vector<std::string>{"followers", "everyone"}));
  EXPECT_EQ(names(mei_, "mei"), (std::vector<std::string>{"own", "followers", "everyone"}));
  EXPECT_EQ(names({}, "mei"), std::vector<std::string>{"everyone"});
  people().set_private(mei_, true);
  expect_seen({{{}, {}}, {as(ada_), {}}, {as(fan), {"everyone", "followers"}}});
  people().set_state(mei_, accounts::AccountState::suspended);
  expect_seen({{{}, {}}, {as(fan), {}}});
}

TEST_P(CollectionServiceTest, ShowsOfItsPhotosWhatTheViewerMaySee) {
  const CollectionId id = make(mei_);
  const PhotoId shown = people().photo(ada_);
  const PhotoId followers = people().photo(mei_, {.visibility = Visibility::followers});
  const PhotoId own = people().photo(mei_, {.visibility = Visibility::only_me});
  const PhotoId later_held = people().photo(ada_);
  const PhotoId last = people().photo(mei_);
  for (const PhotoId photo : {own, followers, later_held, shown, last}) {
    ASSERT_TRUE(collections().add(as(mei_), id, photo));
  }
  ASSERT_TRUE(people().withdraw(later_held, PhotoState::held));
  EXPECT_EQ(photos(mei_, id, 1), (Ids{own, followers, shown, last}));
  EXPECT_EQ(photos(ada_, id, 1), (Ids{shown, last}));
  EXPECT_EQ(collections().find(as(mei_), id)->cover->photo.id, own);
  EXPECT_EQ(collections().find({}, id)->cover->photo.id, shown);
  people().follow(ada_, mei_);
  EXPECT_EQ(photos(ada_, id, 2), (Ids{followers, shown, last}));
  EXPECT_EQ(collections().of_owner(as(ada_), "mei", {})->items.at(0).cover->photo.id, followers);
}

TEST_P(CollectionServiceTest, TakesWhatItsOwnerMaySee) {
  const CollectionId id = make(mei_);
  const AccountId cross = people().join("cross");
  people().block(cross, mei_);
  for (const PhotoId photo :
       {people().photo(ada_, {.visibility = Visibility::followers}), people().photo(cross),
        people().photo(ada_, {.state = PhotoState::held}), PhotoId{1}}) {
    EXPECT_EQ(code(collections().add(as(mei_), id, photo)), "not_found");
    EXPECT_EQ(code(collections().save(as(mei_), photo, true)), "not_found");
    EXPECT_EQ(code(collections().around(as(mei_), photo)), "not_found");
  }
  EXPECT_EQ(people().number("SELECT count(*) FROM collection_photos"), 0);
}

TEST_P(CollectionServiceTest, IsChangedByItsOwnerAlone) {
  const CollectionId open = make(mei_);
  const CollectionId hidden = make(mei_, "Mine", Visibility::only_me);
  const PhotoId photo = people().photo(ada_);
  CollectionEdit edit;
  edit.name = "Theirs";
  for (const Role role : {Role::member, Role::administrator}) {
    const Viewer stranger = people().as(ada_, role);
    for (const auto& [id, refusal] : {std::pair{open, "forbidden"}, std::pair{hidden, "not_found"},
                                      std::pair{CollectionId{1}, "not_found"}}) {
      EXPECT_EQ(code(collections().edit(stranger, id, edit)), refusal);
      EXPECT_EQ(code(collections().remove(stranger, id)), refusal);
      EXPECT_EQ(code(collections().add(stranger, id, photo)), refusal);
      EXPECT_EQ(code(collections().take_out(stranger, id, photo)), refusal);
      EXPECT_EQ(code(collections().order(stranger, id, {})), refusal);
    }
  }
  edit.visibility = Visibility::followers;
  const auto changed = collections().edit(as(mei_), open, edit);
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->collection.name, "Theirs");
  EXPECT_EQ(changed->collection.visibility, Visibility::followers);
  ASSERT_TRUE(collections().add(as(mei_), open, photo));
  ASSERT_TRUE(collections().remove(as(mei_), open));
  EXPECT_EQ(code(collections().find(as(mei_), open)), "not_found");
  EXPECT_EQ(people().number("SELECT count(*) FROM collection_photos"), 0);
  EXPECT_TRUE(people().cards.find(as(ada_), photo)) << "the photo stays";
}

TEST_P(CollectionServiceTest, WhatIsSavedIsNewestFirstAndForOneself) {
  Ids saved;
  for (int i = 0; i < 4; ++i) {
    const PhotoId photo = people().photo(i % 2 ? ada_ : mei_);
    ASSERT_TRUE(collections().save(as(ada_), photo, true));
    ASSERT_TRUE(collections().save(as(ada_), photo, true)) << "again is nothing new";
    saved.insert(saved.begin(), photo);
  }
  const auto seen = [&](AccountId who) {
    Ids ids;
    for (const photos::PhotoView& view : test::walk(
             3, [&](const PageRequest& page) { return collections().saved(as(who), page); })) {
      ids.push_back(view.photo.id);
    }
    return ids;
  };
  EXPECT_EQ(seen(ada_), saved);
  EXPECT_EQ(seen(mei_), Ids{});
  EXPECT_TRUE(collections().around(as(ada_), saved[1])->saved);
  EXPECT_FALSE(collections().around(as(mei_), saved[1])->saved);
  const Ids asked{saved[3], PhotoId{1}, saved[1]};
  EXPECT_EQ(Ids(collections().saved_among(as(mei_), asked)), Ids{});
  Ids among = collections().saved_among(as(ada_), asked);
  std::ranges::sort(among);
  EXPECT_EQ(among, (Ids{saved[3], saved[1]})) << "the oldest has the lowest id";
  for (int again = 0; again < 2; ++again) {
    ASSERT_TRUE(collections().save(as(ada_), saved[1], false));
  }
  people().set_visibility(saved[3], Visibility::only_me);
  EXPECT_EQ(seen(ada_), (Ids{saved[0], saved[2]}));
  EXPECT_TRUE(names(ada_, "ada").empty()) << "it is in no list";
}

TEST_P(CollectionServiceTest, WhatIsSavedIsNoCollectionForOthersAndNobodyChangesIt) {
  const PhotoId photo = people().photo(mei_);
  ASSERT_TRUE(collections().save(as(ada_), photo, true));
  const CollectionId id{people().number("SELECT id FROM collections WHERE saved = 1")};
  for (const Viewer& viewer : {Viewer{}, as(mei_), people().as(mei_, Role::administrator)}) {
    EXPECT_EQ(code(collections().find(viewer, id)), "not_found");
    EXPECT_EQ(code(collections().photos(viewer, id, {})), "not_found");
  }
  CollectionEdit open;
  open.visibility = Visibility::everyone;
  EXPECT_EQ(code(collections().edit(as(ada_), id, open)), "built_in");
  EXPECT_EQ(code(collections().remove(as(ada_), id)), "built_in");
  EXPECT_EQ(code(collections().find(as(mei_), id)), "not_found");
}

TEST_P(CollectionServiceTest, TellsWhichOfOnesOwnHoldAPhoto) {
  const CollectionId first = make(ada_, "first");
  const CollectionId second = make(ada_, "second", Visibility::only_me);
  make(mei_, "another's");
  const PhotoId photo = people().photo(mei_);
  ASSERT_TRUE(collections().add(as(ada_), first, photo));
  const auto own = collections().around(as(ada_), photo).value();
  ASSERT_EQ(own.collections.size(), 2U);
  EXPECT_EQ(own.collections[0].id, second);
  EXPECT_FALSE(own.collections[0].holds);
  EXPECT_EQ(own.collections[1].name, "first");
  EXPECT_TRUE(own.collections[1].holds);
  EXPECT_FALSE(own.saved);
}

TEST_P(CollectionServiceTest, AnErasedPhotoIsGoneFromEveryCollection) {
  const CollectionId id = make(mei_);
  const PhotoId photo = people().photo(ada_);
  ASSERT_TRUE(collections().add(as(mei_), id, photo));
  ASSERT_TRUE(collections().save(as(mei_), photo, true));
  db().write([&](db::Tx& tx) { photos::PhotoEditStore().erase(tx, photo); });
  EXPECT_EQ(people().number("SELECT count(*) FROM collection_photos"), 0);
  EXPECT_EQ(photos(mei_, id), Ids{});
}

TEST_P(CollectionServiceTest, ThereIsRoomForSoMany) {
  CollectionEdit wanted;
  wanted.name = "One of many";
  for (int i = 0; i < collections_max; ++i) ASSERT_TRUE(collections().create(as(mei_), wanted));
  EXPECT_EQ(code(collections().create(as(mei_), wanted)), "too_many_collections");
  EXPECT_TRUE(collections().create(as(ada_), wanted));
  EXPECT_TRUE(collections().save(as(mei_), people().photo(ada_), true));
  const auto all = test::walk(30, [&](const PageRequest& page) {
    return collections().of_owner(as(ada_), "mei", page).value();
  });
  EXPECT_EQ(all.size(), static_cast<std::size_t>(collections_max));
}

// Two hands of one person, and more: each photo is there once, whatever was first.
TEST_P(CollectionServiceTest, ManyChangesAtOnceLeaveEachPhotoOnce) {
  const CollectionId id = make(mei_);
  Ids all;
  for (int i = 0; i < 6; ++i) all.push_back(people().photo(ada_));
  db().reopen(8);
  std::vector<std::thread> threads;
  for (unsigned seed = 0; seed < 8; ++seed) {
    threads.emplace_back([&, seed] {
      std::mt19937 random(seed);
      for (int round = 0; round < 15; ++round) {
        const PhotoId photo = all[random() % all.size()];
        switch (random() % 4) {
          case 0:
            EXPECT_TRUE(collections().take_out(as(mei_), id, photo));
            break;
          case 1:
            EXPECT_TRUE(collections().order(as(mei_), id, Ids{photo}));
            break;
          case 2:
            EXPECT_TRUE(collections().save(as(mei_), photo, random() % 2 == 0));
            break;
          default:
            EXPECT_TRUE(collections().add(as(mei_), id, photo));
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(people().number("SELECT count(*) FROM collections WHERE saved = 1"), 1);
  for (const PhotoId photo : all) ASSERT_TRUE(collections().add(as(mei_), id, photo));
  Ids held = photos(ada_, id, 2);
  std::ranges::sort(held);
  EXPECT_EQ(held, all);
}

template <class Read>
std::string refused_field(std::string_view json, Read&& read) {
  JsonObject body = JsonObject::parse(json).value();
  const auto result = read(body);
  return result ? "" : result.error().fields.at(0).field;
}

TEST(CollectionRules, NamesTheFieldThatIsWrong) {
  EXPECT_EQ(refused_field(R"({"name": " Harbours "})", read_new), "");
  EXPECT_EQ(refused_field(R"({})", read_new), "name");
  EXPECT_EQ(refused_field(R"({"name": "  "})", read_new), "name");
  EXPECT_EQ(refused_field(R"({"name": "a", "visibility": "friends"})", read_new), "visibility");
  EXPECT_EQ(refused_field(R"({})", read_edit), "");
  EXPECT_EQ(refused_field(R"({"saved": true})", read_edit), "saved");
  EXPECT_EQ(refused_field(R"({"name": ")" + std::string(101, 'x') + R"("})", read_edit), "name");
}

TEST(CollectionRules, AnOrderNamesEachPhotoOnce) {
  EXPECT_EQ(refused_field(R"({"photos": ["12", "7"]})", read_order), "");
  for (const char* json : {R"({})", R"({"photos": ["x"]})", R"({"photos": ["12", "12"]})"}) {
    EXPECT_EQ(refused_field(json, read_order), "photos") << json;
  }
}

}  // namespace
}  // namespace picsharz::collections
