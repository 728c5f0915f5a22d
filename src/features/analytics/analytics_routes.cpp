#include "features/analytics/analytics_routes.h"

#include <string>
#include <string_view>

#include "base/json.h"
#include "features/analytics/csv_rules.h"
#include "features/photos/photo_json.h"
#include "http/answer.h"

namespace picsharz::analytics {

using http::Request;
using http::Response;

namespace {

constexpr std::string_view csv_suffix = ".csv";

RangeQuery range_query(const Request& request) {
  return {.from = request.query_value("from"),
          .to = request.query_value("to"),
          .step = request.query_value("step"),
          .compare = request.query_value("compare")};
}

void write_values(JsonWriter& out, std::string_view name, const Values& values) {
  out.key(name).begin_array();
  for (const Value& each : values) out.value(each);
  out.end_array();
}

void write_figures(JsonWriter& out, const std::vector<Figure>& figures) {
  out.key("figures").begin_array();
  for (const Figure& each : figures) {
    out.begin_object().field("id", each.id).field("unit", unit_name(each.unit));
    out.field("value", each.value);
    if (each.compared) out.field("before", each.before);
    if (!each.spark.empty()) write_values(out, "spark", each.spark);
    out.end_object();
  }
  out.end_array();
}

void write_chart(JsonWriter& out, const Chart& chart) {
  out.begin_object()
      .field("id", chart.id)
      .field("unit", unit_name(chart.unit))
      .field("shape", shape_name(chart.shape));
  out.key("times").begin_array();
  for (const Micros each : chart.times) out.value(format_time(each));
  out.end_array().key("series").begin_array();
  for (const Series& each : chart.series) {
    out.begin_object().field("id", each.id);
    write_values(out, "values", each.values);
    if (!each.before.empty()) write_values(out, "before", each.before);
    out.end_object();
  }
  out.end_array().end_object();
}

struct CellWriter {
  JsonWriter& out;
  ColumnKind kind;
  const photos::MediaSigner& signer;

  void operator()(std::monostate) const { out.null(); }
  void operator()(std::int64_t number) const {
    kind == ColumnKind::day ? out.value(date_text(number)) : out.value(number);
  }
  void operator()(double number) const { out.value(number); }
  void operator()(const std::string& text) const { out.value(text); }
  void operator()(const photos::PhotoView& view) const {
    out.begin_object().field("id", view.photo.id).field("title", view.photo.title);
    if (const auto url = photos::thumbnail_url(view, Viewer{}, signer)) {
      out.field("thumbnail", *url);
    }
    out.end_object();
  }
  void operator()(const AccountCell& account) const {
    out.begin_object()
        .field("id", account.id)
        .field("handle", account.handle)
        .field("name", account.name)
        .end_object();
  }
};

void write_table(JsonWriter& out, const Table& table, const photos::MediaSigner& signer) {
  out.begin_object().field("id", table.id).key("columns").begin_array();
  for (const Column& each : table.columns) {
    out.begin_object().field("id", each.id).field("kind", column_name(each.kind)).end_object();
  }
  out.end_array().key("rows").begin_array();
  for (const auto& row : table.rows) {
    out.begin_array();
    for (std::size_t i = 0; i < row.size(); ++i) {
      std::visit(CellWriter{out, table.columns[i].kind, signer}, row[i]);
    }
    out.end_array();
  }
  out.end_array().end_object();
}

void write_dashboard(JsonWriter& out, const Dashboard& dashboard,
                     const photos::MediaSigner& signer) {
  out.begin_object()
      .field("from", date_text(dashboard.range.from))
      .field("to", date_text(dashboard.range.to - 1))
      .field("step", step_name(dashboard.range.step))
      .time_field("updated_at", dashboard.updated_at);
  write_figures(out, dashboard.figures);
  out.key("charts").begin_array();
  for (const Chart& each : dashboard.charts) write_chart(out, each);
  out.end_array().key("tables").begin_array();
  for (const Table& each : dashboard.tables) write_table(out, each, signer);
  out.end_array().end_object();
}

Response no_store(Response response) {
  response.header("Cache-Control", "no-store");
  return response;
}

Response show_overview(AnalyticsService& analytics) {
  const Overview overview = analytics.overview();
  std::string body;
  JsonWriter out(body);
  out.begin_object();
  write_figures(out, overview.figures);
  out.time_field("updated_at", overview.updated_at).end_object();
  return no_store(http::json(200, std::move(body)));
}

Result<Response> show_dashboard(const Request& request, AnalyticsService& analytics,
                                const photos::MediaSigner& signer) {
  TRY_ASSIGN(const Dashboard dashboard,
             analytics.dashboard(request.path_values.at(0), range_query(request)));
  std::string body;
  JsonWriter out(body);
  write_dashboard(out, dashboard, signer);
  return no_store(http::json(200, std::move(body)));
}

// The file's name is that of the chart or table, with ".csv".
Result<Response> show_csv(const Request& request, AnalyticsService& analytics) {
  const std::string& area = request.path_values.at(0);
  std::string_view id = request.path_values.at(1);
  if (!id.ends_with(csv_suffix)) return not_found();
  id.remove_suffix(csv_suffix.size());
  TRY_ASSIGN(const Dashboard dashboard, analytics.dashboard(area, range_query(request)));
  auto csv = csv_of(dashboard, id);
  if (!csv) return not_found();
  Response response;
  response.body = *std::move(csv);
  const std::string name = std::string(id) + "-" + date_text(dashboard.range.from) + "-" +
                           date_text(dashboard.range.to - 1);
  response.header("Content-Type", "text/csv; charset=utf-8; header=present");
  response.header("Content-Disposition", "attachment; filename=\"" + name + ".csv\"");
  return no_store(std::move(response));
}

}  // namespace

void add_analytics_routes(http::Router& router, AnalyticsService& analytics,
                          const photos::MediaSigner& signer) {
  const auto add = [&](std::string pattern, http::Handler handler) {
    router.add({.method = http::Method::get,
                .pattern = std::move(pattern),
                .access = http::Access::administrator,
                .scope = Scope::admin,
                .handler = std::move(handler)});
  };
  add("/v1/admin/overview",
      http::answer([&](Request&) -> Result<Response> { return show_overview(analytics); }));
  add("/v1/admin/analytics/{area}",
      http::answer([&](Request& request) { return show_dashboard(request, analytics, signer); }));
  add("/v1/admin/analytics/{area}/{file}",
      http::answer([&](Request& request) { return show_csv(request, analytics); }));
}

}  // namespace picsharz::analytics
