#include "http/router.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <map>

namespace picsharz::http {

namespace {

constexpr std::array methods = {Method::get,   Method::head, Method::post,   Method::put,
                                Method::patch, Method::del,  Method::options};

constexpr std::size_t values_max = 8;

[[noreturn]] void refuse(const Route& route, const char* reason) {
  std::fprintf(stderr, "route %s %s: %s\n", std::string(method_name(route.method)).c_str(),
               route.pattern.c_str(), reason);
  std::abort();
}

// Takes the first segment off a path without its leading slash; false where none is left.
std::string_view take_segment(std::string_view& rest, bool& more) {
  const std::size_t slash = rest.find('/');
  const std::string_view segment = rest.substr(0, slash);
  more = slash != std::string_view::npos;
  rest = more ? rest.substr(slash + 1) : std::string_view();
  return segment;
}

RateClass derived_rate(const Route& route) {
  if (route.pattern.starts_with("/media/")) return RateClass::media;
  if (!route.pattern.starts_with("/v1/")) return RateClass::none;
  if (route.pool == Pool::password) return RateClass::auth;
  if (route.body == BodyKind::stream) return RateClass::upload;
  const bool reads = route.method == Method::get || route.method == Method::head ||
                     route.method == Method::options;
  return reads ? RateClass::read : RateClass::write;
}

bool is_value(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

// @{name}: a handle, which an address of the web has behind this mark.
constexpr char mark = '@';

bool is_marked_value(std::string_view segment) {
  return segment.starts_with(mark) && is_value(segment.substr(1));
}

}  // namespace

// The values that a path may have, while it is not known which route it is.
struct Router::Values {
  std::array<std::string_view, values_max> found;
  std::size_t count = 0;
};

struct Router::Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
  std::unique_ptr<Node> marked;  // @{name}
  std::unique_ptr<Node> value;   // {name}
  std::unique_ptr<Node> rest;    // {name...}
  std::array<const Route*, methods.size()> routes{};

  bool answers() const {
    for (const Route* route : routes) {
      if (route != nullptr) return true;
    }
    return false;
  }

  const Node* find(std::string_view path, bool more, Values& values) const;
  std::string allow() const;
};

// A literal wins over @{name}, that over {name}, and that over {name...}; where the winner leads
// nowhere, the next is tried.
const Router::Node* Router::Node::find(std::string_view path, bool more, Values& values) const {
  if (!more) return answers() ? this : nullptr;
  std::string_view after = path;
  const std::string_view segment = take_segment(after, more);
  if (const auto literal = literals.find(segment); literal != literals.end()) {
    if (const Node* found = literal->second->find(after, more, values)) return found;
  }
  if (marked && segment.size() > 1 && segment.front() == mark) {
    values.found[values.count++] = segment.substr(1);
    if (const Node* found = marked->find(after, more, values)) return found;
    --values.count;
  }
  if (value && !segment.empty()) {
    values.found[values.count++] = segment;
    if (const Node* found = value->find(after, more, values)) return found;
    --values.count;
  }
  if (rest) {
    values.found[values.count++] = path;
    return rest.get();
  }
  return nullptr;
}

std::string Router::Node::allow() const {
  std::string names;
  for (const Method method : methods) {
    const bool answered = routes[static_cast<std::size_t>(method)] != nullptr ||
                          (method == Method::head && routes[0] != nullptr);
    if (!answered) continue;
    if (!names.empty()) names += ", ";
    names += method_name(method);
  }
  return names;
}

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;

void Router::add(Route route) {
  if (!route.pattern.starts_with('/')) refuse(route, "the pattern does not start with a slash");
  if (route.access == Access::undeclared) refuse(route, "does not say who may use it");
  if (route.rate == RateClass::derived) route.rate = derived_rate(route);
  if (!route.handler == !route.async) refuse(route, "needs a handler or an asynchronous one");
  if (route.at_once && !route.async) refuse(route, "answers at once, and never later");
  if ((route.body == BodyKind::stream) != static_cast<bool>(route.begin)) {
    refuse(route, "a stream needs `begin`, and only a stream");
  }
  if (route.body == BodyKind::stream && route.max_body <= 0)
    refuse(route, "a stream needs a bound");
  Node* node = root_.get();
  std::size_t values = 0;
  std::string_view rest = std::string_view(route.pattern).substr(1);
  for (bool more = true; more;) {
    const std::string_view segment = take_segment(rest, more);
    std::unique_ptr<Node>* next = nullptr;
    values += is_value(segment) || is_marked_value(segment) ? 1 : 0;
    if (values > values_max) refuse(route, "has too many values");
    if (is_value(segment) && segment.ends_with("...}")) {
      if (more) refuse(route, "{name...} must be last");
      next = &node->rest;
    } else if (is_value(segment)) {
      next = &node->value;
    } else if (is_marked_value(segment)) {
      next = &node->marked;
    } else {
      next = &node->literals[std::string(segment)];
    }
    if (!*next) *next = std::make_unique<Node>();
    node = next->get();
  }
  const Route*& place = node->routes[static_cast<std::size_t>(route.method)];
  if (place != nullptr) refuse(route, "is there already");
  routes_.push_back(std::make_unique<Route>(std::move(route)));
  place = routes_.back().get();
}

Match Router::match(Method method, std::string_view path, std::vector<std::string> kept) const {
  Match match{.values = std::move(kept)};
  Values values;
  const Node* node = path.starts_with('/') ? root_->find(path.substr(1), true, values) : nullptr;
  if (node != nullptr) {
    match.route = node->routes[static_cast<std::size_t>(method)];
    if (match.route == nullptr && method == Method::head) match.route = node->routes[0];
    if (match.route == nullptr) match.allow = node->allow();
  }
  match.values.resize(match.route == nullptr ? 0 : values.count);
  for (std::size_t i = 0; i < match.values.size(); ++i) match.values[i] = values.found[i];
  return match;
}

std::vector<const Route*> Router::routes() const {
  std::vector<const Route*> all;
  all.reserve(routes_.size());
  for (const auto& route : routes_) all.push_back(route.get());
  return all;
}

void Router::set_fallback(Handler handler) { fallback_ = std::move(handler); }
const Handler& Router::fallback() const { return fallback_; }

std::pair<std::string, std::string> rate_policy(std::string_view code, std::int64_t quota,
                                                Micros window) {
  std::string value = "\"";
  value.append(code).append("\";q=").append(std::to_string(quota));
  value.append(";w=").append(std::to_string(window / second));
  return {"RateLimit-Policy", std::move(value)};
}

}  // namespace picsharz::http
