// Search against a naive model: random people, photos, edits, follows, blocks and queries of the
// whole language; the same photos in the same order, on both engines.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>
#include <set>
#include <utility>

#include "db/search_terms.h"
#include "features/photos/photo_edit_store.h"
#include "features/photos/reindex_service.h"
#include "features/search/search_service.h"
#include "features/search/synonyms.h"
#include "features/search/term_service.h"
#include "support/people_fixture.h"
#include "support/test_database.h"

namespace picsharz::search {
namespace {

using accounts::AccountState;
using photos::PhotoState;
using photos::Visibility;
using test::PeopleFixture;
using Strings = std::vector<std::string>;

unsigned chosen_seed() {
  const char* again = std::getenv("PICSHARZ_SEED");
  return again ? static_cast<unsigned>(std::strtoul(again, nullptr, 10)) : std::random_device{}();
}

// Few, so that they meet; with inflections, synonyms, diacritics and another script.
const Strings vocabulary = {
    "boat", "boats", "ship",  "run",  "running",      "café",          "sea",          "ocean",
    "red",  "old",   "town",  "mei",  "bo",           "夜景",          "東京夜",       "Harbor",
    "море", "city",  "towns", "rund", "kaleidoscope", "kaleidoscopes", "kaleidoscopic"};
const Strings names = {"Mei Tan", "Boat Fan", "Ada Redd", "Old Ocean"};

struct ModelPerson {
  AccountId id;
  std::string handle;
  std::string name;
  bool is_private = false;
  bool active = true;
};

struct ModelPhoto {
  PhotoId id;
  std::size_t owner = 0;
  std::string title;
  std::string description;
  Strings tags;
  Strings labels;
  Visibility visibility = Visibility::everyone;
  bool published = true;
  Micros created_at = 0;
  std::set<std::size_t> likes{};
};

using Pair = std::pair<std::size_t, std::size_t>;  // who, whom
constexpr std::size_t nobody = 1'000;

// The smallest thing of a query, and how it is typed.
struct ModelUnit {
  enum class Kind { word, begin, phrase, from, tag, label };
  Kind kind = Kind::word;
  std::string text;
  std::string typed;
};

struct ModelClause {
  std::vector<ModelUnit> any_of;
  bool negative = false;
};

struct ModelQuery {
  std::vector<ModelClause> clauses;
  std::int64_t likes_from = 0;
  Micros from = 0;
  int following = -1;
  int liked = -1;
  std::string typed;
};

Strings forms_of(std::string_view text) {
  Strings forms;
  for (const Word& word : words_of(text)) forms.push_back(word.form);
  return forms;
}

// What a photo is made of: texts with the weight of a word in them.
struct Text {
  std::string text;
  int weight = 0;
  bool stemmed = true;
};

class Model {
 public:
  std::vector<ModelPerson> people;
  std::vector<ModelPhoto> photos;  // oldest first
  std::set<Pair> follows;
  std::set<Pair> blocks;

  bool blocked_either_way(std::size_t one, std::size_t other) const {
    return blocks.contains({one, other}) || blocks.contains({other, one});
  }
  bool may_see(std::size_t viewer, const ModelPhoto& photo) const {
    const ModelPerson& owner = people[photo.owner];
    if (viewer == photo.owner) return true;
    if (!photo.published) return false;
    if (!owner.active || blocked_either_way(viewer, photo.owner)) return false;
    if (photo.visibility == Visibility::everyone && !owner.is_private) return true;
    return photo.visibility != Visibility::only_me && follows.contains({viewer, photo.owner});
  }
  bool everybody_sees(const ModelPhoto& photo) const {
    const ModelPerson& owner = people[photo.owner];
    return photo.published && owner.active && !owner.is_private &&
           photo.visibility == Visibility::everyone;
  }

  std::vector<Text> texts(const ModelPhoto& photo) const {
    std::vector<Text> texts = {{photo.title, 8}, {photo.description, 1}};
    for (const std::string& tag : photo.tags) texts.push_back({tag, 8});
    for (const std::string& label : photo.labels) texts.push_back({label, 4});
    texts.push_back({people[photo.owner].handle, 2, false});
    texts.push_back({people[photo.owner].name, 2, false});
    return texts;
  }

