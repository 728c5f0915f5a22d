#include "features/admin/mailbox_routes.h"

#include "http/answer.h"
#include "http/paging.h"

namespace picsharz::admin {

namespace {

constexpr std::string_view list_name = "admin.mailbox";

void write_mail(JsonWriter& out, const mail::KeptMail& kept) {
  out.begin_object()
      .field("id", kept.id)
      .field("to", kept.mail.to)
      .field("subject", kept.mail.subject)
      .field("text", kept.mail.text)
      .field("html", kept.mail.html)
      .time_field("created_at", kept.created_at)
      .end_object();
}

}  // namespace

void add_mailbox_routes(http::Router& router, const mail::Mailbox& mailbox,
                        const crypto::CursorCodec& cursors) {
  router.add({.method = http::Method::get,
              .pattern = "/v1/admin/mailbox",
              .access = http::Access::administrator,
              .handler = http::answer([&mailbox,
                                       &cursors](http::Request& request) -> Result<http::Response> {
                TRY_ASSIGN(const PageRequest page, http::page_request(request, cursors, list_name));
                auto response =
                    http::page_response(mailbox.list(page), cursors, list_name, write_mail);
                return response.header("Cache-Control", "no-store");
              })});
}

}  // namespace picsharz::admin
