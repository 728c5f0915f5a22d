#include "features/comments/comment_service.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/tally.h"
#include "features/comments/comment_rules.h"

namespace picsharz::comments {

using activity::ActivityKind;

namespace {

constexpr CommentId newest{std::numeric_limits<std::int64_t>::max()};

// One row more than the page was asked for: there is a next one.
std::optional<Position> cut(std::vector<Comment>& items, int limit) {
  if (static_cast<int>(items.size()) <= limit) return std::nullopt;
  items.resize(static_cast<std::size_t>(limit));
  return Position{0, items.back().id.value};
}

std::unexpected<Error> comments_off() {
  return fail(ErrorKind::forbidden, "comments_off", "Nobody can comment on this photo now.",
              "What was written before stays to be read.");
}

}  // namespace

Result<Page<Thread>> CommentService::threads(const Viewer& viewer, PhotoId photo,
                                             const PageRequest& page) {
  return database_.read([&](db::Tx& tx) -> Result<Page<Thread>> {
    if (!rows_.photo(tx, viewer, photo)) return not_found();
    const CommentId before = page.after ? CommentId{page.after->id} : newest;
    auto tops = rows_.tops(tx, viewer.account, photo, before, page.limit + 1);
    Page<Thread> found;
    found.next = cut(tops, page.limit);
    found.items =
        rows_.with_replies(tx, viewer.account, photo, std::move(tops), limits::replies_inline);
    return found;
  });
}

Result<Page<Comment>> CommentService::replies(const Viewer& viewer, CommentId top,
                                              const PageRequest& page) {
  return database_.read([&](db::Tx& tx) -> Result<Page<Comment>> {
    const auto row = rows_.row(tx, top);
    if (!row || row->parent || !rows_.photo(tx, viewer, row->photo)) return not_found();
    const CommentId after{page.after ? page.after->id : 0};
    Page<Comment> found{rows_.replies(tx, viewer.account, row->photo, top, after, page.limit + 1),
                        std::nullopt};
    // Of a top comment that is not shown only its replies tell that it was there.
    if (found.items.empty() && !page.after && !rows_.find(tx, viewer.account, top)) {
      return not_found();
    }
    found.next = cut(found.items, page.limit);
    return found;
  });
}

Result<Comment> CommentService::find(const Viewer& viewer, CommentId id) {
  return database_.read([&](db::Tx& tx) -> Result<Comment> {
    auto found = rows_.find(tx, viewer.account, id);
    if (!found || !rows_.photo(tx, viewer, found->photo)) return not_found();
    return *std::move(found);
  });
}

Result<void> CommentService::take_turn(AccountId author) {
  const std::string key = author.str();
  int wait = minutes_.take(key);
  if (wait == 0) {
    wait = hours_.take(key);
    if (wait == 0) return {};
    minutes_.give_back(key);
  }
  auto failure = fail(ErrorKind::too_many, "too_many_comments",
                      "That is a lot of comments at once.", "Wait a little, then send it again.");
  failure.error().retry_after_seconds = wait;
  return failure;
}

void CommentService::give_turn_back(AccountId author) {
  minutes_.give_back(author.str());
  hours_.give_back(author.str());
}

Result<Comment> CommentService::write(const Viewer& viewer, PhotoId photo,
                                      const NewComment& comment, std::int64_t claim) {
  TRY(take_turn(viewer.account));
  auto written =
      database_.write([&](db::Tx& tx) { return insert(tx, viewer, photo, comment, claim); });
  if (written) {
    count_use(Use::comment);
  } else {
    give_turn_back(viewer.account);
  }
  return written;
}

Result<Comment> CommentService::insert(db::Tx& tx, const Viewer& viewer, PhotoId id,
                                       const NewComment& comment, std::int64_t claim) {
  if (!rows_.lock(tx, id)) return not_found();
  const auto photo = rows_.photo(tx, viewer, id);
  if (!photo) return not_found();
  if (!photo->published || !photo->allowed) return comments_off();
  std::optional<CommentRow> answered;
  if (comment.reply_to) {
    answered = rows_.row(tx, *comment.reply_to);
    const auto shown = rows_.find(tx, viewer.account, *comment.reply_to);
    if (!shown || shown->state != CommentState::published || shown->photo != id) return not_found();
  }
  const CommentId top = !answered          ? CommentId{}
                        : answered->parent ? answered->parent
                                           : answered->id;
  const CommentRow row{.id = ids_.next<CommentId>(),
                       .photo = id,
                       .parent = top,
                       .author = viewer.account,
                       .text = comment.text,
                       .created_at = clock_.now()};
  rows_.insert(tx, row);
  tell(tx, row, photo->owner, answered, link(tx, row));
  if (claim != 0) idempotency_.made(tx, claim, row.id.value);
  return as_seen(tx, viewer, row.id);
}

// Who may not be reached is not told apart from who does not exist: both stay plain text.
std::vector<AccountId> CommentService::link(db::Tx& tx, const CommentRow& comment) {
  std::vector<std::pair<AccountId, std::string>> links;
  std::vector<AccountId> linked;
  for (std::string& written : mentioned(comment.text)) {
    const auto account = rows_.find_account(tx, written);
    if (!account || !rows_.reaches(tx, *comment.author, *account, comment.photo)) continue;
    linked.push_back(*account);
    links.emplace_back(*account, std::move(written));
  }
  rows_.set_mentions(tx, comment.id, links);
  return linked;
}

void CommentService::tell(db::Tx& tx, const CommentRow& comment, AccountId owner,
                          const std::optional<CommentRow>& answered,
                          const std::vector<AccountId>& linked) {
  std::vector<AccountId> told;
  const auto record = [&](ActivityKind kind, AccountId account) {
    if (std::ranges::find(told, account) != told.end()) return;
    told.push_back(account);
    if (!rows_.reaches(tx, *comment.author, account, comment.photo)) return;
    activity_.record(tx, kind, *comment.author, account, comment.photo, comment.id);
  };
  for (const AccountId account : linked) record(ActivityKind::mention, account);
  if (answered) {
    if (answered->author) record(ActivityKind::reply, *answered->author);
    const auto top = rows_.row(tx, comment.parent);
    if (top && top->author) record(ActivityKind::reply, *top->author);
  }
  record(ActivityKind::comment, owner);
}

Result<Comment> CommentService::as_seen(db::Tx& tx, const Viewer& viewer, CommentId id) {
  auto found = rows_.find(tx, viewer.account, id);
  if (!found) return not_found();  // its author was suspended meanwhile
  return *std::move(found);
}

Result<CommentService::Looked> CommentService::look(db::Tx& tx, const Viewer& viewer,
                                                    CommentId id) {
  const auto known = rows_.row(tx, id);
  if (!known || !rows_.lock(tx, known->photo)) return not_found();
  const auto photo = rows_.photo(tx, viewer, known->photo);
  const auto shown = rows_.find(tx, viewer.account, id);
  if (!photo || !shown) return not_found();
  auto row = rows_.row(tx, id);  // as it is now that nobody can change it
  if (!row) return not_found();
  return Looked{*std::move(row), *photo};
}

Result<Comment> CommentService::edit(const Viewer& viewer, CommentId id, std::string_view text) {
  TRY(take_turn(viewer.account));
  auto edited = database_.write([&](db::Tx& tx) -> Result<Comment> {
    TRY_ASSIGN(Looked at, look(tx, viewer, id));
    if (at.row.author != viewer.account) {
      return fail(ErrorKind::forbidden, "forbidden", "Somebody else wrote this comment.",
                  "Only its author can change it.");
    }
    if (at.row.state == CommentState::removed) {
      return fail(ErrorKind::conflict, "comment_removed", "A moderator removed this comment.",
                  "Appeal against it, or delete the comment.");
    }
    if (at.row.text != text) {
      if (!at.photo.published || !at.photo.allowed) return comments_off();
      at.row.text = text;
      rows_.set_text(tx, id, text, clock_.now());
      link(tx, at.row);
    }
    return as_seen(tx, viewer, id);
  });
  if (!edited) give_turn_back(viewer.account);
  return edited;
}

Result<CommentsLeft> CommentService::remove(const Viewer& viewer, CommentId id) {
  return database_.write([&](db::Tx& tx) -> Result<CommentsLeft> {
    TRY_ASSIGN(const Looked at, look(tx, viewer, id));
    if (at.row.author != viewer.account && at.photo.owner != viewer.account) {
      return fail(ErrorKind::forbidden, "forbidden", "Somebody else wrote this comment.",
                  "Its author and the owner of the photo can delete it; you can report it.");
    }
    rows_.erase(tx, at.row);
    return CommentsLeft{at.photo.id, rows_.photo(tx, viewer, at.photo.id).value().comments};
  });
}

int CommentService::erase_some(AccountId author, int most) {
  const auto ids = database_.read([&](db::Tx& tx) { return rows_.of_author(tx, author, most); });
  for (const CommentId id : ids) {
    database_.write([&](db::Tx& tx) {
      const auto known = rows_.row(tx, id);
      if (!known || !rows_.lock(tx, known->photo)) return;
      const auto row = rows_.row(tx, id);
      if (row) rows_.erase(tx, *row);
    });
  }
  return static_cast<int>(ids.size());
}

}  // namespace picsharz::comments
