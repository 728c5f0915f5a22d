#include "features/photos/photo_edit_routes.h"

#include <string>
#include <utility>

#include "features/photos/photo_edit_rules.h"
#include "features/photos/photo_page_json.h"
#include "http/answer.h"

namespace picsharz::photos {

using http::Request;
using http::Response;

namespace {

Result<PhotoId> photo_of(const Request& request) {
  const auto id = PhotoId::parse(request.path_values.at(0));
  if (!id) return not_found();
  return *id;
}

Response page_response(const PhotoPage& page, const Request& request, const MediaSigner& signer) {
  std::string body;
  JsonWriter out(body);
  write_photo_page(out, page, request.viewer, signer);
  return http::json(200, std::move(body));
}

Result<Response> edit(Request& request, PhotoEditService& editing, const MediaSigner& signer) {
  TRY_ASSIGN(const PhotoId id, photo_of(request));
  TRY_ASSIGN(JsonObject body, JsonObject::parse(request.body));
  TRY_ASSIGN(const PhotoEdit change, read_edit(body));
  TRY_ASSIGN(const PhotoPage page, editing.edit(request.viewer, id, change));
  return page_response(page, request, signer);
}

// The same words whether or not somebody else has the same file: that is nobody's business.
Result<Response> remove(Request& request, PhotoEditService& editing) {
  TRY_ASSIGN(const PhotoId id, photo_of(request));
  TRY(editing.remove(request.viewer, id));
  std::string body;
  JsonWriter(body)
      .begin_object()
      .field("id", id)
      .field("message",
             "The photo is gone, with its likes and every address of its pictures. Its files are "
             "erased from this server within minutes, unless another photo consists of the very "
             "same bytes.")
      .end_object();
  return http::json(200, std::move(body));
}

Result<Response> change_label(Request& request, PhotoEditService& editing,
                              const MediaSigner& signer, bool keep) {
  TRY_ASSIGN(const PhotoId id, photo_of(request));
  const std::string& name = request.path_values.at(1);
  if (!count_characters(name)) return not_found();
  TRY_ASSIGN(const PhotoPage page, keep ? editing.make_tag(request.viewer, id, name)
                                        : editing.remove_label(request.viewer, id, name));
  return page_response(page, request, signer);
}

// The name that was sent, as RFC 6266 has it: any letter in filename*, plain ones in filename.
std::string disposition(const OriginalFile& original, PhotoId id) {
  const std::string plain = id.str().append(".").append(extension(original.format));
  std::string header = "attachment; filename=\"" + plain + "\"";
  if (!original.file_name.empty()) {
    header += "; filename*=UTF-8''" + http::percent_encode(original.file_name);
  }
  return header;
}

Response attachment(std::shared_ptr<const FileHandle> file, std::string_view type,
                    std::string_view caching, std::string_view disposition) {
  Response response;
  response.header("Content-Type", type);
  response.header("Cache-Control", caching);
  response.header("Content-Disposition", disposition);
  response.header("Content-Security-Policy", "default-src 'none'; sandbox");
  response.header("Cross-Origin-Resource-Policy", "same-origin");
  const std::int64_t length = file->size();
  response.body = http::FileBody{std::move(file), 0, length};
  return response;
}

Result<Response> send_original(Request& request, PhotoEditService& editing) {
  TRY_ASSIGN(const PhotoId id, photo_of(request));
  TRY_ASSIGN(OriginalFile original, editing.original(request.viewer, id));
  return attachment(std::move(original.file), image::content_type(original.format),
                    "private, no-store", disposition(original, id));
}

Result<Response> send_download(Request& request, DownloadService& downloads) {
  TRY_ASSIGN(const PhotoId id, photo_of(request));
  TRY_ASSIGN(auto file, downloads.find(request.viewer, id));
  return attachment(std::move(file), "image/jpeg", "private, no-cache",
                    "attachment; filename=\"" + id.str() + ".jpg\"");
}

}  // namespace

void add_photo_edit_routes(http::Router& router, PhotoEditService& editing,
                           DownloadService& downloads, const MediaSigner& signer) {
  using http::Access;
  using http::Method;
  router.add(
      {.method = Method::patch,
       .pattern = "/v1/photos/{id}",
       .access = Access::member,
       .scope = Scope::photos,
       .handler = http::answer([&](Request& request) { return edit(request, editing, signer); }),
       .body = http::BodyKind::json});
  router.add({.method = Method::del,
              .pattern = "/v1/photos/{id}",
              .access = Access::member,
              .scope = Scope::photos,
              .handler = http::answer([&](Request& request) { return remove(request, editing); })});
  router.add({.method = Method::put,
              .pattern = "/v1/photos/{id}/labels/{name}",
              .access = Access::member,
              .scope = Scope::photos,
              .handler = http::answer(
                  [&](Request& request) { return change_label(request, editing, signer, true); })});
  router.add({.method = Method::del,
              .pattern = "/v1/photos/{id}/labels/{name}",
              .access = Access::member,
              .scope = Scope::photos,
              .handler = http::answer([&](Request& request) {
                return change_label(request, editing, signer, false);
              })});
  router.add(
      {.method = Method::get,
       .pattern = "/v1/photos/{id}/original",
       .access = Access::member,
       .handler = http::answer([&](Request& request) { return send_original(request, editing); })});
  router.add({.method = Method::get,
              .pattern = "/v1/photos/{id}/download",
              .access = Access::open,
              .scope = Scope::read,
              .handler = http::answer(
                  [&](Request& request) { return send_download(request, downloads); })});
}

}  // namespace picsharz::photos
