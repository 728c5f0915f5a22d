#include "features/exports/export_rules.h"

#include "base/escape_html.h"
#include "base/json.h"

namespace picsharz::exports {

namespace {

constexpr std::size_t segment_bytes = 100;

// What a person called a file, without what a file system could read as something else.
std::string safe_segment(std::string_view name) {
  constexpr std::string_view forbidden = "/\\:*?\"<>|";
  std::string safe;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F || forbidden.find(c) != std::string_view::npos) {
      safe += '_';
    } else if (c != '.' || !safe.empty()) {
      safe += c;
    }
  }
  if (safe.size() > segment_bytes) {  // the end tells the format; a character is not cut
    std::size_t from = safe.size() - segment_bytes;
    while ((static_cast<unsigned char>(safe[from]) & 0xC0) == 0x80) ++from;
    safe.erase(0, from);
  }
  while (!safe.empty() && (safe.back() == '.' || safe.back() == ' ')) safe.pop_back();
  return safe;
}

// A path of ours as an address beside the page.
std::string address(std::string_view path) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '/';
    if (plain) {
      out += c;
    } else {
      out.append("%").append(1, digits[byte >> 4]).append(1, digits[byte & 15]);
    }
  }
  return out;
}

void write_names(JsonWriter& out, std::string_view field, const std::vector<std::string>& names) {
  out.key(field).begin_array();
  for (const std::string& name : names) out.value(name);
  out.end_array();
}

void write_maybe_time(JsonWriter& out, std::string_view field, std::optional<Micros> time) {
  time ? out.time_field(field, *time) : out.null_field(field);
}

// What its owner agreed to, for his knowledge: an import asks anew.
void write_acceptance(JsonWriter& out, const accounts::Acceptance& accepted) {
  out.key("terms");
  if (accepted.accepted_at == 0) {
    out.null();
    return;
  }
  out.begin_object()
      .field("version", accepted.terms_version)
      .time_field("accepted_at", accepted.accepted_at)
      .field("minimum_age", accepted.minimum_age)
      .end_object();
}

void write_reference(JsonWriter& out, const PhotoReference& photo) {
  out.begin_object().field("id", photo.id).field("owner", photo.owner).end_object();
}

}  // namespace

std::string photo_path(const photos::Photo& photo) {
  std::string name = safe_segment(photo.file_name);
  std::string path = "photos/" + photo.id.str();
  if (name.empty()) return path.append(".").append(photos::extension(photo.format));
  return path.append("-").append(name);
}

std::string archive_name(std::string_view handle, Micros made_at) {
  std::string name = "picsharz-";
  return name.append(handle).append("-").append(format_time(made_at), 0, 10).append(".zip");
}

std::string photo_json(const ExportedPhoto& exported) {
  const photos::Photo& photo = exported.photo;
  const photos::PhotoDetails& details = exported.details;
  std::string json;
  JsonWriter out(json);
  out.begin_object().field("id", photo.id).key("file");
  exported.crc ? out.value(photo_path(photo)) : out.null();
  out.field("file_name", photo.file_name)
      .field("sha256", photo.original)
      .field("bytes", photo.bytes)
      .field("title", photo.title)
      .field("description", photo.description)
      .field("alt", photo.alt);
  out.key("tags").raw(photo.tags);
  out.key("labels").raw(photo.labels);
  write_names(out, "removed_labels", exported.removed_labels);
  out.field("visibility", photos::visibility_name(photo.visibility))
      .field("state", photos::state_name(photo.state))
      .field("place", details.place)
      .field("show_camera", details.show_camera)
      .field("allow_download", details.allow_download)
      .field("comments_allowed", details.comments_allowed)
      .time_field("created_at", photo.created_at)
      .field("taken_at", details.metadata.taken_at)
      .field("copyright", details.metadata.copyright);
  out.key("camera");
  details.metadata.camera.empty() ? out.null() : out.raw(details.metadata.camera);
  out.field("width", photo.width).field("height", photo.height).end_object();
  return json;
}

std::string like_json(const ExportedLike& like) {
  std::string json;
  JsonWriter out(json);
  out.begin_object().key("photo");
  write_reference(out, like.photo);
  out.time_field("liked_at", like.at).end_object();
  return json;
}

std::string comment_json(const ExportedComment& comment) {
  std::string json;
  JsonWriter out(json);
  out.begin_object().field("id", comment.id).key("photo");
  comment.photo ? write_reference(out, *comment.photo) : void(out.null());
  out.key("reply_to");
  comment.parent ? out.value(comment.parent) : out.null();
  out.field("author", comment.author).field("text", comment.text);
  out.time_field("created_at", comment.at);
  write_maybe_time(out, "edited_at", comment.edited_at);
  out.end_object();
  return json;
}

std::string person_json(const ExportedPerson& person) {
  std::string json;
  JsonWriter(json)
      .begin_object()
      .field("handle", person.handle)
      .time_field("since", person.since)
      .end_object();
  return json;
}

