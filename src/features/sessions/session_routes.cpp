#include "features/sessions/session_routes.h"

#include <memory>

#include "base/json.h"
#include "base/limits.h"
#include "features/accounts/account_json.h"
#include "features/accounts/account_routes.h"
#include "features/sessions/session_rules.h"
#include "features/sessions/token_rules.h"
#include "http/answer.h"

namespace picsharz::sessions {

using accounts::Account;
using http::Method;
using http::Request;
using http::Response;

namespace {

// __Host- ties the cookie to https and to this host; a newcomer's plain loopback cannot have it.
std::string_view session_cookie(bool secure) { return secure ? "__Host-sid" : "sid"; }
std::string_view device_cookie(bool secure) { return secure ? "__Host-device" : "device"; }

std::string set_cookie(std::string_view name, std::string_view value, Micros lifetime,
                       bool secure) {
  std::string cookie(name);
  cookie.append("=").append(value).append("; Path=/; Max-Age=");
  cookie.append(std::to_string(lifetime / second)).append("; HttpOnly; SameSite=Lax");
  if (secure) cookie += "; Secure";
  return cookie;
}

// What whoever signed in reads on every page (read_reader() of pages, say.ts of the web, which
// writes it when somebody chooses).
std::string language_cookie(std::string_view language, bool secure) {
  std::string cookie = "lang=";
  cookie.append(language).append("; Path=/; Max-Age=").append(std::to_string(400 * day / second));
  cookie.append("; SameSite=Lax");
  if (secure) cookie += "; Secure";
  return cookie;
}

std::string_view bearer(const Request& request) {
  const std::string_view header = request.header("Authorization");
  return header.starts_with("Bearer ") ? header.substr(7) : std::string_view();
}

bool changes(Method method) {
  return method != Method::get && method != Method::head && method != Method::options;
}

std::unexpected<Error> cross_site() {
  return fail(ErrorKind::forbidden, "cross_site", "Another site's page asked for this change.",
              "Open the page of this site and do it there.");
}

Result<void> refuse_cross_site(const Request& request, const WebSettings& settings,
                               bool with_cookie) {
  const std::string_view site = request.header("Sec-Fetch-Site");
  const std::string_view origin = request.header("Origin");
  if (!site.empty()) {
    if (site != "same-origin" && site != "none") return cross_site();
  } else if (!origin.empty()) {
    const std::string own = settings.base_url.empty()
                                ? "http://" + std::string(request.header("Host"))
                                : settings.base_url;
    if (origin != own) return cross_site();
  }
  if (with_cookie && !request.has_header("Picsharz-Client")) {
    return fail(ErrorKind::forbidden, "cross_site",
                "A change with the session cookie needs the header Picsharz-Client.",
                "Send Picsharz-Client: and your program's name, or use a bearer token.");
  }
  return {};
}

// A page that was drawn for one account does nothing for another one, which another tab of the same
// browser has signed in meanwhile: the cookie is theirs by then.
Result<void> refuse_other_account(const Request& request) {
  const std::string_view meant = request.header("Picsharz-Account");
  if (meant.empty() || !request.viewer.signed_in() || meant == request.viewer.account.str()) {
    return {};
  }
  return fail(ErrorKind::forbidden, "other_account", "Another account is signed in here by now.",
              "Load the page again.");
}

// What stays open to everybody where there are no visitors.
bool is_open(const http::Route& route, const WebSettings& settings) {
  return route.access == http::Access::open &&
         (settings.visitors || for_everybody(http::method_name(route.method), route.pattern));
}

Result<void> check_access(const Viewer& viewer, const http::Route& route,
                          const WebSettings& settings) {
  const http::Access access = route.access;
  if (is_open(route, settings)) return {};
  if (!viewer.signed_in() && access == http::Access::open) {
    return fail(ErrorKind::unauthenticated, "members_only", "This site is for its members.",
                "Log in.");
  }
  if (!viewer.signed_in()) {
    return fail(ErrorKind::unauthenticated, "unauthenticated", "Nobody is signed in.", "Log in.");
  }
  const Role needed = access == http::Access::administrator ? Role::administrator
                      : access == http::Access::moderator   ? Role::moderator
                                                            : Role::member;
  if (viewer.at_least(needed)) return {};
  return fail(ErrorKind::forbidden, "forbidden", "Your role does not allow this.",
              "Ask an administrator of this site.");
}

bool is_program_token(std::string_view token) { return token.starts_with(token_prefix); }

std::string_view session_token(const Request& request, const WebSettings& settings) {
  const std::string_view token = bearer(request);
  return token.empty() ? request.cookie(session_cookie(settings.secure_cookies)) : token;
}

std::unexpected<Error> out_of_scope(Scope needed) {
  const std::string_view name = scope_name(needed);
  if (name.empty()) {
    return fail(ErrorKind::forbidden, "scope_missing", "No token may do this.",
                "Log in and do it there.");
  }
  return fail(ErrorKind::forbidden, "scope_missing", "This token may not do this.",
              "Make a token with the scope " + std::string(name) + ".");
}

Result<Viewer> viewer_of_token(TokenService& tokens, std::string_view token, Scope needed) {
  const Viewer viewer = tokens.viewer_of(token);
  if (!viewer.signed_in()) {
    return fail(ErrorKind::unauthenticated, "unauthenticated", "This token is not valid.",
                "It may be over, or its owner ended it. Make a new one.");
  }
  if (!viewer.within(needed)) return out_of_scope(needed);
  return viewer;
}

std::string signed_in_json(const Account& account, const NewSession& opened, bool with_token) {
  std::string body;
  JsonWriter out(body);
  out.begin_object().key("account").raw(account_json(account, accounts::Shown::all));
  out.key("session").begin_object().field("id", opened.session.id).end_object();
  if (with_token) out.field("token", opened.token);
  out.end_object();
  return body;
}

// What the ways to sign in share: a session is opened, and given as cookie or token.
class SessionRoutes {
 public:
  SessionRoutes(const SessionRooms& rooms, WebSettings settings)
      : sessions_(rooms.sessions),
        log_ins_(rooms.log_ins),
        signups_(rooms.signups),
        passwords_(rooms.passwords),
        settings_(std::move(settings)) {}

