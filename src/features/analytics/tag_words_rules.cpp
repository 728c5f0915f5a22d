#include "features/analytics/tag_words_rules.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <unordered_map>
#include <utility>

#include "base/words.h"

namespace picsharz::analytics {

namespace {

// As they are written; compared as base/words.h folds them.
constexpr std::array<std::string_view, tongues> stop_lists = {
    "a about above after again all also am an and any are aren as at be because been before being "
    "below between both but by can could did do does doing don down during each few for from "
    "further get got had has have having he her here hers him his how i if in into is isn it its "
    "itself just let like ll made make many me more most much my myself no nor not now of off on "
    "once one only or other our ours out over own re really s same she should so some such t than "
    "that the their theirs them then there these they this those through to too under until up us "
    "ve very was we were what when where which while who whom why will with would you your yours",
    "aber alle allem allen aller alles als also am an ander andere anderen auch auf aus bei beim "
    "bin bis bist da damit dann das dass dein deine dem den denn der des dich die dies diese "
    "diesem diesen dieser dieses dir doch dort du durch ein eine einem einen einer eines er es "
    "etwas euch euer für gegen habe haben hat hatte hier hinter ich ihm ihn ihnen ihr ihre im in "
    "ins ist ja jede jeder jetzt kann kein keine können machen man mehr mein meine meinem meinen "
    "meiner mich mir mit muss nach nicht nichts noch nun nur ob oder ohne sehr sein seine sich sie "
    "sind so über um und uns unser unter viel vom von vor war waren was weil wenn wer werden wie "
    "wir wird wo wurde zu zum zur zwischen",
    "ai ainsi alors au aucun aussi autre aux avant avec avoir car ce cela ces cet cette ceux chez "
    "comme comment contre d dans de depuis des deux donc du elle elles en encore entre es est et "
    "était être eu fait il ils j je l la le les leur leurs lui là m ma mais me même mes mon n ne "
    "ni nos notre nous on ont ou où par parce pas pendant peu plus pour pourquoi qu quand que quel "
    "quelle qui s sa sans se ses si son sont sous sur t ta te tes toi ton tous tout toute très tu "
    "un une vers voici vos votre vous y à été",
    "al algo ante antes aquel aquí así aunque cada como con contra cual cuando de del desde donde "
    "dos durante e el ella ellas ellos en entre era es esa ese eso esta estaba este esto está "
    "están fue ha hace hacia han hasta hay la las le les lo los me mi mis mucho muy más ni no nos "
    "nosotros nuestra nuestro o os otra otro para pero poco por porque que quien qué se ser si "
    "sido sin sobre son su sus sí también tan te tiene todo todos tu tus un una uno unos y ya yo "
    "él",
    "ada adalah agak akan aku anda antara apa apabila atas atau awak bagi bahawa banyak baru bawah "
    "belum boleh bukan dalam dan dapat dari daripada dengan di dia hanya hari ia ialah ini itu "
    "jika juga kami kamu kepada kerana ketika ke kita lagi lain lalu lebih macam mana masa mereka "
    "mesti oleh pada pernah pula pun saat sahaja saja sama sambil sangat satu saya seperti sebab "
    "sebuah sekali semua seorang suatu sudah supaya tapi tetapi telah tentang terlalu tidak untuk "
    "walaupun ya yang",
    "我们 你们 他们 她们 这个 那个 这里 那里 一个 没有 因为 所以 但是 如果 什么 怎么 自己 就是 "
    "还是 可以 已经 今天 昨天 非常 真的",
    "அது அந்த அவர் அவள் அவன் ஆகும் ஆனால் இங்கு இது இந்த இருந்து இல்லை உள்ள எங்கள் எந்த என என் "
    "என்ன என்று என்பது ஒரு ஓர் தான் நான் நாம் நீ நீங்கள் போது மட்டும் மற்றும் மிக மிகவும் வரை "
    "வேண்டும் உடன் பின் முன் கொண்டு போல்"};

// What every photo is, and what cameras call their files.
constexpr std::string_view of_photos =
    "photo photos photograph photographs photography picture pictures pic pics image images img "
    "dsc dscn dscf pano jpg jpeg png heic untitled shot shots foto fotos bild bilder aufnahme "
    "imagen imagenes gambar snap snapshot instagram picsharz camera";

// Stop words of a language that show something in another one: there they stay.
constexpr std::array<std::string_view, 8> shown_elsewhere = {"car", "hat", "man", "pour",
                                                             "sin", "son", "ton", "war"};

// One character is enough: a pair that has one of these is no word.
constexpr std::string_view chinese_particles =
    "的了是在和我你他她它这那也都就不有很会要吧吗呢啊与及或把被让从到";

using StopWords = std::unordered_map<std::string, std::uint8_t>;  // bits: whose

StopWords make_stop_words() {
  StopWords made;
  for (std::size_t at = 0; at < stop_lists.size(); ++at) {
    for (const Word& word : words_of(stop_lists[at])) {
      if (word.pair && word.joined) continue;  // the second half of a pair
      made[word.form] |= static_cast<std::uint8_t>(1U << at);
    }
  }
  for (const Word& word : words_of(of_photos)) made[word.form] |= 0;
  return made;
}

const StopWords& stop_words() {
  static const StopWords made = make_stop_words();
  return made;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "2024", "dsc00012"; "5d" and "f2" are names of things.
bool numeric(std::string_view form) {
  const auto digits = std::ranges::count_if(form, is_digit);
  return digits > 0 && (digits >= 3 || static_cast<std::size_t>(digits) == form.size());
}

std::size_t characters(std::string_view form) {
  return static_cast<std::size_t>(std::ranges::count_if(
      form, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80; }));
}

bool has_particle(std::string_view pair) {
  for (std::size_t at = 0; at + 3 <= pair.size(); at += 3) {
    if (chinese_particles.contains(pair.substr(at, 3))) return true;
  }
  return false;
}

bool says_nothing(const Word& word, Tongue tongue) {
  if (word.pair) {
    const bool last = word.joined && characters(word.form) < 2;
    return last || has_particle(word.form) || is_stop_word(word.form, tongue);
  }
  const bool letter = word.form.size() < 2;
  return letter || numeric(word.form) || is_stop_word(word.form, tongue);
}

bool take_end(std::string& form, std::string_view end, std::size_t least) {
  if (form.size() < least + end.size() || !form.ends_with(end)) return false;
  form.resize(form.size() - end.size());
  return true;
}

void stem_german(std::string& form) {
  for (const std::string_view end : {"ern", "en", "er", "em", "es", "e", "s", "n"}) {
    if (take_end(form, end, 4)) return;
  }
}

void stem_french(std::string& form) {
  if (take_end(form, "eaux", 3)) {
    form += "eau";
  } else if (take_end(form, "aux", 3)) {
    form += "al";
  } else if (!take_end(form, "x", 4)) {
    take_end(form, "s", 3);
  }
  take_end(form, "e", 4);
}

void stem_spanish(std::string& form) {
  if (take_end(form, "ces", 2)) {
    form += 'z';
    return;
  }
  for (const std::string_view end : {"es", "os", "as", "o", "a", "e"}) {
    if (take_end(form, end, 4)) return;
  }
  take_end(form, "s", 3);
}

void stem_malay(std::string& form) {
  for (const std::string_view end : {"nya", "lah", "kah"}) {
    if (take_end(form, end, 4)) return;
  }
}

// What ends a phrase, of ASCII; blanks, hyphens and apostrophes do not.
bool ends_phrase(char c) { return std::string_view(".,;:!?()[]{}\"/|\\\n<>+=*#&@").contains(c); }

bool within_word(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Collects the words of a text, piece by piece between ASCII's other characters.
class Collector {
 public:
  explicit Collector(Tongue tongue) : tongue_(tongue) {}

  void piece(std::string_view piece) {
    const auto words = words_of(piece);
    const bool whole = words.size() == 1 && !words[0].pair;
    for (const Word& word : words) take(word, whole ? piece : std::string_view(word.form));
  }
  void end_phrase() { follows_ = false; }
  std::vector<TagWord> words() { return std::move(words_); }

 private:
  void take(const Word& word, std::string_view surface) {
    if (says_nothing(word, tongue_)) {
      // The last character of a run is in the pair before it.
      if (!(word.pair && word.joined && characters(word.form) < 2)) follows_ = false;
      return;
    }
    TagWord made{.stem = word.pair ? word.form : light_stem(word.form, tongue_),
                 .surface = std::string(surface),
                 .follows = follows_,
                 .overlaps = follows_ && word.pair && word.joined};
    // "bunga-bunga" is one thing, many times.
    if (follows_ && words_.back().stem == made.stem) return;
    words_.push_back(std::move(made));
    follows_ = true;
  }

  const Tongue tongue_;
  std::vector<TagWord> words_;
  bool follows_ = false;
};

}  // namespace

bool is_stop_word(std::string_view form, Tongue tongue) {
  const auto found = stop_words().find(std::string(form));
  if (found == stop_words().end()) return false;
  const unsigned own = 1U | (1U << static_cast<unsigned>(tongue));  // English stands everywhere
  if (found->second == 0 || (found->second & own) != 0) return true;
  return std::ranges::find(shown_elsewhere, form) == shown_elsewhere.end();
}

std::string light_stem(std::string_view form, Tongue tongue) {
  std::string made(form);
  switch (tongue) {
    case Tongue::english:
      return stem(form);
    case Tongue::german:
      stem_german(made);
      break;
    case Tongue::french:
      stem_french(made);
      break;
    case Tongue::spanish:
      stem_spanish(made);
      break;
    case Tongue::malay:
      stem_malay(made);
      break;
    case Tongue::chinese:
    case Tongue::tamil:
      break;
  }
  return made;
}

Tongue tongue_of(const std::vector<std::string_view>& texts) {
  std::array<int, tongues> hits{};
  for (const std::string_view text : texts) {
    for (const Word& word : words_of(text)) {
      const auto found = stop_words().find(word.form);
      if (found == stop_words().end()) continue;
      for (std::size_t at = 0; at < tongues; ++at) hits[at] += (found->second >> at) & 1;
    }
  }
  const auto most = std::ranges::max_element(hits);
  // A few words that several languages have are no sign.
  constexpr int sure = 3;
  const bool english = *most < sure || *most * 2 < hits[0] * 3;
  return english ? Tongue::english : static_cast<Tongue>(most - hits.begin());
}

std::vector<TagWord> tag_words(std::string_view text, Tongue tongue) {
  Collector collector(tongue);
  std::size_t begin = 0;
  for (std::size_t at = 0; at <= text.size(); ++at) {
    if (at < text.size() && within_word(text[at])) continue;
    if (at > begin) collector.piece(text.substr(begin, at - begin));
    if (at < text.size() && ends_phrase(text[at])) collector.end_phrase();
    begin = at + 1;
  }
  return collector.words();
}

}  // namespace picsharz::analytics
