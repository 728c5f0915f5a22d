#include "features/uploads/tus_routes.h"

#include <exception>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/log.h"
#include "crypto/crypto.h"
#include "features/uploads/tus_rules.h"
#include "http/answer.h"
#include "http/text.h"

namespace picsharz::uploads {

using http::Method;
using http::Request;
using http::Response;

namespace {

constexpr std::string_view collection = "/v1/uploads";
constexpr std::string_view item = "/v1/uploads/{id}";

Result<void> check_version(const Request& request) {
  if (request.header("Tus-Resumable") == tus_version) return {};
  return fail(ErrorKind::precondition, "tus_version", "This server speaks tus 1.0.0 here.",
              "Send the header Tus-Resumable: 1.0.0.");
}

bool has_body(const Request& request) {
  return request.content_length > 0 || request.has_header("Transfer-Encoding");
}

Result<void> check_content_type(const Request& request) {
  if (http::equals_ignoring_case(request.header("Content-Type"),
                                 "application/offset+octet-stream")) {
    return {};
  }
  return fail(ErrorKind::unsupported, "offset_stream_expected",
              "The body is not part of an upload.",
              "Send it with the header Content-Type: application/offset+octet-stream.");
}

std::optional<std::string_view> sent(const Request& request, std::string_view name) {
  return request.has_header(name) ? std::optional(request.header(name)) : std::nullopt;
}

Result<UploadId> id_of(const Request& request) {
  const auto id = UploadId::parse(request.path_values.at(0));
  if (!id) return not_found();
  return *id;
}

// An upload that a creation without a key made. Unless its client hears of it, it goes: nobody
// could name it, and it would take a place and reserved bytes until it expires.
class Unnamed {
 public:
  Unnamed(ResumableService& uploads, const Viewer& viewer, UploadId id)
      : uploads_(uploads), viewer_(viewer), id_(id) {}
  ~Unnamed() {
    if (!id_) return;
    try {
      (void)uploads_.terminate(viewer_, *id_);
    } catch (const std::exception& failure) {
      log_warning("an upload that nobody can name stays", {{"detail", failure.what()}});
    }
  }
  Unnamed(const Unnamed&) = delete;
  Unnamed& operator=(const Unnamed&) = delete;
  void named() { id_.reset(); }

 private:
  ResumableService& uploads_;
  const Viewer viewer_;
  std::optional<UploadId> id_;
};

// The body of POST and PATCH. Without an Append it is read and forgotten: a creation that is sent
// again has its bytes already, or goes on by PATCH.
class UploadSink final : public http::BodySink {
 public:
  explicit UploadSink(std::unique_ptr<Append> append, std::unique_ptr<Unnamed> unnamed = nullptr)
      : unnamed_(std::move(unnamed)), append_(std::move(append)) {}
  explicit UploadSink(ResumableUpload known) : upload_(std::move(known)) {}

  Result<void> write(std::string_view piece) override {
    return append_ ? append_->write(piece) : Result<void>();
  }
  bool wants_flush() const override { return append_ && append_->wants_sync(); }
  Result<void> flush() override { return append_->sync(); }
  Result<void> finish() override {
    if (!append_) return {};
    TRY_ASSIGN(upload_, append_->finish());
    if (unnamed_) unnamed_->named();
    return {};
  }
  const ResumableUpload& upload() const { return upload_; }

 private:
  std::unique_ptr<Unnamed> unnamed_;  // ends after append_, which has its file open
  std::unique_ptr<Append> append_;
  ResumableUpload upload_;
};

using Sink = std::unique_ptr<http::BodySink>;

// The methods, whichever way they come.
class TusRoutes {
 public:
  TusRoutes(ResumableService& uploads, std::int64_t largest)
      : uploads_(uploads), largest_(largest) {}

