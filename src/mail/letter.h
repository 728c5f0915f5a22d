// The text of a mail: paragraphs, written once, sent as plain text and as HTML that say the same.
//
// Threads:   pure functions.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "mail/mailer.h"

namespace picsharz::mail {

// What every mail of a community needs to know of it.
struct Context {
  std::string instance;  // its name
  std::string base_url;  // where links lead; the configured one, never a request's Host
};

// One paragraph: plain text, or something that stands out.
struct Part {
  enum class Kind { text, code, link } kind = Kind::text;
  std::string content;
  std::string caption{};  // of a link
};

// `message_id`: the same for the same event. Empty paragraphs are left out.
Mail compose(std::string_view to, std::string subject, std::initializer_list<Part> parts,
             std::string message_id);

}  // namespace picsharz::mail
