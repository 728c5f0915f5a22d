#include "features/moderation/complaint_service.h"

#include "base/limits.h"

namespace picsharz::moderation {

using photos::PhotoState;

Result<Report> ComplaintService::report(const Viewer& viewer, PhotoId photo,
                                        const Complaint& complaint) {
  return database_.write([&](db::Tx& tx) -> Result<Report> {
    if (!rows_.lock(tx, photo)) return not_found();
    const auto owner = rows_.listed_owner(tx, viewer, photo);
    if (!owner) return not_found();
    if (*owner == viewer.account) {
      return fail(ErrorKind::forbidden, "own_photo", "This photo is yours.",
                  "Edit or delete it, if something is wrong with it.");
    }
    if (auto made = rows_.report(tx, photo, viewer.account)) return *std::move(made);
    return add_report(tx, viewer, photo, complaint);
  });
}

Result<Report> ComplaintService::add_report(db::Tx& tx, const Viewer& viewer, PhotoId photo,
                                            const Complaint& complaint) {
  const Micros now = clock_.now();
  if (rows_.reports_since(tx, viewer.account, now - day) >= limits::reports_per_day) {
    auto failure = fail(ErrorKind::too_many, "too_many_reports",
                        "You reported many photos today; moderators will look at them.",
                        "Go on tomorrow, or write to the moderators of this site.");
    failure.error().retry_after_seconds = static_cast<int>(hour / second);
    return failure;
  }
  const auto open = rows_.find_open(tx, photo);
  const CaseId on =
      open ? open->id
           : moderation_.open_case(tx, photo, Origin::reports, complaint.reason, std::nullopt).id;
  Report report{photo, on, complaint.reason, complaint.note, now};
  rows_.insert_report(tx, report, viewer.account);
  rows_.set_reported(tx, photo, true);
  return report;
}

Result<Appeal> ComplaintService::appeal(const Viewer& viewer, PhotoId id, std::string_view text) {
  return database_.write([&](db::Tx& tx) -> Result<Appeal> {
    if (!rows_.lock(tx, id)) return not_found();
    const photos::Photo photo = rows_.find_photo(tx, id).value().photo;
    if (photo.owner != viewer.account) return not_found();
    const auto standing = rows_.standing(tx, id);
    const bool hidden = photo.state == PhotoState::held || photo.state == PhotoState::removed;
    if (!standing || !hidden) {
      return fail(ErrorKind::conflict, "nothing_to_appeal",
                  "No decision stands against this photo.", "Reload its page.");
    }
    if (auto made = rows_.appeal_of(tx, standing->decision)) {
      if (made->text == text) return *std::move(made);
      return fail(ErrorKind::conflict, "already_appealed", "You appealed against this decision.",
                  "Wait for the answer; it comes by e-mail.");
    }
    return add_appeal(tx, photo, *standing, text);
  });
}

Result<Appeal> ComplaintService::add_appeal(db::Tx& tx, const photos::Photo& photo,
                                            const Standing& standing, std::string_view text) {
  if (!moderation_.may_appeal(tx, photo, standing)) {
    if (standing.erased_at) {
      return fail(ErrorKind::gone, "appeal_over", "The file of this photo is erased.",
                  "Upload the photo again, if it keeps the rules.");
    }
    return fail(ErrorKind::conflict, "decision_final", "This decision is final.",
                "Read the rules of this site before you upload the next photo.");
  }
  const Decision decision = rows_.decision(tx, standing.decision).value();
  const auto open = rows_.find_open(tx, photo.id);
  CaseId on = open ? open->id : CaseId{};
  if (!open) {
    on = moderation_.open_case(tx, photo.id, Origin::appeal, decision.reason, decision.actor).id;
  } else if (decision.actor) {
    rows_.bar(tx, on, decision.actor);
  }
  Appeal appeal{.decision = standing.decision,
                .photo = photo.id,
                .on = on,
                .text = std::string(text),
                .outcome = std::nullopt,
                .created_at = clock_.now()};
  rows_.insert_appeal(tx, appeal);
  rows_.keep_bytes(tx, photo.id);
  return appeal;
}

Result<Notice> ComplaintService::notice(const Viewer& viewer, PhotoId id) {
  return database_.read([&](db::Tx& tx) -> Result<Notice> {
    const auto view = rows_.find_photo(tx, id);
    if (!view || view->photo.owner != viewer.account) return not_found();
    const auto standing = rows_.standing(tx, id);
    auto decision = standing ? rows_.decision(tx, standing->decision) : std::nullopt;
    // A photo that was reported and stays: its owner is not told of the report.
    if (!decision ||
        (decision->before == PhotoState::published && decision->after == PhotoState::published)) {
      return not_found();
    }
    const bool hidden = view->photo.state != PhotoState::published;
    Notice notice{.decision = *std::move(decision), .standing = *standing};
    notice.explanation = reason_sentence(notice.decision.reason);
    notice.appeal = rows_.appeal_of(tx, standing->decision);
    notice.open = hidden && rows_.find_open(tx, id).has_value();
    notice.may_appeal = moderation_.may_appeal(tx, view->photo, *standing);
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
  return appeal({.account = decision.owner}, decision.photo, text);
}

Result<Notice> ComplaintService::notice_by_link(std::string_view token) {
  TRY_ASSIGN(const Decision decision, linked(token));
  return notice({.account = decision.owner}, decision.photo);
}

}  // namespace picsharz::moderation
