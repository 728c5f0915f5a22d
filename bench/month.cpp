#include "month.h"

#include <algorithm>
#include <span>
#include <utility>

#include "base/ids.h"
#include "base/limits.h"
#include "crypto/crypto.h"
#include "db/search_index.h"
#include "features/photos/photo.h"
#include "features/sessions/session_store.h"
#include "pictures.h"
#include "rows.h"
#include "texts.h"

namespace picsharz::bench {

namespace {

// The index's triggers make SQLite keep pages aside for each statement, whose list it then walks
// from the beginning: a large transaction would take the square of its length.
constexpr std::size_t indexed_at_once = 20;
constexpr std::size_t pictures_drawn = 32;
constexpr Micros history = 300 * day;  // before the month, in which people joined and followed
constexpr const char* all_renditions = "320.webp,640.webp,1280.jpg";
constexpr const char* one_rendition = "320.webp";

// What the search index gets of a photo; the rest of a row goes straight to the database.
struct Indexed {
  PhotoId id;
  db::SearchDocument document;
};

struct Written {
  std::string title;
  std::string description;
  std::string alt;
  std::vector<std::string> tags;
  std::vector<photos::PhotoLabel> labels;
};

std::string tags_json(const std::vector<std::string>& tags) {
  std::string json;
  JsonWriter out(json);
  out.begin_array();
  for (const std::string& tag : tags) out.value(tag);
  out.end_array();
  return json;
}

std::string labels_json(const std::vector<photos::PhotoLabel>& labels) {
  std::string json;
  JsonWriter out(json);
  out.begin_array();
  for (const photos::PhotoLabel& label : labels) {
    out.begin_object().field("name", label.name).field("confidence", label.confidence).end_object();
  }
  out.end_array();
  return json;
}

class MonthWriter {
 public:
  MonthWriter(db::Database& database, storage::ObjectStore& store, const MonthOptions& options)
      : database_(database),
        store_(store),
        options_(options),
        population_(draw_population(options.scale)),
        dice_(options.scale.seed + 1),
        begin_(options.end - month),
        clock_(begin_ - history),
        ids_(clock_, 1) {}

  Month write() {
    write_accounts();
    write_sessions();
    write_follows();
    draw_pictures();
    write_photos();
    write_likes();
    out_.follows = static_cast<std::int64_t>(population_.follows.size());
    out_.likes = static_cast<std::int64_t>(population_.likes.size());
    return std::move(out_);
  }

 private:
  struct Member {
    AccountId id;
    std::string handle;
    std::string name;
  };

  void write_accounts();
  void index_accounts();
  void write_sessions();
  void write_follows();
  void draw_pictures();
  void write_photos();
  Written draw_texts();
  std::string object_of(std::size_t number, PhotoId id);
  bool gets_media(const Shot& shot) const;
  void index_later(PhotoId id, const Shot& shot, const Written& text);
  void index_photos();
  void write_likes();
  Micros before_the_month() {
    return begin_ - static_cast<Micros>(dice_.real() * static_cast<double>(history));
  }

