// Follows, the home feed and suggestions on a real social graph: a college's network of 962 people
// and 18,812 friendships (shared/graphs), each read as both following the other. Whatever is
// answered is compared with a naive model that looks at everything.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <utility>

#include "support/people_fixture.h"
#include "support/repository.h"
#include "support/test_database.h"

namespace picsharz::suggestions {
namespace {

using photos::Visibility;
using Person = std::size_t;
using Pair = std::pair<Person, Person>;

std::vector<Pair> read_graph() {
  std::ifstream file(test::shared_folder() / "graphs" / "socfb-Reed98.edges");
  std::vector<Pair> edges;
  for (Pair edge; file >> edge.first >> edge.second;) edges.push_back(edge);
  return edges;
}

struct ModelPerson {
  AccountId id;
  bool is_private = false;
  bool active = true;
  std::vector<Person> follows;  // newest first
};

struct ModelPhoto {
  PhotoId id;
  Person owner = 0;
  Visibility visibility = Visibility::everyone;
  std::string label;
};

struct Model {
  std::vector<ModelPerson> people;
  std::vector<ModelPhoto> photos;                    // oldest first
  std::map<Person, std::vector<std::size_t>> likes;  // photos, newest like first
  std::set<Pair> follows;
  std::set<Pair> blocks;
  std::set<Pair> mutes;

  bool blocked(Person one, Person other) const {
    return blocks.contains({one, other}) || blocks.contains({other, one});
  }
  bool may_see(Person viewer, const ModelPhoto& photo) const {
    const ModelPerson& owner = people[photo.owner];
    if (photo.owner == viewer) return true;
    if (!owner.active || blocked(viewer, photo.owner)) return false;
    if (photo.visibility == Visibility::everyone && !owner.is_private) return true;
    return photo.visibility != Visibility::only_me && follows.contains({viewer, photo.owner});
  }
  std::vector<PhotoId> home(Person viewer) const {
    std::vector<PhotoId> ids;
    for (const ModelPhoto& photo : photos) {
      const Pair pair{viewer, photo.owner};
      if (follows.contains(pair) && !mutes.contains(pair) && may_see(viewer, photo)) {
        ids.insert(ids.begin(), photo.id);
      }
    }
    return ids;
  }
  bool suggestable(Person viewer, Person other) const {
    return viewer != other && people[other].active && !follows.contains({viewer, other}) &&
           !mutes.contains({viewer, other}) && !blocked(viewer, other);
  }
};

// What the documentation of suggestions says, word by word.
struct NaiveSuggestions {
  struct Said {
    std::int64_t points = 0;
    std::int64_t best = -1;
    ReasonKind kind = ReasonKind::active;
    std::int64_t count = 0;
    AccountId by{};
    std::string label{};
  };
  using Counts = std::map<Person, std::int64_t>;

  NaiveSuggestions(const Model& known, Person who) : model(known), viewer(who) {
    followed_by();
    liked();
    active();
  }

  // A hundred of each source: most hints first, of equals the newer account.
  std::vector<std::pair<Person, std::int64_t>> best_of(const Counts& counts) const {
    std::vector<std::pair<Person, std::int64_t>> sorted(counts.begin(), counts.end());
    std::erase_if(sorted, [&](const auto& one) { return !model.suggestable(viewer, one.first); });
    std::ranges::sort(sorted, std::greater{}, [&](const auto& one) {
      return std::pair(one.second, model.people[one.first].id);
    });
    if (sorted.size() > 100) sorted.resize(100);
    return sorted;
  }
  void say(Person whom, ReasonKind kind, std::int64_t points, std::int64_t count,
           const std::string& label = "") {
    Said& all = said[whom];
    all.points += points;
    if (points <= all.best) return;
    all.best = points;
    all.kind = kind;
    all.count = count;
    all.label = label;
    all.by = kind == ReasonKind::followed_by ? between.at(whom) : AccountId{};
  }

