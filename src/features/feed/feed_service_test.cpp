#include "features/feed/feed_service.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <set>
#include <utility>

#include "support/people_fixture.h"
#include "support/query_plan.h"
#include "support/test_database.h"

namespace picsharz::feed {
namespace {

using accounts::AccountState;
using photos::PhotoState;
using photos::Visibility;
using test::ids_of;
using test::PeopleFixture;
using Ids = std::vector<PhotoId>;

unsigned chosen_seed() {
  const char* again = std::getenv("PICSHARZ_SEED");
  return again ? static_cast<unsigned>(std::strtoul(again, nullptr, 10)) : std::random_device{}();
}

// ---- The naive model: the rules, over plain sets, by looking at everything.

struct ModelPerson {
  AccountId id;
  std::string handle;
  bool is_private = false;
  bool active = true;
};

struct ModelPhoto {
  PhotoId id;
  std::size_t owner = 0;
  Visibility visibility = Visibility::everyone;
  bool published = true;
  std::size_t tag = 0;
};

using Pair = std::pair<std::size_t, std::size_t>;  // who, whom

struct Model {
  std::vector<ModelPerson> people;
  std::vector<ModelPhoto> photos;  // oldest first
  std::set<Pair> follows;
  std::set<Pair> requests;
  std::set<Pair> blocks;
  std::set<Pair> mutes;

  bool blocked_either_way(std::size_t one, std::size_t other) const {
    return blocks.contains({one, other}) || blocks.contains({other, one});
  }
  bool may_see(std::size_t viewer, const ModelPhoto& photo) const {
    const ModelPerson& owner = people[photo.owner];
    if (!photo.published) return false;
    if (photo.owner == viewer) return true;
    if (!owner.active || blocked_either_way(viewer, photo.owner)) return false;
    if (photo.visibility == Visibility::everyone && !owner.is_private) return true;
    return photo.visibility != Visibility::only_me && follows.contains({viewer, photo.owner});
  }
  bool in_home(std::size_t viewer, const ModelPhoto& photo) const {
    return follows.contains({viewer, photo.owner}) && !mutes.contains({viewer, photo.owner}) &&
           may_see(viewer, photo);
  }
  bool in_recent(std::size_t viewer, const ModelPhoto& photo) const {
    return photo.visibility == Visibility::everyone && !people[photo.owner].is_private &&
           may_see(viewer, photo);
  }
};

// ---- One reader who walks a feed, page by page, while the world changes.

enum class List { home, recent, tag, owner };

struct Reader {
  std::size_t viewer = 0;
  List list = List::home;
  std::size_t of = 0;  // which tag, or whose photos
  int limit = 1;
  std::optional<Position> after;
  bool done = false;
  Ids seen;
  std::set<PhotoId> owed;  // visible when the walk began, and ever since
};

// ---- The world: does the same to the model and to the database, and compares what they answer.

class FeedWorld {
 public:
  FeedWorld(db::Database& database, unsigned seed) : people_(database), random_(seed) {
    for (std::size_t i = 0; i < person_count; ++i) {
      const std::string handle = "person" + std::to_string(i);
      const bool is_private = i % 5 == 0;
      model_.people.push_back({people_.join(handle, "", is_private), handle, is_private});
    }
    for (int i = 0; i < 150; ++i) follow();
    for (int i = 0; i < 80; ++i) publish();
  }

  void step() {
    switch (pick(18)) {
      case 0:
      case 1:
        follow();
        break;
      case 2:
        unfollow();
        break;
      case 3:
        block();
        break;
      case 4:
        unblock();
        break;
      case 5:
        decide();
        break;
      case 6:
        toggle_private();
        break;
      case 7:
        toggle_active();
        break;
      case 8:
        withdraw();
        break;
      case 9:
        change_visibility();
        break;
      case 10:
      case 11:
        publish();
        break;
      case 12:
        start_reader();
        break;
      case 13:
        mute();
        break;
      case 14:
        unmute();
        break;
      default:
        turn_page();
        break;
    }
    settle_debts();
  }

  // Everybody reads to the end.
  void finish() {
    for (Reader& reader : readers_) {
      while (!reader.done && !::testing::Test::HasFailure()) {
        if (reader.list == List::owner && !shows_profile(reader)) break;
        turn_page(reader);
      }
    }
  }

