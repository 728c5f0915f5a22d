#include "features/search/search_rules.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <utility>

#include "base/folding.h"

namespace picsharz::search {

namespace {

constexpr std::array<std::string_view, 8> colours = {"red",  "orange", "yellow", "green",
                                                     "blue", "purple", "pink",   "brown"};
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> looks = {{
    {"bw", "black and white"},
    {"horizontal", "horizontal"},
    {"vertical", "vertical"},
    {"square", "square"},
    {"panorama", "panorama"},
    {"night", "night"},
}};
constexpr std::int64_t likes_most = 1'000'000'000'000;

bool parts(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',' || c == ';';
}

std::string lower(std::string_view text) {
  std::string small;
  for (const char c : text) small += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return small;
}

// A piece of what was typed: [-][name:]value, the value perhaps in quotation marks.
struct Piece {
  bool negative = false;
  bool quoted = false;
  std::string name{};
  std::string_view value{};
  std::size_t at = 0;  // of the value
};

constexpr std::string_view curly_open = "\xE2\x80\x9C";
constexpr std::string_view curly_close = "\xE2\x80\x9D";

class Reader {
 public:
  explicit Reader(std::string_view typed) : typed_(typed) {}

  bool next(Piece& piece) {
    while (at_ < typed_.size() && parts(typed_[at_])) ++at_;
    if (at_ == typed_.size()) return false;
    piece = {};
    if (typed_[at_] == '-' && at_ + 1 < typed_.size() && !parts(typed_[at_ + 1])) {
      piece.negative = true;
      ++at_;
    }
    piece.name = take_name();
    if (!take_quoted(piece)) take_bare(piece);
    return true;
  }

 private:
  std::string_view rest() const { return typed_.substr(at_); }

  // "from" of "from:mei"; nothing where what stands there is no operator.
  std::string take_name() {
    constexpr std::array<std::string_view, 9> names = {
        "from", "tag", "camera", "before", "after", "likes", "color", "colour", "is"};
    const std::size_t colon = rest().substr(0, 8).find(':');
    if (colon == std::string_view::npos) return "";
    std::string name = lower(rest().substr(0, colon));
    if (std::ranges::find(names, name) == names.end()) return "";
    at_ += colon + 1;
    return name;
  }

  bool take_quoted(Piece& piece) {
    for (const auto& [open, close] :
         {std::pair<std::string_view, std::string_view>{"\"", "\""}, {curly_open, curly_close}}) {
      if (!rest().starts_with(open)) continue;
      at_ += open.size();
      const std::size_t end = std::min(rest().find(close), rest().size());
      piece.quoted = true;
      piece.at = at_;
      piece.value = rest().substr(0, end);
      at_ = std::min(at_ + end + close.size(), typed_.size());
      return true;
    }
    return false;
  }

  void take_bare(Piece& piece) {
    piece.at = at_;
    while (at_ < typed_.size() && !parts(typed_[at_]) && typed_[at_] != '"') ++at_;
    piece.value = typed_.substr(piece.at, at_ - piece.at);
    // A quotation mark within a word parts it; alone it would never be passed.
    if (piece.value.empty() && at_ < typed_.size() && typed_[at_] == '"') ++at_;
  }

  std::string_view typed_;
  std::size_t at_ = 0;
};

std::unexpected<Error> refuse(std::string_view detail) {
  auto failure = fail(ErrorKind::invalid, "invalid_request", "This search cannot be made.",
                      "Correct the fields named in errors and send it again.");
  failure.error().fields = {{"q", "invalid", std::string(detail)}};
  return failure;
}

bool read_number(std::string_view text, std::int64_t& number) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  return failure == std::errc{} && end == text.data() + text.size() && number >= 0 &&
         number <= likes_most && !text.empty();
}

// 2026, 2026-11 or 2026-11-30: when that begins, UTC.
std::optional<Micros> read_day(std::string_view text) {
  std::array<std::int64_t, 3> numbers = {0, 1, 1};
  std::size_t count = 0;
  for (; count < numbers.size() && !text.empty(); ++count) {
    const std::size_t end = std::min(text.find('-'), text.size());
    if (!read_number(text.substr(0, end), numbers[count])) return std::nullopt;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (count == 0 || !text.empty() || numbers[0] < 1970 || numbers[0] > 2200) return std::nullopt;
  const auto part = [&](std::size_t i) { return static_cast<unsigned>(numbers[i] & 0xFF); };
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(numbers[0])),
                                         std::chrono::month(part(1)), std::chrono::day(part(2))};
  if (!date.ok() || numbers[1] > 12 || numbers[2] > 31) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count() * day;
}

void narrow_from(std::optional<std::int64_t>& bound, std::int64_t value) {
  bound = std::max(bound.value_or(value), value);
}
void narrow_to(std::optional<std::int64_t>& bound, std::int64_t value) {
  bound = std::min(bound.value_or(value), value);
}

class Parser {
 public:
  Result<Query> parse(std::string_view typed) {
    Reader reader(typed);
    bool either = false;  // OR stands before what comes
    for (Piece piece; reader.next(piece);) {
      if (piece.name.empty() && !piece.quoted && !piece.negative && piece.value == "OR") {
        either = !query_.clauses.empty();
        continue;
      }
      TRY(add(piece, either, piece.at + piece.value.size() == typed.size()));
      either = false;
    }
    return std::move(query_);
  }

