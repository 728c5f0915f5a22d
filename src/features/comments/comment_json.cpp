#include "features/comments/comment_json.h"

#include "features/accounts/account_json.h"

namespace picsharz::comments {

namespace {

std::string_view state_name(CommentState state) {
  if (state == CommentState::published) return "published";
  return state == CommentState::removed ? "removed" : "gone";
}

void write_fields(JsonWriter& out, const Comment& comment) {
  out.field("id", comment.id).field("photo", comment.photo);
  if (comment.parent) {
    out.field("parent", comment.parent);
  } else {
    out.null_field("parent");
  }
  out.field("state", state_name(comment.state)).key("author");
  if (comment.author) {
    accounts::write_person(out, comment.author->handle, comment.author->name,
                           comment.author->avatar);
  } else {
    out.null();
  }
  out.field("text", comment.text).key("mentions").begin_array();
  for (const Mention& mention : comment.mentions) {
    out.begin_object()
        .field("written", mention.written)
        .field("handle", mention.handle)
        .end_object();
  }
  out.end_array();
  if (comment.edited_at) {
    out.time_field("edited_at", *comment.edited_at);
  } else {
    out.null_field("edited_at");
  }
  out.time_field("created_at", comment.created_at);
}

}  // namespace

void write_comment(JsonWriter& out, const Comment& comment) {
  out.begin_object();
  write_fields(out, comment);
  out.end_object();
}

void write_thread(JsonWriter& out, const Thread& thread, const crypto::CursorCodec& cursors) {
  out.begin_object();
  write_fields(out, thread.top);
  out.field("reply_count", thread.reply_count).key("replies");
  out.begin_object().key("items").begin_array();
  for (const Comment& reply : thread.replies.items) write_comment(out, reply);
  out.end_array().key("next");
  if (thread.replies.next) {
    out.value(cursors.encode(reply_list, *thread.replies.next));
  } else {
    out.null();
  }
  out.end_object().end_object();
}

}  // namespace picsharz::comments
