// The text of a mail: paragraphs, written once, sent as plain text and as HTML that say the same.
//
// Threads:   pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mail/mailer.h"
#include "mail/pictures.h"

namespace picsharz::mail {

// What every mail of a community needs to know of it.
struct Context {
  std::string instance;  // its name
  std::string base_url;  // where links lead; the configured one, never a request's Host
};

// Whom a mail goes to.
struct Reader {
  std::string email;
  std::string name{};
  std::string language{"en"};
};

// A photo of the reader's own, and how wide it is shown at most.
struct PictureRef {
  PhotoId photo{};
  AccountId reader{};
  int width = picture_width;
};

// One paragraph: plain text, or something that stands out.
struct Part {
  enum class Kind {
    text,
    code,
    link,        // a button
    item,        // of a list: a link that is a line of text
    quote,       // what somebody else wrote
    picture,     // in the HTML alone, and only while its reader may see it
    small,       // at the end: why this mail came
    small_link,  // and how to end such mails
  } kind = Kind::text;
  std::string content;    // of a link: its address
  std::string caption{};  // of a link
  PictureRef picture{};
};

// A photo as a paragraph; nothing where it is not the reader's own.
Part picture_of(PhotoId photo, AccountId owner, AccountId reader, int width = picture_width);

// `message_id`: the same for the same event. Empty paragraphs are left out. A subject is one line,
// whatever is in it.
Mail compose(const Reader& to, std::string subject, const std::vector<Part>& parts,
             std::string message_id);

}  // namespace picsharz::mail