  Response options(Request& request) const;
  Result<Sink> begin_create(const Request& request) const;
  Result<Response> create(const Request& request) const;
  Result<Response> head(const Request& request) const;
  Result<Sink> begin_patch(const Request& request) const;
  Result<Response> patch(const Request& request) const;
  Result<Response> remove(const Request& request) const;
  Result<Sink> begin_other(const Request& request) const;
  Result<Response> other(const Request& request) const;

 private:
  ResumableService& uploads_;
  const std::int64_t largest_;
};

void describe(Response& response, const ResumableUpload& upload) {
  response.header("Upload-Offset", std::to_string(upload.received));
  if (upload.state == UploadState::open) {
    response.header("Upload-Expires", http_date(upload.expires_at));
  }
  if (upload.photo) response.header("Picsharz-Photo", upload.photo->str());
  response.header("Cache-Control", "no-store");
}

Response TusRoutes::options(Request&) const {
  return http::no_content()
      .header("Tus-Extension", tus_extensions)
      .header("Tus-Max-Size", std::to_string(largest_))
      .header("Tus-Checksum-Algorithm", tus_checksums);
}

Result<Sink> TusRoutes::begin_create(const Request& request) const {
  TRY(check_version(request));
  if (has_body(request)) TRY(check_content_type(request));
  const auto length = sent(request, "Upload-Length");
  const auto deferred = sent(request, "Upload-Defer-Length");
  const std::string_view metadata = request.header("Upload-Metadata");
  TRY_ASSIGN(NewUpload wanted, read_creation(length, deferred, metadata));
  wanted.idempotency_key = request.header("Idempotency-Key");
  if (wanted.idempotency_key.size() > limits::idempotency_key_max) {
    return fail(ErrorKind::invalid, "invalid_idempotency_key", "This Idempotency-Key is too long.",
                "Send at most 128 characters.");
  }
  std::string wish(length.value_or("deferred"));
  wish.append("\n").append(metadata);
  wanted.fingerprint = crypto::hex(crypto::sha256(wish));
  wanted.announced = request.content_length;
  Patch first{.offset = 0, .announced = request.content_length, .length = {}, .checksum = {}};
  if (const auto checksum = sent(request, "Upload-Checksum")) {
    TRY_ASSIGN(first.checksum, parse_upload_checksum(*checksum));
  }
  TRY_ASSIGN(const ResumableUpload upload, uploads_.create(request.viewer, wanted));
  const bool fresh = upload.state == UploadState::open && upload.received == 0;
  if (!fresh || !has_body(request)) return std::make_unique<UploadSink>(upload);
  const bool keyed = !wanted.idempotency_key.empty();
  auto unnamed = keyed ? nullptr : std::make_unique<Unnamed>(uploads_, request.viewer, upload.id);
  auto append = uploads_.append(request.viewer, upload.id, first);
  if (append) return std::make_unique<UploadSink>(*std::move(append), std::move(unnamed));
  // The same creation, sent again while its bytes still come.
  const bool again = keyed && append.error().kind == ErrorKind::locked;
  if (again) return std::make_unique<UploadSink>(upload);
  return std::unexpected(append.error());
}

Result<Response> TusRoutes::create(const Request& request) const {
  const ResumableUpload& upload = dynamic_cast<UploadSink&>(*request.sink).upload();
  Response response;
  response.status = 201;
  response.header("Location", std::string(collection) + "/" + upload.id.str());
  describe(response, upload);
  return response;
}

Result<Response> TusRoutes::head(const Request& request) const {
  TRY(check_version(request));
  TRY_ASSIGN(const UploadId id, id_of(request));
  TRY_ASSIGN(const ResumableUpload upload, uploads_.look(request.viewer, id));
  Response response;
  describe(response, upload);
  if (upload.length) {
    response.header("Upload-Length", std::to_string(*upload.length));
  } else {
    response.header("Upload-Defer-Length", "1");
  }
  if (!upload.metadata.empty()) response.header("Upload-Metadata", upload.metadata);
  return response;
}

Result<Sink> TusRoutes::begin_patch(const Request& request) const {
  TRY(check_version(request));
  TRY(check_content_type(request));
  TRY_ASSIGN(const UploadId id, id_of(request));
  Patch patch;
  TRY_ASSIGN(patch.offset, parse_upload_number("Upload-Offset", request.header("Upload-Offset")));
  patch.announced = request.content_length;
  if (const auto length = sent(request, "Upload-Length")) {
    TRY_ASSIGN(patch.length, parse_upload_number("Upload-Length", *length));
  }
  if (const auto checksum = sent(request, "Upload-Checksum")) {
    TRY_ASSIGN(patch.checksum, parse_upload_checksum(*checksum));
  }
  TRY_ASSIGN(auto append, uploads_.append(request.viewer, id, patch));
  return std::make_unique<UploadSink>(std::move(append));
}

Result<Response> TusRoutes::patch(const Request& request) const {
  Response response = http::no_content();
  describe(response, dynamic_cast<UploadSink&>(*request.sink).upload());
  return response;
}

Result<Response> TusRoutes::remove(const Request& request) const {
  TRY(check_version(request));
  TRY_ASSIGN(const UploadId id, id_of(request));
  TRY(uploads_.terminate(request.viewer, id));
  return http::no_content();
}

Result<Sink> TusRoutes::begin_other(const Request& request) const {
  const std::string_view method = request.header("X-HTTP-Method-Override");
  if (method == "PATCH") return begin_patch(request);
  if (method == "HEAD" || method == "DELETE")
    return std::make_unique<UploadSink>(ResumableUpload());
  return fail(ErrorKind::invalid, "method_override",
              "A POST here stands for another method, and does not say for which.",
              "Send X-HTTP-Method-Override: PATCH, HEAD or DELETE, or use the method itself.");
}

Result<Response> TusRoutes::other(const Request& request) const {
  const std::string_view method = request.header("X-HTTP-Method-Override");
  if (method == "PATCH") return patch(request);
  return method == "HEAD" ? head(request) : remove(request);
}

}  // namespace

void add_tus_routes(http::Router& router, ResumableService& uploads, std::int64_t largest) {
  const auto routes = std::make_shared<TusRoutes>(uploads, largest);
  const auto add = [&](Method method, std::string_view pattern, auto handle, auto begin) {
    http::Route route{.method = method,
                      .pattern = std::string(pattern),
                      .access = http::Access::member,
                      .scope = Scope::photos,
                      .handler = http::answer([routes, handle](Request& request) {
                        return (routes.get()->*handle)(request);
                      })};
    if constexpr (!std::is_null_pointer_v<decltype(begin)>) {
      route.body = http::BodyKind::stream;
      route.begin = [routes, begin](const Request& request) {
        return (routes.get()->*begin)(request);
      };
      route.max_body = std::numeric_limits<std::int64_t>::max();  // the sink is the bound
    }
    route.headers = {{"Tus-Resumable", std::string(tus_version)},
                     {"Tus-Version", std::string(tus_version)}};
    if (pattern == collection) {
      route.headers.push_back(http::rate_policy("too_many_attempts", uploads.per_day(), day));
    }
    route.own_idempotency = true;
    router.add(std::move(route));
  };
  for (const std::string_view pattern : {collection, item}) {
    router.add({.method = Method::options,
                .pattern = std::string(pattern),
                .access = http::Access::open,
                .scope = Scope::photos,
                .handler = [routes](Request& request) { return routes->options(request); },
                .pool = http::Pool::io,
                .headers = {{"Tus-Resumable", std::string(tus_version)},
                            {"Tus-Version", std::string(tus_version)}}});
  }
  add(Method::post, collection, &TusRoutes::create, &TusRoutes::begin_create);
  add(Method::head, item, &TusRoutes::head, nullptr);
  add(Method::patch, item, &TusRoutes::patch, &TusRoutes::begin_patch);
  add(Method::del, item, &TusRoutes::remove, nullptr);
  add(Method::post, item, &TusRoutes::other, &TusRoutes::begin_other);
}

}  // namespace picsharz::uploads
