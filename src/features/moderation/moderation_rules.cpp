#include "features/moderation/moderation_rules.h"

#include <algorithm>
#include <array>

#include "base/limits.h"

namespace picsharz::moderation {

namespace {

struct Reason {
  std::string_view code;
  std::string_view sentence;  // to the owner of a photo that is hidden or removed for it
};

// Of reports and of decisions against a photo.
constexpr std::array<Reason, 8> complaints = {{
    {"nudity", "It shows nudity that is not allowed here."},
    {"sexual", "It shows sexual content, which is not allowed here."},
    {"violence", "It shows violence or gore that is not allowed here."},
    {"hate", "It attacks people for what they are."},
    {"harassment", "It harasses or exposes a person."},
    {"spam", "It is advertising or spam."},
    {"stolen", "It seems to be the work of somebody else."},
    {"illegal", "It shows or offers something that is against the law."},
}};
constexpr std::string_view other = "other";
// Of decisions for a photo.
constexpr std::array<std::string_view, 2> acquittals = {"fine", "context"};
// Of the classifier.
constexpr std::array<Reason, 6> automatic = {{
    {"blocklisted", "It looks like a photo that was removed here before."},
    {"explicit", "The automatic check found it explicit, which is not allowed here."},
    {"suggestive", "The automatic check found that it may show more than everybody should see."},
    {"models_missing", "It could not be checked automatically."},
    {"new_member", "A moderator looks at the first photos of new members."},
    {"processing_failed", "Something went wrong while it was checked."},
}};

template <class List>
const Reason* find(const List& list, std::string_view code) {
  const auto found = std::ranges::find(list, code, &Reason::code);
  return found == list.end() ? nullptr : &*found;
}

std::string trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == text.npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(blanks) - first + 1));
}

std::string words(JsonObject& body, std::string_view name, std::size_t max) {
  return trimmed(body.optional_text(name, max).value_or(""));
}

bool fits(Action action, std::string_view reason) {
  if (reason == other) return true;
  if (action == Action::approve) return std::ranges::find(acquittals, reason) != acquittals.end();
  return find(complaints, reason) != nullptr;
}

}  // namespace

Result<Judgement> read_judgement(JsonObject& body) {
  Judgement judgement;
  const std::string action = body.text("action", 1, 20);
  judgement.reason = body.optional_text("reason", 20).value_or("");
  judgement.note = words(body, "note", limits::moderation_note_max);
  const auto known = decision_of(action);
  if (known) judgement.action = *known;
  if (!known && !action.empty()) {
    body.refuse("action", "unknown_value", "Choose approve, keep_hidden, remove or suspend.");
  }
  if (judgement.reason.empty() && !judgement.note.empty()) judgement.reason = other;
  if (judgement.reason.empty()) {
    body.refuse("reason", "required", "Choose a reason, or say it in your own words in `note`.");
  } else if (known && !fits(*known, judgement.reason)) {
    body.refuse("reason", "unknown_value", "There is no such reason for this decision.");
  } else if (judgement.reason == other && judgement.note.empty()) {
    body.refuse("note", "required", "Say in your own words what the other reason is.");
  }
  TRY(body.finish());
  return judgement;
}

Result<Complaint> read_complaint(JsonObject& body) {
  Complaint complaint{.reason = body.text("reason", 1, 20),
                      .note = words(body, "note", limits::moderation_note_max)};
  if (complaint.reason == other) {
    if (complaint.note.empty()) {
      body.refuse("note", "required", "Say in your own words what is wrong with it.");
    }
  } else if (!complaint.reason.empty() && !find(complaints, complaint.reason)) {
    body.refuse("reason", "unknown_value", "Choose one of the reasons of the list.");
  }
  TRY(body.finish());
  return complaint;
}

Result<std::string> read_appeal(JsonObject& body) {
  std::string text = trimmed(body.text("text", 1, limits::appeal_max));
  if (text.empty()) body.refuse("text", "required", "Say why the decision is wrong.");
  TRY(body.finish());
  return text;
}

photos::PhotoState state_after(Action action) {
  switch (action) {
    case Action::approve:
      return photos::PhotoState::published;
    case Action::hold:
    case Action::keep_hidden:
      return photos::PhotoState::held;
    case Action::remove:
    case Action::suspend:
    case Action::undo:
    case Action::erase:
      break;
  }
  return photos::PhotoState::removed;
}

bool is_explicit(std::string_view reason) {
  return std::ranges::find(explicit_reasons, reason) != explicit_reasons.end();
}

std::string_view reason_sentence(std::string_view reason) {
  if (const Reason* known = find(complaints, reason)) return known->sentence;
  if (const Reason* known = find(automatic, reason)) return known->sentence;
  return "";
}

std::string_view outcome_name(Action action) {
  switch (action) {
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

}  // namespace picsharz::moderation
