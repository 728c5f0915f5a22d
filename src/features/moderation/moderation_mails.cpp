#include "features/moderation/moderation_mails.h"

#include "crypto/crypto.h"
#include "features/moderation/moderation_rules.h"

namespace picsharz::moderation {

namespace {

using mail::Part;

// The same event to the same person is the same mail.
std::string message_id(const Decision& decision, const Recipient& to) {
  const std::string event = "moderation:" + decision.id.str() + ":" + to.account.str();
  return crypto::hex(crypto::sha256(event)).substr(0, 32);
}

// The beginning of it, at the end of a word, on one line.
std::string excerpt(std::string_view text) {
  constexpr std::size_t longest = 80;
  std::string line(text.substr(0, longest));
  if (text.size() > longest) {
    const std::size_t blank = line.find_last_of(" \n");
    // Not within a character either.
    std::size_t end = blank == line.npos ? longest : blank;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    line.resize(end);
    line += " ...";
  }
  for (char& c : line) c = c == '\n' ? ' ' : c;
  return line;
}

std::string thing(const Decision& decision) {
  return decision.subject.is_comment() ? "comment" : "photo";
}

std::string named(const Decision& decision, const Told& told) {
  if (decision.subject.is_comment()) return "your comment \"" + excerpt(told.title) + "\"";
  return told.title.empty() ? "your photo" : "your photo \"" + told.title + "\"";
}

std::string what_happened(const Decision& decision, const Told& told) {
  const std::string by = told.appealed    ? "A moderator looked at your appeal: "
                         : decision.actor ? "A moderator decided: "
                                          : "";
  switch (decision.action) {
    case Action::approve:
      return by + named(decision, told) +
             " is within the rules. Everybody for whom it is meant can see it.";
    case Action::hold:
    case Action::keep_hidden:
      return by + named(decision, told) + " stays hidden. You can see it; nobody else can.";
    case Action::suspend:
      return by + named(decision, told) +
             " was removed and your account is suspended. You are logged out, and nobody sees your "
             "photos and comments.";
    case Action::remove:
    case Action::undo:
    case Action::erase:
      break;
  }
  return by + named(decision, told) + " was removed. Nobody can see it any more.";
}

std::string why(const Decision& decision) {
  std::string text(reason_sentence(decision.reason));
  if (decision.note.empty()) return text;
  if (!text.empty()) text += " ";
  return text + "The moderator wrote: " + decision.note;
}

std::string days(Micros time) {
  const auto count = (time + day - 1) / day;
  return count == 1 ? "one day" : std::to_string(count) + " days";
}

std::string what_to_do(const Decision& decision, const Told& told) {
  if (decision.action == Action::approve) return "";
  if (decision.action == Action::suspend) {
    if (!told.may_appeal) return "This decision is final.";
    return "If you think that this is wrong, say so by this link, for which you need no log-in: a "
           "moderator looks at it again.";
  }
  if (!told.may_appeal) return "This decision is final.";
  if (decision.subject.is_comment()) {
    return "If you think that this is wrong, say so below the comment, which you still see on the "
           "photo's page: a moderator looks at it again.";
  }
  std::string text =
      "If you think that this is wrong, say so on the photo's page: a moderator looks at it again.";
  if (decision.action == Action::remove) {
    text += " The file is kept for " + days(told.kept_for) + ", then it is erased.";
  }
  return text;
}

std::string subject(const mail::Context& context, const Decision& decision, const Told& told) {
  if (decision.action == Action::suspend) {
    return "Your account at " + context.instance + " is suspended";
  }
  if (told.appealed) return "Your appeal at " + context.instance + " was decided";
  if (decision.action == Action::approve) {
    return "Your " + thing(decision) + " at " + context.instance + " is shown";
  }
  if (decision.after == photos::PhotoState::held) {
    return "Your photo at " + context.instance + " stays hidden";
  }
  return "Your " + thing(decision) + " at " + context.instance + " was removed";
}

Part link(const mail::Context& context, const Decision& decision, const Told& told) {
  if (decision.action != Action::suspend) {
    return {Part::Kind::link, context.base_url + "/photo/" + decision.subject.photo.str(),
            "Open the photo's page"};
  }
  const std::string page = context.base_url + "/appeal#token=" + told.appeal_token;
  return {Part::Kind::link, told.may_appeal ? page : std::string(), "Appeal"};
}

}  // namespace

mail::Mail alert_mail(const mail::Context& context, const Recipient& to, const Decision& decision,
                      std::string_view owner_handle) {
  return mail::compose(
      to.email, "An explicit photo at " + context.instance,
      {{.content = "Hello " + to.name + ","},
       {.content = "the automatic check found a photo of @" + std::string(owner_handle) +
                   " explicit and removed it. Nobody can see it."},
       {.content = "Please look whether that was right. The queue shows a blurred preview."},
       {Part::Kind::link, context.base_url + "/moderation", "Open the queue"}},
      message_id(decision, to));
}

mail::Mail decision_mail(const mail::Context& context, const Recipient& to,
                         const Decision& decision, const Told& told) {
  return mail::compose(
      to.email, subject(context, decision, told),
      {{.content = "Hello " + to.name + ","},
       {.content = what_happened(decision, told)},
       {.content = told.reinstated ? "Your account is open again: you can log in." : ""},
       {.content = decision.action == Action::approve ? decision.note : why(decision)},
       {.content = what_to_do(decision, told)},
       link(context, decision, told)},
      message_id(decision, to));
}

}  // namespace picsharz::moderation