  int pages() const { return pages_; }
  std::size_t shown() const { return shown_; }

 private:
  static constexpr std::size_t person_count = 25;
  static constexpr std::size_t tag_count = 3;
  static constexpr std::size_t readers_max = 6;

  std::size_t pick(std::size_t below) {
    return std::uniform_int_distribution<std::size_t>(0, below - 1)(random_);
  }
  Pair two_people() {
    const std::size_t one = pick(person_count);
    return {one, (one + 1 + pick(person_count - 1)) % person_count};
  }
  template <class Set>
  std::optional<Pair> one_of(const Set& pairs) {
    if (pairs.empty()) return std::nullopt;
    return *std::next(pairs.begin(), static_cast<std::ptrdiff_t>(pick(pairs.size())));
  }
  Viewer as(std::size_t person) const { return people_.as(model_.people[person].id); }
  const std::string& handle(std::size_t person) const { return model_.people[person].handle; }
  // Whoever is not active or blocked the actor cannot be found by him.
  bool finds(std::size_t actor, std::size_t person) const {
    return model_.people[person].active && !model_.blocks.contains({person, actor});
  }

  void follow() {
    const auto [who, whom] = two_people();
    const bool allowed = finds(who, whom) && !model_.blocks.contains({who, whom});
    ASSERT_EQ(people_.follows.follow(as(who), handle(whom)).has_value(), allowed);
    if (!allowed || model_.follows.contains({who, whom})) return;
    const bool asks = model_.people[whom].is_private;
    if (!asks) model_.requests.erase({who, whom});
    (asks ? model_.requests : model_.follows).insert({who, whom});
  }
  void unfollow() {
    const auto pair = one_of(model_.follows);
    if (!pair || !finds(pair->first, pair->second)) return;
    ASSERT_TRUE(people_.follows.unfollow(as(pair->first), handle(pair->second)));
    model_.follows.erase(*pair);
  }
  void block() {
    const auto [who, whom] = pick(2) ? two_people() : one_of(model_.follows).value_or(Pair{0, 1});
    const bool allowed = finds(who, whom);
    ASSERT_EQ(people_.follows.block(as(who), handle(whom)).has_value(), allowed);
    if (!allowed) return;
    model_.blocks.insert({who, whom});
    for (auto* pairs : {&model_.follows, &model_.requests}) {
      pairs->erase({who, whom});
      pairs->erase({whom, who});
    }
  }
  void unblock() {
    const auto pair = one_of(model_.blocks);
    if (!pair || !finds(pair->first, pair->second)) return;
    ASSERT_TRUE(people_.follows.unblock(as(pair->first), handle(pair->second)));
    model_.blocks.erase(*pair);
  }
  void mute() {
    const auto [who, whom] = pick(3) ? one_of(model_.follows).value_or(Pair{0, 1}) : two_people();
    const bool allowed = finds(who, whom);
    ASSERT_EQ(people_.follows.mute(as(who), handle(whom)).has_value(), allowed);
    if (allowed) model_.mutes.insert({who, whom});
  }
  void unmute() {
    const auto pair = one_of(model_.mutes);
    if (!pair || !finds(pair->first, pair->second)) return;
    ASSERT_TRUE(people_.follows.unmute(as(pair->first), handle(pair->second)));
    model_.mutes.erase(*pair);
  }
  void decide() {
    const auto pair = one_of(model_.requests);
    if (!pair || !finds(pair->second, pair->first)) return;
    const bool approves = pick(3) > 0;
    const auto [who, whom] = *pair;
    const auto decided = approves ? people_.follows.approve(as(whom), handle(who))
                                  : people_.follows.decline(as(whom), handle(who));
    ASSERT_TRUE(decided);
    model_.requests.erase(*pair);
    if (approves) model_.follows.insert(*pair);
  }
  void toggle_private() {
    ModelPerson& person = model_.people[pick(person_count)];
    person.is_private = !person.is_private;
    people_.set_private(person.id, person.is_private);
  }
  void toggle_active() {
    // Who is suspended comes back soon: most people are active.
    const auto away = std::ranges::find(model_.people, false, &ModelPerson::active);
    ModelPerson& person = away == model_.people.end() ? model_.people[pick(person_count)] : *away;
    person.active = !person.active;
    people_.set_state(person.id, person.active ? AccountState::active : AccountState::suspended);
  }
  void publish() {
    const std::size_t owner = pick(person_count);
    const auto visibility = pick(3) ? Visibility::everyone : static_cast<Visibility>(1 + pick(2));
    const std::size_t tag = pick(tag_count);
    const PhotoId id = people_.photo(model_.people[owner].id,
                                     {.visibility = visibility, .tags = {"x", name_of(tag)}});
    model_.photos.push_back({id, owner, visibility, true, tag});
  }
  static std::string name_of(std::size_t tag) { return "tag-" + std::to_string(tag); }
  void withdraw() {
    ModelPhoto& photo = model_.photos[pick(model_.photos.size())];
    ASSERT_EQ(people_.withdraw(photo.id, pick(2) ? PhotoState::held : PhotoState::removed),
              photo.published);
    photo.published = false;
  }
  void change_visibility() {
    ModelPhoto& photo = model_.photos[pick(model_.photos.size())];
    photo.visibility = static_cast<Visibility>(pick(3));
    people_.set_visibility(photo.id, photo.visibility);
  }

