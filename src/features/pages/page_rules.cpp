#include "features/pages/page_rules.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

#include "base/json.h"
#include "base/languages.h"
#include "base/limits.h"
#include "image/renditions.h"

namespace picsharz::pages {

namespace {

constexpr std::string_view atom_type = "application/atom+xml";
constexpr std::string_view oembed_type = "application/json+oembed";
constexpr std::string_view between = " · ";
constexpr std::size_t description_max = 200;  // bytes; more of it nobody shows
constexpr std::array<int, 4> sizes = {320, 640, 1280, 2048};
constexpr std::array<int, 2> avif_sizes = {640, 1280};
constexpr int card_size = 1280;

std::string joined(std::initializer_list<std::string_view> parts) {
  std::string all;
  for (const std::string_view part : parts) {
    if (part.empty()) continue;
    if (!all.empty()) all += between;
    all += part;
  }
  return all;
}

// In one line, and not longer than what is shown of it.
std::string summary(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (!blank) line += c;
    if (blank && !line.empty() && line.back() != ' ') line += ' ';
  }
  if (line.size() > description_max) {
    std::size_t end = description_max;
    while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) --end;
    line.resize(end);
    line += "…";
  }
  while (line.ends_with(' ')) line.pop_back();
  return line;
}

image::Extent extent_of(const JsonTree& photo, int size) {
  const auto width = photo["width"].number().value_or(0);
  const auto height = photo["height"].number().value_or(0);
  if (width <= 0 || height <= 0) return {};
  return image::rendition_extent(static_cast<int>(width), static_cast<int>(height), size);
}

std::string alt_of(const JsonTree& photo) {
  for (const std::string_view name : {"alt", "title"}) {
    if (std::string text = photo[name].text(); !text.empty()) return text;
  }
  return photo["owner"]["name"].text();
}

// Of the given sizes the first that there is.
std::optional<Image> image_of(const JsonTree& photo, std::initializer_list<int> wanted) {
  for (const int size : wanted) {
    std::string url = photo["urls"][std::to_string(size)].text();
    if (url.empty()) continue;
    const image::Extent extent = extent_of(photo, size);
    return Image{std::move(url), extent.width, extent.height, alt_of(photo)};
  }
  return std::nullopt;
}

// By the address that lasts: other sites keep it.
std::optional<Image> card_image(const JsonTree& photo) {
  for (const int size : {card_size, 640, 320}) {
    auto image = image_of(photo, {size});
    if (!image) continue;
    image->url = "/media/p/" + photo["id"].text() + "/" + std::to_string(size);
    return image;
  }
  return std::nullopt;
}

std::string photo_path(const JsonTree& photo) { return "/photo/" + photo["id"].text(); }

void add_plain(Page& page, const JsonTree& photo) {
  auto image = image_of(photo, {640, 320, card_size});
  if (image) page.photos.push_back({photo_path(photo), *std::move(image)});
}

const Kind* kind_of(const Making& making, std::string_view name) {
  const auto found = making.shell.kinds.find(name);
  return found == making.shell.kinds.end() ? nullptr : &found->second;
}

// What a browser would fetch of <picture><source avif><img>, once and no more.
void add_preloads(Page& page, const Kind& kind, const JsonTree& photo, bool soon = true) {
  const std::string avif = srcset(photo, true);
  const std::string plain = srcset(photo, false);
  const std::string& all = soon ? kind.avif_media : kind.rest_media;
  if (!avif.empty()) page.preloads.push_back({avif, kind.sizes, all, true, soon});
  const bool others = avif.empty() || !kind.other_media.empty();
  if (others && !plain.empty()) {
    const std::string media = avif.empty() ? (soon ? "" : kind.rest_media) : kind.other_media;
    page.preloads.push_back({plain, kind.sizes, media, false, soon});
  }
}

// As Picture.svelte writes it.
std::optional<Ahead> ahead_of(const Kind& kind, const JsonTree& photo) {
  auto image = image_of(photo, {640, 320, card_size});
  if (!image) return std::nullopt;
  image->width = photo["width"].number().value_or(0);
  image->height = photo["height"].number().value_or(0);
  return Ahead{*std::move(image), srcset(photo, false), kind.sizes, srcset(photo, true),
               kind.avif_media};
}

Page begin(const Making& making, std::string_view kind, std::string title, std::string path) {
  Page page;
  page.kind = kind;
  page.head.title = std::move(title);
  page.head.description = summary(making.site.description);
  page.head.path = std::move(path);
  page.head.card = page.head.index = making.visitor && making.site.visitors;
  return page;
}

void add_list(Page& page, const Making& making, std::string_view list) {
  const Kind* kind = kind_of(making, page.kind);
  const std::size_t first = kind != nullptr && !kind->sizes.empty() ? kind->first : 0;
  const auto photos = items_of(list, making.visitor ? limits::page_default : first);
  for (std::size_t i = 0; i < std::min(first, photos.size()); ++i) {
    add_preloads(page, *kind, photos[i], i < kind->soon);
  }
  if (!making.visitor) return;  // whoever is signed in got there by a script
  for (const JsonTree& photo : photos) add_plain(page, photo);
}

}  // namespace

std::string data_of(std::span<const Answer> answers) {
  std::size_t bytes = 20;
  for (const Answer& answer : answers) bytes += answer.path.size() + answer.body.size() + 8;
  std::string data;
  data.reserve(bytes);
  data += "{\"answers\":{";
  for (const Answer& answer : answers) {
    if (data.back() != '{') data += ',';
    append_json_string(data, answer.path);
    data.append(":").append(answer.body);
  }
  return data += "}}";
}

