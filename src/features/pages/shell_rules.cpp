#include "features/pages/shell_rules.h"

#include <algorithm>
#include <utility>

#include "base/escape_html.h"
#include "base/json.h"
#include "base/json_tree.h"
#include "base/languages.h"

namespace picsharz::pages {

namespace {

constexpr std::size_t head_bytes = 4096;  // of a document, about
constexpr std::int64_t most_ahead = 8;    // pictures
constexpr std::size_t photo_bytes = 300;  // of a photo in it

constexpr std::string_view program_tag = "<script type=\"module\"";

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// Of a tag; "" where it has none of that name.
std::string attribute_of(std::string_view tag, std::string_view name) {
  const std::string opening = " " + std::string(name) + "=\"";
  const std::size_t at = tag.find(opening);
  if (at == std::string_view::npos) return {};
  const std::string_view value = tag.substr(at + opening.size());
  return std::string(value.substr(0, value.find('"')));
}

std::string replaced(std::string_view text, std::string_view part, std::string_view other) {
  std::string out(text);
  if (const auto at = out.find(part); at != std::string::npos) out.replace(at, part.size(), other);
  return out;
}

// The next tag with what belongs to it (a script's end); "" at the end.
std::string_view take_tag(std::string_view& head) {
  const std::size_t open = head.find('<');
  if (open == std::string_view::npos) return {};
  const std::string_view from = head.substr(open);
  const bool pair = from.starts_with("<script") || from.starts_with("<title");
  const std::string_view end = !pair ? ">" : from.starts_with("<script") ? "</script>" : "</title>";
  const std::size_t close = from.find(end);
  if (close == std::string_view::npos) return {};
  head = from.substr(close + end.size());
  return from.substr(0, close + end.size());
}

// What each page says by itself.
bool is_of_page(std::string_view tag) {
  return tag.starts_with("<title") || has(tag, "charset=") || has(tag, "name=\"description\"");
}

// A tag for a reader who chose `theme`; "" where it is for the other one.
std::string for_theme(std::string_view tag, std::string_view theme) {
  if (has(tag, "name=\"color-scheme\"")) return replaced(tag, "light dark", theme);
  if (!has(tag, "name=\"theme-color\"")) return std::string(tag);
  std::string media = " media=\"(prefers-color-scheme: ";
  media.append(theme).append(")\"");
  return has(tag, media) ? replaced(tag, media, "") : std::string();
}

std::vector<std::string> texts_of(const JsonTree& list) {
  std::vector<std::string> texts;
  for (const JsonTree& each : list.items()) texts.push_back(each.text());
  return texts;
}

std::size_t pictures_of(const JsonTree& number, std::size_t otherwise) {
  const auto said = number.number().value_or(static_cast<std::int64_t>(otherwise));
  return static_cast<std::size_t>(std::clamp<std::int64_t>(said, 0, most_ahead));
}

void read_json(Shell& shell, std::string_view shell_json) {
  const auto tree = JsonTree::parse(shell_json);
  if (!tree) return;
  auto languages = texts_of((*tree)["languages"]);
  if (!languages.empty()) shell.languages = std::move(languages);
  shell.starter = (*tree)["starter"].text();
  for (const auto& [language, areas] : (*tree)["catalogues"].members()) {
    Catalogues& own = shell.catalogues[language];
    for (const auto& [area, modules] : areas.members()) own[area] = texts_of(modules);
  }
  for (const auto& [name, said] : (*tree)["pages"].members()) {
    Kind& kind = shell.kinds[name];
    kind.modules = texts_of(said["modules"]);
    kind.styles = texts_of(said["styles"]);
    kind.areas = texts_of(said["areas"]);
    kind.sizes = said["sizes"].text();
    kind.first = pictures_of(said["first"], kind.first);
    kind.soon = pictures_of(said["soon"], kind.soon);
    kind.rest_media = said["rest_media"].text();
    kind.avif_media = said["avif_media"].text();
    kind.other_media = said["other_media"].text();
  }
}

// Appends a document piece by piece.
class Writer {
 public:
  explicit Writer(std::size_t bytes) { out_.reserve(bytes); }

