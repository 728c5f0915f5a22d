// A mail as it goes over the wire: RFC 5322, MIME, text and HTML as alternatives.
//
// What:      the one place that writes a mail's head and body. Every line is ASCII and short
//            (quoted-printable, encoded words), so that no server needs 8BITMIME; only an address
//            may have other letters, as RFC 6532 allows. Nothing that a person typed can begin a
//            line of the head.
// Threads:   pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "mail/mailer.h"

namespace picsharz::mail {

struct Sender {
  std::string address;  // "photos@example.org"
  std::string name;     // "Picsharz", may be ""
};

// What stands behind the @; "localhost" where there is none.
std::string_view domain_of(std::string_view address);
// "<id@domain>": the same for the same event.
std::string message_id_of(const Mail& mail, const Sender& from);
std::string write_message(const Mail& mail, const Sender& from, Micros now);

}  // namespace picsharz::mail
