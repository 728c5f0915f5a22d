#include "features/costs/projection_rules.h"

#include <algorithm>
#include <string>

namespace picsharz::costs {

namespace {

consteval Decimal millionths(std::int64_t count) { return Decimal::of_millionths(count); }

using A = Assumption;
// The largest of all make amounts that 128 bits still hold; a test says so.
constexpr std::int64_t people = 10'000'000;
constexpr std::int64_t many = 10'000;
constexpr std::int64_t large = 1'000'000;
constexpr std::int64_t calls = 1'000'000'000'000;

constexpr std::array<AssumptionInfo, assumption_count> table = {{
    {A::members, "members", 40'000, people, Source::given, "registered members"},
    {A::active, "active", 12'000, people, Source::given, "members active in a month"},
    {A::months, "months", 8, 1'200, Source::given, "months of operation, whose pictures are kept"},
    {A::uploads, "uploads", 30, many, Source::given, "pictures an active member uploads a month"},
    {A::log_ins, "log_ins", 60, many, Source::given, "log-ins of an active member a month"},
    {A::feeds, "feeds", 5, many, Source::given, "feeds viewed at each log-in"},
    {A::thumbnails, "thumbnails", 20, many, Source::given, "thumbnails in a feed"},
    {A::thumbnail_kb, "thumbnail_kb", 400, large, Source::inferred,
     "KB of the original's thumbnail"},
    {A::our_thumbnail_kb, "our_thumbnail_kb", 25, large, Source::ours, "KB of a thumbnail of ours"},
    {A::cache_hits, "cache_hits", 0, 100, Source::given,
     "percent of thumbnails that a cache on the way answers"},
    {A::function_calls_per_feed, "function_calls_per_feed", 1, many, Source::given,
     "function calls for a feed"},
    {A::other_function_calls, "other_function_calls", 0, calls, Source::given,
     "function calls a month beside those"},
    {A::function_mb, "function_mb", 128, large, Source::given, "MB of a function's memory"},
    {A::function_ms, "function_ms", 800, large, Source::given, "milliseconds of a function call"},
    {A::api_calls_per_feed, "api_calls_per_feed", 1, many, Source::given, "API calls for a feed"},
    {A::other_api_calls, "other_api_calls", 0, calls, Source::given,
     "API calls a month beside those"},
    {A::looks_per_picture, "looks_per_picture", 2, many, Source::given,
     "times that a new picture is looked at by a model"},
    {A::writes_per_picture, "writes_per_picture", 1, many, Source::inferred,
     "files written for a picture"},
    {A::picture_kb, "picture_kb", 2'340, large, Source::inferred, "KB that a picture takes"},
    {A::archived_mb, "archived_mb", millionths(19'531'250), large, Source::inferred,
     "MB archived for an active member and month"},
    {A::scanned_mb, "scanned_mb", 525, large, Source::inferred,
     "MB read by queries, for an active member"},
    {A::batch_runs, "batch_runs", 30, many, Source::given, "runs of the batch analysis a month"},
    {A::node_hours_per_run, "node_hours_per_run", 4, many, Source::given,
     "hours of nodes that each takes"},
    {A::search_nodes, "search_nodes", 1, many, Source::given, "nodes of the search service"},
    {A::hours, "hours", 720, 744, Source::given, "hours of a month"},
    {A::mails_per_member, "mails_per_member", millionths(1'975'000), many, Source::inferred,
     "mails to each member a month"},
    {A::analysts, "analysts", 5, many, Source::given, "people who read the analytics"},
    {A::servers, "servers", 1, many, Source::given, "web servers"},
}};

struct Recorded {
  std::string_view amount;
  Reason reason;
};
// By Service: the original's own bill.
constexpr std::array<Recorded, service_count> bill = {{
    {"11.06", Reason::feeds_only},
    {"720.00", Reason::follows},
    {"186.88", Reason::size_inferred},
    {"2597.76", Reason::thumbnails_inferred},
    {"7.50", Reason::size_inferred},
    {"8.59", Reason::not_derivable},
    {"52.56", Reason::follows},
    {"50.86", Reason::feeds_only},
    {"31.50", Reason::volume_inferred},
    {"5.28", Reason::follows},
    {"7.90", Reason::volume_inferred},
    {"45.37", Reason::people_only},
    {"72.00", Reason::follows},
}};

constexpr Decimal kilo = 1'000;
constexpr Decimal mega = 1'000'000;
constexpr Decimal binary_kilo = 1'024;

// How long a function runs, with its memory, for a million calls: million GB-seconds.
Decimal compute_of_a_call(const Assumptions& a) {
  return a[A::function_mb] * a[A::function_ms] / (binary_kilo * kilo);
}

// Nothing says how the database was used, so an amount exists only where it costs nothing anyway.
std::optional<Decimal> amount_of(Service service, const Bill& amounts, const PriceBook& book) {
  if (service == Service::database && !book[Price::database].zero()) return std::nullopt;
  return amounts.of(service);
}

std::optional<Decimal> cents_of(const std::optional<Decimal>& amount) {
  return amount ? std::optional(amount->cents()) : std::nullopt;
}

// What one more of the thing costs that the line is mostly about; its unit.
std::optional<Missing> unit_of(Service service, const Assumptions& a, const PriceBook& book) {
  switch (service) {
    case Service::functions:
      return Missing{
          book[Price::function_calls] + compute_of_a_call(a) * book[Price::function_compute],
          "million calls"};
    case Service::api_calls:
      return Missing{book[Price::api_calls], "million calls"};
    case Service::data_out:
      return Missing{book[Price::data_out], "GB"};
    case Service::storage:
      return Missing{book[Price::storage], "GB for a month"};
    default:
      return std::nullopt;
  }
}

std::optional<Missing> missing_of(const ProjectedLine& line, const Assumptions& a,
                                  const PriceBook& book) {
  if (!line.derived || line.recorded <= *line.derived) return std::nullopt;
  const auto one = unit_of(line.service, a, book);
  if (!one || one->quantity.zero()) return std::nullopt;
  return Missing{(line.recorded - *line.derived) / one->quantity, one->unit};
}

}  // namespace

Assumptions::Assumptions() {
  for (const AssumptionInfo& each : table) (*this)[each.assumption] = each.value;
}

std::span<const AssumptionInfo, assumption_count> assumptions() { return table; }

const AssumptionInfo* find_assumption(std::string_view id) {
  const auto found = std::ranges::find(table, id, &AssumptionInfo::id);
  return found == table.end() ? nullptr : &*found;
}

Result<void> assume(Assumptions& assumed, std::string_view id, std::string_view value) {
  const AssumptionInfo* known = find_assumption(id);
  if (known == nullptr) {
    return fail(ErrorKind::invalid, "unknown_assumption",
                "There is no assumption \"" + std::string(id) + "\".",
                "The projection itself lists all of them.");
  }
  const auto number = Decimal::parse(value);
  if (!number || *number > known->most) {
    return fail(ErrorKind::invalid, "invalid_assumption",
                "\"" + std::string(id) + "\" is a number from 0 to " + known->most.text(0) + ".",
                "Write digits, and a point before at most six decimals.");
  }
  assumed[known->assumption] = *number;
  return {};
}

Quantities use_of(const Assumptions& a, Decimal thumbnail_kb) {
  const Decimal feeds = a[A::active] * a[A::log_ins] * a[A::feeds];
  const Decimal pictures = a[A::active] * a[A::uploads];
  const Decimal fetched =
      feeds * a[A::thumbnails] * (Decimal(100) - a[A::cache_hits]) / Decimal(100);
  Quantities used;
  used[Price::function_calls] =
      (feeds * a[A::function_calls_per_feed] + a[A::other_function_calls]) / mega;
  used[Price::function_compute] = used[Price::function_calls] * compute_of_a_call(a);
  used[Price::image_analysis] = pictures * a[A::looks_per_picture] / kilo;
  used[Price::storage] = pictures * a[A::months] * a[A::picture_kb] / mega;
  used[Price::storage_reads] = fetched / kilo;
  used[Price::storage_writes] = pictures * a[A::writes_per_picture] / kilo;
  used[Price::data_out] = fetched * thumbnail_kb / mega;
  used[Price::archive] = a[A::active] * a[A::months] * a[A::archived_mb] / kilo;
  used[Price::search] = a[A::search_nodes] * a[A::hours];
  used[Price::api_calls] = (feeds * a[A::api_calls_per_feed] + a[A::other_api_calls]) / mega;
  used[Price::query] = a[A::active] * a[A::scanned_mb] / mega;
  used[Price::batch] = a[A::batch_runs] * a[A::node_hours_per_run];
  used[Price::mail] = a[A::members] * a[A::mails_per_member] / kilo;
  used[Price::analytics] = a[A::analysts];
  used[Price::server_hours] = a[A::servers] * a[A::hours];
  used[Price::server_months] = a[A::servers];
  return used;
}

Projection project(const Assumptions& assumed, const PriceBook& machine,
                   const PriceBook& original) {
  const Bill theirs = price(use_of(assumed, assumed[A::thumbnail_kb]), original);
  const Bill ours = price(use_of(assumed, assumed[A::our_thumbnail_kb]), machine);
  const bool as_recorded = assumed == Assumptions() && original == first_prices(Book::original);
  Projection made;
  made.assumptions = assumed;
  for (const ServiceInfo& each : services()) {
    const auto at = static_cast<std::size_t>(each.service);
    ProjectedLine& line = made.lines[at];
    line.service = each.service;
    line.recorded = *Decimal::parse(bill[at].amount);
    const auto derived = amount_of(each.service, theirs, original);
    const auto here = amount_of(each.service, ours, machine);
    line.derived = cents_of(derived);
    line.machine = cents_of(here);
    line.reason = bill[at].reason;
    if (as_recorded) line.missing = missing_of(line, assumed, original);
    made.recorded += line.recorded;
    made.derived += derived.value_or(Decimal());
    made.machine += here.value_or(Decimal());
  }
  made.derived = made.derived.cents();
  made.machine = made.machine.cents();
  return made;
}

std::string_view source_name(Source source) {
  constexpr std::array<std::string_view, 3> names = {"given", "inferred", "ours"};
  return names[static_cast<std::size_t>(source)];
}

std::string_view reason_name(Reason reason) {
  constexpr std::array<std::string_view, 7> names = {
      "follows",         "feeds_only",  "size_inferred", "thumbnails_inferred",
      "volume_inferred", "people_only", "not_derivable"};
  return names[static_cast<std::size_t>(reason)];
}

std::string_view reason_text(Reason reason) {
  constexpr std::array<std::string_view, 7> texts = {
      "It follows from the assumptions.",
      "The assumptions tell of feeds only; what else made calls is not recorded.",
      "How large that is stands nowhere: the assumption is what the recorded amount implies.",
      "The size of a thumbnail stands nowhere: the assumption is what the recorded amount implies.",
      "How much it was stands nowhere: the assumption is what the recorded amount implies.",
      "The price is one for each person; what was added to it is explained nowhere.",
      "It cannot be derived: nothing tells how much was stored, read and written."};
  return texts[static_cast<std::size_t>(reason)];
}

std::string_view verdict(const ProjectedLine& line) {
  if (!line.derived) return "none";
  return *line.derived == line.recorded ? "equal" : "differs";
}

}  // namespace picsharz::costs
