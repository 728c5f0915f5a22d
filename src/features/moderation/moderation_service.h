// The moderators' queue, their decisions, and what follows from them.
//
// Cases:     what the classifier holds or removes opens a case in the transaction that does so
//            (withheld, docs/adr/0012); reports and appeals open one as well (ComplaintService).
//            One open case a photo, and one a comment (docs/adr/0017). Whatever is about comments
//            goes the same way: what is said of photos here is meant of both, but for pictures.
// Decisions: by moderators, on everybody's photos and comments but their own; an appeal against a
//            moderator's decision is for another one, where there is one. What somebody decides may
//            be taken back for ten seconds; only then is the owner told. Who is suspended appeals
//            by the link of the mail; the answer takes the suspension's place, and lifts it unless
//            it is one again, or the account is suspended for another photo.
// Record:    each decision, also the classifier's, is a row of the audit log with the scores, the
//            models and the thresholds. Looks at what was not shared are recorded as well.
// Coming back: what is removed as explicit, by whomever, is on the blocklist as long as it is.
// Trust:     the first photos of a new member may wait for a person's eyes, and who was refused
//            often may upload little for a while (holds_back, photos_per_day).
// Erasing:   the bytes of a removed photo are kept as long as its owner may appeal, and while an
//            appeal waits; then they go (erase_due).
// Threads:   thread-safe.
// Failures:  case_closed, own_photo, own_comment, own_decision, outranked, photo_erased, undo_over
// as values;
//            those of the database are thrown. Everything may be repeated.
#pragma once

#include <optional>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/error.h"
#include "base/ids.h"
#include "base/limits.h"
#include "base/page.h"
#include "base/viewer.h"
#include "db/database.h"
#include "features/moderation/appeal_links.h"
#include "features/moderation/blocklist_service.h"
#include "features/moderation/moderation.h"
#include "features/moderation/moderation_mails.h"
#include "features/moderation/moderation_store.h"
#include "features/notifications/notification_service.h"
#include "features/photos/gate_service.h"
#include "features/photos/media_service.h"
#include "jobs/queue.h"
#include "mail/letter.h"
#include "mail/outbox.h"

namespace picsharz::moderation {

struct ModerationSettings {
  mail::Context mail;
  Thresholds thresholds;                   // those that the classifier goes by
  Micros quarantine = limits::quarantine;  // 0: bytes of explicit photos go at once
  int first_photos = 0;                    // of a member that wait for a person; 0: none
  int refusals = limits::refusals;         // in 30 days, that throttle a member; 0: never
};

class ModerationService final : public photos::GateService {
 public:
  ModerationService(db::Database& database, IdSource& ids, const Clock& clock, jobs::Queue& queue,
                    mail::Outbox& outbox, photos::MediaService& media, BlocklistService& blocklist,
                    const AppealLinks& links, notifications::NotificationService& notifications,
                    ModerationSettings settings)
      : database_(database),
        ids_(ids),
        clock_(clock),
        queue_(queue),
        outbox_(outbox),
        media_(media),
        blocklist_(blocklist),
        links_(links),
        notifications_(notifications),
        settings_(std::move(settings)) {}

  bool recognises(std::uint64_t phash) override;
  void withheld(db::Tx& tx, PhotoId id) override;
  void checked(db::Tx& tx, PhotoId id) override;
  bool decided(db::Tx& tx, PhotoId id) override;
  bool holds_back(db::Tx& tx, AccountId owner) override;
  std::optional<int> photos_per_day(AccountId owner) override;
  // In the caller's transaction, under the photo's lock, where there is no open one.
  Case open_case(db::Tx& tx, const Matter& matter, Origin origin, std::string_view reason,
                 std::optional<AccountId> barred);

  std::int64_t waiting();  // cases, whoever may decide them
  Page<CaseCard> queue(const Viewer& viewer, const PageRequest& page);  // oldest first
  Result<CasePage> page(const Viewer& viewer, CaseId id);
  // The same decision by the same moderator again is the one that was made.
  Result<Decision> decide(const Viewer& viewer, CaseId id, const Judgement& judgement);
  Result<Decision> undo(const Viewer& viewer, CaseId id);
  Page<Decision> audit(const PageRequest& page);   // newest first
  Page<StaffView> looks(const PageRequest& page);  // newest first

  // Whether the owner may appeal the decision that a photo or a comment stands under.
  bool may_appeal(db::Tx& tx, const Matter& matter, const Standing& standing);

  // The job of a decision: mails to whom it concerns. False: the lease was lost.
  bool tell(const jobs::Job& job, DecisionId id);
  // Erases what was kept long enough; how many photos.
  int erase_due();

 private:
  struct Looked {  // at a case, under the photo's lock
    Case on;
    Matter matter;
    accounts::Account owner;
  };
  Result<Looked> look(db::Tx& tx, const Viewer& viewer, CaseId id);
  Result<void> check_may_decide(db::Tx& tx, const Viewer& viewer, const Looked& at,
                                const Judgement& judgement);
  Result<Decision> carry_out(db::Tx& tx, const Viewer& viewer, const Looked& at,
                             const Judgement& judgement);
  Result<Decision> take_back(db::Tx& tx, const Viewer& viewer, const Looked& at,
                             const Decision& decision);
  bool is_barred(db::Tx& tx, const Viewer& viewer, const Case& on, AccountId owner);
  bool shield(db::Tx& tx, const Viewer& viewer, CaseCard& card);
  bool is_about_suspension(db::Tx& tx, const Case& on, const accounts::Account& owner);
  bool can_still_be_made_good(db::Tx& tx, const Standing& standing);
  void set_blocked(db::Tx& tx, const Decision& decision, photos::PhotoState state,
                   std::string_view reason);
  std::optional<Micros> erase_at(db::Tx& tx, const Decision& decision);
  Decision new_decision(const Case& on, const Matter& matter, Action action);
  void erase(db::Tx& tx, PhotoId photo, const Case& on);
  void enqueue_telling(db::Tx& tx, const Decision& decision, Micros delay);
  void forget(const Subject& subject);
  void tell_owner(db::Tx& tx, const Decision& decision);
  void alert_staff(db::Tx& tx, const Decision& decision);

  db::Database& database_;
  IdSource& ids_;
  const Clock& clock_;
  jobs::Queue& queue_;
  mail::Outbox& outbox_;
  photos::MediaService& media_;
  BlocklistService& blocklist_;
  const AppealLinks& links_;
  notifications::NotificationService& notifications_;
  const ModerationSettings settings_;
  ModerationStore rows_;
};

inline constexpr const char* tell_job = "moderation.tell";

}  // namespace picsharz::moderation