  // The weight of the best place of a sequence of forms, the last one perhaps only begun; 0: none.
  int weight(const ModelPhoto& photo, const Strings& forms, bool prefix) const {
    int best = 0;
    for (const Text& text : texts(photo)) {
      const Strings there = forms_of(text.text);
      for (std::size_t at = 0; at + forms.size() <= there.size(); ++at) {
        bool same = true;
        for (std::size_t i = 0; i < forms.size(); ++i) {
          const bool last = i + 1 == forms.size();
          same = same &&
                 (prefix && last ? there[at + i].starts_with(forms[i]) : there[at + i] == forms[i]);
        }
        if (same) best = std::max(best, text.weight);
      }
      if (forms.size() > 1 || !text.stemmed) continue;
      for (const std::string& form : there) {
        const std::string root = stem(form);
        if (root == form) continue;
        if (prefix ? root.starts_with(forms[0]) : root == forms[0]) best = std::max(best, 1);
      }
    }
    return best;
  }

  bool listed(const Strings& list, const std::string& wanted) const {
    return std::ranges::any_of(
        list, [&](const std::string& item) { return forms_of(item) == forms_of(wanted); });
  }

  bool holds(std::size_t viewer, const ModelPhoto& photo, const ModelUnit& unit) const {
    if (unit.kind == ModelUnit::Kind::tag) return listed(photo.tags, unit.text);
    if (unit.kind == ModelUnit::Kind::label) return listed(photo.labels, unit.text);
    if (unit.text == "me") return viewer == photo.owner;
    return people[photo.owner].handle == unit.text && people[photo.owner].active;
  }

  // Forms that follow each other, the last one perhaps only begun.
  using Sequence = std::pair<Strings, bool>;

  // What a word, a beginning or a phrase stands for.
  static std::set<Sequence> meanings(const ModelUnit& unit) {
    Strings forms = forms_of(unit.text);
    if (words_of(unit.text)[0].pair) {
      if (forms.size() > 1) forms.pop_back();  // a run without its last single character
      return {{forms, false}};
    }
    if (unit.kind == ModelUnit::Kind::phrase) return {{forms, false}};
    const bool begins = unit.kind == ModelUnit::Kind::begin;
    const std::string root = stem(forms[0]);
    std::set<Sequence> all = {{forms, begins}};
    if (!begins || !root.starts_with(forms[0])) all.insert({{root}, false});
    for (const std::string& other : synonyms_of(root)) {
      Strings words = forms_of(other);
      if (words.size() == 1) words[0] = stem(words[0]);
      all.insert({words, false});
    }
    return all;
  }

  bool matches(std::size_t viewer, const ModelPhoto& photo, const ModelQuery& query,
               int& score) const {
    score = 0;
    for (const ModelClause& clause : query.clauses) {
      bool any = false;
      std::set<Sequence> sought;
      for (const ModelUnit& unit : clause.any_of) {
        const bool text = unit.kind == ModelUnit::Kind::word ||
                          unit.kind == ModelUnit::Kind::begin ||
                          unit.kind == ModelUnit::Kind::phrase;
        if (text) sought.merge(meanings(unit));
        if (!text) any = any || holds(viewer, photo, unit);
      }
      for (const auto& [forms, prefix] : sought) {
        const int found = weight(photo, forms, prefix);
        any = any || found > 0;
        if (!clause.negative) score += found;
      }
      if (any == clause.negative) return false;
    }
    if (static_cast<std::int64_t>(photo.likes.size()) < query.likes_from) return false;
    if (photo.created_at < query.from) return false;
    if (query.following >= 0 && follows.contains({viewer, photo.owner}) != (query.following == 1)) {
      return false;
    }
    return query.liked < 0 || photo.likes.contains(viewer) == (query.liked == 1);
  }

  std::vector<PhotoId> answer(std::size_t viewer, const ModelQuery& query, Sort sort) const {
    struct Found {
      std::int64_t rank = 0;
      PhotoId id;
    };
    std::vector<Found> found;
    for (const ModelPhoto& photo : photos) {
      int score = 0;
      if (!may_see(viewer, photo) || !matches(viewer, photo, query, score)) continue;
      const auto likes = static_cast<std::int64_t>(photo.likes.size());
      found.push_back({sort == Sort::relevance ? score
                       : sort == Sort::likes   ? likes
                                               : 0,
                       photo.id});
    }
    std::ranges::sort(found, [](const Found& one, const Found& other) {
      return one.rank != other.rank ? one.rank > other.rank : one.id > other.id;
    });
    std::vector<PhotoId> ids;
    for (const Found& each : found) ids.push_back(each.id);
    return ids;
  }

