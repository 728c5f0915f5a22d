#include "features/accounts/invitation_routes.h"

#include <string>

#include "base/json.h"
#include "base/limits.h"
#include "features/accounts/account_json.h"
#include "features/accounts/invitation_rules.h"
#include "http/answer.h"
#include "http/paging.h"

namespace picsharz::accounts {

using http::Request;
using http::Response;

namespace {

constexpr std::string_view list_name = "invitations";

void write_invitation(JsonWriter& out, const Invitation& invitation, Micros now) {
  out.begin_object().field("id", invitation.id);
  if (invitation.email.empty()) {
    out.null_field("email");
  } else {
    out.field("email", invitation.email);
  }
  out.field("uses", invitation.uses)
      .field("uses_max", invitation.uses_max)
      .field("state", invitation_state(invitation, now))
      .time_field("created_at", invitation.created_at)
      .time_field("expires_at", invitation.expires_at)
      .end_object();
}

Result<Response> create(Request& request, InvitationService& invitations) {
  TRY_ASSIGN(JsonObject body, JsonObject::parse(request.body));
  InvitationWish wish;
  wish.email = body.optional_text("email", limits::email_max).value_or("");
  wish.uses = body.optional_number("uses").value_or(wish.uses);
  wish.days = body.optional_number("expires_in_days").value_or(wish.days);
  TRY(body.finish());
  TRY_ASSIGN(const NewInvitation made, invitations.create(request.viewer, wish));
  std::string answer;
  JsonWriter out(answer);
  out.begin_object().key("invitation");
  write_invitation(out, made.invitation, invitations.now());
  out.field("token", made.token).field("link", invitations.link(made.token)).end_object();
  Response response = http::json(201, std::move(answer));
  response.header("Location", "/v1/me/invitations/" + made.invitation.id.str());
  return response.header("Cache-Control", "no-store");
}

Result<Response> list(Request& request, InvitationService& invitations,
                      const crypto::CursorCodec& cursors) {
  TRY_ASSIGN(const PageRequest page, http::page_request(request, cursors, list_name));
  const Micros now = invitations.now();
  return http::page_response(invitations.list(request.viewer, page), cursors, list_name,
                             [now](JsonWriter& out, const Invitation& invitation) {
                               write_invitation(out, invitation, now);
                             });
}

Result<Response> revoke(Request& request, InvitationService& invitations) {
  const auto id = InvitationId::parse(request.path_values.at(0));
  if (!id) return not_found();
  TRY(invitations.revoke(request.viewer, *id));
  return http::no_content();
}

// Whom it is for is not told: who finds a link learns no address.
Result<Response> look(Request& request, InvitationService& invitations) {
  TRY_ASSIGN(const InvitationView view, invitations.look(request.path_values.at(0)));
  std::string body;
  JsonWriter out(body);
  out.begin_object().key("from").begin_object();
  out.field("handle", view.maker.handle).field("name", view.maker.name).end_object();
  out.field("for_address", !view.invitation.email.empty())
      .time_field("expires_at", view.invitation.expires_at)
      .end_object();
  Response response = http::json(200, std::move(body));
  return response.header("Cache-Control", "no-store");
}

}  // namespace

void add_invitation_routes(http::Router& router, InvitationService& invitations,
                           const crypto::CursorCodec& cursors) {
  using http::Access;
  using http::Method;
  constexpr std::string_view own = "/v1/me/invitations";
  router.add({.method = Method::get,
              .pattern = std::string(own),
              .access = Access::member,
              .scope = Scope::account,
              .handler = http::answer(
                  [&](Request& request) { return list(request, invitations, cursors); })});
  router.add(
      {.method = Method::post,
       .pattern = std::string(own),
       .access = Access::member,
       .scope = Scope::account,
       .handler = http::answer([&](Request& request) { return create(request, invitations); }),
       .body = http::BodyKind::json,
       // The ledger would keep the answer, the token in it.
       .own_idempotency = true});
  router.add(
      {.method = Method::del,
       .pattern = std::string(own) + "/{id}",
       .access = Access::member,
       .scope = Scope::account,
       .handler = http::answer([&](Request& request) { return revoke(request, invitations); })});
  router.add(
      {.method = Method::get,
       .pattern = "/v1/invitations/{token}",
       .access = Access::open,
       .handler = http::answer([&](Request& request) { return look(request, invitations); })});
}

}  // namespace picsharz::accounts
