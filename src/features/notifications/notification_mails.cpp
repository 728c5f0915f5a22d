#include "features/notifications/notification_mails.h"

#include "crypto/crypto.h"

namespace picsharz::notifications {

namespace {

using mail::Part;

// The same event to the same person is the same mail.
std::string message_id(const std::string& event) {
  return crypto::hex(crypto::sha256("notification:" + event)).substr(0, 32);
}

std::string names(const People& people) {
  std::string text = people.newest.empty() ? "Somebody" : people.newest.front().name;
  if (people.count == 2 && people.newest.size() == 2) {
    return text + " and " + people.newest.back().name;
  }
  if (people.count > 1) {
    text += " and " + std::to_string(people.count - 1);
    text += people.count == 2 ? " other" : " others";
  }
  return text;
}

std::string titled(std::string_view photo, const Notification& what) {
  std::string text(photo);
  if (what.photo && !what.photo->photo.title.empty()) {
    text += " \"" + what.photo->photo.title + "\"";
  }
  return text;
}

// Without a full stop: it is a subject too.
std::string sentence(const Notification& what) {
  const bool one = what.people.count == 1;
  const std::string who = names(what.people);
  switch (what.kind) {
    case Kind::follow:
      return who + (one ? " follows you" : " follow you");
    case Kind::follow_request:
      return who + (one ? " asks to follow you" : " ask to follow you");
    case Kind::follow_approved:
      return who + (one ? " lets you follow" : " let you follow");
    case Kind::like:
      return who + (one ? " likes " : " like ") + titled("your photo", what);
    case Kind::comment:
      return who + " commented on " + titled("your photo", what);
    case Kind::reply:
      return who + " replied to you under " + titled("the photo", what);
    case Kind::mention:
      return who + " mentioned you under " + titled("the photo", what);
    case Kind::decision:
      break;
  }
  return "A moderator decided about " + titled("your photo", what);
}

// What its mails are called where they are switched off.
std::string_view subject_matter(Kind kind) {
  switch (kind) {
    case Kind::follow:
      return "somebody follows you";
    case Kind::follow_request:
      return "somebody asks to follow you";
    case Kind::follow_approved:
      return "somebody lets you follow";
    case Kind::like:
      return "somebody likes a photo of yours";
    case Kind::comment:
      return "somebody comments on a photo of yours";
    case Kind::reply:
      return "somebody replies to you";
    case Kind::mention:
      return "somebody mentions you";
    case Kind::decision:
      break;
  }
  return "a moderator decides";
}

std::string address(const mail::Context& context, const Notification& what) {
  if (what.photo_id) return context.base_url + "/photo/" + what.photo_id.str();
  if (what.kind == Kind::follow_request) return context.base_url + "/people/requests";
  if (what.people.count == 1) return context.base_url + "/@" + what.people.newest.front().handle;
  return context.base_url + "/activity";
}

std::string_view caption(const Notification& what) {
  if (what.photo_id) return "Open the photo";
  if (what.kind == Kind::follow_request) return "Answer";
  return what.people.count == 1 ? "Open the profile" : "See who";
}

Part why(const mail::Context& context, std::string_view when) {
  return {Part::Kind::small, std::string("You get this mail because ") + std::string(when) +
                                 ". What you are told and how is up to you: " + context.base_url +
                                 "/settings"};
}

Part stop(const MailContext& context) {
  return {Part::Kind::small_link, context.unsubscribe, "No more mails like this"};
}

}  // namespace

mail::Mail notification_mail(const MailContext& context, const Recipient& to,
                             const Notification& what) {
  const mail::Context& instance = context.instance;
  const std::string said = sentence(what);
  mail::Mail mail =
      mail::compose(to.email, said,
                    {{.content = "Hello " + to.name + ","},
                     {.content = said + " at " + instance.instance + "."},
                     {Part::Kind::quote, what.people.count == 1 ? what.excerpt.value_or("") : ""},
                     {Part::Kind::link, address(instance, what), std::string(caption(what))},
                     why(instance, subject_matter(what.kind)),
                     stop(context)},
                    message_id(what.id.str() + ":" + std::to_string(what.mails)));
  mail.unsubscribe = context.unsubscribe;
  return mail;
}

mail::Mail digest_mail(const MailContext& context, const Recipient& to,
                       const std::vector<Notification>& what, bool more, Micros day) {
  const mail::Context& instance = context.instance;
  std::vector<Part> parts{{.content = "Hello " + to.name + ","},
                          {.content = "this is new for you at " + instance.instance + "."}};
  for (const Notification& each : what) {
    parts.push_back({Part::Kind::item, address(instance, each), sentence(each)});
  }
  if (more) parts.push_back({.content = "There is more than that."});
  parts.push_back({Part::Kind::link, instance.base_url + "/activity", "See everything"});
  parts.push_back(why(instance, "something was new for you in the last day"));
  parts.push_back(stop(context));
  const std::string subject =
      what.size() == 1 ? sentence(what.front()) : "New for you at " + instance.instance;
  mail::Mail mail = mail::compose(to.email, subject, parts,
                                  message_id("digest:" + to.id.str() + ":" + std::to_string(day)));
  mail.unsubscribe = context.unsubscribe;
  return mail;
}

}  // namespace picsharz::notifications
