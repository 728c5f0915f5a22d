#include "features/follows/follow_routes.h"

#include "features/accounts/account_json.h"
#include "http/answer.h"
#include "http/late_answer.h"
#include "http/paging.h"

namespace picsharz::follows {

using accounts::Account;
using http::Request;
using http::Response;

namespace {

void write_relation(JsonWriter& out, const Relation& relation) {
  out.begin_object()
      .field("following", relation.following)
      .field("followed_by", relation.followed_by)
      .field("requested", relation.requested)
      .field("blocked", relation.blocked)
      .field("muted", relation.muted)
      .end_object();
}

// Not to be kept: the person may go back to the old handle.
Response moved_to(std::string_view handle) {
  Response response;
  response.status = 308;
  response.header("Location", "/v1/accounts/" + std::string(handle));
  return response.header("Cache-Control", "no-store");
}

Result<Response> show_profile(Request& request, FollowService& follows) {
  const std::string& handle = request.path_values.at(0);
  const auto profile = follows.profile(request.viewer, handle);
  if (!profile) {
    TRY_ASSIGN(const std::string now, follows.renamed(request.viewer, handle));
    return moved_to(now);
  }
  std::string body;
  JsonWriter out(body);
  out.begin_object();
  accounts::write_profile_fields(out, profile->account,
                                 profile->open ? accounts::Shown::all : accounts::Shown::outside);
  out.key("relation");
  if (profile->relation) {
    write_relation(out, *profile->relation);
  } else {
    out.null();
  }
  out.end_object();
  return http::json(200, std::move(body));
}

Response answer(const Relation& relation) {
  std::string body;
  JsonWriter out(body);
  write_relation(out, relation);
  return http::json(200, std::move(body));
}

http::Route follow_route(http::Method method, std::string pattern, FollowService& follows,
                         sessions::ConfirmerOf confirmer_of) {
  return {
      .method = method,
      .pattern = std::move(pattern),
      .access = http::Access::member,
      .scope = Scope::social,
      .async =
          [&follows, wanted = method == http::Method::put, confirmer_of = std::move(confirmer_of)](
              Request& request, const http::Responder& responder) {
            follows.set(request.viewer, request.path_values.at(0), wanted,
                        http::late_answer(responder, request.request_id, answer),
                        confirmer_of(request));
          },
      .confirms_session = true};
}

using Change = Result<Relation> (FollowService::*)(const Viewer&, std::string_view);

http::Route change_route(http::Method method, std::string pattern, FollowService& follows,
                         Change change) {
  return {.method = method,
          .pattern = std::move(pattern),
          .access = http::Access::member,
          .scope = Scope::social,
          .handler = http::answer([&follows, change](Request& request) -> Result<Response> {
            TRY_ASSIGN(const Relation relation,
                       (follows.*change)(request.viewer, request.path_values.at(0)));
            return answer(relation);
          })};
}

Response people_response(const Page<Account>& people, const crypto::CursorCodec& cursors,
                         std::string_view name) {
  return http::page_response(people, cursors, name, [](JsonWriter& out, const Account& account) {
    out.raw(accounts::account_json(account));
  });
}

using OwnList = Page<Account> (FollowService::*)(const Viewer&, const PageRequest&);

http::Route own_list_route(std::string pattern, FollowService& follows, OwnList list,
                           const crypto::CursorCodec& cursors, std::string_view name) {
  return {.method = http::Method::get,
          .pattern = std::move(pattern),
          .access = http::Access::member,
          .scope = Scope::read,
          .handler =
              http::answer([&follows, list, &cursors, name](Request& request) -> Result<Response> {
                TRY_ASSIGN(const PageRequest page, http::page_request(request, cursors, name));
                return people_response((follows.*list)(request.viewer, page), cursors, name);
              })};
}

using List = Result<Page<Account>> (FollowService::*)(const Viewer&, std::string_view,
                                                      const PageRequest&);

http::Route list_route(std::string pattern, FollowService& follows, List list,
                       const crypto::CursorCodec& cursors, std::string_view name) {
  return {.method = http::Method::get,
          .pattern = std::move(pattern),
          .access = http::Access::open,
          .scope = Scope::read,
          .handler =
              http::answer([&follows, list, &cursors, name](Request& request) -> Result<Response> {
                TRY_ASSIGN(const PageRequest page, http::page_request(request, cursors, name));
                TRY_ASSIGN(const Page<Account> people,
                           (follows.*list)(request.viewer, request.path_values.at(0), page));
                return people_response(people, cursors, name);
              })};
}

}  // namespace

void add_follow_routes(http::Router& router, FollowService& follows,
                       const crypto::CursorCodec& cursors,
                       const sessions::ConfirmerOf& confirmer_of) {
  using http::Method;
  router.add({.method = Method::get,
              .pattern = "/v1/accounts/{handle}",
              .access = http::Access::open,
              .scope = Scope::read,
              .handler = http::answer(
                  [&follows](Request& request) { return show_profile(request, follows); })});
  const std::string follow = "/v1/accounts/{handle}/follow";
  const std::string block = "/v1/accounts/{handle}/block";
  const std::string mute = "/v1/accounts/{handle}/mute";
  const std::string request = "/v1/me/follow-requests/{handle}";
  router.add(follow_route(Method::put, follow, follows, confirmer_of));
  router.add(follow_route(Method::del, follow, follows, confirmer_of));
  router.add(change_route(Method::put, block, follows, &FollowService::block));
  router.add(change_route(Method::del, block, follows, &FollowService::unblock));
  router.add(change_route(Method::put, mute, follows, &FollowService::mute));
  router.add(change_route(Method::del, mute, follows, &FollowService::unmute));
  router.add(change_route(Method::put, request, follows, &FollowService::approve));
  router.add(change_route(Method::del, request, follows, &FollowService::decline));
  router.add(change_route(Method::del, "/v1/me/followers/{handle}", follows,
                          &FollowService::remove_follower));
  router.add(own_list_route("/v1/me/follow-requests", follows, &FollowService::requests, cursors,
                            "me.follow-requests"));
  router.add(own_list_route("/v1/me/mutes", follows, &FollowService::mutes, cursors, "me.mutes"));
  router.add(
      own_list_route("/v1/me/blocks", follows, &FollowService::blocks, cursors, "me.blocks"));
  router.add(list_route("/v1/accounts/{handle}/followers", follows, &FollowService::followers,
                        cursors, "followers"));
  router.add(list_route("/v1/accounts/{handle}/following", follows, &FollowService::following,
                        cursors, "following"));
}

}  // namespace picsharz::follows