  void followed_by() {
    Counts counts;
    const auto& mine = model.people[viewer].follows;
    for (std::size_t i = 0; i < std::min<std::size_t>(64, mine.size()); ++i) {
      const ModelPerson& friend_ = model.people[mine[i]];
      if (!friend_.active) continue;
      for (std::size_t j = 0; j < std::min<std::size_t>(64, friend_.follows.size()); ++j) {
        ++counts[friend_.follows[j]];
        AccountId& by = between[friend_.follows[j]];
        by = std::max(by, friend_.id);
      }
    }
    for (const auto& [whom, count] : best_of(counts)) {
      say(whom, ReasonKind::followed_by, 2 * count, count);
    }
  }
  void liked() {
    Counts owners;
    std::map<std::string, std::int64_t> labels;
    const auto likes = model.likes.find(viewer);
    if (likes == model.likes.end()) return;
    for (const std::size_t index : likes->second) {  // fewer than 200
      const ModelPhoto& photo = model.photos[index];
      if (!model.may_see(viewer, photo)) continue;
      ++owners[photo.owner];
      ++labels[photo.label];
    }
    for (const auto& [whom, count] : best_of(owners)) {
      say(whom, ReasonKind::liked, 2 * count, count);
    }
    std::vector<std::pair<std::int64_t, std::string>> most;
    for (const auto& [label, count] : labels) most.emplace_back(-count, label);
    std::ranges::sort(most);
    if (most.size() > 3) most.resize(3);
    for (const auto& one : most) with_label(one.second);
  }
  void with_label(const std::string& label) {
    Counts owners;
    int looked_at = 0;
    for (auto photo = model.photos.rbegin(); photo != model.photos.rend(); ++photo) {
      if (photo->label != label) continue;
      if (++looked_at > 200) break;
      if (model.may_see(viewer, *photo)) ++owners[photo->owner];
    }
    for (const auto& [whom, count] : best_of(owners)) {
      say(whom, ReasonKind::label, 1, count, label);
    }
  }
  void active() {
    Counts owners;
    int looked_at = 0;
    for (auto photo = model.photos.rbegin(); photo != model.photos.rend(); ++photo) {
      if (photo->visibility != Visibility::everyone) continue;
      if (++looked_at > 200) break;
      if (model.may_see(viewer, *photo)) ++owners[photo->owner];
    }
    for (const auto& [whom, count] : best_of(owners)) say(whom, ReasonKind::active, 0, count);
  }

  // In order, at most `most`.
  std::vector<Person> order(std::size_t most) const {
    std::vector<Person> people;
    for (const auto& [whom, what] : said) people.push_back(whom);
    std::ranges::sort(people, std::greater{}, [&](Person one) {
      return std::pair(said.at(one).points, model.people[one].id);
    });
    if (people.size() > most) people.resize(most);
    return people;
  }

  const Model& model;
  const Person viewer;
  std::map<Person, AccountId> between;
  std::map<Person, Said> said;
};

class RealGraphTest : public test::DatabaseSuite {
 protected:
  static constexpr int photo_count = 600;

  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    edges_ = read_graph();
    if (edges_.empty()) {
      GTEST_SKIP() << "no graph: set PICSHARZ_SHARED to the directory that has graphs/";
    }
    const char* again = std::getenv("PICSHARZ_SEED");
    const unsigned seed =
        again ? static_cast<unsigned>(std::strtoul(again, nullptr, 10)) : std::random_device{}();
    std::printf("PICSHARZ_SEED=%u\n", seed);
    RecordProperty("seed", static_cast<int>(seed));
    random_.seed(seed);
    people_.emplace(db());
    join();
    befriend();
  }
  void TearDown() override {
    people_.reset();
    DatabaseSuite::TearDown();
  }
  Viewer as(Person person) const { return people_->as(model_.people[person].id); }
  Person pick(std::size_t below) {
    return std::uniform_int_distribution<std::size_t>(0, below - 1)(random_);
  }
  Person anybody() { return pick(model_.people.size()); }
  std::string handle(Person person) const { return "person" + std::to_string(person); }

