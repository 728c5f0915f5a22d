#include "features/costs/metering_rules.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace picsharz::costs {

namespace {

constexpr std::int64_t giga = 1'000'000'000;
constexpr Micros billed_step = second / 10;
constexpr std::int64_t looks_per_picture = 2;  // labels, and whether it may be shown
constexpr std::int64_t files_per_picture = 4;  // the original and three renditions
// Requests that the original answered by its functions: all but files and pages.
constexpr std::array<std::string_view, 7> called = {"feed",    "photo", "search", "upload",
                                                    "account", "admin", "other"};
// Work that the original gave to its cluster: the analysis of tags (TagAnalysisService) and all
// else that upkeep does, in which the analysis was counted once.
constexpr std::array<std::string_view, 2> batched = {"analysis", "upkeep"};

template <std::size_t N>
bool among(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

Decimal whole_and_rest(std::int64_t count, std::int64_t unit) {
  return Decimal(count) / Decimal(unit);
}

Micros micros_of(std::chrono::year_month month) {
  using namespace std::chrono;
  return duration_cast<microseconds>(sys_days(month / 1).time_since_epoch()).count();
}

std::optional<std::chrono::year_month> month_of(std::string_view name) {
  int year = 0;
  unsigned month = 0;
  if (name.size() != 7 || name[4] != '-') return std::nullopt;
  const char* data = name.data();
  const auto [y_end, y_wrong] = std::from_chars(data, data + 4, year);
  const auto [m_end, m_wrong] = std::from_chars(data + 5, data + 7, month);
  if (y_wrong != std::errc{} || m_wrong != std::errc{} || y_end != data + 4 || m_end != data + 7) {
    return std::nullopt;
  }
  const std::chrono::year_month made{std::chrono::year(year), std::chrono::month(month)};
  return made.ok() && year >= 1970 ? std::optional(made) : std::nullopt;
}

std::string name_of(std::chrono::year_month month) {
  const auto number = static_cast<unsigned>(month.month());
  return std::to_string(static_cast<int>(month.year())) + (number < 10 ? "-0" : "-") +
         std::to_string(number);
}

std::chrono::year_month month_at(Micros time) {
  using namespace std::chrono;
  const year_month_day date(floor<days>(sys_time<microseconds>(microseconds(time))));
  return date.year() / date.month();
}

struct Sum {
  std::int64_t count = 0;
  std::int64_t amount = 0;
};

// Counts of the period by kind and label.
class Sums {
 public:
  explicit Sums(std::span<const usage::Counted> counted) {
    for (const usage::Counted& each : counted) {
      Sum& sum = sums_[each.kind][each.label];
      sum.count += each.count;
      sum.amount += each.amount;
      if (each.kind == "storage") measured_days_.insert(each.at);
    }
  }
  const std::map<std::string, Sum, std::less<>>& of(std::string_view kind) const {
    static const std::map<std::string, Sum, std::less<>> none;
    const auto found = sums_.find(kind);
    return found == sums_.end() ? none : found->second;
  }
  std::int64_t count(std::string_view kind) const {
    std::int64_t all = 0;
    for (const auto& [label, sum] : of(kind)) all += sum.count;
    return all;
  }
  std::int64_t amount(std::string_view kind) const {
    std::int64_t all = 0;
    for (const auto& [label, sum] : of(kind)) all += sum.amount;
    return all;
  }
  Sum one(std::string_view kind, std::string_view label) const {
    const auto& labels = of(kind);
    const auto found = labels.find(label);
    return found == labels.end() ? Sum{} : found->second;
  }
  std::int64_t measured_days() const { return static_cast<std::int64_t>(measured_days_.size()); }

 private:
  std::map<std::string, std::map<std::string, Sum, std::less<>>, std::less<>> sums_;
  std::set<Micros> measured_days_;
};

// GB that lay there on an average day, by class.
std::map<std::string, Decimal, std::less<>> stored(const Sums& sums, const Stock& stock) {
  std::map<std::string, Decimal, std::less<>> classes;
  if (sums.measured_days() == 0) {
    classes["originals"] = whole_and_rest(stock.originals, giga);
    classes["renditions"] = whole_and_rest(stock.renditions, giga);
    return classes;
  }
  for (const auto& [label, sum] : sums.of("storage")) {
    classes[label] = whole_and_rest(sum.amount, giga) / Decimal(sums.measured_days());
  }
  return classes;
}

std::int64_t calls_of(const Sums& sums) {
  std::int64_t calls = 0;
  for (const auto& [label, sum] : sums.of("request")) {
    if (among(called, label)) calls += sum.count;
  }
  return calls;
}

// "feed/2500": a class and the upper bound of a bucket. Calls nobody took the time of count as one
// step.
std::int64_t steps_of(const Sums& sums, std::int64_t calls) {
  std::int64_t steps = 0;
  std::int64_t timed = 0;
  for (const auto& [label, sum] : sums.of("route_time")) {
    const std::string_view text = label;
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos || !among(called, text.substr(0, slash))) continue;
    Micros bound = 0;
    std::from_chars(text.data() + slash + 1, text.data() + text.size(), bound);
    steps += sum.count * std::max<std::int64_t>(1, (bound + billed_step - 1) / billed_step);
    timed += sum.count;
  }
  return steps + std::max<std::int64_t>(0, calls - timed);
}

void bill_requests(Quantities& billed, const Sums& sums) {
  const std::int64_t calls = calls_of(sums);
  // 0.125 GB for a tenth of a second.
  const Decimal step = Decimal::of_millionths(12'500);
  billed[Price::function_calls] = whole_and_rest(calls, Decimal::scale);
  billed[Price::function_compute] = Decimal(steps_of(sums, calls)) * step / Decimal(Decimal::scale);
  billed[Price::api_calls] = billed[Price::function_calls];
  billed[Price::storage_reads] = whole_and_rest(sums.one("request", "media").count, 1'000);
  billed[Price::data_out] = whole_and_rest(sums.amount("request"), giga);
}

Quantities billed_of(const Period& period, const Sums& sums, const Stock& stock) {
  Quantities billed;
  bill_requests(billed, sums);
  const std::int64_t pictures = sums.count("upload");
  billed[Price::image_analysis] = whole_and_rest(pictures * looks_per_picture, 1'000);
  billed[Price::storage_writes] = whole_and_rest(pictures * files_per_picture, 1'000);
  for (const auto& [label, size] : stored(sums, stock)) {
    const Price at = label == "database"  ? Price::database
                     : label == "backups" ? Price::archive
                                          : Price::storage;
    billed[at] += size * period.share();
  }
  std::int64_t batch = 0;
  for (const auto& [label, sum] : sums.of("cpu")) {
    if (among(batched, label)) batch += sum.amount;
  }
  billed[Price::batch] = whole_and_rest(batch, hour);
  billed[Price::query] = whole_and_rest(sums.amount("query"), 1'000 * giga);
  billed[Price::mail] = whole_and_rest(sums.one("mail", "sent").count, 1'000);
  billed[Price::search] = period.hours();
  billed[Price::analytics] = Decimal(stock.administrators) * period.share();
  billed[Price::server_hours] = period.hours();
  billed[Price::server_months] = period.share();
  return billed;
}

std::vector<Measured> measured_of(const Sums& sums, const Stock& stock) {
  std::vector<Measured> all;
  for (const auto& [label, sum] : sums.of("cpu")) {
    all.push_back({"cpu", label, whole_and_rest(sum.amount, second), "seconds"});
  }
  for (const auto& [label, sum] : sums.of("request")) {
    all.push_back({"data_out", label, whole_and_rest(sum.amount, giga), "GB"});
  }
  for (const auto& [label, sum] : sums.of("mail")) {
    all.push_back({"mails", label, Decimal(sum.count), "mails"});
  }
  all.push_back({"pictures", "", Decimal(sums.count("upload")), "pictures"});
  all.push_back({"queries", "", whole_and_rest(sums.amount("query"), giga), "GB"});
  for (const auto& [label, sum] : sums.of("request")) {
    all.push_back({"requests", label, Decimal(sum.count), "requests"});
  }
  for (const auto& [label, size] : stored(sums, stock)) {
    all.push_back({"stored", label, size, "GB"});
  }
  return all;
}

}  // namespace

Decimal Period::share() const {
  if (until <= begin) return {};
  return Decimal(until - begin) / Decimal(to - from);
}

Decimal Period::hours() const {
  return until <= begin ? Decimal() : Decimal(until - begin) / Decimal(hour);
}

Result<Period> period_of(std::string_view name, Micros first, Micros now) {
  const auto month = name.empty() ? std::optional(month_at(now)) : month_of(name);
  if (!month || micros_of(*month) > now) {
    return fail(ErrorKind::invalid, "invalid_month", "That is no month that has begun.",
                "Write a year and a month, as 2026-11.");
  }
  Period period{.name = name_of(*month),
                .from = micros_of(*month),
                .to = micros_of(*month + std::chrono::months(1))};
  period.until = std::min(period.to, now);
  period.begin = std::min(std::max(period.from, first), period.until);
  return period;
}

MonthUse use_of_month(const Period& period, std::span<const usage::Counted> counted,
                      const Stock& stock) {
  const Sums sums(counted);
  return {.billed = billed_of(period, sums, stock), .measured = measured_of(sums, stock)};
}

Shares shares_of(const Decimal& total, const Stock& stock) {
  Shares shares{.total = total};
  const std::int64_t photos = stock.photos.value_or(0);
  if (stock.active > 0) shares.per_active = total / Decimal(stock.active);
  if (photos > 0) shares.per_photo = total / Decimal(photos);
  return shares;
}

}  // namespace picsharz::costs
