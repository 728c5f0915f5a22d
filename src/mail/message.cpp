#include "mail/message.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

#include "crypto/crypto.h"
#include "mail/pictures.h"

namespace picsharz::mail {

namespace {

constexpr std::size_t line_max = 76;          // of a body in quoted-printable
constexpr std::size_t encoded_line_max = 76;  // RFC 2047: of a head with encoded words

bool is_plain(char c) { return c >= ' ' && c <= '~'; }

void append_hex(std::string& out, char c) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  out += '=';
  out += digits[byte >> 4];
  out += digits[byte & 15];
}

// Whatever would end or break a line becomes a blank.
std::string one_line(std::string_view text) {
  std::string line(text);
  std::ranges::replace_if(
      line, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, ' ');
  return line;
}

// Of a phrase, where RFC 2047 allows the fewest characters.
bool needs_no_code(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("!*+-/").find(c) != std::string_view::npos;
}

// The characters of UTF-8 that one encoded word takes; none is cut in two.
std::string_view character_at(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
  return text.substr(at, end - at);
}

// Encoded words, folded. `used`: how much of the first line is taken.
std::string encoded_words(std::string_view text, std::size_t used) {
  constexpr std::string_view begin = "=?UTF-8?Q?";
  constexpr std::string_view end = "?=";
  std::string out(begin);
  std::size_t length = used + begin.size();
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view character = character_at(text, at);
    std::string code;
    for (const char c : character) {
      if (c == ' ') {
        code += '_';
      } else if (needs_no_code(c)) {
        code += c;
      } else {
        append_hex(code, c);
      }
    }
    if (length + code.size() + end.size() > encoded_line_max) {
      out.append(end).append("\r\n ").append(begin);
      length = 1 + begin.size();
    }
    out += code;
    length += code.size();
    at += character.size();
  }
  return out.append(end);
}

// Folds at blanks, before the line is too long where that is possible.
std::string folded(std::string_view name, std::string_view text) {
  std::string out(name);
  out += ": ";
  std::size_t length = out.size();
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t blank = std::min(text.find(' ', at + 1), text.size());
    const std::string_view word = text.substr(at, blank - at);
    if (at > 0 && length + word.size() > line_max && word.size() > 1) {
      out += "\r\n";
      length = 0;
    }
    out.append(word);
    length += word.size();
    at = blank;
  }
  return out + "\r\n";
}

// Text that people wrote. A long word, and what looks like an encoded one, is encoded too.
std::string text_header(std::string_view name, std::string_view typed) {
  const std::string text = one_line(typed);
  std::size_t longest = 0;
  std::size_t word = 0;
  for (const char c : text) {
    word = c == ' ' ? 0 : word + 1;
    longest = std::max(longest, word);
  }
  const bool plain = std::ranges::all_of(text, is_plain) && longest < 60 &&
                     text.find("=?") == std::string::npos && text.find("  ") == std::string::npos &&
                     !text.starts_with(' ') && !text.ends_with(' ');
  if (plain) return folded(name, text);
  return std::string(name) + ": " + encoded_words(text, name.size() + 2) + "\r\n";
}

std::string mailbox_of(const Sender& from) {
  const std::string address = "<" + one_line(from.address) + ">";
  if (from.name.empty()) return one_line(from.address);
  const std::string name = one_line(from.name);
  if (!std::ranges::all_of(name, is_plain) || name.find("=?") != std::string::npos) {
    return encoded_words(name, std::string_view("From: ").size()) + "\r\n " + address;
  }
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\" " + address;
}

// RFC 5322: "Fri, 27 Nov 2026 23:50:34 +0000".
std::string date_of(Micros now) {
  constexpr std::array days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto seconds = static_cast<std::time_t>(now / second);
  std::tm tm{};
  ::gmtime_r(&seconds, &tm);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d +0000",
                days.at(static_cast<std::size_t>(tm.tm_wday)), tm.tm_mday,
                months.at(static_cast<std::size_t>(tm.tm_mon)), tm.tm_year + 1900, tm.tm_hour,
                tm.tm_min, tm.tm_sec);
  return text.data();
}

// One line of a body, without its end. A dot at its beginning and "From " are encoded, because not
// every program on the way leaves them alone.
std::string quoted_printable_line(std::string_view line) {
  std::string out;
  std::size_t length = 0;
  for (std::size_t at = 0; at < line.size(); ++at) {
    const char c = line[at];
    const bool last = at + 1 == line.size();
    const bool first = at == 0 && (c == '.' || line.starts_with("From "));
    std::string code;
    if ((is_plain(c) && c != '=' && !first && !(c == ' ' && last)) || (c == '\t' && !last)) {
      code = c;
    } else {
      append_hex(code, c);
    }
    if (length + code.size() > line_max - 1) {
      out += "=\r\n";
      length = 0;
      // The first of the next line must not be a dot either.
      if (code == ".") code = "=2E";
    }
    out += code;
    length += code.size();
  }
  return out;
}