  // Photos with each term, as this viewer may count them.
  std::map<std::string, std::int64_t> terms(std::size_t viewer) const {
    std::map<std::string, std::int64_t> counts;
    for (const ModelPhoto& photo : photos) {
      if (!everybody_sees(photo) || blocked_either_way(viewer, photo.owner)) continue;
      std::set<std::string> keys;
      for (const std::string& tag : photo.tags) keys.insert(stem_key(tag));
      for (const std::string& label : photo.labels) keys.insert(stem_key(label));
      for (const std::string& key : keys) ++counts[key];
    }
    return counts;
  }
  std::map<std::string, std::int64_t> experts(std::size_t viewer, const std::string& key) const {
    std::map<std::string, std::int64_t> counts;
    for (const ModelPhoto& photo : photos) {
      if (!everybody_sees(photo) || blocked_either_way(viewer, photo.owner)) continue;
      const auto has = [&](const Strings& list) {
        return std::ranges::any_of(list,
                                   [&](const std::string& item) { return stem_key(item) == key; });
      };
      if (has(photo.tags) || has(photo.labels)) ++counts[people[photo.owner].handle];
    }
    std::erase_if(counts, [](const auto& each) { return each.second < often; });
    return counts;
  }
};

class SearchModelTest : public test::DatabaseSuite {
 protected:
  static constexpr std::size_t people_count = 5;

  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    people_.emplace(db());
    spread_documents();
    seed_ = chosen_seed();
    dice_.seed(seed_);
    for (std::size_t i = 0; i < people_count; ++i) {
      const std::string handle = "boat" + std::to_string(i) + "_run";
      const std::string name = pick(names);
      model_.people.push_back({people_->join(handle, name), handle, name});
    }
  }
  void TearDown() override {
    people_.reset();
    DatabaseSuite::TearDown();
  }

  // So that few photos fill many blocks of documents, and not all are read one by one.
  void spread_documents() {
    if (db().engine() == db::Engine::sqlite) return;
    db().write(
        [](db::Tx& tx) { tx.exec("ALTER SEQUENCE search_documents_doc_seq INCREMENT BY 1500"); });
  }

  std::size_t roll(std::size_t sides) {
    return std::uniform_int_distribution<std::size_t>(0, sides - 1)(dice_);
  }
  bool chance(int percent) { return static_cast<int>(roll(100)) < percent; }
  std::string pick(const Strings& list) { return list[roll(list.size())]; }
  std::string sentence(std::size_t most) {
    std::string text;
    for (std::size_t left = roll(most + 1); left > 0; --left) {
      if (!text.empty()) text += chance(80) ? " " : ", ";
      text += pick(vocabulary);
    }
    return text;
  }
  Strings list(std::size_t most) {
    std::set<std::string> items;
    for (std::size_t left = roll(most + 1); left > 0; --left) {
      items.insert(chance(70) ? pick(vocabulary) : pick(vocabulary) + "-" + pick(vocabulary));
    }
    return {items.begin(), items.end()};
  }
  Visibility some_visibility() {
    return chance(60)   ? Visibility::everyone
           : chance(60) ? Visibility::followers
                        : Visibility::only_me;
  }

  void add_photo() {
    ModelPhoto photo;
    photo.owner = roll(people_count);
    photo.title = sentence(4);
    photo.description = sentence(5);
    photo.tags = list(2);
    photo.labels = list(2);
    photo.visibility = some_visibility();
    photo.created_at = people_->clock.now();
    photo.id = people_->photo(model_.people[photo.owner].id, {.title = photo.title,
                                                              .visibility = photo.visibility,
                                                              .tags = photo.tags,
                                                              .labels = photo.labels,
                                                              .description = photo.description});
    if (chance(20)) people_->clock.advance(5 * day);
    model_.photos.push_back(std::move(photo));
  }

  void change_photo() {
    if (model_.photos.empty()) return;
    const std::size_t at = roll(model_.photos.size());
    ModelPhoto& photo = model_.photos[at];
    if (chance(15)) {
      db().write([&](db::Tx& tx) { photos::PhotoEditStore().erase(tx, photo.id); });
      model_.photos.erase(model_.photos.begin() + static_cast<std::ptrdiff_t>(at));
    } else if (chance(15)) {
      const auto state = photo.published ? PhotoState::held : PhotoState::published;
      db().write([&](db::Tx& tx) { photos::PhotoStore().decide(tx, photo.id, state, ""); });
      photo.published = !photo.published;
    } else if (chance(30)) {
      photo.visibility = some_visibility();
      people_->set_visibility(photo.id, photo.visibility);
    } else if (chance(40)) {
      photo.title = sentence(4);
      photo.tags = list(2);
      photos::PhotoEdit edit;
      edit.title = photo.title;
      edit.tags = photo.tags;
      db().write([&](db::Tx& tx) { photos::PhotoEditStore().edit(tx, photo.id, edit); });
    } else {
      const std::size_t who = roll(people_count);
      if (!photo.likes.insert(who).second) return;
      db().write([&](db::Tx& tx) {
        tx.exec("INSERT INTO likes (photo_id, account_id, created_at) VALUES ($1, $2, 0)", photo.id,
                model_.people[who].id);
        tx.exec("UPDATE photos SET likes = likes + 1 WHERE id = $1", photo.id);
      });
    }
  }

