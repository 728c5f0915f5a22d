#include "features/analytics/tag_report_rules.h"

#include <initializer_list>
#include <string_view>
#include <utility>

#include "base/json.h"

namespace picsharz::analytics {

namespace {

void write_figure(JsonWriter& out, std::string_view id, std::int64_t value) {
  out.begin_object().field("id", id).field("unit", "count").field("value", value).end_object();
}

using Columns = std::initializer_list<std::pair<std::string_view, std::string_view>>;

void begin_table(JsonWriter& out, std::string_view id, const Columns& columns) {
  out.begin_object().field("id", id).key("columns").begin_array();
  for (const auto& [name, kind] : columns) {
    out.begin_object().field("id", name).field("kind", kind).end_object();
  }
  out.end_array().key("rows").begin_array();
}

void end_table(JsonWriter& out) { out.end_array().end_object(); }

void write_tables(JsonWriter& out, const TagAnalysis& found) {
  out.key("tables").begin_array();
  begin_table(out, "words", {{"word", "text"}, {"members", "count"}, {"photos", "count"}});
  for (const TagTerm& each : found.terms) {
    out.begin_array().value(each.text).value(each.members).value(each.photos).end_array();
  }
  end_table(out);
  begin_table(
      out, "trends",
      {{"word", "text"}, {"members", "count"}, {"expected", "count"}, {"deviation", "count"}});
  for (const TagTrend& each : found.trends) {
    out.begin_array()
        .value(each.text)
        .value(each.members)
        .value(each.expected)
        .value(each.deviation)
        .end_array();
  }
  end_table(out);
  begin_table(out, "phrases", {{"phrase", "text"}, {"members", "count"}, {"bond", "percent"}});
  for (const TagPhrase& each : found.phrases) {
    out.begin_array().value(each.text).value(each.members).value(100 * each.bond).end_array();
  }
  end_table(out);
  out.end_array();
}

void write_trends(JsonWriter& out, const TagAnalysis& found) {
  out.key("trends").begin_array();
  for (const TagTrend& each : found.trends) {
    out.begin_object().field("text", each.text).key("weeks").begin_array();
    for (const std::int64_t members : each.weeks) out.value(members);
    out.end_array()
        .field("expected", each.expected)
        .field("deviation", each.deviation)
        .end_object();
  }
  out.end_array();
}

void write_cloud(JsonWriter& out, const TagAnalysis& found) {
  out.key("cloud").begin_array();
  for (const TagTerm& each : found.terms) {
    out.begin_object()
        .field("text", each.text)
        .field("weight", each.weight)
        .field("members", each.members)
        .end_object();
  }
  out.end_array();
}

void write_clusters(JsonWriter& out, const TagAnalysis& found) {
  out.key("clusters").begin_array();
  for (const TagCluster& each : found.clusters) {
    out.begin_object().field("members", each.members).key("terms").begin_array();
    for (const std::string& term : each.terms) out.value(term);
    out.end_array().end_object();
  }
  out.end_array();
}

void write_graph(JsonWriter& out, const TagAnalysis& found) {
  out.key("graph").begin_object().key("nodes").begin_array();
  for (const TagNode& each : found.nodes) {
    out.begin_object().field("text", each.text).field("members", each.members).key("cluster");
    each.cluster < 0 ? out.null() : out.value(each.cluster);
    out.end_object();
  }
  out.end_array().key("edges").begin_array();
  for (const TagEdge& each : found.edges) {
    out.begin_object()
        .field("from", static_cast<std::int64_t>(each.from))
        .field("to", static_cast<std::int64_t>(each.to))
        .field("members", each.members)
        .field("bond", each.bond)
        .end_object();
  }
  out.end_array().end_object();
}

}  // namespace

std::string tag_analysis_json(const TagAnalysis& found) {
  std::string json;
  JsonWriter out(json);
  out.begin_object().time_field("updated_at", found.made_at).key("figures").begin_array();
  write_figure(out, "photos", found.photos);
  write_figure(out, "members", found.members);
  write_figure(out, "words", found.words);
  out.end_array();
  write_tables(out, found);
  write_trends(out, found);
  write_cloud(out, found);
  write_clusters(out, found);
  write_graph(out, found);
  out.end_object();
  return json;
}

}  // namespace picsharz::analytics
