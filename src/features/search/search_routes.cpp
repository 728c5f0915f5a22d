#include "features/search/search_routes.h"

#include "features/accounts/account_json.h"
#include "http/answer.h"

namespace picsharz::search {

using http::Request;
using http::Response;

namespace {

constexpr std::string_view photos_list = "search.photos";
constexpr std::string_view people_list = "search.people";

void write_person(JsonWriter& out, const accounts::Account& account) {
  out.raw(accounts::account_json(account));
}

std::unexpected<Error> refuse(std::string_view field, std::string_view detail) {
  auto failure = fail(ErrorKind::invalid, "invalid_request", "This search cannot be made.",
                      "Correct the fields named in errors and send it again.");
  failure.error().fields = {{std::string(field), "invalid", std::string(detail)}};
  return failure;
}

// A page of each, from the start.
Response both(Request& request, SearchService& search, const cards::CardContext& context,
              std::string_view typed, const PageRequest& page) {
  std::string body;
  JsonWriter out(body);
  out.begin_object().key("photos");
  cards::write_cards(out, search.photos(request.viewer, typed, page), request.viewer, context,
                     photos_list);
  out.key("people");
  http::write_page(out, search.people(request.viewer, typed, page), context.cursors, people_list,
                   write_person);
  out.end_object();
  return http::json(200, std::move(body));
}

Result<Response> find(Request& request, SearchService& search, const cards::CardContext& context) {
  const std::string_view typed = request.query_value("q").value_or("");
  const std::string_view type = request.query_value("type").value_or("photos");
  const auto characters = count_characters(typed);
  if (!characters || *characters > query_max) {
    return refuse("q", "A search has at most 200 characters.");
  }
  if (type == "photos") {
    TRY_ASSIGN(const PageRequest page, http::page_request(request, context.cursors, photos_list));
    return cards::cards_response(search.photos(request.viewer, typed, page), request, context,
                                 photos_list);
  }
  if (type == "people") {
    TRY_ASSIGN(const PageRequest page, http::page_request(request, context.cursors, people_list));
    return http::page_response(search.people(request.viewer, typed, page), context.cursors,
                               people_list, write_person);
  }
  if (type != "all") return refuse("type", "This is photos, people or all.");
  TRY_ASSIGN(const PageRequest page, http::page_request(request, context.cursors, "search.all"));
  return both(request, search, context, typed, page);
}

}  // namespace

void add_search_routes(http::Router& router, SearchService& search, cards::CardContext context) {
  router.add({.method = http::Method::get,
              .pattern = "/v1/search",
              .access = http::Access::open,
              .scope = Scope::read,
              .handler = http::answer([&search, context](Request& request) {
                return find(request, search, context);
              })});
}

}  // namespace picsharz::search
