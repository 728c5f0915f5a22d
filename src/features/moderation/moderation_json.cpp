#include "features/moderation/moderation_json.h"

#include <array>

#include "base/limits.h"
#include "features/accounts/account_json.h"
#include "features/photos/photo_json.h"

namespace picsharz::moderation {

namespace {

constexpr std::array<std::string_view, 3> verdicts = {"safe", "suggestive", "explicit"};

void maybe_time(JsonWriter& out, std::string_view name, std::optional<Micros> time) {
  if (time) {
    out.time_field(name, *time);
  } else {
    out.null_field(name);
  }
}

void write_photo_blurred(JsonWriter& out, const photos::PhotoView& view) {
  const photos::Photo& photo = view.photo;
  out.begin_object().field("id", photo.id);
  out.key("owner");
  accounts::write_person(out, view.owner_handle, view.owner_name, view.owner_avatar);
  out.field("title", photo.title)
      .field("visibility", photos::visibility_name(photo.visibility))
      .field("state", photos::state_name(photo.state))
      .field("reason", photo.reason)
      .field("width", photo.width)
      .field("height", photo.height)
      .field("thumbhash", photo.thumbhash)
      .time_field("created_at", photo.created_at)
      .end_object();
}

// {"photo", "comment"}: the comment is null where it is about the photo itself.
void write_subject(JsonWriter& out, const Subject& subject) {
  out.field("photo", subject.photo);
  if (subject.is_comment()) {
    out.field("comment", subject.comment);
  } else {
    out.null_field("comment");
  }
}

void write_case_comment(JsonWriter& out, const CaseCard& card) {
  out.key("comment");
  if (!card.comment) {
    out.null();
    return;
  }
  const CaseComment& comment = *card.comment;
  out.begin_object().field("id", comment.id);
  out.key("author");
  accounts::write_person(out, comment.author_handle, comment.author_name, comment.author_avatar);
  out.field("text", comment.text)
      .field("text_then", card.on.words)
      .field("removed", comment.removed);
  maybe_time(out, "edited_at", comment.edited_at);
  out.time_field("created_at", comment.created_at).end_object();
}

void write_case_fields(JsonWriter& out, const CaseCard& card) {
  const Case& on = card.on;
  out.field("id", on.id)
      .field("origin", origin_name(on.origin))
      .field("reason", on.reason)
      .time_field("opened_at", on.opened_at);
  maybe_time(out, "closed_at", on.closed_at);
  out.field("report_count", card.reports)
      .field("appealed", card.appealed)
      .field("barred", card.barred)
      .key("facts")
      .raw(on.facts);
  write_case_comment(out, card);
}

void write_history(JsonWriter& out, const History& history) {
  out.key("history")
      .begin_object()
      .field("published", history.published)
      .field("held", history.held)
      .field("removed", history.removed)
      .field("refusals", history.refusals);
  out.key("decisions").begin_array();
  for (const Decision& each : history.decisions) write_decision(out, each);
  out.end_array().end_object();
}

bool may_be_undone(Action action) {
  return action != Action::hold && action != Action::undo && action != Action::erase;
}

}  // namespace

std::string waiting_json(std::int64_t cases) {
  std::string json;
  JsonWriter(json).begin_object().field("waiting", cases).end_object();
  return json;
}

std::string facts_json(const Facts& facts, const Thresholds& thresholds) {
  std::string json;
  JsonWriter out(json);
  const bool said = !facts.models.empty();
  out.begin_object();
  if (said) {
    out.field("models", facts.models)
        .field("verdict", verdicts.at(static_cast<std::size_t>(facts.verdict)));
  } else {
    out.null_field("models").null_field("verdict");
  }
  out.key("scores").begin_array();
  for (const StageScores& each : facts.stages) {
    out.begin_object()
        .field("drawing", each.drawing)
        .field("hentai", each.hentai)
        .field("neutral", each.neutral)
        .field("porn", each.porn)
        .field("sexy", each.sexy)
        .end_object();
  }
  out.end_array().key("thresholds").begin_object();
  out.field("gate", thresholds.gate)
      .field("explicit", thresholds.explicit_)
      .field("suggestive", thresholds.suggestive)
      .end_object()
      .end_object();
  return json;
}

void write_case_card(JsonWriter& out, const CaseCard& card) {
  out.begin_object();
  write_case_fields(out, card);
  out.key("photo");
  write_photo_blurred(out, card.photo);
  out.end_object();
}

void write_case_page(JsonWriter& out, const CasePage& page, const Viewer& viewer,
                     const photos::MediaSigner& signer) {
  out.begin_object();
  write_case_fields(out, page.card);
  out.key("photo");
  photos::write_photo(out, page.card.photo, viewer, signer);
  out.key("reports").begin_array();
  for (const Report& each : page.reports) write_report(out, each);
  out.end_array().key("appeal");
  if (page.appeal) {
    write_appeal(out, *page.appeal);
  } else {
    out.null();
  }
  out.key("decision");
  if (page.decision) {
    write_decision(out, *page.decision);
  } else {
    out.null();
  }
  out.field("lifts_suspension", page.lifts_suspension);
  maybe_time(out, "erase_at", page.erase_at);
  maybe_time(out, "erased_at", page.erased_at);
  write_history(out, page.history);
  out.end_object();
}

void write_decision(JsonWriter& out, const Decision& decision) {
  out.begin_object().field("id", decision.id).field("case", decision.on);
  write_subject(out, decision.subject);
  out.field("owner", decision.owner_handle)
      .field("by", decision.actor_handle)
      .field("automatic", !decision.actor)
      .field("action", action_name(decision.action))
      .field("reason", decision.reason)
      .field("note", decision.note)
      .field("state_before", photos::state_name(decision.before))
      .field("state_after", photos::state_name(decision.after))
      .key("facts")
      .raw(decision.facts);
  out.field("undoes", decision.undoes);
  maybe_time(out, "undo_until",
             may_be_undone(decision.action)
                 ? std::optional(decision.created_at + limits::decision_undo)
                 : std::nullopt);
  out.time_field("created_at", decision.created_at).end_object();
}

void write_look(JsonWriter& out, const StaffView& look) {
  out.begin_object()
      .field("id", std::to_string(look.id))
      .field("photo", look.photo)
      .field("by", look.viewer_handle)
      .field("state", photos::state_name(look.state))
      .time_field("created_at", look.created_at)
      .end_object();
}

void write_report(JsonWriter& out, const Report& report) {
  out.begin_object();
  write_subject(out, report.subject);
  out.field("reason", report.reason)
      .field("note", report.note)
      .time_field("created_at", report.created_at)
      .end_object();
}

void write_appeal(JsonWriter& out, const Appeal& appeal) {
  out.begin_object();
  write_subject(out, appeal.subject);
  out.field("text", appeal.text)
      .field("answered", appeal.outcome.has_value())
      .time_field("created_at", appeal.created_at)
      .end_object();
}

// Not which moderator: an owner need not know a name.
void write_notice(JsonWriter& out, const Notice& notice) {
  const Decision& decision = notice.decision;
  out.begin_object();
  write_subject(out, decision.subject);
  out.field("action", action_name(decision.action))
      .field("state", photos::state_name(decision.after))
      .field("automatic", !decision.actor)
      .field("reason", decision.reason)
      .field("explanation", notice.explanation)
      .field("note", decision.note)
      .time_field("decided_at", decision.created_at)
      .field("waiting", notice.open)
      .field("may_appeal", notice.may_appeal);
  maybe_time(out, "erase_at", notice.standing.erase_at);
  maybe_time(out, "erased_at", notice.standing.erased_at);
  out.key("appeal");
  if (notice.appeal) {
    write_appeal(out, *notice.appeal);
  } else {
    out.null();
  }
  out.end_object();
}

}  // namespace picsharz::moderation
