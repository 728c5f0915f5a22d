#include "features/sessions/token_routes.h"

#include <string>

#include "base/json.h"
#include "base/limits.h"
#include "features/accounts/account_routes.h"
#include "features/sessions/token_rules.h"
#include "http/answer.h"

namespace picsharz::sessions {

using http::Request;
using http::Response;

namespace {

constexpr std::size_t scopes_max = 20;
constexpr std::size_t scope_max = 40;

void write_time(JsonWriter& out, std::string_view name, Micros time) {
  if (time == 0) {
    out.null_field(name);
  } else {
    out.time_field(name, time);
  }
}

void write_token(JsonWriter& out, const Token& token) {
  out.begin_object().field("id", token.id).field("name", token.name).key("scopes").begin_array();
  for (const std::string_view scope : scope_names(token.scopes)) out.value(scope);
  out.end_array().time_field("created_at", token.created_at);
  write_time(out, "last_used_at", token.last_used_at);
  write_time(out, "expires_at", token.expires_at);
  out.end_object();
}

Result<Response> list(Request& request, TokenService& tokens) {
  std::string body;
  JsonWriter out(body);
  out.begin_object().key("items").begin_array();
  for (const Token& token : tokens.list(request.viewer)) write_token(out, token);
  out.end_array().null_field("next").end_object();
  return http::json(200, std::move(body));
}

Result<Response> create(Request& request, TokenService& tokens) {
  TRY_ASSIGN(JsonObject body, JsonObject::parse(request.body));
  TokenWish wish;
  wish.name = body.text("name", 1, limits::token_name_max);
  const auto names = body.optional_list("scopes", scopes_max, scope_max);
  const auto scopes = scopes_of(names.value_or(std::vector<std::string>()));
  if (!scopes) body.refuse("scopes", "unknown_value", "One or more of the scopes of the contract.");
  wish.scopes = scopes.value_or(0);
  wish.days = body.optional_number("expires_in_days");
  if (wish.days && (*wish.days < 1 || *wish.days > limits::token_days_max)) {
    body.refuse("expires_in_days", "out_of_range", "1 to 3650 days; without it, no end.");
  }
  const std::string password = body.text("password", 1, 1024);
  TRY(body.finish());
  TRY_ASSIGN(const NewToken made,
             tokens.create(request.viewer, wish, password, request.remote_address));
  std::string answer;
  JsonWriter out(answer);
  out.begin_object().key("token");
  write_token(out, made.token);
  out.field("secret", made.secret).end_object();
  Response response = http::json(201, std::move(answer));
  response.header("Location", "/v1/me/tokens/" + made.token.id.str());
  response.header("Cache-Control", "no-store");
  return response;
}

Result<Response> end(Request& request, TokenService& tokens) {
  const auto id = TokenId::parse(request.path_values.at(0));
  if (!id) return not_found();
  TRY(tokens.end(request.viewer, *id));
  return http::no_content();
}

}  // namespace

void add_token_routes(http::Router& router, TokenService& tokens) {
  using http::BodyKind;
  using http::Method;
  using http::Pool;
  using Handle = Result<Response> (*)(Request&, TokenService&);
  const auto add = [&](Method method, std::string pattern, Handle handle) {
    const bool creates = method == Method::post;
    router.add({.method = method,
                .pattern = std::move(pattern),
                .access = http::Access::member,
                .handler = http::answer(
                    [&tokens, handle](Request& request) { return handle(request, tokens); }),
                .body = creates ? BodyKind::json : BodyKind::none,
                .pool = creates ? Pool::password : Pool::web,
                .headers = creates ? accounts::attempt_policy() : http::Headers(),
                // The ledger would keep a fast hash of what is sent, the password in it.
                .own_idempotency = creates});
  };
  add(Method::get, "/v1/me/tokens", list);
  add(Method::post, "/v1/me/tokens", create);
  add(Method::del, "/v1/me/tokens/{id}", end);
}

}  // namespace picsharz::sessions