  bool belongs(const Reader& reader, const ModelPhoto& photo) const {
    switch (reader.list) {
      case List::home:
        return model_.in_home(reader.viewer, photo);
      case List::recent:
        return model_.in_recent(reader.viewer, photo);
      case List::tag:
        return photo.tag == reader.of && model_.may_see(reader.viewer, photo);
      case List::owner:
        break;
    }
    return photo.owner == reader.of && model_.may_see(reader.viewer, photo);
  }
  // What this reader's feed holds now with from <= id < before, newest first.
  Ids expected(const Reader& reader, PhotoId before, PhotoId from) const {
    Ids ids;
    for (auto photo = model_.photos.rbegin(); photo != model_.photos.rend(); ++photo) {
      const bool between = photo->id < before && photo->id >= from;
      if (between && belongs(reader, *photo)) ids.push_back(photo->id);
    }
    return ids;
  }

  void start_reader() {
    Reader reader{.viewer = pick(person_count),
                  .list = pick(2) ? List::home : static_cast<List>(1 + pick(3)),
                  .of = 0,
                  .limit = 1 + static_cast<int>(pick(7)),
                  .after = {},
                  .seen = {},
                  .owed = {}};
    if (reader.list == List::tag) reader.of = pick(tag_count);
    if (reader.list == List::owner) reader.of = pick(person_count);
    for (const ModelPhoto& photo : model_.photos) {
      if (belongs(reader, photo)) reader.owed.insert(photo.id);
    }
    if (readers_.size() < readers_max) {
      readers_.push_back(std::move(reader));
    } else if (Reader& old = readers_[pick(readers_max)]; old.done) {
      old = std::move(reader);
    }
  }
  bool shows_profile(const Reader& reader) const {
    return model_.people[reader.of].active && finds(reader.viewer, reader.of);
  }
  std::pair<Ids, std::optional<Position>> read(const Reader& reader, const PageRequest& request) {
    const Viewer viewer = as(reader.viewer);
    const auto give = [](const auto& page) { return std::pair(ids_of(page), page.next); };
    switch (reader.list) {
      case List::home:
        return give(people_.feed.home(viewer, request));
      case List::recent:
        return give(people_.feed.recent(viewer, request));
      case List::tag:
        return give(people_.lists.tagged(viewer, "#" + name_of(reader.of), request));
      case List::owner:
        break;
    }
    return give(people_.cards.of_owner(viewer, handle(reader.of), request).value());
  }
  void turn_page() {
    if (!readers_.empty()) turn_page(readers_[pick(readers_.size())]);
  }
  void turn_page(Reader& reader) {
    if (reader.done) return;
    const PageRequest request{.after = reader.after, .limit = reader.limit};
    if (reader.list == List::owner && !shows_profile(reader)) {
      ASSERT_FALSE(people_.cards.of_owner(as(reader.viewer), handle(reader.of), request));
      return;  // perhaps later
    }
    const auto [ids, next] = read(reader, request);
    ASSERT_LE(static_cast<int>(ids.size()), reader.limit);
    const PhotoId before{reader.after ? reader.after->id : INT64_MAX};
    ASSERT_EQ(ids, expected(reader, before, PhotoId{next ? next->id : 0}));
    if (next) {
      ASSERT_LT(next->id, before.value) << "a page that does not advance";
    }
    reader.seen.insert(reader.seen.end(), ids.begin(), ids.end());
    reader.after = next;
    ++pages_;
    shown_ += ids.size();
    if (!next) end(reader);
  }
  static void end(Reader& reader) {
    reader.done = true;
    EXPECT_EQ(std::ranges::adjacent_find(reader.seen, std::ranges::less_equal{}), reader.seen.end())
        << "not newest first, or something twice";
    for (const PhotoId id : reader.owed) {
      EXPECT_TRUE(std::ranges::binary_search(reader.seen, id, std::ranges::greater{}))
          << "photo " << id.value << " was there all the time and is missing";
    }
  }
  // A photo that a reader may no longer see is not owed to him, even if it comes back.
  void settle_debts() {
    for (Reader& reader : readers_) {
      std::erase_if(reader.owed, [&](PhotoId id) {
        return !belongs(reader, *std::ranges::lower_bound(model_.photos, id, {}, &ModelPhoto::id));
      });
    }
  }

