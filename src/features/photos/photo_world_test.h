// Everything that photos and uploads need, over a test's database: a clock that stands still, fakes
// of decoder and classifier, a store that fails when it is told to.
//
// Threads:   one, but for what a test starts itself.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/limits.h"
#include "crypto/crypto.h"
#include "db/database.h"
#include "features/photos/develop_service.h"
#include "features/photos/extra_jobs.h"
#include "features/photos/media_service.h"
#include "features/photos/original_jobs.h"
#include "features/photos/photo_edit_service.h"
#include "features/photos/photo_jobs.h"
#include "features/photos/photo_service.h"
#include "image/fake_developer.h"
#include "image/probe.h"
#include "jobs/queue.h"
#include "jobs/worker.h"
#include "storage/scratch_directory_test.h"
#include "storage/spool.h"
#include "vision/classifier.h"

namespace picsharz::photos::test {

// Fails once, at the call that a test chooses; counts calls that read or write objects.
class FaultyStore final : public storage::ObjectStore {
 public:
  void put(std::string_view key, storage::SpoolFile& spooled) override {
    step();
    store_->put(key, spooled);
  }
  void put_all(std::span<const storage::NewObject> objects) override {
    for (const auto& [key, bytes] : objects) {  // a process that dies leaves some
      step();
      store_->put_bytes(key, bytes);
    }
    if (after_put_) std::exchange(after_put_, nullptr)();
  }
  bool has_room() override { return room; }
  bool confirm(std::string_view key) override {
    step();
    return store_->confirm(key);
  }
  std::shared_ptr<const FileHandle> open(std::string_view key) override {
    step();
    return store_->open(key);
  }
  bool remove(std::string_view key) override {
    if (removals_to_fail_ > 0 && removals_to_fail_-- > 0) throw storage::StorageError("the test");
    return store_->remove(key);
  }
  void list(std::string_view prefix,
            const std::function<void(std::string_view, std::int64_t)>& each) override {
    store_->list(prefix, each);
  }

  bool room = true;

  // The call after `calls` more throws what `failure` throws.
  void fail_after(int calls, std::function<void()> failure) {
    left_ = calls;
    failure_ = std::move(failure);
  }
  // What happens when the next objects were put.
  void after_next_put(std::function<void()> happens) { after_put_ = std::move(happens); }
  void fail_removals(int count) { removals_to_fail_ = count; }
  // Whether the failure has happened; it is taken back.
  bool failed() {
    const bool happened = !failure_;
    failure_ = nullptr;
    return happened;
  }
  int objects(std::string_view prefix) {
    int count = 0;
    store_->list(prefix, [&](std::string_view, std::int64_t) { ++count; });
    return count;
  }

 private:
  void step() {
    if (!failure_ || left_-- > 0) return;
    std::exchange(failure_, nullptr)();
  }

  std::unique_ptr<storage::ObjectStore> store_ = storage::make_fake_store();
  std::function<void()> failure_;
  std::function<void()> after_put_;
  int left_ = 0;
  int removals_to_fail_ = 0;
};

class ThrowingDeveloper final : public image::Developer {
 public:
  Result<image::Developed> develop(int descriptor, std::int64_t size, const image::Probe& probe,
                                   image::Wanted wanted) override {
    if (unavailable) throw image::DecoderUnavailable("the fake decoder is down");
    if (busy) throw image::DecoderBusy("the fake decoder has no time");
    if (before) before();
    asked = wanted;
    return fake.develop(descriptor, size, probe, wanted);
  }
  image::FakeDeveloper fake;
  bool unavailable = false;
  bool busy = false;
  std::optional<image::Wanted> asked;  // with the last picture
  std::function<void()> before;        // called while a picture is developed
};

// A PNG as its header tells it; no decoder would like it.
inline std::string png_bytes(int width, int height, std::string_view salt = "") {
  const auto big32 = [](std::uint32_t number) {
    return std::string{static_cast<char>(number >> 24), static_cast<char>(number >> 16),
                       static_cast<char>(number >> 8), static_cast<char>(number)};
  };
  const auto crc32 = [](std::string_view bytes) {
    std::uint32_t crc = 0xffffffff;
    for (const char c : bytes) {
      crc ^= static_cast<unsigned char>(c);
      for (int bit = 0; bit < 8; ++bit) crc = crc & 1 ? 0xedb88320 ^ crc >> 1 : crc >> 1;
    }
    return ~crc;
  };
  const auto chunk = [&](std::string_view type, std::string_view data) {
    std::string body(type);
    body += data;
    return big32(static_cast<std::uint32_t>(data.size())) + body + big32(crc32(body));
  };
  const std::string size =
      big32(static_cast<std::uint32_t>(width)) + big32(static_cast<std::uint32_t>(height));
  return "\x89PNG\r\n\x1a\n" + chunk("IHDR", size + std::string("\x08\x02\0\0\0", 5)) +
         chunk("IDAT", std::string(8192, '\x2a') + std::string(salt)) + chunk("IEND", "");
}

class World {
 public:
  explicit World(db::Database& on, GateService* gate = nullptr, LikenessService* likeness = nullptr)
      : database(on),
        ids(clock, 1),
        queue(on, ids, clock),
        spool(scratch / "spool", 0),
        key("a key of thirty-two bytes, or so."),
        signer(key, clock),
        files(store, 64, limits::MiB),
        changes(on, clock),
        originals(on, clock, store, files, developer),
        extras(on, queue, store, originals, encoder),
        media(on, clock, changes, files, signer, {.extras = &extras}),
        photos(on, ids, clock, queue, media),
        developing(on, clock, queue, store, developer, classifier, gate, likeness),
        editing(on, queue, media, originals) {
    add_photo_jobs(handlers, queue, developing);
    add_original_jobs(handlers, originals);
    add_extra_jobs(handlers, extras);
  }