  Result<Response> log_in(Request& request);
  Result<Response> verify(Request& request);
  Result<Response> set_up(Request& request);
  Result<Response> log_out(Request& request);
  Result<Response> end(Request& request);
  Result<Response> end_others(Request& request);
  Result<Response> list(Request& request);
  Result<Response> forgot(Request& request);
  Result<Response> reset(Request& request);
  Result<Response> change_password(Request& request);

 private:
  Response sign_in(const Request& request, const Account& account, const NewSession& opened,
                   bool as_token);
  Response sign_in_first(const Request& request, const Account& account, bool as_token);
  void set_session_cookie(Response& response, std::string_view token) const;
  static Result<bool> wants_token(JsonObject& body);

  SessionService& sessions_;
  LogInService& log_ins_;
  accounts::SignupService& signups_;
  accounts::PasswordService& passwords_;
  const WebSettings settings_;
};

Result<bool> SessionRoutes::wants_token(JsonObject& body) {
  const auto use = body.optional_text("use", 10);
  if (use && *use != "cookie" && *use != "token") {
    body.refuse("use", "unknown_value", "This is cookie or token.");
  }
  TRY(body.finish());
  return use == "token";
}

void SessionRoutes::set_session_cookie(Response& response, std::string_view token) const {
  const bool secure = settings_.secure_cookies;
  response.header("Set-Cookie", set_cookie(session_cookie(secure), token,
                                           sessions_.lifetimes().absolute, secure));
}

Response SessionRoutes::sign_in(const Request& request, const Account& account,
                                const NewSession& opened, bool as_token) {
  Response response = http::json(201, signed_in_json(account, opened, as_token));
  response.header("Location", "/v1/sessions/" + opened.session.id.str());
  response.header("Cache-Control", "no-store");
  if (as_token) return response;
  const bool secure = settings_.secure_cookies;
  response.header("Set-Cookie", language_cookie(account.language, secure));
  set_session_cookie(response, opened.token);
  std::string device(request.cookie(device_cookie(secure)));
  if (!passwords_.knows(account.id, device)) device = passwords_.device_proof(account.id);
  response.header("Set-Cookie", set_cookie(device_cookie(secure), device, 400 * day, secure));
  return response;
}

Response SessionRoutes::sign_in_first(const Request& request, const Account& account,
                                      bool as_token) {
  return sign_in(request, account,
                 log_ins_.first(account, request.header("User-Agent"), request.remote_address),
                 as_token);
}

Result<Response> SessionRoutes::log_in(Request& request) {
  TRY_ASSIGN(JsonObject body, JsonObject::parse(request.body));
  const std::string login = body.text("login", 1, limits::email_max);
  const std::string password = body.text("password", 1, 1024);
  const std::string totp = body.optional_text("totp", 40).value_or("");
  const bool restore = body.optional_truth("restore").value_or(false);
  TRY_ASSIGN(const bool as_token, wants_token(body));
  TRY_ASSIGN(const LoggedIn in,
             log_ins_.log_in({.login = login,
                              .password = password,
                              .totp = totp,
                              .address = request.remote_address,
                              .device = request.cookie(device_cookie(settings_.secure_cookies)),
                              .user_agent = request.header("User-Agent"),
                              .restore = restore}));
  return sign_in(request, in.account, in.session, as_token);
}

Result<Response> SessionRoutes::verify(Request& request) {
  TRY_ASSIGN(JsonObject body, JsonObject::parse(request.body));
  const std::string email = body.text("email", 1, limits::email_max);
  const std::string code = body.text("code", 1, 40);
  TRY_ASSIGN(const bool as_token, wants_token(body));
  TRY_ASSIGN(const Account account,
             signups_.verify(email, code, accounts::signup_binding(request)));
  return sign_in_first(request, account, as_token);
}

Result<Response> SessionRoutes::set_up(Request& request) {
  TRY_ASSIGN(JsonObject body, JsonObject::parse(request.body));
  const std::string token = body.text("token", 1, 200);
  accounts::SignUp person = accounts::read_sign_up(body);
  person.language = accounts::wanted_languages(request);
  TRY_ASSIGN(const bool as_token, wants_token(body));
  TRY_ASSIGN(const Account account, signups_.create_administrator(token, std::move(person)));
  return sign_in_first(request, account, as_token);
}

Result<Response> SessionRoutes::log_out(Request& request) {
  TRY(sessions_.end(request.viewer, request.viewer.session));
  return http::no_content().header("Set-Cookie", ended_cookie(settings_.secure_cookies));
}

Result<Response> SessionRoutes::end(Request& request) {
  const auto id = SessionId::parse(request.path_values.at(0));
  if (!id) return not_found();
  TRY(sessions_.end(request.viewer, *id));
  return http::no_content();
}

Result<Response> SessionRoutes::end_others(Request& request) {
  sessions_.end_others(request.viewer);
  return http::no_content();
}

Result<Response> SessionRoutes::change_password(Request& request) {
  TRY_ASSIGN(JsonObject body, JsonObject::parse(request.body));
  const std::string old_password = body.text("password", 1, 1024);
  const std::string password = body.text("new_password", 0, 1024);
  TRY(body.finish());
  TRY_ASSIGN(
      const RenewedSession renewed,
      sessions_.change_password(request.viewer, old_password, password, request.remote_address));
  std::string answer;
  JsonWriter out(answer);
  out.begin_object().key("session").begin_object();
  out.field("id", renewed.id).end_object();
  const bool as_token = !bearer(request).empty();
  if (as_token) out.field("token", renewed.token);
  out.end_object();
  Response response = http::json(200, std::move(answer));
  response.header("Cache-Control", "no-store");
  if (!as_token) set_session_cookie(response, renewed.token);
  return response;
}

std::optional<std::string> known_program(const Session& session) {
  std::string program = describe_program(session.user_agent);
  return program.empty() ? std::nullopt : std::optional(std::move(program));
}

Result<Response> SessionRoutes::list(Request& request) {
  std::string body;
  JsonWriter out(body);
  out.begin_object().key("items").begin_array();
  for (const Session& session : sessions_.list(request.viewer)) {
    out.begin_object()
        .field("id", session.id)
        .time_field("created_at", session.created_at)
        .time_field("last_used_at", session.last_used_at)
        .field("program", known_program(session))
        .field("user_agent", session.user_agent)
        .field("address", session.address)
        .field("current", session.id == request.viewer.session)
        .end_object();
  }
  out.end_array().null_field("next").end_object();
  return http::json(200, std::move(body));
}

Result<Response> SessionRoutes::forgot(Request& request) {
  TRY_ASSIGN(JsonObject body, JsonObject::parse(request.body));
  const std::string login = body.text("login", 1, limits::email_max);
  TRY(body.finish());
  TRY(passwords_.forgot(login, request.remote_address));
  Response response;
  response.status = 202;
  return response;
}

Result<Response> SessionRoutes::reset(Request& request) {
  TRY_ASSIGN(JsonObject body, JsonObject::parse(request.body));
  const std::string token = body.text("token", 1, 200);
  const std::string password = body.text("password", 0, 1024);
  TRY(body.finish());
  TRY(sessions_.reset_password(token, password));
  return http::no_content();
}

}  // namespace

std::string ended_cookie(bool secure) { return set_cookie(session_cookie(secure), "", 0, secure); }

std::function<Viewer(const Request&)> make_viewer_finder(SessionService& sessions,
                                                         TokenService& tokens,
                                                         WebSettings settings) {
  return [&sessions, &tokens, settings = std::move(settings)](const Request& request) {
    std::string_view token = bearer(request);
    if (is_program_token(token)) {
      return viewer_of_token(tokens, token, Scope::read).value_or(Viewer{});
    }
    if (token.empty()) token = request.cookie(session_cookie(settings.secure_cookies));
    return token.empty() ? Viewer{} : sessions.viewer_of(token);
  };
}

http::Recaller make_recaller(SessionService& sessions, WebSettings settings) {
  return [&sessions, settings = std::move(settings)](Request& request, const http::Route& route) {
    if (route.access != http::Access::member) return false;
    const std::string_view token = session_token(request, settings);
    if (token.empty() || is_program_token(token)) return false;
    request.viewer = sessions.recall(token);
    return request.viewer.signed_in();
  };
}

ConfirmerOf make_confirmer(SessionService& sessions, WebSettings settings) {
  return [&sessions, settings = std::move(settings)](const Request& request) {
    return sessions.confirmer(request.viewer, session_token(request, settings));
  };
}

http::Authenticator make_authenticator(SessionService& sessions, TokenService& tokens,
                                       WebSettings settings) {
  return [&sessions, &tokens, settings = std::move(settings)](
             Request& request, const http::Route& route) -> Result<void> {
    std::string_view token = bearer(request);
    const bool of_program = is_program_token(token);
    if (of_program && route.scope == Scope::session) return out_of_scope(route.scope);
    // An open route of the I/O thread changes nothing and must not wait for the database; it asks
    // who it is where that matters (make_viewer_finder).
    if (route.pool == http::Pool::io && is_open(route, settings) && !changes(request.method)) {
      return {};
    }
    if (of_program) {
      TRY_ASSIGN(request.viewer, viewer_of_token(tokens, token, route.scope));
      return check_access(request.viewer, route, settings);
    }
    const bool with_cookie = token.empty();
    if (with_cookie) token = request.cookie(session_cookie(settings.secure_cookies));
    const bool recalled = request.viewer.signed_in();  // make_recaller
    if (!token.empty() && !recalled) request.viewer = sessions.viewer_of(token);
    if (with_cookie && changes(request.method) && !route.carries_own_token) {
      TRY(refuse_cross_site(request, settings, request.viewer.signed_in()));
      TRY(refuse_other_account(request));
    }
    return check_access(request.viewer, route, settings);
  };
}

http::AccessCheck make_access_check(WebSettings settings) {
  return [settings = std::move(settings)](const Viewer& viewer, const http::Route& route) {
    return check_access(viewer, route, settings);
  };
}

void add_session_routes(http::Router& router, const SessionRooms& rooms, WebSettings settings) {
  using http::Access;
  using http::BodyKind;
  using http::Pool;
  const auto routes = std::make_shared<SessionRoutes>(rooms, std::move(settings));
  const auto add = [&](Method method, std::string pattern, Access access,
                       Result<Response> (SessionRoutes::*handle)(Request&), BodyKind body,
                       Pool pool, http::Headers headers = {}) {
    if (pool == Pool::password) headers = accounts::attempt_policy();
    router.add({.method = method,
                .pattern = std::move(pattern),
                .access = access,
                .handler = http::answer([routes, handle](Request& request) {
                  return (routes.get()->*handle)(request);
                }),
                .body = body,
                .pool = pool,
                .headers = std::move(headers),
                // The ledger would keep a fast hash of what is sent, the password in it.
                .own_idempotency = pool == Pool::password,
                .rate = body == BodyKind::json ? http::RateClass::auth : http::RateClass::derived});
  };
  using R = SessionRoutes;
  add(Method::post, "/v1/sessions", Access::open, &R::log_in, BodyKind::json, Pool::password);
  add(Method::post, "/v1/accounts/verify", Access::open, &R::verify, BodyKind::json, Pool::web);
  add(Method::post, "/v1/setup", Access::open, &R::set_up, BodyKind::json, Pool::password);
  add(Method::get, "/v1/sessions", Access::member, &R::list, BodyKind::none, Pool::web);
  add(Method::del, "/v1/sessions", Access::member, &R::end_others, BodyKind::none, Pool::web);
  add(Method::del, "/v1/sessions/current", Access::member, &R::log_out, BodyKind::none, Pool::web);
  add(Method::del, "/v1/sessions/{id}", Access::member, &R::end, BodyKind::none, Pool::web);
  add(Method::post, "/v1/password/forgot", Access::open, &R::forgot, BodyKind::json, Pool::web,
      {http::rate_policy("too_many_attempts", rooms.passwords.links_per_login(), hour)});
  add(Method::post, "/v1/password/reset", Access::open, &R::reset, BodyKind::json, Pool::password);
  add(Method::post, "/v1/me/password", Access::member, &R::change_password, BodyKind::json,
      Pool::password);
}

}  // namespace picsharz::sessions
