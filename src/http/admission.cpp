#include "http/admission.h"

namespace picsharz::http {

namespace {

constexpr Micros millisecond = second / 1000;

constexpr std::array<Patience, importances> patiences = {{
    {.wait = 50 * millisecond, .share = 50},
    {.wait = 100 * millisecond, .share = 60},
    {.wait = 200 * millisecond, .share = 75},
    {.wait = 400 * millisecond, .share = 90},
    {},
}};

bool has_credentials(const Request& request) {
  return request.has_header("Authorization") || request.has_header("Cookie");
}

}  // namespace

Importance importance_of(const Route& route, const Request& request) {
  if (route.rate == RateClass::auth || route.access >= Access::moderator) {
    return Importance::essential;
  }
  if (route.rate == RateClass::search) return Importance::search;
  if (route.rate == RateClass::upload) return Importance::upload;
  return has_credentials(request) ? Importance::member : Importance::visitor;
}

Patience patience_of(Importance importance) {
  return patiences[static_cast<std::size_t>(importance)];
}

}  // namespace picsharz::http
