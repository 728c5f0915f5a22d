#include "app/metrics.h"

#include <algorithm>
#include <charconv>

namespace picsharz::app {

namespace {

constexpr std::string_view other_route = "other";  // what no route matched

std::string number(double value) {
  char digits[40];
  const auto [end, failure] = std::to_chars(digits, digits + sizeof digits, value);
  return std::string(digits, end);
}

std::string label_of(std::string_view route, http::Method method) {
  std::string label = "route=\"";
  label.append(route).append("\",method=\"").append(http::method_name(method)).append("\"");
  return label;
}

void line(std::string& out, std::string_view name, std::string_view labels, double value) {
  out.append(name).append("{").append(labels).append("} ").append(number(value)).append("\n");
}

void head(std::string& out, std::string_view name, std::string_view type, std::string_view help) {
  out.append("# TYPE ").append(name).append(" ").append(type).append("\n");
  out.append("# HELP ").append(name).append(" ").append(help).append("\n");
}

// Not what lasts as long as its client likes: a stream of events, an upload.
bool is_timed(const http::Route& route) {
  return route.body != http::BodyKind::stream && route.pattern != "/v1/events";
}

}  // namespace

RouteClass class_of(const http::Route& route) {
  // The first that fits.
  static constexpr std::pair<std::string_view, RouteClass> table[] = {
      {"/media", RouteClass::media},
      {"/v1/photos/{id}/download", RouteClass::media},
      {"/v1/photos/{id}/original", RouteClass::media},
      {"/v1/uploads", RouteClass::upload},
      {"/v1/photos", RouteClass::photo},
      {"/v1/comments", RouteClass::photo},
      {"/v1/collections", RouteClass::photo},
      {"/v1/feed", RouteClass::feed},
      {"/v1/popular", RouteClass::feed},
      {"/v1/tags", RouteClass::feed},
      {"/v1/accounts/{handle}/photos", RouteClass::feed},
      {"/v1/search", RouteClass::search},
      {"/v1/admin", RouteClass::admin},
      {"/v1/moderation", RouteClass::admin},
      {"/v1/accounts", RouteClass::account},
      {"/v1/me", RouteClass::account},
      {"/v1/sessions", RouteClass::account},
      {"/v1/password", RouteClass::account},
      {"/v1", RouteClass::other},
      {"/livez", RouteClass::other},
      {"/readyz", RouteClass::other},
      {"/healthz", RouteClass::other},
  };
  if (route.body == http::BodyKind::stream) return RouteClass::upload;
  for (const auto& [beginning, about] : table) {
    if (route.pattern.starts_with(beginning)) return about;
  }
  return RouteClass::page;
}

Metrics::Metrics(const http::Router& router, Tally& tally) : tally_(tally) {
  const auto add = [this](std::string_view pattern, http::Method method) {
    auto& counts = routes_[label_of(pattern, method)];
    counts = std::make_unique<RouteCounts>();
    by_pattern_[{pattern.data(), method}] = counts.get();
    return counts.get();
  };
  const auto add_route = [&](const http::Route& route, http::Method method) {
    RouteCounts* const counts = add(route.pattern, method);
    counts->about = class_of(route);
    counts->timed = is_timed(route);
  };
  for (const http::Route* route : router.routes()) {
    add_route(*route, route->method);
    if (route->method == http::Method::get) add_route(*route, http::Method::head);
  }
  other_ = add(other_route, http::Method::get);
}

Metrics::RouteCounts& Metrics::counts_of(const http::Served& served) {
  const auto found = by_pattern_.find({served.route.data(), served.method});
  return found == by_pattern_.end() ? *other_ : *found->second;
}

void Metrics::count(const http::Served& served) {
  RouteCounts& counts = counts_of(served);
  const auto status_class = static_cast<std::size_t>(std::clamp(served.status / 100, 1, 5));
  const auto bucket =
      static_cast<std::size_t>(std::ranges::lower_bound(bounds, served.duration) - bounds.begin());
  counts.by_class[status_class].fetch_add(1, std::memory_order_relaxed);
  counts.by_duration[bucket].fetch_add(1, std::memory_order_relaxed);
  counts.microseconds.fetch_add(served.duration, std::memory_order_relaxed);
  counts.bytes.fetch_add(served.bytes, std::memory_order_relaxed);
  tally_.count_request(counts.about, served.status, served.bytes, served.duration, counts.timed);
}

void Metrics::gauge(std::string name, std::string help, std::function<double()> read) {
  readings_.push_back({std::move(name), std::move(help), false, std::move(read)});
}

void Metrics::counter(std::string name, std::string help, std::function<double()> read) {
  readings_.push_back({std::move(name), std::move(help), true, std::move(read)});
}

void Metrics::counters(std::string name, std::string help, std::function<Series()> read) {
  several_.push_back({std::move(name), std::move(help), std::move(read)});
}

void Metrics::info(std::string name, std::string help, std::string_view label,
                   std::string_view value) {
  std::string written(label);
  written.append("=\"").append(value).append("\"");
  infos_.push_back({std::move(name), std::move(help), std::move(written)});
}

std::string Metrics::text() const {
  std::string out;
  head(out, "picsharz_http_requests", "counter", "Answered requests.");
  for (const auto& [labels, counts] : routes_) {
    for (std::size_t i = 1; i < counts->by_class.size(); ++i) {
      if (const auto count = counts->by_class[i].load(); count > 0) {
        line(out, "picsharz_http_requests_total",
             labels + ",status=\"" + std::to_string(i) + "xx\"", static_cast<double>(count));
      }
    }
  }
  head(out, "picsharz_http_request_duration_seconds", "histogram", "From headers to answer.");
  for (const auto& [labels, counts] : routes_) {
    double sum = 0;
    for (std::size_t i = 0; i <= bounds.size(); ++i) {
      sum += static_cast<double>(counts->by_duration[i].load());
    }
    if (sum == 0) continue;
    double below = 0;
    for (std::size_t i = 0; i <= bounds.size(); ++i) {
      below += static_cast<double>(counts->by_duration[i].load());
      const std::string bound =
          i < bounds.size() ? number(static_cast<double>(bounds[i]) / 1e6) : "+Inf";
      std::string labelled = labels;
      labelled.append(",le=\"").append(bound).append("\"");
      line(out, "picsharz_http_request_duration_seconds_bucket", labelled, below);
    }
    line(out, "picsharz_http_request_duration_seconds_count", labels, sum);
    line(out, "picsharz_http_request_duration_seconds_sum", labels,
         static_cast<double>(counts->microseconds.load()) / 1e6);
  }
  head(out, "picsharz_http_sent_bytes", "counter", "Bytes of answers.");
  for (const auto& [labels, counts] : routes_) {
    if (const auto bytes = counts->bytes.load(); bytes > 0) {
      line(out, "picsharz_http_sent_bytes_total", labels, static_cast<double>(bytes));
    }
  }
  for (const auto& reading : readings_) {
    head(out, reading.name, reading.counter ? "counter" : "gauge", reading.help);
    out.append(reading.name).append(reading.counter ? "_total " : " ");
    out.append(number(reading.read())).append("\n");
  }
  for (const auto& several : several_) {
    head(out, several.name, "counter", several.help);
    for (const auto& [labels, value] : several.read()) {
      line(out, several.name + "_total", labels, value);
    }
  }
  for (const auto& info : infos_) {
    head(out, info.name, "info", info.help);
    line(out, info.name + "_info", info.label, 1);
  }
  return out + "# EOF\n";
}

}  // namespace picsharz::app
