#include "features/departures/erasure_service.h"

#include <string>
#include <utility>

#include "base/log.h"
#include "db/file_traces.h"
#include "db/search_index.h"
#include "features/departures/erasure_rules.h"

namespace picsharz::departures {

namespace {

constexpr int accounts_at_once = 100;
constexpr int comments_at_once = 50;  // a transaction each
constexpr int photos_at_once = 20;    // the same

}  // namespace

ErasureService::ErasureService(db::Database& database, const Clock& clock, jobs::Queue& queue,
                               DepartureService& departures, comments::CommentService& comments,
                               photos::PhotoEditService& photos, storage::Spool& spool,
                               std::vector<ErasurePart*> parts)
    : database_(database),
      clock_(clock),
      queue_(queue),
      departures_(departures),
      comments_(comments),
      photos_(photos),
      spool_(spool),
      parts_(std::move(parts)) {}

int ErasureService::sweep() {
  return database_.write([&](db::Tx& tx) {
    const auto due = rows_.due(tx, clock_.now(), accounts_at_once);
    for (const AccountId account : due) enqueue(queue_, tx, erase_job, account);
    for (const AccountId account : rows_.of_phase(tx, Phase::returning, accounts_at_once)) {
      enqueue(queue_, tx, settle_job, account);
    }
    if (!rows_.of_phase(tx, Phase::erased, 1).empty()) enqueue(queue_, tx, wipe_job, AccountId{});
    return static_cast<int>(due.size());
  });
}

bool ErasureService::erase(AccountId account, int steps) {
  const bool begun =
      database_.write([&](db::Tx& tx) { return rows_.begin_erasing(tx, account, clock_.now()); });
  if (!begun) return true;
  if (!departures_.settle(account, steps)) return false;
  for (int done = 0; done < steps; ++done) {
    if (step(account) > 0) continue;
    const auto gone = database_.read([&](db::Tx& tx) { return rows_.account(tx, account); });
    if (gone) erase_letters(*gone);
    finish(account);
    return true;
  }
  return false;
}

int ErasureService::step(AccountId account) {
  if (const int some = comments_.erase_some(account, comments_at_once); some > 0) return some;
  if (const int some = erase_uploads(account); some > 0) return some;
  if (const int some = erase_photos(account); some > 0) return some;
  for (ErasurePart* part : parts_) {
    if (const int some = part->erase_some(account, rows_at_once); some > 0) return some;
  }
  return erase_rows(account);
}

int ErasureService::erase_uploads(AccountId account) {
  const auto uploads =
      database_.read([&](db::Tx& tx) { return erased_.uploads(tx, account, rows_at_once); });
  for (const std::int64_t upload : uploads) {
    // One that is written at this moment ends with its next piece; the sweep of uploads takes its
    // file, which no row names then.
    spool_.remove_kept(std::to_string(upload));
    database_.write([&](db::Tx& tx) { erased_.remove_upload(tx, upload); });
  }
  return static_cast<int>(uploads.size());
}

int ErasureService::erase_photos(AccountId account) {
  const auto photos =
      database_.read([&](db::Tx& tx) { return erased_.photos(tx, account, photos_at_once); });
  // As its owner deletes one: rows, counts, every address of it, and the job that erases the bytes.
  // One that cannot go now is found again.
  for (const PhotoId photo : photos) (void)photos_.remove({.account = account}, photo);
  return static_cast<int>(photos.size());
}

int ErasureService::erase_rows(AccountId account) {
  for (const RowKind& kind : row_kinds()) {
    const int some = database_.write(
        [&](db::Tx& tx) { return erased_.remove_rows(tx, kind, account, rows_at_once); });
    if (some > 0) return some;
  }
  return database_.write(
      [&](db::Tx& tx) { return erased_.empty_notes(tx, account, rows_at_once); });
}

// The mailbox holds a thousand mails at most, and few jobs wait: they are looked through.
void ErasureService::erase_letters(const accounts::Account& account) {
  const Person person{account.handle, account.email, account.name};
  const auto walk = [&](auto read, auto matters, auto remove) {
    std::int64_t after = 0;
    for (bool more = true; more;) {
      const auto letters =
          database_.read([&](db::Tx& tx) { return read(tx, after, rows_at_once); });
      more = static_cast<int>(letters.size()) == rows_at_once;
      if (!letters.empty()) after = letters.back().id;
      database_.write([&](db::Tx& tx) {
        for (const auto& letter : letters) {
          if (matters(tx, letter)) remove(tx, letter.id);
        }
      });
    }
  };
  walk([&](db::Tx& tx, std::int64_t after, int most) { return erased_.jobs(tx, after, most); },
       [&](db::Tx& tx, const LetterJob& job) {
         Letter letter = letter_of_job(job.payload);
         letter.words += job.last_error;
         letter.waits = job.waits;
         letter.to_member = erased_.is_member(tx, letter.recipient);
         return goes_with(letter, person);
       },
       [&](db::Tx& tx, std::int64_t id) { erased_.remove_job(tx, id); });
  const auto theirs = [&](db::Tx&, const Letter& letter) { return goes_with(letter, person); };
  walk([&](db::Tx& tx, std::int64_t after, int most) { return erased_.mails(tx, after, most); },
       theirs, [&](db::Tx& tx, std::int64_t id) { erased_.remove_mail(tx, id); });
  walk([&](db::Tx& tx, std::int64_t after, int most) { return erased_.bounces(tx, after, most); },
       theirs, [&](db::Tx& tx, std::int64_t id) { erased_.remove_bounce(tx, id); });
  database_.write([&](db::Tx& tx) { erased_.forget_address(tx, account.email); });
}

// What came meanwhile (a photo whose upload ended just now) is refused by the references of its
// table: the job begins again and finds it.
void ErasureService::finish(AccountId account) {
  database_.write([&](db::Tx& tx) {
    const auto departure = rows_.lock(tx, account);
    if (!departure || departure->phase != Phase::erasing) return;
    erased_.remove_account(tx, account);
    rows_.set_phase(tx, account, Phase::erased);
    rows_.record(tx, account, JournalEvent::erased, By::owner, clock_.now());
    enqueue(queue_, tx, wipe_job, AccountId{});
  });
  log_info("account erased", {{"account", account.value}});
}

bool ErasureService::wipe(FunctionRef<bool(Micros)> rest) {
  const auto gone = database_.read(
      [&](db::Tx& tx) { return rows_.of_phase(tx, Phase::erased, accounts_at_once); });
  if (gone.empty()) return true;
  if (!db::SearchIndex::forget(database_, rest)) return false;
  if (!db::wipe_traces(database_, rest)) return false;
  database_.write([&](db::Tx& tx) {
    for (const AccountId account : gone) rows_.remove(tx, account);
  });
  return static_cast<int>(gone.size()) < accounts_at_once;
}

}  // namespace picsharz::departures