  PeopleFixture people_;
  std::mt19937 random_;
  Model model_;
  std::vector<Reader> readers_;
  int pages_ = 0;
  std::size_t shown_ = 0;
};

class FeedServiceTest : public test::DatabaseSuite {
 protected:
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (!IsSkipped()) people_.emplace(db());
  }
  void TearDown() override {
    people_.reset();
    DatabaseSuite::TearDown();
  }
  PeopleFixture& people() { return *people_; }
  Ids home(AccountId viewer, const PageRequest& page = {}) {
    return ids_of(people().feed.home(people().as(viewer), page));
  }

 private:
  std::optional<PeopleFixture> people_;
};
ON_BOTH_ENGINES(FeedServiceTest);

TEST_P(FeedServiceTest, AgreesWithANaiveModelWhileEverythingChanges) {
  const unsigned seed = chosen_seed();
  SCOPED_TRACE("PICSHARZ_SEED=" + std::to_string(seed));
  RecordProperty("seed", static_cast<int>(seed));
  FeedWorld world(db(), seed);
  // Some worlds are poor in photos that anybody may see: those go on for longer.
  const auto seen_enough = [&] { return world.pages() > 50 && world.shown() > 50; };
  for (int step = 0; step < 6'000 && !HasFailure(); ++step) {
    if (step >= 600 && seen_enough()) break;
    world.step();
  }
  world.finish();
  std::printf("PICSHARZ_SEED=%u: %d pages, %zu photos shown\n", seed, world.pages(), world.shown());
  EXPECT_GT(world.pages(), 50);
  EXPECT_GT(world.shown(), 50u);
}

TEST_P(FeedServiceTest, ANewFollowShowsThePastAndAnUnfollowHidesAtOnce) {
  const AccountId mei = people().join("mei");
  const AccountId ada = people().join("ada");
  const PhotoId old = people().photo(mei);
  const PhotoId recent = people().photo(mei, {.visibility = Visibility::followers});
  people().photo(mei, {.visibility = Visibility::only_me});
  EXPECT_EQ(home(ada), Ids{});
  ASSERT_TRUE(people().follows.follow(people().as(ada), "mei"));
  EXPECT_EQ(home(ada), (Ids{recent, old}));
  ASSERT_TRUE(people().follows.unfollow(people().as(ada), "mei"));
  EXPECT_EQ(home(ada), Ids{});
}

TEST_P(FeedServiceTest, AMuteHidesAtOnceInTheHomeFeedOnly) {
  const AccountId mei = people().join("mei");
  const AccountId eve = people().join("eve");
  const AccountId ada = people().join("ada");
  people().follow(ada, mei);
  people().follow(ada, eve);
  const PhotoId muted = people().photo(mei);
  const PhotoId shown = people().photo(eve);
  ASSERT_TRUE(people().follows.mute(people().as(ada), "mei"));
  EXPECT_EQ(home(ada), Ids{shown});
  EXPECT_EQ(ids_of(people().feed.recent(people().as(ada), {})), (Ids{shown, muted}));
  EXPECT_EQ(ids_of(*people().cards.of_owner(people().as(ada), "mei", {})), Ids{muted});
  ASSERT_TRUE(people().follows.unmute(people().as(ada), "mei"));
  EXPECT_EQ(home(ada), (Ids{shown, muted}));
}

TEST_P(FeedServiceTest, ARequestShowsNothingBeforeItIsApproved) {
  const AccountId mei = people().join("mei", "", true);
  const AccountId ada = people().join("ada");
  const PhotoId photo = people().photo(mei);
  ASSERT_TRUE(people().follows.follow(people().as(ada), "mei"));
  EXPECT_EQ(home(ada), Ids{});
  ASSERT_TRUE(people().follows.approve(people().as(mei), "ada"));
  EXPECT_EQ(home(ada), Ids{photo});
}

TEST_P(FeedServiceTest, NewPhotosDoNotDisturbAWalk) {
  const AccountId mei = people().join("mei");
  const AccountId ada = people().join("ada");
  people().follow(ada, mei);
  Ids before;
  for (int i = 0; i < 9; ++i) before.insert(before.begin(), people().photo(mei));
  const auto walked = test::walk(2, [&](const PageRequest& page) {
    people().photo(mei);  // arrives while the walk goes on
    return people().feed.home(people().as(ada), page);
  });
  Ids seen;
  for (const cards::CardLine& line : walked) seen.push_back(line.card->view.photo.id);
  ASSERT_EQ(seen.size(), before.size() + 1);  // and the one that came before the first page
  EXPECT_EQ(Ids(seen.begin() + 1, seen.end()), before);
}

TEST_P(FeedServiceTest, ASuspendedPersonsPhotosAreLeftOutAndThePagesGoOn) {
  const AccountId mei = people().join("mei");
  const AccountId eve = people().join("eve");
  const AccountId ada = people().join("ada");
  people().follow(ada, mei);
  people().follow(ada, eve);
  const PhotoId oldest = people().photo(mei);
  for (int i = 0; i < 5; ++i) people().photo(eve);
  const PhotoId newest = people().photo(mei);
  people().set_state(eve, AccountState::suspended);
  Ids seen;
  for (const cards::CardLine& line : test::walk(2, [&](const PageRequest& page) {
         return people().feed.home(people().as(ada), page);
       })) {
    seen.push_back(line.card->view.photo.id);
  }
  EXPECT_EQ(seen, (Ids{newest, oldest}));
}

TEST_P(FeedServiceTest, AVisitorsRecentFeedHoldsPublicPhotosOfPublicAccounts) {
  const AccountId mei = people().join("mei");
  const AccountId shy = people().join("shy", "", true);
  const AccountId gone = people().join("gone");
  const PhotoId first = people().photo(mei);
  people().photo(mei, {.visibility = Visibility::followers});
  people().photo(mei, {.visibility = Visibility::only_me});
  people().photo(mei, {.state = PhotoState::held});
  people().photo(mei, {.state = PhotoState::classifying});
  people().photo(shy);
  people().photo(gone);
  people().set_state(gone, AccountState::suspended);
  const PhotoId second = people().photo(mei);
  EXPECT_EQ(ids_of(people().feed.recent({}, {})), (Ids{second, first}));
  const auto page = people().feed.recent({}, {.after = {}, .limit = 1});
  EXPECT_EQ(ids_of(page), Ids{second});
  EXPECT_EQ(ids_of(people().feed.recent({}, {.after = page.next, .limit = 1})), Ids{first});
}

TEST_P(FeedServiceTest, CardsKnowTheirOwnerAndTheViewersLike) {
  const AccountId mei = people().join("mei", "Mei Lin");
  const AccountId ada = people().join("ada");
  people().follow(ada, mei);
  const PhotoId photo = people().photo(mei, {.title = "Boats", .tags = {"harbour"}});
  db().write([&](db::Tx& tx) {
    likes::LikeStore().insert(tx, ada, likes::Likeable{photo}, people().clock.now());
  });
  for (int time = 0; time < 2; ++time) {  // read, and remembered
    const auto line = people().feed.home(people().as(ada), {}).items.at(0);
    std::string json;
    JsonWriter out(json);
    cards::write_card(out, line, people().as(ada), people().signer);
    for (const std::string_view part :
         {R"("owner":{"handle":"mei","name":"Mei Lin")", R"("title":"Boats")",
          R"("tags":["harbour"])", R"("likes":1,"liked":true,"comments":0)"}) {
      EXPECT_NE(json.find(part), std::string::npos) << part << " is not in " << json;
    }
  }
  EXPECT_FALSE(people().feed.recent(people().as(mei), {}).items.at(0).liked);
}

TEST(HomeFeedPlan, WalksTheIndexOfFollowablePhotosAndScansNothing) {
  test::TestDatabase database(db::Engine::sqlite);
  const auto steps =
      test::sqlite_plan(database.path(), FeedStore::home_sql.text(db::Engine::sqlite));
  const auto mentions = [&](std::string_view text) {
    return std::ranges::any_of(steps, [&](const auto& step) { return step.contains(text); });
  };
  EXPECT_TRUE(mentions("INDEX photos_followable (owner_id=? AND id<?)"))
      << ::testing::PrintToString(steps);
  EXPECT_FALSE(mentions("SCAN")) << ::testing::PrintToString(steps);
}

// Mei and 400 others with 30 photos each, of whom she follows half; everybody follows some.
constexpr const char* a_community =
    "INSERT INTO accounts (id, handle, email, password_hash, name, country, created_at)"
    " SELECT n, 'member' || n, 'member' || n || '@example.org', '', 'Name', 'MY', 0"
    " FROM generate_series(1, 400) n;"
    "CREATE TEMP TABLE copies ON COMMIT DROP AS"
    " SELECT p.* FROM photos p, generate_series(1, 12000);"
    "UPDATE copies c SET id = n.number, owner_id = 1 + n.number % 400 FROM"
    " (SELECT ctid AS place, row_number() OVER () AS number FROM copies) n"
    " WHERE c.ctid = n.place;"
    "INSERT INTO photos SELECT * FROM copies;"
    "INSERT INTO follows (follower_id, followee_id, state, created_at)"
    " SELECT a.id, n, 1, 0 FROM accounts a, generate_series(1, 200) n"
    " WHERE a.id <> n AND (a.handle = 'mei' OR (a.id + n) % 20 = 0);"
    "ANALYZE";

// PostgreSQL reads every photo of everybody who is followed, and sorts them, unless it takes the
// newest of each by the index.
TEST(HomeFeedPlan, PostgresTakesTheNewestOfEachByTheIndex) {
  if (const char* reason = test::missing(db::Engine::postgres)) GTEST_SKIP() << reason;
  test::TestDatabase database(db::Engine::postgres);
  test::PeopleFixture people(database);
  const AccountId mei = people.join("mei");
  people.photo(mei);
  database.write([](db::Tx& tx) { tx.script(a_community); });
  const auto steps =
      test::postgres_plan(database, std::string(FeedStore::home_sql.text(db::Engine::postgres)),
                          {mei.str(), "9223372036854775807", "21"});
  const auto mentions = [&](std::string_view text) {
    return std::ranges::any_of(steps, [&](const auto& step) { return step.contains(text); });
  };
  EXPECT_TRUE(mentions("Scan Backward using photos_followable on photos"))
      << ::testing::PrintToString(steps);
  EXPECT_TRUE(mentions("Index Cond: ((owner_id = f.followee_id) AND (id < "))
      << ::testing::PrintToString(steps);
  EXPECT_FALSE(mentions("Seq Scan on photos")) << ::testing::PrintToString(steps);
  EXPECT_FALSE(mentions("Seq Scan on follows")) << ::testing::PrintToString(steps);
  // One for all, and one below it for each who is followed.
  EXPECT_EQ(std::ranges::count_if(steps, [](const auto& s) { return s.contains("Limit  ("); }), 2)
      << ::testing::PrintToString(steps);
}

}  // namespace
}  // namespace picsharz::feed
