#include "features/exports/export_routes.h"

#include <string>
#include <utility>

#include "base/json.h"
#include "base/limits.h"
#include "http/answer.h"

namespace picsharz::exports {

using http::Request;
using http::Response;

namespace {

constexpr std::size_t password_max = 1024;
constexpr std::size_t code_max = 40;

std::string_view state_name(ExportState state) {
  switch (state) {
    case ExportState::working:
      return "working";
    case ExportState::ready:
      return "ready";
    case ExportState::failed:
      return "failed";
  }
  return "failed";
}

void write_export(JsonWriter& out, const Export& shown) {
  const bool ready = shown.state == ExportState::ready;
  out.begin_object()
      .field("id", shown.id)
      .field("state", state_name(shown.state))
      .field("photos", shown.photos)
      .field("done", shown.done)
      .field("left_out", shown.left_out)
      .time_field("created_at", shown.created_at);
  ready ? out.field("size", shown.size) : out.null_field("size");
  ready ? out.time_field("expires_at", shown.expires_at) : out.null_field("expires_at");
  out.key("link");
  ready ? out.value("/v1/me/exports/" + shown.id.str()) : out.null();
  out.end_object();
}

Response export_response(int status, const std::optional<Export>& shown) {
  std::string body;
  JsonWriter out(body);
  out.begin_object().key("export");
  shown ? write_export(out, *shown) : void(out.null());
  out.end_object();
  return http::json(status, std::move(body)).header("Cache-Control", "no-store");
}

Result<Response> begin(Request& request, ExportService& exports) {
  const std::string_view key = request.header("Idempotency-Key");
  if (key.size() > limits::idempotency_key_max) {
    return fail(ErrorKind::invalid, "invalid_idempotency_key", "This Idempotency-Key is too long.",
                "Send at most 128 characters.");
  }
  TRY_ASSIGN(JsonObject body, JsonObject::parse(request.body));
  const std::string password = body.text("password", 1, password_max);
  const std::string code = body.optional_text("code", code_max).value_or("");
  TRY(body.finish());
  TRY_ASSIGN(const Export begun,
             exports.begin(request.viewer, {password, code, request.remote_address}, key));
  return export_response(202, begun).header("Location", "/v1/me/export");
}

Result<Response> show(Request& request, ExportService& exports) {
  return export_response(200, exports.state(request.viewer));
}

class ArchiveParts final : public http::FileParts {
 public:
  explicit ArchiveParts(std::shared_ptr<const ExportArchive> archive)
      : archive_(std::move(archive)) {}
  std::int64_t size() const override { return archive_->size(); }
  http::FileBody at(std::int64_t offset) const override {
    ExportArchive::Part part = archive_->at(offset);
    return {std::move(part.file), part.offset, part.length};
  }

 private:
  const std::shared_ptr<const ExportArchive> archive_;
};

Result<Response> download(Request& request, ExportService& exports) {
  const auto id = ExportId::parse(request.path_values.at(0));
  if (!id) return not_found();
  TRY_ASSIGN(auto found, exports.open(request.viewer, *id));
  const std::int64_t size = found.archive->size();
  Response response;
  response.header("Content-Type", "application/zip");
  response.header("Cache-Control", "private, no-cache");
  response.header("Content-Disposition", "attachment; filename=\"" + found.name + "\"");
  response.header("Content-Security-Policy", "default-src 'none'; sandbox");
  response.header("Cross-Origin-Resource-Policy", "same-origin");
  // Frozen: the same id is the same bytes for ever.
  response.header("ETag", "\"export-" + id->str() + "\"");
  response.body =
      http::PartsBody{std::make_shared<const ArchiveParts>(std::move(found.archive)), 0, size};
  return response;
}

}  // namespace

void add_export_routes(http::Router& router, ExportService& exports) {
  using http::Access;
  using http::Method;
  router.add({.method = Method::get,
              .pattern = "/v1/me/export",
              .access = Access::member,
              .handler = http::answer([&](Request& request) { return show(request, exports); })});
  router.add({.method = Method::post,
              .pattern = "/v1/me/export",
              .access = Access::member,
              .handler = http::answer([&](Request& request) { return begin(request, exports); }),
              .body = http::BodyKind::json,
              .pool = http::Pool::password,
              // The ledger would keep a fast hash of what is sent, the password in it.
              .own_idempotency = true});
  router.add(
      {.method = Method::get,
       .pattern = "/v1/me/exports/{id}",
       .access = Access::member,
       .handler = http::answer([&](Request& request) { return download(request, exports); })});
}

}  // namespace picsharz::exports
