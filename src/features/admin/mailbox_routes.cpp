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
      .field("unsubscribe", kept.mail.unsubscribe)
      .time_field("created_at", kept.created_at)
      .end_object();
}

// Mails come with their texts. Whoever asks for a further page has asked for the first.
Result<http::Response> list_mails(const http::Request& request, KeptMailService& mailbox,
                                  MemberService& log, const crypto::CursorCodec& cursors) {
  TRY_ASSIGN(const PageRequest page, http::page_request(request, cursors, list_name));
  if (!page.after) log.note(request.viewer, ActionKind::mails_read, "");
  auto response = http::page_response(mailbox.list(page), cursors, list_name, write_mail);
  return response.header("Cache-Control", "no-store");
}

// A mail as its reader's program shows it: with its own styles and pictures, and nothing that runs
// or that is fetched from anywhere.
Result<http::Response> show_html(const http::Request& request, KeptMailService& mailbox,
                                 MemberService& log) {
  const auto id = MailId::parse(request.path_values.at(0));
  auto html = id ? mailbox.html(request.viewer, *id) : std::nullopt;
  if (!html) return not_found();
  log.note(request.viewer, ActionKind::mails_read, id->str());
  http::Response response;
  response.header("Content-Type", "text/html; charset=utf-8");
  response.header(
      "Content-Security-Policy",
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action "
      "'none'; frame-ancestors 'self'; sandbox");
  response.header("Cache-Control", "no-store");
  response.body = *std::move(html);
  return response;
}

}  // namespace

void add_mailbox_routes(http::Router& router, KeptMailService& mailbox, MemberService& log,
                        const crypto::CursorCodec& cursors) {
  router.add({.method = http::Method::get,
              .pattern = "/v1/admin/mailbox",
              .access = http::Access::administrator,
              .handler = http::answer([&mailbox, &log, &cursors](http::Request& request) {
                return list_mails(request, mailbox, log, cursors);
              })});
  router.add({.method = http::Method::get,
              .pattern = "/v1/admin/mailbox/{id}/html",
              .access = http::Access::administrator,
              .handler = http::answer([&mailbox, &log](http::Request& request) {
                return show_html(request, mailbox, log);
              })});
}

}  // namespace picsharz::admin