  void change_people() {
    const std::size_t one = roll(people_count);
    const std::size_t other = roll(people_count);
    ModelPerson& person = model_.people[one];
    if (chance(15)) {
      person.is_private = !person.is_private;
      people_->set_private(person.id, person.is_private);
    } else if (chance(15)) {
      person.active = !person.active;
      people_->set_state(person.id, person.active ? AccountState::active : AccountState::suspended);
    } else if (chance(20)) {
      if (!person.active) return;
      person.name = pick(names);
      accounts::ProfileChange change;
      change.name = person.name;
      ASSERT_TRUE(people_->accounts.change_profile(people_->as(person.id), change));
      reindexing().run([](Micros) { return true; });
    } else if (one != other && chance(50)) {
      if (!model_.blocks.insert({one, other}).second) return;
      people_->block(person.id, model_.people[other].id);
    } else if (one != other && model_.follows.insert({one, other}).second) {
      people_->follow(person.id, model_.people[other].id);
    }
  }
  photos::ReindexService reindexing() { return {db(), people_->clock}; }

  ModelUnit some_unit() {
    switch (roll(10)) {
      case 0: {
        const std::string text = pick(vocabulary) + " " + pick(vocabulary);
        // A run of pairs within a phrase ends with its single character; not what is tested here.
        if (!words_of(text)[0].pair && !words_of(text).back().pair) {
          return {ModelUnit::Kind::phrase, text, "\"" + text + "\""};
        }
        [[fallthrough]];
      }
      case 1: {
        const std::string handle = chance(30) ? "me" : model_.people[roll(people_count)].handle;
        return {ModelUnit::Kind::from, handle, "from:" + handle};
      }
      case 2: {
        const std::string tag =
            chance(70) ? pick(vocabulary) : pick(vocabulary) + "-" + pick(vocabulary);
        return {ModelUnit::Kind::tag, tag, "tag:" + tag};
      }
      case 3:
        return {ModelUnit::Kind::label, "red", "color:red"};
      default: {
        const std::string word = pick(vocabulary);
        return {ModelUnit::Kind::word, word, word};
      }
    }
  }

  ModelQuery some_query() {
    ModelQuery query;
    const auto type = [&](const std::string& text) {
      query.typed.append(query.typed.empty() ? "" : " ").append(text);
    };
    for (std::size_t left = roll(3); left > 0; --left) {
      ModelClause clause{{some_unit()}, chance(20)};
      type((clause.negative ? "-" : "") + clause.any_of[0].typed);
      while (!clause.negative && chance(20)) {
        clause.any_of.push_back(some_unit());
        type("OR " + clause.any_of.back().typed);
      }
      query.clauses.push_back(std::move(clause));
    }
    if (chance(10)) {
      query.likes_from = 1;
      type("likes:>0");
    }
    if (chance(10)) {
      query.from = 1'792'800'000 * second;  // 2026-10-24
      type("after:2026-10-24");
    }
    if (chance(10)) {
      query.following = chance(50) ? 1 : 0;
      type(query.following ? "is:following" : "-is:following");
    }
    if (chance(10)) {
      query.liked = chance(50) ? 1 : 0;
      type(query.liked ? "is:liked" : "-is:liked");
    }
    const std::string word = pick(vocabulary);
    if (query.typed.empty() || chance(50)) {
      // The last word may be unfinished.
      const bool whole = words_of(word)[0].pair || static_cast<unsigned char>(word.back()) >= 0x80;
      std::string begun = whole ? word : word.substr(0, 2 + roll(word.size() - 1));
      query.clauses.push_back({{{ModelUnit::Kind::begin, begun, begun}}});
      type(begun);
    } else {
      query.typed += ' ';  // so that no word is unfinished
    }
    return query;
  }

