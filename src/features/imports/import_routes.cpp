#include "features/imports/import_routes.h"

#include <string>
#include <utility>

#include "base/json.h"
#include "base/limits.h"
#include "http/answer.h"
#include "http/paging.h"

namespace picsharz::imports {

using http::Request;
using http::Response;

namespace {

constexpr std::string_view refused_list = "refused";

std::string_view state_name(ImportState state) {
  switch (state) {
    case ImportState::running:
      return "running";
    case ImportState::done:
      return "done";
    case ImportState::failed:
      return "failed";
    case ImportState::cancelled:
      return "cancelled";
  }
  return "failed";
}

std::string_view kind_name(ArchiveKind kind) {
  return kind == ArchiveKind::picsharz ? "picsharz" : "instagram";
}

void write_import(JsonWriter& out, const Import& shown) {
  out.begin_object().field("id", shown.id).field("state", state_name(shown.state)).key("kind");
  shown.kind == ArchiveKind::unknown ? out.null() : out.value(kind_name(shown.kind));
  out.key("failure");
  if (shown.reason.empty()) {
    out.null();
  } else {
    out.begin_object().field("code", shown.reason).field("detail", shown.detail).end_object();
  }
  out.field("photos", shown.photos)
      .field("done", shown.done())
      .field("taken", shown.taken)
      .field("known", shown.known)
      .field("refused", shown.refused)
      .field("people", shown.people)
      .field("people_unknown", shown.people_unknown)
      .field("likes", shown.likes)
      .field("likes_unknown", shown.likes_unknown)
      .field("comments_left", shown.comments_left)
      .time_field("created_at", shown.created_at);
  shown.finished_at ? out.time_field("finished_at", *shown.finished_at)
                    : out.null_field("finished_at");
  out.end_object();
}

Response import_response(int status, const std::optional<Import>& shown) {
  std::string body;
  JsonWriter out(body);
  out.begin_object().key("import");
  shown ? write_import(out, *shown) : void(out.null());
  out.end_object();
  return http::json(status, std::move(body)).header("Cache-Control", "no-store");
}

Result<Response> begin(Request& request, ImportService& imports) {
  const std::string_view key = request.header("Idempotency-Key");
  if (key.size() > limits::idempotency_key_max) {
    return fail(ErrorKind::invalid, "invalid_idempotency_key", "This Idempotency-Key is too long.",
                "Send at most 128 characters.");
  }
  TRY_ASSIGN(JsonObject body, JsonObject::parse(request.body));
  const auto upload = UploadId::parse(body.text("upload", 1, 20));
  ImportWish wish{.upload = upload.value_or(UploadId()),
                  .people = body.optional_truth("people").value_or(false),
                  .profile = body.optional_truth("profile").value_or(false)};
  TRY(body.finish());
  if (!upload) return not_found();
  TRY_ASSIGN(const Import begun, imports.begin(request.viewer, wish, key));
  return import_response(202, begun).header("Location", "/v1/me/import");
}

Result<Response> cancel(Request& request, ImportService& imports) {
  TRY_ASSIGN(const Import cancelled, imports.cancel(request.viewer));
  return import_response(200, cancelled);
}

Result<Response> list_refused(Request& request, ImportService& imports,
                              const crypto::CursorCodec& cursors) {
  TRY_ASSIGN(const PageRequest wanted, http::page_request(request, cursors, refused_list));
  const auto page = imports.refused(request.viewer, wanted);
  return http::page_response(page, cursors, refused_list,
                             [](JsonWriter& out, const ImportItem& item) {
                               out.begin_object()
                                   .field("file", item.file)
                                   .field("code", item.reason)
                                   .field("detail", item.detail)
                                   .end_object();
                             });
}

}  // namespace

void add_import_routes(http::Router& router, ImportService& imports,
                       const crypto::CursorCodec& cursors) {
  using http::Access;
  using http::Method;
  router.add({.method = Method::get,
              .pattern = "/v1/me/import",
              .access = Access::member,
              .handler = http::answer([&](Request& request) -> Result<Response> {
                return import_response(200, imports.state(request.viewer));
              })});
  router.add({.method = Method::post,
              .pattern = "/v1/me/import",
              .access = Access::member,
              .handler = http::answer([&](Request& request) { return begin(request, imports); }),
              .body = http::BodyKind::json,
              .own_idempotency = true});
  router.add({.method = Method::del,
              .pattern = "/v1/me/import",
              .access = Access::member,
              .handler = http::answer([&](Request& request) { return cancel(request, imports); })});
  router.add({.method = Method::get,
              .pattern = "/v1/me/import/refused",
              .access = Access::member,
              .handler = http::answer(
                  [&](Request& request) { return list_refused(request, imports, cursors); })});
}

}  // namespace picsharz::imports
