#include "features/backups/backup_routes.h"

#include <array>
#include <string_view>
#include <utility>

#include "base/json.h"
#include "http/answer.h"

namespace picsharz::backups {

using http::Request;
using http::Response;

namespace {

constexpr std::array<std::string_view, 6> state_names = {"waiting", "running", "made",
                                                         "proved",  "failed",  "unproved"};
constexpr std::size_t id_max = 32;

void write_maybe_time(JsonWriter& out, std::string_view name, std::optional<Micros> time) {
  if (time) {
    out.time_field(name, *time);
  } else {
    out.null_field(name);
  }
}

void write_contents(JsonWriter& out, const Manifest& manifest) {
  out.time_field("snapshot_at", manifest.snapshot_at);
  out.field("schema", manifest.schema).field("format", warehouse::name_of(manifest.format));
  out.field("sealed", manifest.sealed).field("rows", manifest.rows());
  out.field("bytes", manifest.bytes()).field("objects", manifest.objects.rows);
  out.field("object_bytes", manifest.object_bytes).field("new_objects", manifest.new_objects);
  out.field("new_bytes", manifest.new_bytes).field("lost", std::ssize(manifest.lost));
}

void write_proof(JsonWriter& out, const Proof& proof) {
  out.begin_object().time_field("at", proof.at).field("good", proof.good);
  out.field("rows", proof.rows).field("objects", proof.objects).field("pages", proof.pages);
  out.key("problems").begin_array();
  for (const std::string& problem : proof.problems) out.value(problem);
  out.end_array().end_object();
}

void write_backup(JsonWriter& out, const KeptBackup& backup) {
  const BackupRow& row = backup.row;
  out.begin_object().field("id", row.id).field("kind", name_of(row.kind));
  out.field("state", state_names.at(static_cast<std::size_t>(row.state)));
  out.field("problem", row.problem).time_field("asked_at", row.asked_at);
  write_maybe_time(out, "ended_at", row.ended_at);
  out.key("progress");
  if (row.state == State::running) {
    out.begin_object().field("stage", row.stage).field("done", row.done);
    out.field("total", row.total).end_object();
  } else {
    out.null();
  }
  out.key("contents");
  if (backup.manifest) {
    out.begin_object();
    write_contents(out, *backup.manifest);
    out.end_object();
  } else {
    out.null();
  }
  out.key("proof");
  if (backup.proof) {
    write_proof(out, *backup.proof);
  } else {
    out.null();
  }
  out.end_object();
}

Response no_store(Response response) {
  return std::move(response).header("Cache-Control", "no-store");
}

Response list(KeepingService& keeping, const LogLateSince& log_late_since) {
  const Keeping all = keeping.list();
  std::string body;
  JsonWriter out(body);
  out.begin_object().key("backups").begin_array();
  for (const KeptBackup& each : all.backups) write_backup(out, each);
  out.end_array();
  write_maybe_time(out, "next_at", all.next_at);
  write_maybe_time(out, "good_at", all.good_at);
  out.field("bytes", all.target_bytes);
  write_maybe_time(out, "log_late_since", log_late_since());
  out.end_object();
  return no_store(http::json(200, std::move(body)));
}

// Of a wish without no-store, so that it is kept for whoever sends it again.
Response answer_with(int status, const KeptBackup& backup) {
  std::string body;
  JsonWriter out(body);
  write_backup(out, backup);
  return http::json(status, std::move(body));
}

Result<Response> ask(Request& request, KeepingService& keeping, const NoteBackup& note) {
  TRY_ASSIGN(JsonObject body, JsonObject::parse(request.body.empty() ? "{}" : request.body));
  const std::string kind = body.optional_text("kind", id_max).value_or("full");
  const bool again = body.optional_truth("again").value_or(false);
  if (kind != "full" && kind != "archive") {
    body.refuse("kind", "unknown_kind", "Ask for full or archive.");
  }
  TRY(body.finish());
  TRY_ASSIGN(BackupRow row, keeping.ask(request.viewer.account,
                                        kind == "archive" ? Kind::archive : Kind::full, again));
  note(request.viewer, BackupAct::asked, row.id);
  return answer_with(202, {.row = std::move(row)});
}

Result<Response> show(Request& request, KeepingService& keeping) {
  TRY_ASSIGN(const KeptBackup backup, keeping.find(request.path_values.at(0)));
  return no_store(answer_with(200, backup));
}

Result<Response> remove(Request& request, KeepingService& keeping, const NoteBackup& note) {
  const std::string& id = request.path_values.at(0);
  TRY(keeping.remove(id));
  note(request.viewer, BackupAct::removed, id);
  return http::no_content();
}

Response download(http::Body body, std::string_view type, const std::string& name) {
  Response response;
  response.body = std::move(body);
  return no_store(std::move(response)
                      .header("Content-Type", type)
                      .header("Content-Disposition", "attachment; filename=\"" + name + "\""));
}

Result<Response> manifest(Request& request, KeepingService& keeping) {
  const std::string& id = request.path_values.at(0);
  TRY_ASSIGN(std::string text, keeping.manifest_text(id));
  return download(std::move(text), "application/json", "picsharz-" + id + "-manifest.json");
}

// Written down first: there is no download that nobody knows of.
Result<Response> table(Request& request, KeepingService& keeping, const NoteBackup& note) {
  const std::string& id = request.path_values.at(0);
  const std::string& name = request.path_values.at(1);
  TRY_ASSIGN(TableDownload found, keeping.open_table(id, name));
  note(request.viewer, BackupAct::downloaded, id + " " + name);
  return download(http::FileBody::of(std::move(found.file)), "application/octet-stream",
                  "picsharz-" + id + "-" + found.name);
}

void add(http::Router& router, http::Method method, std::string pattern, http::Handler handler,
         Scope scope = Scope::admin) {
  router.add({.method = method,
              .pattern = std::move(pattern),
              .access = http::Access::administrator,
              .scope = scope,
              .handler = std::move(handler)});
}

}  // namespace

void add_backup_routes(http::Router& router, KeepingService& keeping, const NoteBackup& note,
                       const LogLateSince& log_late_since) {
  using http::Method;
  const std::string all = "/v1/admin/backups";
  add(router, Method::get, all,
      [&keeping, log_late_since](Request&) { return list(keeping, log_late_since); });
  router.add({.method = Method::post,
              .pattern = all,
              .access = http::Access::administrator,
              .scope = Scope::admin,
              .handler = http::answer(
                  [&keeping, note](Request& request) { return ask(request, keeping, note); }),
              .body = http::BodyKind::json});
  add(router, Method::get, all + "/{id}",
      http::answer([&keeping](Request& request) { return show(request, keeping); }));
  add(router, Method::del, all + "/{id}",
      http::answer([&keeping, note](Request& request) { return remove(request, keeping, note); }));
  add(router, Method::get, all + "/{id}/manifest",
      http::answer([&keeping](Request& request) { return manifest(request, keeping); }));
  // Closed to tokens, as mails and questions are: hashes of passwords and secrets are among them.
  add(router, Method::get, all + "/{id}/tables/{table}",
      http::answer([&keeping, note](Request& request) { return table(request, keeping, note); }),
      Scope::session);
}

}  // namespace picsharz::backups
