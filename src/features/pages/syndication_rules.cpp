#include "features/pages/syndication_rules.h"

#include <algorithm>

#include "base/escape_html.h"
#include "base/json.h"
#include "base/limits.h"
#include "features/pages/page_rules.h"
#include "image/renditions.h"

namespace picsharz::pages {

namespace {

constexpr std::string_view xml_head = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n";
constexpr std::string_view long_ago = "1970-01-01T00:00:00Z";
constexpr std::int64_t cache_age = 300;  // seconds: what is taken away is gone elsewhere, too

// XML has no place for U+FFFE and U+FFFF; other characters that it has none for nobody can type.
void append_xml(std::string& out, std::string_view text) {
  for (std::size_t from = 0; from <= text.size();) {
    std::size_t to = std::min(text.find("\xEF\xBF\xBE", from), text.find("\xEF\xBF\xBF", from));
    append_html(out, text.substr(from, to == std::string_view::npos ? to : to - from));
    if (to == std::string_view::npos) return;
    from = to + 3;
  }
}

void element(std::string& out, std::string_view name, std::string_view text) {
  out.append("<").append(name).append(">");
  append_xml(out, text);
  out.append("</").append(name).append(">\n");
}

std::string public_picture(const Site& site, const JsonTree& photo, int size) {
  return site.url + "/media/p/" + photo["id"].text() + "/" + std::to_string(size);
}

bool has_size(const JsonTree& photo, int size) {
  return !photo["urls"][std::to_string(size)].text().empty();
}

void append_entry(std::string& out, const Site& site, const JsonTree& photo) {
  const std::string page = site.url + "/photo/" + photo["id"].text();
  const std::string name = photo["owner"]["name"].text();
  const std::string title = photo["title"].text();
  out += "<entry>\n";
  element(out, "title", title.empty() ? name : title);
  element(out, "id", page);
  out.append("<link href=\"").append(escape_html(page)).append("\"/>\n");
  for (const std::string_view time : {"published", "updated"}) {
    element(out, time, photo["created_at"].text());
  }
  out += "<author>";
  element(out, "name", name);
  element(out, "uri", site.url + "/@" + photo["owner"]["handle"].text());
  out += "</author>\n";
  std::string content;
  for (const int size : {640, 320}) {
    if (!has_size(photo, size)) continue;
    content.append("<p><img src=\"").append(escape_html(public_picture(site, photo, size)));
    content.append("\" alt=\"").append(escape_html(photo["alt"].text())).append("\"></p>");
    break;
  }
  if (const std::string said = photo["description"].text(); !said.empty()) {
    content.append("<p>").append(escape_html(said)).append("</p>");
  }
  out += "<content type=\"html\">";
  append_xml(out, content);
  out += "</content>\n</entry>\n";
}

std::string addresses(std::string_view root, std::string_view each, const Site& site,
                      const std::vector<std::string>& paths) {
  std::string out(xml_head);
  out.append("<").append(root);
  out.append(" xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n");
  for (const std::string& path : paths) {
    out.append("<").append(each).append("><loc>");
    append_xml(out, site.url + path);
    out.append("</loc></").append(each).append(">\n");
  }
  return out.append("</").append(root).append(">\n");
}

}  // namespace

std::string robots(const Site& site) {
  if (!site.visitors) return "User-agent: *\nDisallow: /\n";
  return "User-agent: *\n"
         "Disallow: /v1/\n"
         "Disallow: /media/\n"
         "Allow: /media/p/\n"
         "Disallow: /search\n"
         "Sitemap: " +
         site.url + "/sitemap.xml\n";
}

std::string atom(const Site& site, std::string_view title, std::string_view path,
                 std::string_view list) {
  const auto photos = items_of(list, limits::page_default);
  std::string page = site.url;
  page += path;
  std::string out(xml_head);
  out += "<feed xmlns=\"http://www.w3.org/2005/Atom\">\n";
  element(out, "title", title);
  element(out, "id", page);
  out.append("<link href=\"").append(escape_html(page)).append("\"/>\n");
  out.append("<link rel=\"self\" href=\"").append(escape_html(page)).append("/atom.xml\"/>\n");
  element(out, "updated", photos.empty() ? long_ago : photos.front()["created_at"].text());
  for (const JsonTree& photo : photos) append_entry(out, site, photo);
  return out += "</feed>\n";
}

std::optional<std::string> oembed(const Site& site, std::string_view answer, Box most) {
  const JsonTree photo = JsonTree::parse(answer).value_or(JsonTree());
  const auto fits = [](std::int64_t side, std::int64_t bound) {
    return bound <= 0 || side <= bound;
  };
  const int width = static_cast<int>(photo["width"].number().value_or(0));
  const int height = static_cast<int>(photo["height"].number().value_or(0));
  if (width <= 0 || height <= 0) return std::nullopt;
  for (const int size : {1280, 640, 320}) {
    const image::Extent extent = image::rendition_extent(width, height, size);
    if (!has_size(photo, size)) continue;
    if (!fits(extent.width, most.width) || !fits(extent.height, most.height)) continue;
    std::string body;
    JsonWriter(body)
        .begin_object()
        .field("version", "1.0")
        .field("type", "photo")
        .field("title", photo["title"].text())
        .field("author_name", photo["owner"]["name"].text())
        .field("author_url", site.url + "/@" + photo["owner"]["handle"].text())
        .field("provider_name", site.name)
        .field("provider_url", site.url + "/")
        .field("cache_age", cache_age)
        .field("url", public_picture(site, photo, size))
        .field("width", extent.width)
        .field("height", extent.height)
        .end_object();
    return body;
  }
  return std::nullopt;
}

std::string_view photo_of(const Site& site, std::string_view url) {
  constexpr std::string_view pages = "/photo/";
  if (!url.starts_with(site.url)) return {};
  url.remove_prefix(site.url.size());
  if (!url.starts_with(pages)) return {};
  url.remove_prefix(pages.size());
  if (url.ends_with("/view")) url.remove_suffix(5);
  const bool digits = std::ranges::all_of(url, [](char c) { return c >= '0' && c <= '9'; });
  return digits ? url : std::string_view();
}

std::string sitemap(const Site& site, const std::vector<std::string>& paths) {
  return addresses("urlset", "url", site, paths);
}

std::string sitemap_index(const Site& site, const std::vector<std::string>& paths) {
  return addresses("sitemapindex", "sitemap", site, paths);
}

}  // namespace picsharz::pages
