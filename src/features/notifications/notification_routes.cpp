#include "features/notifications/notification_routes.h"

#include "base/json.h"
#include "features/accounts/account_json.h"
#include "features/notifications/notification_rules.h"
#include "features/photos/photo_json.h"
#include "http/answer.h"
#include "http/paging.h"

namespace picsharz::notifications {

using http::Request;
using http::Response;

namespace {

constexpr std::string_view list_name = "notifications";

void write_subject(JsonWriter& out, const photos::PhotoView& view, const Viewer& viewer,
                   const photos::MediaSigner& signer) {
  out.begin_object()
      .field("id", view.photo.id)
      .field("title", view.photo.title)
      .field("alt", view.photo.alt)
      .field("thumbhash", view.photo.thumbhash)
      .field("thumbnail", photos::thumbnail_url(view, viewer, signer))
      .end_object();
}

void write_notification(JsonWriter& out, const Notification& what, const Viewer& viewer,
                        const photos::MediaSigner& signer) {
  out.begin_object()
      .field("id", what.id)
      .field("kind", kind_name(what.kind))
      .field("unread", what.unread)
      .time_field("updated_at", what.updated_at)
      .field("count", what.people.count);
  out.key("actors").begin_array();
  for (const Actor& actor : what.people.newest) {
    accounts::write_person(out, actor.handle, actor.name, actor.avatar);
  }
  out.end_array().key("photo");
  if (what.photo) {
    write_subject(out, *what.photo, viewer, signer);
  } else {
    out.null();
  }
  out.field("excerpt", what.excerpt).key("decision");
  if (what.kind == Kind::decision) {
    out.begin_object()
        .field("outcome", what.ruling.outcome)
        .field("appealed", what.ruling.appealed)
        .field("about", what.ruling.comment ? "comment" : "photo")
        .end_object();
  } else {
    out.null();
  }
  out.end_object();
}

Response unread_response(int unread) {
  std::string body;
  JsonWriter(body).begin_object().field("unread", unread).end_object();
  return http::json(200, std::move(body));
}

Result<Response> mark_read(Request& request, NotificationService& notifications) {
  TRY_ASSIGN(JsonObject body, JsonObject::parse(request.body));
  const auto one = body.optional_text("id", 20);
  const auto up_to = body.optional_text("up_to", 20);
  if (one.has_value() == up_to.has_value()) {
    body.refuse("id", "ambiguous", "Name either one notification or the newest of those read.");
  }
  TRY(body.finish());
  const auto id = NotificationId::parse(one ? *one : *up_to);
  if (!id) return not_found();
  TRY_ASSIGN(const int unread, notifications.read(request.viewer, *id, up_to.has_value()));
  return unread_response(unread);  // one that may be kept for the key that it was asked with
}

Result<Response> list(Request& request, NotificationService& notifications,
                      const photos::MediaSigner& signer, const crypto::CursorCodec& cursors) {
  TRY_ASSIGN(const PageRequest page, http::page_request(request, cursors, list_name));
  const auto found = notifications.list(request.viewer, page);
  return http::page_response(found, cursors, list_name,
                             [&](JsonWriter& out, const Notification& what) {
                               write_notification(out, what, request.viewer, signer);
                             })
      .header("Cache-Control", "no-store");
}

}  // namespace

void add_notification_routes(http::Router& router, NotificationService& notifications,
                             const photos::MediaSigner& signer,
                             const crypto::CursorCodec& cursors) {
  using http::Access;
  using http::Method;
  router.add({.method = Method::get,
              .pattern = "/v1/notifications",
              .access = Access::member,
              .scope = Scope::read,
              .handler = http::answer([&notifications, &signer, &cursors](Request& request) {
                return list(request, notifications, signer, cursors);
              })});
  router.add({.method = Method::get,
              .pattern = "/v1/notifications/unread",
              .access = Access::member,
              .scope = Scope::read,
              .handler = http::answer([&notifications](Request& request) -> Result<Response> {
                return unread_response(notifications.unread(request.viewer.account))
                    .header("Cache-Control", "no-store");
              })});
  router.add({.method = Method::post,
              .pattern = "/v1/notifications/read",
              .access = Access::member,
              .scope = Scope::social,
              .handler = http::answer(
                  [&notifications](Request& request) { return mark_read(request, notifications); }),
              .body = http::BodyKind::json});
}

}  // namespace picsharz::notifications
