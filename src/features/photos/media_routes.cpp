#include "features/photos/media_routes.h"

#include <algorithm>
#include <charconv>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/limits.h"
#include "base/log.h"
#include "http/answer.h"
#include "http/worker_pool.h"

namespace picsharz::photos {

using http::Request;
using http::Responder;
using http::Response;

namespace {

constexpr int lookup_threads = 2;
constexpr std::int64_t day_seconds = day / second;

std::optional<std::int64_t> seconds_of(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{} || end != text.data() + text.size() || number <= 0) return {};
  return number;
}

// nullopt: no address of ours.
std::optional<MediaRequest> read_request(const Request& request) {
  const auto photo = PhotoId::parse(request.path_values.at(0));
  const auto expires = seconds_of(request.query_value("e").value_or(""));
  const auto signature = request.query_value("s");
  if (!photo || !expires || !signature) return std::nullopt;
  MediaRequest wanted{.photo = *photo,
                      .rendition = request.path_values.at(1),
                      .expires = *expires,
                      .signature = *signature};
  if (const auto account = request.query_value("a")) {
    const auto id = AccountId::parse(*account);
    if (!id) return std::nullopt;
    wanted.account = *id;
  }
  return wanted;
}

// A complete block of our own: a picture needs none of the headers of a page, and the fewer strings
// are made here the better.
// `policy`: of Cross-Origin-Resource-Policy.
std::string headers_of(const MediaRequest& wanted, const MediaPicture& picture, bool shared,
                       std::string_view policy = "same-origin") {
  const std::string photo = wanted.photo.str();
  std::string block;
  block.reserve(420);
  block.append("Content-Type: ").append(image::content_type(picture.format));
  block.append("\r\nCache-Control: ");
  if (picture.for_all) {
    block.append(shared ? "public, max-age=" : "private, max-age=");
    block.append(std::to_string(std::min(day_seconds, picture.seconds_left)));
  } else {
    block.append("private, no-cache");
  }
  block.append("\r\nETag: \"").append(photo).append("-").append(wanted.rendition).append("-");
  block.append(std::to_string(picture.epoch)).append(picture.interim ? "-interim" : "");
  block.append("\"\r\n");
  block.append(
      "Content-Security-Policy: default-src 'none'; sandbox\r\n"
      "X-Content-Type-Options: nosniff\r\n"
      "Cross-Origin-Resource-Policy: ");
  block.append(policy).append("\r\nContent-Disposition: inline; filename=\"");
  block.append(photo).append("-").append(rendition_size(wanted.rendition)).append(".");
  block.append(extension(picture.format)).append("\"\r\n");
  return block;
}

Response show(const MediaRequest& wanted, MediaPicture picture, bool shared) {
  Response response;
  if (picture.held) {
    response.header_block = std::move(picture.told);
    response.body = http::FileBody::of(
        std::shared_ptr<const std::string>(picture.held, &picture.held->bytes()));
    return response;
  }
  response.header_block = std::make_shared<const std::string>(headers_of(wanted, picture, shared));
  response.body = http::FileBody::of(std::move(picture.file));
  return response;
}

Response refuse(const Error& error, const Request& request) {
  return http::problem(error, request.request_id);
}

Error busy() {
  Error error{ErrorKind::unavailable, "busy", "The server is busy.", "Try again in a moment."};
  error.retry_after_seconds = 1;
  return error;
}

// A public photo by an address that lasts, for other sites to show: previews, feeds, oEmbed.
Result<Response> show_public(const Request& request, MediaService& media) {
  const auto photo = PhotoId::parse(request.path_values.at(0));
  if (!photo) return not_found();
  const MediaRequest wanted{
      .photo = *photo, .rendition = request.path_values.at(1), .signature = {}};
  TRY_ASSIGN(MediaPicture picture, media.find_public(wanted.photo, wanted.rendition));
  Response response;
  response.header_block = std::make_shared<const std::string>(
      headers_of(wanted, picture, picture.for_all, "cross-origin"));
  response.body = http::FileBody::of(std::move(picture.file));
  return response;
}

class MediaRoutes {
 public:
  MediaRoutes(MediaService& media, FindViewer find_viewer, bool visitors)
      : media_(media),
        visitors_(visitors),
        find_viewer_(std::move(find_viewer)),
        lookups_(lookup_threads, limits::worker_queue) {
    lookups_.start();
  }

  // What is remembered; nullopt: look_up() knows.
  std::optional<Response> answer_at_once(const Request& request) {
    const auto wanted = read_request(request);
    if (!wanted) return refuse(not_found().error(), request);
    auto picture = media_.cached(
        *wanted, [&](const MediaPicture& found) { return headers_of(*wanted, found, visitors_); });
    if (!picture) return std::nullopt;
    // Where the pool is full, some later request will ask.
    if (picture->popular) lookups_.submit([this, id = wanted->photo] { media_.want_extras(id); });
    return show(*wanted, *std::move(picture), visitors_);
  }

  void answer(const Request& request, const Responder& responder) {
    // The request lives until it is answered, and `wanted` points into it.
    const bool taken = lookups_.submit([this, &request, wanted = *read_request(request),
                                        responder] { responder.answer(look_up(wanted, request)); });
    if (!taken) responder.answer(refuse(busy(), request));
  }

 private:
  Response look_up(const MediaRequest& wanted, const Request& request) {
    try {
      const Viewer viewer = wanted.account ? find_viewer_(request) : Viewer();
      auto picture = media_.find(wanted, viewer);
      return picture ? show(wanted, *std::move(picture), visitors_)
                     : refuse(picture.error(), request);
    } catch (const std::exception& failure) {
      log_error("picture not found out", {{"reason", failure.what()}});
      return refuse({ErrorKind::unavailable, "unavailable", "The server cannot show this now.",
                     "Try again in a moment."},
                    request);
    }
  }

  MediaService& media_;
  const bool visitors_;
  const FindViewer find_viewer_;
  http::WorkerPool lookups_;
};

}  // namespace

void add_media_routes(http::Router& router, MediaService& media, FindViewer find_viewer,
                      bool visitors) {
  const auto routes = std::make_shared<MediaRoutes>(media, std::move(find_viewer), visitors);
  router.add({.method = http::Method::get,
              .pattern = "/media/p/{photo}/{rendition}",
              .access = http::Access::open,
              .scope = Scope::read,
              .handler = http::answer(
                  [&media](const Request& request) { return show_public(request, media); })});
  router.add(
      {.method = http::Method::get,
       .pattern = "/media/{photo}/{rendition}",
       .access = http::Access::open,
       .scope = Scope::read,
       .pool = visitors ? http::Pool::io : http::Pool::web,
       .at_once = [routes](Request& request) { return routes->answer_at_once(request); },
       .async = [routes](Request& request,
                         const Responder& responder) { routes->answer(request, responder); }});
}

}  // namespace picsharz::photos
