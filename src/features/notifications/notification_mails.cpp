#include "features/notifications/notification_mails.h"

#include <set>

#include "crypto/crypto.h"
#include "features/notifications/notification_rules.h"
#include "mail/texts.h"

namespace picsharz::notifications {

namespace {

using mail::Part;
using mail::Texts;

// The same event to the same person is the same mail.
std::string message_id(const std::string& event) {
  return crypto::hex(crypto::sha256("notification:" + event)).substr(0, 32);
}

mail::Reader reader_of(const Recipient& to) {
  return {.email = to.email, .name = to.name, .language = to.language};
}

std::string names(const Texts& say, const People& people) {
  std::string first = people.newest.empty() ? say("people.somebody") : people.newest.front().name;
  if (people.count == 2 && people.newest.size() == 2) {
    return say("people.two", {{"name", first}, {"other", people.newest.back().name}});
  }
  if (people.count < 2) return first;
  return say("people.more", {{"name", first}, {"count", people.count - 1}});
}

// Without a full stop: it is a subject too.
std::string sentence(const Texts& say, const Notification& what) {
  std::string key = "new." + std::string(kind_name(what.kind));
  const std::string title = what.photo ? what.photo->photo.title : "";
  if (!title.empty() && say.has(key + ".titled")) key += ".titled";
  return say(key, {{"who", names(say, what.people)},
                   {"count", std::int64_t{what.people.count}},
                   {"title", title}});
}

std::string address(const mail::Context& context, const Notification& what) {
  if (what.photo_id) return context.base_url + "/photo/" + what.photo_id.str();
  if (what.kind == Kind::follow_request) return context.base_url + "/people/requests";
  if (what.people.count == 1) return context.base_url + "/@" + what.people.newest.front().handle;
  return context.base_url + "/activity";
}

std::string_view caption(const Notification& what) {
  if (what.photo_id) return "new.button.photo";
  if (what.kind == Kind::follow_request) return "new.button.answer";
  return what.people.count == 1 ? "new.button.profile" : "new.button.who";
}

Part why(const Texts& say, const mail::Context& context, std::string_view matter) {
  return {Part::Kind::small,
          say("why." + std::string(matter)) + " " +
              say("why.settings", {{"address", context.base_url + "/settings"}})};
}

Part stop(const Texts& say, const MailContext& context) {
  return {Part::Kind::small_link, context.unsubscribe, say("stop")};
}

// Of one's own photo: of other people's a mail, which nobody can take back, shows none. Nor does it
// show one about which somebody decided something.
Part picture(const Recipient& to, const Notification& what, int width) {
  const bool shown = what.photo.has_value() && what.kind != Kind::decision;
  return shown ? mail::picture_of(what.photo_id, what.photo->photo.owner, to.id, width) : Part();
}

// In the given order, but what is about one photo stands together, below its picture.
std::vector<const Notification*> by_photo(const std::vector<Notification>& what) {
  std::vector<const Notification*> sorted;
  std::set<PhotoId> seen;
  for (const Notification& first : what) {
    if (first.photo_id && !seen.insert(first.photo_id).second) continue;
    sorted.push_back(&first);
    if (!first.photo_id) continue;
    for (const Notification& other : what) {
      if (&other != &first && other.photo_id == first.photo_id) sorted.push_back(&other);
    }
  }
  return sorted;
}

Part greeting(const Texts& say, const Recipient& to) {
  return {.content = say("greeting", {{"name", to.name}})};
}

}  // namespace

mail::Mail notification_mail(const MailContext& context, const Recipient& to,
                             const Notification& what) {
  const mail::Context& instance = context.instance;
  const Texts say(to.language);
  const std::string said = sentence(say, what);
  mail::Mail mail = mail::compose(
      reader_of(to), said,
      {greeting(say, to),
       {.content = say("new.at", {{"sentence", said}, {"instance", instance.instance}})},
       picture(to, what, mail::picture_width),
       {Part::Kind::quote, what.people.count == 1 ? what.excerpt.value_or("") : ""},
       {Part::Kind::link, address(instance, what), say(caption(what))},
       why(say, instance, kind_name(what.kind)),
       stop(say, context)},
      message_id(what.id.str() + ":" + std::to_string(what.mails)));
  mail.unsubscribe = context.unsubscribe;
  return mail;
}

mail::Mail digest_mail(const MailContext& context, const Recipient& to,
                       const std::vector<Notification>& what, bool more, Micros day) {
  const mail::Context& instance = context.instance;
  const Texts say(to.language);
  std::vector<Part> parts{greeting(say, to),
                          {.content = say("digest.what", {{"instance", instance.instance}})}};
  PhotoId shown{};
  for (const Notification* each : by_photo(what)) {
    if (each->photo_id != shown) parts.push_back(picture(to, *each, mail::picture_width_in_list));
    shown = each->photo_id;
    parts.push_back({Part::Kind::item, address(instance, *each), sentence(say, *each)});
  }
  if (more) parts.push_back({.content = say("digest.more")});
  parts.push_back({Part::Kind::link, instance.base_url + "/activity", say("digest.button")});
  parts.push_back(why(say, instance, "digest"));
  parts.push_back(stop(say, context));
  const std::string subject = what.size() == 1
                                  ? sentence(say, what.front())
                                  : say("digest.subject", {{"instance", instance.instance}});
  mail::Mail mail = mail::compose(reader_of(to), subject, parts,
                                  message_id("digest:" + to.id.str() + ":" + std::to_string(day)));
  mail.unsubscribe = context.unsubscribe;
  return mail;
}

}  // namespace picsharz::notifications
