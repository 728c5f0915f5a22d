#include "features/photos/relabel_service.h"

#include <limits>
#include <string>

#include "base/log.h"
#include "features/photos/original_service.h"
#include "image/probe.h"
#include "jobs/worker.h"

namespace picsharz::photos {

namespace {

constexpr Micros wait_for_models = hour;
constexpr Micros wait_for_room = minute;
constexpr Micros turn = minute;  // then other upkeep may work
constexpr std::int64_t newest = std::numeric_limits<std::int64_t>::max();

void enqueue(jobs::Queue& queue, db::Tx& tx) {
  queue.enqueue(tx, {.kind = relabel_job, .payload = "{}", .lane = jobs::Lane::upkeep, .key = "1"});
}

}  // namespace

Relabelling ask_for_relabelling(db::Database& database, const Clock& clock, jobs::Queue& queue) {
  return database.write([&](db::Tx& tx) {
    RelabelStore walk;
    walk.begin(tx, clock.now());
    enqueue(queue, tx);
    return walk.find(tx).value();
  });
}

void RelabelService::resume() {
  if (!classifier_.ready()) return;
  database_.write([&](db::Tx& tx) {
    const auto walk = walk_.find(tx);
    const bool under_way = walk && !walk->ended_at;
    if (under_way || walk_.next_unchecked(tx, newest)) enqueue(queue_, tx);
  });
}

void RelabelService::run(const std::function<bool(Micros)>& rest) {
  if (!classifier_.ready()) throw jobs::Postponed("there are no models", wait_for_models);
  if (!store_.has_room()) throw jobs::Postponed("the disk is full", wait_for_room);
  const Micros begun = clock_.steady();
  const auto paced = [&](const auto& each, PhotoId id) {
    const Micros started = clock_.steady();
    each(id);
    if (!rest(clock_.steady() - started)) throw jobs::Postponed("the program ends", 0);
    if (clock_.steady() - begun >= turn) throw jobs::Postponed("there are more photos", 0);
  };
  for (std::int64_t before = newest;;) {
    const auto held = database_.read([&](db::Tx& tx) { return walk_.next_unchecked(tx, before); });
    if (!held) break;
    paced([&](PhotoId id) { return judge_held(id); }, *held);
    before = held->value;
  }
  while (const auto id = next()) paced([&](PhotoId photo) { return label_again(photo); }, *id);
}

std::optional<PhotoId> RelabelService::next() {
  const auto [walk, id] = database_.read([&](db::Tx& tx) {
    const auto at = walk_.find(tx);
    const bool under_way = at && !at->ended_at;
    return std::pair(at, under_way ? walk_.next(tx, at->before, classifier_.models())
                                   : std::optional<PhotoId>());
  });
  if (!walk || walk->ended_at || id) return id;
  database_.write([&](db::Tx& tx) { walk_.end(tx, clock_.now()); });
  log_info("photos were labelled again", {{"seen", walk->seen}, {"changed", walk->changed}});
  return std::nullopt;
}

std::optional<image::Developed> RelabelService::develop(const Photo& photo) {
  const auto file = store_.open(original_key(photo.original));
  if (!file) return std::nullopt;  // the scrub tells of it
  const auto probe = image::probe(*file);
  if (!probe) return std::nullopt;
  auto developed =
      developer_.develop(file->descriptor(), file->size(), *probe, image::Wanted::pixels_too);
  if (!developed) return std::nullopt;
  return *std::move(developed);
}

bool RelabelService::settle_held(db::Tx& tx, const Photo& photo, const Outcome& outcome) {
  const auto now = details_.lock(tx, photo.id) ? photos_.find(tx, photo.id) : std::nullopt;
  const bool waits =
      now && now->photo.state == PhotoState::held && now->photo.reason == models_missing;
  if (!waits || outcome.reason == models_missing) return false;
  if (outcome.assessment) photos_.set_assessment(tx, photo.id, *outcome.assessment, clock_.now());
  if (likeness_) likeness_->developed(tx, photo.id, outcome.likeness);
  if (gate_) gate_->checked(tx, photo.id);
  Outcome said = outcome;
  if (said.state == PhotoState::published && gate_ && gate_->holds_back(tx, photo.owner)) {
    said = {PhotoState::held, "new_member", std::nullopt, {}};
  }
  photos_.decide(tx, photo.id, said.state, said.reason);
  if (said.state != PhotoState::published && gate_) gate_->withheld(tx, photo.id);
  return true;
}

// A model that fails now fails for all that follow: none of them is passed over for it.
Outcome RelabelService::look(const image::Developed& developed) {
  Outcome outcome = outcome_of(classifier_, developed);
  if (outcome.reason == models_missing && !classifier_.ready()) {
    throw jobs::Postponed("there are no models", wait_for_models);
  }
  return outcome;
}

bool RelabelService::judge_held(PhotoId id) {
  const auto view = database_.read([&](db::Tx& tx) { return photos_.find(tx, id); });
  const auto developed = view ? develop(view->photo) : std::nullopt;
  if (!developed) return false;
  Outcome outcome = look(*developed);
  if (gate_ && gate_->recognises(developed->phash)) remove_recognised(outcome);
  return database_.write([&](db::Tx& tx) { return settle_held(tx, view->photo, outcome); });
}

bool RelabelService::label_again(PhotoId id) {
  const auto view = database_.read([&](db::Tx& tx) { return photos_.find(tx, id); });
  const auto developed = view ? develop(view->photo) : std::nullopt;
  const auto outcome = developed ? std::optional(look(*developed)) : std::nullopt;
  return database_.write([&](db::Tx& tx) {
    const auto now = details_.lock(tx, id) ? photos_.find(tx, id) : std::nullopt;
    const bool judged = now && outcome && outcome->reason != models_missing;
    walk_.advance(tx, id, judged);
    if (!judged) return false;
    photos_.set_assessment(tx, id, *outcome->assessment, clock_.now());
    if (likeness_) likeness_->looked_at_again(tx, id, outcome->likeness);
    if (now->photo.state != PhotoState::published) return true;
    if (outcome->state == PhotoState::published || (gate_ && gate_->decided(tx, id))) {
      photos_.index(tx, id);
    } else if (photos_.withdraw(tx, id, outcome->state, outcome->reason) && gate_) {
      gate_->withheld(tx, id);
    }
    return true;
  });
}

}  // namespace picsharz::photos
