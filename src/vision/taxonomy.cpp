#include "vision/taxonomy.h"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

namespace picsharz::vision {

namespace {

// Only classes that are called differently or belong to something more general; the others
// (person, umbrella, clock, ...) are words already.
struct Entry {
  std::string_view name;
  std::string_view word;
  std::array<std::string_view, 2> general{};
};

constexpr Entry entries[] = {
    {"bicycle", "bicycle", {"vehicle"}},
    {"car", "car", {"vehicle"}},
    {"motorcycle", "motorcycle", {"vehicle"}},
    {"airplane", "airplane", {"vehicle"}},
    {"bus", "bus", {"vehicle"}},
    {"train", "train", {"vehicle"}},
    {"truck", "truck", {"vehicle"}},
    {"boat", "boat", {"vehicle"}},
    {"traffic light", "traffic light", {"street"}},
    {"fire hydrant", "fire hydrant", {"street"}},
    {"stop sign", "stop sign", {"street"}},
    {"parking meter", "parking meter", {"street"}},
    {"bird", "bird", {"animal"}},
    {"cat", "cat", {"animal"}},
    {"dog", "dog", {"animal"}},
    {"horse", "horse", {"animal"}},
    {"sheep", "sheep", {"animal"}},
    {"cow", "cow", {"animal"}},
    {"elephant", "elephant", {"animal"}},
    {"bear", "bear", {"animal"}},
    {"zebra", "zebra", {"animal"}},
    {"giraffe", "giraffe", {"animal"}},
    {"backpack", "backpack", {"bag"}},
    {"handbag", "handbag", {"bag"}},
    {"suitcase", "suitcase", {"luggage"}},
    {"frisbee", "frisbee", {"sport"}},
    {"skis", "ski", {"sport", "winter sport"}},
    {"snowboard", "snowboard", {"sport", "winter sport"}},
    {"sports ball", "ball", {"sport"}},
    {"baseball bat", "baseball", {"sport"}},
    {"baseball glove", "baseball", {"sport"}},
    {"skateboard", "skateboard", {"sport"}},
    {"surfboard", "surfboard", {"sport"}},
    {"tennis racket", "tennis", {"sport"}},
    {"wine glass", "glass", {"drink"}},
    {"fork", "fork", {"cutlery"}},
    {"knife", "knife", {"cutlery"}},
    {"spoon", "spoon", {"cutlery"}},
    {"banana", "banana", {"food", "fruit"}},
    {"apple", "apple", {"food", "fruit"}},
    {"orange", "orange", {"food", "fruit"}},
    {"broccoli", "broccoli", {"food", "vegetable"}},
    {"carrot", "carrot", {"food", "vegetable"}},
    {"sandwich", "sandwich", {"food"}},
    {"hot dog", "hot dog", {"food"}},
    {"pizza", "pizza", {"food"}},
    {"donut", "doughnut", {"food", "dessert"}},
    {"cake", "cake", {"food", "dessert"}},
    {"bench", "bench", {"furniture"}},
    {"chair", "chair", {"furniture"}},
    {"couch", "sofa", {"furniture"}},
    {"potted plant", "plant"},
    {"bed", "bed", {"furniture"}},
    {"dining table", "table", {"furniture"}},
    {"tv", "television", {"electronics"}},
    {"laptop", "laptop", {"electronics", "computer"}},
    {"mouse", "computer mouse", {"electronics"}},
    {"remote", "remote control", {"electronics"}},
    {"keyboard", "keyboard", {"electronics"}},
    {"cell phone", "phone", {"electronics"}},
    {"microwave", "microwave", {"kitchen"}},
    {"oven", "oven", {"kitchen"}},
    {"toaster", "toaster", {"kitchen"}},
    {"refrigerator", "fridge", {"kitchen"}},
    {"teddy bear", "teddy bear", {"toy"}},
    {"hair drier", "hair dryer"},
};

const Entry* entry_of(std::string_view name) {
  const auto found = std::ranges::find(entries, name, &Entry::name);
  return found == std::end(entries) ? nullptr : found;
}

}  // namespace

std::vector<Label> labels_for(std::span<const std::string> classes, std::span<const float> scores) {
  std::map<std::string_view, double> words;
  const auto keep = [&](std::string_view word, double score) {
    if (!word.empty()) words[word] = std::max(words[word], score);
  };
  for (std::size_t i = 0; i < std::min(classes.size(), scores.size()); ++i) {
    if (!(scores[i] >= label_floor)) continue;
    const Entry* entry = entry_of(classes[i]);
    keep(entry ? entry->word : std::string_view(classes[i]), scores[i]);
    if (!entry) continue;
    for (const std::string_view general : entry->general) keep(general, scores[i]);
  }
  std::vector<Label> labels;
  labels.reserve(words.size());
  for (const auto& [word, score] : words) labels.push_back({std::string(word), score});
  std::ranges::stable_sort(labels, std::ranges::greater{}, &Label::confidence);
  return labels;
}

}  // namespace picsharz::vision