  AccountId add_account(std::string_view handle, bool is_private = false) {
    const auto id = ids.next<AccountId>();
    database.write([&](db::Tx& tx) {
      tx.exec(
          "INSERT INTO accounts (id, handle, email, password_hash, name, country, private,"
          " created_at) VALUES ($1, $2, $2, '', $3, 'MY', $4, 0)",
          id, handle, std::string("Name of ").append(handle), is_private);
    });
    return id;
  }

  // As an upload leaves it: original stored, row and job written.
  PhotoView upload(AccountId owner, Visibility visibility = Visibility::everyone,
                   std::string_view salt = "") {
    const std::string bytes = png_bytes(2000, 1000, salt);
    NewPhoto photo{.title = "The harbour",
                   .description = "Boats at dawn",
                   .alt = "Boats",
                   .tags = {"harbour", "dawn"},
                   .visibility = visibility,
                   .probe = {.format = image::Format::png, .width = 2000, .height = 1000},
                   .original = crypto::hex(crypto::sha256(bytes)),
                   .bytes = static_cast<std::int64_t>(bytes.size()),
                   .file_name = "IMG_1.png"};
    store.put_bytes(original_key(photo.original), bytes);
    return photos.create({.account = owner}, photo);
  }
  PhotoView publish(AccountId owner, Visibility visibility = Visibility::everyone,
                    std::string_view salt = "") {
    const PhotoId id = upload(owner, visibility, salt).photo.id;
    run_job();
    return find(id);
  }
  PhotoView find(PhotoId id) {
    return database.read([&](db::Tx& tx) { return PhotoStore().find(tx, id).value(); });
  }

  // What a worker does with the next due job; false: there is none.
  bool run_job() {
    constexpr std::array lanes{jobs::Lane::media, jobs::Lane::upkeep, jobs::Lane::extras};
    const auto job = queue.claim(lanes, "test", minute);
    if (!job) return false;
    try {
      const auto result = (*handlers.find(job->kind))(*job);
      if (!result) {
        queue.fail(*job, result.error().code, true);
      } else if (*result == jobs::Finished::no) {
        database.write([&](db::Tx& tx) { queue.finish(tx, *job); });
      }
    } catch (const jobs::Postponed& wait) {
      queue.postpone(*job, wait.what(), wait.delay());
    } catch (const std::exception& failure) {
      queue.fail(*job, failure.what(), false);
    }
    return true;
  }
  // As a worker that is killed while it holds the job.
  bool lose_job() {
    constexpr std::array lanes{jobs::Lane::media};
    return queue.claim(lanes, "killed", second).has_value();
  }
  // Runs jobs, and lets the waiting times pass, until nothing waits.
  void run_jobs() {
    for (int round = 0; round < 40; ++round) {
      while (run_job()) continue;
      clock.advance(6 * minute);
    }
  }

  std::int64_t count(const db::Sql& sql) {
    return database.read([&](db::Tx& tx) {
      return tx.one(sql, [](const db::Row& row) { return row.integer(0); }).value();
    });
  }

  db::Database& database;
  FakeClock clock;
  IdSource ids;
  jobs::Queue queue;
  FaultyStore store;
  storage::ScratchDirectory scratch;
  storage::Spool spool;
  crypto::HmacKey key;
  MediaSigner signer;
  storage::FileCache files;
  ThrowingDeveloper developer;
  image::FakeExtraEncoder encoder;
  vision::FakeClassifier classifier;
  db::ChangeLog changes;
  OriginalService originals;
  ExtraService extras;
  MediaService media;
  PhotoService photos;
  DevelopService developing;
  PhotoEditService editing;
  jobs::HandlerTable handlers;
};

// An address as it is asked for; the views of `request` point into `url`.
struct Address {
  std::string url;

  std::string value(std::string_view name) const {
    const std::size_t at = url.find(std::string(name) + "=");
    if (at == std::string::npos) return {};
    return url.substr(at + name.size() + 1, url.find('&', at) - at - name.size() - 1);
  }
};

}  // namespace picsharz::photos::test
