#include "app/web_pages.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "app/web_assets.h"
#include "crypto/crypto.h"
#include "http/content_coding.h"

namespace picsharz::app {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 12> types = {{
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".json", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".txt", "text/plain; charset=utf-8"},
    {".map", "application/json"},
    {".webp", "image/webp"},
}};

std::string type_of(std::string_view path) {
  for (const auto& [ending, type] : types) {
    if (path.ends_with(ending)) return std::string(type);
  }
  return "application/octet-stream";
}

bool accepts(const http::Request& request, std::string_view coding) {
  return http::accepts_coding(request.header("Accept-Encoding"), coding);
}

constexpr std::string_view policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self'; font-src 'self'; frame-src 'self'; manifest-src 'self'; worker-src "
    "'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; "
    "trusted-types svelte-trusted-html picsharz-scripts picsharz-starter";

// Of the service worker, which asks for what a page does and shows nothing.
constexpr std::string_view worker_policy =
    "default-src 'none'; connect-src 'self'; script-src 'self'; "
    "require-trusted-types-for 'script'";

// What programs ask for: never the shell of the application. /api and /oauth are kept for the API
// of other ecosystems.
constexpr std::string_view machines[] = {"/v1", "/media", "/assets", "/api", "/oauth"};

// Where mails, invitations and the first start lead to, with a secret behind the #. No browser
// sends that part on; here it does not even say which page it was.
constexpr std::string_view secret_pages[] = {"/appeal", "/email",       "/reset", "/setup",
                                             "/signup", "/unsubscribe", "/verify"};

bool below(std::string_view path, std::string_view root) {
  return path.starts_with(root) && (path.size() == root.size() || path[root.size()] == '/');
}

}  // namespace

WebPages::WebPages(bool https)
    : secret_headers_(std::make_shared<const std::string>(default_headers(https, "no-referrer"))) {
  for (const auto& asset : web_assets()) {
    if (asset.path.ends_with(".br")) {
      files_[std::string(asset.path.substr(0, asset.path.size() - 3))].brotli = asset.bytes;
    } else if (asset.path.ends_with(".gz")) {
      files_[std::string(asset.path.substr(0, asset.path.size() - 3))].gzip = asset.bytes;
    } else {
      File& file = files_[std::string(asset.path)];
      file.plain = asset.bytes;
      file.type = type_of(asset.path);
      file.etag = "\"" + crypto::hex(crypto::sha256(asset.bytes)).substr(0, 16) + "\"";
    }
  }
}

http::Response WebPages::serve(http::Request& request, const http::Handler& page) const {
  const std::string_view path = request.path;
  if (request.method == http::Method::get || request.method == http::Method::head) {
    if (const auto found = files_.find(path.substr(1));
        path != "/index.html" && path != "/shell.json" && found != files_.end()) {
      return send(found->second, request, path.starts_with("/assets/"));
    }
    const bool machine =
        std::ranges::any_of(machines, [&](auto root) { return below(path, root); });
    if (!machine && files_.contains("index.html")) {
      http::Response response = page(request);
      if (std::ranges::find(secret_pages, path) != std::end(secret_pages)) {
        response.header_block = secret_headers_;
      }
      return response;
    }
  }
  return http::problem(not_found().error(), request.request_id);
}

std::string_view WebPages::text(std::string_view path) const {
  const auto found = files_.find(path);
  return found == files_.end() ? std::string_view() : found->second.plain;
}

http::Response WebPages::send(const File& file, const http::Request& request,
                              bool immutable) const {
  http::Response response;
  const bool brotli = !file.brotli.empty() && accepts(request, "br");
  const bool gzip = !brotli && !file.gzip.empty() && accepts(request, "gzip");
  response.body = brotli ? file.brotli : gzip ? file.gzip : file.plain;
  response.header("Content-Type", file.type);
  response.header("ETag", brotli ? file.etag.substr(0, 17) + "-br\""
                          : gzip ? file.etag.substr(0, 17) + "-gz\""
                                 : file.etag);
  response.header("Vary", "Accept-Encoding");
  response.header("Cache-Control", immutable ? "public, max-age=31536000, immutable" : "no-cache");
  if (brotli) response.header("Content-Encoding", "br");
  if (gzip) response.header("Content-Encoding", "gzip");
  if (file.type.starts_with("text/html")) response.header("Content-Security-Policy", policy);
  if (request.path == "/sw.js") response.header("Content-Security-Policy", worker_policy);
  return response;
}

std::string_view page_policy() { return policy; }

std::string default_headers(bool https, std::string_view referrer_policy) {
  std::string headers = "Referrer-Policy: ";
  headers.append(referrer_policy).append("\r\n");
  headers +=
      "X-Content-Type-Options: nosniff\r\n"
      "Cross-Origin-Opener-Policy: same-origin\r\n"
      "Cross-Origin-Resource-Policy: same-origin\r\n"
      "Permissions-Policy: camera=(), microphone=(), geolocation=()\r\n";
  if (https) headers += "Strict-Transport-Security: max-age=63072000\r\n";
  return headers;
}

}  // namespace picsharz::app
