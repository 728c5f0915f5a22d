#include "features/costs/cost_routes.h"

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "features/costs/cost_report_rules.h"
#include "features/costs/projection_rules.h"
#include "http/answer.h"

namespace picsharz::costs {

using http::Request;
using http::Response;

namespace {

constexpr std::size_t amount_characters = 32;
constexpr std::size_t note_characters = 500;

Response fresh(Response response) {
  response.header("Cache-Control", "no-store");
  return response;
}

Response csv(std::string body, const std::string& name) {
  Response response = http::text(200, std::move(body));
  response.headers.clear();
  response.header("Content-Type", "text/csv; charset=utf-8; header=present")
      .header("Content-Disposition", "attachment; filename=\"" + name + ".csv\"");
  return fresh(std::move(response));
}

Result<MonthCosts> month_of(const Request& request, CostService& costs) {
  return costs.month(request.query_value("month").value_or(""));
}

BookReport report_of(CostService& costs, Book book) {
  return {.book = book, .now = costs.prices(book), .edits = costs.edits(book)};
}

Response show_prices(CostService& costs) {
  const std::array books = {report_of(costs, Book::machine), report_of(costs, Book::original)};
  return fresh(http::json(200, prices_json(books)));
}

std::vector<PriceChange> changes_of(JsonObject& body) {
  std::vector<PriceChange> changes;
  for (const PriceInfo& each : prices()) {
    const auto text = body.optional_text(each.id, amount_characters);
    if (!text) continue;
    const auto amount = Decimal::parse(*text);
    if (!amount || *amount > most_of_a_price) {
      body.refuse(each.id, "invalid_price", "A price is a number from 0 to 1000000.");
      continue;
    }
    changes.push_back({each.price, *amount});
  }
  return changes;
}

Result<Response> set_prices(Request& request, CostService& costs) {
  const auto book = book_of(request.path_values.at(0));
  if (!book) return not_found();
  TRY_ASSIGN(JsonObject body, JsonObject::parse(request.body));
  const std::int64_t seen = body.number("version");
  const std::string note = body.optional_text("note", note_characters).value_or("");
  const auto changes = changes_of(body);
  TRY(body.finish());
  TRY_ASSIGN(const PricesNow now, costs.set_prices(request.viewer, *book, seen, note, changes));
  return fresh(
      http::json(200, book_json({.book = *book, .now = now, .edits = costs.edits(*book)})));
}

// Every assumption that is named, from a body or from the address.
Result<Assumptions> posted(const Request& request) {
  TRY_ASSIGN(JsonObject body, JsonObject::parse(request.body));
  Assumptions assumed;
  for (const AssumptionInfo& each : assumptions()) {
    const auto text = body.optional_text(each.id, amount_characters);
    if (!text) continue;
    if (const auto right = assume(assumed, each.id, *text); !right) {
      body.refuse(each.id, right.error().code, right.error().message);
    }
  }
  TRY(body.finish());
  return assumed;
}

Result<Assumptions> asked(const Request& request) {
  Assumptions assumed;
  for (const auto& [name, value] : request.query) TRY(assume(assumed, name, value));
  return assumed;
}

Result<Response> project_csv(Request& request, CostService& costs) {
  TRY_ASSIGN(const Assumptions assumed, asked(request));
  return csv(projection_csv(costs.projection(assumed)), "projection");
}

Result<Response> project_posted(Request& request, CostService& costs) {
  TRY_ASSIGN(const Assumptions assumed, posted(request));
  return fresh(http::json(200, projection_json(costs.projection(assumed))));
}

using Answer = std::function<Result<Response>(Request&)>;

http::Route route(http::Method method, std::string pattern, Answer answer) {
  return {.method = method,
          .pattern = std::move(pattern),
          .access = http::Access::administrator,
          .scope = Scope::admin,
          .handler = http::answer(std::move(answer)),
          .body = method == http::Method::get ? http::BodyKind::none : http::BodyKind::json};
}

void add_price_routes(http::Router& router, CostService& costs) {
  const auto get = http::Method::get;
  router.add(route(get, "/v1/admin/costs/prices",
                   [&costs](Request&) -> Result<Response> { return show_prices(costs); }));
  router.add(route(get, "/v1/admin/costs/prices.csv", [&costs](Request&) -> Result<Response> {
    return csv(prices_csv(costs.prices(Book::machine).prices, costs.prices(Book::original).prices),
               "prices");
  }));
  router.add(route(http::Method::put, "/v1/admin/costs/prices/{book}",
                   [&costs](Request& request) { return set_prices(request, costs); }));
}

}  // namespace

void add_cost_routes(http::Router& router, CostService& costs) {
  const auto get = http::Method::get;
  router.add(route(get, "/v1/admin/costs", [&costs](Request& request) -> Result<Response> {
    TRY_ASSIGN(const MonthCosts month, month_of(request, costs));
    return fresh(http::json(200, month_json(month)));
  }));
  router.add(route(get, "/v1/admin/costs.csv", [&costs](Request& request) -> Result<Response> {
    TRY_ASSIGN(const MonthCosts month, month_of(request, costs));
    return csv(month_csv(month), "costs-" + month.period.name);
  }));
  add_price_routes(router, costs);
  router.add(route(get, "/v1/admin/costs/projection", [&costs](Request&) -> Result<Response> {
    return fresh(http::json(200, projection_json(costs.projection({}))));
  }));
  router.add(route(get, "/v1/admin/costs/projection.csv",
                   [&costs](Request& request) { return project_csv(request, costs); }));
  router.add(route(http::Method::post, "/v1/admin/costs/projection",
                   [&costs](Request& request) { return project_posted(request, costs); }));
}

}  // namespace picsharz::costs
