#include "features/departures/departure_mails.h"

#include <string>
#include <vector>

#include "base/day_text.h"
#include "crypto/crypto.h"

namespace picsharz::departures {

namespace {

using mail::Part;

mail::Mail compose(const accounts::Account& to, std::string subject,
                   const std::vector<Part>& parts) {
  return mail::compose(to.email, std::move(subject), parts, crypto::hex(crypto::random_bytes(16)));
}

Part greeting(const accounts::Account& to) { return {.content = "Hello " + to.name + ","}; }

}  // namespace

mail::Mail left_mail(const mail::Context& context, const accounts::Account& to, By by,
                     Micros erase_at, Micros now) {
  const std::string instance = context.instance;
  std::vector<Part> parts{
      greeting(to),
      {.content =
           by == By::owner
               ? "you deleted your account @" + to.handle + " at " + instance + "."
               : "an administrator of " + instance + " deleted your account @" + to.handle + "."},
      {.content = "Nobody sees it any more: neither your photos nor your comments, likes and "
                  "follows. Every device is logged out, and programs that had a token of yours are "
                  "too."}};
  if (erase_at > now) {
    parts.push_back({.content = "You can take it back until " + day_text(erase_at) +
                                ": log in, and choose to. Then everything is as it was."});
    parts.push_back({Part::Kind::link, context.base_url + "/login", "Log in to take it back"});
    parts.push_back({.content =
                         "After that day it is erased for good: photos with their originals, "
                         "comments, likes, your name and this address. Nobody can bring it "
                         "back then."});
  } else {
    parts.push_back({.content = "It is erased for good now: photos with their originals, comments, "
                                "likes, your name and this address. Nobody can bring it back."});
  }
  if (by == By::owner) {
    parts.push_back({.content = "If it was not you, choose a new password, and log in with it to "
                                "take the account back:"});
    parts.push_back({Part::Kind::link, context.base_url + "/forgot", "Choose a new password"});
  }
  return compose(to, "Your account at " + instance + " is deleted", parts);
}

mail::Mail taken_back_mail(const mail::Context& context, const accounts::Account& to) {
  return compose(
      to, "Your account at " + context.instance + " is back",
      {greeting(to),
       {.content = "your account @" + to.handle +
                   " was taken back. Photos, comments, likes and follows are as they were; "
                   "programs need a new token."},
       {.content = "If it was not you, choose a new password, which ends every session:"},
       {Part::Kind::link, context.base_url + "/forgot", "Choose a new password"}});
}

}  // namespace picsharz::departures
