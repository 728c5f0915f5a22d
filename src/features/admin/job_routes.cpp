#include "features/admin/job_routes.h"

#include <array>
#include <optional>
#include <string_view>

#include "http/answer.h"
#include "http/paging.h"

namespace picsharz::admin {

using http::Request;
using http::Response;
using jobs::Job;

namespace {

constexpr std::array<std::string_view, 4> state_names = {"waiting", "running", "done", "dead"};
constexpr std::array<std::string_view, 5> lane_names = {"mail", "media", "upkeep", "extras",
                                                        "notices"};

std::optional<jobs::State> state_of(std::string_view name) {
  for (std::size_t i = 0; i < state_names.size(); ++i) {
    if (state_names[i] == name) return static_cast<jobs::State>(i);
  }
  return std::nullopt;
}

// The payload stays inside: it may hold an address or a code.
void write_job(JsonWriter& out, const Job& job) {
  out.begin_object()
      .field("id", job.id)
      .field("kind", job.kind)
      .field("lane", lane_names[static_cast<std::size_t>(job.lane)])
      .field("state", state_names[static_cast<std::size_t>(job.state)])
      .field("attempt", job.attempt)
      .field("attempts", job.attempts)
      .field("reason", job.last_error)
      .time_field("created_at", job.created_at)
      .end_object();
}

Result<Response> list(Request& request, JobService& jobs, const crypto::CursorCodec& cursors) {
  const std::string_view name = request.query_value("state").value_or("dead");
  const auto state = state_of(name);
  if (!state) {
    return fail(ErrorKind::invalid, "unknown_state", "There is no such state of a job.",
                "Ask for waiting, running, done or dead.");
  }
  const std::string list_name = "admin.jobs." + std::string(name);
  TRY_ASSIGN(const PageRequest page, http::page_request(request, cursors, list_name));
  auto response = http::page_response(jobs.list(*state, page), cursors, list_name, write_job);
  return response.header("Cache-Control", "no-store");
}

Result<Response> retry(Request& request, JobService& jobs) {
  const auto id = JobId::parse(request.path_values.at(0));
  if (!id) return not_found();
  TRY(jobs.retry(request.viewer, *id));
  return http::no_content();
}

}  // namespace

void add_job_routes(http::Router& router, JobService& jobs, const crypto::CursorCodec& cursors) {
  router.add({.method = http::Method::get,
              .pattern = "/v1/admin/jobs",
              .access = http::Access::administrator,
              .scope = Scope::admin,
              .handler = http::answer(
                  [&jobs, &cursors](Request& request) { return list(request, jobs, cursors); })});
  router.add({.method = http::Method::post,
              .pattern = "/v1/admin/jobs/{id}/retry",
              .access = http::Access::administrator,
              .scope = Scope::admin,
              .handler = http::answer([&jobs](Request& request) { return retry(request, jobs); })});
}

}  // namespace picsharz::admin
