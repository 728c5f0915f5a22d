#include "features/pages/syndication_routes.h"

#include <charconv>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "base/json_tree.h"
#include "crypto/crypto.h"
#include "features/pages/syndication_rules.h"
#include "http/answer.h"

namespace picsharz::pages {

using http::Request;
using http::Response;

namespace {

constexpr std::string_view atom_type = "application/atom+xml; charset=utf-8";
constexpr std::string_view xml_type = "application/xml; charset=utf-8";

Response shared(std::string_view type, std::string body) {
  Response response;
  response.header("Content-Type", type);
  response.header("Cache-Control", "public, max-age=300");
  response.header("ETag", "\"" + crypto::hex(crypto::sha256(body)).substr(0, 16) + "\"");
  response.body = std::move(body);
  return response;
}

Result<std::int64_t> bound_of(const Request& request, std::string_view name) {
  const auto said = request.query_value(name);
  if (!said) return 0;
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(said->data(), said->data() + said->size(), number);
  if (failure != std::errc{} || end != said->data() + said->size() || number < 1) {
    return fail(ErrorKind::invalid, "invalid_request", "The size is not a number.",
                "Send maxwidth and maxheight in pixels.");
  }
  return number;
}

class SyndicationRoutes {
 public:
  SyndicationRoutes(http::Router& router, Site site, SitemapService& sitemap,
                    http::AccessCheck may_use)
      : site_(std::move(site)), sitemap_(sitemap), inner_(router, std::move(may_use)) {}

  Result<Response> person(Request& request) {
    const std::string root = "/v1/accounts/" + request.path_values.at(0);
    TRY_ASSIGN(const std::string profile, ask(request, root));
    TRY_ASSIGN(const std::string photos, ask(request, root + "/photos"));
    const JsonTree person = JsonTree::parse(profile).value_or(JsonTree());
    const std::string handle = "@" + person["handle"].text();
    return shared(atom_type,
                  atom(site_, person["name"].text() + " · " + handle, "/" + handle, photos));
  }
  Result<Response> tag(Request& request) {
    const std::string& tag = request.path_values.at(0);
    TRY_ASSIGN(const std::string photos, ask(request, "/v1/tags/" + tag));
    return shared(atom_type, atom(site_, "#" + tag + " · " + site_.name,
                                  "/tags/" + http::percent_encode(tag), photos));
  }
  Result<Response> embed(Request& request) {
    if (const auto format = request.query_value("format"); format && *format != "json") {
      return http::problem(501,
                           {ErrorKind::unsupported, "format_unknown", "There is only JSON.",
                            "Ask with format=json."},
                           request.request_id);
    }
    Box most;
    TRY_ASSIGN(most.width, bound_of(request, "maxwidth"));
    TRY_ASSIGN(most.height, bound_of(request, "maxheight"));
    const std::string_view id = photo_of(site_, request.query_value("url").value_or(""));
    if (id.empty()) return not_found();
    TRY_ASSIGN(const std::string photo, ask(request, "/v1/photos/" + std::string(id)));
    auto said = oembed(site_, photo, most);
    if (!said) return not_found();
    return shared("application/json", *std::move(said));
  }
  Result<Response> sitemap_parts(Request&) {
    return shared(xml_type, sitemap_index(site_, sitemap_.parts()));
  }
  Result<Response> sitemap_part(Request& request) {
    const auto paths = sitemap_.part(request.path_values.at(0));
    if (!paths) return not_found();
    return shared(xml_type, sitemap(site_, *paths));
  }
  const Site& site() const { return site_; }

 private:
  // What moved or is shown to members only is not there for a reader of feeds.
  Result<std::string> ask(const Request& request, std::string path) const {
    Response response = inner_.get_as_visitor(request, std::move(path));
    if (response.status != 200) return not_found();
    return http::take_text(response);
  }

  const Site site_;
  SitemapService& sitemap_;
  const http::InnerRoutes inner_;
};

}  // namespace

void add_syndication_routes(http::Router& router, Site site, SitemapService& sitemap,
                            http::AccessCheck may_use) {
  const auto routes =
      std::make_shared<SyndicationRoutes>(router, std::move(site), sitemap, std::move(may_use));
  using R = SyndicationRoutes;
  const auto add = [&](std::string pattern, Result<Response> (R::*make)(Request&)) {
    router.add({.method = http::Method::get,
                .pattern = std::move(pattern),
                .access = http::Access::open,
                .scope = Scope::read,
                .handler = http::answer(
                    [routes, make](Request& request) { return (routes.get()->*make)(request); }),
                .rate = http::RateClass::search});
  };
  add("/@{handle}/atom.xml", &R::person);
  add("/tags/{tag}/atom.xml", &R::tag);
  add("/oembed", &R::embed);
  add("/sitemap.xml", &R::sitemap_parts);
  add("/sitemap/{part}", &R::sitemap_part);
  router.add(
      {.method = http::Method::get,
       .pattern = "/robots.txt",
       .access = http::Access::open,
       .scope = Scope::read,
       .handler = [text = robots(routes->site())](Request&) { return http::text(200, text); },
       .pool = http::Pool::io});
}

}  // namespace picsharz::pages
