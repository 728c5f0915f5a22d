#include "features/uploads/upload_routes.h"

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <utility>

#include "features/photos/photo_json.h"
#include "http/answer.h"
#include "http/multipart.h"

namespace picsharz::uploads {

using http::Request;
using http::Response;

namespace {

class PhotoReceiver final : public http::FileReceiver {
 public:
  explicit PhotoReceiver(std::unique_ptr<Upload> upload) : upload_(std::move(upload)) {}
  Result<void> write(std::string_view piece) override { return upload_->write(piece); }
  Upload& upload() { return *upload_; }

 private:
  std::unique_ptr<Upload> upload_;
};

Result<std::unique_ptr<http::BodySink>> begin(const Request& request, UploadService& uploads) {
  auto boundary = http::multipart_boundary(request.header("Content-Type"));
  if (!boundary) {
    return fail(ErrorKind::unsupported, "form_expected", "The body is not a form with a file.",
                "Send it as multipart/form-data with the photo as the part named \"file\".");
  }
  TRY_ASSIGN(auto upload, uploads.begin(request.viewer, request.content_length));
  return std::make_unique<http::MultipartSink>(*std::move(boundary), "file",
                                               std::make_unique<PhotoReceiver>(std::move(upload)));
}

Result<Response> finish(const Request& request, UploadService& uploads,
                        const photos::MediaSigner& signer) {
  auto& form = dynamic_cast<http::MultipartSink&>(*request.sink);
  auto& receiver = dynamic_cast<PhotoReceiver&>(form.receiver());
  TRY_ASSIGN(const UploadFields fields, check_fields(form.fields(), form.has_file()));
  TRY_ASSIGN(const photos::PhotoView view,
             uploads.finish(request.viewer, receiver.upload(), fields, form.file_name()));
  std::string body;
  JsonWriter out(body);
  photos::write_photo(out, view, request.viewer, signer);
  return http::json(201, std::move(body)).header("Location", "/v1/photos/" + view.photo.id.str());
}

}  // namespace

void add_upload_routes(http::Router& router, UploadService& uploads,
                       const photos::MediaSigner& signer) {
  router.add(
      {.method = http::Method::post,
       .pattern = "/v1/photos",
       .access = http::Access::member,
       .handler = http::answer([&](Request& request) { return finish(request, uploads, signer); }),
       .body = http::BodyKind::stream,
       .begin = [&](const Request& request) { return begin(request, uploads); },
       // The sink is the bound, of the file and of each field, and `begin` refuses what is
       // announced as longer: so it is file_too_large, not a body of no matter what.
       .max_body = std::numeric_limits<std::int64_t>::max()});
}

}  // namespace picsharz::uploads
