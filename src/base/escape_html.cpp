#include "base/escape_html.h"

namespace picsharz {

namespace {

std::string_view escaped(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    default:
      return "&quot;";
  }
}

}  // namespace

void append_html(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const std::size_t plain = text.find_first_of("&<>\"");
    out.append(text.substr(0, plain));
    if (plain == std::string_view::npos) return;
    out.append(escaped(text[plain]));
    text.remove_prefix(plain + 1);
  }
}

void append_json_in_html(std::string& out, std::string_view json) {
  for (;;) {
    const std::size_t plain = json.find('<');
    out.append(json.substr(0, plain));
    if (plain == std::string_view::npos) return;
    out.append("\\u003c");  // where a `<` stands in JSON, it stands in a string
    json.remove_prefix(plain + 1);
  }
}

std::string escape_html(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  append_html(out, text);
  return out;
}

}  // namespace picsharz
