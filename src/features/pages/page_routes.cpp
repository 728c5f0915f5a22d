#include "features/pages/page_routes.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/function_ref.h"
#include "base/json_tree.h"
#include "features/pages/drawn_pages.h"
#include "features/pages/page_rules.h"
#include "features/pages/page_service.h"
#include "features/pages/shell_rules.h"
#include "http/content_coding.h"

namespace picsharz::pages {

using http::Request;
using http::Response;

namespace {

bool takes_gzip(const Request& request) {
  return http::accepts_coding(request.header("Accept-Encoding"), "gzip");
}

// Of pages that carry nothing, those that search engines may name.
constexpr std::array<std::string_view, 5> indexed = {"/about", "/help", "/login", "/signup",
                                                     "/terms"};

constexpr std::size_t unpacked_bytes = 1024;  // of what is not worth packing

// What the API says to the viewer of one page.
class Asking {
 public:
  Asking(const http::InnerRoutes& inner, const Request& request)
      : inner_(inner), request_(request) {
    ask("/v1/instance");
    if (request.viewer.signed_in()) me_ = ask("/v1/me").value_or("");
  }

  // nullopt: it was refused, with status().
  std::optional<std::string> ask(const std::string& root, std::string_view value = {},
                                 std::string_view rest = {}) {
    std::string path = root;
    Response response = inner_.get(request_, path.append(value).append(rest));
    status_ = response.status;
    for (const auto& [name, told] : response.headers) {
      if (name == "Location") moved_to_ = told;
    }
    if (status_ != 200) return std::nullopt;
    std::string asked = root + http::percent_encode(value);
    answers_.push_back({asked.append(rest), http::take_text(response)});
    return answers_.back().body;
  }

  const Request& request() const { return request_; }
  int status() const { return status_; }
  const std::string& moved_to() const { return moved_to_; }
  std::string data() const { return data_of(answers_); }
  std::string language() const {
    const auto me = JsonTree::parse(me_);
    return me ? (*me)["settings"]["language"].text() : std::string();
  }

 private:
  const http::InnerRoutes& inner_;
  const Request& request_;
  std::vector<Answer> answers_;
  std::string me_;
  std::string moved_to_;
  int status_ = 0;
};

class PageRoutes {
 public:
  PageRoutes(http::Router& router, PageSettings settings, http::AccessCheck may_use)
      : settings_(std::move(settings)), inner_(router, std::move(may_use)) {}

  Response home(Request& request);
  Response recent(Request& request) { return list(request, "recent", "", "/recent"); }
  Response popular(Request& request);
  Response photo(Request& request);
  Response profile(Request& request);
  Response tag(Request& request);
  Response collection(Request& request);
  Response search(Request& request);
  Response upload(Request& request);
  Response plain(const Request& request) const;

 private:
  Making making(const Request& request) const {
    return {settings_.site, settings_.shell, !request.viewer.signed_in()};
  }
  // The site is for members, and nobody is signed in: the page says so by itself.
  bool shut(const Request& request) const {
    return !settings_.site.visitors && !request.viewer.signed_in();
  }
  Response list(Request& request, std::string_view kind, std::string_view title, std::string path);
  using Draw = FunctionRef<Page()>;
  // With what was answered.
  Response send(const Asking& asking, Draw draw) const;
  // The same for whatever is not there and whatever may not be seen, whoever asks.
  Response missing(const Asking& asking) const {
    const Request& request = asking.request();
    if (shut(request)) return send(asking, [&] { return plain_page(making(request)); });
    return shared(request, "404", [&] { return plain_page(making(request), 404); });
  }
  Reader reader_of(const Request& request, std::string_view account_language = {}) const {
    return read_reader(settings_.shell, request.cookie("theme"), request.cookie("lang"),
                       account_language, request.header("Accept-Language"));
  }
  // `of`: whatever the page follows from, but for its reader.
  Response shared(const Request& request, std::string of, Draw draw) const;
  Drawn drawn(const Reader& reader, const Page& page, bool pack) const;
  Response answer(const Drawn& drawn) const;

