#include "vision/taxonomy.h"

#include <gtest/gtest.h>

#include <map>

namespace picsharz::vision {
namespace {

std::vector<std::string> names(const std::vector<Label>& labels) {
  std::vector<std::string> result;
  for (const Label& label : labels) result.push_back(label.name);
  return result;
}

std::vector<Label> labels(const std::vector<std::pair<std::string, float>>& seen) {
  std::vector<std::string> classes;
  std::vector<float> scores;
  for (const auto& [name, score] : seen) {
    classes.push_back(name);
    scores.push_back(score);
  }
  return labels_for(classes, scores);
}

using Names = std::vector<std::string>;

TEST(Taxonomy, SaysItInTheWordsPeopleUse) {
  const std::map<std::string, Names> expected{
      {"tv", {"electronics", "television"}},
      {"cell phone", {"electronics", "phone"}},
      {"potted plant", {"plant"}},
      {"couch", {"furniture", "sofa"}},
      {"cat", {"animal", "cat"}},
      {"car", {"car", "vehicle"}},
      {"banana", {"banana", "food", "fruit"}},
      {"skis", {"ski", "sport", "winter sport"}},
      {"person", {"person"}},
  };
  for (const auto& [name, words] : expected) {
    EXPECT_EQ(names(labels({{name, 0.9F}})), words) << name;
  }
}

TEST(Taxonomy, AGeneralWordIsAsSureAsItsStrongestMember) {
  const auto found = labels({{"dog", 0.4F}, {"cat", 0.8F}, {"car", 0.6F}});
  EXPECT_EQ(names(found), (Names{"animal", "cat", "car", "vehicle", "dog"}));
  EXPECT_FLOAT_EQ(static_cast<float>(found[0].confidence), 0.8F);
  EXPECT_FLOAT_EQ(static_cast<float>(found[4].confidence), 0.4F);
}

TEST(Taxonomy, DropsWhatIsBelowTheFloor) {
  EXPECT_TRUE(labels({{"dog", 0.299F}}).empty());
  EXPECT_EQ(names(labels({{"dog", 0.3001F}})), (Names{"animal", "dog"}));
  EXPECT_TRUE(labels({{"dog", std::numeric_limits<float>::quiet_NaN()}}).empty());
}

TEST(Taxonomy, TwoClassesOfOneWordAreOneLabel) {
  const auto found = labels({{"baseball bat", 0.5F}, {"baseball glove", 0.7F}});
  EXPECT_EQ(names(found), (Names{"baseball", "sport"}));
  EXPECT_FLOAT_EQ(static_cast<float>(found[0].confidence), 0.7F);
}

TEST(Taxonomy, AnUnknownClassKeepsItsName) {
  EXPECT_EQ(names(labels({{"acoustic guitar", 0.9F}})), (Names{"acoustic guitar"}));
}

}  // namespace
}  // namespace picsharz::vision
