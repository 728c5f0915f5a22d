#include "features/photos/photo_routes.h"

#include "features/photos/photo_json.h"
#include "http/answer.h"
#include "http/paging.h"

namespace picsharz::photos {

void add_photo_routes(http::Router& router, PhotoService& photos, const MediaSigner& signer,
                      const crypto::CursorCodec& cursors) {
  router.add({.method = http::Method::get,
              .pattern = "/v1/me/photos",
              .access = http::Access::member,
              .scope = Scope::read,
              .handler = http::answer([&](http::Request& request) -> Result<http::Response> {
                TRY_ASSIGN(const PageRequest page,
                           http::page_request(request, cursors, "me.photos"));
                return http::page_response(photos.own(request.viewer, page), cursors, "me.photos",
                                           [&](JsonWriter& out, const PhotoView& view) {
                                             write_photo(out, view, request.viewer, signer);
                                           });
              })});
}

}  // namespace picsharz::photos