Page plain_page(const Making& making, int status) {
  Page page;
  page.status = status;
  page.head.title = making.site.name;
  page.head.description = summary(making.site.description);
  return page;
}

Page list_page(const Making& making, std::string_view kind, std::string_view title,
               std::string path, std::string_view list) {
  Page page = begin(making, kind, joined({title, making.site.name}), std::move(path));
  page.text = making.site.description;
  // A tag that holds a slash has none: its address would be another tag's.
  if (kind == "tag" && page.head.card && page.head.path.find("%2F") == std::string::npos) {
    page.head.alternates = {{atom_type, page.head.path + "/atom.xml"}};
  }
  add_list(page, making, list);
  return page;
}

Page photo_page(const Making& making, std::string_view answer) {
  const JsonTree photo = JsonTree::parse(answer).value_or(JsonTree());
  const std::string by = photo["owner"]["name"].text();
  Page page = begin(making, "photo", joined({photo["title"].text(), by, making.site.name}),
                    photo_path(photo));
  page.head.type = "article";
  page.text = photo["description"].text();
  page.head.description = summary(page.text.empty() ? alt_of(photo) : page.text);
  page.head.image = card_image(photo);
  if (page.head.card) {
    // A colon and a slash may stand in a query as they are.
    page.head.alternates = {
        {oembed_type, "/oembed?format=json&url=" + making.site.url + page.head.path}};
  }
  const Kind* kind = kind_of(making, page.kind);
  if (kind != nullptr && !kind->sizes.empty()) {
    add_preloads(page, *kind, photo);
    // Not for members: what a browser keeps of a page, another person may come back to.
    if (making.visitor) page.ahead = ahead_of(*kind, photo);
  }
  if (making.visitor) add_plain(page, photo);
  return page;
}

Page profile_page(const Making& making, std::string_view answer, std::string_view list) {
  const JsonTree profile = JsonTree::parse(answer).value_or(JsonTree());
  const std::string handle = "@" + profile["handle"].text();
  const std::string name = profile["name"].text();
  Page page = begin(making, "profile", joined({name, handle, making.site.name}), "/" + handle);
  page.head.type = "profile";
  page.text = profile["bio"].text();
  page.head.description = page.text.empty() ? joined({name, handle}) : summary(page.text);
  if (std::string avatar = profile["avatar"].text(); !avatar.empty()) {
    page.head.image = Image{.url = std::move(avatar), .alt = name};
  }
  if (profile["private"].truth().value_or(true)) page.head.card = page.head.index = false;
  if (page.head.card) page.head.alternates = {{atom_type, page.head.path + "/atom.xml"}};
  add_list(page, making, list);
  return page;
}

Page collection_page(const Making& making, std::string_view answer, std::string_view list) {
  const JsonTree collection = JsonTree::parse(answer).value_or(JsonTree());
  const std::string by = collection["owner"]["name"].text();
  Page page = begin(making, "collection", joined({collection["name"].text(), by, making.site.name}),
                    "/collections/" + collection["id"].text());
  page.text = collection["description"].text();
  if (!page.text.empty()) page.head.description = summary(page.text);
  add_list(page, making, list);
  return page;
}

Page search_page(const Making& making, std::string_view typed) {
  Page page = plain_page(making);
  page.kind = "search";
  page.head.title = joined({summary(typed), making.site.name});
  return page;
}

std::vector<JsonTree> items_of(std::string_view list, std::size_t most) {
  std::vector<JsonTree> items;
  const std::size_t from = list.find('[');
  if (from == std::string_view::npos || most == 0) return items;
  JsonList reader(list.size());
  // What follows the list is not of it, and the end of reading.
  static_cast<void>(reader.feed(list.substr(from), [&](std::string_view item) {
    if (auto tree = JsonTree::parse(item)) items.push_back(*std::move(tree));
    return items.size() < most;
  }));
  return items;
}

std::string srcset(const JsonTree& photo, bool avif) {
  std::string set;
  const std::span<const int> wanted = avif ? std::span<const int>(avif_sizes) : sizes;
  for (const int size : wanted) {
    std::string name = std::to_string(size);
    if (avif) name += ".avif";
    const std::string url = photo["urls"][name].text();
    if (url.empty()) continue;
    if (!set.empty()) set += ", ";
    set.append(url).append(" ").append(std::to_string(extent_of(photo, size).width)).append("w");
  }
  return set;
}

bool came_by_themselves(const Site& site, std::string_view sec_fetch_site) {
  return !site.url.starts_with("https:") || sec_fetch_site == "same-origin" ||
         sec_fetch_site == "none";
}

Reader read_reader(const Shell& shell, std::string_view theme_cookie,
                   std::string_view language_cookie, std::string_view account_language,
                   std::string_view accept_language) {
  Reader reader;
  if (theme_cookie == "light" || theme_cookie == "dark") reader.theme = theme_cookie;
  const std::vector<std::string_view> ours(shell.languages.begin(), shell.languages.end());
  reader.language = shell.languages.front();
  for (const std::string_view said : {language_cookie, account_language, accept_language}) {
    const std::string_view chosen = choose_language(said, ours);
    if (chosen.empty()) continue;
    reader.language = chosen;
    break;
  }
  return reader;
}

}  // namespace picsharz::pages
