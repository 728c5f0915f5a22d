#include "http/inner.h"

#include <utility>
#include <variant>

namespace picsharz::http {

Response InnerRoutes::get(const Request& outer, std::string path) const {
  return ask(outer.viewer, outer, std::move(path));
}

Response InnerRoutes::get_as_visitor(const Request& outer, std::string path) const {
  return ask({}, outer, std::move(path));
}

Response InnerRoutes::ask(const Viewer& viewer, const Request& outer, std::string path) const {
  Match match = router_.match(Method::get, path);
  if (match.route == nullptr || !match.route->handler) {
    return problem(not_found().error(), outer.request_id);
  }
  if (auto allowed = may_use_(viewer, *match.route); !allowed) {
    return problem(allowed.error(), outer.request_id);
  }
  Request request;
  request.path = std::move(path);
  request.target = request.path;
  request.path_values = std::move(match.values);
  request.route = match.route->pattern;
  request.remote_address = outer.remote_address;
  request.request_id = outer.request_id;
  request.viewer = viewer;
  return match.route->handler(request);
}

std::string take_text(Response& response) {
  if (auto* text = std::get_if<std::string>(&response.body)) return std::move(*text);
  if (const auto* view = std::get_if<std::string_view>(&response.body)) return std::string(*view);
  if (const auto* shared = std::get_if<std::shared_ptr<const std::string>>(&response.body)) {
    return **shared;
  }
  return {};
}

}  // namespace picsharz::http
