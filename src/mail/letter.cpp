#include "mail/letter.h"

#include <algorithm>
#include <utility>

#include "base/escape_html.h"
#include "base/languages.h"
#include "mail/mail_limits.h"
#include "mail/texts.h"

namespace picsharz::mail {

namespace {

std::string quoted(std::string_view text) {
  std::string out = "> ";
  for (const char c : text) {
    out += c;
    if (c == '\n') out += "> ";
  }
  return out;
}

std::string text_of(const Part& part) {
  switch (part.kind) {
    case Part::Kind::code:
      return "    " + part.content;
    case Part::Kind::link:
    case Part::Kind::small_link:
      return part.caption + ":\n" + part.content;
    case Part::Kind::item:
      return "- " + part.caption + "\n  " + part.content;
    case Part::Kind::quote:
      return quoted(part.content);
    case Part::Kind::text:
    case Part::Kind::small:
    case Part::Kind::picture:
      break;
  }
  return part.content;
}

// What is not there at all.
bool is_left_out(const Part& part) {
  return part.kind == Part::Kind::picture ? !part.picture.photo : part.content.empty();
}

std::string as_text(const std::vector<Part>& parts) {
  std::string out;
  for (const auto& part : parts) {
    if (is_left_out(part) || part.kind == Part::Kind::picture) continue;
    if (!out.empty()) out += "\n\n";
    out += text_of(part);
  }
  return out + "\n";
}

std::string anchor(std::string_view address, std::string_view look, std::string_view caption) {
  std::string out = "<a href=\"";
  out.append(address).append("\" style=\"").append(look).append("\">");
  return out.append(caption).append("</a>");
}

std::string html_of(const Part& part) {
  const std::string content = escape_html(part.content);
  const std::string caption = escape_html(part.caption);
  switch (part.kind) {
    case Part::Kind::text:
    case Part::Kind::picture:
      break;
    case Part::Kind::code:
      return "<p style=\"font:650 28px/34px ui-monospace,monospace;letter-spacing:.12em\">" +
             content + "</p>";
    case Part::Kind::link:
      return "<p>" +
             anchor(content,
                    "display:inline-block;background:#0E6F66;color:#FFFFFF;padding:10px 16px;"
                    "border-radius:8px;text-decoration:none",
                    caption) +
             "</p><p style=\"font-size:14px;line-height:20px;word-break:break-all\">" + content +
             "</p>";
    case Part::Kind::item:
      return "<p style=\"margin:8px 0\">" + anchor(content, "color:inherit", caption) + "</p>";
    case Part::Kind::quote:
      return "<blockquote dir=\"auto\" style=\"margin:16px 0;padding:0 "
             "16px;white-space:pre-line;border-left:3px solid #857F75\">" +
             content + "</blockquote>";
    case Part::Kind::small:
      return "<p style=\"margin-top:32px;font-size:14px;line-height:20px\">" + content + "</p>";
    case Part::Kind::small_link:
      return "<p style=\"font-size:14px;line-height:20px\">" +
             anchor(content, "color:inherit", caption) + "</p>";
  }
  return "<p>" + content + "</p>";
}

// Text has no colour of its own and nothing has a background but the button, whose two colours hold
// on white and on black: a mail program's dark mode cannot hide anything.
std::string as_html(const std::string& subject, const std::vector<Part>& parts,
                    std::string_view language) {
  std::string out =
      "<!doctype html><html lang=\"" + std::string(language) + "\" dir=\"" +
      (is_right_to_left(language) ? "rtl" : "ltr") +
      "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\"><meta "
      "name=\"supported-color-schemes\" content=\"light dark\"><title>" +
      escape_html(subject) +
      "</title></head><body style=\"font:16px/24px system-ui,sans-serif;max-width:560px;"
      "margin:24px auto;padding:0 16px;overflow-wrap:break-word\">";
  std::size_t pictures = 0;
  for (const auto& part : parts) {
    if (is_left_out(part)) continue;
    if (part.kind != Part::Kind::picture) {
      out += html_of(part);
    } else if (pictures < limits::pictures_max) {
      out += picture_place(pictures++, part.picture.width);
    }
  }
  return out + "</body></html>";
}

std::vector<Picture> pictures_in(const std::vector<Part>& parts) {
  std::vector<Picture> pictures;
  for (const auto& part : parts) {
    if (part.kind != Part::Kind::picture || is_left_out(part)) continue;
    if (pictures.size() == limits::pictures_max) break;
    pictures.push_back({.photo = part.picture.photo, .reader = part.picture.reader});
  }
  return pictures;
}

}  // namespace

Part picture_of(PhotoId photo, AccountId owner, AccountId reader, int width) {
  if (owner != reader) photo = {};
  return {.kind = Part::Kind::picture,
          .content = {},
          .picture = {.photo = photo, .reader = reader, .width = width}};
}

Mail compose(const Reader& to, std::string subject, const std::vector<Part>& parts,
             std::string message_id) {
  std::ranges::replace_if(
      subject, [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  return {.to = to.email,
          .subject = subject,
          .text = as_text(parts),
          .html = as_html(subject, parts, Texts(to.language).language()),
          .message_id = std::move(message_id),
          .pictures = pictures_in(parts)};
}

std::vector<std::pair<std::string, std::string>> headers_of(const Mail& mail) {
  std::vector<std::pair<std::string, std::string>> headers{{"Auto-Submitted", "auto-generated"}};
  if (!mail.unsubscribe.empty()) {
    headers.emplace_back("List-Unsubscribe", "<" + mail.unsubscribe + ">");
    headers.emplace_back("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
  }
  return headers;
}

}  // namespace picsharz::mail
