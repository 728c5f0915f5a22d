// Rows of comments, and the counter of the photo that goes with them. No rules, no clock.
//
// Locks:     whoever inserts, deletes or changes the state of a comment holds the photo's row
//            (lock): so photos.comments is exactly the number of published ones, and no thread
//            loses its top while somebody answers.
// Shown:     to a viewer, a comment that is published and whose author is active, where nobody of
//            author and viewer blocked the other, and the owner of the photo did not block the
//            author; and one's own that a moderator removed.
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/viewer.h"
#include "db/database.h"
#include "features/comments/comment.h"
#include "features/photos/photo_edit_store.h"

namespace picsharz::comments {

// A photo, as far as comments go.
struct CommentedPhoto {
  PhotoId id{};
  AccountId owner{};
  bool published = false;
  bool allowed = true;
  std::int64_t comments = 0;
};

// A row, whoever looks.
struct CommentRow {
  CommentId id{};
  PhotoId photo{};
  CommentId parent{};
  std::optional<AccountId> author{};  // nullopt: a tombstone
  CommentState state = CommentState::published;
  std::string text{};
  Micros created_at = 0;
};

class CommentStore {
 public:
  // --- photos
  bool lock(db::Tx& tx, PhotoId photo);
  // Where this viewer sees its comments: a published photo that is shared with them, or their own.
  std::optional<CommentedPhoto> photo(db::Tx& tx, const Viewer& viewer, PhotoId photo);

  // Whoever asks; of a photo that is not there nothing is allowed.
  CommentedPhoto state(db::Tx& tx, PhotoId photo);

  // --- as a viewer sees them
  // Top comments, newest first.
  std::vector<Comment> tops(db::Tx& tx, AccountId viewer, PhotoId photo, CommentId before,
                            int limit);
  // Of these top comments of one photo the first `each` replies, with how many there are.
  std::vector<Thread> with_replies(db::Tx& tx, AccountId viewer, PhotoId photo,
                                   std::vector<Comment> tops, int each);
  // Of one thread, oldest first.
  std::vector<Comment> replies(db::Tx& tx, AccountId viewer, PhotoId photo, CommentId top,
                               CommentId after, int limit);
  // Where it is shown to this viewer.
  std::optional<Comment> find(db::Tx& tx, AccountId viewer, CommentId id);

  // --- rows
  std::optional<CommentRow> row(db::Tx& tx, CommentId id);
  void insert(db::Tx& tx, const CommentRow& comment);
  void set_text(db::Tx& tx, CommentId id, std::string_view text, Micros edited_at);
  void set_state(db::Tx& tx, const CommentRow& comment, CommentState state);
  // The row, and all that refers to it, goes. A top comment with replies leaves a tombstone; one
  // whose last reply goes takes its tombstone with it.
  void erase(db::Tx& tx, const CommentRow& comment);
  std::vector<CommentId> of_author(db::Tx& tx, AccountId author, int limit);

  // --- people
  // Whether the account is active, sees the photo, and nobody of the two blocked the other.
  bool reaches(db::Tx& tx, AccountId author, AccountId account, PhotoId photo);
  std::optional<AccountId> find_account(db::Tx& tx, std::string_view handle);
  void set_mentions(db::Tx& tx, CommentId id,
                    std::span<const std::pair<AccountId, std::string>> of);

 private:
  void add_mentions(db::Tx& tx, AccountId viewer, std::span<Comment* const> comments);

  photos::PhotoEditStore photos_;
};

}  // namespace picsharz::comments