  Writer& raw(std::string_view markup) {
    out_ += markup;
    return *this;
  }
  Writer& text(std::string_view typed) {
    append_html(out_, typed);
    return *this;
  }
  Writer& attribute(std::string_view name, std::string_view value) {
    return raw(" ").raw(name).raw("=\"").text(value).raw("\"");
  }
  Writer& meta(std::string_view key, std::string_view name, std::string_view content) {
    if (content.empty()) return *this;
    return raw("<meta").attribute(key, name).attribute("content", content).raw(">\n");
  }
  Writer& property(std::string_view name, std::string_view content) {
    return meta("property", name, content);
  }
  Writer& json(std::string_view json) {
    append_json_in_html(out_, json);
    return *this;
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

void write_card(Writer& out, const Site& site, const Head& head) {
  out.property("og:site_name", site.name)
      .property("og:type", head.type)
      .property("og:title", head.title)
      .property("og:description", head.description)
      .property("og:url", site.url + head.path);
  const bool large = head.image && head.type == "article";
  out.meta("name", "twitter:card", large ? "summary_large_image" : "summary");
  if (!head.image) return;
  out.property("og:image", site.url + head.image->url);
  if (head.image->width > 0) {
    out.property("og:image:width", std::to_string(head.image->width))
        .property("og:image:height", std::to_string(head.image->height));
  }
  out.property("og:image:alt", head.image->alt);
}

void write_preload(Writer& out, const Preload& preload) {
  out.raw("<link rel=\"preload\" as=\"image\"");
  if (preload.soon) out.attribute("fetchpriority", "high");
  out.attribute("imagesrcset", preload.srcset).attribute("imagesizes", preload.sizes);
  if (!preload.media.empty()) out.attribute("media", preload.media);
  if (preload.avif) out.attribute("type", "image/avif");
  out.raw(">\n");
}

// Of a page: its own, and the catalogues, of every page and of this one. Disguised English is in no
// catalogue of its own.
std::vector<std::string> modules_of(const Shell& shell, std::string_view language,
                                    const Page& page) {
  std::vector<std::string> modules;
  std::vector<std::string> areas{"core"};
  if (const auto kind = shell.kinds.find(page.kind); kind != shell.kinds.end()) {
    modules = kind->second.modules;
    areas.insert(areas.end(), kind->second.areas.begin(), kind->second.areas.end());
  }
  auto own = shell.catalogues.find(language);
  if (own == shell.catalogues.end()) own = shell.catalogues.find("en");
  if (own == shell.catalogues.end()) return modules;
  for (const std::string& area : areas) {
    if (const auto one = own->second.find(area); one != own->second.end()) {
      modules.insert(modules.end(), one->second.begin(), one->second.end());
    }
  }
  return modules;
}

// A picture that stands in the document has the line to itself: the program comes when it is seen.
bool starts_later(const Shell& shell, const Page& page) {
  return page.ahead && !shell.program.empty() && !shell.starter.empty();
}

void write_modules(Writer& out, const std::vector<std::string>& modules) {
  for (const std::string& module : modules) {
    out.raw("<link rel=\"modulepreload\" crossorigin").attribute("href", module).raw(">\n");
  }
}

// For the starter, which web/src/starter.ts is.
void write_program(Writer& out, const std::string& program,
                   const std::vector<std::string>& modules) {
  std::string json;
  JsonWriter list(json);
  list.begin_array().value(program);
  for (const std::string& module : modules) list.value(module);
  list.end_array();
  out.raw("<script type=\"application/json\" id=\"program\">").json(json).raw("</script>\n");
}

void write_head(Writer& out, const Shell& shell, const Site& site, const Reader& reader,
                const Page& page) {
  const Head& head = page.head;
  out.raw("<head>\n<meta charset=\"utf-8\">\n").raw(shell.viewport);
  out.raw("<title>").text(head.title).raw("</title>\n");
  out.meta("name", "description", head.description);
  if (!head.index) out.meta("name", "robots", "noindex");
  if (!head.path.empty()) {
    out.raw("<link rel=\"canonical\"").attribute("href", site.url + head.path).raw(">\n");
  }
  for (const auto& [type, path] : head.alternates) {
    out.raw("<link rel=\"alternate\"").attribute("type", type);
    out.attribute("href", site.url + path).raw(">\n");
  }
  for (const Preload& preload : page.preloads) write_preload(out, preload);
  const std::string& head_of_all = reader.theme == "dark"    ? shell.dark_head
                                   : reader.theme == "light" ? shell.light_head
                                                             : shell.head;
  const bool later = starts_later(shell, page);
  out.raw(later ? replaced(head_of_all, shell.program, shell.starter) : head_of_all);
  if (const auto kind = shell.kinds.find(page.kind); kind != shell.kinds.end()) {
    for (const std::string& style : kind->second.styles) {
      out.raw("<link rel=\"stylesheet\" crossorigin").attribute("href", style).raw(">\n");
    }
  }
  const std::vector<std::string> modules = modules_of(shell, reader.language, page);
  if (later) {
    write_program(out, shell.program, modules);
  } else {
    write_modules(out, modules);
  }
  if (head.card) write_card(out, site, head);
  out.raw("</head>\n");
}

void write_ahead(Writer& out, const Ahead& ahead) {
  out.raw("<div class=\"ahead\"><picture>");
  if (!ahead.avif.empty()) {
    out.raw("<source type=\"image/avif\"").attribute("srcset", ahead.avif);
    out.attribute("sizes", ahead.sizes);
    if (!ahead.avif_media.empty()) out.attribute("media", ahead.avif_media);
    out.raw(">");
  }
  out.raw("<img fetchpriority=\"high\"").attribute("src", ahead.image.url);
  out.attribute("srcset", ahead.srcset).attribute("sizes", ahead.sizes);
  out.attribute("width", std::to_string(ahead.image.width));
  out.attribute("height", std::to_string(ahead.image.height));
  out.attribute("alt", ahead.image.alt).raw("></picture></div>");
}

void write_plain(Writer& out, const Page& page) {
  out.raw("<noscript>\n<h1>").text(page.head.title).raw("</h1>\n");
  if (!page.text.empty()) out.raw("<p>").text(page.text).raw("</p>\n");
  if (page.photos.empty()) {
    out.raw("<p>This page needs JavaScript.</p>\n");
  } else {
    out.raw("<ul>\n");
  }
  for (const PlainPhoto& photo : page.photos) {
    out.raw("<li><a").attribute("href", photo.path).raw("><img loading=\"lazy\"");
    out.attribute("src", photo.image.url).attribute("width", std::to_string(photo.image.width));
    out.attribute("height", std::to_string(photo.image.height)).attribute("alt", photo.image.alt);
    out.raw("></a></li>\n");
  }
  if (!page.photos.empty()) out.raw("</ul>\n");
  out.raw("</noscript>\n");
}

}  // namespace

Shell read_shell(std::string_view index_html, std::string_view shell_json) {
  Shell shell;
  const std::size_t from = index_html.find("<head>");
  const std::size_t to = index_html.find("</head>");
  if (from != std::string_view::npos && to != std::string_view::npos && from < to) {
    std::string_view head = index_html.substr(from + 6, to - from - 6);
    for (std::string_view tag = take_tag(head); !tag.empty(); tag = take_tag(head)) {
      if (is_of_page(tag)) continue;
      if (has(tag, "name=\"viewport\"")) {
        shell.viewport.append(tag).append("\n");
        continue;
      }
      if (tag.starts_with(program_tag)) shell.program = attribute_of(tag, "src");
      shell.head.append(tag).append("\n");
      for (auto* themed : {&shell.light_head, &shell.dark_head}) {
        const std::string said = for_theme(tag, themed == &shell.light_head ? "light" : "dark");
        if (!said.empty()) themed->append(said).append("\n");
      }
    }
  }
  read_json(shell, shell_json);
  return shell;
}

std::string write_document(const Shell& shell, const Site& site, const Reader& reader,
                           const Page& page) {
  Writer out(head_bytes + page.data.size() + page.photos.size() * photo_bytes);
  out.raw("<!doctype html>\n<html").attribute("lang", reader.language);
  if (is_right_to_left(reader.language)) out.attribute("dir", "rtl");
  if (!reader.theme.empty()) out.attribute("data-theme", reader.theme);
  out.raw(">\n");
  write_head(out, shell, site, reader, page);
  out.raw("<body>\n<div id=\"app\">");
  if (page.ahead) write_ahead(out, *page.ahead);
  out.raw("</div>\n");
  if (!page.data.empty()) {
    out.raw("<script type=\"application/json\" id=\"data\">").json(page.data).raw("</script>\n");
  }
  write_plain(out, page);
  out.raw("</body>\n</html>\n");
  return out.take();
}

}  // namespace picsharz::pages
