// Comments: written under a photo, answered one level deep, edited by their author, deleted by the
// author or by the owner of the photo (docs/adr/0018-comments.md).
//
// Who:       members who see a published photo, where its owner allows comments. Where they are
//            off, what was written stays to be read and deleted.
// Order:     threads newest first, replies oldest first. A reply to a reply joins its thread.
// Counter:   photos.comments is the number of published rows, the same for everybody: it also
// counts
//            what a block or a suspension hides from a viewer.
// Told:      each person at most once of one comment: mention before reply before comment; nobody
//            who may not see the photo, and nobody where one of the two blocked the other. An edit
//            links anew and tells nobody.
// Threads:   thread-safe.
// Failures:  not_found for what this viewer does not see, comments_off, forbidden,
//            comment_removed, too_many_comments as values; those of the database are thrown.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/page.h"
#include "base/rate_limiter.h"
#include "base/viewer.h"
#include "db/database.h"
#include "features/accounts/idempotency_service.h"
#include "features/activity/activity_service.h"
#include "features/comments/comment_store.h"

namespace picsharz::comments {

struct CommentLimits {
  int per_minute = limits::comments_per_minute;  // of one member, edits too
  int per_hour = limits::comments_per_hour;
};

// What a deletion leaves.
struct CommentsLeft {
  PhotoId photo{};
  std::int64_t comments = 0;
};

class CommentService {
 public:
  CommentService(db::Database& database, IdSource& ids, const Clock& clock,
                 activity::ActivityService& activity, accounts::IdempotencyService& idempotency,
                 CommentLimits allowed = {})
      : database_(database),
        ids_(ids),
        clock_(clock),
        activity_(activity),
        idempotency_(idempotency),
        minutes_(clock, allowed.per_minute, minute),
        hours_(clock, allowed.per_hour, hour) {}

  Result<Page<Thread>> threads(const Viewer& viewer, PhotoId photo, const PageRequest& page);
  Result<Page<Comment>> replies(const Viewer& viewer, CommentId top, const PageRequest& page);
  Result<Comment> find(const Viewer& viewer, CommentId id);

  // `claim`: of the request's Idempotency-Key, committed with the comment; 0: none.
  Result<Comment> write(const Viewer& viewer, PhotoId photo, const NewComment& comment,
                        std::int64_t claim = 0);
  Result<Comment> edit(const Viewer& viewer, CommentId id, std::string_view text);
  Result<CommentsLeft> remove(const Viewer& viewer, CommentId id);

  // Some of an account's comments, whoever may see them, for an account that is erased: what has
  // replies leaves a tombstone. How many; 0: there are none left.
  int erase_some(AccountId author, int most);

  int per_minute() const { return minutes_.limit(); }

 private:
  struct Looked {  // at a comment, under its photo's lock
    CommentRow row;
    CommentedPhoto photo;
  };
  Result<Comment> as_seen(db::Tx& tx, const Viewer& viewer, CommentId id);
  Result<Looked> look(db::Tx& tx, const Viewer& viewer, CommentId id);
  Result<Comment> insert(db::Tx& tx, const Viewer& viewer, PhotoId photo, const NewComment& comment,
                         std::int64_t claim);
  std::vector<AccountId> link(db::Tx& tx, const CommentRow& comment);
  void tell(db::Tx& tx, const CommentRow& comment, AccountId owner,
            const std::optional<CommentRow>& answered, const std::vector<AccountId>& linked);
  Result<void> take_turn(AccountId author);
  void give_turn_back(AccountId author);

  db::Database& database_;
  IdSource& ids_;
  const Clock& clock_;
  activity::ActivityService& activity_;
  accounts::IdempotencyService& idempotency_;
  RateLimiter minutes_;
  RateLimiter hours_;
  CommentStore rows_;
};

}  // namespace picsharz::comments
