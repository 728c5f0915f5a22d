#include "mail/letter.h"

#include <utility>

namespace picsharz::mail {

namespace {

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string as_text(std::initializer_list<Part> parts) {
  std::string out;
  for (const auto& part : parts) {
    if (part.content.empty()) continue;
    if (!out.empty()) out += "\n\n";
    if (part.kind == Part::Kind::link) out += part.caption + ":\n";
    out += part.kind == Part::Kind::code ? "    " + part.content : part.content;
  }
  return out + "\n";
}

// Colours that hold on white and on black, so that a mail program's dark mode cannot hide anything.
std::string as_html(std::initializer_list<Part> parts) {
  std::string out =
      "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"color-scheme\" "
      "content=\"light dark\"></head><body style=\"font:16px/24px system-ui,sans-serif;"
      "max-width:560px;margin:24px auto;padding:0 16px\">";
  for (const auto& part : parts) {
    if (part.content.empty()) continue;
    const std::string content = escape_html(part.content);
    switch (part.kind) {
      case Part::Kind::text:
        out += "<p>" + content + "</p>";
        break;
      case Part::Kind::code:
        out += "<p style=\"font:650 28px/34px ui-monospace,monospace;letter-spacing:.12em\">" +
               content + "</p>";
        break;
      case Part::Kind::link:
        out.append("<p><a href=\"").append(content);
        out +=
            "\" style=\"display:inline-block;background:#0E6F66;color:#FFFFFF;padding:10px "
            "16px;border-radius:8px;text-decoration:none\">";
        out.append(escape_html(part.caption)).append("</a></p><p style=\"font-size:14px\">");
        out.append(content).append("</p>");
        break;
    }
  }
  return out + "</body></html>";
}

}  // namespace

Mail compose(std::string_view to, std::string subject, std::initializer_list<Part> parts,
             std::string message_id) {
  return {.to = std::string(to),
          .subject = std::move(subject),
          .text = as_text(parts),
          .html = as_html(parts),
          .message_id = std::move(message_id)};
}

}  // namespace picsharz::mail
