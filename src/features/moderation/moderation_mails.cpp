#include "features/moderation/moderation_mails.h"

#include "crypto/crypto.h"
#include "features/moderation/moderation_rules.h"
#include "mail/texts.h"

namespace picsharz::moderation {

namespace {

using mail::Part;
using mail::Texts;

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

mail::Reader reader_of(const Recipient& to) {
  return {.email = to.email, .name = to.name, .language = to.language};
}

std::string_view thing(const Decision& decision) {
  return decision.subject.is_comment() ? "comment" : "photo";
}

std::string named(const Texts& say, const Decision& decision, const Told& told) {
  if (decision.subject.is_comment()) {
    return say("decision.comment.titled", {{"title", excerpt(told.title)}});
  }
  return told.title.empty() ? say("decision.photo")
                            : say("decision.photo.titled", {{"title", told.title}});
}

std::string_view outcome(const Decision& decision) {
  switch (decision.action) {
    case Action::approve:
      return "shown";
    case Action::hold:
    case Action::keep_hidden:
      return "hidden";
    case Action::suspend:
      return "suspended";
    case Action::remove:
    case Action::undo:
    case Action::erase:
      break;
  }
  return "removed";
}

// "decision.removed.photo"
std::string key_of(std::string_view what, const Decision& decision) {
  std::string key = "decision.";
  return key.append(what).append(".").append(thing(decision));
}

std::string what_happened(const Texts& say, const Decision& decision, const Told& told) {
  const std::string sentence =
      say(key_of(outcome(decision), decision), {{"what", named(say, decision, told)}});
  if (told.appealed) return say("decision.on_appeal", {{"sentence", sentence}});
  return decision.actor ? say("decision.by_moderator", {{"sentence", sentence}}) : sentence;
}

std::string why(const Texts& say, const Decision& decision) {
  const std::string key = "reason." + decision.reason;
  std::string text = say.has(key) ? say(key) : "";
  if (decision.note.empty()) return text;
  if (!text.empty()) text += " ";
  return text + say("decision.note", {{"note", decision.note}});
}

std::string what_to_do(const Texts& say, const Decision& decision, const Told& told) {
  if (decision.action == Action::approve) return "";
  if (!told.may_appeal) return say("decision.final");
  if (decision.action == Action::suspend) return say("decision.appeal.account");
  if (decision.subject.is_comment()) return say("decision.appeal.comment");
  std::string text = say("decision.appeal.photo");
  if (decision.action != Action::remove) return text;
  const std::int64_t days = (told.kept_for + day - 1) / day;
  return text + " " + say("decision.kept", {{"count", days}});
}

std::string subject_key(const Decision& decision, const Told& told) {
  if (decision.action == Action::suspend) return "decision.suspended.subject";
  if (told.appealed) return "decision.appeal.subject";
  if (decision.action == Action::approve) return key_of("shown", decision) + ".subject";
  if (decision.after == photos::PhotoState::held) return "decision.hidden.photo.subject";
  return key_of("removed", decision) + ".subject";
}

// Of a photo that everybody may see again, not of one that is hidden or gone.
Part picture(const Recipient& to, const Decision& decision) {
  if (decision.action != Action::approve || decision.subject.is_comment()) return {};
  return mail::picture_of(decision.subject.photo, to.account, to.account);
}

Part link(const Texts& say, const mail::Context& context, const Decision& decision,
          const Told& told) {
  if (decision.action != Action::suspend) {
    return {Part::Kind::link, context.base_url + "/photo/" + decision.subject.photo.str(),
            say("decision.button.photo")};
  }
  const std::string page = context.base_url + "/appeal#token=" + told.appeal_token;
  return {Part::Kind::link, told.may_appeal ? page : std::string(), say("decision.button.appeal")};
}

}  // namespace

mail::Mail alert_mail(const mail::Context& context, const Recipient& to, const Decision& decision,
                      std::string_view owner_handle) {
  const Texts say(to.language);
  return mail::compose(reader_of(to), say("alert.subject", {{"instance", context.instance}}),
                       {{.content = say("greeting", {{"name", to.name}})},
                        {.content = say("alert.what", {{"handle", owner_handle}})},
                        {.content = say("alert.look")},
                        {Part::Kind::link, context.base_url + "/moderation", say("alert.button")}},
                       message_id(decision, to));
}

mail::Mail decision_mail(const mail::Context& context, const Recipient& to,
                         const Decision& decision, const Told& told) {
  const Texts say(to.language);
  return mail::compose(
      reader_of(to), say(subject_key(decision, told), {{"instance", context.instance}}),
      {{.content = say("greeting", {{"name", to.name}})},
       {.content = what_happened(say, decision, told)},
       picture(to, decision),
       {.content = told.reinstated ? say("decision.reinstated") : ""},
       {.content = decision.action == Action::approve ? decision.note : why(say, decision)},
       {.content = what_to_do(say, decision, told)},
       link(say, context, decision, told)},
      message_id(decision, to));
}

}  // namespace picsharz::moderation