  void join() {
    Person last = 0;
    for (const auto& [one, other] : edges_) last = std::max({last, one, other});
    for (Person person = 0; person <= last; ++person) {
      model_.people.push_back({people_->join(handle(person)), false, true, {}});
    }
  }
  // Both follow each other; who was first is chance.
  void befriend() {
    std::vector<Pair> follows = edges_;
    for (const auto& [one, other] : edges_) follows.emplace_back(other, one);
    std::ranges::shuffle(follows, random_);
    db().write([&](db::Tx& tx) {
      ::picsharz::follows::FollowStore store;
      Micros now = people_->clock.now();
      for (const auto& [who, whom] : follows) {
        ASSERT_TRUE(store.insert(tx, model_.people[who].id, model_.people[whom].id,
                                 ::picsharz::follows::FollowState::approved, ++now));
      }
    });
    people_->clock.advance(second);
    for (const auto& [who, whom] : follows) {
      model_.follows.insert({who, whom});
      model_.people[who].follows.push_back(whom);
    }
    for (ModelPerson& person : model_.people) std::ranges::reverse(person.follows);
  }
  void publish() {
    for (int i = 0; i < photo_count; ++i) {
      static const char* const labels[] = {"bird", "boat", "cat", "dog", "train"};
      const Person owner = anybody();
      const auto visibility = pick(3) ? Visibility::everyone : static_cast<Visibility>(pick(3));
      const std::string label = labels[pick(5)];
      const PhotoId id =
          people_->photo(model_.people[owner].id, {.visibility = visibility, .labels = {label}});
      model_.photos.push_back({id, owner, visibility, label});
    }
  }
  // People who went away, hid, fell out, or like what they see.
  void live(const std::vector<Person>& sample) {
    for (int i = 0; i < 60; ++i) {
      ModelPerson& person = model_.people[anybody()];
      if (pick(2)) {
        person.is_private = true;
        people_->set_private(person.id, true);
      } else if (person.active) {
        person.active = false;
        people_->set_state(person.id, accounts::AccountState::suspended);
      }
    }
    for (const Person viewer : sample) {
      if (!model_.people[viewer].active) continue;
      for (int i = 0; i < 4; ++i) fall_out(viewer);
      for (int i = 0; i < 12; ++i) like(viewer, pick(model_.photos.size()));
    }
  }
  void fall_out(Person viewer) {
    const auto& mine = model_.people[viewer].follows;
    const Person whom = mine.empty() || pick(3) == 0 ? anybody() : mine[pick(mine.size())];
    if (whom == viewer || !model_.people[whom].active || model_.blocked(viewer, whom)) return;
    if (pick(2)) {
      ASSERT_TRUE(people_->follows.mute(as(viewer), handle(whom)));
      model_.mutes.insert({viewer, whom});
      return;
    }
    ASSERT_TRUE(people_->follows.block(as(viewer), handle(whom)));
    model_.blocks.insert({viewer, whom});
    for (const auto& [one, other] : {Pair{viewer, whom}, Pair{whom, viewer}}) {
      model_.follows.erase({one, other});
      std::erase(model_.people[one].follows, other);
    }
  }
  void like(Person viewer, std::size_t photo) {
    auto& likes = model_.likes[viewer];
    if (!model_.may_see(viewer, model_.photos[photo]) || std::ranges::count(likes, photo)) return;
    ASSERT_TRUE(people_->like(model_.people[viewer].id, model_.photos[photo].id));
    people_->clock.advance(second);
    likes.insert(likes.begin(), photo);
  }
  std::vector<Person> sample(int size) {
    std::vector<Person> chosen;
    for (int i = 0; i < size; ++i) chosen.push_back(anybody());
    return chosen;
  }
  std::set<AccountId> accounts_of(const std::vector<Person>& persons) const {
    std::set<AccountId> ids;
    for (const Person person : persons) ids.insert(model_.people[person].id);
    return ids;
  }
  void expect_both_directions() {
    using Row = std::pair<AccountId, AccountId>;
    std::set<Row> rows, wanted_rows;
    std::map<AccountId, std::pair<std::int64_t, std::int64_t>> counters, wanted_counters;
    db().read([&](db::Tx& tx) {
      tx.each(
          "SELECT follower_id, followee_id FROM follows WHERE state = 1",
          [&](const db::Row& row) { rows.emplace(row.id<AccountId>(0), row.id<AccountId>(1)); });
      tx.each("SELECT id, followers, following FROM accounts", [&](const db::Row& row) {
        counters[row.id<AccountId>(0)] = {row.integer(1), row.integer(2)};
      });
    });
    for (const auto& [who, whom] : model_.follows) {
      wanted_rows.emplace(model_.people[who].id, model_.people[whom].id);
      EXPECT_TRUE(rows.contains({model_.people[whom].id, model_.people[who].id}));
    }
    EXPECT_EQ(rows, wanted_rows);
    for (const ModelPerson& person : model_.people) {
      const auto friends = static_cast<std::int64_t>(person.follows.size());
      wanted_counters[person.id] = {friends, friends};
    }
    EXPECT_EQ(counters, wanted_counters);
    for (const Person person : sample(10)) {
      const auto wanted = accounts_of(model_.people[person].follows);
      const auto listed = [&](auto list) {
        std::set<AccountId> ids;
        for (const accounts::Account& one : test::walk(50, [&](const PageRequest& page) {
               return (people_->follows.*list)(as(person), handle(person), page).value();
             })) {
          EXPECT_TRUE(ids.insert(one.id).second) << "listed twice";
        }
        return ids;
      };
      EXPECT_EQ(listed(&::picsharz::follows::FollowService::followers), wanted);
      EXPECT_EQ(listed(&::picsharz::follows::FollowService::following), wanted);
    }
  }
  std::size_t expect_same_feed(Person viewer) {
    std::vector<PhotoId> seen;
    for (const cards::CardLine& line : test::walk(
             7, [&](const PageRequest& page) { return people_->feed.home(as(viewer), page); })) {
      seen.push_back(line.card->view.photo.id);
    }
    EXPECT_EQ(seen, model_.home(viewer));
    return seen.size();
  }
  void expect_same_suggestions(Person viewer) {
    const NaiveSuggestions naive(model_, viewer);
    const auto found = people_->suggested.suggest(as(viewer), 30);
    const auto wanted = naive.order(30);
    suggested_ += found.size();
    ASSERT_EQ(found.size(), wanted.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      const auto& said = naive.said.at(wanted[i]);
      ASSERT_EQ(found[i].account.id, model_.people[wanted[i]].id) << "place " << i;
      EXPECT_EQ(found[i].reason.kind, said.kind);
      EXPECT_EQ(found[i].reason.count, said.count);
      EXPECT_EQ(found[i].reason.label, said.label);
      if (said.kind != ReasonKind::followed_by) continue;
      const auto by = std::ranges::find(model_.people, said.by, &ModelPerson::id);
      EXPECT_EQ(found[i].reason.handle, handle(static_cast<Person>(by - model_.people.begin())));
    }
  }

  std::size_t suggested() const { return suggested_; }

 private:
  Model model_;
  std::size_t suggested_ = 0;
  std::vector<Pair> edges_;
  std::mt19937 random_;
  std::optional<test::PeopleFixture> people_;
};
ON_BOTH_ENGINES(RealGraphTest);

// One test, because making the graph takes the time.
TEST_P(RealGraphTest, FollowsFeedsAndSuggestionsAgreeWithTheGraphAndANaiveModel) {
  expect_both_directions();
  publish();
  const auto viewers = sample(30);
  live(viewers);
  std::size_t shown = 0;
  for (const Person viewer : viewers) {
    SCOPED_TRACE(handle(viewer));
    shown += expect_same_feed(viewer);
    expect_same_suggestions(viewer);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(shown, 100U);
  EXPECT_GT(suggested(), 100U);
}

}  // namespace
}  // namespace picsharz::suggestions
