// Rows of moderation: cases, the audit log, standings, reports, appeals; and what a decision
// changes in photos, accounts and sessions. No rules, no clock.
//
// Locks:     whoever changes a case, a standing, a report or an appeal holds the photo's row
// (lock). Threads:   stateless; every method works in the caller's transaction. Failures:  a change
// of the audit log is refused by the database itself (migration 0016).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/page.h"
#include "base/viewer.h"
#include "db/database.h"
#include "features/accounts/account_store.h"
#include "features/comments/comment_store.h"
#include "features/moderation/moderation.h"
#include "features/photos/photo_edit_store.h"
#include "features/photos/photo_store.h"
#include "features/photos/staff_view_store.h"
#include "features/sessions/session_store.h"
#include "features/sessions/token_store.h"

namespace picsharz::moderation {

class ModerationStore {
 public:
  // --- photos, accounts
  bool lock(db::Tx& tx, PhotoId photo);
  std::optional<photos::PhotoView> find_photo(db::Tx& tx, PhotoId photo);
  // Whether this viewer sees it on its page.
  bool sees(db::Tx& tx, const Viewer& viewer, PhotoId photo);
  // nullopt: it is gone.
  std::optional<Matter> matter(db::Tx& tx, const Subject& subject);
  std::optional<Subject> subject_of(db::Tx& tx, CommentId comment);
  // Whose the photo or the comment is, where this viewer sees it among what is published.
  std::optional<AccountId> listed_owner(db::Tx& tx, const Viewer& viewer, const Subject& subject);
  // False where it cannot be: the bytes of a photo are erased.
  bool set_state(db::Tx& tx, const Subject& subject, photos::PhotoState state,
                 std::string_view reason);
  void set_reported(db::Tx& tx, PhotoId photo, bool reported);
  // Its bytes and what its file said; the hash of the bytes, whose erasure is to be enqueued.
  std::optional<std::string> let_go_of_bytes(db::Tx& tx, PhotoId photo);
  Facts facts(db::Tx& tx, PhotoId photo);
  std::optional<accounts::Account> find_account(db::Tx& tx, AccountId account);
  void suspend(db::Tx& tx, AccountId account);  // its sessions end
  void reinstate(db::Tx& tx, AccountId account);
  // Whether a photo or a comment but this one stands under a decision that suspends its owner.
  bool suspended_for_another(db::Tx& tx, AccountId owner, const Subject& subject);
  // Active moderators and administrators, but not this one.
  std::vector<accounts::Account> staff(db::Tx& tx, AccountId except, int limit);
  // Whether anybody of them could decide instead of `moderator` about a photo of `owner`.
  bool has_other_moderator(db::Tx& tx, AccountId moderator, AccountId owner);
  void record_look(db::Tx& tx, std::int64_t id, AccountId viewer, const photos::Photo& photo,
                   Micros now);
  std::vector<StaffView> looks(db::Tx& tx, std::int64_t before, int limit);  // newest first

  // --- cases
  void open(db::Tx& tx, const Case& opened);
  std::optional<Case> find(db::Tx& tx, CaseId id);
  std::int64_t count_open(db::Tx& tx);
  std::optional<Case> find_open(db::Tx& tx, const Subject& subject);
  void close(db::Tx& tx, CaseId id, DecisionId decision, const std::optional<Standing>& before,
             Micros now);
  // Where no other case about the subject was opened meanwhile.
  void reopen(db::Tx& tx, CaseId id);
  void bar(db::Tx& tx, CaseId id, std::optional<AccountId> moderator);
  std::optional<CaseCard> card(db::Tx& tx, CaseId id);
  // Oldest first, without what is the moderator's own.
  std::vector<CaseCard> queue(db::Tx& tx, AccountId moderator, std::optional<CaseId> after,
                              int limit);

  // --- the audit log
  void record(db::Tx& tx, const Decision& decision);
  std::optional<Decision> decision(db::Tx& tx, DecisionId id);
  bool undone(db::Tx& tx, const Decision& decision);
  std::optional<Decision> last_of_case(db::Tx& tx, CaseId id);
  std::vector<Decision> audit(db::Tx& tx, DecisionId before, int limit);  // newest first
  History history(db::Tx& tx, AccountId owner, int limit);

  // --- trust
  bool is_member(db::Tx& tx, AccountId account);  // no more, and no less
  // Photos of theirs that are published, in whatever visibility; counted up to `enough`.
  std::int64_t published(db::Tx& tx, AccountId owner, int enough);
  std::int64_t photos_refused(db::Tx& tx, AccountId owner, Micros since);

  // --- standings
  std::optional<Standing> standing(db::Tx& tx, const Subject& subject);
  void put_standing(db::Tx& tx, const Subject& subject, DecisionId decision,
                    std::optional<Micros> erase_at);
  void keep_bytes(db::Tx& tx, PhotoId photo);
  void set_erased(db::Tx& tx, PhotoId photo, Micros now);
  std::vector<PhotoId> due(db::Tx& tx, Micros now, int limit);

  // --- reports and appeals
  std::optional<Report> report(db::Tx& tx, const Subject& subject, AccountId reporter);
  void insert_report(db::Tx& tx, const Report& report, AccountId reporter);
  int reports_since(db::Tx& tx, AccountId reporter, Micros since);
  std::vector<Report> reports(db::Tx& tx, CaseId id, int limit);  // oldest first
  std::optional<Appeal> appeal_of(db::Tx& tx, DecisionId decision);
  std::optional<Appeal> appeal_in(db::Tx& tx, CaseId id);  // the newest
  bool answers_appeal(db::Tx& tx, DecisionId decision);
  // Whether what was appealed then was a person's decision, not the classifier's.
  bool answers_appeal_against_person(db::Tx& tx, DecisionId decision);
  void insert_appeal(db::Tx& tx, const Appeal& appeal);
  void answer_appeals(db::Tx& tx, CaseId id, DecisionId outcome);
  void unanswer_appeals(db::Tx& tx, DecisionId outcome);

 private:
  // By a person, neither taken back nor made good on appeal.
  std::int64_t refusals(db::Tx& tx, AccountId owner, Micros since, bool comments);

  photos::PhotoStore photos_;
  photos::PhotoEditStore details_;
  comments::CommentStore comments_;
  accounts::AccountStore accounts_;
  sessions::SessionStore sessions_;
  sessions::TokenStore tokens_;
};

}  // namespace picsharz::moderation