  db::Database& database_;
  storage::ObjectStore& store_;
  const MonthOptions options_;
  Population population_;
  Dice dice_;
  Texts texts_;
  const Micros begin_;
  FakeClock clock_;
  IdSource ids_;
  db::SearchIndex index_;
  std::vector<Member> members_;
  std::vector<PhotoId> photos_;
  std::vector<std::string> pictures_;
  std::vector<Indexed> to_index_;
  Month out_;
};

void MonthWriter::write_accounts() {
  Rows rows(database_,
            BENCH_INSERT("accounts",
                         "id, handle, email, password_hash, name, country, private, photos,"
                         " followers, following, created_at",
                         "CAST(j.value ->> 0 AS BIGINT), j.value ->> 1, j.value ->> 2, "
                         "j.value ->> 3, j.value ->> 4, j.value ->> 5, "
                         "CAST(j.value ->> 6 AS BIGINT), CAST(j.value ->> 7 AS BIGINT), "
                         "CAST(j.value ->> 8 AS BIGINT), CAST(j.value ->> 9 AS BIGINT), "
                         "CAST(j.value ->> 10 AS BIGINT)"));
  const Micros step = history / std::max<Micros>(1, options_.scale.people);
  for (const Person& person : population_.people) {
    clock_.advance(step);
    const Member& member = members_.emplace_back(
        ids_.next<AccountId>(), texts_.handle(dice_, static_cast<int>(members_.size())),
        texts_.name(dice_));
    rows.add(member.id, member.handle, member.handle + "@example.org", "nobody logs in with this",
             member.name, texts_.country(dice_), static_cast<int>(person.is_private), person.photos,
             person.followers, person.following, clock_.now());
  }
  rows.finish();
  index_accounts();
}

void MonthWriter::index_accounts() {
  for (std::size_t begin = 0; begin < members_.size(); begin += indexed_at_once) {
    const auto some = std::span(members_).subspan(begin);
    database_.write([&](db::Tx& tx) {
      for (const Member& member : some.first(std::min(some.size(), indexed_at_once))) {
        index_.put_account(tx, member.id, member.handle, member.name);
      }
    });
  }
}

void MonthWriter::write_sessions() {
  const std::size_t count = std::min(members_.size(), static_cast<std::size_t>(options_.sessions));
  sessions::SessionStore sessions;
  database_.write([&](db::Tx& tx) {
    out_.tokens.clear();
    for (std::size_t i = 0; i < count; ++i) {
      const std::string token =
          crypto::base64url(crypto::view(crypto::sha256("token " + std::to_string(i))));
      sessions.insert(tx,
                      {.id = ids_.next<SessionId>(),
                       .account = members_[i].id,
                       .user_agent = "bench",
                       .address = "127.0.0.0/24",
                       .created_at = options_.end,
                       .last_used_at = options_.end,
                       .expires_at = options_.end + limits::session_absolute},
                      crypto::view(crypto::sha256(token)));
      out_.tokens.push_back(token);
    }
  });
}

void MonthWriter::write_follows() {
  Rows rows(database_, BENCH_INSERT("follows", "follower_id, followee_id, state, created_at",
                                    "CAST(j.value ->> 0 AS BIGINT), CAST(j.value ->> 1 AS BIGINT),"
                                    " 1, CAST(j.value ->> 2 AS BIGINT)"));
  for (const auto& [follower, followee] : population_.follows) {
    rows.add(members_[follower].id, members_[followee].id, before_the_month());
  }
  rows.finish();
}

void MonthWriter::draw_pictures() {
  constexpr std::size_t least = 15'000;
  constexpr std::size_t step = 9'000 / pictures_drawn;
  if (options_.media == 0) return;
  for (std::size_t i = 0; i < pictures_drawn; ++i) {
    pictures_.push_back(draw_webp(dice_, least + i * step));
  }
}

bool MonthWriter::gets_media(const Shot& shot) const {
  return out_.media.size() < static_cast<std::size_t>(options_.media) &&
         shot.state == photos::PhotoState::published &&
         shot.visibility == photos::Visibility::everyone &&
         !population_.people[shot.owner].is_private;
}

// The digest that names the photo's objects; its rendition is stored where it gets one.
std::string MonthWriter::object_of(std::size_t number, PhotoId id) {
  const Shot& shot = population_.shots[number];
  const std::string digest = crypto::hex(crypto::sha256("original " + std::to_string(number)));
  if (gets_media(shot)) {
    const std::string key = photos::rendition_key(digest, one_rendition);
    store_.put_bytes(key, pictures_[number % pictures_.size()]);
    out_.media.push_back({id, key});
  }
  return digest;
}

Written MonthWriter::draw_texts() {
  Written text;
  text.title = texts_.sentence(dice_, 1, 6);
  text.description = dice_.chance(0.6) ? texts_.sentence(dice_, 4, 40) : "";
  text.alt = dice_.chance(0.3) ? texts_.sentence(dice_, 4, 12) : "";
  text.tags = texts_.tags(dice_);
  text.labels = texts_.labels(dice_);
  return text;
}

void MonthWriter::write_photos() {
  Rows rows(database_,
            BENCH_INSERT("photos",
                         "id, owner_id, title, description, alt, tags, labels, visibility, state,"
                         " width, height, thumbhash, renditions, likes, original, format, bytes,"
                         " file_name, created_at",
                         "CAST(j.value ->> 0 AS BIGINT), CAST(j.value ->> 1 AS BIGINT), "
                         "j.value ->> 2, j.value ->> 3, j.value ->> 4, j.value ->> 5, "
                         "j.value ->> 6, CAST(j.value ->> 7 AS BIGINT), "
                         "CAST(j.value ->> 8 AS BIGINT), 4032, 3024, j.value ->> 9, "
                         "j.value ->> 10, CAST(j.value ->> 11 AS BIGINT), j.value ->> 12, 0, "
                         "CAST(j.value ->> 13 AS BIGINT), j.value ->> 14, "
                         "CAST(j.value ->> 15 AS BIGINT)"));
  Rows tags(database_,
            BENCH_INSERT("photo_tags", "photo_id, tag",  //
                         "CAST(j.value ->> 0 AS BIGINT), j.value ->> 1"),
            &rows);
  Rows labels(database_,
              BENCH_INSERT("photo_labels", "photo_id, name, confidence, models",
                           "CAST(j.value ->> 0 AS BIGINT), j.value ->> 1,"
                           " CAST(j.value ->> 2 AS DOUBLE PRECISION), 'bench'"),
              &rows);
  clock_.advance(begin_ - clock_.now());
  for (std::size_t i = 0; i < population_.shots.size(); ++i) {
    const Shot& shot = population_.shots[i];
    clock_.advance(std::max<Micros>(0, begin_ + shot.at - clock_.now()));
    const PhotoId id = photos_.emplace_back(ids_.next<PhotoId>());
    const Written text = draw_texts();
    const bool with_media = gets_media(shot);
    const std::string original = object_of(i, id);
    rows.add(id, members_[shot.owner].id, text.title, text.description, text.alt,
             tags_json(text.tags), labels_json(text.labels), static_cast<int>(shot.visibility),
             static_cast<int>(shot.state), crypto::base64(original.substr(0, 21)),
             with_media ? one_rendition : all_renditions, shot.likes, original,
             dice_.between(2'000'000, 6'000'000), "IMG_" + std::to_string(1000 + i % 9000) + ".jpg",
             clock_.now());
    for (const std::string& tag : text.tags) tags.add(id, tag);
    for (const auto& label : text.labels) labels.add(id, label.name, label.confidence);
    if (shot.state != photos::PhotoState::removed) index_later(id, shot, text);
    if (to_index_.size() == indexed_at_once) {
      rows.finish();
      index_photos();
    }
  }
  rows.finish();
  tags.finish();
  labels.finish();
  index_photos();
}

// What PhotoStore::document() gives the search index.
void MonthWriter::index_later(PhotoId id, const Shot& shot, const Written& text) {
  const Member& owner = members_[shot.owner];
  db::SearchDocument document{.owner = owner.id,
                              .title = text.title,
                              .description = text.description,
                              .alt = text.alt,
                              .tags = text.tags,
                              .handle = owner.handle,
                              .name = owner.name};
  for (const auto& label : text.labels) document.labels.push_back(label.name);
  std::ranges::sort(document.labels);
  document.shown_labels = document.labels;
  document.is_public = shot.state == photos::PhotoState::published &&
                       shot.visibility == photos::Visibility::everyone;
  document.created_at = clock_.now();
  to_index_.push_back({id, std::move(document)});
}

void MonthWriter::index_photos() {
  database_.write([&](db::Tx& tx) {
    for (const Indexed& each : to_index_) index_.put_photo(tx, each.id, each.document);
  });
  to_index_.clear();
}

void MonthWriter::write_likes() {
  Rows rows(database_, BENCH_INSERT("likes", "photo_id, account_id, created_at",
                                    "CAST(j.value ->> 0 AS BIGINT), CAST(j.value ->> 1 AS BIGINT),"
                                    " CAST(j.value ->> 2 AS BIGINT)"));
  for (const auto& [shot, person] : population_.likes) {
    const Micros at = begin_ + population_.shots[shot].at;
    const auto later = static_cast<Micros>(dice_.real() * static_cast<double>(options_.end - at));
    rows.add(photos_[shot], members_[person].id, at + later);
  }
  rows.finish();
}

}  // namespace

Month write_month(db::Database& database, storage::ObjectStore& store,
                  const MonthOptions& options) {
  return MonthWriter(database, store, options).write();
}

}  // namespace picsharz::bench
