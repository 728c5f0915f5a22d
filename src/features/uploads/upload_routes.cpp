#include "features/uploads/upload_routes.h"

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <utility>

#include "crypto/crypto.h"
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

// A form with the promise of a fingerprint: its fields and the file's hash, not the boundary, which
// is another one each time.
class PhotoSink final : public http::BodySink {
 public:
  PhotoSink(std::string boundary, std::unique_ptr<PhotoReceiver> receiver)
      : form_(std::move(boundary), "file", std::move(receiver)) {}
  Result<void> write(std::string_view piece) override { return form_.write(piece); }
  Result<void> finish() override { return form_.finish(); }
  std::string fingerprint() override;
  http::MultipartSink& form() { return form_; }
  PhotoReceiver& receiver() { return dynamic_cast<PhotoReceiver&>(form_.receiver()); }

 private:
  http::MultipartSink form_;
};

std::string PhotoSink::fingerprint() {
  std::string wish = crypto::hex(receiver().upload().digest());
  wish.append("\n").append(form_.file_name());
  for (const auto& [name, value] : form_.fields()) {
    wish.append("\n").append(crypto::hex(name)).append(" ").append(crypto::hex(value));
  }
  return crypto::hex(crypto::sha256(wish));
}

Result<std::unique_ptr<http::BodySink>> begin(const Request& request, UploadService& uploads) {
  auto boundary = http::multipart_boundary(request.header("Content-Type"));
  if (!boundary) {
    return fail(ErrorKind::unsupported, "form_expected", "The body is not a form with a file.",
                "Send it as multipart/form-data with the photo as the part named \"file\".");
  }
  TRY_ASSIGN(auto upload, uploads.begin(request.viewer, request.content_length,
                                        request.header("Idempotency-Key")));
  return std::make_unique<PhotoSink>(*std::move(boundary),
                                     std::make_unique<PhotoReceiver>(std::move(upload)));
}

Result<photos::PhotoView> make(const Request& request, UploadService& uploads) {
  if (request.claim.made != 0) return uploads.made(request.viewer, PhotoId{request.claim.made});
  auto& sink = dynamic_cast<PhotoSink&>(*request.sink);
  const http::MultipartSink& form = sink.form();
  TRY_ASSIGN(const UploadFields fields, check_fields(form.fields(), form.has_file()));
  return uploads.finish(request.viewer, sink.receiver().upload(), fields, form.file_name(),
                        request.claim.id);
}

Result<Response> finish(const Request& request, UploadService& uploads,
                        const photos::MediaSigner& signer) {
  TRY_ASSIGN(const photos::PhotoView view, make(request, uploads));
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
       .scope = Scope::photos,
       .handler = http::answer([&](Request& request) { return finish(request, uploads, signer); }),
       .body = http::BodyKind::stream,
       .begin = [&](const Request& request) { return begin(request, uploads); },
       // The sink is the bound, of the file and of each field, and `begin` refuses what is
       // announced as longer: so it is file_too_large, not a body of no matter what.
       .max_body = std::numeric_limits<std::int64_t>::max(),
       .headers = {http::rate_policy("too_many_attempts", uploads.per_day(), day)}});
}

}  // namespace picsharz::uploads
