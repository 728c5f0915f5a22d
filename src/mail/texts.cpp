#include "mail/texts.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdio>
#include <ctime>
#include <map>
#include <vector>

#include "base/languages.h"

namespace picsharz::mail {

namespace {

using Messages = std::map<std::string_view, std::string_view>;

Messages parse(std::string_view text) {
  Messages messages;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t equals = line.find(" = ");
    if (line.starts_with('#') || equals == std::string_view::npos) continue;
    messages[line.substr(0, equals)] = line.substr(equals + 3);
  }
  return messages;
}

using Library = std::map<std::string_view, Messages>;

const Library& library() {
  static const Library all = [] {
    Library parsed;
    for (const Catalogue& each : catalogues()) parsed[each.language] = parse(each.text);
    return parsed;
  }();
  return all;
}

const Filling* find(std::span<const Filling> fillings, std::string_view name) {
  const auto found = std::ranges::find(fillings, name, &Filling::name);
  return found == fillings.end() ? nullptr : &*found;
}

std::string shown(const Filling& filling) {
  if (const auto* number = std::get_if<std::int64_t>(&filling.value)) {
    return std::to_string(*number);
  }
  return std::get<std::string>(filling.value);
}

// The length of a text in braces that begins at `at`, with them.
std::size_t braced(std::string_view pattern, std::size_t at) {
  int depth = 0;
  for (std::size_t i = at; i < pattern.size(); ++i) {
    if (pattern[i] == '{') ++depth;
    if (pattern[i] == '}' && --depth == 0) return i - at + 1;
  }
  assert(false && "a text whose braces do not close");
  return pattern.size() - at;
}

// The form of "one {...} other {...}" that fits, or that of "other".
std::string_view form_of(std::string_view forms, std::string_view category) {
  std::string_view other;
  for (std::size_t at = 0;;) {
    const std::size_t open = forms.find('{', at);
    if (open == std::string_view::npos) return other;
    std::string_view name = forms.substr(at, open - at);
    while (name.starts_with(' ')) name.remove_prefix(1);
    while (name.ends_with(' ')) name.remove_suffix(1);
    const std::size_t length = braced(forms, open);
    const std::string_view form = forms.substr(open + 1, length - 2);
    if (name == category) return form;
    if (name == "other") other = form;
    at = open + length;
  }
}

std::string fill_form(std::string_view pattern, std::span<const Filling> fillings,
                      std::string_view language, const Filling* counted);

std::string fill_slot(std::string_view slot, std::span<const Filling> fillings,
                      std::string_view language) {
  const std::size_t comma = slot.find(',');
  const Filling* filling = find(fillings, slot.substr(0, comma));
  assert(filling != nullptr && "a text asks for what is not given");
  if (comma == std::string_view::npos) return shown(*filling);
  constexpr std::string_view plural = ", plural,";
  assert(slot.substr(comma).starts_with(plural) && "a choice of an unknown kind");
  const std::string_view category =
      plural_category(language, std::get<std::int64_t>(filling->value));
  return fill_form(form_of(slot.substr(comma + plural.size()), category), fillings, language,
                   filling);
}

std::string fill_form(std::string_view pattern, std::span<const Filling> fillings,
                      std::string_view language, const Filling* counted) {
  std::string out;
  for (std::size_t at = 0; at < pattern.size();) {
    if (pattern[at] == '{') {
      const std::size_t length = braced(pattern, at);
      out += fill_slot(pattern.substr(at + 1, length - 2), fillings, language);
      at += length;
    } else if (pattern[at] == '#' && counted != nullptr) {
      out += shown(*counted);
      ++at;
    } else {
      out += pattern[at++];
    }
  }
  return out;
}

}  // namespace

bool is_language(std::string_view tag) { return library().contains(tag); }

std::string language_for(std::string_view accept_language) {
  static const std::vector<std::string_view> languages = [] {
    std::vector<std::string_view> all;
    for (const Catalogue& each : catalogues()) all.push_back(each.language);
    return all;
  }();
  const std::string_view chosen = choose_language(accept_language, languages);
  return std::string(chosen.empty() ? default_language : chosen);
}

std::string_view plural_category(std::string_view language, std::int64_t number) {
  if (language == "zh-Hans" || language == "ms") return "other";
  if (language == "fr" && number == 0) return "one";
  return number == 1 ? "one" : "other";
}

std::string fill(std::string_view pattern, std::span<const Filling> fillings,
                 std::string_view language) {
  return fill_form(pattern, fillings, language, nullptr);
}

Texts::Texts(std::string_view language) : language_(default_language) {
  const auto found = library().find(language);
  if (found != library().end()) language_ = found->first;
}

bool Texts::has(std::string_view key) const { return library().at(default_language).contains(key); }

std::string Texts::operator()(std::string_view key, std::initializer_list<Filling> fillings) const {
  const Messages& messages = library().at(language_);
  const auto found = messages.find(key);
  assert(found != messages.end() && "no such text");
  return fill(found->second, {fillings.begin(), fillings.size()}, language_);
}

std::string Texts::date(Micros time) const {
  const auto seconds = static_cast<std::time_t>(time / second);
  std::tm tm{};
  ::gmtime_r(&seconds, &tm);
  std::array<char, 16> clock{};
  std::snprintf(clock.data(), clock.size(), "%02d:%02d", tm.tm_hour, tm.tm_min);
  const std::string month = (*this)("month." + std::to_string(tm.tm_mon + 1));
  return (*this)("date", {{"day", std::int64_t{tm.tm_mday}},
                          {"month", month},
                          {"year", std::int64_t{tm.tm_year} + 1900},
                          {"time", std::string_view(clock.data())}});
}

}  // namespace picsharz::mail
