// Rows of photos, their tags, labels and assessments. No rules, no clock.
//
// What:      a change of state is one conditional statement, and with it goes what hangs on it: the
//            owner's count of published photos and the search index.
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/viewer.h"
#include "db/database.h"
#include "db/search_index.h"
#include "features/photos/photo.h"

namespace picsharz::photos {

// What came out of the decoder, for the row.
struct DevelopedRow {
  int width = 0;
  int height = 0;
  std::string thumbhash;       // base64
  std::string renditions;      // "320.webp,640.webp"
  std::int64_t phash = 0;      // the 64 bits of the perceptual hash
  std::string colours = "[]";  // [{"colour":"#a0b1c2","share":412}], thousandths
};

// What one moderation model said.
struct ScoreRow {
  double drawing = 0;
  double hentai = 0;
  double neutral = 0;
  double porn = 0;
  double sexy = 0;
};

// What the classifier said.
struct AssessmentRow {
  std::string models;
  int verdict = 0;
  std::vector<ScoreRow> stages{};  // of the first model, and of the second where it was asked
  std::vector<PhotoLabel> labels{};
};

// What has become of a photo.
struct PhotoStateRow {
  PhotoId id;
  AccountId owner;
  PhotoState state = PhotoState::received;
  std::optional<std::string> reason;
};

// What a rendition's address leads to.
struct MediaRow {
  std::int64_t epoch = 0;
  std::string original;
  std::string renditions;
  AccountId owner;

  bool operator==(const MediaRow&) const = default;
};

struct MailRow {
  std::string original;
  std::string renditions;
  std::string title;
  std::string alt;
};

inline constexpr double label_shown_from = 0.5;  // labels below are for search only

// Whether a photo is one more or one less of what its owner's profile counts.
enum class Counts : std::int64_t { in = 1, out = -1 };

class PhotoStore {
 public:
  void insert(db::Tx& tx, const Photo& photo, std::span<const std::string> tags);
  // Whoever asks: for jobs, and for the owner's own photo.
  std::optional<PhotoView> find(db::Tx& tx, PhotoId id);
  // The owner's, in every state, newest first.
  std::vector<PhotoView> list_own(db::Tx& tx, AccountId owner, std::optional<PhotoId> before,
                                  int limit);
  // When the oldest of an account's `count` newest photos came; nullopt where it has fewer.
  std::optional<Micros> nth_newest(db::Tx& tx, AccountId owner, int count);
  // Photos whose development or check did not end, uploaded before `before`; oldest first.
  std::vector<PhotoStateRow> unfinished(db::Tx& tx, Micros before, int limit);

  // Of those that are there, in no order.
  std::vector<PhotoStateRow> states(db::Tx& tx, std::span<const PhotoId> ids);

  // The newest photo of this account with these bytes that is neither removed nor rejected.
  std::optional<PhotoView> find_own_original(db::Tx& tx, AccountId owner,
                                             std::string_view original);

  // Counts an original's bytes to its owner. False, and nothing is counted, where that and what
  // unfinished uploads reserve would be more than the owner's quota, or `quota` where they have
  // none of their own; nullopt: it was asked before. Whoever deletes a photo's row gives its bytes
  // back in the same transaction.
  bool charge(db::Tx& tx, AccountId owner, std::int64_t bytes, std::optional<std::int64_t> quota);
  // Their own, or else `of_all`.
  std::int64_t quota(db::Tx& tx, AccountId owner, std::int64_t of_all);
  void give_back(db::Tx& tx, AccountId owner, std::int64_t bytes);

  // While it develops. False where it is in a final state already.
  bool begin_decoding(db::Tx& tx, PhotoId id);
  // It is not in the search index yet: index() or conclude() puts it there.
  bool set_developed(db::Tx& tx, PhotoId id, const DevelopedRow& developed);
  // The labels that were there are replaced; those that the owner refused stay away.
  void set_assessment(db::Tx& tx, PhotoId id, const AssessmentRow& assessment, Micros now);
  // It goes, and does not come back.
  void refuse_label(db::Tx& tx, PhotoId id, std::string_view name);
  // The same, whether it is there or not.
  void refuse_in_advance(db::Tx& tx, PhotoId id, std::string_view name);
  // The end of development. False where it is in a final state already.
  bool conclude(db::Tx& tx, PhotoId id, PhotoState state, std::string_view reason);
  // Published before it is checked. False where it is in a final state already.
  bool publish_unchecked(db::Tx& tx, PhotoId id);
  bool is_unchecked(db::Tx& tx, PhotoId id);
  // The end of that check: it stays published, or is withdrawn. False where it was decided already.
  bool settle(db::Tx& tx, PhotoId id, PhotoState state, std::string_view reason);
  // A published photo is held or removed. False where it is not published.
  bool withdraw(db::Tx& tx, PhotoId id, PhotoState state, std::string_view reason);

  // What a person decided: between published, held and removed. Media URLs given out before are
  // dead. False where it develops still, was rejected, or would need bytes that are erased.
  bool decide(db::Tx& tx, PhotoId id, PhotoState state, std::string_view reason);
  // Whether a published photo is reported and undecided.
  void set_reported(db::Tx& tx, PhotoId id, bool reported);
  // A removed photo stands for its bytes no longer: their hash, or nullopt where it did not. Its
  // owner gets the space back; whoever calls enqueues their erasure.
  std::optional<std::string> let_go_of_bytes(db::Tx& tx, PhotoId id);

  // accounts.photos tells everybody the same, so it counts what everybody may know of: published,
  // public photos; another photo is neither in nor out. Whoever changes a published photo's
  // visibility or state, or deletes it, counts it out before and in after.
  void count(db::Tx& tx, PhotoId id, Counts counts);

  // Writes the search index anew from the photo's rows; for a published photo whose words or
  // visibility changed.
  void index(db::Tx& tx, PhotoId id);
  // What the index should hold of it; nullopt where it is not published.
  std::optional<db::SearchDocument> document(db::Tx& tx, PhotoId id);

  // A published public photo of an active, public account.
  std::optional<MediaRow> public_media(db::Tx& tx, PhotoId id);
  // For a mail: a published photo of this account, which is active.
  std::optional<MailRow> mail_picture(db::Tx& tx, PhotoId id, AccountId owner);
  // Whether lists show it to this viewer.
  bool is_listed(db::Tx& tx, PhotoId id, const Viewer& viewer);
  // A photo whose pictures this viewer may see.
  std::optional<MediaRow> visible_media(db::Tx& tx, PhotoId id, const Viewer& viewer);

 private:
  void list_labels(db::Tx& tx, PhotoId id);  // those that a card shows, in the photo's row

  db::SearchIndex search_;
};

// Reads the columns of PICSHARZ_PHOTO_VIEW_COLUMNS, in order; what a viewer adds (liked) comes
// after them. For every query over `photos p JOIN accounts o ON o.id = p.owner_id`.
PhotoView read_view(const db::Row& row);
inline constexpr int photo_view_columns = 27;
#define PICSHARZ_PHOTO_VIEW_COLUMNS                                                           \
  "p.id, p.owner_id, p.title, p.description, p.alt, p.tags, p.labels, p.visibility, p.state," \
  " p.reason, p.width, p.height, p.thumbhash, p.renditions, p.likes, p.comments, p.epoch,"    \
  " p.original, p.format, p.bytes, p.file_name, p.created_at, o.handle, o.name, o.private,"   \
  " o.state, o.avatar"

}  // namespace picsharz::photos
