#include "features/feed/feed_routes.h"

#include "http/answer.h"

namespace picsharz::feed {

using http::Request;
using http::Response;

void add_feed_routes(http::Router& router, FeedService& feeds, cards::CardContext context) {
  // What a feed gives: lines or a page of cards.
  const auto add = [&](std::string_view pattern, http::Access access, auto feed,
                       std::string_view list) {
    router.add({.method = http::Method::get,
                .pattern = std::string(pattern),
                .access = access,
                .scope = Scope::read,
                .handler = http::answer(
                    [&feeds, context, feed, list](Request& request) -> Result<Response> {
                      TRY_ASSIGN(const PageRequest page,
                                 http::page_request(request, context.cursors, list));
                      return cards::cards_response((feeds.*feed)(request.viewer, page), request,
                                                   context, list);
                    })});
  };
  add("/v1/feed/home", http::Access::member, &FeedService::home, "feed.home");
  add("/v1/feed/recent", http::Access::open, &FeedService::recent, "feed.recent");
}

}  // namespace picsharz::feed