std::string collection_json(const ExportedCollection& collection,
                            const std::vector<PhotoReference>& photos) {
  std::string json;
  JsonWriter out(json);
  out.begin_object()
      .field("id", std::to_string(collection.id))
      .field("saved", collection.saved)
      .field("name", collection.name)
      .field("description", collection.description)
      .field("visibility", photos::visibility_name(collection.visibility))
      .time_field("created_at", collection.created_at);
  out.key("photos").begin_array();
  for (const PhotoReference& photo : photos) write_reference(out, photo);
  out.end_array().end_object();
  return json;
}

std::string profile_json(const accounts::Account& account, bool has_avatar) {
  std::string json;
  JsonWriter out(json);
  out.begin_object()
      .field("handle", account.handle)
      .field("email", account.email)
      .field("name", account.name)
      .field("bio", account.bio)
      .field("country", account.country)
      .field("language", account.language)
      .field("private", account.is_private)
      .field("show_camera", account.show_camera)
      .field("allow_download", account.allow_download)
      .field("comments_allowed", account.comments_allowed)
      .time_field("created_at", account.created_at)
      .key("avatar");
  has_avatar ? out.value(avatar_file) : out.null();
  write_acceptance(out, account.accepted);
  out.end_object();
  return json;
}

std::string page_begin(const accounts::Account& account, std::string_view instance) {
  const std::string name = escape_html(account.name);
  std::string page =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>";
  page.append(name).append(
      "</title>\n<style>\n:root { color-scheme: light dark; }\n"
      "body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto;"
      " padding: 1.5rem; }\nmain { display: grid; gap: 2rem 1.5rem;"
      " grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); }\n"
      "img { display: block; width: 100%; height: 15rem; object-fit: cover;"
      " border-radius: 0.5rem; background: #8882; }\nh2 { font-size: 1rem; margin: 0.5rem 0 0; }\n"
      "p { margin: 0.25rem 0; overflow-wrap: anywhere; white-space: pre-line; }\n"
      ".meta { opacity: 0.7; font-size: 0.875rem; }\n</style>\n</head>\n<body>\n<header>\n<h1>");
  page.append(name).append("</h1>\n<p class=\"meta\">@").append(escape_html(account.handle));
  page.append(" at ")
      .append(escape_html(instance))
      .append("</p>\n<p>")
      .append(escape_html(account.bio));
  page.append("</p>\n<p class=\"meta\">The same for programs: ");
  for (const char* file :
       {"profile", "photos", "collections", "comments", "likes", "follows", "settings", "export"}) {
    page.append("<a href=\"").append(file).append(".json\">").append(file).append("</a> ");
  }
  return page.append("</p>\n</header>\n<main>\n");
}

std::string page_photo(const ExportedPhoto& exported) {
  const photos::Photo& photo = exported.photo;
  std::string html = "<article>\n";
  if (exported.crc) {
    const std::string file = address(photo_path(photo));
    html.append("<a href=\"").append(file).append("\"><img src=\"").append(file);
    html.append("\" loading=\"lazy\" alt=\"");
    html.append(escape_html(photo.alt.empty() ? photo.title : photo.alt)).append("\"></a>\n");
  } else {
    html.append("<p class=\"meta\">The file of this photo is damaged on the server.</p>\n");
  }
  if (!photo.title.empty()) html.append("<h2>").append(escape_html(photo.title)).append("</h2>\n");
  if (!photo.description.empty()) {
    html.append("<p>").append(escape_html(photo.description)).append("</p>\n");
  }
  html.append("<p class=\"meta\">").append(format_time(photo.created_at), 0, 10);
  html.append(" · ").append(photos::visibility_name(photo.visibility)).append("</p>\n");
  return html.append("</article>\n");
}

std::string page_end() { return "</main>\n</body>\n</html>\n"; }

std::string readme(const accounts::Account& account, std::string_view instance, Micros now) {
  std::string text = "Everything of @";
  text.append(account.handle).append(" at ").append(instance).append(", ");
  text.append(format_time(now), 0, 10).append(".\n\n");
  return text.append(
      "index.html         the photos, to look at in a browser\n"
      "photos/            the files as you uploaded them, with all that the camera wrote\n"
      "photos.json        titles, descriptions, tags, dates, who may see them\n"
      "collections.json   your collections, and what you saved\n"
      "comments.json      what you wrote, and what others wrote under your photos\n"
      "likes.json         what you liked\n"
      "follows.json       whom you follow, who follows you, whom you blocked or muted\n"
      "profile.json       your profile, and the terms that you accepted\n"
      "avatar.webp        your picture, where you have one\n"
      "settings.json      what you are told of, and how\n"
      "export.json        which format this is\n\n"
      "Photos that a moderator removed are not here. Another Picsharz reads this archive: "
      "Settings,\n"
      "Your data, Import.\n");
}

}  // namespace picsharz::exports
