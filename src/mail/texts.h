// What mails say, in the reader's language.
//
// What:      src/mail/texts/<tag>.txt are the catalogues, compiled in; en.txt explains the format.
//            A mail's words stand there and nowhere else; code says which, and fills in.
// Fallback:  a language that is not ours is English.
// Threads:   any; immutable.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/clock.h"

namespace picsharz::mail {

struct Catalogue {
  std::string_view language;  // BCP 47: "zh-Hans"
  std::string_view text;
};
std::span<const Catalogue> catalogues();  // of tools/embed.py, sorted

inline constexpr std::string_view default_language = "en";
bool is_language(std::string_view tag);
// The one of ours that a reader likes best, by an Accept-Language header.
std::string language_for(std::string_view accept_language);

// What is filled in: a text, or a number, which also chooses between forms.
struct Filling {
  Filling(std::string_view name_, std::string_view text) : name(name_), value(std::string(text)) {}
  Filling(std::string_view name_, std::int64_t number) : name(name_), value(number) {}
  std::string_view name;
  std::variant<std::string, std::int64_t> value;
};

// CLDR's category of a whole number: "one" or "other" in our languages.
std::string_view plural_category(std::string_view language, std::int64_t number);

// One text with everything filled in. Nothing of what is filled in is read as a pattern.
std::string fill(std::string_view pattern, std::span<const Filling> fillings,
                 std::string_view language);

class Texts {
 public:
  explicit Texts(std::string_view language);
  std::string_view language() const { return language_; }
  // An unknown key is a programmer's error.
  std::string operator()(std::string_view key, std::initializer_list<Filling> fillings = {}) const;
  bool has(std::string_view key) const;
  std::string date(Micros time) const;  // to the minute, UTC

 private:
  std::string_view language_;
};

}  // namespace picsharz::mail
