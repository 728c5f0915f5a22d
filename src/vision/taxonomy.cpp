#include "vision/taxonomy.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "vision/taxonomy_table.h"

namespace picsharz::vision {

namespace {

std::string_view first_name(std::string_view name) { return name.substr(0, name.find(", ")); }

std::vector<Label> sorted(std::vector<Label> labels) {
  std::ranges::sort(labels, [](const Label& a, const Label& b) {
    return a.confidence != b.confidence ? a.confidence > b.confidence : a.name < b.name;
  });
  if (labels.size() > labels_kept) labels.resize(labels_kept);
  return labels;
}

// Calls `own` for each word of a class and `general` for each above it.
template <typename Own, typename General>
void each_word(const TaxonomyEntry* entry, std::string_view name, Own own, General general) {
  if (!entry) {
    own(first_name(name));
    return;
  }
  for (const std::string_view word : entry->words) own(word);
  for (const std::string_view word : entry->general) general(word);
}

}  // namespace

std::vector<Label> labels_for(std::span<const std::string> classes, std::span<const float> scores) {
  std::map<std::string_view, double> words;
  const auto entries = taxonomy().objects.find(classes);
  for (std::size_t i = 0; i < std::min(classes.size(), scores.size()); ++i) {
    if (!(scores[i] >= label_floor)) continue;
    const auto keep = [&](std::string_view word) {
      words[word] = std::max(words[word], double{scores[i]});
    };
    each_word(entries[i], classes[i], keep, keep);
  }
  std::vector<Label> labels;
  labels.reserve(words.size());
  for (const auto& [word, score] : words) labels.push_back({std::string(word), score});
  return sorted(std::move(labels));
}

std::vector<Label> labels_for_distribution(std::span<const std::string> classes,
                                           std::span<const float> probabilities) {
  struct Mass {
    double own = 0;  // of the classes that are called so
    double all = 0;  // and of those below
  };
  std::map<std::string_view, Mass> words;
  const auto entries = taxonomy().imagenet.find(classes);
  for (std::size_t i = 0; i < std::min(classes.size(), probabilities.size()); ++i) {
    const double probability = probabilities[i];
    if (!(probability > 0)) continue;
    each_word(
        entries[i], classes[i],
        [&](std::string_view word) {
          words[word].own += probability;
          words[word].all += probability;
        },
        [&](std::string_view word) { words[word].all += probability; });
  }
  std::vector<Label> labels;
  for (const auto& [word, mass] : words) {
    if (!(mass.own >= label_floor || mass.all >= general_floor)) continue;
    labels.push_back({std::string(word), std::min(mass.all, 1.0)});  // rounding adds up, too
  }
  return sorted(std::move(labels));
}

std::vector<Label> merge_labels(std::vector<Label> a, const std::vector<Label>& b) {
  for (const Label& label : b) {
    const auto same = std::ranges::find(a, label.name, &Label::name);
    if (same == a.end()) {
      a.push_back(label);
    } else {
      same->confidence = std::max(same->confidence, label.confidence);
    }
  }
  return sorted(std::move(a));
}

}  // namespace picsharz::vision
