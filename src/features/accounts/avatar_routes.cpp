#include "features/accounts/avatar_routes.h"

#include <limits>
#include <memory>
#include <string>
#include <utility>

#include "features/accounts/account_json.h"
#include "http/answer.h"
#include "http/multipart.h"

namespace picsharz::accounts {

using http::Request;
using http::Response;

namespace {

class AvatarReceiver final : public http::FileReceiver {
 public:
  explicit AvatarReceiver(std::unique_ptr<storage::SpoolFile> file) : file_(std::move(file)) {}
  Result<void> write(std::string_view piece) override {
    return AvatarService::write(*file_, piece);
  }
  storage::SpoolFile& file() { return *file_; }

 private:
  std::unique_ptr<storage::SpoolFile> file_;
};

Result<std::unique_ptr<http::BodySink>> begin(const Request& request, AvatarService& avatars) {
  auto boundary = http::multipart_boundary(request.header("Content-Type"));
  if (!boundary) {
    return fail(ErrorKind::unsupported, "form_expected", "The body is not a form with a file.",
                "Send it as multipart/form-data with the picture as the part named \"file\".");
  }
  TRY_ASSIGN(auto file, avatars.begin(request.viewer, request.content_length));
  return std::make_unique<http::MultipartSink>(*std::move(boundary), "file",
                                               std::make_unique<AvatarReceiver>(std::move(file)));
}

Result<Response> put(Request& request, AvatarService& avatars, QuotaSource& quotas) {
  auto& form = dynamic_cast<http::MultipartSink&>(*request.sink);
  if (!form.has_file()) {
    return fail(ErrorKind::invalid, "file_missing", "The form holds no file.",
                "Send the picture as the part named \"file\".");
  }
  auto& receiver = dynamic_cast<AvatarReceiver&>(form.receiver());
  TRY_ASSIGN(const Account account, avatars.put(request.viewer, receiver.file()));
  return http::json(200, own_account_json(account, quotas.quotas(account.id)));
}

Result<Response> remove(Request& request, AvatarService& avatars, QuotaSource& quotas) {
  TRY_ASSIGN(const Account account, avatars.remove(request.viewer));
  return http::json(200, own_account_json(account, quotas.quotas(account.id)));
}

// Not for long: who is suspended or deleted is gone from caches soon, too.
Result<Response> show(Request& request, AvatarService& avatars, bool visitors) {
  const std::string& avatar = request.path_values.at(0);
  const std::string& size = request.path_values.at(1);
  auto file = avatars.open(avatar, size);
  if (!file) return not_found();
  Response response;
  const std::int64_t length = file->size();
  response.body = http::FileBody{std::move(file), 0, length};
  response.header("Content-Type", "image/webp");
  response.header("Cache-Control", visitors ? "public, max-age=600" : "private, max-age=600");
  response.header("ETag", "\"" + avatar + "-" + size + "\"");
  response.header("Content-Security-Policy", "default-src 'none'; sandbox");
  return response;
}

}  // namespace

void add_avatar_routes(http::Router& router, AvatarService& avatars, QuotaSource& quotas,
                       bool visitors) {
  using http::Access;
  using http::Method;
  router.add(
      {.method = Method::put,
       .pattern = "/v1/me/avatar",
       .access = Access::member,
       .scope = Scope::account,
       .handler = http::answer([&](Request& request) { return put(request, avatars, quotas); }),
       .body = http::BodyKind::stream,
       .begin = [&](const Request& request) { return begin(request, avatars); },
       // The sink is the bound, and `begin` refuses what is announced as longer.
       .max_body = std::numeric_limits<std::int64_t>::max()});
  router.add({.method = Method::del,
              .pattern = "/v1/me/avatar",
              .access = Access::member,
              .scope = Scope::account,
              .handler = http::answer(
                  [&](Request& request) { return remove(request, avatars, quotas); })});
  router.add({.method = Method::get,
              .pattern = "/media/avatars/{avatar}/{size}",
              .access = Access::open,
              .scope = Scope::read,
              .handler = http::answer([&avatars, visitors](Request& request) {
                return show(request, avatars, visitors);
              })});
}

}  // namespace picsharz::accounts
