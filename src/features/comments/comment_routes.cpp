#include "features/comments/comment_routes.h"

#include <string>
#include <utility>

#include "features/comments/comment_json.h"
#include "features/comments/comment_rules.h"
#include "http/answer.h"
#include "http/paging.h"

namespace picsharz::comments {

using http::Access;
using http::Method;
using http::Request;
using http::Response;

namespace {

Result<PhotoId> photo_of(const Request& request) {
  const auto id = PhotoId::parse(request.path_values.at(0));
  if (!id) return not_found();
  return *id;
}

Result<CommentId> comment_of(const Request& request) {
  const auto id = CommentId::parse(request.path_values.at(0));
  if (!id) return not_found();
  return *id;
}

Response comment_response(int status, const Comment& comment) {
  std::string body;
  JsonWriter out(body);
  write_comment(out, comment);
  return http::json(status, std::move(body));
}

Result<Response> list(Request& request, CommentService& comments,
                      const crypto::CursorCodec& cursors) {
  TRY_ASSIGN(const PhotoId photo, photo_of(request));
  TRY_ASSIGN(const PageRequest page, http::page_request(request, cursors, thread_list));
  TRY_ASSIGN(const Page<Thread> threads, comments.threads(request.viewer, photo, page));
  return http::page_response(
      threads, cursors, thread_list,
      [&](JsonWriter& out, const Thread& thread) { write_thread(out, thread, cursors); });
}

Result<Response> list_replies(Request& request, CommentService& comments,
                              const crypto::CursorCodec& cursors) {
  TRY_ASSIGN(const CommentId top, comment_of(request));
  TRY_ASSIGN(const PageRequest page, http::page_request(request, cursors, reply_list));
  TRY_ASSIGN(const Page<Comment> replies, comments.replies(request.viewer, top, page));
  return http::page_response(replies, cursors, reply_list, write_comment);
}

Result<Comment> make(const Request& request, CommentService& comments) {
  // What this key's first try had committed when its process ended.
  if (request.claim.made != 0) return comments.find(request.viewer, CommentId{request.claim.made});
  TRY_ASSIGN(const PhotoId photo, photo_of(request));
  TRY_ASSIGN(JsonObject body, JsonObject::parse(request.body));
  TRY_ASSIGN(const NewComment written, read_comment(body));
  return comments.write(request.viewer, photo, written, request.claim.id);
}

Result<Response> write(Request& request, CommentService& comments) {
  TRY_ASSIGN(const Comment comment, make(request, comments));
  return comment_response(201, comment).header("Location", "/v1/comments/" + comment.id.str());
}

Result<Response> edit(Request& request, CommentService& comments) {
  TRY_ASSIGN(const CommentId id, comment_of(request));
  TRY_ASSIGN(JsonObject body, JsonObject::parse(request.body));
  TRY_ASSIGN(const std::string text, read_edit(body));
  TRY_ASSIGN(const Comment comment, comments.edit(request.viewer, id, text));
  return comment_response(200, comment);
}

Result<Response> remove(Request& request, CommentService& comments) {
  TRY_ASSIGN(const CommentId id, comment_of(request));
  TRY_ASSIGN(const CommentsLeft left, comments.remove(request.viewer, id));
  std::string body;
  JsonWriter(body)
      .begin_object()
      .field("photo", left.photo)
      .field("comments", left.comments)
      .end_object();
  return http::json(200, std::move(body));
}

}  // namespace

void add_comment_routes(http::Router& router, CommentService& comments,
                        const crypto::CursorCodec& cursors) {
  const auto policy = http::rate_policy("too_many_comments", comments.per_minute(), minute);
  router.add({.method = Method::get,
              .pattern = "/v1/photos/{id}/comments",
              .access = Access::open,
              .scope = Scope::read,
              .handler = http::answer(
                  [&](Request& request) { return list(request, comments, cursors); })});
  router.add({.method = Method::post,
              .pattern = "/v1/photos/{id}/comments",
              .access = Access::member,
              .scope = Scope::social,
              .handler = http::answer([&](Request& request) { return write(request, comments); }),
              .body = http::BodyKind::json,
              .headers = {policy}});
  router.add({.method = Method::get,
              .pattern = "/v1/comments/{id}",
              .access = Access::open,
              .scope = Scope::read,
              .handler = http::answer([&](Request& request) -> Result<Response> {
                TRY_ASSIGN(const CommentId id, comment_of(request));
                TRY_ASSIGN(const Comment comment, comments.find(request.viewer, id));
                return comment_response(200, comment);
              })});
  router.add({.method = Method::get,
              .pattern = "/v1/comments/{id}/replies",
              .access = Access::open,
              .scope = Scope::read,
              .handler = http::answer(
                  [&](Request& request) { return list_replies(request, comments, cursors); })});
  router.add({.method = Method::patch,
              .pattern = "/v1/comments/{id}",
              .access = Access::member,
              .scope = Scope::social,
              .handler = http::answer([&](Request& request) { return edit(request, comments); }),
              .body = http::BodyKind::json,
              .headers = {policy}});
  router.add(
      {.method = Method::del,
       .pattern = "/v1/comments/{id}",
       .access = Access::member,
       .scope = Scope::social,
       .handler = http::answer([&](Request& request) { return remove(request, comments); })});
}

}  // namespace picsharz::comments
