#include "features/likes/like_routes.h"

#include "base/json.h"
#include "features/accounts/account_json.h"
#include "http/answer.h"
#include "http/late_answer.h"
#include "http/paging.h"

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

void set_like(Request& request, const Responder& responder, LikeService& likes, bool liked,
              const sessions::ConfirmerOf& confirmer_of) {
  const auto photo = PhotoId::parse(request.path_values.at(0));
  if (!photo) {
    responder.answer(http::problem(not_found().error(), request.request_id));
    return;
  }
  likes.set(request.viewer, *photo, liked, http::late_answer(responder, request.request_id, answer),
            confirmer_of(request));
}

Result<Response> show_likers(Request& request, LikeService& likes,
                             const crypto::CursorCodec& cursors) {
  constexpr std::string_view list = "photo.likes";
  const auto photo = PhotoId::parse(request.path_values.at(0));
  if (!photo) return not_found();
  TRY_ASSIGN(const PageRequest page, http::page_request(request, cursors, list));
  TRY_ASSIGN(const auto people, likes.likers(request.viewer, *photo, page));
  return http::page_response(people, cursors, list,
                             [](JsonWriter& out, const accounts::Account& account) {
                               out.raw(accounts::account_json(account));
                             });
}

}  // namespace

void add_like_routes(http::Router& router, LikeService& likes, const crypto::CursorCodec& cursors,
                     const sessions::ConfirmerOf& confirmer_of) {
  router.add({.method = http::Method::get,
              .pattern = "/v1/photos/{id}/likes",
              .access = http::Access::open,
              .scope = Scope::read,
              .handler = http::answer([&likes, &cursors](Request& request) {
                return show_likers(request, likes, cursors);
              })});
  for (const bool liked : {true, false}) {
    router.add({.method = liked ? http::Method::put : http::Method::del,
                .pattern = "/v1/photos/{id}/like",
                .access = http::Access::member,
                .scope = Scope::social,
                .async =
                    [&likes, liked, confirmer_of](Request& request, const Responder& responder) {
                      set_like(request, responder, likes, liked, confirmer_of);
                    },
                .confirms_session = true});
  }
}

}  // namespace picsharz::likes
