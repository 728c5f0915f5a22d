#include "features/moderation/moderation_service.h"

#include <algorithm>
#include <limits>
#include <string>

#include "base/json.h"
#include "base/log.h"
#include "base/tally.h"
#include "features/moderation/moderation_json.h"
#include "features/moderation/moderation_rules.h"
#include "features/photos/original_service.h"

namespace picsharz::moderation {

using accounts::AccountState;
using photos::PhotoState;

namespace {

constexpr int tell_attempts = 20;

template <class T, class Key>
Page<T> to_page(std::vector<T> items, int limit, Key key) {
  Page<T> page{std::move(items), std::nullopt};
  if (static_cast<int>(page.items.size()) > limit) {
    page.items.resize(static_cast<std::size_t>(limit));
    page.next = Position{0, key(page.items.back())};
  }
  return page;
}

std::int64_t before(const PageRequest& request) {
  return request.after ? request.after->id : std::numeric_limits<std::int64_t>::max();
}

std::unexpected<Error> own_thing(bool comment) {
  return fail(ErrorKind::forbidden, comment ? "own_comment" : "own_photo",
              comment ? "This comment is yours." : "This photo is yours.",
              "Another moderator has to decide about it.");
}

std::unexpected<Error> undo_over() {
  return fail(ErrorKind::gone, "undo_over", "It is too late to take this back.",
              "Wait for the owner's appeal, or for a report, and decide anew.");
}

bool same(const Decision& decision, const Viewer& viewer, const Judgement& judgement) {
  return decision.actor == viewer.account && decision.action == judgement.action &&
         decision.reason == judgement.reason && decision.note == judgement.note;
}

// `appealed`: it answers an appeal.
Judged judged_as(const Decision& decision, bool appealed) {
  switch (decision.action) {
    case Action::keep_hidden:
      return Judged::kept;
    case Action::remove:
      return Judged::removed;
    case Action::suspend:
      return Judged::suspended;
    default:
      break;
  }
  const bool was_hidden = decision.before != PhotoState::published;
  return appealed && was_hidden ? Judged::overturned : Judged::approved;
}

// Of a photo that others may not see anyway.
bool shared_with_few(const photos::PhotoView& view) {
  return view.photo.state != PhotoState::published ||
         view.photo.visibility != photos::Visibility::everyone || view.owner_private ||
         !view.owner_active;
}

}  // namespace

Case ModerationService::open_case(db::Tx& tx, const Matter& matter, Origin origin,
                                  std::string_view reason, std::optional<AccountId> barred) {
  const bool comment = matter.subject.is_comment();
  const Facts facts = comment ? Facts{} : rows_.facts(tx, matter.subject.photo);
  Case opened{.id = ids_.next<CaseId>(),
              .subject = matter.subject,
              .origin = origin,
              .reason = std::string(reason),
              .facts = facts_json(facts, settings_.thresholds),
              .barred = barred,
              .opened_at = clock_.now(),
              .words = comment ? matter.words : std::string()};
  rows_.open(tx, opened);
  return opened;
}

Decision ModerationService::new_decision(const Case& on, const Matter& matter, Action action) {
  return {.id = ids_.next<DecisionId>(),
          .on = on.id,
          .subject = matter.subject,
          .owner = matter.owner,
          .action = action,
          .before = matter.state,
          .after = matter.state,
          .reason_before = matter.reason,
          .facts = on.facts,
          .created_at = clock_.now()};
}

bool ModerationService::recognises(std::uint64_t phash) { return blocklist_.recognises(phash); }

void ModerationService::checked(db::Tx& tx, PhotoId id) {
  const auto on = rows_.find_open(tx, id);
  if (!on) return;
  Decision decision = new_decision(*on, rows_.matter(tx, id).value(), Action::approve);
  decision.reason = on->reason;
  decision.after = PhotoState::published;
  rows_.record(tx, decision);
  rows_.close(tx, on->id, decision.id, rows_.standing(tx, id), decision.created_at);
  rows_.answer_appeals(tx, on->id, decision.id);
  rows_.put_standing(tx, id, decision.id, std::nullopt);
}

bool ModerationService::decided(db::Tx& tx, PhotoId id) {
  const auto standing = rows_.standing(tx, id);
  const auto decision = standing ? rows_.decision(tx, standing->decision) : std::nullopt;
  return decision && decision->actor;
}

// Who has as many published photos as that was let through as often, or was here before the policy.
bool ModerationService::holds_back(db::Tx& tx, AccountId owner) {
  return settings_.first_photos > 0 && rows_.is_member(tx, owner) &&
         rows_.published(tx, owner, settings_.first_photos) < settings_.first_photos;
}

std::optional<int> ModerationService::photos_per_day(AccountId owner) {
  if (settings_.refusals == 0) return std::nullopt;
  const Micros since = clock_.now() - limits::refusals_count;
  const auto refused =
      database_.read([&](db::Tx& tx) { return rows_.photos_refused(tx, owner, since); });
  if (refused < settings_.refusals) return std::nullopt;
  return limits::throttled_photos_per_day;
}

void ModerationService::set_blocked(db::Tx& tx, const Decision& decision, PhotoState state,
                                    std::string_view reason) {
  if (decision.subject.is_comment()) return;
  const bool blocked = state == PhotoState::removed && is_explicit(reason);
  blocklist_.set_photo(tx, decision.subject.photo, blocked, decision.actor);
}

void ModerationService::withheld(db::Tx& tx, PhotoId id) {
  const Matter photo = rows_.matter(tx, id).value();
  const bool removed = photo.state == PhotoState::removed;
  // One that was published before it was checked may have been reported meanwhile.
  const auto open = rows_.find_open(tx, id);
  const Case on =
      open ? *open
           : open_case(tx, photo, Origin::classifier, photo.reason.value_or(""), std::nullopt);
  Decision decision = new_decision(on, photo, removed ? Action::remove : Action::hold);
  decision.reason = photo.reason.value_or("");
  decision.before = PhotoState::classifying;
  decision.reason_before.reset();
  rows_.record(tx, decision);
  rows_.put_standing(
      tx, id, decision.id,
      removed ? std::optional(decision.created_at + settings_.quarantine) : std::nullopt);
  if (!removed) return;
  set_blocked(tx, decision, photo.state, decision.reason);
  enqueue_telling(tx, decision, 0);
  if (settings_.quarantine == 0) erase(tx, id, on);
}

void ModerationService::erase(db::Tx& tx, PhotoId id, const Case& on) {
  const Matter photo = rows_.matter(tx, id).value();
  const auto original = rows_.let_go_of_bytes(tx, id);
  rows_.set_erased(tx, id, clock_.now());
  if (!original) return;
  Decision decision = new_decision(on, photo, Action::erase);
  decision.reason = photo.reason.value_or("");
  rows_.record(tx, decision);
  photos::enqueue_erasure(queue_, tx, *original);
}

int ModerationService::erase_due() {
  const Micros now = clock_.now();
  const auto due =
      database_.read([&](db::Tx& tx) { return rows_.due(tx, now, limits::erased_at_once); });
  for (const PhotoId photo : due) {
    database_.write([&](db::Tx& tx) {
      if (!rows_.lock(tx, photo)) return;
      const auto standing = rows_.standing(tx, photo);
      if (!standing || !standing->erase_at || *standing->erase_at > now) return;
      const auto decision = rows_.decision(tx, standing->decision);
      const auto on = decision ? rows_.find(tx, decision->on) : std::nullopt;
      if (on) erase(tx, photo, *on);
    });
  }
  return static_cast<int>(due.size());
}

bool ModerationService::is_barred(db::Tx& tx, const Viewer& viewer, const Case& on,
                                  AccountId owner) {
  return on.barred == viewer.account && rows_.has_other_moderator(tx, viewer.account, owner);
}

std::int64_t ModerationService::waiting() {
  return database_.read([&](db::Tx& tx) { return rows_.count_open(tx); });
}

Page<CaseCard> ModerationService::queue(const Viewer& viewer, const PageRequest& request) {
  auto cards = database_.read([&](db::Tx& tx) {
    const auto after = request.after ? std::optional(CaseId{request.after->id}) : std::nullopt;
    auto found = rows_.queue(tx, viewer.account, after, request.limit + 1);
    for (CaseCard& card : found) {
      card.barred = is_barred(tx, viewer, card.on, card.owner());
      // Words that are not shared with the moderator are read in the case, which is recorded.
      if (shield(tx, viewer, card)) card.comment->text = card.on.words = "";
    }
    return found;
  });
  return to_page(std::move(cards), request.limit,
                 [](const CaseCard& card) { return card.on.id.value; });
}

// A comment is judged by what it says: its photo is shown to moderators only as to anybody else.
// True: it was hidden.
bool ModerationService::shield(db::Tx& tx, const Viewer& viewer, CaseCard& card) {
  photos::Photo& photo = card.photo.photo;
  if (!card.comment || rows_.listed_owner(tx, viewer, Subject(photo.id))) return false;
  photo.title = photo.description = photo.alt = photo.renditions = "";
  photo.tags = photo.labels = "[]";
  photo.thumbhash.reset();
  return true;
}

Result<CasePage> ModerationService::page(const Viewer& viewer, CaseId id) {
  bool hidden = false;  // from everybody but a moderator with this case
  auto page = database_.read([&](db::Tx& tx) -> Result<CasePage> {
    auto card = rows_.card(tx, id);
    if (!card) return not_found();
    const AccountId owner = card->owner();
    if (owner == viewer.account) return own_thing(card->comment.has_value());
    // Once it is decided, what was reported and stays is its owner's affair again.
    if (card->comment) {
      hidden = shield(tx, viewer, *card);
      if (hidden && card->on.closed_at && !card->comment->removed) return not_found();
    } else {
      hidden = shared_with_few(card->photo);
      if (!rows_.sees(tx, viewer, card->on.subject.photo)) return not_found();
    }
    card->barred = is_barred(tx, viewer, card->on, owner);
    CasePage found{.card = *std::move(card),
                   .reports = rows_.reports(tx, id, limits::reports_shown),
                   .appeal = rows_.appeal_in(tx, id),
                   .history = rows_.history(tx, owner, limits::history_shown)};
    if (const auto decision = found.card.on.decision) {
      found.decision = rows_.decision(tx, *decision);
    }
    const auto account = rows_.find_account(tx, owner);
    found.lifts_suspension = account && is_about_suspension(tx, found.card.on, *account);
    if (const auto standing = rows_.standing(tx, found.card.on.subject)) {
      found.erase_at = standing->erase_at;
      found.erased_at = standing->erased_at;
    }
    return found;
  });
  if (page && hidden) {
    const auto look = ids_.next<Id<struct StaffViewTag>>();
    database_.write([&](db::Tx& tx) {
      rows_.record_look(tx, look.value, viewer.account, page->card.photo.photo, clock_.now());
    });
  }
  return page;
}

Result<ModerationService::Looked> ModerationService::look(db::Tx& tx, const Viewer& viewer,
                                                          CaseId id) {
  const auto known = rows_.find(tx, id);
  if (!known || !rows_.lock(tx, known->subject.photo)) return not_found();
  auto on = rows_.find(tx, id);  // as it is now that nobody else can change it
  if (!on) return not_found();
  Matter matter = rows_.matter(tx, on->subject).value();
  if (matter.owner == viewer.account) return own_thing(matter.subject.is_comment());
  auto owner = rows_.find_account(tx, matter.owner).value();
  return Looked{*std::move(on), std::move(matter), std::move(owner)};
}

Result<void> ModerationService::check_may_decide(db::Tx& tx, const Viewer& viewer, const Looked& at,
                                                 const Judgement& judgement) {
  if (at.on.closed_at) {
    return fail(ErrorKind::conflict, "case_closed", "This case was decided already.",
                "Reload the queue: somebody else may have been faster.");
  }
  if (is_barred(tx, viewer, at.on, at.matter.owner)) {
    return fail(ErrorKind::forbidden, "own_decision", "The appeal is against your own decision.",
                "Another moderator has to answer it.");
  }
  if (judgement.action == Action::suspend && at.owner.role >= viewer.role) {
    return fail(ErrorKind::forbidden, "outranked", "This account's role is not below yours.",
                "Remove what it did, and ask an administrator about the account.");
  }
  if (judgement.action == Action::keep_hidden && at.matter.subject.is_comment()) {
    auto failure = fail(ErrorKind::invalid, "invalid_request", "A comment stays or goes.",
                        "Choose approve, remove or suspend.");
    failure.error().fields = {{"action", "unknown_value", "A comment is not kept hidden."}};
    return failure;
  }
  return {};
}

// Whether it answers an appeal against what the account is suspended for.
bool ModerationService::is_about_suspension(db::Tx& tx, const Case& on,
                                            const accounts::Account& owner) {
  if (on.closed_at || owner.state != AccountState::suspended) return false;
  const auto appeal = rows_.appeal_in(tx, on.id);
  const auto appealed = appeal ? rows_.decision(tx, appeal->decision) : std::nullopt;
  return appealed && appealed->action == Action::suspend &&
         !rows_.suspended_for_another(tx, owner.id, on.subject);
}

std::optional<Micros> ModerationService::erase_at(db::Tx& tx, const Decision& decision) {
  if (decision.after != PhotoState::removed || decision.subject.is_comment()) return std::nullopt;
  const auto standing = rows_.standing(tx, decision.subject);
  if (standing && standing->erased_at) return std::nullopt;
  const bool last_word = rows_.answers_appeal_against_person(tx, decision.id);
  const Micros kept = last_word ? 0 : settings_.quarantine;
  return decision.created_at + std::max(kept, limits::decision_undo);
}

Result<Decision> ModerationService::carry_out(db::Tx& tx, const Viewer& viewer, const Looked& at,
                                              const Judgement& judgement) {
  const Subject& subject = at.matter.subject;
  Decision decision = new_decision(at.on, at.matter, judgement.action);
  decision.actor = viewer.account;
  decision.reason = judgement.reason;
  decision.note = judgement.note;
  decision.after = state_after(judgement.action);
  decision.owner_before = at.owner.state;
  const std::string_view reason =
      decision.after == PhotoState::published ? std::string_view() : decision.reason;
  // A published one that stays is not touched: its owner must not see that it was reported.
  const bool stays = decision.before == PhotoState::published && decision.before == decision.after;
  if (!stays && !rows_.set_state(tx, subject, decision.after, reason)) {
    return fail(ErrorKind::conflict, "photo_erased", "The file of this photo is erased.",
                "It can stay removed; its owner may upload it again.");
  }
  if (judgement.action == Action::suspend) {
    rows_.suspend(tx, at.matter.owner);
  } else if (is_about_suspension(tx, at.on, at.owner)) {
    rows_.reinstate(tx, at.matter.owner);
  }
  rows_.record(tx, decision);
  rows_.close(tx, at.on.id, decision.id, rows_.standing(tx, subject), decision.created_at);
  rows_.answer_appeals(tx, at.on.id, decision.id);
  rows_.put_standing(tx, subject, decision.id, erase_at(tx, decision));
  if (!subject.is_comment()) rows_.set_reported(tx, subject.photo, false);
  set_blocked(tx, decision, decision.after, decision.reason);
  if (!stays) enqueue_telling(tx, decision, limits::decision_undo + second);
  return rows_.decision(tx, decision.id).value();
}

Result<Decision> ModerationService::decide(const Viewer& viewer, CaseId id,
                                           const Judgement& judgement) {
  std::optional<Judged> judged;
  auto decided = database_.write([&](db::Tx& tx) -> Result<Decision> {
    judged.reset();
    TRY_ASSIGN(const Looked at, look(tx, viewer, id));
    if (at.on.decision) {
      auto made = rows_.decision(tx, *at.on.decision);
      const bool again = made && same(*made, viewer, judgement) && !rows_.undone(tx, *made);
      if (again) return *std::move(made);
    }
    TRY(check_may_decide(tx, viewer, at, judgement));
    TRY_ASSIGN(Decision made, carry_out(tx, viewer, at, judgement));
    judged = judged_as(made, rows_.answers_appeal(tx, made.id));
    return made;
  });
  if (!decided) return decided;
  if (judged) count_judged(*judged);
  forget(decided->subject);
  log_info("moderation decided", {{"case", id.value},
                                  {"photo", decided->subject.photo.value},
                                  {"comment", decided->subject.comment.value},
                                  {"action", action_name(decided->action)},
                                  {"by", viewer.account.value}});
  return decided;
}

Result<Decision> ModerationService::take_back(db::Tx& tx, const Viewer& viewer, const Looked& at,
                                              const Decision& decision) {
  const Subject& subject = at.matter.subject;
  if (decision.after != decision.before || decision.before != PhotoState::published) {
    rows_.set_state(tx, subject, decision.before, decision.reason_before.value_or(""));
  }
  if (decision.action == Action::suspend && decision.owner_before == AccountState::active) {
    rows_.reinstate(tx, at.matter.owner);
  }
  if (decision.action != Action::suspend && decision.owner_before == AccountState::suspended) {
    rows_.suspend(tx, at.matter.owner);
  }
  Decision undo = new_decision(at.on, at.matter, Action::undo);
  undo.actor = viewer.account;
  undo.reason = decision.reason;
  undo.after = decision.before;
  undo.owner_before = at.owner.state;
  undo.undoes = decision.id;
  rows_.record(tx, undo);
  rows_.unanswer_appeals(tx, decision.id);
  if (at.on.before_decision) {
    rows_.put_standing(tx, subject, *at.on.before_decision, at.on.before_erase_at);
  } else if (!subject.is_comment()) {
    rows_.keep_bytes(tx, subject.photo);
  }
  set_blocked(tx, undo, decision.before, decision.reason_before.value_or(""));
  rows_.reopen(tx, at.on.id);
  if (!subject.is_comment()) {
    rows_.set_reported(tx, subject.photo, decision.before == PhotoState::published);
  }
  return rows_.decision(tx, undo.id).value();
}

Result<Decision> ModerationService::undo(const Viewer& viewer, CaseId id) {
  std::optional<Judged> judged;
  auto undone = database_.write([&](db::Tx& tx) -> Result<Decision> {
    judged.reset();
    TRY_ASSIGN(const Looked at, look(tx, viewer, id));
    auto last = rows_.last_of_case(tx, id);
    const bool mine = last && last->actor == viewer.account;
    if (mine && last->action == Action::undo) return *std::move(last);  // the second time
    if (!mine || !at.on.closed_at || at.on.decision != last->id) {
      return fail(ErrorKind::conflict, "nothing_to_undo", "There is no decision of yours here.",
                  "Only who decided may take it back.");
    }
    if (clock_.now() - last->created_at >= limits::decision_undo) return undo_over();
    judged = judged_as(*last, rows_.answers_appeal(tx, last->id));
    return take_back(tx, viewer, at, *last);
  });
  if (!undone) return undone;
  if (judged) take_back_judged(*judged);
  forget(undone->subject);
  return undone;
}

Page<Decision> ModerationService::audit(const PageRequest& request) {
  return to_page(database_.read([&](db::Tx& tx) {
    return rows_.audit(tx, DecisionId{before(request)}, request.limit + 1);
  }),
                 request.limit, [](const Decision& each) { return each.id.value; });
}

Page<StaffView> ModerationService::looks(const PageRequest& request) {
  return to_page(database_.read([&](db::Tx& tx) {
    return rows_.looks(tx, before(request), request.limit + 1);
  }),
                 request.limit, [](const StaffView& each) { return each.id; });
}

void ModerationService::forget(const Subject& subject) {
  if (!subject.is_comment()) media_.forget(subject.photo);
}

bool ModerationService::may_appeal(db::Tx& tx, const Matter& matter, const Standing& standing) {
  const bool hidden = matter.state == PhotoState::held || matter.state == PhotoState::removed;
  return hidden && can_still_be_made_good(tx, standing) &&
         !rows_.appeal_of(tx, standing.decision) &&
         !rows_.answers_appeal_against_person(tx, standing.decision);
}

// An account can be opened again when the photo is long erased.
bool ModerationService::can_still_be_made_good(db::Tx& tx, const Standing& standing) {
  if (!standing.erased_at) return true;
  const auto decision = rows_.decision(tx, standing.decision);
  return decision && decision->action == Action::suspend;
}

void ModerationService::enqueue_telling(db::Tx& tx, const Decision& decision, Micros delay) {
  const std::string key = decision.id.str();
  std::string payload;
  JsonWriter(payload).begin_object().field("decision", key).end_object();
  queue_.enqueue(tx, {.kind = tell_job,
                      .payload = payload,
                      .lane = jobs::Lane::notices,
                      .delay = delay,
                      .key = key,
                      .attempts = tell_attempts});
}

bool ModerationService::tell(const jobs::Job& job, DecisionId id) {
  return database_
      .write([&](db::Tx& tx) -> Result<void> {
        // The mails go out with the end of the job or not at all, so nobody gets two.
        if (!queue_.finish(tx, job)) return not_found();
        const auto decision = rows_.decision(tx, id);
        if (!decision || rows_.undone(tx, *decision)) return {};
        tell_owner(tx, *decision);
        if (!decision->actor && decision->action == Action::remove) alert_staff(tx, *decision);
        return {};
      })
      .has_value();
}

void ModerationService::tell_owner(db::Tx& tx, const Decision& decision) {
  const auto owner = rows_.find_account(tx, decision.owner);
  const auto matter = rows_.matter(tx, decision.subject);
  if (!owner || !matter || owner->state == AccountState::deleted) return;
  const auto standing = rows_.standing(tx, decision.subject);
  Told told{.title = matter->words, .appealed = rows_.answers_appeal(tx, decision.id)};
  if (standing) {
    told.may_appeal = standing->decision == decision.id && may_appeal(tx, *matter, *standing);
    told.kept_for = standing->erase_at ? *standing->erase_at - clock_.now() : 0;
  }
  told.reinstated =
      decision.owner_before == AccountState::suspended && owner->state == AccountState::active;
  if (decision.action == Action::suspend) told.appeal_token = links_.token(decision.id);
  outbox_.post(
      tx, decision_mail(settings_.mail, {owner->id, owner->email, owner->name, owner->language},
                        decision, told));
  notifications_.decided(tx, owner->id, decision.subject.photo, decision.id.value,
                         {.outcome = std::string(outcome_name(decision.action)),
                          .appealed = told.appealed,
                          .comment = decision.subject.comment});
}

void ModerationService::alert_staff(db::Tx& tx, const Decision& decision) {
  for (const accounts::Account& each : rows_.staff(tx, decision.owner, limits::moderators_told)) {
    outbox_.post(tx, alert_mail(settings_.mail, {each.id, each.email, each.name, each.language},
                                decision, decision.owner_handle.value_or("")));
  }
}

}  // namespace picsharz::moderation
