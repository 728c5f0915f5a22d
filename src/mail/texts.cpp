#include "mail/texts.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <cstdio>
#include <ctime>
#include <map>

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

bool same_letters(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, {}, [](unsigned char c) { return std::tolower(c); },
      [](unsigned char c) { return std::tolower(c); });
}

// "zh-CN" and "zh" are readers of zh-Hans; those of zh-TW are not.
std::string_view ours(std::string_view tag) {
  for (const Catalogue& each : catalogues()) {
    if (same_letters(each.language, tag)) return each.language;
  }
  const std::string_view primary = tag.substr(0, tag.find('-'));
  if (same_letters(primary, "zh")) {
    for (const std::string_view traditional : {"zh-TW", "zh-HK", "zh-MO", "zh-Hant"}) {
      if (same_letters(tag.substr(0, traditional.size()), traditional)) return {};
    }
    return "zh-Hans";
  }
  for (const Catalogue& each : catalogues()) {
    if (same_letters(each.language, primary)) return each.language;
  }
  return {};
}

double quality_of(std::string_view parameters) {
  const std::size_t at = parameters.find("q=");
  if (at == std::string_view::npos) return 1;
  double quality = 0;
  const std::string_view number = parameters.substr(at + 2);
  const auto read = std::from_chars(number.data(), number.data() + number.size(), quality);
  return read.ec == std::errc{} && quality >= 0 && quality <= 1 ? quality : 0;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

bool is_language(std::string_view tag) { return library().contains(tag); }

bool is_right_to_left(std::string_view tag) {
  constexpr std::array<std::string_view, 4> scripts = {"ar", "fa", "he", "ur"};
  return std::ranges::find(scripts, tag.substr(0, tag.find('-'))) != scripts.end();
}

std::string language_for(std::string_view accept_language) {
  std::string_view best = default_language;
  double quality = 0;
  while (!accept_language.empty()) {
    const std::size_t end = std::min(accept_language.find(','), accept_language.size());
    const std::string_view range = accept_language.substr(0, end);
    accept_language.remove_prefix(std::min(end + 1, accept_language.size()));
    const std::size_t semicolon = std::min(range.find(';'), range.size());
    const std::string_view known = ours(trimmed(range.substr(0, semicolon)));
    const double liked = quality_of(range.substr(semicolon));
    if (known.empty() || liked <= quality) continue;
    best = known;
    quality = liked;
  }
  return std::string(best);
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
