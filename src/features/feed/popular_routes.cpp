#include "features/feed/popular_routes.h"

#include <string>

#include "http/answer.h"

namespace picsharz::feed {

using http::Request;
using http::Response;

namespace {

// The list never has a second page.
constexpr std::string_view list_name = "popular";

// The picture of a card that a browser takes first: AVIF where it has been made.
std::string_view picture_of(std::string_view text) {
  for (const std::string_view name : {R"("640.avif":")", R"("640":")", R"("320":")"}) {
    const auto at = text.find(name);
    if (at == std::string_view::npos) continue;
    const std::string_view rest = text.substr(at + name.size());
    return rest.substr(0, rest.find('"'));
  }
  return {};
}

// What a cache between us and visitors may keep, and which pictures to fetch ahead: whatever is
// taken away must be gone soon, as nobody tells that cache.
Response for_visitors(Response response, const cards::CardLines& lines) {
  response.headers.emplace_back("Cache-Control",
                                "public, max-age=60, stale-while-revalidate=60, "
                                "stale-if-error=600");
  response.headers.emplace_back("Vary", "Cookie, Authorization");
  response.headers.emplace_back("Cache-Tag", std::string(list_name));
  std::string links;
  for (const cards::CardLine& line : lines.items) {
    const std::string_view url = picture_of(line.card->text->before);
    if (url.empty()) continue;
    if (!links.empty()) links += ", ";
    links.append("<").append(url).append(">; rel=preload; as=image");
  }
  if (!links.empty()) response.headers.emplace_back("Link", std::move(links));
  return response;
}

}  // namespace

void add_popular_routes(http::Router& router, PopularService& popular, cards::CardContext context) {
  router.add({.method = http::Method::get,
              .pattern = "/v1/popular",
              .access = http::Access::open,
              .handler = http::answer([&popular, context](Request& request) -> Result<Response> {
                const cards::CardLines lines = popular.list(request.viewer);
                Response response = cards::cards_response(lines, request, context, list_name);
                if (request.viewer.signed_in()) return response;
                return for_visitors(std::move(response), lines);
              })});
  router.add({.method = http::Method::post,
              .pattern = "/v1/admin/popular",
              .access = http::Access::administrator,
              .handler = http::answer([&popular, context](Request& request) -> Result<Response> {
                popular.rank();
                return cards::cards_response(popular.list(request.viewer), request, context,
                                             list_name);
              })});
}

}  // namespace picsharz::feed
