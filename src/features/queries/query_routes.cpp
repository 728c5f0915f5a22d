#include "features/queries/query_routes.h"

#include <string>
#include <utility>

#include "base/json.h"
#include "crypto/crypto.h"
#include "features/queries/answer_rules.h"
#include "features/queries/query_rules.h"
#include "http/answer.h"

namespace picsharz::queries {

using http::Request;
using http::Response;

namespace {

constexpr std::size_t sql_max = 20'000;
constexpr std::size_t id_max = 64;
constexpr std::size_t name_max = 120;

void write_saved(JsonWriter& out, const SavedQuery& query) {
  const bool shipped = !query.id;
  out.begin_object();
  out.field("id", shipped ? query.name : query.id.str()).field("shipped", shipped);
  out.field("name", query.name).field("sql", query.sql).field("chart", name_of(query.chart));
  shipped ? out.null_field("changed_at") : out.time_field("changed_at", query.changed_at);
  out.end_object();
}

Response saved_response(int status, const SavedQuery& query) {
  std::string body;
  JsonWriter out(body);
  out.begin_object().key("query");
  write_saved(out, query);
  out.end_object();
  // Without no-store: it is kept for whoever sends the same wish again.
  return http::json(status, std::move(body));
}

// Reads what asks a question; the caller finishes the object.
Asking read_asking(JsonObject& body) {
  Asking asking;
  asking.sql = body.text("sql", 1, sql_max);
  asking.backup = body.optional_text("backup", id_max).value_or("");
  asking.id = body.optional_text("id", id_max).value_or("");
  if (asking.id.empty()) {
    asking.id = crypto::hex(crypto::random_bytes(16));
  } else if (!is_backup_name(asking.id)) {
    body.refuse("id", "invalid_id", "letters, digits, - and _");
  }
  return asking;
}

// Before it is answered: what is said of a question that fails may tell of a row as well.
Result<void> write_down(const Request& request, Asking& asking, QueryService& queries,
                        const NoteQuestion& note) {
  TRY_ASSIGN(const AskedBackup backup, queries.backup(asking.backup));
  asking.backup = backup.id;
  note(request.viewer, QueryService::described(asking, backup));
  return {};
}

Result<Response> ask(Request& request, QueryService& queries, const NoteQuestion& note) {
  TRY_ASSIGN(JsonObject body, JsonObject::parse(request.body));
  Asking asking = read_asking(body);
  TRY(body.finish());
  TRY(write_down(request, asking, queries, note));
  TRY_ASSIGN(const Answer answer, queries.ask(asking));
  return http::json(200, answer_json(asking.id, answer)).header("Cache-Control", "no-store");
}

std::string_view content_type(warehouse::Format format) {
  switch (format) {
    case warehouse::Format::json:
      return "application/x-ndjson";
    case warehouse::Format::csv:
      return "text/csv; charset=utf-8";
    case warehouse::Format::parquet:
      break;
  }
  return "application/vnd.apache.parquet";
}

Result<Response> download(Request& request, QueryService& queries, const NoteQuestion& note) {
  TRY_ASSIGN(JsonObject body, JsonObject::parse(request.body));
  Asking asking = read_asking(body);
  const auto format = warehouse::format_of(body.text("format", 1, id_max));
  if (!format) body.refuse("format", "unknown_value", "parquet, json or csv");
  TRY(body.finish());
  TRY(write_down(request, asking, queries, note));
  TRY_ASSIGN(AnswerFile answer, queries.download(asking, *format));
  Response response;
  response.header("Content-Type", content_type(*format));
  response.header("Content-Disposition",
                  "attachment; filename=\"answer." + std::string(name_of(*format)) + "\"");
  response.header("Content-Security-Policy", "default-src 'none'; sandbox");
  response.header("Cache-Control", "no-store");
  response.header("X-Answer-Rows", std::to_string(answer.rows));
  response.header("X-Answer-Truncated", answer.truncated ? "true" : "false");
  response.body = http::FileBody::of(std::move(answer.file));
  return response;
}

Result<Response> cancel(Request& request, QueryService& queries) {
  if (!queries.cancel(request.path_values.at(0))) return not_found();
  return http::no_content();
}

Result<Response> schema(Request& request, QueryService& queries) {
  TRY_ASSIGN(const AskedBackup backup, queries.backup(request.query_value("backup").value_or("")));
  return http::json(200, schema_json(backup, queries.backups()))
      .header("Cache-Control", "no-store");
}

Result<Response> list_saved(SavedQueryService& saved) {
  std::string body;
  JsonWriter out(body);
  out.begin_object().key("items").begin_array();
  for (const SavedQuery& query : saved.list()) write_saved(out, query);
  out.end_array().end_object();
  return http::json(200, std::move(body)).header("Cache-Control", "no-store");
}

std::optional<Chart> read_chart(JsonObject& body) {
  const auto name = body.optional_text("chart", id_max);
  if (!name) return std::nullopt;
  const auto chart = chart_of(*name);
  if (!chart) body.refuse("chart", "unknown_value", "table, line or bars");
  return chart;
}

Result<Response> add_saved(Request& request, SavedQueryService& saved) {
  TRY_ASSIGN(JsonObject body, JsonObject::parse(request.body));
  SavedQuery query;
  query.name = body.text("name", 1, name_max);
  query.sql = body.text("sql", 1, sql_max);
  query.chart = read_chart(body).value_or(Chart::table);
  TRY(body.finish());
  TRY_ASSIGN(const SavedQuery added, saved.add(std::move(query)));
  return saved_response(201, added);
}

Result<Response> change_saved(Request& request, SavedQueryService& saved) {
  const auto id = QueryId::parse(request.path_values.at(0));
  if (!id) return not_found();
  TRY_ASSIGN(JsonObject body, JsonObject::parse(request.body));
  QueryChange change;
  if (body.has("name")) change.name = body.text("name", 1, name_max);
  if (body.has("sql")) change.sql = body.text("sql", 1, sql_max);
  change.chart = read_chart(body);
  TRY(body.finish());
  TRY_ASSIGN(const SavedQuery changed, saved.change(*id, change));
  return saved_response(200, changed);
}

Result<Response> remove_saved(Request& request, SavedQueryService& saved) {
  const auto id = QueryId::parse(request.path_values.at(0));
  if (!id) return not_found();
  TRY(saved.remove(*id));
  return http::no_content();
}

http::Route route(http::Method method, std::string pattern, http::Handler handler,
                  http::BodyKind body = http::BodyKind::none) {
  return {.method = method,
          .pattern = std::move(pattern),
          .access = http::Access::administrator,
          .handler = std::move(handler),
          .body = body};
}

}  // namespace

// Closed to tokens: an answer may hold what any member wrote.
void add_query_routes(http::Router& router, QueryService& queries, SavedQueryService& saved,
                      const NoteQuestion& note) {
  using http::Method;
  constexpr auto json = http::BodyKind::json;
  const auto on = [&queries](auto handle) {
    return http::answer([&queries, handle](Request& request) { return handle(request, queries); });
  };
  const auto noted = [&queries, &note](auto handle) {
    return http::answer(
        [&queries, note, handle](Request& request) { return handle(request, queries, note); });
  };
  const auto of = [&saved](auto handle) {
    return http::answer([&saved, handle](Request& request) { return handle(request, saved); });
  };
  // Neither is kept by the ledger: an answer is large, and asking twice harms nobody.
  auto asked = route(Method::post, "/v1/admin/query", noted(ask), json);
  asked.own_idempotency = true;
  router.add(std::move(asked));
  auto downloaded = route(Method::post, "/v1/admin/query/download", noted(download), json);
  downloaded.own_idempotency = true;
  router.add(std::move(downloaded));
  router.add(route(Method::get, "/v1/admin/query/schema", on(schema)));
  router.add(route(Method::del, "/v1/admin/query/{id}", on(cancel)));
  router.add(route(Method::get, "/v1/admin/query/saved",
                   http::answer([&saved](Request&) { return list_saved(saved); })));
  router.add(route(Method::post, "/v1/admin/query/saved", of(add_saved), json));
  router.add(route(Method::patch, "/v1/admin/query/saved/{id}", of(change_saved), json));
  router.add(route(Method::del, "/v1/admin/query/saved/{id}", of(remove_saved)));
}

}  // namespace picsharz::queries