std::string quoted_printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    out += quoted_printable_line(line) + "\r\n";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string id_characters(std::string_view id) {
  std::string out;
  for (const char c : id) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    out += plain || c == '-' ? c : '.';
  }
  return out;
}

std::string domain_in_id(const Sender& from) { return one_line(domain_of(from.address)); }

std::string begin_part(std::string_view boundary, std::string_view type) {
  std::string out = "--";
  return out.append(boundary).append("\r\nContent-Type: ").append(type).append("\r\n");
}

std::string end_parts(std::string_view boundary) {
  return std::string("--").append(boundary).append("--\r\n");
}

std::string base64_lines(std::string_view bytes) {
  const std::string text = crypto::base64(bytes);
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += line_max) {
    out.append(text, at, line_max).append("\r\n");
  }
  return out;
}

std::string part(std::string_view boundary, std::string_view kind, std::string_view content) {
  std::string out = begin_part(boundary, std::string(kind) + "; charset=utf-8");
  out.append("Content-Transfer-Encoding: quoted-printable\r\n\r\n");
  return out + quoted_printable(content);
}

std::string content_id(std::size_t index, const Mail& mail, const Sender& from) {
  std::string id = "photo-" + std::to_string(index + 1) + ".";
  return id.append(id_characters(mail.message_id)).append("@").append(domain_in_id(from));
}

std::string picture_part(std::string_view boundary, const Picture& picture, std::size_t index,
                         const std::string& id) {
  const std::string name = "photo-" + std::to_string(index + 1) + ".jpg";
  return begin_part(boundary, "image/jpeg; name=\"" + name + "\"") +
         "Content-Transfer-Encoding: base64\r\nContent-ID: <" + id +
         ">\r\nContent-Disposition: inline; filename=\"" + name + "\"\r\n\r\n" +
         base64_lines(picture.jpeg);
}

// The HTML alone, or with the pictures that it shows: nothing is fetched to read it (RFC 2387).
std::string html_part(std::string_view boundary, const Mail& mail, const Sender& from) {
  const auto address = [&](std::size_t index) { return "cid:" + content_id(index, mail, from); };
  const std::string html = with_pictures(mail.html, mail.pictures, address);
  const auto has_bytes = [](const Picture& picture) { return !picture.jpeg.empty(); };
  if (std::ranges::none_of(mail.pictures, has_bytes)) return part(boundary, "text/html", html);
  // It must not begin like the one around it; and "=." cannot occur in quoted-printable either.
  const std::string inner = "=." + std::string(boundary.substr(2));
  std::string out =
      begin_part(boundary, "multipart/related; type=\"text/html\";\r\n boundary=\"" + inner + "\"");
  out += "\r\n" + part(inner, "text/html", html);
  for (std::size_t i = 0; i < mail.pictures.size(); ++i) {
    if (!has_bytes(mail.pictures[i])) continue;
    out += picture_part(inner, mail.pictures[i], i, content_id(i, mail, from));
  }
  return out + end_parts(inner);
}

}  // namespace

std::string_view domain_of(std::string_view address) {
  const auto at = address.rfind('@');
  return at == std::string_view::npos || at + 1 == address.size() ? std::string_view("localhost")
                                                                  : address.substr(at + 1);
}

std::string message_id_of(const Mail& mail, const Sender& from) {
  std::string id = "<" + id_characters(mail.message_id) + "@";
  return id.append(domain_in_id(from)).append(">");
}

std::string write_message(const Mail& mail, const Sender& from, Micros now) {
  std::string out = "From: " + mailbox_of(from) + "\r\n";
  out += "To: " + one_line(mail.to) + "\r\n";
  out += text_header("Subject", mail.subject);
  out += "Date: " + date_of(now) + "\r\n";
  out += "Message-ID: " + message_id_of(mail, from) + "\r\n";
  for (const auto& [name, value] : headers_of(mail)) out += name + ": " + one_line(value) + "\r\n";
  out += "MIME-Version: 1.0\r\n";
  // "=_" cannot occur in quoted-printable.
  const std::string boundary = "=_" + id_characters(mail.message_id).substr(0, 60);
  out += "Content-Type: multipart/alternative;\r\n boundary=\"" + boundary + "\"\r\n\r\n";
  out += part(boundary, "text/plain", mail.text);
  out += html_part(boundary, mail, from);
  return out + end_parts(boundary);
}

}  // namespace picsharz::mail
