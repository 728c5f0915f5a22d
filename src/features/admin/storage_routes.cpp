#include "features/admin/storage_routes.h"

#include "base/json.h"
#include "base/limits.h"
#include "http/answer.h"

namespace picsharz::admin {

using http::Request;
using http::Response;

namespace {

Response show(photos::OriginalService& originals) {
  const photos::CheckState state = originals.check_state();
  std::string body;
  JsonWriter out(body);
  out.begin_object()
      .field("originals", state.counts.originals)
      .field("checked", state.counts.checked)
      .time_field("since", state.since);
  if (state.counts.oldest_at) {
    out.time_field("oldest_at", *state.counts.oldest_at);
  } else {
    out.key("oldest_at").null();
  }
  out.field("bytes_a_day", limits::scrub_bytes_a_day).field("damaged", state.damaged);
  out.key("photos").begin_array();
  for (const photos::DamagedPhoto& each : state.photos) {
    out.begin_object()
        .field("id", each.photo)
        .field("owner", each.owner)
        .field("damage", each.damage)
        .time_field("damaged_at", each.damaged_at)
        .end_object();
  }
  out.end_array().end_object();
  Response response = http::json(200, std::move(body));
  return response.header("Cache-Control", "no-store");
}

}  // namespace

void add_storage_routes(http::Router& router, photos::OriginalService& originals,
                        MemberService& log) {
  router.add({.method = http::Method::get,
              .pattern = "/v1/admin/storage",
              .access = http::Access::administrator,
              .scope = Scope::admin,
              .handler = [&originals](Request&) { return show(originals); }});
  router.add({.method = http::Method::post,
              .pattern = "/v1/admin/storage/check",
              .access = http::Access::administrator,
              .scope = Scope::admin,
              .handler = [&originals, &log](Request& request) {
                log.note(request.viewer, ActionKind::storage_checked, "");
                originals.check_all_again();
                return http::no_content();
              }});
}

}  // namespace picsharz::admin
