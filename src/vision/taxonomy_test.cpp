#include "vision/taxonomy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "vision/taxonomy_table.h"

namespace picsharz::vision {
namespace {

using Names = std::vector<std::string>;
using Seen = std::vector<std::pair<std::string, float>>;

Names names(const std::vector<Label>& labels) {
  Names result;
  for (const Label& label : labels) result.push_back(label.name);
  return result;
}

double confidence(const std::vector<Label>& labels, std::string_view name) {
  const auto found = std::ranges::find(labels, name, &Label::name);
  return found == labels.end() ? -1 : found->confidence;
}

template <typename Function>
std::vector<Label> ask(Function function, const Seen& seen) {
  Names classes;
  std::vector<float> scores;
  for (const auto& [name, score] : seen) {
    classes.push_back(name);
    scores.push_back(score);
  }
  return function(classes, scores);
}

// As the detector says it, and as the classifier of the 1,000 does.
std::vector<Label> labels(const Seen& seen) { return ask(labels_for, seen); }
std::vector<Label> of_distribution(const Seen& seen) { return ask(labels_for_distribution, seen); }

TEST(Taxonomy, SaysItInTheWordsPeopleUse) {
  const std::map<std::string, Names> expected{
      {"tv", {"electronics", "television"}},
      {"cell phone", {"electronics", "mobile phone", "phone"}},
      {"potted plant", {"plant"}},
      {"couch", {"furniture", "sofa"}},
      {"cat", {"animal", "cat", "pet"}},
      {"car", {"car", "vehicle"}},
      {"banana", {"banana", "food", "fruit"}},
      {"skis", {"ski", "snow", "sport", "winter sport"}},
      {"person", {"person"}},
  };
  for (const auto& [name, words] : expected) {
    EXPECT_EQ(names(labels({{name, 0.9F}})), words) << name;
  }
}

TEST(Taxonomy, AGeneralWordIsAsSureAsItsStrongestMember) {
  const auto found = labels({{"dog", 0.4F}, {"cat", 0.8F}, {"car", 0.6F}});
  EXPECT_EQ(names(found), (Names{"animal", "cat", "pet", "car", "vehicle", "dog"}));
  EXPECT_FLOAT_EQ(static_cast<float>(found[0].confidence), 0.8F);
  EXPECT_FLOAT_EQ(static_cast<float>(found[5].confidence), 0.4F);
}

TEST(Taxonomy, DropsWhatIsBelowTheFloor) {
  EXPECT_TRUE(labels({{"dog", 0.299F}}).empty());
  EXPECT_EQ(names(labels({{"dog", 0.3001F}})), (Names{"animal", "dog", "pet"}));
  EXPECT_TRUE(labels({{"dog", std::numeric_limits<float>::quiet_NaN()}}).empty());
}

TEST(Taxonomy, TwoClassesOfOneWordAreOneLabel) {
  const auto found = labels({{"baseball bat", 0.5F}, {"baseball glove", 0.7F}});
  EXPECT_EQ(names(found), (Names{"baseball", "sport"}));
  EXPECT_FLOAT_EQ(static_cast<float>(found[0].confidence), 0.7F);
}

TEST(Taxonomy, AnUnknownClassKeepsItsFirstName) {
  EXPECT_EQ(names(labels({{"acoustic guitar", 0.9F}})), (Names{"acoustic guitar"}));
  EXPECT_EQ(names(of_distribution({{"moon, luna", 0.9F}})), (Names{"moon"}));
}

TEST(Taxonomy, AnAcousticGuitarIsAGuitarAndAMusicalInstrument) {
  EXPECT_EQ(
      names(of_distribution({{"acoustic guitar", 0.9F}, {"banjo", 0.05F}})),
      (Names{"music", "musical instrument", "string instrument", "acoustic guitar", "guitar"}));
}

TEST(Taxonomy, SaysTheThousandClassesInTheWordsPeopleUse) {
  const std::map<std::string, Names> expected{
      {"cellular telephone, cellular phone, cellphone, cell, mobile phone",
       {"electronics", "mobile phone", "phone"}},
      {"notebook, notebook computer", {"computer", "electronics", "laptop"}},
      {"streetcar, tram, tramcar, trolley, trolley car", {"public transport", "tram", "vehicle"}},
      {"hen-of-the-woods, hen of the woods, Polyporus frondosus, Grifola frondosa",
       {"mushroom", "nature"}},
      {"alp", {"landscape", "mountain", "nature"}},
      {"seashore, coast, seacoast, sea-coast", {"beach", "coast", "landscape", "nature", "sea"}},
      {"lakeside, lakeshore", {"lake", "landscape", "nature", "water"}},
      {"fox squirrel, eastern fox squirrel, Sciurus niger",
       {"animal", "rodent", "squirrel", "wildlife"}},
      {"drake", {"animal", "bird", "duck", "mallard", "water bird", "wildlife"}},
      {"sea lion", {"animal", "sea life", "sea lion", "seal", "wildlife"}},
      {"jay", {"animal", "bird", "jay", "songbird", "wildlife"}},
      {"bassoon", {"bassoon", "music", "musical instrument", "wind instrument"}},
      {"mouse, computer mouse", {"computer", "computer mouse", "electronics"}},
      {"nail", {"nail"}},
      {"background", {}},
      {"triceratops", {"dinosaur", "triceratops"}},
      {"web site, website, internet site, site", {}},
  };
  for (const auto& [name, words] : expected) {
    EXPECT_EQ(names(of_distribution({{name, 0.9F}})), words) << name;
    const std::string first = name.substr(0, name.find(", "));
    EXPECT_EQ(names(of_distribution({{first, 0.9F}})), words) << first;
  }
}

TEST(Taxonomy, KnowsADogWithoutItsBreed) {
  const Seen breeds{{"beagle", 0.2F}, {"English foxhound", 0.2F}, {"pug, pug-dog", 0.2F}};
  const auto found = of_distribution(breeds);
  EXPECT_EQ(names(found), (Names{"animal", "dog", "pet"}));
  EXPECT_NEAR(confidence(found, "dog"), 0.6, 1e-6);
}

TEST(Taxonomy, ClassesOfOneWordAddUp) {
  const auto found =
      of_distribution({{"tabby, tabby cat", 0.2F}, {"tiger cat", 0.2F}, {"Egyptian cat", 0.04F}});
  EXPECT_EQ(names(found), (Names{"tabby cat"}));
  EXPECT_NEAR(confidence(found, "tabby cat"), 0.4, 1e-6);
  const auto sure =
      of_distribution({{"tabby, tabby cat", 0.3F}, {"tiger cat", 0.3F}, {"Egyptian cat", 0.4001F}});
  EXPECT_EQ(names(sure), (Names{"animal", "cat", "pet", "tabby cat"}));
  EXPECT_EQ(confidence(sure, "cat"), 1.0);
}

TEST(Taxonomy, AGeneralWordNeedsHalfOfTheProbability) {
  EXPECT_EQ(names(of_distribution({{"beagle", 0.4999F}})), (Names{"beagle"}));
  EXPECT_EQ(names(of_distribution({{"beagle", 0.5F}})),
            (Names{"animal", "beagle", "dog", "hound", "pet"}));
  EXPECT_TRUE(of_distribution({{"beagle", 0.2999F}}).empty());
  EXPECT_TRUE(of_distribution({{"beagle", std::numeric_limits<float>::quiet_NaN()}}).empty());
}

// The list has two classes called "crane" and two called "maillot".
TEST(Taxonomy, ClassesOfOneNameAreToldApartByTheirOrder) {
  const auto bird = of_distribution({{"crane", 0.9F}, {"crane", 0.0F}});
  EXPECT_EQ(names(bird), (Names{"animal", "bird", "crane", "water bird", "wildlife"}));
  const auto machine = of_distribution({{"crane", 0.0F}, {"crane", 0.9F}});
  EXPECT_EQ(names(machine), (Names{"construction crane", "industry"}));
  for (const auto& [first, second] :
       {std::pair{"maillot", "maillot, tank suit"}, std::pair{"maillot", "maillot"}}) {
    EXPECT_EQ(names(of_distribution({{first, 0.9F}, {second, 0.0F}})),
              (Names{"clothing", "leotard"}));
    EXPECT_EQ(names(of_distribution({{first, 0.0F}, {second, 0.9F}})),
              (Names{"clothing", "swimsuit", "swimwear"}));
  }
  EXPECT_EQ(names(of_distribution({{"cardigan", 0.9F}})),
            (Names{"cardigan", "clothing", "sweater"}));
  EXPECT_EQ(names(of_distribution({{"Cardigan", 0.9F}})),
            (Names{"animal", "corgi", "dog", "pet", "welsh corgi"}));
}

TEST(Taxonomy, MergingKeepsTheStrongerAndTheOrder) {
  const auto merged = merge_labels({{"dog", 0.4}, {"animal", 0.4}},
                                   {{"animal", 0.9}, {"dog", 0.3}, {"beagle", 0.4}});
  EXPECT_EQ(names(merged), (Names{"animal", "beagle", "dog"}));
  EXPECT_EQ(confidence(merged, "animal"), 0.9);
  EXPECT_EQ(confidence(merged, "dog"), 0.4);
  EXPECT_TRUE(merge_labels({}, {}).empty());
}

TEST(Taxonomy, MergingIsBounded) {
  std::vector<Label> many;
  many.reserve(60);
  for (int i = 0; i < 60; ++i) many.push_back({"word " + std::to_string(i), 0.3 + i * 0.01});
  const auto merged = merge_labels(many, {{"strongest", 1.0}});
  ASSERT_EQ(merged.size(), labels_kept);
  EXPECT_EQ(merged[0].name, "strongest");
  EXPECT_EQ(merged[1].name, "word 59");
}

TEST(TaxonomyTable, EveryLineOfTheFileIsSound) {
  const Taxonomy read = parse_taxonomy(taxonomy_text());
  EXPECT_EQ(read.objects.entries().size(), 80U);
  EXPECT_EQ(read.imagenet.entries().size(), 1001U);  // with the background
  // What WordNet calls everything, and people nothing.
  const std::set<std::string_view> junk{"entity",   "whole",  "artifact", "object",
                                        "organism", "device", "matter",   "instrumentality"};
  std::set<std::string_view> general;
  int silent = 0;
  for (const TaxonomyTable* table : {&read.objects, &read.imagenet}) {
    for (const TaxonomyEntry& entry : table->entries()) {
      silent += entry.words.empty();
      general.insert(entry.general.begin(), entry.general.end());
      for (const auto& words : {entry.words, entry.general}) {
        for (const auto word : words) EXPECT_FALSE(junk.contains(word)) << entry.name;
      }
    }
  }
  EXPECT_LE(silent, 10);  // "packet", "pole", "web site", ...
  EXPECT_GE(general.size(), 150U);
  EXPECT_LE(general.size(), 260U);
}

TEST(TaxonomyTable, RefusesALineThatIsNotAsDescribed) {
  EXPECT_NO_THROW(parse_taxonomy("# said\n\nobject\tcat\tcat\tanimal, pet\n"));
  const char* const wrong[] = {
      "object\tcat\tcat",                 // a field is missing
      "object\tcat\tcat\tanimal\tpet",    // or too many
      "objects\tcat\tcat\tanimal",        // no such model
      "object\t\tcat\tanimal",            // no name
      "object\tcat\t\tanimal",            // an empty word
      "object\tcat\tcat,\tanimal",        // a comma too many
      "object\tcat\tCat\tanimal",         // a capital letter
      "object\tcat\tcat \tanimal",        // a space at the end
      "object\tcat\tbig  cat\tanimal",    // two spaces
      "object\tcat\tcat, cat\tanimal",    // twice
      "object\tcat\tcat\tcat",            // above itself
      "object\tcat\ta, b, c, d, e\t-",    // no end of words
      "object\tcat\tcat\tanimal\r",       // another system's line
      "object\tcat\tc\xc3\xa4t\tanimal",  // not ASCII
  };
  for (const char* line : wrong) {
    EXPECT_THROW(parse_taxonomy(std::string("# said\n") + line), std::runtime_error) << line;
  }
  try {
    parse_taxonomy("# said\nobject\tcat");
    FAIL();
  } catch (const std::runtime_error& refused) {
    EXPECT_STREQ(refused.what(), "taxonomy.tsv:2: four fields are expected");
  }
}

}  // namespace
}  // namespace picsharz::vision
