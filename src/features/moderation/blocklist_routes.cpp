#include "features/moderation/blocklist_routes.h"

#include <string>
#include <utility>

#include "base/json.h"
#include "base/limits.h"
#include "http/answer.h"
#include "http/paging.h"

namespace picsharz::moderation {

using http::Access;
using http::Method;
using http::Request;
using http::Response;

namespace {

constexpr std::string_view list_name = "moderation.blocklist";
constexpr const char* pattern = "/v1/moderation/blocklist";

void write_blocked(JsonWriter& out, const BlockedPicture& picture) {
  out.begin_object()
      .field("id", picture.id)
      .field("hash", phash_text(picture.phash))
      .field("photo", picture.photo)
      .field("by", picture.added_by_handle)
      .field("automatic", !picture.added_by)
      .field("note", picture.note)
      .time_field("created_at", picture.created_at)
      .end_object();
}

Result<Response> list(Request& request, BlocklistService& blocklist,
                      const crypto::CursorCodec& cursors) {
  if (const auto photo = request.query_value("photo")) {
    const auto id = PhotoId::parse(*photo);
    if (!id) return not_found();
    Page<BlockedPicture> page;
    TRY_ASSIGN(page.items, blocklist.matches(*id));
    return http::page_response(page, cursors, list_name, write_blocked);
  }
  TRY_ASSIGN(const PageRequest page, http::page_request(request, cursors, list_name));
  return http::page_response(blocklist.list(page), cursors, list_name, write_blocked);
}

Result<Response> add(Request& request, BlocklistService& blocklist) {
  TRY_ASSIGN(JsonObject body, JsonObject::parse(request.body));
  const std::string hash = body.text("hash", 16, 16);
  const std::string note = body.optional_text("note", limits::moderation_note_max).value_or("");
  const auto phash = phash_of(hash);
  if (!phash && !hash.empty()) {
    body.refuse("hash", "invalid_hash", "A hash is 16 hexadecimal digits.");
  }
  TRY(body.finish());
  std::string json;
  JsonWriter out(json);
  write_blocked(out, blocklist.add(request.viewer, *phash, note));
  return http::json(201, std::move(json)).header("Location", pattern);
}

Result<Response> remove(Request& request, BlocklistService& blocklist) {
  const auto id = BlockId::parse(request.path_values.at(0));
  if (!id) return not_found();
  TRY(blocklist.remove(*id));
  return http::no_content();
}

Result<Response> import_text(Request& request, BlocklistService& blocklist) {
  TRY_ASSIGN(const Imported imported, blocklist.import_text(request.viewer, request.body));
  std::string body;
  JsonWriter(body)
      .begin_object()
      .field("added", imported.added)
      .field("known", imported.known)
      .end_object();
  return http::json(200, std::move(body));
}

}  // namespace

void add_blocklist_routes(http::Router& router, BlocklistService& blocklist,
                          const crypto::CursorCodec& cursors) {
  router.add({.method = Method::get,
              .pattern = pattern,
              .access = Access::moderator,
              .scope = Scope::moderation,
              .handler = http::answer(
                  [&](Request& request) { return list(request, blocklist, cursors); })});
  router.add({.method = Method::post,
              .pattern = pattern,
              .access = Access::moderator,
              .scope = Scope::moderation,
              .handler = http::answer([&](Request& request) { return add(request, blocklist); }),
              .body = http::BodyKind::json});
  router.add(
      {.method = Method::del,
       .pattern = "/v1/moderation/blocklist/{id}",
       .access = Access::moderator,
       .scope = Scope::moderation,
       .handler = http::answer([&](Request& request) { return remove(request, blocklist); })});
  router.add({.method = Method::get,
              .pattern = "/v1/moderation/blocklist/export",
              .access = Access::moderator,
              .scope = Scope::moderation,
              .handler = [&](Request&) { return http::text(200, blocklist.export_text()); }});
  router.add(
      {.method = Method::post,
       .pattern = "/v1/moderation/blocklist/import",
       .access = Access::moderator,
       .scope = Scope::moderation,
       .handler = http::answer([&](Request& request) { return import_text(request, blocklist); }),
       .body = http::BodyKind::text});
}

}  // namespace picsharz::moderation
