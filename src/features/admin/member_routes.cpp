#include "features/admin/member_routes.h"

#include <array>
#include <string>
#include <string_view>

#include "features/accounts/account.h"
#include "http/answer.h"
#include "http/paging.h"

namespace picsharz::admin {

using http::Request;
using http::Response;

namespace {

constexpr std::string_view members_list = "admin.users";
constexpr std::string_view actions_list = "admin.actions";
constexpr std::size_t text_max = 100;    // of a search, characters
constexpr std::size_t reason_max = 500;  // characters
constexpr std::array<std::string_view, 13> action_names = {
    "role",         "suspend",         "reinstate",         "quota",    "sessions",
    "backup_asked", "backup_removed",  "backup_downloaded", "question", "job_retried",
    "mails_read",   "storage_checked", "popular_ranked"};

void write_member(JsonWriter& out, const Member& member, std::int64_t quota) {
  out.begin_object()
      .field("id", member.id)
      .field("handle", member.handle)
      .field("name", member.name)
      .field("email", member.email)
      .field("country", member.country)
      .field("role", accounts::role_name(member.role))
      .field("state", accounts::state_name(member.state))
      .field("photos", member.photos)
      .field("bytes", member.bytes)
      .field("quota", member.quota.value_or(quota))
      .field("own_quota", member.quota.has_value())
      .field("sessions", member.sessions);
  member.seen_at == 0 ? out.key("seen_at").null() : out.time_field("seen_at", member.seen_at);
  out.time_field("created_at", member.created_at).end_object();
}

void write_action(JsonWriter& out, const Action& action) {
  out.begin_object()
      .field("id", action.id)
      .field("action", action_names[static_cast<std::size_t>(action.kind)])
      .field("by", action.actor_handle)
      .field("handle", action.account_handle)
      .field("detail", action.detail)
      .field("reason", action.reason)
      .time_field("created_at", action.created_at)
      .end_object();
}

// Of a change: without no-store, so that it is kept for whoever sends the same wish again.
Response told(const Member& member, std::int64_t quota) {
  std::string body;
  JsonWriter out(body);
  write_member(out, member, quota);
  return http::json(200, std::move(body));
}

Result<MemberFilter> filter_of(const Request& request) {
  MemberFilter filter;
  filter.text = request.query_value("q").value_or("");
  const auto characters = count_characters(filter.text);
  if (!characters || *characters > text_max) {
    return fail(ErrorKind::invalid, "invalid_search", "This cannot be looked for.",
                "Type a part of a handle, a name or an address.");
  }
  if (const auto name = request.query_value("role")) {
    filter.role = accounts::role_of(*name);
    if (!filter.role) {
      return fail(ErrorKind::invalid, "unknown_role", "There is no such role.",
                  "Ask for member, moderator or administrator.");
    }
  }
  if (const auto name = request.query_value("state")) {
    for (const auto state : {accounts::AccountState::active, accounts::AccountState::suspended,
                             accounts::AccountState::deleted}) {
      if (accounts::state_name(state) == *name) filter.state = state;
    }
    if (!filter.state) {
      return fail(ErrorKind::invalid, "unknown_state", "There is no such state of an account.",
                  "Ask for active, suspended or deleted.");
    }
  }
  return filter;
}

class MemberRoutes {
 public:
  MemberRoutes(http::Router& router, MemberService& members, std::int64_t quota,
               const crypto::CursorCodec& cursors)
      : router_(router), members_(members), quota_(quota), cursors_(cursors) {}

  void add() {
    read("/v1/admin/users", [*this](Request& request) { return list(request); });
    read("/v1/admin/users/{handle}", [*this](Request& request) -> Result<Response> {
      TRY_ASSIGN(const Member member, members_.find(request.path_values.at(0)));
      return told(member, quota_).header("Cache-Control", "no-store");
    });
    read("/v1/admin/actions", [*this](Request& request) { return log(request); });
    change("/v1/admin/users/{handle}/role", [*this](Request& request) { return role(request); });
    change("/v1/admin/users/{handle}/suspension",
           [*this](Request& request) { return suspension(request); });
    change("/v1/admin/users/{handle}/quota", [*this](Request& request) { return quota(request); });
    change("/v1/admin/users/{handle}/sessions/end",
           [*this](Request& request) { return end_sessions(request); });
  }

