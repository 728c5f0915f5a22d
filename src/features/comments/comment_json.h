// Comments as JSON, as the contract has them.
//
// Threads:   pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "crypto/cursor.h"
#include "features/comments/comment.h"

namespace picsharz::comments {

inline constexpr std::string_view thread_list = "photo.comments";
inline constexpr std::string_view reply_list = "comment.replies";

void write_comment(JsonWriter& out, const Comment& comment);
// The top comment's fields, and the page of its first replies.
void write_thread(JsonWriter& out, const Thread& thread, const crypto::CursorCodec& cursors);

}  // namespace picsharz::comments