  const PageSettings settings_;
  const http::InnerRoutes inner_;
  mutable DrawnPages drawn_;
};

Drawn PageRoutes::drawn(const Reader& reader, const Page& page, bool pack) const {
  std::string text = write_document(settings_.shell, settings_.site, reader, page);
  pack = pack && text.size() > unpacked_bytes;
  if (pack) text = packed(text);
  return {page.status, pack, std::make_shared<const std::string>(std::move(text))};
}

Response PageRoutes::answer(const Drawn& drawn) const {
  Response response;
  response.status = drawn.status;
  response.header("Content-Type", "text/html; charset=utf-8");
  if (drawn.packed) response.header("Content-Encoding", "gzip");
  response.header("Content-Security-Policy", settings_.policy);
  // Never no-store: the browser keeps the page for its Back button.
  response.header("Cache-Control", "private, no-cache");
  response.header("Vary", "Cookie, Authorization, Accept-Language, Accept-Encoding");
  response.body = drawn.text;
  return response;
}

Response PageRoutes::shared(const Request& request, std::string of, Draw draw) const {
  const Reader reader = reader_of(request);
  const bool pack = takes_gzip(request);
  of.append(1, '\n').append(reader.theme).append(1, '\n').append(reader.language);
  of.append(pack ? "\ngzip" : "\n");
  if (const auto found = drawn_.find(of)) return answer(*found);
  const Drawn made = drawn(reader, draw(), pack);
  drawn_.keep(std::move(of), made);
  return answer(made);
}

Response PageRoutes::send(const Asking& asking, Draw draw) const {
  const Request& request = asking.request();
  std::string data = asking.data();
  const auto with_data = [&] {
    Page page = draw();
    page.data = data;
    return page;
  };
  if (!request.viewer.signed_in()) return shared(request, request.path + "\n" + data, with_data);
  const bool choice = settings_.shell.languages.size() > 1;
  const bool pack =
      takes_gzip(request) && came_by_themselves(settings_.site, request.header("Sec-Fetch-Site"));
  return answer(drawn(reader_of(request, choice ? asking.language() : ""), with_data(), pack));
}

Response PageRoutes::plain(const Request& request) const {
  const bool index =
      settings_.site.visitors && std::ranges::find(indexed, request.path) != indexed.end();
  const auto kind = settings_.shell.kinds.find(request.path);
  std::string_view name;
  if (kind != settings_.shell.kinds.end()) name = kind->first;
  return shared(request, std::string(index ? "indexed " : "plain ").append(name), [&] {
    Page page = plain_page({settings_.site, settings_.shell});
    page.kind = name;
    page.head.index = index;
    return page;
  });
}

Response PageRoutes::list(Request& request, std::string_view kind, std::string_view title,
                          std::string path) {
  Asking asking(inner_, request);
  const std::string root = kind == "home"     ? "/v1/feed/home"
                           : kind == "recent" ? "/v1/feed/recent"
                                              : "/v1/popular";
  const auto photos = asking.ask(root);
  return send(asking, [&] {
    return photos ? list_page(making(request), kind, title, std::move(path), *photos)
                  : plain_page(making(request));
  });
}

Response PageRoutes::home(Request& request) {
  return list(request, request.viewer.signed_in() ? "home" : "recent", "", "/");
}

Response PageRoutes::popular(Request& request) { return list(request, "popular", "", "/popular"); }

Response PageRoutes::photo(Request& request) {
  Asking asking(inner_, request);
  const auto photo = asking.ask("/v1/photos/", request.path_values.at(0));
  if (!photo) return missing(asking);
  return send(asking, [&] {
    Page page = photo_page(making(request), *photo);
    if (request.path.ends_with("/view")) page.ahead.reset();  // there it is drawn elsewhere
    return page;
  });
}

Response PageRoutes::profile(Request& request) {
  constexpr std::string_view accounts = "/v1/accounts/";
  const std::string& handle = request.path_values.at(0);
  Asking asking(inner_, request);
  const auto profile = asking.ask(std::string(accounts), handle);
  if (!profile && asking.status() == 308) {
    Response response;
    response.status = 301;
    response.header("Location", "/@" + asking.moved_to().substr(accounts.size()));
    // Not to be kept: the person may go back to the old handle.
    return std::move(response.header("Cache-Control", "no-store"));
  }
  if (!profile) return missing(asking);
  const auto photos = asking.ask(std::string(accounts), handle, "/photos");
  return send(asking, [&] { return profile_page(making(request), *profile, photos.value_or("")); });
}

Response PageRoutes::tag(Request& request) {
  const std::string& tag = request.path_values.at(0);
  Asking asking(inner_, request);
  const auto photos = asking.ask("/v1/tags/", tag);
  return send(asking, [&] {
    return photos ? list_page(making(request), "tag", "#" + tag,
                              "/tags/" + http::percent_encode(tag), *photos)
                  : plain_page(making(request));
  });
}

Response PageRoutes::collection(Request& request) {
  const std::string& id = request.path_values.at(0);
  Asking asking(inner_, request);
  const auto collection = asking.ask("/v1/collections/", id);
  if (!collection) return missing(asking);
  const auto photos = asking.ask("/v1/collections/", id, "/photos");
  return send(asking,
              [&] { return collection_page(making(request), *collection, photos.value_or("")); });
}

// Repeats what the address says, so it holds nothing that is anybody's (ADR 0035).
Response PageRoutes::search(Request& request) {
  std::string language;
  if (request.viewer.signed_in() && settings_.shell.languages.size() > 1) {
    language = Asking(inner_, request).language();
  }
  const Page page = search_page(making(request), request.query_value("q").value_or(""));
  return answer(drawn(reader_of(request, language), page, takes_gzip(request)));
}

// Who is here, and what is accepted: without them it draws nothing.
Response PageRoutes::upload(Request& request) {
  const Asking asking(inner_, request);
  return send(asking, [&] {
    Page page = plain_page(making(request));
    page.kind = "/upload";
    return page;
  });
}

}  // namespace

http::Handler add_page_routes(http::Router& router, PageSettings settings,
                              http::AccessCheck may_use) {
  const auto pages = std::make_shared<PageRoutes>(router, std::move(settings), std::move(may_use));
  using R = PageRoutes;
  http::Handler plain = [pages](Request& request) { return pages->plain(request); };
  const auto add = [&](std::string pattern, Response (R::*make)(Request&)) {
    router.add(
        {.method = http::Method::get,
         .pattern = std::move(pattern),
         .access = http::Access::open,
         .scope = Scope::read,
         .handler = [pages, make](Request& request) { return (pages.get()->*make)(request); },
         .rate = http::RateClass::read,
         .instead = plain});
  };
  add("/", &R::home);
  add("/recent", &R::recent);
  add("/explore", &R::recent);
  add("/popular", &R::popular);
  add("/photo/{id}", &R::photo);
  add("/photo/{id}/view", &R::photo);
  add("/@{handle}", &R::profile);
  add("/tags/{tag...}", &R::tag);
  add("/collections/{id}", &R::collection);
  add("/search", &R::search);
  add("/upload", &R::upload);
  return plain;
}

}  // namespace picsharz::pages
