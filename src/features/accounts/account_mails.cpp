#include "features/accounts/account_mails.h"

#include <initializer_list>

#include "crypto/crypto.h"

namespace picsharz::accounts {

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

// One paragraph of a mail: plain text, or something that stands out.
struct Part {
  enum class Kind { text, code, link } kind = Kind::text;
  std::string content;
  std::string caption{};  // of a link
};

std::string as_text(std::initializer_list<Part> parts) {
  std::string out;
  for (const auto& part : parts) {
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

mail::Mail compose(std::string_view to, std::string subject, std::initializer_list<Part> parts) {
  return {.to = std::string(to),
          .subject = std::move(subject),
          .text = as_text(parts),
          .html = as_html(parts),
          .message_id = crypto::hex(crypto::random_bytes(16))};
}

std::string greeting(std::string_view name) { return "Hello " + std::string(name) + ","; }

std::string grouped(std::string_view code) {
  return std::string(code.substr(0, 4)) + "-" + std::string(code.substr(4));
}

}  // namespace

mail::Mail code_mail(const MailContext& context, std::string_view to, std::string_view name,
                     std::string_view code) {
  return compose(to, "Your code for " + context.instance + ": " + grouped(code),
                 {{.content = greeting(name)},
                  {.content = "this code proves that the address is yours:"},
                  {Part::Kind::code, grouped(code)},
                  {.content = "It works for 10 minutes, in the browser in which you signed up."},
                  {.content = "If you did not sign up, ignore this mail: nothing will happen."}});
}

mail::Mail address_taken_mail(const MailContext& context, std::string_view to) {
  return compose(
      to, "You already have an account at " + context.instance,
      {{.content = "Somebody, perhaps you, signed up with this address. It already has an account "
                   "here, so no second one was made."},
       {Part::Kind::link, context.base_url + "/login", "Log in"},
       {Part::Kind::link, context.base_url + "/forgot", "Choose a new password"},
       {.content = "If it was not you, ignore this mail: nothing will happen."}});
}

mail::Mail reset_mail(const MailContext& context, std::string_view to, std::string_view name,
                      std::string_view token) {
  return compose(
      to, "Choose a new password for " + context.instance,
      {{.content = greeting(name)},
       {.content = "with this link you choose a new password. It works once, for 30 minutes."},
       {Part::Kind::link, context.base_url + "/reset#token=" + std::string(token),
        "Choose a new password"},
       {.content = "If you did not ask for it, ignore this mail: your password stays as it is."}});
}

mail::Mail password_changed_mail(const MailContext& context, std::string_view to,
                                 std::string_view name) {
  return compose(to, "Your password at " + context.instance + " was changed",
                 {{.content = greeting(name)},
                  {.content = "your password was changed, and every device was logged out."},
                  {.content = "If it was not you, choose a new one at once:"},
                  {Part::Kind::link, context.base_url + "/forgot", "Choose a new password"}});
}

}  // namespace picsharz::accounts
