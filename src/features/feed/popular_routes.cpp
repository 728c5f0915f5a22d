#include "features/feed/popular_routes.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "features/feed/popular_rules.h"
#include "http/answer.h"

namespace picsharz::feed {

using http::Request;
using http::Response;

namespace {

// The list never has a second page.
constexpr std::string_view list_name = "popular";

// What a cache between us and visitors may keep, and which pictures to fetch ahead: whatever is
// taken away must be gone soon, as nobody tells that cache.
Response for_visitors(Response response, const cards::CardLines& lines, const PopularWeb& web) {
  response.headers.emplace_back("Cache-Control",
                                "public, max-age=60, stale-while-revalidate=60, "
                                "stale-if-error=600");
  response.headers.emplace_back("Cache-Tag", std::string(list_name));
  std::vector<std::string_view> texts;
  texts.reserve(lines.items.size());
  for (const cards::CardLine& line : lines.items) texts.push_back(line.card->text->before);
  std::string links = announcement(texts, web.picture_sizes);
  if (!links.empty()) response.headers.emplace_back("Link", std::move(links));
  return response;
}

// Whether the answer is to be the one that visitors get, whoever asks.
Result<bool> wants_visitors(const Request& request) {
  const auto whom = request.query_value("for");
  if (!whom) return false;
  if (*whom == "visitors") return true;
  return fail(ErrorKind::invalid, "invalid_for", "That is nobody whom a list can be for.",
              "Leave `for` out, or say for=visitors.");
}

// Members see other lists than visitors, at the same address: a cache has to tell them apart by
// their cookies, and so by the cookies of theme and language, too. The address with for=visitors
// has one answer. Where an instance is for members only, only they get here: then no cache keeps
// it.
Result<Response> answer(PopularService& popular, const cards::CardContext& context,
                        const PopularWeb& web, Request& request) {
  TRY_ASSIGN(const bool visitors, wants_visitors(request));
  const cards::CardLines lines = popular.list(visitors ? Viewer() : request.viewer);
  Response response = cards::cards_response(lines, request, context, list_name);
  if (request.viewer.signed_in()) return response;
  if (!visitors) response.headers.emplace_back("Vary", "Cookie, Authorization");
  return for_visitors(std::move(response), lines, web);
}

}  // namespace

void add_popular_routes(http::Router& router, PopularService& popular, cards::CardContext context,
                        PopularWeb web, NoteRanking note) {
  router.add({.method = http::Method::get,
              .pattern = "/v1/popular",
              .access = http::Access::open,
              .scope = Scope::read,
              .handler = http::answer([&popular, context, web = std::move(web)](Request& request) {
                return answer(popular, context, web, request);
              })});
  router.add({.method = http::Method::post,
              .pattern = "/v1/admin/popular",
              .access = http::Access::administrator,
              .scope = Scope::admin,
              .handler = http::answer([&popular, context, note = std::move(note)](
                                          Request& request) -> Result<Response> {
                note(request.viewer);
                popular.rank();
                return cards::cards_response(popular.list(request.viewer), request, context,
                                             list_name);
              })});
}

}  // namespace picsharz::feed
