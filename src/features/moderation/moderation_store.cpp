#include "features/moderation/moderation_store.h"

#include <limits>

#include "features/photos/photo_visibility.h"

namespace picsharz::moderation {

namespace {

template <class T>
std::optional<T> maybe_id(const db::Row& row, int column) {
  return row.null(column) ? std::nullopt : std::optional(row.id<T>(column));
}

#define CASE_COLUMNS                                                                      \
  "c.id, c.photo_id, c.origin, c.reason, c.facts, c.barred_id, c.opened_at, c.closed_at," \
  " c.decision_id, c.before_decision_id, c.before_erase_at, c.comment_id, c.words"
constexpr int case_columns = 13;

Case read_case(const db::Row& row, int first = 0) {
  return {.id = row.id<CaseId>(first),
          .subject = {row.id<PhotoId>(first + 1), row.id<CommentId>(first + 11)},
          .origin = row.as<Origin>(first + 2),
          .reason = row.string(first + 3),
          .facts = row.string(first + 4),
          .barred = maybe_id<AccountId>(row, first + 5),
          .opened_at = row.integer(first + 6),
          .closed_at = row.maybe_integer(first + 7),
          .decision = maybe_id<DecisionId>(row, first + 8),
          .before_decision = maybe_id<DecisionId>(row, first + 9),
          .before_erase_at = row.maybe_integer(first + 10),
          .words = row.string(first + 12)};
}

Case read_only_case(const db::Row& row) { return read_case(row); }

#define CARD_QUERY                                                                         \
  "SELECT " PICSHARZ_PHOTO_VIEW_COLUMNS ", " CASE_COLUMNS                                  \
  ", (SELECT count(*) FROM reports r WHERE r.case_id = c.id),"                             \
  " (SELECT count(*) FROM appeals a WHERE a.case_id = c.id),"                              \
  " k.id, k.author_id, w.handle, w.name, k.text, k.edited_at, k.created_at, k.state,"      \
  " w.avatar"                                                                              \
  " FROM moderation_cases c JOIN photos p ON p.id = c.photo_id JOIN accounts o ON o.id = " \
  "p.owner_id LEFT JOIN comments k ON k.id = c.comment_id"                                 \
  " LEFT JOIN accounts w ON w.id = k.author_id"

std::optional<CaseComment> read_case_comment(const db::Row& row, int first) {
  if (row.null(first)) return std::nullopt;
  return CaseComment{
      .id = row.id<CommentId>(first),
      .author = row.id<AccountId>(first + 1),
      .author_handle = row.string(first + 2),
      .author_name = row.string(first + 3),
      .author_avatar = row.null(first + 8) ? "" : row.string(first + 8),
      .text = row.string(first + 4),
      .edited_at = row.maybe_integer(first + 5),
      .created_at = row.integer(first + 6),
      .removed = row.as<comments::CommentState>(first + 7) == comments::CommentState::removed};
}

CaseCard read_card(const db::Row& row) {
  constexpr int after = photos::photo_view_columns + case_columns;
  return {.on = read_case(row, photos::photo_view_columns),
          .photo = photos::read_view(row),
          .comment = read_case_comment(row, after + 2),
          .reports = row.integer(after),
          .appealed = row.integer(after + 1) > 0};
}

#define DECISION_QUERY                                                                        \
  "SELECT d.id, d.case_id, d.photo_id, d.owner_id, d.actor_id, d.action, d.reason, d.note,"   \
  " d.state_before, d.state_after, d.reason_before, d.owner_state_before, d.facts, d.undoes," \
  " d.created_at, o.handle, a.handle, d.comment_id FROM moderation_decisions d"               \
  " LEFT JOIN accounts o ON o.id = d.owner_id LEFT JOIN accounts a ON a.id = d.actor_id"

Decision read_decision(const db::Row& row) {
  return {.id = row.id<DecisionId>(0),
          .on = row.id<CaseId>(1),
          .subject = {row.id<PhotoId>(2), row.id<CommentId>(17)},
          .owner = row.id<AccountId>(3),
          .actor = maybe_id<AccountId>(row, 4),
          .action = row.as<Action>(5),
          .reason = row.string(6),
          .note = row.string(7),
          .before = row.as<photos::PhotoState>(8),
          .after = row.as<photos::PhotoState>(9),
          .reason_before = row.maybe_string(10),
          .owner_before = row.as<accounts::AccountState>(11),
          .facts = row.string(12),
          .undoes = maybe_id<DecisionId>(row, 13),
          .created_at = row.integer(14),
          .owner_handle = row.maybe_string(15),
          .actor_handle = row.maybe_string(16)};
}

#define REPORT_COLUMNS "photo_id, case_id, reason, note, created_at, comment_id"

Report read_report(const db::Row& row) {
  return {{row.id<PhotoId>(0), row.id<CommentId>(5)},
          row.id<CaseId>(1),
          row.string(2),
          row.string(3),
          row.integer(4)};
}

#define APPEAL_COLUMNS "decision_id, photo_id, case_id, text, outcome, created_at, comment_id"

Appeal read_appeal(const db::Row& row) {
  return {row.id<DecisionId>(0),
          {row.id<PhotoId>(1), row.id<CommentId>(6)},
          row.id<CaseId>(2),
          row.string(3),
          maybe_id<DecisionId>(row, 4),
          row.integer(5)};
}

std::optional<CommentId> comment_of(const Subject& subject) {
  return subject.is_comment() ? std::optional(subject.comment) : std::nullopt;
}

std::int64_t integer(const db::Row& row) { return row.integer(0); }

}  // namespace

bool ModerationStore::lock(db::Tx& tx, PhotoId photo) { return details_.lock(tx, photo); }

std::optional<photos::PhotoView> ModerationStore::find_photo(db::Tx& tx, PhotoId photo) {
  return photos_.find(tx, photo);
}

std::optional<Matter> ModerationStore::matter(db::Tx& tx, const Subject& subject) {
  if (!subject.is_comment()) {
    const auto view = find_photo(tx, subject.photo);
    if (!view) return std::nullopt;
    const photos::Photo& photo = view->photo;
    return Matter{subject, photo.owner, photo.state, photo.reason, photo.title};
  }
  const auto row = comments_.row(tx, subject.comment);
  if (!row || !row->author) return std::nullopt;
  const bool removed = row->state == comments::CommentState::removed;
  return Matter{subject, *row->author,
                removed ? photos::PhotoState::removed : photos::PhotoState::published, std::nullopt,
                row->text};
}

std::optional<Subject> ModerationStore::subject_of(db::Tx& tx, CommentId comment) {
  const auto row = comments_.row(tx, comment);
  if (!row || !row->author) return std::nullopt;
  return Subject{row->photo, row->id};
}

bool ModerationStore::set_state(db::Tx& tx, const Subject& subject, photos::PhotoState state,
                                std::string_view reason) {
  if (!subject.is_comment()) return photos_.decide(tx, subject.photo, state, reason);
  const auto row = comments_.row(tx, subject.comment);
  if (!row) return false;
  comments_.set_state(tx, *row,
                      state == photos::PhotoState::published ? comments::CommentState::published
                                                             : comments::CommentState::removed);
  return true;
}

std::optional<AccountId> ModerationStore::listed_owner(db::Tx& tx, const Viewer& viewer,
                                                       const Subject& subject) {
  if (subject.is_comment()) {
    const auto comment = comments_.find(tx, viewer.account, subject.comment);
    const bool shown = comment && comment->state == comments::CommentState::published &&
                       comments_.photo(tx, viewer, subject.photo);
    return shown ? std::optional(comment->author->id) : std::nullopt;
  }
  return tx.one(
      "SELECT p.owner_id FROM photos p JOIN accounts o ON o.id = p.owner_id"
      " WHERE p.id = $3 AND " PICSHARZ_PHOTO_LISTED,
      [](const db::Row& row) { return row.id<AccountId>(0); }, viewer.account, viewer.role,
      subject.photo);
}

bool ModerationStore::sees(db::Tx& tx, const Viewer& viewer, PhotoId photo) {
  return details_.visible_owner(tx, viewer, photo).has_value();
}

void ModerationStore::set_reported(db::Tx& tx, PhotoId photo, bool reported) {
  photos_.set_reported(tx, photo, reported);
}

std::optional<std::string> ModerationStore::let_go_of_bytes(db::Tx& tx, PhotoId photo) {
  auto original = photos_.let_go_of_bytes(tx, photo);
  if (original) details_.set_metadata(tx, photo, {});
  return original;
}

// The rows of one run of the classifier are written together, so they have one time.
Facts ModerationStore::facts(db::Tx& tx, PhotoId photo) {
  Facts facts;
  tx.each(
      "SELECT models, verdict, drawing, hentai, neutral, porn, sexy FROM assessments"
      " WHERE photo_id = $1 AND models = (SELECT models FROM assessments WHERE photo_id = $1"
      " ORDER BY created_at DESC, models LIMIT 1) ORDER BY stage",
      [&](const db::Row& row) {
        facts.models = row.string(0);
        facts.verdict = static_cast<int>(row.integer(1));
        facts.stages.push_back({row.real(2), row.real(3), row.real(4), row.real(5), row.real(6)});
      },
      photo);
  return facts;
}

std::optional<accounts::Account> ModerationStore::find_account(db::Tx& tx, AccountId account) {
  return accounts_.find(tx, account);
}

void ModerationStore::suspend(db::Tx& tx, AccountId account) {
  // Never an administrator, however it comes to this (a decision that is taken back, of somebody
  // who was promoted meanwhile): the last one cannot vanish.
  const bool done = tx.exec("UPDATE accounts SET state = $2 WHERE id = $1 AND role < $3", account,
                            accounts::AccountState::suspended, Role::administrator) > 0;
  if (!done) return;
  sessions_.remove_all(tx, account);
  tokens_.remove_all(tx, account);  // they would live again with the account
}

void ModerationStore::reinstate(db::Tx& tx, AccountId account) {
  accounts_.set_state(tx, account, accounts::AccountState::active);
}

bool ModerationStore::suspended_for_another(db::Tx& tx, AccountId owner, const Subject& subject) {
  return tx.exec(
             "SELECT 1 FROM moderation_decisions d WHERE d.owner_id = $1 AND d.action = $2"
             " AND (d.photo_id <> $3 OR COALESCE(d.comment_id, 0) <> $4)"
             " AND (EXISTS (SELECT 1 FROM moderation_standing s WHERE s.photo_id = d.photo_id"
             "   AND s.decision_id = d.id)"
             "  OR EXISTS (SELECT 1 FROM comment_standing s WHERE s.comment_id = d.comment_id"
             "   AND s.decision_id = d.id)) LIMIT 1",
             owner, Action::suspend, subject.photo, subject.comment) > 0;
}

std::vector<accounts::Account> ModerationStore::staff(db::Tx& tx, AccountId except, int limit) {
  return tx.all(
      "SELECT " PICSHARZ_ACCOUNT_COLUMNS(
          "a") " FROM accounts a WHERE a.role > 0 AND a.state = 0 AND a.id <> $1"
               " ORDER BY a.id LIMIT $2",
      [](const db::Row& row) { return accounts::read_account(row); }, except, limit);
}

bool ModerationStore::has_other_moderator(db::Tx& tx, AccountId moderator, AccountId owner) {
  return tx.exec(
             "SELECT 1 FROM accounts WHERE role > 0 AND state = 0 AND id <> $1 AND id <> $2"
             " LIMIT 1",
             moderator, owner) > 0;
}

void ModerationStore::record_look(db::Tx& tx, std::int64_t id, AccountId viewer,
                                  const photos::Photo& photo, Micros now) {
  photos::StaffViewStore().insert(tx, id, viewer, photo.id, photo.state, now);
}

std::vector<StaffView> ModerationStore::looks(db::Tx& tx, std::int64_t before, int limit) {
  return tx.all(
      "SELECT v.id, v.photo_id, a.handle, v.state, v.created_at FROM staff_views v"
      " LEFT JOIN accounts a ON a.id = v.viewer_id WHERE v.id < $1 ORDER BY v.id DESC LIMIT $2",
      [](const db::Row& row) {
        return StaffView{row.integer(0), row.id<PhotoId>(1), row.maybe_string(2),
                         row.as<photos::PhotoState>(3), row.integer(4)};
      },
      before, limit);
}

void ModerationStore::open(db::Tx& tx, const Case& opened) {
  tx.exec(
      "INSERT INTO moderation_cases (id, photo_id, comment_id, words, origin, reason, facts,"
      " barred_id, opened_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
      opened.id, opened.subject.photo, comment_of(opened.subject), opened.words, opened.origin,
      opened.reason, opened.facts, opened.barred, opened.opened_at);
}

std::optional<Case> ModerationStore::find(db::Tx& tx, CaseId id) {
  return tx.one("SELECT " CASE_COLUMNS " FROM moderation_cases c WHERE c.id = $1", read_only_case,
                id);
}

std::int64_t ModerationStore::count_open(db::Tx& tx) {
  return tx.one("SELECT count(*) FROM moderation_cases WHERE closed_at IS NULL", integer).value();
}

std::optional<Case> ModerationStore::find_open(db::Tx& tx, const Subject& subject) {
  return tx.one("SELECT " CASE_COLUMNS
                " FROM moderation_cases c WHERE c.photo_id = $1 AND c.closed_at IS NULL"
                " AND COALESCE(c.comment_id, 0) = $2",
                read_only_case, subject.photo, subject.comment);
}

void ModerationStore::close(db::Tx& tx, CaseId id, DecisionId decision,
                            const std::optional<Standing>& before, Micros now) {
  std::optional<DecisionId> before_decision;
  std::optional<Micros> before_erase_at;
  if (before) {
    before_decision = before->decision;
    before_erase_at = before->erase_at;
  }
  tx.exec(
      "UPDATE moderation_cases SET closed_at = $2, decision_id = $3, before_decision_id = $4,"
      " before_erase_at = $5 WHERE id = $1",
      id, now, decision, before_decision, before_erase_at);
}

void ModerationStore::reopen(db::Tx& tx, CaseId id) {
  tx.exec(
      "UPDATE moderation_cases SET closed_at = NULL, decision_id = NULL WHERE id = $1"
      " AND NOT EXISTS (SELECT 1 FROM moderation_cases n"
      " WHERE n.photo_id = moderation_cases.photo_id AND n.closed_at IS NULL"
      " AND COALESCE(n.comment_id, 0) = COALESCE(moderation_cases.comment_id, 0))",
      id);
}

void ModerationStore::bar(db::Tx& tx, CaseId id, std::optional<AccountId> moderator) {
  tx.exec("UPDATE moderation_cases SET barred_id = $2 WHERE id = $1", id, moderator);
}

std::optional<CaseCard> ModerationStore::card(db::Tx& tx, CaseId id) {
  return tx.one(CARD_QUERY " WHERE c.id = $1", read_card, id);
}

std::vector<CaseCard> ModerationStore::queue(db::Tx& tx, AccountId moderator,
                                             std::optional<CaseId> after, int limit) {
  return tx.all(
      CARD_QUERY
      " WHERE c.closed_at IS NULL AND c.id > $1 AND COALESCE(k.author_id, p.owner_id) <> $2"
      " ORDER BY c.id LIMIT $3",
      read_card, after.value_or(CaseId{}), moderator, limit);
}

void ModerationStore::record(db::Tx& tx, const Decision& decision) {
  tx.exec(
      "INSERT INTO moderation_decisions (id, case_id, photo_id, owner_id, actor_id, action, reason,"
      " note, state_before, state_after, reason_before, owner_state_before, facts, undoes,"
      " created_at, comment_id)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
      decision.id, decision.on, decision.subject.photo, decision.owner, decision.actor,
      decision.action, decision.reason, decision.note, decision.before, decision.after,
      decision.reason_before, decision.owner_before, decision.facts, decision.undoes,
      decision.created_at, comment_of(decision.subject));
}

std::optional<Decision> ModerationStore::decision(db::Tx& tx, DecisionId id) {
  return tx.one(DECISION_QUERY " WHERE d.id = $1", read_decision, id);
}

bool ModerationStore::undone(db::Tx& tx, const Decision& decision) {
  return tx.exec("SELECT 1 FROM moderation_decisions WHERE case_id = $1 AND undoes = $2",
                 decision.on, decision.id) > 0;
}

std::optional<Decision> ModerationStore::last_of_case(db::Tx& tx, CaseId id) {
  return tx.one(DECISION_QUERY " WHERE d.case_id = $1 ORDER BY d.id DESC LIMIT 1", read_decision,
                id);
}

std::vector<Decision> ModerationStore::audit(db::Tx& tx, DecisionId before, int limit) {
  return tx.all(DECISION_QUERY " WHERE d.id < $1 ORDER BY d.id DESC LIMIT $2", read_decision,
                before, limit);
}

bool ModerationStore::is_member(db::Tx& tx, AccountId account) {
  return tx
      .one("SELECT 1 FROM accounts WHERE id = $1 AND role = $2", integer, account, Role::member)
      .has_value();
}

std::int64_t ModerationStore::published(db::Tx& tx, AccountId owner, int enough) {
  return tx
      .one(
          "SELECT count(*) FROM (SELECT 1 FROM photos WHERE owner_id = $1 AND state = 3"
          " LIMIT $2) AS counted",
          integer, owner, enough)
      .value();
}

std::int64_t ModerationStore::photos_refused(db::Tx& tx, AccountId owner, Micros since) {
  return refusals(tx, owner, since, false);
}

std::int64_t ModerationStore::refusals(db::Tx& tx, AccountId owner, Micros since, bool comments) {
  return tx
      .one(
          "SELECT count(*) FROM moderation_decisions d WHERE d.owner_id = $1"
          " AND d.actor_id IS NOT NULL AND d.action IN (2, 3, 4) AND d.created_at >= $2"
          " AND (d.comment_id IS NULL OR $3 = 1)"
          " AND NOT EXISTS (SELECT 1 FROM moderation_decisions u WHERE u.case_id = d.case_id"
          " AND u.undoes = d.id)"
          " AND NOT EXISTS (SELECT 1 FROM moderation_decisions l WHERE l.owner_id = d.owner_id"
          " AND l.photo_id = d.photo_id AND COALESCE(l.comment_id, 0) = COALESCE(d.comment_id, 0)"
          " AND l.id > d.id AND l.action = 1)",
          integer, owner, since, comments)
      .value();
}

History ModerationStore::history(db::Tx& tx, AccountId owner, int limit) {
  History history;
  tx.each(
      "SELECT state, count(*) FROM photos WHERE owner_id = $1 AND state IN (3, 4, 5)"
      " GROUP BY state",
      [&](const db::Row& row) {
        const auto state = row.as<photos::PhotoState>(0);
        (state == photos::PhotoState::published ? history.published
         : state == photos::PhotoState::held    ? history.held
                                                : history.removed) = row.integer(1);
      },
      owner);
  history.refusals = refusals(tx, owner, 0, true);
  history.decisions = tx.all(DECISION_QUERY " WHERE d.owner_id = $1 ORDER BY d.id DESC LIMIT $2",
                             read_decision, owner, limit);
  return history;
}

std::optional<Standing> ModerationStore::standing(db::Tx& tx, const Subject& subject) {
  if (subject.is_comment()) {
    return tx.one(
        "SELECT decision_id FROM comment_standing WHERE comment_id = $1",
        [](const db::Row& row) { return Standing{.decision = row.id<DecisionId>(0)}; },
        subject.comment);
  }
  return tx.one(
      "SELECT decision_id, erase_at, erased_at FROM moderation_standing WHERE photo_id = $1",
      [](const db::Row& row) {
        return Standing{row.id<DecisionId>(0), row.maybe_integer(1), row.maybe_integer(2)};
      },
      subject.photo);
}

void ModerationStore::put_standing(db::Tx& tx, const Subject& subject, DecisionId decision,
                                   std::optional<Micros> erase_at) {
  if (subject.is_comment()) {
    tx.exec(
        "INSERT INTO comment_standing (comment_id, decision_id) VALUES ($1, $2)"
        " ON CONFLICT (comment_id) DO UPDATE SET decision_id = excluded.decision_id",
        subject.comment, decision);
    return;
  }
  tx.exec(
      "INSERT INTO moderation_standing (photo_id, decision_id, erase_at) VALUES ($1, $2, $3)"
      " ON CONFLICT (photo_id) DO UPDATE SET decision_id = excluded.decision_id,"
      " erase_at = excluded.erase_at",
      subject.photo, decision, erase_at);
}

void ModerationStore::keep_bytes(db::Tx& tx, PhotoId photo) {
  tx.exec("UPDATE moderation_standing SET erase_at = NULL WHERE photo_id = $1", photo);
}

void ModerationStore::set_erased(db::Tx& tx, PhotoId photo, Micros now) {
  tx.exec("UPDATE moderation_standing SET erase_at = NULL, erased_at = $2 WHERE photo_id = $1",
          photo, now);
}

std::vector<PhotoId> ModerationStore::due(db::Tx& tx, Micros now, int limit) {
  return tx.all(
      "SELECT photo_id FROM moderation_standing WHERE erase_at IS NOT NULL AND erase_at <= $1"
      " ORDER BY erase_at LIMIT $2",
      [](const db::Row& row) { return row.id<PhotoId>(0); }, now, limit);
}

std::optional<Report> ModerationStore::report(db::Tx& tx, const Subject& subject,
                                              AccountId reporter) {
  return tx.one("SELECT " REPORT_COLUMNS
                " FROM reports WHERE photo_id = $1 AND reporter_id = $2"
                " AND COALESCE(comment_id, 0) = $3",
                read_report, subject.photo, reporter, subject.comment);
}

void ModerationStore::insert_report(db::Tx& tx, const Report& report, AccountId reporter) {
  tx.exec(
      "INSERT INTO reports (photo_id, comment_id, reporter_id, case_id, reason, note, created_at)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7)",
      report.subject.photo, comment_of(report.subject), reporter, report.on, report.reason,
      report.note, report.created_at);
}

int ModerationStore::reports_since(db::Tx& tx, AccountId reporter, Micros since) {
  return static_cast<int>(
      tx.one("SELECT count(*) FROM reports WHERE reporter_id = $1 AND created_at > $2", integer,
             reporter, since)
          .value());
}

std::vector<Report> ModerationStore::reports(db::Tx& tx, CaseId id, int limit) {
  return tx.all("SELECT " REPORT_COLUMNS
                " FROM reports WHERE case_id = $1 ORDER BY created_at LIMIT $2",
                read_report, id, limit);
}

std::optional<Appeal> ModerationStore::appeal_of(db::Tx& tx, DecisionId decision) {
  return tx.one("SELECT " APPEAL_COLUMNS " FROM appeals WHERE decision_id = $1", read_appeal,
                decision);
}

std::optional<Appeal> ModerationStore::appeal_in(db::Tx& tx, CaseId id) {
  return tx.one("SELECT " APPEAL_COLUMNS
                " FROM appeals WHERE case_id = $1 ORDER BY created_at DESC LIMIT 1",
                read_appeal, id);
}

bool ModerationStore::answers_appeal(db::Tx& tx, DecisionId decision) {
  return tx.exec("SELECT 1 FROM appeals WHERE outcome = $1", decision) > 0;
}

bool ModerationStore::answers_appeal_against_person(db::Tx& tx, DecisionId decision) {
  return tx.exec(
             "SELECT 1 FROM appeals a JOIN moderation_decisions d ON d.id = a.decision_id"
             " WHERE a.outcome = $1 AND d.actor_id IS NOT NULL",
             decision) > 0;
}

void ModerationStore::insert_appeal(db::Tx& tx, const Appeal& appeal) {
  tx.exec(
      "INSERT INTO appeals (decision_id, photo_id, comment_id, case_id, text, created_at)"
      " VALUES ($1, $2, $3, $4, $5, $6)",
      appeal.decision, appeal.subject.photo, comment_of(appeal.subject), appeal.on, appeal.text,
      appeal.created_at);
}

void ModerationStore::answer_appeals(db::Tx& tx, CaseId id, DecisionId outcome) {
  tx.exec("UPDATE appeals SET outcome = $2 WHERE case_id = $1 AND outcome IS NULL", id, outcome);
}

void ModerationStore::unanswer_appeals(db::Tx& tx, DecisionId outcome) {
  tx.exec("UPDATE appeals SET outcome = NULL WHERE outcome = $1", outcome);
}

}  // namespace picsharz::moderation