 private:
  template <class F>
  void read(std::string&& pattern, F handle) {
    router_.add({.method = http::Method::get,
                 .pattern = std::move(pattern),
                 .access = http::Access::administrator,
                 .scope = Scope::admin,
                 .handler = http::answer(std::move(handle))});
  }

  // Closed to tokens: who may do what is changed by a person who is logged in.
  template <class F>
  void change(std::string&& pattern, F handle) {
    router_.add({.method = http::Method::post,
                 .pattern = std::move(pattern),
                 .access = http::Access::administrator,
                 .handler = http::answer(std::move(handle)),
                 .body = http::BodyKind::json});
  }

  Result<Response> list(Request& request) const {
    TRY_ASSIGN(const MemberFilter filter, filter_of(request));
    TRY_ASSIGN(const PageRequest page, http::page_request(request, cursors_, members_list));
    auto response = http::page_response(
        members_.list(filter, page), cursors_, members_list,
        [this](JsonWriter& out, const Member& member) { write_member(out, member, quota_); });
    return response.header("Cache-Control", "no-store");
  }

  Result<Response> log(Request& request) const {
    TRY_ASSIGN(const PageRequest page, http::page_request(request, cursors_, actions_list));
    TRY_ASSIGN(const auto found, members_.log(request.query_value("handle").value_or(""), page));
    auto response = http::page_response(found, cursors_, actions_list, write_action);
    return response.header("Cache-Control", "no-store");
  }

  // A reason is asked for: whoever reads the log later has to understand it.
  static std::string reason_of(JsonObject& body) { return body.text("reason", 1, reason_max); }

  Result<Response> role(Request& request) const {
    TRY_ASSIGN(JsonObject body, JsonObject::parse(request.body));
    const auto role = accounts::role_of(body.text("role", 1, 20));
    const std::string reason = reason_of(body);
    if (!role && body.has("role")) body.refuse("role", "unknown_role", "There is no such role.");
    TRY(body.finish());
    TRY_ASSIGN(const Member member,
               members_.set_role(request.viewer, {request.path_values.at(0), reason}, *role));
    return told(member, quota_);
  }

  Result<Response> suspension(Request& request) const {
    TRY_ASSIGN(JsonObject body, JsonObject::parse(request.body));
    const auto suspended = body.optional_truth("suspended");
    const std::string reason = reason_of(body);
    if (!suspended) body.refuse("suspended", "required", "true or false is missing.");
    TRY(body.finish());
    const Wish wish{request.path_values.at(0), reason};
    TRY_ASSIGN(const Member member, *suspended ? members_.suspend(request.viewer, wish)
                                               : members_.reinstate(request.viewer, wish));
    return told(member, quota_);
  }

  Result<Response> quota(Request& request) const {
    TRY_ASSIGN(JsonObject body, JsonObject::parse(request.body));
    const auto bytes = body.optional_number("bytes");
    const std::string reason = reason_of(body);
    if (bytes && *bytes < 0) body.refuse("bytes", "out_of_range", "Not less than 0.");
    TRY(body.finish());
    TRY_ASSIGN(const Member member,
               members_.set_quota(request.viewer, {request.path_values.at(0), reason}, bytes));
    return told(member, quota_);
  }

  Result<Response> end_sessions(Request& request) const {
    TRY_ASSIGN(JsonObject body, JsonObject::parse(request.body));
    const std::string reason = reason_of(body);
    TRY(body.finish());
    TRY_ASSIGN(const Member member,
               members_.end_sessions(request.viewer, {request.path_values.at(0), reason}));
    return told(member, quota_);
  }

  http::Router& router_;
  MemberService& members_;
  std::int64_t quota_;
  const crypto::CursorCodec& cursors_;
};

}  // namespace

void add_member_routes(http::Router& router, MemberService& members, std::int64_t quota,
                       const crypto::CursorCodec& cursors) {
  MemberRoutes(router, members, quota, cursors).add();
}

}  // namespace picsharz::admin
