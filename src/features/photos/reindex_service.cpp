#include "features/photos/reindex_service.h"

#include <limits>

#include "base/log.h"
#include "db/search_terms.h"
#include "jobs/worker.h"

namespace picsharz::photos {

namespace {

constexpr int accounts_at_once = 200;
constexpr int photos_at_once = 20;  // some milliseconds of the writer
constexpr IndexWalk beginning = {AccountId{}, std::numeric_limits<std::int64_t>::max()};

}  // namespace

void ReindexService::resume(jobs::Queue& queue) {
  database_.write([&](db::Tx& tx) {
    if (!store_.walk(tx) && !store_.renamed(tx)) return;
    queue.enqueue(tx,
                  {.kind = reindex_job, .payload = "{}", .lane = jobs::Lane::upkeep, .key = "1"});
  });
}

void ReindexService::begin() {
  database_.write([&](db::Tx& tx) { store_.set_walk(tx, beginning); });
}

void ReindexService::run(const std::function<bool(Micros)>& rest) {
  const auto paced = [&](bool (ReindexService::*work)()) {
    const Micros begun = clock_.steady();
    const bool more = (this->*work)();
    if (more && !rest(clock_.steady() - begun)) throw jobs::Postponed("the program ends", 0);
    return more;
  };
  while (paced(&ReindexService::step)) {
  }
  while (paced(&ReindexService::step_of_renaming)) {
  }
}

bool ReindexService::step() {
  return database_.write([&](db::Tx& tx) {
    auto walk = store_.walk(tx);
    if (!walk) return false;
    const auto accounts = store_.accounts(tx, walk->account, accounts_at_once);
    for (const NamedAccount& each : accounts) {
      index_.put_account(tx, each.id, each.handle, each.name);
      walk->account = each.id;
    }
    const auto documents = accounts.empty() ? store_.documents(tx, walk->doc, photos_at_once)
                                            : std::vector<DocumentRow>();
    for (const DocumentRow& each : documents) {
      photos_.index(tx, each.photo);
      walk->doc = each.doc;
    }
    const bool over = accounts.empty() && documents.empty();
    if (over) log_info("everything is indexed anew");
    store_.set_walk(tx, over ? std::nullopt : walk);
    return !over;
  });
}

bool ReindexService::step_of_renaming() {
  const auto account = database_.read([&](db::Tx& tx) { return store_.renamed(tx); });
  if (!account) return false;
  PhotoId after;
  for (bool more = true; more;) {
    more = database_.write([&](db::Tx& tx) {
      PhotoId last = after;
      for (const PhotoId id : store_.indexed(tx, account->id, after, photos_at_once)) {
        photos_.index(tx, id);
        last = id;
      }
      const bool some = last != after;
      after = last;
      return some;
    });
  }
  database_.write([&](db::Tx& tx) { store_.end_renaming(tx, *account); });
  return true;
}

IndexReport ReindexService::verify(bool mend, const std::function<bool(Micros)>& rest) {
  IndexReport report;
  report.sound = db::SearchIndex::sound(database_);
  if (!report.sound && mend) db::SearchIndex::rebuild(database_);
  AccountId account;
  PhotoId photo;
  std::int64_t orphan = 0;
  const auto paced = [&](const auto& work) {
    for (bool more = true; more;) {
      const Micros begun = clock_.steady();
      more = work();
      if (!rest(clock_.steady() - begun)) return false;
    }
    return true;
  };
  const bool ended = paced([&] { return compare_accounts(account, mend, report); }) &&
                     paced([&] { return compare_photos(photo, mend, report); }) &&
                     paced([&] { return compare_orphans(orphan, mend, report); });
  if (!ended) return report;
  report.counts = database_.read([](db::Tx& tx) { return db::SearchTerms::count_wrong(tx); });
  if (report.counts > 0 && mend) {
    database_.write([](db::Tx& tx) { db::SearchTerms::recount(tx); });
  }
  report.walking = database_.read([&](db::Tx& tx) { return store_.walk(tx).has_value(); });
  return report;
}

bool ReindexService::compare_accounts(AccountId& after, bool mend, IndexReport& report) {
  IndexReport before = report;
  const auto compare = [&](db::Tx& tx) {
    report = before;  // a write may be repeated
    const auto accounts = store_.accounts(tx, after, accounts_at_once);
    AccountId last = after;
    for (const NamedAccount& each : accounts) {
      ++report.accounts;
      last = each.id;
      const auto found = index_.compare_account(tx, each.id, each.handle, each.name);
      if (found == db::Indexed::same) continue;
      ++(found == db::Indexed::missing ? report.missing : report.stale);
      if (mend) index_.put_account(tx, each.id, each.handle, each.name);
    }
    return last;
  };
  const AccountId last = mend ? database_.write(compare) : database_.read(compare);
  const bool more = last != after;
  after = last;
  return more;
}

void ReindexService::compare_photo(db::Tx& tx, const PhotoStateRow& photo, bool mend,
                                   IndexReport& report) {
  ++report.photos;
  const auto wanted = photos_.document(tx, photo.id);
  if (!wanted) {
    if (!index_.holds(tx, photo.id)) return;
    ++report.surplus;
    if (mend) index_.remove_photo(tx, photo.id);
    return;
  }
  const auto found = index_.compare(tx, photo.id, *wanted);
  if (found == db::Indexed::same) return;
  ++(found == db::Indexed::missing ? report.missing : report.stale);
  if (mend) index_.put_photo(tx, photo.id, *wanted);
}

bool ReindexService::compare_photos(PhotoId& after, bool mend, IndexReport& report) {
  IndexReport before = report;
  const auto compare = [&](db::Tx& tx) {
    report = before;
    PhotoId last = after;
    for (const PhotoStateRow& each : store_.photos(tx, after, photos_at_once)) {
      compare_photo(tx, each, mend, report);
      last = each.id;
    }
    return last;
  };
  const PhotoId last = mend ? database_.write(compare) : database_.read(compare);
  const bool more = last != after;
  after = last;
  return more;
}

bool ReindexService::compare_orphans(std::int64_t& after, bool mend, IndexReport& report) {
  const auto found =
      database_.read([&](db::Tx& tx) { return index_.orphans(tx, after, photos_at_once); });
  if (found.empty()) return false;
  report.surplus += static_cast<std::int64_t>(found.size());
  after = found.back();
  if (!mend) return true;
  database_.write([&](db::Tx& tx) {
    for (const std::int64_t doc : found) index_.remove_orphan(tx, doc);
  });
  return true;
}

}  // namespace picsharz::photos
