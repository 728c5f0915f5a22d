#include "features/analytics/tag_routes.h"

#include "http/answer.h"

namespace picsharz::analytics {

void add_tag_routes(http::Router& router, TagAnalysisService& tags) {
  router.add({.method = http::Method::get,
              .pattern = "/v1/admin/analytics/tags",
              .access = http::Access::administrator,
              .scope = Scope::admin,
              .handler = [&tags](http::Request&) {
                return http::json(200, tags.shown()).header("Cache-Control", "no-store");
              }});
}

}  // namespace picsharz::analytics
