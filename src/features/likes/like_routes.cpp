#include "features/likes/like_routes.h"

#include "base/json.h"

namespace picsharz::likes {

using http::Request;
using http::Responder;
using http::Response;

namespace {

Response answer(const LikeState& state) {
  std::string body;
  JsonWriter(body)
      .begin_object()
      .field("likes", state.likes)
      .field("liked", state.liked)
      .end_object();
  return http::json(200, std::move(body));
}

Error database_down() {
  Error error{ErrorKind::unavailable, "unavailable", "The site cannot do this just now.",
              "Try again in a moment."};
  error.retry_after_seconds = 2;
  return error;
}

void set_like(Request& request, const Responder& responder, LikeService& likes, bool liked) {
  const auto photo = PhotoId::parse(request.path_values.at(0));
  if (!photo) {
    responder.answer(http::problem(not_found().error(), request.request_id));
    return;
  }
  likes.set(request.viewer, *photo, liked,
            [responder, id = request.request_id](const std::exception_ptr& failure,
                                                 const Result<LikeState>& state) {
              responder.answer(failure  ? http::problem(database_down(), id)
                               : !state ? http::problem(state.error(), id)
                                        : answer(*state));
            });
}

}  // namespace

void add_like_routes(http::Router& router, LikeService& likes) {
  for (const bool liked : {true, false}) {
    router.add({.method = liked ? http::Method::put : http::Method::del,
                .pattern = "/v1/photos/{id}/like",
                .access = http::Access::member,
                .scope = Scope::social,
                .async = [&likes, liked](Request& request, const Responder& responder) {
                  set_like(request, responder, likes, liked);
                }});
  }
}

}  // namespace picsharz::likes