 private:
  Result<void> add(const Piece& piece, bool either, bool last) {
    if (piece.name == "before" || piece.name == "after") return add_day(piece);
    if (piece.name == "likes") return add_likes(piece);
    if (piece.name == "is") return add_is(piece, either);
    if (piece.name == "color" || piece.name == "colour") return add_colour(piece, either);
    Unit unit{.at = piece.at, .size = piece.value.size()};
    unit.words = words_of(piece.value);
    if (unit.words.size() > phrase_max) unit.words.resize(phrase_max);
    if (piece.name == "from") {
      unit.kind = Unit::Kind::from;
      unit.text = lower(piece.value.substr(piece.value.starts_with('@') ? 1 : 0));
      if (!unit.text.empty()) put(std::move(unit), piece.negative, either);
      return {};
    }
    if (unit.words.empty()) return {};
    if (piece.name == "tag") {
      unit.kind = Unit::Kind::tag;
    } else if (piece.name == "camera") {
      unit.kind = Unit::Kind::camera;
    } else if (piece.quoted || unit.words.size() > 1) {
      unit.kind = Unit::Kind::phrase;
      unit.open = last && !piece.quoted;
    } else {
      unit.kind = last ? Unit::Kind::begin : Unit::Kind::word;
    }
    put(std::move(unit), piece.negative, either);
    return {};
  }

  void put(Unit unit, bool negative, bool either) {
    if (++units_ > units_max) return;
    if (either && !negative && !query_.clauses.empty() && !query_.clauses.back().negative) {
      query_.clauses.back().any_of.push_back(std::move(unit));
    } else {
      query_.clauses.push_back({{std::move(unit)}, negative});
    }
  }

  void put_label(std::string_view name, const Piece& piece, bool either) {
    Unit unit{.kind = Unit::Kind::label, .words = words_of(name)};
    unit.at = piece.at;
    unit.size = piece.value.size();
    put(std::move(unit), piece.negative, either);
  }

  Result<void> add_day(const Piece& piece) {
    if (piece.value.empty()) return {};
    const auto day = read_day(piece.value);
    if (!day) return refuse(piece.name + ": takes a day, a month or a year, such as 2026-11-30.");
    // What is not before a day is on it or after.
    if ((piece.name == "before") != piece.negative) {
      narrow_to(query_.filter.until, *day);
    } else {
      narrow_from(query_.filter.from, *day);
    }
    return {};
  }

  Result<void> add_likes(const Piece& piece) {
    if (piece.value.empty()) return {};
    std::string_view text = piece.value;
    const bool less = text.starts_with('<');
    bool more = text.starts_with('>');
    if (less || more) text.remove_prefix(1);
    const bool equal = (!less && !more) || text.starts_with('=');
    if (text.starts_with('=')) text.remove_prefix(1);
    more = more || !less;
    std::int64_t number = 0;
    if (!read_number(text, number)) {
      return refuse("likes: takes a number, such as likes:>10 or likes:<5.");
    }
    // ">10" is from 11 on; what is not is up to 10.
    if (more) {
      const std::int64_t least = equal ? number : number + 1;
      piece.negative ? narrow_to(query_.filter.likes_to, least - 1)
                     : narrow_from(query_.filter.likes_from, least);
    } else {
      const std::int64_t most = equal ? number : number - 1;
      piece.negative ? narrow_from(query_.filter.likes_from, most + 1)
                     : narrow_to(query_.filter.likes_to, most);
    }
    return {};
  }

  Result<void> add_is(const Piece& piece, bool either) {
    const std::string what = lower(piece.value);
    if (what.empty()) return {};
    if (what == "following") {
      query_.filter.following = !piece.negative;
    } else if (what == "liked") {
      query_.filter.liked = !piece.negative;
    } else if (what == "mine") {
      put({.kind = Unit::Kind::from, .text = "me", .at = piece.at, .size = piece.value.size()},
          piece.negative, either);
    } else {
      const auto* look = std::ranges::find(looks, std::string_view(what),
                                           &std::pair<std::string_view, std::string_view>::first);
      if (look == looks.end()) {
        return refuse(
            "is: takes following, liked, mine, bw, night, horizontal, vertical, square or"
            " panorama.");
      }
      put_label(look->second, piece, either);
    }
    return {};
  }

  Result<void> add_colour(const Piece& piece, bool either) {
    const std::string name = lower(piece.value);
    if (name.empty()) return {};
    if (std::ranges::find(colours, name) == colours.end()) {
      return refuse("color: takes red, orange, yellow, green, blue, purple, pink or brown.");
    }
    put_label(name, piece, either);
    return {};
  }

  Query query_;
  std::size_t units_ = 0;
};

}  // namespace

Result<Query> parse_query(std::string_view typed) { return Parser().parse(typed); }

// Damerau-Levenshtein, with each letter moved once at most.
int distance(std::string_view one, std::string_view other) {
  constexpr int far = 3;
  constexpr std::size_t longest = 96;
  const std::size_t n = one.size();
  const std::size_t m = other.size();
  if (n > longest || m > longest || (n > m ? n - m : m - n) >= far) return far;
  std::array<std::array<int, longest + 1>, 3> rows{};
  for (std::size_t j = 0; j <= m; ++j) rows[0][j] = static_cast<int>(j);
  for (std::size_t i = 1; i <= n; ++i) {
    auto& row = rows[i % 3];
    const auto& above = rows[(i + 2) % 3];
    row[0] = static_cast<int>(i);
    for (std::size_t j = 1; j <= m; ++j) {
      const int change = one[i - 1] == other[j - 1] ? 0 : 1;
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + change});
      if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1]) {
        row[j] = std::min(row[j], rows[(i + 1) % 3][j - 2] + 1);
      }
    }
  }
  return std::min(rows[n % 3][m], far);
}

}  // namespace picsharz::search
