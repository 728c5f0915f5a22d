// What may be written in a comment.
//
// Text:      up to limits::comment_max characters, without control characters, trimmed; more than
//            one empty line in a row becomes one. Something in it can be seen.
// Mentions:  @handle, where no letter, digit, '_', '@' or '/' stands before it: the address
//            mei@example.org and the link https://host/@mei mention nobody.
// Threads:   pure functions.
// Failures:  invalid_request that names every field which is not right.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "features/comments/comment.h"

namespace picsharz::comments {

Result<NewComment> read_comment(JsonObject& body);  // {"text", "reply_to"?}
Result<std::string> read_edit(JsonObject& body);    // {"text"}

// Of valid UTF-8.
std::string tidy(std::string_view text);
bool is_visible(std::string_view text);
// In lower case, each once, in their order; at most limits::mentions_per_comment.
std::vector<std::string> mentioned(std::string_view text);

}  // namespace picsharz::comments
