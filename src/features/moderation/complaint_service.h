// What people say to moderators: reports of a photo or a comment, and the appeal of whoever it
// belongs to against a decision.
//
// Reports:   by members, on published photos and comments that they see, one each; several about
//            one thing are one case. Who reported is shown to nobody, and the owner is not even
//            told that somebody did: neither an event nor a change of the photo comes of it.
// Appeals:   by the owner, one a decision, as long as the file is there or the account suspended.
//            It goes to another moderator than the one who decided, where there is one. The answer
//            to an appeal against a person's decision is the last word. Who is suspended comes by
//            the link of the mail, which stands for the owner.
// Threads:   thread-safe.
// Failures:  own_photo, own_comment, too_many_reports, nothing_to_appeal, already_appealed,
//            decision_final, appeal_over as values; those of the database are thrown. Everything
//            may be repeated.
#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "base/viewer.h"
#include "db/database.h"
#include "features/moderation/moderation_rules.h"
#include "features/moderation/moderation_service.h"

namespace picsharz::moderation {

class ComplaintService {
 public:
  ComplaintService(db::Database& database, const Clock& clock, ModerationService& moderation,
                   const AppealLinks& links)
      : database_(database), clock_(clock), moderation_(moderation), links_(links) {}

  // The second report of a member is the first one again.
  Result<Report> report(const Viewer& viewer, const Subject& subject, const Complaint& complaint);
  // The same text again is the appeal that was made.
  Result<Appeal> appeal(const Viewer& viewer, const Subject& subject, std::string_view text);
  // What the owner is told of the decision that a photo or comment of theirs stands under.
  Result<Notice> notice(const Viewer& viewer, const Subject& subject);
  // Whoever asks: the others ask for permission.
  Result<Subject> find_comment(CommentId comment);
  // The same for who has the link of a suspension's mail.
  Result<Appeal> appeal_by_link(std::string_view token, std::string_view text);
  Result<Notice> notice_by_link(std::string_view token);

 private:
  Result<Report> add_report(db::Tx& tx, const Viewer& viewer, const Subject& subject,
                            const Complaint& complaint);
  Result<Appeal> add_appeal(db::Tx& tx, const Matter& matter, const Standing& standing,
                            std::string_view text);
  // The suspension that a link is about.
  Result<Decision> linked(std::string_view token);

  db::Database& database_;
  const Clock& clock_;
  ModerationService& moderation_;
  const AppealLinks& links_;
  ModerationStore rows_;
};

}  // namespace picsharz::moderation
