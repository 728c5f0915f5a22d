#include "features/suggestions/suggestion_routes.h"

#include "features/accounts/account_json.h"
#include "http/answer.h"
#include "http/paging.h"

namespace picsharz::suggestions {

using http::Request;
using http::Response;

namespace {

constexpr std::string_view one_page = "suggestions";  // has no next one

std::string_view kind_name(ReasonKind kind) {
  switch (kind) {
    case ReasonKind::followed_by:
      return "followed_by";
    case ReasonKind::liked:
      return "liked";
    case ReasonKind::label:
      return "label";
    case ReasonKind::active:
      break;
  }
  return "active";
}

void write_reason(JsonWriter& out, const Reason& reason) {
  out.begin_object().field("kind", kind_name(reason.kind)).field("count", reason.count);
  out.key("by");
  if (reason.kind == ReasonKind::followed_by) {
    out.begin_object().field("handle", reason.handle).field("name", reason.name).end_object();
  } else {
    out.null();
  }
  if (reason.kind == ReasonKind::label) {
    out.field("label", reason.label);
  } else {
    out.null_field("label");
  }
  out.end_object();
}

void write_suggestion(JsonWriter& out, const Suggestion& suggestion) {
  out.begin_object();
  out.key("account").raw(accounts::account_json(suggestion.account));
  out.key("reason");
  write_reason(out, suggestion.reason);
  out.end_object();
}

Result<Response> show(Request& request, SuggestionService& suggestions,
                      const crypto::CursorCodec& cursors) {
  TRY_ASSIGN(const PageRequest page, http::page_request(request, cursors, one_page));
  return http::page_response(
      Page<Suggestion>{suggestions.suggest(request.viewer, page.limit), std::nullopt}, cursors,
      one_page, write_suggestion);
}

}  // namespace

void add_suggestion_routes(http::Router& router, SuggestionService& suggestions,
                           const crypto::CursorCodec& cursors) {
  router.add({.method = http::Method::get,
              .pattern = "/v1/suggestions",
              .access = http::Access::member,
              .scope = Scope::read,
              .handler = http::answer([&suggestions, &cursors](Request& request) {
                return show(request, suggestions, cursors);
              })});
}

}  // namespace picsharz::suggestions