  void compare_search() {
    const ModelQuery query = some_query();
    const std::size_t viewer = chance(20) ? nobody : roll(people_count);
    const auto sort = static_cast<Sort>(roll(3));
    const int limit = static_cast<int>(1 + roll(8));
    std::vector<PhotoId> seen;
    for (const auto& view : test::walk(limit, [&](const PageRequest& page) {
           return people_->search_photos(as(viewer), query.typed, page, sort);
         })) {
      seen.push_back(view.photo.id);
    }
    ASSERT_EQ(seen, model_.answer(viewer, query, sort))
        << "query [" << query.typed << "], viewer " << viewer << ", sort " << static_cast<int>(sort)
        << ", PICSHARZ_SEED=" << seed_ << explain(seen, viewer, query);
    found_ += seen.size();
  }

  // What was found, and what the model gives for it.
  std::string explain(const std::vector<PhotoId>& seen, std::size_t viewer,
                      const ModelQuery& query) {
    std::string text;
    for (const PhotoId id : seen) {
      const auto photo = std::ranges::find(model_.photos, id, &ModelPhoto::id);
      if (photo == model_.photos.end()) continue;
      int score = 0;
      const bool matches = model_.matches(viewer, *photo, query, score);
      text.append("\n").append(id.str()).append(matches ? " matches " : " does not, ");
      text.append(std::to_string(score)).append(": ");
      for (const Text& each : model_.texts(*photo)) text.append("[").append(each.text).append("] ");
    }
    return text;
  }

  void compare_terms() {
    const std::size_t viewer = chance(20) ? nobody : roll(people_count);
    const auto counts = model_.terms(viewer);
    for (const std::string& word : vocabulary) {
      std::map<std::string, std::int64_t> seen;
      for (const Term& term : test::walk(2, [&](const PageRequest& page) {
             return people_->terms.tags(as(viewer), word + " ", page);
           })) {
        seen[stem_key(term.name)] += term.photos;
      }
      for (const auto& [key, photos] : seen) {
        const auto wanted = counts.find(key);
        ASSERT_TRUE(wanted != counts.end() && wanted->second == photos)
            << key << " " << photos << ", viewer " << viewer << ", PICSHARZ_SEED=" << seed_;
      }
      if (const auto wanted = counts.find(stem_key(word)); wanted != counts.end()) {
        ASSERT_TRUE(seen.contains(wanted->first)) << word << ", PICSHARZ_SEED=" << seed_;
        compare_experts(viewer, word);
      }
    }
  }
  void compare_experts(std::size_t viewer, const std::string& word) {
    std::map<std::string, std::int64_t> seen;
    std::int64_t last = 1'000'000;
    const auto list = test::walk(
        2, [&](const PageRequest& page) { return people_->terms.experts(as(viewer), word, page); });
    for (const Expert& expert : list) {
      EXPECT_LE(expert.photos, last);
      EXPECT_LE(expert.photos_this_month, expert.photos);
      last = expert.photos;
      seen[expert.account.handle] = expert.photos;
    }
    ASSERT_EQ(seen, model_.experts(viewer, stem_key(word)))
        << word << ", viewer " << viewer << ", PICSHARZ_SEED=" << seed_;
  }

  Viewer as(std::size_t viewer) {
    return people_->as(viewer == nobody ? AccountId{} : model_.people[viewer].id);
  }

  std::optional<PeopleFixture> people_;
  Model model_;
  std::mt19937 dice_;
  unsigned seed_ = 0;
  std::size_t found_ = 0;
};
ON_BOTH_ENGINES(SearchModelTest);

TEST_P(SearchModelTest, ItFindsWhatANaiveMatcherFindsInTheSameOrder) {
  for (int step = 0; step < 220; ++step) {
    if (chance(45)) {
      add_photo();
    } else if (chance(60)) {
      change_photo();
    } else {
      change_people();
    }
    for (int query = 0; query < 4; ++query) {
      compare_search();
      if (HasFatalFailure()) return;
    }
    if (step % 20 == 0) compare_terms();
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(found_, 500U) << "the queries found too little to say anything; PICSHARZ_SEED="
                          << seed_;
  photos::ReindexService service = reindexing();
  const auto report = service.verify(false, [](Micros) { return true; });
  EXPECT_EQ(report.photos, static_cast<std::int64_t>(model_.photos.size()));
  EXPECT_EQ(report.wrong(), 0) << report.missing << " missing, " << report.stale << " stale, "
                               << report.surplus << " surplus, " << report.counts
                               << " counts; PICSHARZ_SEED=" << seed_;
}

}  // namespace
}  // namespace picsharz::search
