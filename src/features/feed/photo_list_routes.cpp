#include "features/feed/photo_list_routes.h"

#include "http/answer.h"

namespace picsharz::feed {

using http::Request;
using http::Response;

void add_photo_list_routes(http::Router& router, PhotoListService& lists,
                           cards::CardContext context) {
  // The rest of the path: a tag may hold a slash.
  router.add(
      {.method = http::Method::get,
       .pattern = "/v1/tags/{tag...}",
       .access = http::Access::open,
       .scope = Scope::read,
       .handler = http::answer([&lists, context](Request& request) -> Result<Response> {
         constexpr std::string_view list = "tag.photos";
         TRY_ASSIGN(const PageRequest page, http::page_request(request, context.cursors, list));
         return cards::cards_response(lists.tagged(request.viewer, request.path_values.at(0), page),
                                      request, context, list);
       })});
  router.add(
      {.method = http::Method::get,
       .pattern = "/v1/me/likes",
       .access = http::Access::member,
       .scope = Scope::read,
       .handler = http::answer([&lists, context](Request& request) -> Result<Response> {
         constexpr std::string_view list = "me.likes";
         TRY_ASSIGN(const PageRequest page, http::page_request(request, context.cursors, list));
         return cards::cards_response(lists.liked(request.viewer, page), request, context, list);
       })});
}

}  // namespace picsharz::feed
