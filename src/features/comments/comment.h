// Comments on photos: threads of one level. Plain structs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/page.h"

namespace picsharz::comments {

// Numbers are in the database: never renumber.
enum class CommentState {
  published = 0,
  tombstone = 1,  // deleted, but has replies: no author, no text
  removed = 2,    // by a moderator
  departed = 3,   // published by somebody whose account is leaving: shown to nobody, not counted
};

struct CommentAuthor {
  AccountId id{};
  std::string handle{};
  std::string name{};
  std::string avatar{};
};

// A link in a text.
struct Mention {
  std::string written{};  // the handle as it stands in the text, in lower case
  std::string handle{};   // the account's now
};

// A comment as one viewer sees it.
struct Comment {
  CommentId id{};
  PhotoId photo{};
  CommentId parent{};  // the top comment of its thread; 0: it is one
  CommentState state = CommentState::published;
  // nullopt: it is not shown to this viewer, for whatever reason, and only holds its replies
  // together. It has no text and no mentions then.
  std::optional<CommentAuthor> author{};
  std::string text{};
  std::vector<Mention> mentions{};
  std::optional<Micros> edited_at{};
  Micros created_at = 0;
};

// A top comment with the first of its replies.
struct Thread {
  Comment top{};
  Page<Comment> replies{};
  std::int64_t reply_count = 0;  // as far as this viewer sees them
};

// What a person wrote, checked (comment_rules.h).
struct NewComment {
  std::string text{};
  std::optional<CommentId> reply_to{};
};

}  // namespace picsharz::comments
