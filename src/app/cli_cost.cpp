// picsharz cost: a month or a projection; picsharz cost prices: the price books. The same numbers
// as on the administrator's pages; prices are edited only there, where it is known by whom.
#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

#include "app/cli.h"
#include "app/foundation.h"
#include "features/costs/cost_report_rules.h"
#include "features/costs/cost_service.h"
#include "features/costs/projection_rules.h"

namespace picsharz::app {

namespace {

enum class Format { text, csv, json };

std::optional<Format> format_of(const Invocation& invocation) {
  if (invocation.has("--json")) return Format::json;
  const std::string name = invocation.get("--format");
  if (name.empty() || name == "text") return Format::text;
  if (name == "csv") return Format::csv;
  return name == "json" ? std::optional(Format::json) : std::nullopt;
}

int refuse(std::string_view what) {
  complain(what);
  return usage;
}

int refuse(const Error& error) { return refuse(error.message + " " + error.action); }

constexpr std::string_view no_format = "--format is text, csv or json.";

int print(std::string_view report) {
  std::printf("%.*s", static_cast<int>(report.size()), report.data());
  if (!report.ends_with('\n')) std::printf("\n");
  return done;
}

// "members=50000,cache_hits=60".
Result<costs::Assumptions> assumed(std::string_view list) {
  costs::Assumptions made;
  while (!list.empty()) {
    const std::string_view one = list.substr(0, list.find(','));
    list.remove_prefix(std::min(list.size(), one.size() + 1));
    const std::size_t equals = std::min(one.find('='), one.size());
    const std::string_view value = one.substr(std::min(one.size(), equals + 1));
    TRY(costs::assume(made, one.substr(0, equals), value));
  }
  return made;
}

int print_projection(costs::CostService& service, std::string_view list, Format format) {
  const auto assumptions = assumed(list);
  if (!assumptions) return refuse(assumptions.error());
  const costs::Projection projection = service.projection(*assumptions);
  switch (format) {
    case Format::csv:
      return print(costs::projection_csv(projection));
    case Format::json:
      return print(costs::projection_json(projection));
    case Format::text:
      break;
  }
  return print(costs::projection_text(projection));
}

int print_month(costs::CostService& service, const std::string& name, Format format) {
  const auto month = service.month(name);
  if (!month) return refuse(month.error());
  switch (format) {
    case Format::csv:
      return print(costs::month_csv(*month));
    case Format::json:
      return print(costs::month_json(*month));
    case Format::text:
      break;
  }
  return print(costs::month_text(*month));
}

costs::BookReport report_of(costs::CostService& service, costs::Book book) {
  return {.book = book, .now = service.prices(book), .edits = service.edits(book)};
}

int print_prices(costs::CostService& service, Format format) {
  const std::array books = {report_of(service, costs::Book::machine),
                            report_of(service, costs::Book::original)};
  switch (format) {
    case Format::csv:
      return print(costs::prices_csv(books[0].now.prices, books[1].now.prices));
    case Format::json:
      return print(costs::prices_json(books));
    case Format::text:
      break;
  }
  return print(costs::prices_text(books[0], books[1]));
}

}  // namespace

int run_cost(const Invocation& invocation) {
  const auto format = format_of(invocation);
  if (!format) return refuse(no_format);
  if (invocation.has("--assume") && !invocation.has("--projection")) {
    return refuse("Assumptions are those of a projection: add --projection.");
  }
  Foundation foundation(invocation.config);
  costs::CostService service(*foundation.database, foundation.clock);
  if (invocation.has("--projection")) {
    return print_projection(service, invocation.get("--assume"), *format);
  }
  return print_month(service, invocation.get("--month"), *format);
}

int run_cost_prices(const Invocation& invocation) {
  const auto format = format_of(invocation);
  if (!format) return refuse(no_format);
  Foundation foundation(invocation.config);
  costs::CostService service(*foundation.database, foundation.clock);
  return print_prices(service, *format);
}

}  // namespace picsharz::app
