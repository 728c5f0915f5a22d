#include "features/admin/outbox_routes.h"

#include <string_view>

#include "http/answer.h"
#include "http/paging.h"

namespace picsharz::admin {

using http::Request;
using http::Response;

namespace {

constexpr std::string_view list_name = "admin.bounces";

void write_bounce(JsonWriter& out, const mail::Bounce& bounce) {
  out.begin_object()
      .field("id", bounce.id)
      .field("to", bounce.to)
      .field("subject", bounce.subject)
      .field("cause", mail::cause_name(bounce.cause))
      .field("reason", bounce.reason)
      .field("refusals", bounce.refusals)
      .time_field("created_at", bounce.created_at)
      .end_object();
}

Response show(OutboxService& outbox) {
  const Outgoing outgoing = outbox.outgoing();
  std::string body;
  JsonWriter out(body);
  out.begin_object();
  outgoing.server.empty() ? out.key("server").null() : out.field("server", outgoing.server);
  out.field("waiting", outgoing.queue.waiting)
      .field("oldest_seconds", outgoing.queue.oldest_age / second)
      .field("reason", outgoing.queue.last_error)
      .end_object();
  Response response = http::json(200, std::move(body));
  response.header("Cache-Control", "no-store");
  return response;
}

Result<Response> list(Request& request, OutboxService& outbox, const crypto::CursorCodec& cursors) {
  TRY_ASSIGN(const PageRequest page, http::page_request(request, cursors, list_name));
  auto response = http::page_response(outbox.bounces(page), cursors, list_name, write_bounce);
  return response.header("Cache-Control", "no-store");
}

}  // namespace

// Bounces are closed to tokens, as the mailbox is: a mail's subject may be a code.
void add_outbox_routes(http::Router& router, OutboxService& outbox,
                       const crypto::CursorCodec& cursors) {
  router.add(
      {.method = http::Method::get,
       .pattern = "/v1/admin/outbox",
       .access = http::Access::administrator,
       .scope = Scope::admin,
       .handler = http::answer([&outbox](Request&) -> Result<Response> { return show(outbox); })});
  router.add({.method = http::Method::get,
              .pattern = "/v1/admin/bounces",
              .access = http::Access::administrator,
              .handler = http::answer([&outbox, &cursors](Request& request) {
                return list(request, outbox, cursors);
              })});
}

}  // namespace picsharz::admin
