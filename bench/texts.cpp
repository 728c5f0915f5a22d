#include "texts.h"

#include <algorithm>
#include <array>
#include <set>

namespace picsharz::bench {

namespace {

constexpr std::string_view given_names[] = {
    "Ada",  "Amir",    "Anaïs", "Bao",   "Carla", "Chidi", "Dewi", "Elif",   "Farah", "Gita",
    "Hana", "Ibrahim", "Ines",  "Jonas", "Kofi",  "Lena",  "Mei",  "Nuno",   "Olga",  "Priya",
    "Quim", "Rosa",    "Siti",  "Tomás", "Umar",  "Vera",  "Wei",  "Ximena", "Yuki",  "Zoë"};
constexpr std::string_view family_names[] = {
    "Tan",   "Okafor", "Müller", "Silva", "Nguyen", "Haddad", "Kaya",  "Rossi",  "Novák", "Sato",
    "Perez", "Larsen", "Wong",   "Khan",  "Mensah", "Dubois", "Ahmad", "Petrov", "Lim",   "Jensen"};
constexpr std::string_view handle_words[] = {
    "mei", "tan",  "lens",    "photo", "sky",  "river", "north", "light", "grain", "film",
    "fox", "moss", "harbour", "kite",  "noon", "pixel", "quiet", "roam",  "stone", "wave"};
constexpr std::string_view countries[] = {"SG", "MY", "ID", "DE", "FR",
                                          "BR", "IN", "JP", "GB", "KE"};
// The commonest first.
constexpr std::string_view words[] = {
    "the",        "of",        "in",          "a",         "evening",
    "light",      "at",        "morning",     "river",     "street",
    "with",       "old",       "harbour",     "after",     "rain",
    "summer",     "walk",      "blue",        "city",      "and",
    "garden",     "mountain",  "winter",      "sea",       "sunset",
    "home",       "from",      "bridge",      "market",    "first",
    "snow",       "lake",      "little",      "forest",    "on",
    "train",      "station",   "night",       "under",     "cloud",
    "window",     "friends",   "birthday",    "breakfast", "coffee",
    "island",     "boat",      "cat",         "dog",       "bird",
    "tree",       "leaves",    "autumn",      "spring",    "flower",
    "red",        "green",     "yellow",      "white",     "black",
    "shadow",     "mirror",    "reflection",  "quiet",     "loud",
    "festival",   "lantern",   "temple",      "church",    "mosque",
    "museum",     "library",   "school",      "football",  "bicycle",
    "road",       "trip",      "camp",        "fire",      "star",
    "moon",       "tide",      "beach",       "sand",      "shell",
    "storm",      "wind",      "kite",        "balloon",   "paper",
    "book",       "letter",    "grandmother", "child",     "cousin",
    "wedding",    "dance",     "music",       "guitar",    "drum",
    "kitchen",    "noodles",   "bread",       "mango",     "durian",
    "tea",        "squirrel",  "heron",       "otter",     "beetle",
    "moss",       "fern",      "orchid",      "bamboo",    "ferry",
    "lighthouse", "pier",      "anchor",      "net",       "fisherman",
    "glacier",    "volcano",   "canyon",      "desert",    "dune",
    "oasis",      "waterfall", "cave",        "zeppelin",  "kaleidoscope",
    "quartz",     "xylophone", "yurt",        "vineyard",  "umbrella",
    "tram"};
constexpr std::string_view label_words[] = {
    "person", "tree",  "car",    "building", "boat",   "dog",   "bird",  "cat",    "bicycle",
    "chair",  "table", "flower", "train",    "bottle", "bench", "horse", "bus",    "book",
    "cup",    "plant", "sheep",  "kite",     "cow",    "clock", "truck", "laptop", "umbrella"};

}  // namespace

Texts::Texts()
    : word_weights_(Weighted::zipf(std::size(words), 1.0, 3)),
      label_weights_(Weighted::zipf(std::size(label_words), 1.1, 1)) {}

std::string_view Texts::word(Dice& dice) const { return words[word_weights_.draw(dice)]; }
std::string_view Texts::country(Dice& dice) const { return dice.one_of(countries); }

std::string Texts::name(Dice& dice) const {
  std::string name(dice.one_of(given_names));
  return name.append(" ").append(dice.one_of(family_names));
}

std::string Texts::handle(Dice& dice, int number) const {
  std::string handle(dice.one_of(handle_words));
  handle.append("_").append(dice.one_of(handle_words));
  return handle.append("_").append(std::to_string(number));
}

std::string Texts::sentence(Dice& dice, int least, int most) const {
  std::string text;
  for (auto left = dice.between(least, most); left > 0; --left) {
    if (!text.empty()) text += ' ';
    text += word(dice);
  }
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] += 'A' - 'a';
  return text;
}

std::vector<std::string> Texts::tags(Dice& dice) const {
  std::set<std::string> tags;
  for (auto left = dice.between(0, 5); left > 0; --left) tags.emplace(word(dice));
  return {tags.begin(), tags.end()};
}

std::vector<photos::PhotoLabel> Texts::labels(Dice& dice) const {
  std::vector<photos::PhotoLabel> labels;
  for (auto left = dice.between(0, 4); left > 0; --left) {
    const std::string_view name = label_words[label_weights_.draw(dice)];
    const double confidence = static_cast<double>(dice.between(50, 99)) / 100;
    if (std::ranges::find(labels, name, &photos::PhotoLabel::name) == labels.end()) {
      labels.push_back({std::string(name), confidence});
    }
  }
  std::ranges::sort(labels, std::ranges::greater(), &photos::PhotoLabel::confidence);
  return labels;
}

}  // namespace picsharz::bench
