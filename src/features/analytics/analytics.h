// The dashboards of administrators: figures, charts and tables of a stretch of time. Plain structs.
//
// Units:     times are microseconds UTC; values are what their unit says, milliseconds and seconds
//            with their fractions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "features/photos/photo.h"

namespace picsharz::analytics {

enum class Step { hour, day, week, month };

// Whole days, from the beginning of the first to the end of the last.
struct Range {
  Micros from = 0;
  Micros to = 0;  // the first moment after it
  Step step = Step::day;
  bool compare = false;  // with the days directly before, as many

  Micros length() const { return to - from; }
  bool operator==(const Range&) const = default;
};

enum class Unit { count, bytes, milliseconds, seconds, percent, dollars };
enum class Shape { line, bars, stacked };
enum class ColumnKind { count, bytes, milliseconds, percent, text, country, day, photo, account };

using Value = std::optional<double>;  // nullopt: nobody knows
using Values = std::vector<Value>;

struct Figure {
  std::string id{};
  Unit unit = Unit::count;
  Value value{};
  Value before{};         // of the stretch before
  bool compared = false;  // `before` was asked for
  Values spark{};         // may be empty
};

// As long as its chart's times; `before` is empty where it was not asked for.
struct Series {
  std::string id{};
  Values values{};
  Values before{};
};

struct Chart {
  std::string id{};
  Unit unit = Unit::count;
  Shape shape = Shape::line;
  std::vector<Micros> times{};  // where each stretch begins
  std::vector<Series> series{};
};

struct Column {
  std::string id{};
  ColumnKind kind = ColumnKind::text;
};

struct AccountCell {
  AccountId id{};
  std::string handle{};
  std::string name{};
  bool operator==(const AccountCell&) const = default;
};

// The first: nobody knows. A day is the moment at which it begins.
using Cell =
    std::variant<std::monostate, std::int64_t, double, std::string, photos::PhotoView, AccountCell>;

struct Table {
  std::string id{};
  std::vector<Column> columns{};
  std::vector<std::vector<Cell>> rows{};
};

struct Dashboard {
  Range range{};
  Micros updated_at = 0;  // the oldest of what is counted for it, not when it happens
  std::vector<Figure> figures{};
  std::vector<Chart> charts{};
  std::vector<Table> tables{};
};

struct Overview {
  Micros updated_at = 0;
  std::vector<Figure> figures{};
};

// How many there are of a class, and how many bytes, where that is counted.
struct ClassCount {
  std::string kind{};  // "country", "format", "camera", "lens"
  std::string label{};
  std::int64_t count = 0;
  std::int64_t amount = 0;
  bool operator==(const ClassCount&) const = default;
};

struct PopularPhoto {
  photos::PhotoView view{};
  std::int64_t views = 0;
  std::int64_t likes = 0;
  std::int64_t comments = 0;
};

struct PopularPerson {
  AccountCell who{};
  std::int64_t views = 0;      // of the photos
  std::int64_t followers = 0;  // new ones
  std::int64_t photos = 0;     // that everybody may see, now
};

std::string_view step_name(Step step);
std::string_view unit_name(Unit unit);
std::string_view shape_name(Shape shape);
std::string_view column_name(ColumnKind kind);

}  // namespace picsharz::analytics
