#include "features/comments/comment_store.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "features/comments/comment_shown.h"
#include "features/photos/photo_visibility.h"

namespace picsharz::comments {

namespace {

#define SHOWN(c, a) PICSHARZ_COMMENT_SHOWN(c, a)

#define COMMENT_COLUMNS                                                                      \
  "c.id AS id, c.photo_id, c.parent_id AS parent_id, c.state AS state, c.text, c.edited_at," \
  " c.created_at, a.id AS author, a.handle, a.name, a.avatar, CASE WHEN " SHOWN(             \
      "c", "a") " THEN 1 ELSE 0 END AS shown"
constexpr int comment_columns = 12;

#define COMMENTS                                                             \
  " comments c JOIN photos p ON p.id = c.photo_id LEFT JOIN accounts a ON a" \
  ".id = c.author_id"

Comment read_comment(const db::Row& row) {
  Comment comment{.id = row.id<CommentId>(0),
                  .photo = row.id<PhotoId>(1),
                  .parent = row.id<CommentId>(2),
                  .created_at = row.integer(6)};
  if (!row.truth(11)) {
    comment.state = CommentState::tombstone;
    return comment;
  }
  comment.state = row.as<CommentState>(3);
  comment.text = row.string(4);
  comment.edited_at = row.maybe_integer(5);
  comment.author =
      CommentAuthor{row.id<AccountId>(7), row.string(8), row.string(9), row.string(10)};
  return comment;
}

CommentRow read_row(const db::Row& row) {
  return {.id = row.id<CommentId>(0),
          .photo = row.id<PhotoId>(1),
          .parent = row.id<CommentId>(2),
          .author = row.null(3) ? std::nullopt : std::optional(row.id<AccountId>(3)),
          .state = row.as<CommentState>(4),
          .text = row.string(5),
          .created_at = row.integer(6)};
}

CommentedPhoto read_photo(const db::Row& row, PhotoId id) {
  return {.id = id,
          .owner = row.id<AccountId>(0),
          .published = row.integer(1) == 3,
          .allowed = row.truth(2),
          .comments = row.integer(3)};
}

CommentId read_id(const db::Row& row) { return row.id<CommentId>(0); }

void count(db::Tx& tx, PhotoId photo, int change) {
  tx.exec("UPDATE photos SET comments = comments + $2 WHERE id = $1", photo, change);
}

// Leaving, and not taken back.
bool is_away(db::Tx& tx, std::optional<AccountId> author) {
  return author &&
         tx.exec("SELECT 1 FROM departures WHERE account_id = $1 AND phase <> 1", *author) > 0;
}

std::vector<Comment*> pointers(std::vector<Comment>& comments) {
  std::vector<Comment*> all;
  all.reserve(comments.size());
  for (Comment& comment : comments) all.push_back(&comment);
  return all;
}

}  // namespace

bool CommentStore::lock(db::Tx& tx, PhotoId photo) { return photos_.lock(tx, photo); }

std::optional<CommentedPhoto> CommentStore::photo(db::Tx& tx, const Viewer& viewer, PhotoId photo) {
  return tx.one(
      "SELECT p.owner_id, p.state, COALESCE(d.comments_allowed, 1), p.comments FROM photos p"
      " JOIN accounts o ON o.id = p.owner_id LEFT JOIN photo_details d ON d.photo_id = p.id"
      " WHERE p.id = $3 AND (p.owner_id = $1 OR " PICSHARZ_PHOTO_LISTED ")",
      [&](const db::Row& row) { return read_photo(row, photo); }, viewer.account, viewer.role,
      photo);
}

CommentedPhoto CommentStore::state(db::Tx& tx, PhotoId photo) {
  return tx
      .one(
          "SELECT p.owner_id, p.state, COALESCE(d.comments_allowed, 1), p.comments FROM photos p"
          " LEFT JOIN photo_details d ON d.photo_id = p.id WHERE p.id = $1",
          [&](const db::Row& row) { return read_photo(row, photo); }, photo)
      .value_or(CommentedPhoto{.id = photo, .allowed = false});
}

// What is not shown stays where something below it is.
std::vector<Comment> CommentStore::tops(db::Tx& tx, AccountId viewer, PhotoId photo,
                                        CommentId before, int limit) {
  auto found = tx.all("SELECT " COMMENT_COLUMNS " FROM" COMMENTS
                      " WHERE c.photo_id = $2 AND c.parent_id = 0 AND c.id < $3 AND (" SHOWN(
                          "c", "a") " OR EXISTS (SELECT 1 FROM comments r JOIN accounts s"
                                    " ON s.id = r.author_id WHERE r.photo_id = c.photo_id"
                                    " AND r.parent_id = c.id AND " SHOWN("r", "s") "))"
                      " ORDER BY c.id DESC LIMIT $4",
                      read_comment, viewer, photo, before, limit);
  add_mentions(tx, viewer, pointers(found));
  return found;
}

std::vector<Thread> CommentStore::with_replies(db::Tx& tx, AccountId viewer, PhotoId photo,
                                               std::vector<Comment> tops, int each) {
  static constexpr db::Sql sql(
      "SELECT * FROM (SELECT " COMMENT_COLUMNS
      ", row_number() OVER (PARTITION BY c.parent_id ORDER BY c.id) AS place,"
      " count(*) OVER (PARTITION BY c.parent_id) AS total FROM" COMMENTS
      " WHERE c.photo_id = $2 AND c.parent_id IN (SELECT j.value FROM json_each($3) j) AND " SHOWN(
          "c", "a") ") AS ranked WHERE place <= $4 ORDER BY parent_id, id",
      "SELECT * FROM (SELECT " COMMENT_COLUMNS
      ", row_number() OVER (PARTITION BY c.parent_id ORDER BY c.id) AS place,"
      " count(*) OVER (PARTITION BY c.parent_id) AS total FROM" COMMENTS
      " WHERE c.photo_id = $2 AND c.parent_id = ANY (CAST($3 AS BIGINT[])) AND " SHOWN(
          "c", "a") ") AS ranked WHERE place <= $4 ORDER BY parent_id, id");
  std::vector<Thread> threads;
  std::vector<CommentId> ids;
  for (Comment& top : tops) {
    ids.push_back(top.id);
    threads.push_back({.top = std::move(top)});
  }
  tx.each(
      sql,
      [&](const db::Row& row) {
        Comment reply = read_comment(row);
        const auto of = std::ranges::find(threads, reply.parent,
                                          [](const Thread& thread) { return thread.top.id; });
        of->reply_count = row.integer(comment_columns + 1);
        of->replies.items.push_back(std::move(reply));
      },
      viewer, photo, db::id_list(tx.engine(), std::span<const CommentId>(ids)), each);
  std::vector<Comment*> shown;
  for (Thread& thread : threads) {
    auto& items = thread.replies.items;
    for (Comment& reply : items) shown.push_back(&reply);
    const bool more = thread.reply_count > static_cast<std::int64_t>(items.size());
    if (more) thread.replies.next = Position{0, items.back().id.value};
  }
  add_mentions(tx, viewer, shown);
  return threads;
}

std::vector<Comment> CommentStore::replies(db::Tx& tx, AccountId viewer, PhotoId photo,
                                           CommentId top, CommentId after, int limit) {
  auto found = tx.all("SELECT " COMMENT_COLUMNS " FROM" COMMENTS
                      " WHERE c.photo_id = $2 AND c.parent_id = $3 AND c.id > $4 AND " SHOWN(
                          "c", "a") " ORDER BY c.id LIMIT $5",
                      read_comment, viewer, photo, top, after, limit);
  add_mentions(tx, viewer, pointers(found));
  return found;
}

std::optional<Comment> CommentStore::find(db::Tx& tx, AccountId viewer, CommentId id) {
  auto found =
      tx.one("SELECT " COMMENT_COLUMNS " FROM" COMMENTS " WHERE c.id = $2 AND " SHOWN("c", "a"),
             read_comment, viewer, id);
  if (!found) return found;
  Comment* const one[] = {&*found};
  add_mentions(tx, viewer, one);
  return found;
}

// Who is no longer active, or blocked the viewer, is plain text.
void CommentStore::add_mentions(db::Tx& tx, AccountId viewer, std::span<Comment* const> comments) {
  static constexpr db::Sql sql(
      "SELECT m.comment_id, m.written, t.handle FROM json_each($2) j"
      " CROSS JOIN comment_mentions m ON m.comment_id = j.value"
      " JOIN accounts t ON t.id = m.account_id WHERE t.state = 0"
      " AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.blocker_id = t.id AND b.blocked_id = $1)"
      " ORDER BY m.comment_id, m.written",
      "SELECT m.comment_id, m.written, t.handle FROM comment_mentions m"
      " JOIN accounts t ON t.id = m.account_id"
      " WHERE m.comment_id = ANY (CAST($2 AS BIGINT[])) AND t.state = 0"
      " AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.blocker_id = t.id AND b.blocked_id = $1)"
      " ORDER BY m.comment_id, m.written");
  std::vector<CommentId> ids;
  for (const Comment* comment : comments) {
    if (comment->author) ids.push_back(comment->id);
  }
  if (ids.empty()) return;
  tx.each(
      sql,
      [&](const db::Row& row) {
        const auto of = std::ranges::find(comments, read_id(row), &Comment::id);
        (*of)->mentions.push_back({row.string(1), row.string(2)});
      },
      viewer, db::id_list(tx.engine(), std::span<const CommentId>(ids)));
}

std::optional<CommentRow> CommentStore::row(db::Tx& tx, CommentId id) {
  return tx.one(
      "SELECT id, photo_id, parent_id, author_id, state, text, created_at FROM comments"
      " WHERE id = $1",
      read_row, id);
}

void CommentStore::insert(db::Tx& tx, const CommentRow& comment) {
  tx.exec(
      "INSERT INTO comments (id, photo_id, parent_id, author_id, state, text, created_at)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7)",
      comment.id, comment.photo, comment.parent, comment.author, comment.state, comment.text,
      comment.created_at);
  if (comment.state == CommentState::published) count(tx, comment.photo, 1);
}

void CommentStore::set_text(db::Tx& tx, CommentId id, std::string_view text, Micros edited_at) {
  tx.exec("UPDATE comments SET text = $2, edited_at = $3 WHERE id = $1", id, text, edited_at);
}

void CommentStore::set_state(db::Tx& tx, const CommentRow& comment, CommentState state) {
  if (state == CommentState::published && is_away(tx, comment.author)) {
    state = CommentState::departed;
  }
  tx.exec("UPDATE comments SET state = $2 WHERE id = $1", comment.id, state);
  const int before = comment.state == CommentState::published ? 1 : 0;
  const int after = state == CommentState::published ? 1 : 0;
  if (before != after) count(tx, comment.photo, after - before);
}

void CommentStore::erase(db::Tx& tx, const CommentRow& comment) {
  tx.exec("DELETE FROM comments WHERE id = $1", comment.id);
  if (comment.state == CommentState::published) count(tx, comment.photo, -1);
  const auto has_replies = [&](CommentId top) {
    return tx.exec("SELECT 1 FROM comments WHERE photo_id = $1 AND parent_id = $2 LIMIT 1",
                   comment.photo, top) > 0;
  };
  if (comment.parent) {
    if (has_replies(comment.parent)) return;
    tx.exec("DELETE FROM comments WHERE id = $1 AND state = 1", comment.parent);
  } else if (has_replies(comment.id)) {
    insert(tx, {.id = comment.id,
                .photo = comment.photo,
                .state = CommentState::tombstone,
                .created_at = comment.created_at});
  }
}

std::vector<CommentId> CommentStore::of_author(db::Tx& tx, AccountId author, int limit) {
  return tx.all("SELECT id FROM comments WHERE author_id = $1 ORDER BY id LIMIT $2", read_id,
                author, limit);
}

bool CommentStore::reaches(db::Tx& tx, AccountId author, AccountId account, PhotoId photo) {
  return tx.exec(
             "SELECT 1 FROM photos p JOIN accounts o ON o.id = p.owner_id"
             " JOIN accounts t ON t.id = $1 WHERE p.id = $3 AND t.state = 0"
             " AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.blocker_id = $1 AND b.blocked_id = "
             "$4)"
             " AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.blocker_id = $4 AND b.blocked_id = "
             "$1)"
             " AND " PICSHARZ_PHOTO_LISTED,
             account, Role::member, photo, author) > 0;
}

std::optional<AccountId> CommentStore::find_account(db::Tx& tx, std::string_view handle) {
  return tx.one(
      "SELECT id FROM accounts WHERE handle = $1",
      [](const db::Row& row) { return row.id<AccountId>(0); }, handle);
}

void CommentStore::set_mentions(db::Tx& tx, CommentId id,
                                std::span<const std::pair<AccountId, std::string>> of) {
  tx.exec("DELETE FROM comment_mentions WHERE comment_id = $1", id);
  for (const auto& [account, written] : of) {
    tx.exec(
        "INSERT INTO comment_mentions (comment_id, account_id, written) VALUES ($1, $2, $3)"
        " ON CONFLICT DO NOTHING",
        id, account, written);
  }
}

}  // namespace picsharz::comments
