#include "features/moderation/complaint_service.h"

#include "base/limits.h"
#include "base/tally.h"

namespace picsharz::moderation {

using photos::PhotoState;

namespace {

std::unexpected<Error> own_thing(const Subject& subject) {
  if (subject.is_comment()) {
    return fail(ErrorKind::forbidden, "own_comment", "This comment is yours.",
                "Edit or delete it, if something is wrong with it.");
  }
  return fail(ErrorKind::forbidden, "own_photo", "This photo is yours.",
              "Edit or delete it, if something is wrong with it.");
}

}  // namespace

Result<Subject> ComplaintService::find_comment(CommentId comment) {
  const auto subject = database_.read([&](db::Tx& tx) { return rows_.subject_of(tx, comment); });
  if (!subject) return not_found();
  return *subject;
}

Result<Report> ComplaintService::report(const Viewer& viewer, const Subject& subject,
                                        const Complaint& complaint) {
  bool added = false;
  auto report = database_.write([&](db::Tx& tx) -> Result<Report> {
    added = false;
    if (!rows_.lock(tx, subject.photo)) return not_found();
    const auto owner = rows_.listed_owner(tx, viewer, subject);
    if (!owner) return not_found();
    if (*owner == viewer.account) return own_thing(subject);
    if (auto made = rows_.report(tx, subject, viewer.account)) return *std::move(made);
    added = true;
    return add_report(tx, viewer, subject, complaint);
  });
  if (report && added) count_judged(Judged::reported);
  return report;
}

Result<Report> ComplaintService::add_report(db::Tx& tx, const Viewer& viewer,
                                            const Subject& subject, const Complaint& complaint) {
  const Micros now = clock_.now();
  if (rows_.reports_since(tx, viewer.account, now - day) >= limits::reports_per_day) {
    auto failure = fail(ErrorKind::too_many, "too_many_reports",
                        "You reported a lot today; moderators will look at it.",
                        "Go on tomorrow, or write to the moderators of this site.");
    failure.error().retry_after_seconds = static_cast<int>(hour / second);
    return failure;
  }
  const auto open = rows_.find_open(tx, subject);
  const CaseId on = open ? open->id
                         : moderation_
                               .open_case(tx, rows_.matter(tx, subject).value(), Origin::reports,
                                          complaint.reason, std::nullopt)
                               .id;
  Report report{subject, on, complaint.reason, complaint.note, now};
  rows_.insert_report(tx, report, viewer.account);
  if (!subject.is_comment()) rows_.set_reported(tx, subject.photo, true);
  return report;
}

Result<Appeal> ComplaintService::appeal(const Viewer& viewer, const Subject& subject,
                                        std::string_view text) {
  bool added = false;
  auto appealed = database_.write([&](db::Tx& tx) -> Result<Appeal> {
    added = false;
    if (!rows_.lock(tx, subject.photo)) return not_found();
    const auto matter = rows_.matter(tx, subject);
    if (!matter || matter->owner != viewer.account) return not_found();
    const auto standing = rows_.standing(tx, subject);
    const bool hidden = matter->state == PhotoState::held || matter->state == PhotoState::removed;
    if (!standing || !hidden) {
      return fail(ErrorKind::conflict, "nothing_to_appeal", "No decision stands against this.",
                  "Reload the page.");
    }
    if (auto made = rows_.appeal_of(tx, standing->decision)) {
      if (made->text == text) return *std::move(made);
      return fail(ErrorKind::conflict, "already_appealed", "You appealed against this decision.",
                  "Wait for the answer; it comes by e-mail.");
    }
    added = true;
    return add_appeal(tx, *matter, *standing, text);
  });
  if (appealed && added) count_judged(Judged::appealed);
  return appealed;
}

Result<Appeal> ComplaintService::add_appeal(db::Tx& tx, const Matter& matter,
                                            const Standing& standing, std::string_view text) {
  if (!moderation_.may_appeal(tx, matter, standing)) {
    if (standing.erased_at) {
      return fail(ErrorKind::gone, "appeal_over", "The file of this photo is erased.",
                  "Upload the photo again, if it keeps the rules.");
    }
    return fail(ErrorKind::conflict, "decision_final", "This decision is final.",
                "Read the rules of this site before you go on.");
  }
  const Decision decision = rows_.decision(tx, standing.decision).value();
  const auto open = rows_.find_open(tx, matter.subject);
  CaseId on = open ? open->id : CaseId{};
  if (!open) {
    on = moderation_.open_case(tx, matter, Origin::appeal, decision.reason, decision.actor).id;
  } else if (decision.actor) {
    rows_.bar(tx, on, decision.actor);
  }
  Appeal appeal{.decision = standing.decision,
                .subject = matter.subject,
                .on = on,
                .text = std::string(text),
                .outcome = std::nullopt,
                .created_at = clock_.now()};
  rows_.insert_appeal(tx, appeal);
  if (!matter.subject.is_comment()) rows_.keep_bytes(tx, matter.subject.photo);
  return appeal;
}

Result<Notice> ComplaintService::notice(const Viewer& viewer, const Subject& subject) {
  return database_.read([&](db::Tx& tx) -> Result<Notice> {
    const auto matter = rows_.matter(tx, subject);
    if (!matter || matter->owner != viewer.account) return not_found();
    const auto standing = rows_.standing(tx, subject);
    auto decision = standing ? rows_.decision(tx, standing->decision) : std::nullopt;
    // A photo that was reported and stays: its owner is not told of the report.
    if (!decision ||
        (decision->before == PhotoState::published && decision->after == PhotoState::published)) {
      return not_found();
    }
    const bool hidden = matter->state != PhotoState::published;
    Notice notice{.decision = *std::move(decision), .standing = *standing};
    notice.explanation = reason_sentence(notice.decision.reason);
    notice.appeal = rows_.appeal_of(tx, standing->decision);
    notice.open = hidden && rows_.find_open(tx, subject).has_value();
    notice.may_appeal = moderation_.may_appeal(tx, *matter, *standing);
    return notice;
  });
}

Result<Decision> ComplaintService::linked(std::string_view token) {
  const auto id = links_.read(token);
  if (!id) return not_found();
  auto decision = database_.read([&](db::Tx& tx) { return rows_.decision(tx, *id); });
  if (!decision || decision->action != Action::suspend) return not_found();
  return *std::move(decision);
}

Result<Appeal> ComplaintService::appeal_by_link(std::string_view token, std::string_view text) {
  TRY_ASSIGN(const Decision decision, linked(token));
  return appeal({.account = decision.owner}, decision.subject, text);
}

Result<Notice> ComplaintService::notice_by_link(std::string_view token) {
  TRY_ASSIGN(const Decision decision, linked(token));
  return notice({.account = decision.owner}, decision.subject);
}

}  // namespace picsharz::moderation
